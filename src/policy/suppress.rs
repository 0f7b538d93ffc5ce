//! `suppress`: what must be so all the same, with its reason, and where other tools read that.

use std::collections::{BTreeMap, BTreeSet};

use super::{Found, On, Place, Rule, rules};
use crate::cfn::{Resource, Target};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::link::Linked;
use crate::model::Model;
use crate::origin::{Origin, OriginId, Origins};
use crate::setting::Setting;
use crate::value::{Entry, Kind, Value};

/// Codes of `suppress`; each rule names its own.
pub const CODES: &[Code] = &[CFN470, CFN471, CFN472];

/// `CFN470`: a suppression of nothing.
pub const CFN470: Code = Code {
    id: "CFN470",
    explanation: "a suppression hides nothing\n\n\
        `suppress: {POL001: <reason>}` hides what a rule finds at a component. Where it finds nothing any more, the line would only hide \
        the next mistake. One that is needed on some stages alone stands in their overlay.",
};

/// `CFN471`: no rule has that id.
pub const CFN471: Code = Code {
    id: "CFN471",
    explanation: "`suppress` names what is no rule's id\n\n\
        A rule is one of `docs/policy.md` (`POL001`), of cfn-lint (`E3002`, `W3005`, `I3011`), of checkov (`CKV_AWS_18`, \
        `CKV2_AWS_5`), or of a set for cfn-guard (`S3_BUCKET_LOGGING_ENABLED`, capitals and underscores). Suppressing a rule of ours \
        suppresses the rules of the others that say the same; rules of others are written into the Metadata of every resource \
        of the component. Other findings than those of rules cannot be suppressed: they are about what would not work.",
};

/// `CFN472`: no reason.
pub const CFN472: Code = Code {
    id: "CFN472",
    explanation: "a rule is suppressed without a reason\n\n\
        The reason is what a review weighs, and what stands beside the exception in the template. Say why it must be so here.",
};

/// Another tool that reads exceptions in the Metadata of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tool {
    CfnLint,
    Checkov,
    Guard,
}

/// The tool that has rules with such ids.
pub(super) fn tool_of(id: &str) -> Option<Tool> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(("CKV" | "CKV2", rest)) = id.split_once('_') {
        let (room, number) = rest.split_once('_')?;
        return (!room.is_empty() && room.bytes().all(|b| b.is_ascii_uppercase()) && digits(number))
            .then_some(Tool::Checkov);
    }
    if let Some(number) = id.strip_prefix(['E', 'W', 'I'])
        && number.len() == 4
        && digits(number)
    {
        return Some(Tool::CfnLint);
    }
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let begins = id.starts_with(|c: char| c.is_ascii_uppercase());
    (begins && id.contains('_') && id.split('_').all(is_word)).then_some(Tool::Guard)
}

/// Whether `suppress` takes an id for a rule of cfn-guard.
#[must_use]
pub fn is_guard_rule(id: &str) -> bool {
    tool_of(id) == Some(Tool::Guard)
}

/// An exception of one resource from one rule of a tool.
struct Exception {
    tool: Tool,
    id: Setting<String>,
    reason: Setting<String>,
}

/// What the components of a stage suppress.
pub(super) struct Suppressed<'a> {
    model: &'a Model,
    /// Where suppressions stand that hid something. One in `defaults` is for many components.
    used: BTreeSet<OriginId>,
    /// What becomes Metadata, by stack and resource.
    exceptions: BTreeMap<(usize, usize), Vec<Exception>>,
}

impl<'a> Suppressed<'a> {
    /// Reads the suppressions of all components, and reports those that are none.
    pub fn read(model: &'a Model, linked: &Linked, origins: &Origins, findings: &mut Diagnostics) -> Self {
        let mut suppressed = Suppressed { model, used: BTreeSet::new(), exceptions: BTreeMap::new() };
        let mut told = BTreeSet::new();
        for (name, component) in &model.components {
            for (id, reason) in component.common.suppress.iter() {
                let tool = tool_of(&id.value);
                let is_rule = tool.is_some() || rules().any(|rule| rule.code.id == id.value);
                if reason.trim().is_empty() && told.insert(reason.origin) {
                    let title = format!("`{name}` suppresses `{}` without a reason", id.value);
                    findings.push(
                        Diagnostic::error(CFN472, title)
                            .at_origin(origins, reason.origin, &[component.origin], "says nothing")
                            .help("say why it must be so here"),
                    );
                }
                if let Some(tool) = tool {
                    suppressed.all_of(name, linked, tool, id, reason);
                }
                if !is_rule && told.insert(id.origin) {
                    findings.push(no_rule(name, id, origins));
                }
            }
        }
        suppressed
    }

    /// Excepts every resource of a component from the rule of another tool.
    fn all_of(&mut self, component: &str, linked: &Linked, tool: Tool, id: &Setting<String>, reason: &Setting<String>) {
        for (s, stack) in linked.stacks.iter().enumerate() {
            for (r, resource) in stack.template.resources.iter().enumerate() {
                if stack.owners.get(&resource.id).is_some_and(|(owner, _)| owner == component) {
                    // Whether that rule finds anything is for its own tool to say.
                    self.used.insert(id.origin);
                    let exception = Exception { tool, id: id.clone(), reason: reason.clone() };
                    self.exceptions.entry((s, r)).or_default().push(exception);
                }
            }
        }
    }

    /// Whether the manifest gives a reason for what was found. If so, the ids of other tools get it as well.
    pub fn hides(
        &mut self,
        on: &On<'_>,
        place: (usize, usize),
        rule: &'static Rule,
        ids: &[&str],
        found: &Found,
        origins: &Origins,
    ) -> bool {
        let Some(component) = on.component() else { return false };
        let written = component.common.suppress.iter().find(|(id, _)| id.value == rule.code.id);
        let (from, reason) = match written {
            Some((id, reason)) => {
                self.used.insert(id.origin);
                (id.origin, reason)
            }
            None => match permitted(on, found) {
                Some(reason) => (reason.origin, reason),
                None => return false,
            },
        };
        let exceptions = self.exceptions.entry(place).or_default();
        for id in ids {
            if let Some(tool) = tool_of(id).filter(|_| !exceptions.iter().any(|e| e.id.value == *id)) {
                let origin = origins.derived("the rule of another tool that says the same", [from]);
                exceptions.push(Exception { tool, id: Setting::new(origin, (*id).to_owned()), reason: reason.clone() });
            }
        }
        true
    }

    /// Reports what hid nothing.
    pub fn report_unused(mut self, origins: &Origins, findings: &mut Diagnostics) -> Self {
        for (name, component) in &self.model.components {
            for (id, _) in component.common.suppress.iter() {
                let is_rule = rules().any(|rule| rule.code.id == id.value) || tool_of(&id.value).is_some();
                // Told once, however many components have it.
                if is_rule && self.used.insert(id.origin) {
                    let title = format!("`{name}` suppresses `{}`, which finds nothing there", id.value);
                    findings.push(
                        Diagnostic::warning(CFN470, title)
                            .at_origin(origins, id.origin, &[], "hides nothing")
                            .help("remove it, or move it to the overlay of the stage that needs it"),
                    );
                }
            }
        }
        self
    }

    /// Writes the exceptions into the Metadata of their resources.
    pub fn write(self, linked: &mut Linked) {
        for ((s, r), mut exceptions) in self.exceptions {
            let stack = linked.stacks.get_mut(s);
            let Some(resource) = stack.and_then(|stack| stack.template.resources.get_mut(r)) else { continue };
            exceptions.sort_by(|a, b| (a.tool, &a.id.value).cmp(&(b.tool, &b.id.value)));
            exceptions.iter().for_each(|exception| except(resource, exception));
        }
    }
}

/// The reason of a permission that was given on everything, where that is what was found.
fn permitted<'a>(on: &On<'a>, found: &Found) -> Option<&'a Setting<String>> {
    let Place::Value(at, _) = found.at else { return None };
    let permissions = &on.component()?.code.as_ref()?.permissions;
    let of = permissions.values().find(|p| p.resources.iter().any(|r| r.origin == at || r.value.0.origin == at))?;
    of.reason.as_ref()
}

fn no_rule(name: &str, id: &Setting<String>, origins: &Origins) -> Diagnostic {
    let title = format!("`{name}` suppresses `{}`, which is no rule's id", id.value);
    let diagnostic = Diagnostic::error(CFN471, title).at_origin(origins, id.origin, &[], "no rule");
    let Some(meant) = meant(&id.value) else {
        return diagnostic
            .note("rules are those of `docs/policy.md` (`POL001`), cfn-lint (`W3005`), checkov (`CKV_AWS_18`) and cfn-guard")
            .help("write the id as the tool prints it");
    };
    let diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
    match origins.get(id.origin) {
        Origin::Manifest { span, .. } => diagnostic.edit(span, meant),
        _ => diagnostic,
    }
}

/// The rule that is meant where only letters or marks are others.
fn meant(id: &str) -> Option<String> {
    let id = id.trim().to_ascii_uppercase().replace(['-', ' '], "_");
    let number = id.strip_prefix("POL").and_then(|rest| rest.trim_start_matches('_').parse::<u32>().ok());
    let own = number.map(|number| format!("POL{number:03}"));
    own.filter(|own| rules().any(|rule| rule.code.id == own)).or_else(|| tool_of(&id).map(|_| id))
}

/// Writes one exception as its tool reads it.
fn except(resource: &mut Resource<Target>, exception: &Exception) {
    let Exception { tool, id, reason } = exception;
    let at = id.origin;
    if resource.attribute("Metadata").is_none() {
        // The last of the attributes.
        resource.attributes.push(empty("Metadata", at));
    }
    let Some(metadata) = resource.attributes.iter_mut().find(|e| e.key == "Metadata") else { return };
    let mut put = |path: &[&str], value: Value<Target>| put(&mut metadata.value, path, at, value);
    let (name, why) = (Value::text(at, id.value.clone()), Value::text(reason.origin, reason.value.clone()));
    match tool {
        Tool::CfnLint => {
            put(&["cfn-lint", "config", "ignore_checks"], Value::list(at, vec![name]));
            put(&["cfn-lint", "reasons", &id.value], why);
        }
        Tool::Checkov => {
            let skip = Value::map(at, [("id", name), ("comment", why)]);
            put(&["checkov", "skip"], Value::list(at, vec![skip]));
        }
        Tool::Guard => {
            put(&["guard", "SuppressedRules"], Value::list(at, vec![name]));
            // cfn-guard reads no reasons; people do.
            put(&["guard", "reasons", &id.value], why);
        }
    }
}

fn empty(key: &str, at: OriginId) -> Entry<Target> {
    Entry { key: key.to_owned(), key_origin: at, value: Value::new(at, Kind::Null) }
}

/// Puts a value at a path of keys. What the template says itself stays: a list takes the items that it lacks.
fn put(of: &mut Value<Target>, path: &[&str], at: OriginId, value: Value<Target>) {
    match (path, &mut of.kind) {
        ([], Kind::List(items)) => {
            let name = |v: &Value<Target>| v.as_text().or_else(|| v.get("id")?.as_text()).map(str::to_owned);
            for item in value.items() {
                if !items.iter().any(|known| name(known) == name(item)) {
                    items.push(item.clone());
                }
            }
        }
        ([], Kind::Null) => *of = value,
        ([key, rest @ ..], Kind::Map(entries)) => {
            if !entries.iter().any(|e| e.key == *key) {
                entries.push(empty(key, at));
            }
            if let Some(entry) = entries.iter_mut().find(|e| e.key == *key) {
                put(&mut entry.value, rest, at, value);
            }
        }
        ([_, ..], Kind::Null) => {
            of.kind = Kind::Map(Vec::new());
            put(of, path, at, value);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_their_tools() {
        for (id, tool) in [
            ("E3002", Some(Tool::CfnLint)),
            ("I3011", Some(Tool::CfnLint)),
            ("CKV_AWS_18", Some(Tool::Checkov)),
            ("CKV2_AWS_5", Some(Tool::Checkov)),
            ("S3_BUCKET_LOGGING_ENABLED", Some(Tool::Guard)),
            ("API_GWV2_ACCESS_LOGS_ENABLED", Some(Tool::Guard)),
            ("CKV_AWS_", None),
            ("CKV_aws_18", None),
            ("E302", None),
            ("X3002", None),
            ("POL001", None),
            ("CFN167", None),
            ("ENCRYPTED", None),
            ("S3__BUCKET", None),
            ("1_A", None),
            ("", None),
        ] {
            assert_eq!(tool_of(id), tool, "{id}");
        }
    }

    #[test]
    fn only_letters_and_marks_are_mended() {
        for (id, expected) in [
            ("pol1", Some("POL001")),
            ("POL-001", Some("POL001")),
            ("POL999", None),
            ("ckv_aws_18", Some("CKV_AWS_18")),
            ("CKV-AWS-18", Some("CKV_AWS_18")),
            ("w3005", Some("W3005")),
            ("s3-bucket-logging-enabled", Some("S3_BUCKET_LOGGING_ENABLED")),
            ("CFN167", None),
            ("encryption", None),
        ] {
            assert_eq!(meant(id).as_deref(), expected, "{id}");
        }
    }

    #[test]
    fn what_a_template_excepts_itself_stays() {
        let at = OriginId(0);
        let text = |text: &str| Value::text(at, text);
        let mut metadata = Value::map(
            at,
            [(
                "cfn-lint",
                Value::map(at, [("config", Value::map(at, [("ignore_checks", Value::list(at, vec![text("W3010")]))]))]),
            )],
        );
        for id in ["W3010", "W3005"] {
            put(&mut metadata, &["cfn-lint", "config", "ignore_checks"], at, Value::list(at, vec![text(id)]));
            put(&mut metadata, &["cfn-lint", "reasons", id], at, text("so"));
        }
        let ignored = metadata.at(&["cfn-lint", "config", "ignore_checks"]).map(Value::items).unwrap();
        assert_eq!(ignored.iter().filter_map(Value::as_text).collect::<Vec<_>>(), ["W3010", "W3005"]);
        assert_eq!(metadata.at(&["cfn-lint", "reasons"]).map(|r| r.entries().len()), Some(2));
    }
}
