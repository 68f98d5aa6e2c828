//! Lines that a shell does nothing with but start a program.

use crate::CommandSpec;
use alloc::{string::String, vec::Vec};

/// The shells whose reading of such a line this is.
const SHELLS: [&str; 3] = ["bash", "dash", "sh"];

/// What bash and dash know themselves, or read as part of their language. Sorted.
const OWN_WORDS: &[&str] = &[
    ".",
    ":",
    "[",
    "[[",
    "alias",
    "bg",
    "bind",
    "break",
    "builtin",
    "caller",
    "case",
    "cd",
    "chdir",
    "command",
    "compgen",
    "complete",
    "compopt",
    "continue",
    "coproc",
    "declare",
    "dirs",
    "disown",
    "do",
    "done",
    "echo",
    "elif",
    "else",
    "enable",
    "esac",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "fc",
    "fg",
    "fi",
    "for",
    "function",
    "getopts",
    "hash",
    "help",
    "history",
    "if",
    "in",
    "jobs",
    "kill",
    "let",
    "local",
    "logout",
    "mapfile",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "select",
    "set",
    "shift",
    "shopt",
    "source",
    "suspend",
    "test",
    "then",
    "time",
    "times",
    "trap",
    "true",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "until",
    "wait",
    "while",
];

/// Variables that make a shell read or do something before its line.
const PRELUDES: [&str; 5] = [
    "BASHOPTS",
    "BASH_ENV",
    "ENV",
    "POSIXLY_CORRECT",
    "SHELLOPTS",
];

impl CommandSpec {
    /// The program that `bash -c LINE`, or another shell's, would become, without the shell;
    /// none when the shell has anything to do: to expand, redirect, join or decide, or when
    /// the command is one of its own.
    ///
    /// It is the same process to whoever looks at it, and saves what it costs to start the
    /// shell. Where the program cannot be started, start the shell instead: it knows how to
    /// run files without a first line, and what to say when there is no such program.
    pub fn without_shell(&self) -> Option<Self> {
        let line = self.line().filter(|_| !self.has_prelude())?;
        let mut words = simple_command(line)?.into_iter();
        let mut program = words.next()?;
        if program == "exec" {
            program = words.next().filter(|word| !word.starts_with('-'))?;
        } else if OWN_WORDS.binary_search(&program.as_str()).is_ok() {
            return None;
        }
        let is_named = !program.is_empty() && !program.contains('=');
        let is_relative = program.contains('/') && !program.starts_with('/');
        if !is_named || is_relative {
            return None;
        }
        let mut plain = self.clone();
        // Shells tell what they start where it is.
        plain.env.insert("PWD".into(), self.cwd.absolute());
        plain.program = program;
        plain.args = words.collect();
        Some(plain)
    }

    /// The line of a shell that is given one.
    fn line(&self) -> Option<&str> {
        let name = self.program.rsplit('/').next()?;
        match self.args.as_slice() {
            [option, line] if option == "-c" && SHELLS.contains(&name) => Some(line),
            _ => None,
        }
    }

    fn has_prelude(&self) -> bool {
        let names = self.env.keys();
        let mut preludes = names
            .filter(|name| PRELUDES.contains(&name.as_str()) || name.starts_with("BASH_FUNC_"));
        preludes.next().is_some()
    }
}

/// The words of a line that is one command of plain and quoted words; none for any other.
fn simple_command(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.trim_matches([' ', '\t', '\n']).chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' => words.extend(word.take()),
            '\'' | '"' => quoted(c, &mut chars, word.get_or_insert_default())?,
            c if is_plain(c) => word.get_or_insert_default().push(c),
            _ => return None,
        }
    }
    words.extend(word);
    Some(words)
}

/// Reads on to the end of the quote; none when the shell would expand something in it, or
/// it has no end.
fn quoted(quote: char, chars: &mut core::str::Chars<'_>, word: &mut String) -> Option<()> {
    for c in chars {
        match c {
            c if c == quote => return Some(()),
            '$' | '`' | '\\' | '!' if quote == '"' => return None,
            c => word.push(c),
        }
    }
    None
}

/// Whether the character means itself wherever it stands.
const fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '_' | '-' | '.' | ',' | '/' | ':' | '@' | '%' | '+' | '=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TreeId;
    use alloc::string::ToString as _;
    use collodi_contain::{RelPath, Root};

    fn spec(shell: &str, line: &str) -> CommandSpec {
        let app = Root::new("/srv/app").at(RelPath::root());
        CommandSpec::new(shell, app, TreeId::new("t")).args(["-c", line])
    }

    fn plain(line: &str) -> Option<String> {
        spec("bash", line)
            .without_shell()
            .map(|spec| spec.to_string())
    }

    #[test]
    fn the_words_of_shells_are_sorted() {
        assert!(OWN_WORDS.is_sorted());
    }

    #[test]
    fn a_program_with_its_arguments_needs_no_shell() {
        for (line, program) in [
            ("python app.py --port 80", "python app.py --port 80"),
            ("  exec /opt/server\n", "/opt/server"),
            (
                "pip install 'a[b]>=1' \"c d\"",
                "pip install 'a[b]>=1' 'c d'",
            ),
            ("env A=1 b", "env A=1 b"),
            ("uv pip install x==1.0", "uv pip install x==1.0"),
            ("say ''", "say ''"),
            ("pyth''on 'ü'", "python 'ü'"),
        ] {
            assert_eq!(plain(line).as_deref(), Some(program), "{line}");
        }
    }

    #[test]
    fn what_a_shell_has_to_do_is_left_to_it() {
        for line in [
            "",
            "  ",
            "a; b",
            "a && b",
            "a | b",
            "a &",
            "a > b",
            "a $B",
            "a \"$B\"",
            "a `b`",
            "a *",
            "a ?",
            "a [b]",
            "a {b,c}",
            "a ~",
            "A=1 b",
            "a # b",
            "a\nb",
            "a\\ b",
            "a 'b",
            "a \"b",
            "(a)",
            "! a",
            "a !b",
            "echo a",
            "cd b",
            "./a",
            "b/a",
            "exec",
            "exec -a b c",
            "exec ./a",
            "if a",
            "time a",
            "'' a",
            "'a=b' c",
            "pri''nt'f' a",
        ] {
            assert_eq!(plain(line), None, "{line}");
        }
    }

    #[test]
    fn what_a_shell_reads_first_is_left_to_it() {
        for name in ["BASH_ENV", "BASH_FUNC_python%%", "SHELLOPTS"] {
            assert_eq!(
                spec("bash", "python a").env(name, "x").without_shell(),
                None
            );
        }
    }

    #[test]
    fn only_shells_with_a_line_are_left_out() {
        assert!(spec("/bin/sh", "python a").without_shell().is_some());
        assert_eq!(spec("zsh", "python a").without_shell(), None);
        assert_eq!(spec("python", "print a").without_shell(), None);
        assert_eq!(spec("bash", "a").arg("more").without_shell(), None);
    }

    #[test]
    fn all_else_stays() {
        let given = spec("bash", "python a").env("A", "1");
        let plain = given.without_shell().unwrap();
        assert_eq!(plain.env.get("PWD").map(String::as_str), Some("/srv/app"));
        assert_eq!((plain.cwd, plain.tree), (given.cwd, given.tree));
    }
}
