//! Limits of a template. Source: CloudFormation quotas, "AWS CloudFormation endpoints and quotas", 2026.

use super::On;
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

const RESOURCES: usize = 500;
const PARAMETERS: usize = 200;
const OUTPUTS: usize = 200;
const DYNAMIC_REFERENCES: usize = 60;
const BODY: usize = 1_000_000;
const INLINE: usize = 51_200;

pub(super) fn check(on: &On<'_>, text: &str, findings: &mut Diagnostics) {
    let template = &on.stack.template;
    let name = on.stack.kind.word();
    for (what, count, most) in [
        ("resources", template.resources.len(), RESOURCES),
        ("parameters", template.parameters.len(), PARAMETERS),
        ("outputs", template.outputs.len(), OUTPUTS),
    ] {
        if count > most {
            let title = format!("the stack `{name}` has {count} {what}; CloudFormation takes {most}");
            findings
                .push(at(on, Diagnostic::error(CFN010, title)).help("move components to another stack with `stack:`"));
        }
    }
    let references = text.matches("{{resolve:").count();
    if references > DYNAMIC_REFERENCES {
        let title = format!(
            "the stack `{name}` has {references} dynamic references; CloudFormation takes {DYNAMIC_REFERENCES}"
        );
        let help = "read secrets at run time by `${secrets.X.name}`, or move components with `stack:`";
        findings.push(at(on, Diagnostic::error(CFN013, title)).help(help));
    }
    if text.len() > BODY {
        let title = format!("the template of `{name}` has {} bytes; CloudFormation takes {BODY}", text.len());
        findings.push(at(on, Diagnostic::error(CFN011, title)).help("move components to another stack with `stack:`"));
    } else if text.len() > INLINE {
        let title = format!("the template of `{name}` has {} bytes; only {INLINE} can be sent inline", text.len());
        let help = "deploy it with `--s3-bucket`, or move components to another stack with `stack:`";
        findings.push(at(on, Diagnostic::warning(CFN012, title)).help(help));
    }
}

/// A finding about a whole stack points at the component with the most resources in it.
fn at(on: &On<'_>, diagnostic: Diagnostic) -> Diagnostic {
    let mut counts: Vec<(usize, &str)> = Vec::new();
    for (component, _) in on.stack.owners.values() {
        match counts.iter_mut().find(|(_, c)| c == component) {
            Some((count, _)) => *count += 1,
            None => counts.push((1, component)),
        }
    }
    let largest = counts.iter().max_by_key(|(count, _)| *count);
    let origin: OriginId = largest
        .and_then(|(_, component)| on.model.components.get(*component))
        .map_or(on.model.manifest.project.origin, |c| c.origin);
    let label = largest.map(|(count, _)| format!("has most of its resources: {count}")).unwrap_or_default();
    diagnostic.at_origin(on.origins, origin, &[], &label)
}
