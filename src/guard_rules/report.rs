//! What is found by rules of one's own, at the places of the manifest that it goes back to.

use super::{Breach, RulesFile, Said};
use crate::cfn::{Resource, Target};
use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::link::Stack;
use crate::origin::OriginId;
use crate::policy::is_guard_rule;
use crate::source::{Sources, Span};
use crate::value::{Kind, Value};

/// `CFN475`: a rule of one's own is not kept.
pub const CFN475: Code = Code {
    id: "CFN475",
    explanation: "a template breaks a rule of `policies/`\n\n\
        `check --policy` evaluates the rules of `policies/*.guard`, written in the language of AWS CloudFormation Guard, over every \
        template. A finding points at the line of the manifest that the property comes from, and at the line of the rule. Where a \
        property has no setting, `overrides` of the component sets it. `suppress: {<RULE>: <reason>}` in the component leaves it \
        alone, as does `Metadata` of a resource that lists the rule in `guard.SuppressedRules`.",
};

/// `CFN476`: a file of rules that is none.
pub const CFN476: Code = Code {
    id: "CFN476",
    explanation: "a file of `policies/` cannot be read\n\n\
        Files of rules are written in the language of AWS CloudFormation Guard 3: \
        <https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html>. The place is where Guard itself stopped reading; the \
        mistake may stand before it.",
};

/// `CFN477`: a file of rules that cannot be evaluated.
pub const CFN477: Code = Code {
    id: "CFN477",
    explanation: "a file of `policies/` cannot be evaluated\n\n\
        The file could be read, and Guard stopped when it applied the rules to a template: a rule gets too few values, or a \
        variable is not there. Rules that refer to themselves, nesting without end, and regular expressions that try every way \
        make Guard fail as a whole, or never end; they are stopped after ten seconds. The other files are evaluated all the same.",
};

/// The most lines of a rule's own message that are shown.
const MOST_LINES: usize = 6;

/// Reports what is said of files of rules; `said` holds the place of each file among them. `compiled` is the stage whose stacks were
/// evaluated, in their order.
pub fn report(
    compiled: Option<&Compiled>,
    files: &[RulesFile],
    said: &[(usize, Said)],
    sources: &Sources,
    findings: &mut Diagnostics,
) {
    for (number, said) in said {
        let Some(file) = files.get(*number) else { continue };
        match (said, compiled) {
            (Said::Unreadable { line, column }, _) => {
                let title = format!("`{}` is no file of Guard rules from here on", file.path);
                let diagnostic =
                    Diagnostic::error(CFN476, title).at(place(file, *line, *column, sources), "not understood");
                findings.push(diagnostic.help(
                    "the language is described in https://docs.aws.amazon.com/cfn-guard/latest/ug/writing-rules.html",
                ));
            }
            (Said::Failed(reason), _) => {
                let title = format!("`{}` cannot be evaluated", file.path);
                let diagnostic = Diagnostic::error(CFN477, title).at(line(file, 1, sources), "in this file");
                findings.push(diagnostic.note(format!("Guard says: {reason}")));
            }
            (Said::Ended, _) => {
                let title = format!("`{}` makes Guard fail, or never end", file.path);
                let diagnostic = Diagnostic::error(CFN477, title).at(line(file, 1, sources), "in this file");
                let what = "values and rules that refer to themselves, nesting without end, and regular expressions that try every way";
                findings.push(diagnostic.note(format!("{what} do that; Guard was stopped")));
            }
            (Said::Breach(breach), Some(compiled)) => {
                let asked = line(file, breach.line, sources);
                let on = On { compiled, breach, asked };
                on.finding().into_iter().for_each(|finding| findings.push(finding));
            }
            (Said::Breach(_), None) | (Said::Begins | Said::Done(_), _) => {}
        }
    }
}

/// A breach, and where to point for it.
struct On<'a> {
    compiled: &'a Compiled,
    breach: &'a Breach,
    /// The line of the rule.
    asked: Span,
}

impl On<'_> {
    fn finding(&self) -> Option<Diagnostic> {
        let Breach { rule, message, missing, .. } = self.breach;
        let origins = &self.compiled.origins;
        let project = self.compiled.model.manifest.project.origin;
        let place = self.place();
        if place.as_ref().is_some_and(|place| place.is_suppressed(rule)) {
            return None;
        }
        let diagnostic = match &place {
            Some(place) => {
                let (at, owner) = (place.origin(), self.owner(place).unwrap_or(project));
                let resource = &place.resource.id;
                let (title, label) = match missing.as_deref().map(first_step) {
                    Some(missing) => (
                        format!("`{resource}` has no `{missing}`, which the rule `{rule}` asks for"),
                        "it would be set here, or in `overrides`",
                    ),
                    None => (format!("`{resource}` breaks the rule `{rule}`{}", place.property()), "refused"),
                };
                let diagnostic = Diagnostic::error(CFN475, title).at_origin(origins, at, &[owner, project], label);
                let (file, kind) = (&place.stack.file, place.resource.type_name());
                diagnostic.note(format!("in `{file}`, `{resource}` is of the type `{kind}`"))
            }
            None => {
                let title = format!("the rule `{rule}` is not kept");
                Diagnostic::error(CFN475, title).at_origin(origins, project, &[], "in this project")
            }
        };
        let mut diagnostic = diagnostic.context(self.asked, format!("`{rule}` asks for it"));
        let lines = message.iter().flat_map(|text| text.lines()).map(str::trim).filter(|line| !line.is_empty());
        for line in lines.take(MOST_LINES) {
            diagnostic = diagnostic.note(line.to_owned());
        }
        let diagnostic = match place.as_ref().and_then(|place| self.overridden(place)) {
            Some(overrides) => diagnostic.help(format!("change the setting that it comes from, or write {overrides}")),
            None => diagnostic.help("change what the rule is about, or the rule"),
        };
        let owner = place.and_then(|place| place.stack.owners.get(&place.resource.id));
        Some(match owner.filter(|_| is_guard_rule(rule)) {
            Some((component, _)) => diagnostic
                .help(format!("if it must be so here, write `suppress: {{{rule}: <reason>}}` in `{component}`")),
            None => diagnostic,
        })
    }

    /// The place of the template that the rule is about.
    fn place(&self) -> Option<Place<'_>> {
        let stack = self.compiled.linked.stacks.get(self.breach.template)?;
        let path = self.breach.path.strip_prefix("/Resources/")?;
        let (id, rest) = path.split_once('/').unwrap_or((path, ""));
        Some(Place { stack, resource: stack.template.resource(id)?, path: rest })
    }

    /// Where the component behind it stands.
    fn owner(&self, place: &Place<'_>) -> Option<OriginId> {
        let (component, _) = place.stack.owners.get(&place.resource.id)?;
        self.compiled.model.components.get(component).map(|component| component.origin)
    }

    /// The way to set a property that no setting sets.
    fn overridden(&self, place: &Place<'_>) -> Option<String> {
        let (component, local) = place.stack.owners.get(&place.resource.id)?;
        let below = place.path.strip_prefix("Properties")?.trim_start_matches('/');
        let missing = self.breach.missing.as_deref().map(first_step);
        let property = below.split('/').next().filter(|step| !step.is_empty()).or(missing)?;
        Some(format!("`overrides: {{{local}: {{{property}: …}}}}` in `{component}`"))
    }
}

/// A place in a template.
struct Place<'a> {
    stack: &'a Stack,
    resource: &'a Resource<Target>,
    /// Below the resource: `Properties/Tags/0`.
    path: &'a str,
}

impl Place<'_> {
    /// Where the value at the place comes from, or that of the nearest value around it.
    fn origin(&self) -> OriginId {
        let (first, rest) = self.path.split_once('/').unwrap_or((self.path, ""));
        let value = match first {
            "Properties" => Some(&self.resource.properties),
            "Type" => Some(&self.resource.resource_type),
            attribute => self.resource.attribute(attribute),
        };
        value.map_or(self.resource.origin, |value| nearest(value, rest).origin)
    }

    /// The property, for the title.
    fn property(&self) -> String {
        match self.path.strip_prefix("Properties/").unwrap_or(self.path) {
            "" | "Properties" => String::new(),
            path => format!(" with `{}`", path.replace('/', ".")),
        }
    }

    /// Whether the resource says that a rule is not meant for it.
    fn is_suppressed(&self, rule: &str) -> bool {
        let listed = self.resource.attribute("Metadata").and_then(|m| m.at(&["guard", "SuppressedRules"]));
        listed.is_some_and(|rules| rules.items().iter().any(|name| name.as_text() == Some(rule)))
    }
}

/// The value at a path, or the last one on the way to it. Keys may hold slashes themselves.
fn nearest<'v>(value: &'v Value<Target>, path: &str) -> &'v Value<Target> {
    if path.is_empty() {
        return value;
    }
    let below = match &value.kind {
        Kind::List(items) => {
            let (step, rest) = path.split_once('/').unwrap_or((path, ""));
            step.parse::<usize>().ok().and_then(|i| items.get(i)).map(|item| (item, rest))
        }
        Kind::Map(entries) => {
            let after = |key: &str| path.strip_prefix(key).filter(|rest| rest.is_empty() || rest.starts_with('/'));
            let fitting = entries.iter().filter_map(|e| Some((e, after(&e.key)?)));
            let longest = fitting.max_by_key(|(e, _)| e.key.len());
            longest.map(|(e, rest)| (&e.value, rest.trim_start_matches('/')))
        }
        _ => None,
    };
    below.map_or(value, |(inner, rest)| nearest(inner, rest))
}

/// The first step of what is asked for and not there.
fn first_step(query: &str) -> &str {
    query.split(['.', '[']).next().unwrap_or(query)
}

/// A line of a file of rules, without what it is indented by.
fn line(file: &RulesFile, number: usize, sources: &Sources) -> Span {
    let mut start = 0;
    for (i, line) in sources.file(file.file).text.split_inclusive('\n').enumerate() {
        if i + 1 == number {
            let indented = line.len() - line.trim_start().len();
            return Span::new(file.file, start + indented, start + line.trim_end().len());
        }
        start += line.len();
    }
    Span::new(file.file, 0, 0)
}

/// A place in a file of rules.
fn place(file: &RulesFile, number: usize, column: usize, sources: &Sources) -> Span {
    let text = &sources.file(file.file).text;
    let start: usize = text.split_inclusive('\n').take(number.saturating_sub(1)).map(str::len).sum();
    let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    let before: usize = line.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
    Span::new(file.file, start + before, start + line.trim_end().len())
}
