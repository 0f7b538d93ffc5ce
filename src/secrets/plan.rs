//! What a file of secrets would fill: which are written, which are left as they are, which lack a value.

use serde_json::{Value as Json, json as object};

use super::check::wrong_types;
use super::{Declared, Given, Said, Secrets, Section};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::manifest::Store;
use crate::origin::Origins;

/// `CFN526`: a value that cannot be written.
pub const CFN526: Code = Code {
    id: "CFN526",
    explanation: "a value cannot be written to where it is kept\n\n\
        A parameter of the Parameter Store holds 4 KB (Systems Manager quotas, standard parameters), and the `aws` CLI, which reads \
        values as text, makes line feeds of carriage returns. A JSON secret of Secrets Manager takes both: 64 KB, for all its keys together.",
};

/// Bytes that a standard parameter holds.
const MOST_BYTES: usize = 4096;

/// What becomes of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// It is written; nothing is known to be there.
    Write,
    /// It is written over what is there.
    Overwrite,
    /// It is there, and stays.
    Keep,
    /// The file has its name and no value.
    Empty,
    /// The file does not have it.
    Missing,
}

impl Wanted {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Wanted::Write => "write",
            Wanted::Overwrite => "overwrite",
            Wanted::Keep => "keep",
            Wanted::Empty => "empty",
            Wanted::Missing => "missing",
        }
    }

    /// Whether something is written.
    #[must_use]
    pub fn is_written(self) -> bool {
        matches!(self, Wanted::Write | Wanted::Overwrite)
    }
}

/// A secret and what becomes of it.
#[derive(Debug, Clone)]
pub struct Step<'p> {
    /// The secret.
    pub declared: &'p Declared<'p>,
    /// What the file gives for it.
    pub given: Option<&'p Given>,
    /// What becomes of it.
    pub wanted: Wanted,
}

/// What a file would fill.
#[derive(Debug, Clone)]
pub struct Plan<'p> {
    /// The secrets of the stage, in the order of their names.
    pub steps: Vec<Step<'p>>,
    /// What the file gives besides, each with the declared name that may be meant.
    pub unknown: Vec<(&'p Given, Option<&'p str>)>,
    /// Whether it was known what is there.
    pub is_known: bool,
}

impl Plan<'_> {
    /// How many secrets are written.
    #[must_use]
    pub fn written(&self) -> usize {
        self.steps.iter().filter(|step| step.wanted.is_written()).count()
    }
}

/// Decides what is filled. Without `said` nothing is known of what is there.
pub fn plan<'p>(
    secrets: &'p Secrets<'p>,
    given: &'p [Given],
    said: Option<&Said>,
    overwrite: bool,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Plan<'p> {
    if let Some(said) = said {
        wrong_types(secrets, said, origins, findings);
    }
    let step = |declared: &'p Declared<'p>| {
        let given = given.iter().find(|given| given.name == declared.name);
        let wanted = match given {
            None => Wanted::Missing,
            Some(given) if given.value.is_empty() => Wanted::Empty,
            Some(_) => match (said.is_some_and(|said| said.has(declared)), overwrite) {
                (false, _) => Wanted::Write,
                (true, true) => Wanted::Overwrite,
                (true, false) => Wanted::Keep,
            },
        };
        Step { declared, given, wanted }
    };
    let steps: Vec<Step<'p>> = secrets.all.iter().map(step).collect();
    for step in steps.iter().filter(|step| step.wanted.is_written()) {
        findings_of(step, findings);
    }
    let known = || secrets.all.iter().map(|declared| declared.name);
    let unknown = given.iter().filter(|given| secrets.of(&given.name).is_none());
    let unknown = unknown.map(|given| (given, did_you_mean(&given.name, known()))).collect();
    Plan { steps, unknown, is_known: said.is_some() }
}

fn findings_of(step: &Step<'_>, findings: &mut Diagnostics) {
    let (Some(given), Store::Ssm) = (step.given, step.declared.secret.store.value) else { return };
    let (name, value) = (step.declared.name, given.value.open());
    let elsewhere = format!("keep it elsewhere: `secrets: {{{name}: {{store: secrets_manager}}}}`");
    if value.len() > MOST_BYTES {
        let title = format!("the value of `{name}` has {} bytes; a parameter holds {MOST_BYTES}", value.len());
        findings
            .push(Diagnostic::error(CFN526, title).at(given.at, "too large for a parameter").help(elsewhere.clone()));
    }
    if value.contains('\r') {
        let title = format!("the value of `{name}` holds a carriage return, which `aws` would not write as it is");
        let diagnostic = Diagnostic::error(CFN526, title).at(given.at, "holds `\\r`");
        findings.push(diagnostic.help("write `\\n` where lines end, if it need not be there").help(elsewhere));
    }
}

/// The plan for people. `from` is the file; no value is shown.
#[must_use]
pub fn plan_text(secrets: &Secrets<'_>, plan: &Plan<'_>, from: &str) -> String {
    let width = plan.steps.iter().map(|step| step.declared.name.len()).max().unwrap_or(0);
    let mut text = format!("{from}, for {} (no value is shown)\n", secrets.stage);
    for step in &plan.steps {
        let why = match step.wanted {
            Wanted::Write | Wanted::Overwrite => match step.given.map(|given| given.section) {
                Some(Section::Fallback) => format!("{} (the fallback)", step.declared.kept),
                _ => step.declared.kept.to_string(),
            },
            Wanted::Keep => "is there; --overwrite replaces it".to_owned(),
            Wanted::Empty => format!("line {} has no value", step.given.map_or(0, |given| given.line)),
            Wanted::Missing if step.declared.secret.optional.value => "not in the file; it is optional".to_owned(),
            Wanted::Missing => "not in the file".to_owned(),
        };
        text.push_str(&format!("  {:<9}  {:<width$}  {why}\n", step.wanted.word(), step.declared.name));
    }
    for (given, near) in &plan.unknown {
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        text.push_str(&format!(
            "  {:<9}  {:<width$}  line {}: nobody declares it{near}\n",
            "unknown", given.name, given.line
        ));
    }
    text
}

/// The plan for programs.
#[must_use]
pub fn plan_json(secrets: &Secrets<'_>, plan: &Plan<'_>, is_applied: bool) -> String {
    let step = |step: &Step<'_>| {
        object!({
            "name": step.declared.name,
            "change": step.wanted.word(),
            "kept": step.declared.kept.to_string(),
            "line": step.given.map(|given| given.line),
            "fallback": step.given.is_some_and(|given| given.section == Section::Fallback),
        })
    };
    let unknown =
        plan.unknown.iter().map(|(given, near)| object!({"name": given.name, "line": given.line, "near": near}));
    let page = object!({
        "stage": secrets.stage,
        "secrets": plan.steps.iter().map(step).collect::<Vec<Json>>(),
        "unknown": unknown.collect::<Vec<Json>>(),
        "known": plan.is_known,
        "applied": is_applied,
    });
    format!("{page}\n")
}
