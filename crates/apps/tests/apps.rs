//! Sources, origins, launchers and scripts, as their texts.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_apps::{AppScript, GitClone, Launcher, Origin, Reference, Scheme, Source, git};

#[test]
fn addresses() {
    let table = [
        ("https://host/owner/repo.git", "repo"),
        ("https://host/owner/repo/#main", "repo"),
        ("https://host:8443/deep/er/My%20App.git", "My-20App"),
        ("http://host/repo.js", "repo.js"),
        ("ssh://git@host/owner/repo", "repo"),
        ("git://host/repo", "repo"),
        ("file:///srv/repos/repo.git", "repo"),
    ];
    for (text, name) in table {
        let source = Source::parse(text).unwrap();
        assert_eq!(source.to_string(), text);
        assert_eq!(source.app_name().unwrap().as_str(), name, "{text}");
    }
}

#[test]
fn what_is_no_address_is_refused() {
    for text in [
        "",
        "-u://host/x",
        "--upload-pack=id",
        "ext::sh -c id",
        "ext::sh://x/y",
        "fd::17",
        "ftp://host/repo",
        "HTTPS://host/repo",
        "git@host:owner/repo",
        "https://host",
        "https://host/",
        "https:///repo",
        "https://-oProxyCommand=id/repo",
        "ssh://-oProxyCommand=id/repo",
        "ssh://-l@host/repo",
        "ssh://git:secret@host/repo",
        "https://user@host/repo",
        "https://host/re po",
        "https://host/repo?token=x",
        "https://host/repo\n",
        "file://host/repo",
        "https://host/repo#--upload-pack=id",
        "https://host/repo#a..b",
        "https://host/repo#",
    ] {
        assert!(Source::parse(text).is_err(), "{text}");
    }
}

#[test]
fn the_settings_say_how_repositories_are_reached() {
    let source = Source::parse("ssh://git@host/owner/repo").unwrap();
    assert!(source.allowed_among(&[Scheme::Https, Scheme::Ssh]).is_ok());
    let error = source.allowed_among(&[Scheme::Https]).unwrap_err();
    assert_eq!(
        format!("{error}; {}", error.hint()),
        "apps may not be fetched by ssh here; allow it in .vatn/vatn.toml: [python] app_schemes = [\"https\", \"ssh\"]"
    );
}

#[test]
fn one_commit_is_fetched_and_nothing_of_an_address_is_an_option() {
    let source = Source::parse("https://host/o/r").unwrap();
    let wanted = Reference::parse(&"0a".repeat(20)).unwrap();
    assert!(wanted.is_commit());
    for source in [source.clone(), source.at(Some(wanted))] {
        let words = git::fetch(&source);
        let end = words.iter().position(|word| word == "--").unwrap();
        assert!(words.contains(&"--depth=1".to_owned()));
        assert!(words[end..].contains(&source.url().to_owned()));
    }
    assert_eq!(git::commit(b"not a commit\n"), None);
    assert_eq!(git::commit("0a".repeat(20).as_bytes()).unwrap().len(), 40);
    let said = b" M main.py\0 D with blank.txt\0";
    assert_eq!(git::files(said), ["main.py", "with blank.txt"]);
}

#[test]
fn an_origin_is_read_as_it_was_written() {
    let commit = "0a".repeat(20);
    for origin in [
        Origin::Repository {
            url: "https://host/o/r".into(),
            reference: Some("v1".into()),
            commit: commit.clone(),
        },
        Origin::Repository {
            url: "https://host/o/r".into(),
            reference: None,
            commit,
        },
        Origin::Folder("/srv/\"app\"".into()),
        Origin::Template("vllm".into()),
    ] {
        assert_eq!(Origin::read(&origin.to_json()).unwrap(), origin);
    }
    for text in ["", "[]", "{}", "{\"url\": \"https://x/y\"}", "{\"url\": 3}"] {
        assert_eq!(Origin::read(text), None, "{text}");
    }
}

#[test]
fn a_launcher_is_read_as_far_as_it_is_data() {
    let module = "module.exports = {title: 'Old', icon: 'icon.png', menu: [
        {text: 'Start', href: 'start.json', default: true},
        {text: 'More', menu: [{text: 'Reset', href: 'reset.json'}, 'odd', {}]},
        {text: 'Site', href: 'https://example.org'}]}";
    let json = r#"{"title": "New", "version": "4.0", "description": 3}"#;
    let launcher = Launcher::of([Some(module), None, Some(json)]);
    assert_eq!(launcher.title.as_deref(), Some("New"));
    assert_eq!(launcher.icon.as_deref(), Some("icon.png"));
    assert_eq!(launcher.version.as_deref(), Some("4.0"));
    assert_eq!(launcher.description, None);
    assert!(!launcher.needs_javascript);
    let menu = launcher.menu.iter();
    let menu: Vec<_> = menu
        .map(|i| format!("{}{}", "-".repeat(i.depth), i.text))
        .collect();
    assert_eq!(menu, ["Start", "More", "-Reset", "-", "Site"]);
    assert!(launcher.menu[0].is_default);
}

#[test]
fn a_launcher_that_is_a_program_is_not_run() {
    let module = "module.exports = {title: 'x', menu: async (kernel, info) => []}";
    let launcher = Launcher::of([Some(module), Some("{"), None]);
    assert!(launcher.needs_javascript);
    assert_eq!(
        launcher,
        Launcher {
            needs_javascript: true,
            ..Launcher::default()
        }
    );
}

#[test]
fn a_menu_has_an_end() {
    let items = "{\"text\": \"x\"},".repeat(5000);
    let json = format!("{{\"menu\": [{}{{}}]}}", items);
    assert_eq!(Launcher::of([None, None, Some(&json)]).menu.len(), 200);
}

#[test]
fn scripts_are_told_from_other_files() {
    let of = |file: &str, text: &str| AppScript::of(file, text.as_bytes());
    let script = of(
        "start.json",
        r#"{"title": "Start", "run": [{"method": "log"}]}"#,
    )
    .unwrap();
    assert_eq!((script.title.as_deref(), script.steps), (Some("Start"), 1));
    let module = of(
        "a.js",
        "module.exports = {run: [{method: 'log', params: {raw: 'x'}}]}",
    )
    .unwrap();
    assert_eq!((module.errors, module.needs_javascript), (0, false));
    let program = of("b.js", "module.exports = async (kernel) => ({run: []})").unwrap();
    assert!(program.needs_javascript);
    assert_eq!(of("vite.config.js", "export default {}"), None);
    assert_eq!(of("pinokio.json", r#"{"title": "x"}"#), None);
}

#[test]
fn a_clone_is_known_by_the_files_of_git() {
    let config = "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = ADDRESS\n\tfetch = x\n\
        [branch \"main\"]\n\tremote = origin\n[remote \"fork\"]\n\turl = https://host/fork\n";
    let commit = "1".repeat(40);
    let shown = |address: &str, head: &str| {
        let clone = GitClone::read(&config.replace("ADDRESS", address), head);
        let packed = format!("# pack-refs\n{commit} refs/heads/packed\n");
        clone.map_or_else(
            || "-".to_owned(),
            |clone| clone.at(None, Some(&packed)).to_string(),
        )
    };
    let main = "ref: refs/heads/main\n";
    let table = [
        (
            "https://host/o/x.git",
            main,
            "cloned from https://host/o/x.git (main)",
        ),
        (
            "git@host:o/x",
            "ref: refs/heads/packed\n",
            "cloned from git@host:o/x at 111111111111 (packed)",
        ),
        (
            "\"/srv/a b\" # mine",
            &commit,
            "cloned from /srv/a b at 111111111111 (no branch)",
        ),
        (
            "https://me:token@host/x",
            main,
            "cloned from https://host/x (main)",
        ),
        (
            "ssh://git:pw@host/x",
            main,
            "cloned from ssh://git@host/x (main)",
        ),
        ("", main, "-"),
    ];
    for (address, head, expected) in table {
        assert_eq!(shown(address, head), expected);
    }
    let other = "[remote \"fork\"]\n\turl = https://host/fork\n";
    assert_eq!(GitClone::read(other, main), None);
    let loose = GitClone::read(config, main).unwrap();
    assert_eq!(loose.branch_file().unwrap(), ".git/refs/heads/main");
    assert_eq!(
        loose.at(Some(&format!("{commit}\n")), None).commit,
        Some(commit)
    );
}
