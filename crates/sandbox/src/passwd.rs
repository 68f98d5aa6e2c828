//! The list of the system's users.

use crate::Place;

/// The home that a text like `/etc/passwd` has for the user of this number: of the first
/// line with it, as the system itself reads the list. Lines have seven fields, or the ten of
/// the BSDs. None where there is no such line, or its home is no [`Place`].
pub fn home_of(passwd: &str, uid: u32) -> Option<Place> {
    let mut lines = passwd.lines().filter_map(|line| {
        let more = line.split(':').count().checked_sub(7)?;
        let mut fields = line.split(':').skip(2);
        let number = fields.next()?.parse::<u32>().ok()?;
        Some((number, fields.nth(if more == 3 { 5 } else { 2 })?))
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
            odd:x:8:8::home:/bin/sh\n\
            joy:********:501:20::0:0:Joy:/Users/joy:/bin/zsh\n";
        let home = |uid| home_of(passwd, uid).map(|home| home.as_str().into());
        let known: [(u32, Option<alloc::string::String>); 6] = [
            (0, Some("/root".into())),
            (1000, Some("/home/ada".into())),
            (501, Some("/Users/joy".into())),
            (7, None),
            (8, None),
            (9, None),
        ];
        for (uid, expected) in known {
            assert_eq!(home(uid), expected, "{uid}");
        }
    }
}
