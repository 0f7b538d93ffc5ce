//! Calls of the `aws` CLI. Values go in by its standard input, and of what it says no more is shown than cannot hold one.

use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};

use crate::cli::Result;
use crate::cli::report::Failure;
use crate::secrets::Sealed;

/// The command.
const AWS: &str = "aws";

/// How a call ended.
pub(super) enum Answer {
    /// What it printed.
    Said(String),
    /// The code of AWS's error, such as `ResourceNotFoundException`.
    Refused(String),
}

/// Makes a call, with a value on its standard input where there is one. What is no error of AWS itself, such as credentials that
/// are not there, is a failure.
pub(super) fn call(arguments: &[&str], value: Option<&Sealed>) -> Result<Answer> {
    let what = || arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    let fail = |reason: String| Failure::Usage(format!("`aws {}` failed: {reason}", what()));
    let mut command = Command::new(AWS);
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.stdin(if value.is_some() { Stdio::piped() } else { Stdio::null() });
    // It reads text as Python's locale says, pages its output, and asks back, unless it is told not to.
    command.env("PYTHONUTF8", "1").env("AWS_CLI_FILE_ENCODING", "UTF-8");
    command.env("AWS_PAGER", "").env("AWS_CLI_AUTO_PROMPT", "off");
    let mut child = command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::Usage("the `aws` CLI is not installed, or not on PATH".to_owned()),
        _ => fail(format!("it cannot be run: {error}")),
    })?;
    if let (Some(value), Some(mut stdin)) = (value, child.stdin.take()) {
        match stdin.write_all(value.open().as_bytes()) {
            // It ended before it read the value: how it ended says why.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(fail(error.to_string())),
            _ => {}
        }
    }
    let output = child.wait_with_output().map_err(|error| fail(error.to_string()))?;
    if output.status.success() {
        let text = String::from_utf8(output.stdout).map_err(|_| fail("it printed what is not UTF-8".to_owned()))?;
        return Ok(Answer::Said(text));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    match refusal(&said) {
        Some(code) => Ok(Answer::Refused(code)),
        None => {
            let code = output.status.code().map_or("a signal".to_owned(), |code| format!("exit code {code}"));
            Err(fail(
                known(&said)
                    .map_or_else(|| format!("it ended with {code}; try `aws sts get-caller-identity`"), str::to_owned),
            ))
        }
    }
}

/// The code of an error of AWS: `An error occurred (<code>) when calling the <operation> operation: …`. What follows may repeat the
/// value that was refused.
fn refusal(said: &str) -> Option<String> {
    let (_, rest) = said.split_once("An error occurred (")?;
    let (code, _) = rest.split_once(')')?;
    code.chars().all(|c| c.is_ascii_alphanumeric() || c == '.').then(|| code.to_owned())
}

/// What the CLI says where it could not ask at all: sentences of its own, without what follows them.
fn known(said: &str) -> Option<&'static str> {
    const SENTENCES: &[(&str, &str)] = &[
        ("Unable to locate credentials", "it has no credentials: log in, or set AWS_PROFILE"),
        ("could not be found", "there is no profile of that name"),
        ("Token has expired", "the login has expired: log in anew"),
        ("SSO", "the login has expired: log in anew"),
        ("Could not connect to the endpoint URL", "it cannot reach AWS"),
        ("Connect timeout", "it cannot reach AWS"),
        ("could not be decoded", "it did not take the value for text"),
    ];
    SENTENCES.iter().find(|(said_so, _)| said.contains(said_so)).map(|(_, meaning)| *meaning)
}
