//! What is installed in an environment, by the folders that installers leave of it.

use crate::leftovers::list;
use collodi_backend::FileSystem;
use collodi_contain::ContainedPath;
use collodi_driver::Workspace;
use collodi_file::FileError;

/// The package of MLX, which computes on Apple's processors.
const MLX: &str = "mlx";
/// How many versions of Python are looked for in one environment.
const MOST_PYTHONS: usize = 8;

/// The version of MLX in an environment, if it has that. Nothing is run.
pub(crate) async fn mlx_of(files: &dyn FileSystem, env: &ContainedPath) -> Option<String> {
    let lib = env.join("lib").ok()?;
    let pythons = list(files, &lib).await.ok()?.into_iter();
    let pythons = pythons.filter(|entry| entry.name.starts_with("python"));
    for python in pythons.take(MOST_PYTHONS) {
        let packages = lib.join(&format!("{}/site-packages", python.name)).ok()?;
        let packages = list(files, &packages).await.unwrap_or_default();
        let found = packages.iter().find_map(|entry| version(&entry.name));
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The environment of a workspace that has MLX, the first by name, and the version.
pub(crate) async fn mlx(workspace: &Workspace) -> Result<Option<(String, String)>, FileError> {
    for env in workspace.environments().await? {
        let path = workspace.layout().environment(&env.name).path().clone();
        if let Some(version) = mlx_of(&**workspace.files(), &path).await {
            return Ok(Some((env.name.to_string(), version)));
        }
    }
    Ok(None)
}

/// `mlx-0.29.3.dist-info`
fn version(folder: &str) -> Option<String> {
    let (package, version) = folder.strip_suffix(".dist-info")?.rsplit_once('-')?;
    (package == MLX).then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn only_mlx_itself_counts() {
        assert_eq!(version("mlx-0.29.3.dist-info").as_deref(), Some("0.29.3"));
        for other in ["mlx_lm-0.28.dist-info", "mlx", "mlx-0.29.3.data"] {
            assert_eq!(version(other), None, "{other}");
        }
    }
}
