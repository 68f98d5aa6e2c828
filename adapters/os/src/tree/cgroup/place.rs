//! Where the control groups of this process are, from what the system says about itself.

/// The directory of this process in the hierarchy of version 2, from `/proc/self/mountinfo`
/// and `/proc/self/cgroup`.
pub(super) fn unified(mounts: &str, own: &str) -> Option<String> {
    let path = own.lines().find_map(|line| line.strip_prefix("0::"))?;
    directory(mounts, path, |kind, _| kind == "cgroup2")
}

/// The directory of this process in the hierarchy of version 1 that has this controller.
pub(super) fn legacy(mounts: &str, own: &str, controller: &str) -> Option<String> {
    let has = |list: &str| list.split(',').any(|name| name == controller);
    let path = own.lines().find_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        has(controllers).then_some(path)
    })?;
    directory(mounts, path, |kind, options| {
        kind == "cgroup" && has(options)
    })
}

/// A line of mounts is `ID PARENT DEVICE ROOT POINT OPTIONS … - KIND SOURCE OPTIONS`. What
/// is mounted is the hierarchy from `ROOT` on.
fn directory(mounts: &str, path: &str, wanted: impl Fn(&str, &str) -> bool) -> Option<String> {
    let (root, point) = mounts.lines().find_map(|line| {
        let (mount, kind) = line.split_once(" - ")?;
        let mut fields = mount.split(' ').skip(3);
        let (root, point) = (fields.next()?, fields.next()?);
        let mut fields = kind.split(' ');
        let (kind, options) = (fields.next()?, fields.nth(1)?);
        wanted(kind, options).then_some((root, point))
    })?;
    let below = path.strip_prefix(root.trim_end_matches('/'))?;
    let inside = !path.split('/').any(|part| part == "..") && !point.contains('\\');
    inside
        .then(|| format!("{}/{}", point, below.trim_start_matches('/')))
        .map(|text| text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
36 31 0:33 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";
    const UNIFIED: &str = "29 22 0:25 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n";
    const BOUND: &str = "29 22 0:25 /pod/7 /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n";

    #[test]
    fn version_two() {
        let table = [
            (
                HYBRID,
                "4:memory:/a\n0::/\n",
                Some("/sys/fs/cgroup/unified"),
            ),
            (
                UNIFIED,
                "0::/user.slice/x y\n",
                Some("/sys/fs/cgroup/user.slice/x y"),
            ),
            (BOUND, "0::/pod/7/app\n", Some("/sys/fs/cgroup/app")),
            (BOUND, "0::/other\n", None),
            (UNIFIED, "0::/../outside\n", None),
            (UNIFIED, "4:memory:/a\n", None),
            ("", "0::/\n", None),
        ];
        for (mounts, own, place) in table {
            assert_eq!(unified(mounts, own).as_deref(), place, "{own}");
        }
    }

    #[test]
    fn version_one() {
        let own = "8:cpu,cpuacct:/app\n4:memory:/\n0::/\n";
        let place = |controller| legacy(HYBRID, own, controller);
        assert_eq!(place("memory").as_deref(), Some("/sys/fs/cgroup/memory"));
        assert_eq!(
            place("cpu").as_deref(),
            Some("/sys/fs/cgroup/cpu,cpuacct/app")
        );
        assert_eq!(place("pids"), None);
    }
}
