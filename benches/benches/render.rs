//! Filling in templates: a typical step against minijinja, and what an expression and a
//! step's object cost against the desktop program.

use collodi_benches::{compare, measure};
use collodi_template::{Render, Sink, Template};
use collodi_value::{Object, Value};
use minijinja::{Environment, context};
use std::{error::Error, time::Duration};

/// What the desktop program takes for one expression, measured where these figures are
/// from.
const DESKTOP_EXPRESSION: Duration = Duration::from_micros(9);
/// What it takes for the object of one step.
const DESKTOP_STEP: Duration = Duration::from_micros(39);

const LINE: &str = "python app.py --port {{port}} --name {{input.name}} \
    {{args.share ? '--share' : ''}} --dir {{cwd}}/outputs";

/// The same in the other language.
const LINE_JINJA: &str = "python app.py --port {{port}} --name {{input.name}} \
    {{'--share' if args.share else ''}} --dir {{cwd}}/outputs";

const STEP: &str = r#"{
    "message": ["pip install -r requirements.txt", "python app.py --port {{port}} {{args.share ? '--share' : ''}}"],
    "path": "app",
    "venv": "{{local.env || 'env'}}",
    "env": {"GRADIO_SERVER_PORT": "{{port}}", "HF_HOME": "{{cwd}}/cache"},
    "on": [{"event": "/http:\\/\\/[0-9.:]+/", "done": true}]
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let scope = scope();
    against_minijinja(&scope)?;
    println!(
        "against the desktop program ({DESKTOP_EXPRESSION:?} an expression, {DESKTOP_STEP:?} a step)"
    );
    for text in [
        "{{port}}",
        "{{local.env}}",
        "{{input.name}}",
        "{{platform === 'linux' && !args.cpu}}",
        "{{gpu === 'nvidia' ? '--cuda' : '--cpu'}}",
    ] {
        let template = Template::parse(&Value::from(text));
        let ours = measure(|| template.render(&scope, &Render::default()));
        report(text, ours, DESKTOP_EXPRESSION);
    }
    let step = collodi_script::read_json(STEP).map_err(|(place, why)| format!("{place}: {why}"))?;
    let template = Template::parse(&step);
    let ours = measure(|| template.render(&scope, &Render::default()));
    report("the object of a step", ours, DESKTOP_STEP);
    Ok(())
}

fn report(what: &str, ours: Duration, desktop: Duration) {
    let times = desktop.as_secs_f64() / ours.as_secs_f64();
    let micros = collodi_benches::Micros(ours);
    println!("  {what:45} {micros}  {times:6.0} times faster");
}

fn against_minijinja(scope: &Object) -> Result<(), Box<dyn Error>> {
    let mut environment = Environment::new();
    environment.add_template("line", LINE_JINJA)?;
    let theirs = environment.get_template("line")?;
    let values = context! {
        port => 7860,
        input => context! { name => "demo" },
        args => context! { share => true },
        cwd => "/srv/app",
    };
    let ours = Template::parse(&Value::from(LINE));
    let plain = Render::default();
    let shell = Render {
        sink: Sink::Shell,
        ..Render::default()
    };
    let expected = theirs.render(&values)?;
    for how in [&plain, &shell] {
        let rendered = ours.render(scope, how).value;
        if rendered != Value::from(expected.as_str()) {
            return Err(format!("{rendered:?} is not {expected:?}").into());
        }
    }
    let jinja = || theirs.render(&values);
    println!("a line with four expressions, against minijinja");
    println!(
        "  plain            {}",
        compare(|| ours.render(scope, &plain), jinja)
    );
    println!(
        "  quoted for sh    {}",
        compare(|| ours.render(scope, &shell), jinja)
    );
    Ok(())
}

fn scope() -> Object {
    let object = |entries: &[(&str, Value)]| Value::Object(entries.iter().cloned().collect());
    let local: Vec<(String, Value)> = (0..20)
        .map(|n| (format!("name{n}"), Value::from("some value of a variable")))
        .collect();
    [
        ("port", Value::from(7860)),
        ("cwd", Value::from("/srv/app")),
        ("platform", Value::from("linux")),
        ("gpu", Value::from("nvidia")),
        ("input", object(&[("name", Value::from("demo"))])),
        ("args", object(&[("share", Value::from(true))])),
        ("local", Value::Object(local.into_iter().collect())),
    ]
    .into_iter()
    .collect()
}
