//! Filling secrets: what is there is asked for first, then each value is one call.

use serde_json::{Map, Value as Json};

use super::aws::{Answer, call};
use crate::cli::Result;
use crate::cli::report::{Failure, Terminal};
use crate::diag::Diagnostics;
use crate::manifest::Kept;
use crate::secrets::{Plan, Said, Sealed, Secrets, Step, Wanted, read};
use crate::source::Sources;

/// What is there, asked by `aws`: names and types of parameters, keys of JSON secrets. The account must be the stage's.
pub(super) fn ask(secrets: &Secrets<'_>, sources: &mut Sources, findings: &mut Diagnostics) -> Result<Said> {
    guard(secrets)?;
    let mut files = Vec::new();
    if secrets.has_parameters() {
        let path = secrets.path();
        let path = path.trim_end_matches('/');
        let arguments = ["ssm", "get-parameters-by-path", "--region", secrets.region, "--path", path, "--recursive"];
        let names = ["--query", "Parameters[].{Name:Name,Type:Type}", "--output", "json"];
        match call(&[&arguments[..], &names[..]].concat(), None)? {
            Answer::Said(text) => files.push((format!("parameters below {path}"), text)),
            Answer::Refused(code) => return Err(refused("get-parameters-by-path", path, &code)),
        }
    }
    for secret in secrets.json_secrets() {
        if let Some(text) = value_of(secrets, secret)? {
            files.push((format!("the secret {secret}"), text));
        }
    }
    Ok(read(files, sources, findings))
}

/// Refuses any other account than the stage's.
fn guard(secrets: &Secrets<'_>) -> Result<()> {
    let Some(account) = secrets.account else { return Ok(()) };
    match call(&["sts", "get-caller-identity", "--query", "Account", "--output", "text"], None)? {
        Answer::Said(text) if text.trim() == account => Ok(()),
        Answer::Said(text) => {
            let is: String = text.trim().chars().filter(char::is_ascii_digit).take(12).collect();
            let stage = secrets.stage;
            let title =
                format!("`aws` is logged in to account {is}, and `{stage}` belongs to {account}; nothing was written");
            Err(Failure::Usage(title))
        }
        Answer::Refused(code) => Err(refused("get-caller-identity", "sts", &code)),
    }
}

/// What `aws` says of a JSON secret, with its value; nothing where there is none of that name.
fn value_of(secrets: &Secrets<'_>, secret: &str) -> Result<Option<String>> {
    let arguments = ["secretsmanager", "get-secret-value", "--region", secrets.region, "--secret-id", secret];
    match call(&[&arguments[..], &["--output", "json"]].concat(), None)? {
        Answer::Said(text) => Ok(Some(text)),
        Answer::Refused(code) if code == "ResourceNotFoundException" => Ok(None),
        Answer::Refused(code) => Err(refused("get-secret-value", secret, &code)),
    }
}

fn refused(operation: &str, of: &str, code: &str) -> Failure {
    Failure::Usage(format!("AWS refused `{operation}` of `{of}`: {code}"))
}

/// Writes what a plan says, one call a parameter and one a JSON secret. What fails ends it: what was written stays, and a further run
/// goes on with the rest.
pub(super) fn apply(secrets: &Secrets<'_>, plan: &Plan<'_>, terminal: &Terminal) -> Result<()> {
    let steps: Vec<&Step<'_>> = plan.steps.iter().filter(|step| step.wanted.is_written()).collect();
    let mut written = 0;
    let stopped = |failure: Failure, written: usize| match failure {
        Failure::Usage(reason) => Failure::Usage(format!("{reason}; {written} of {} were written before", steps.len())),
        other => other,
    };
    for step in &steps {
        if let (Kept::Parameter(name), Some(given)) = (&step.declared.kept, step.given) {
            parameter(secrets, step, name, &given.value).map_err(|failure| stopped(failure, written))?;
            written += 1;
            tell(terminal, name)?;
        }
    }
    for secret in secrets.json_secrets() {
        let within: Vec<&&Step<'_>> = steps.iter().filter(|step| step.declared.kept.secret() == Some(secret)).collect();
        if !within.is_empty() {
            json_secret(secrets, secret, &within).map_err(|failure| stopped(failure, written))?;
            written += within.len();
            tell(terminal, secret)?;
        }
    }
    if terminal.for_people() && written == 0 {
        terminal.data("Nothing to write.\n")?;
    }
    Ok(())
}

fn tell(terminal: &Terminal, what: &str) -> Result<()> {
    if terminal.for_people() { terminal.data(&format!("written: {what}\n")) } else { Ok(()) }
}

fn parameter(secrets: &Secrets<'_>, step: &Step<'_>, name: &str, value: &Sealed) -> Result<()> {
    let parameter_type = step.declared.parameter_type();
    let mut arguments =
        vec!["ssm", "put-parameter", "--region", secrets.region, "--name", name, "--type", parameter_type];
    arguments.extend(["--value", "file:///dev/stdin", "--output", "json"]);
    // Without it AWS itself refuses to replace what somebody has set since it was asked.
    if step.wanted == Wanted::Overwrite {
        arguments.push("--overwrite");
    }
    match call(&arguments, Some(value))? {
        Answer::Said(_) => Ok(()),
        Answer::Refused(code) => Err(refused("put-parameter", name, &code)),
    }
}

/// One JSON secret: its keys as they are now, with those of the file laid over them.
fn json_secret(secrets: &Secrets<'_>, secret: &str, steps: &[&&Step<'_>]) -> Result<()> {
    let now = value_of(secrets, secret)?;
    if secrets.are_copies() {
        return copy(secrets, secret, now.is_some());
    }
    let mut keys = match &now {
        None => Map::new(),
        Some(text) => {
            keys_of(text).ok_or_else(|| Failure::Usage(format!("the secret `{secret}` is no JSON object")))?
        }
    };
    for step in steps {
        let Some(given) = step.given else { continue };
        let is_filled =
            keys.get(step.declared.name).is_some_and(|value| !value.is_null() && value.as_str() != Some(""));
        // Somebody may have set it since it was asked for.
        if step.wanted == Wanted::Overwrite || !is_filled {
            keys.insert(step.declared.name.to_owned(), Json::String(given.value.open().to_owned()));
        }
    }
    let value = Sealed::new(Json::Object(keys).to_string());
    let (operation, by) = if now.is_some() { ("put-secret-value", "--secret-id") } else { ("create-secret", "--name") };
    let arguments = ["secretsmanager", operation, "--region", secrets.region, by, secret];
    let rest = ["--secret-string", "file:///dev/stdin", "--output", "json"];
    match call(&[&arguments[..], &rest[..]].concat(), Some(&value))? {
        Answer::Said(_) => Ok(()),
        Answer::Refused(code) => Err(refused(operation, secret, &code)),
    }
}

/// A copy of a JSON secret of the stage's own region, which Secrets Manager keeps as that one is; nobody else can write it.
fn copy(secrets: &Secrets<'_>, secret: &str, is_there: bool) -> Result<()> {
    let home = secrets.home;
    if is_there {
        let title =
            format!("the secret `{secret}` is a copy in {}; write it in {home}, and the copy follows", secrets.region);
        return Err(Failure::Usage(title));
    }
    let region = format!("Region={}", secrets.region);
    let arguments = ["secretsmanager", "replicate-secret-to-regions", "--region", home, "--secret-id", secret];
    match call(&[&arguments[..], &["--add-replica-regions", &region, "--output", "json"]].concat(), None)? {
        Answer::Said(_) => Ok(()),
        Answer::Refused(code) => Err(refused("replicate-secret-to-regions", secret, &code)),
    }
}

fn keys_of(text: &str) -> Option<Map<String, Json>> {
    let answer: Json = serde_json::from_str(text).ok()?;
    serde_json::from_str(answer.get("SecretString")?.as_str()?).ok()
}
