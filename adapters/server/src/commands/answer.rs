//! `collodi answer`

use crate::{cli::AnswerArgs, client::Client, failure::Failure};
use anyhow::Result;
use collodi_api::{Answer, DefaultAnswer, Question, QuestionField, Run, RunAnswer, Runs};
use collodi_logs::plain;
use serde_json::{Map, Value};
use std::{path::Path, process::ExitCode};

/// Answers what a run asks, or shows it.
pub(crate) fn answer(workspace: &Path, json: bool, args: &AnswerArgs) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    let (run, question) = asking(&client, &args.run)?;
    if args.values.is_empty() {
        show(json, &question)?;
        return Ok(ExitCode::SUCCESS);
    }
    let values: Map<String, Value> = args
        .values
        .iter()
        .map(|(key, value)| (key.clone(), Value::from(value.as_str())))
        .collect();
    let body = RunAnswer {
        step: question.list.is_none().then_some(question.step),
        question: Some(question.number),
        values,
    };
    let path = format!("/python/runs/{}/answer", run.id);
    client.post_json::<Answer>(&path, &body)?;
    if json {
        say!("{}", serde_json::json!({ "answered": run.id }));
    } else {
        say!("{} is answered", run.id);
    }
    for (key, _) in &args.values {
        if !question.fields.iter().any(|field| field.key == *key) {
            complain!("note: nothing called {} is asked", plain(key));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The run of this name, or of this app, that asks something.
fn asking(client: &Client, name: &str) -> Result<(Run, Question)> {
    let runs = client.get::<Runs>("/python/runs")?.runs;
    let mut named = runs
        .into_iter()
        .filter(|run| run.id == name || run.app_id == name)
        .peekable();
    if named.peek().is_none() {
        return Err(Failure::new(format!("there is no run {name}"))
            .hint("`collodi ps` shows what runs")
            .into());
    }
    let asking = named.find_map(|mut run| run.question.take().map(|asked| (run, asked)));
    asking.ok_or_else(|| Failure::new(format!("{name} asks nothing")).into())
}

fn show(json: bool, question: &Question) -> Result<()> {
    if json {
        say!("{}", serde_json::to_string(question)?);
        return Ok(());
    }
    for line in lines(question) {
        say!("{line}");
    }
    Ok(())
}

/// The question in lines, without what a terminal would take for commands.
fn lines(question: &Question) -> Vec<String> {
    let heading = [question.title.clone(), question.description.clone()];
    let heading = heading.into_iter().filter(|text| !text.is_empty());
    let fields = question
        .fields
        .iter()
        .map(|field| format!("  {}", line(field)));
    let lines = heading.chain(fields);
    lines.map(|line| plain(&line).into_owned()).collect()
}

/// A field with all that helps to answer it.
fn line(field: &QuestionField) -> String {
    let mut line = format!("{} ({})", field.key, field.kind);
    for text in [&field.title, &field.description] {
        if !text.is_empty() {
            line = format!("{line}: {text}");
        }
    }
    if !field.items.is_empty() {
        let items: Vec<_> = field.items.iter().map(|item| item.value.as_str()).collect();
        line = format!("{line}; one of {}", items.join(", "));
    }
    match &field.default {
        Some(DefaultAnswer::Flag(flag)) => format!("{line} [{flag}]"),
        Some(DefaultAnswer::Text(text)) => format!("{line} [{text}]"),
        Some(DefaultAnswer::Paths(paths)) => format!("{line} [{}]", paths.join(", ")),
        None if field.required => format!("{line}; required"),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_gives_the_terminal_no_commands() {
        let red = "\u{1b}[31mred\u{7}";
        let question = format!(
            r#"{{"step": 0, "method": "input", "title": {0}, "description": {0}, "fields":
            [{{"key": {0}, "type": "select", "title": {0}, "description": {0},
            "items": [{{"value": {0}, "text": {0}}}], "default": {0}, "required": false}}]}}"#,
            serde_json::Value::from(red)
        );
        let question = serde_json::from_str(&question);
        assert!(question.is_ok(), "{question:?}");
        let lines = question
            .map(|question| lines(&question))
            .unwrap_or_default();
        assert_eq!(lines.len(), 3);
        assert!(!lines.concat().contains(char::is_control), "{lines:?}");
    }
}
