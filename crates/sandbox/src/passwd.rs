//! The list of the system's users.

use crate::Place;

/// The home that a text like `/etc/passwd` has for the user of this number: of the first
/// line with it, as the system itself reads the list. None where there is no such line, or
/// its home is no [`Place`].
pub fn home_of(passwd: &str, uid: u32) -> Option<Place> {
    let mut lines = passwd.lines().filter_map(|line| {
        let mut fields = line.split(':').skip(2);
        let number = fields.next()?.parse::<u32>().ok()?;
        Some((number, fields.nth(2)?))
    });
    let (_, home) = lines.find(|(number, _)| *number == uid)?;
    Place::parse(home).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_user_counts() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\n\
            # a word\n+::::::\nshort:x:7\n\
            ada:x:1000:1000:Ada,,,:/home/ada:/bin/sh\n\
            eve:x:1000:1000::/home/eve:/bin/sh\n\
            odd:x:8:8::home:/bin/sh\n";
        let home = |uid| home_of(passwd, uid).map(|home| home.as_str().into());
        let known: [(u32, Option<alloc::string::String>); 5] = [
            (0, Some("/root".into())),
            (1000, Some("/home/ada".into())),
            (7, None),
            (8, None),
            (9, None),
        ];
        for (uid, expected) in known {
            assert_eq!(home(uid), expected, "{uid}");
        }
    }
}
