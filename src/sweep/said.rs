//! What the `aws` CLI says of stacks, and GitHub of pull requests.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::{Pulls, Stack, Standing, time::Moment};
use crate::diag::render::visible_line;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::json::{Broken, Json, documents};
use crate::manifest::{EXPIRE_DAYS, OWNER, PROJECT, STAGE};
use crate::source::{FileId, Sources, Span};
use crate::stage::{LONGEST_NAME, slug};

/// `STG016`: a file is not what a command prints.
pub const STG016: Code = Code {
    id: "STG016",
    explanation: "a file is not what was asked for\n\n\
        `stages --sweep` reads what `aws cloudformation describe-stacks --output json` prints (`--deployed`), and what `gh pr list --state all --json \
        number,state` or `gh api 'repos/{owner}/{repo}/pulls?state=all'` print (`--pulls`); several such answers may stand in a file one after the \
        other. This file is empty, ends before its last answer does, is only the beginning of a list, or holds something else, such as a \
        message. Then nothing is taken from it: a stage that half an answer does not name is not gone.",
};

/// What is left of a stack that was deleted, or is no longer anybody's while it is being deleted.
const GONE: &[&str] = &["DELETE_COMPLETE", "DELETE_IN_PROGRESS"];

/// The days that a layer can say.
const DAYS: RangeInclusive<u32> = 1..=365;

/// What is read, in the words of its command.
#[derive(Clone, Copy)]
enum Asked {
    Stacks,
    Pulls,
}

impl Asked {
    fn command(self) -> &'static str {
        match self {
            Asked::Stacks => "aws cloudformation describe-stacks --output json",
            Asked::Pulls => "gh pr list --state all --limit 1000 --json number,state",
        }
    }

    fn refused(self, title: String, span: Span, label: &str) -> Diagnostic {
        let finding = Diagnostic::error(STG016, title).at(span, label);
        finding.help(format!("write the file anew with `{}`", self.command()))
    }
}

/// What is deployed, as far as AWS was asked.
#[derive(Debug, Default)]
pub struct Deployed {
    /// The stages of a project that stacks are tagged with, by name.
    pub standing: BTreeMap<String, Standing>,
    /// The regions that any stack is of, be it of another project: there it was asked.
    pub regions: BTreeSet<String>,
}

/// What is deployed of a project.
#[must_use]
pub fn stacks(files: &[FileId], project: &str, sources: &Sources, findings: &mut Diagnostics) -> Deployed {
    let mut deployed = Deployed::default();
    for file in files {
        for document in whole(Asked::Stacks, *file, sources, findings) {
            let fields = document.fields().unwrap_or_default();
            let Some(stacks) = fields.get("Stacks").and_then(|stacks| stacks.items()) else {
                findings.push(other(Asked::Stacks, document));
                continue;
            };
            if fields.contains_key("NextToken") {
                let (title, label) = ("the list of stacks goes on".to_owned(), "the first of several pages");
                findings.push(Asked::Stacks.refused(title, document.start(), label).help("leave out `--max-items`"));
            }
            for stack in stacks {
                if one(stack, project, &mut deployed).is_none() {
                    let title = "a stack is not described as AWS does it".to_owned();
                    findings.push(Asked::Stacks.refused(title, stack.start(), "this stack"));
                }
            }
        }
    }
    deployed
}

/// Adds a stack to its stage, if it is one of the project; `None` where it is none at all.
fn one(stack: Json<'_>, project: &str, deployed: &mut Deployed) -> Option<()> {
    let fields = stack.fields()?;
    let text = |key: &str| Some(fields.get(key)?.string()?.text);
    let (name, status, id) = (text("StackName")?, text("StackStatus")?, text("StackId")?);
    let region = id.split(':').nth(3)?.to_owned();
    deployed.regions.insert(region.clone());
    let changed = Moment::read(&text("LastUpdatedTime").or_else(|| text("CreationTime"))?)?;
    let tags = tags(fields.get("Tags").copied())?;
    let tag = |key: &str| tags.get(key).map(String::as_str);
    let (Some(owning), Some(stage)) = (tag(PROJECT), tag(STAGE)) else { return Some(()) };
    // A stack within another has its tags, and goes with it.
    let is_inner = fields.contains_key("ParentId");
    let is_name = !stage.is_empty() && slug(stage) == stage && stage.len() <= LONGEST_NAME;
    if owning != project || !is_name || is_inner || GONE.contains(&status.as_str()) {
        return Some(());
    }
    let known = deployed.standing.entry(stage.to_owned()).or_insert_with(|| Standing::new(stage, changed));
    // What was deployed last says how long.
    if changed >= known.changed {
        known.changed = changed;
        known.owner = tag(OWNER).map(visible_line);
        known.expire_days = tag(EXPIRE_DAYS).and_then(days);
    }
    known.is_protected |= fields.get("EnableTerminationProtection").and_then(|is| is.boolean()) == Some(true);
    known.stacks.insert(Stack { region: visible_line(&region), name: visible_line(&name) });
    Some(())
}

/// The days that a tag says, as a layer can say them: nothing else was written by a deploy.
fn days(tag: &str) -> Option<u32> {
    let days = tag.parse().ok().filter(|days| DAYS.contains(days))?;
    (tag == days.to_string()).then_some(days)
}

/// The tags of a stack by key.
fn tags(list: Option<Json<'_>>) -> Option<BTreeMap<String, String>> {
    let Some(list) = list else { return Some(BTreeMap::new()) };
    let tag = |tag: Json<'_>| {
        let fields = tag.fields()?;
        Some((fields.get("Key")?.string()?.text, fields.get("Value")?.string()?.text))
    };
    list.items()?.into_iter().map(tag).collect()
}

/// The pull requests and whether each is open, as it was at a moment.
#[must_use]
pub fn pulls(file: FileId, as_of: Moment, sources: &Sources, findings: &mut Diagnostics) -> Pulls {
    let mut open = BTreeMap::new();
    for document in whole(Asked::Pulls, file, sources, findings) {
        let Some(items) = document.items() else {
            findings.push(other(Asked::Pulls, document));
            continue;
        };
        for item in items {
            let fields = item.fields().unwrap_or_default();
            let number = fields.get("number").and_then(|number| number.integer());
            let state = fields.get("state").and_then(|state| state.string());
            match (number, state) {
                (Some(number), Some(state)) => drop(open.insert(number, state.text.eq_ignore_ascii_case("open"))),
                (number, _) => {
                    let lacks = if number.is_none() { "number" } else { "state" };
                    let title = format!("a pull request has no `{lacks}`");
                    findings.push(Asked::Pulls.refused(title, item.start(), "this one"));
                    break;
                }
            }
        }
    }
    Pulls { open, as_of }
}

/// The answers of a file; none where any of it is something else.
fn whole<'a>(asked: Asked, file: FileId, sources: &'a Sources, findings: &mut Diagnostics) -> Vec<Json<'a>> {
    let file_of = sources.file(file);
    match documents(&file_of.text, file) {
        Ok(found) if found.is_empty() => {
            let title = format!("`{}` is empty", file_of.path);
            findings.push(asked.refused(title, Span::new(file, 0, 0), "nothing here"));
            Vec::new()
        }
        Ok(found) => found,
        Err(Broken { span, ends_early }) => {
            let (how, label) = match ends_early {
                true => ("ends in the middle of an answer", "it ends here"),
                false => ("is no JSON", "not JSON"),
            };
            findings.push(asked.refused(format!("`{}` {how}", file_of.path), span, label));
            Vec::new()
        }
    }
}

/// An answer to another question.
fn other(asked: Asked, document: Json<'_>) -> Diagnostic {
    let what = match asked {
        Asked::Stacks => "an answer has no list of `Stacks`",
        Asked::Pulls => "an answer is no list of pull requests",
    };
    let finding = asked.refused(what.to_owned(), document.start(), "this answer");
    let message = document.fields().unwrap_or_default().get("message").and_then(|message| message.string());
    match message {
        Some(message) => finding.note(format!("it says: {}", visible_line(&message.text))),
        None => finding,
    }
}
