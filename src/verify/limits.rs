//! Limits of a template. Source: CloudFormation quotas, "AWS CloudFormation endpoints and quotas", 2026.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::On;
use super::scope::Scope;
use crate::cfn::Output;
use crate::component::StackName;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::origin::OriginId;

/// `CFN010`: too many of something in one template.
pub const CFN010: Code = Code {
    id: "CFN010",
    explanation: "a template has more of something than CloudFormation takes\n\n\
        One template holds at most 500 resources, 200 parameters and 200 outputs. Move components to other stacks with `stack:`.",
};

/// `CFN011`: too large at all.
pub const CFN011: Code = Code {
    id: "CFN011",
    explanation: "a template is larger than CloudFormation takes\n\n\
        A template has at most 1 MB. Move components to other stacks with `stack:`.",
};

/// `CFN012`: too large to be sent inline.
pub const CFN012: Code = Code {
    id: "CFN012",
    explanation: "a template is too large to be sent inline\n\n\
        `aws cloudformation deploy` sends a template of at most 51,200 bytes itself; a larger one goes through a bucket, with \
        `--s3-bucket`. It still deploys; splitting the stack with `stack:` keeps it readable.",
};

/// `CFN013`: too many dynamic references.
pub const CFN013: Code = Code {
    id: "CFN013",
    explanation: "a template has too many dynamic references\n\n\
        One template holds at most 60 `{{resolve:…}}`. Let code read secrets at run time by `${secrets.X.name}`, or move components \
        to other stacks with `stack:`.",
};

const RESOURCE: &str = "resources";
const OUTPUT: &str = "outputs";

const RESOURCES: usize = 500;
const PARAMETERS: usize = 200;
const OUTPUTS: usize = 200;
const MAPPINGS: usize = 200;
const DYNAMIC_REFERENCES: usize = 60;
const BODY: usize = 1_000_000;
const INLINE: usize = 51_200;

pub(super) fn check(on: &On<'_>, text: &str, findings: &mut Diagnostics) {
    let template = &on.stack.template;
    let name = on.stack.id.word();
    for (what, count, most) in [
        (RESOURCE, template.resources.len(), RESOURCES),
        ("parameters", template.parameters.len(), PARAMETERS),
        (OUTPUT, template.outputs.len(), OUTPUTS),
    ] {
        if count > most {
            let title = format!("the stack `{name}` has {count} {what}; CloudFormation takes {most}");
            let diagnostic = at(on, Diagnostic::error(CFN010, title), what);
            findings.push(diagnostic.help(fewer(on)));
        }
    }
    let references = text.matches("{{resolve:").count();
    if references > DYNAMIC_REFERENCES {
        let title = format!(
            "the stack `{name}` has {references} dynamic references; CloudFormation takes {DYNAMIC_REFERENCES}"
        );
        let help = "read secrets at run time by `${secrets.X.name}`, or move components with `stack:`";
        findings.push(at(on, Diagnostic::error(CFN013, title), RESOURCE).help(help));
    }
    if text.len() > BODY {
        let title = format!("the template of `{name}` has {} bytes; CloudFormation takes {BODY}", text.len());
        findings.push(at(on, Diagnostic::error(CFN011, title), RESOURCE).help(fewer(on)));
    } else if text.len() > INLINE && on.stack.id.kind != StackName::Monitoring {
        let title = format!("the template of `{name}` has {} bytes; only {INLINE} can be sent inline", text.len());
        let help = "deploy it with `--s3-bucket`, or move components to another stack with `stack:`";
        findings.push(at(on, Diagnostic::warning(CFN012, title), RESOURCE).help(help));
    }
}

/// How a template gets smaller. Alarms stand with what watches, wherever the components are.
fn fewer(on: &On<'_>) -> &'static str {
    if on.stack.id.kind == StackName::Monitoring {
        "switch off alarms that nobody needs: `defaults: {function: {alarms: {timeouts: none, memory: none}}}`"
    } else {
        "move components to another stack with `stack:`"
    }
}

/// The same of a template that was not made here: there is nothing to move.
pub(super) fn check_counts(scope: &Scope<'_>, outputs: &[Output], text: &str, findings: &mut Diagnostics) {
    let mut report = |code: Code, title: String| {
        let diagnostic =
            Diagnostic::error(code, title).at_origin(scope.origins, scope.top, &[], "too much for one template");
        findings.push(diagnostic.help("make more than one stack of it"));
    };
    let mappings = scope.mappings.map_or(0, |m| m.entries().len());
    for (what, count, most) in [
        (RESOURCE, scope.resources.len(), RESOURCES),
        ("parameters", scope.parameters.len(), PARAMETERS),
        (OUTPUT, outputs.len(), OUTPUTS),
        ("mappings", mappings, MAPPINGS),
    ] {
        if count > most {
            report(CFN010, format!("the template has {count} {what}; CloudFormation takes {most}"));
        }
    }
    let references = text.matches("{{resolve:").count();
    if references > DYNAMIC_REFERENCES {
        let title =
            format!("the template has {references} dynamic references; CloudFormation takes {DYNAMIC_REFERENCES}");
        report(CFN013, title);
    }
    if text.len() > BODY {
        report(CFN011, format!("the template has {} bytes; CloudFormation takes {BODY}", text.len()));
    }
}

/// A finding about a whole stack points at the component with the most of what is too many: its outputs, else its
/// resources.
fn at(on: &On<'_>, diagnostic: Diagnostic, what: &str) -> Diagnostic {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    if what == OUTPUT {
        // An output's description is the attribute, under the name that AWS knows.
        let of = |o: &Output| Some(o.description.as_text()?.split_once('.')?.0.to_owned());
        for identity in on.stack.template.outputs.iter().filter_map(of) {
            let mut components = on.model.components.iter();
            if let Some((name, _)) = components.find(|(name, c)| c.common.identity(name) == identity) {
                *counts.entry(name).or_default() += 1;
            }
        }
    } else {
        for (component, _) in on.stack.owners.values() {
            *counts.entry(component).or_default() += 1;
        }
    }
    let what = if what == OUTPUT { OUTPUT } else { RESOURCE };
    // Of equals the first, in alphabetical order.
    let largest = counts.iter().max_by_key(|(name, count)| (**count, Reverse(**name)));
    let origin: OriginId = largest
        .and_then(|(component, _)| on.model.components.get(*component))
        .map_or(on.model.manifest.project.origin, |c| c.origin);
    let label = largest.map(|(name, count)| format!("`{name}` has most of its {what}: {count}")).unwrap_or_default();
    diagnostic.at_origin(on.origins, origin, &[], &label)
}
