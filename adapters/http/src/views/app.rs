//! Apps and templates.

use collodi_api::{
    App, AppDetail, AppMenuItem, AppOrigin, AppScript, AppTemplate, AppUpdated, Templates,
};
use collodi_apps::{MenuItem, Origin, Provenance};
use collodi_driver::Updated;

/// An app as clients see it, of which so many processes run.
pub fn app_detail(detail: &collodi_driver::AppDetail, running: usize) -> AppDetail {
    let launcher = detail.launcher.clone();
    AppDetail {
        app: App {
            name: detail.name.to_string(),
            path: detail.path.clone(),
            has_script: detail.has_script,
            running_processes: running,
            origin: detail.from.as_ref().map(origin),
            size: None,
        },
        title: launcher.title,
        description: launcher.description,
        icon: launcher.icon,
        version: launcher.version,
        menu: launcher.menu.into_iter().map(item).collect(),
        needs_javascript: launcher.needs_javascript,
        scripts: detail.scripts.iter().map(script).collect(),
        has_submodules: detail.has_submodules,
    }
}

/// What an update came to, as clients see it.
pub fn app_updated(updated: Updated, app: AppDetail) -> AppUpdated {
    let status = match updated.changed {
        true => "updated",
        false => "unchanged",
    };
    AppUpdated {
        status: status.to_owned(),
        kept: updated.kept.as_ref().map(ToString::to_string),
        from: updated.from,
        app,
    }
}

/// Where an app came from, as clients see it.
pub fn origin(from: &Provenance) -> AppOrigin {
    let words = from.to_string();
    match from.clone() {
        Provenance::Noted(Origin::Repository {
            url,
            reference,
            commit,
        }) => AppOrigin {
            url: Some(url),
            reference,
            commit: Some(commit),
            words,
            ..AppOrigin::default()
        },
        Provenance::Noted(Origin::Folder(folder)) => AppOrigin {
            folder: Some(folder),
            words,
            ..AppOrigin::default()
        },
        Provenance::Noted(Origin::Template(template)) => AppOrigin {
            template: Some(template),
            words,
            ..AppOrigin::default()
        },
        Provenance::Cloned(clone) => AppOrigin {
            url: Some(clone.url),
            reference: clone.branch,
            commit: clone.commit,
            cloned: true,
            words,
            ..AppOrigin::default()
        },
        _ => AppOrigin {
            words,
            ..AppOrigin::default()
        },
    }
}

/// The templates as clients see them.
pub fn templates() -> Templates {
    let all = collodi_apps::templates();
    let templates = all.iter().map(|template| AppTemplate {
        name: template.name.to_owned(),
        description: template.about(),
        files: template.files.iter().map(|f| f.name.to_owned()).collect(),
    });
    Templates {
        templates: templates.collect(),
        count: all.len(),
    }
}

fn item(item: MenuItem) -> AppMenuItem {
    AppMenuItem {
        text: item.text,
        href: item.href,
        is_default: item.is_default,
        depth: item.depth,
    }
}

fn script(script: &collodi_apps::AppScript) -> AppScript {
    AppScript {
        file: script.file.clone(),
        title: script.title.clone(),
        steps: script.steps,
        errors: script.errors,
        warnings: script.warnings,
        needs_javascript: script.needs_javascript,
    }
}
