//! The `aws` command: what it is asked, and what its answers mean.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::cli::Result;
use crate::cli::report::Failure;
use crate::diag::render::visible_line;

/// The most characters of what a command said that are shown.
const MOST_SAID: usize = 600;

/// An answer of `aws`.
pub(super) enum Answer {
    /// What it printed.
    Text(String),
    /// What was asked for is not there.
    NotThere,
}

/// What the error of something that is not there says.
const NOT_THERE: &[&str] =
    &["(404)", "NoSuchKey", "ImageNotFound", "does not exist", "ParameterNotFound", "ResourceNotFound"];

/// Runs `aws`, and tells apart that something is not there.
pub(super) fn ask(region: &str, arguments: &[&str]) -> Result<Answer> {
    let mut command = Command::new("aws");
    command.args(arguments).args(["--region", region]);
    // Neither a person nor a pager is there to answer.
    command.env("AWS_PAGER", "").stdin(Stdio::null());
    let output = command.output().map_err(|error| absent("aws", &error))?;
    if output.status.success() {
        return match String::from_utf8(output.stdout) {
            Ok(text) => Ok(Answer::Text(text)),
            Err(_) => Err(refused(region, arguments, "its answer is not UTF-8")),
        };
    }
    let said = String::from_utf8_lossy(&output.stderr);
    match NOT_THERE.iter().any(|words| said.contains(words)) {
        true => Ok(Answer::NotThere),
        false => Err(refused(region, arguments, &said)),
    }
}

/// What `aws` prints of something that must be there.
pub(super) fn text(region: &str, arguments: &[&str]) -> Result<String> {
    match ask(region, arguments)? {
        Answer::Text(text) => Ok(text),
        Answer::NotThere => Err(refused(region, arguments, "it is not there")),
    }
}

/// The JSON that `aws` prints; nothing of what is not there. Where there is nothing to say, it prints nothing.
pub(super) fn json(region: &str, arguments: &[&str]) -> Result<Option<Value>> {
    let all: Vec<&str> = arguments.iter().copied().chain(["--output", "json"]).collect();
    let Answer::Text(text) = ask(region, &all)? else { return Ok(None) };
    if text.trim().is_empty() {
        return Ok(Some(Value::Null));
    }
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| refused(region, &all, &format!("its answer is no JSON: {error}")))
}

/// A failure to run a command at all.
pub(super) fn absent(command: &str, error: &std::io::Error) -> Failure {
    Failure::Usage(match error.kind() {
        std::io::ErrorKind::NotFound => format!("there is no `{command}` on PATH; `--dry-run` needs none"),
        _ => format!("`{command}` cannot be run: {error}"),
    })
}

fn refused(region: &str, arguments: &[&str], said: &str) -> Failure {
    let command = arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    Failure::Usage(format!("`aws {command}` in {region} failed: {}", said_of(said)))
}

/// What a command said, in one line.
pub(super) fn said_of(said: &str) -> String {
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let line = visible_line(&lines.join(" "));
    match line.chars().count() > MOST_SAID {
        true => line.chars().take(MOST_SAID).chain(['…']).collect(),
        false if line.is_empty() => "it said nothing".to_owned(),
        false => line,
    }
}

/// The outputs of a stack; nothing where there is no such stack.
pub(super) fn outputs(region: &str, stack: &str) -> Result<Option<BTreeMap<String, String>>> {
    let Some(answer) = json(region, &["cloudformation", "describe-stacks", "--stack-name", stack])? else {
        return Ok(None);
    };
    let outputs = answer.pointer("/Stacks/0/Outputs").and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |of: &Value, key: &str| Some(of.get(key)?.as_str()?.to_owned());
    Ok(Some(outputs.iter().filter_map(|o| Some((text(o, "OutputKey")?, text(o, "OutputValue")?))).collect()))
}

/// The account that the credentials belong to.
pub(super) fn account(region: &str) -> Result<String> {
    let answer = json(region, &["sts", "get-caller-identity"])?;
    let account = answer.as_ref().and_then(|answer| answer.get("Account")).and_then(Value::as_str);
    account.map(str::to_owned).ok_or_else(|| refused(region, &["sts", "get-caller-identity"], "it named no account"))
}
