//! The templates against what they must be.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_apps::{template, templates};
use collodi_contain::{Name, RelPath};
use collodi_script::{Options, Severity, parse};

#[test]
fn check_has_nothing_to_say_about_a_template() {
    for template in templates() {
        Name::parse(template.name).unwrap();
        let script = template
            .files
            .iter()
            .find(|f| f.name == "pinokio.json")
            .unwrap();
        let parsed = parse(script.text, &Options::for_file(script.name));
        let mut told = parsed.diagnostics.iter();
        let told = told.find(|told| told.severity != Severity::Notice);
        assert_eq!(told, None, "{}", template.name);
        parsed.script().unwrap();
        let about = template.about();
        assert!(
            (20..80).contains(&about.len()) && !about.contains('\n'),
            "{about}"
        );
    }
}

#[test]
fn templates_are_found_by_their_names() {
    let names: Vec<_> = templates().iter().map(|t| t.name).collect();
    assert!(names.is_sorted());
    for name in names {
        assert_eq!(template(name).unwrap().name, name);
    }
    assert_eq!(template("nothing"), None);
}

#[test]
fn every_file_of_a_folder_is_in_its_template() {
    for template in templates() {
        for file in template.files {
            RelPath::parse(file.name).unwrap();
        }
        let folder = format!("{}/templates/{}", env!("CARGO_MANIFEST_DIR"), template.name);
        let mut found = Vec::new();
        let mut open = vec![std::path::PathBuf::from(&folder)];
        while let Some(dir) = open.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => open.push(path),
                    false => found.push(
                        path.strip_prefix(&folder)
                            .unwrap()
                            .to_str()
                            .unwrap()
                            .to_owned(),
                    ),
                }
            }
        }
        let mut told: Vec<_> = template.files.iter().map(|f| f.name.to_owned()).collect();
        found.sort();
        told.sort();
        assert_eq!(found, told);
    }
}
