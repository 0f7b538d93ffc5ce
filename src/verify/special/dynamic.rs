//! Dynamic references: `{{resolve:…}}`, which CloudFormation replaces by a value of another service.

use super::super::scope::Scope;
use super::subject::Subject;
use super::text::{self, UNKNOWN};
use crate::cfn::{Function, Output, Target};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::origin::OriginId;
use crate::value::{Kind, Value};

/// `CFN420`: a dynamic reference of no known form.
pub const CFN420: Code = Code {
    id: "CFN420",
    explanation: "a dynamic reference has not the form that CloudFormation reads\n\n\
        The forms are `{{resolve:ssm:name:version}}`, `{{resolve:ssm-secure:name:version}}` and \
        `{{resolve:secretsmanager:secret:SecretString:key:stage:id}}`. The version is a number and may be left out; of a secret, \
        all behind its name or ARN may be left out, and of `stage` and `id` at most one is written. There is no space inside of \
        the braces, and no backslash at the end (CloudFormation User Guide, \"Get values stored in other services using dynamic \
        references\").\n\n\
        CloudFormation refuses the others when the stack is deployed, or, with a space behind the braces, takes them as text.",
};

/// `CFN421`: a dynamic reference where CloudFormation does not replace it.
pub const CFN421: Code = Code {
    id: "CFN421",
    explanation: "a dynamic reference stands where CloudFormation does not resolve it\n\n\
        `ssm-secure` is allowed for a few properties only: the passwords of IAM users, of databases in RDS and Redshift, of \
        directories, of Firehose's way to Redshift, of OpsWorks, and the `AuthToken` of ElastiCache. `secretsmanager` is allowed \
        in every property of every resource, but not in outputs; neither is passed on to custom resources (CloudFormation User \
        Guide, \"Get values stored in other services using dynamic references\").\n\n\
        Let code read the value at run time, by its name or ARN.",
};

/// What begins a dynamic reference.
const START: &str = "{{resolve:";

/// Services that hold values.
const SERVICES: [&str; 3] = ["secretsmanager", "ssm", "ssm-secure"];

/// Where `ssm-secure` is resolved. Source: CloudFormation User Guide, "Get a secure string value from Systems Manager
/// Parameter Store".
const SECURE: &[(&str, &str)] = &[
    ("AWS::DirectoryService::MicrosoftAD", "Password"),
    ("AWS::DirectoryService::SimpleAD", "Password"),
    ("AWS::ElastiCache::ReplicationGroup", "AuthToken"),
    ("AWS::IAM::User", "LoginProfile.Password"),
    ("AWS::KinesisFirehose::DeliveryStream", "RedshiftDestinationConfiguration.Password"),
    ("AWS::OpsWorks::App", "AppSource.Password"),
    ("AWS::OpsWorks::Stack", "CustomCookbooksSource.Password"),
    ("AWS::OpsWorks::Stack", "RdsDbInstances.*.DbPassword"),
    ("AWS::RDS::DBCluster", "MasterUserPassword"),
    ("AWS::RDS::DBInstance", "MasterUserPassword"),
    ("AWS::Redshift::Cluster", "MasterUserPassword"),
];

/// Checks all texts of a resource.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let mut found = Vec::new();
    references(&subject.resource.properties, &mut Vec::new(), &mut found);
    let of = subject.resource.type_name();
    let is_custom = of.starts_with("Custom::") || of == "AWS::CloudFormation::CustomResource";
    // A macro makes other resources of it.
    let is_final = !of.starts_with("AWS::Serverless::");
    for reference in found {
        let whose = match reference.path.as_str() {
            "" => format!("`{}`", subject.id()),
            path => format!("`{path}` of `{}`", subject.id()),
        };
        if let Some(flaw) = reference.flaw() {
            findings.push(flaw.told(
                &reference,
                &whose,
                |d, label| subject.point(d, reference.at, label),
                subject.scope,
            ));
            continue;
        }
        let is_placed = SECURE.contains(&(of, reference.path.as_str()));
        let why = match reference.service() {
            "ssm-secure" | "secretsmanager" if is_custom => "does not reach custom resources",
            "ssm-secure" if is_final && !is_placed => "is resolved for a few passwords only",
            _ => continue,
        };
        findings.push(misplaced(&reference, &whose, why, |d, label| subject.point(d, reference.at, label)));
    }
}

/// Checks the values of outputs.
pub(super) fn outputs(scope: &Scope<'_>, outputs: &[Output], findings: &mut Diagnostics) {
    for output in outputs {
        let mut found = Vec::new();
        references(&output.value, &mut Vec::new(), &mut found);
        for reference in found {
            let point = |d: Diagnostic, label: &str| d.at_origin(scope.origins, reference.at, &[scope.top], label);
            let whose = format!("the output `{}`", output.name);
            if let Some(flaw) = reference.flaw() {
                findings.push(flaw.told(&reference, &whose, point, scope));
            } else if matches!(reference.service(), "ssm-secure" | "secretsmanager") {
                findings.push(misplaced(&reference, &whose, "is not resolved in outputs", point));
            }
        }
    }
}

fn misplaced(
    reference: &Reference,
    whose: &str,
    why: &str,
    point: impl FnOnce(Diagnostic, &str) -> Diagnostic,
) -> Diagnostic {
    let service = reference.service();
    let title = format!("{whose} holds `{{{{resolve:{service}:…}}}}`, which {why}");
    let help = match service {
        "ssm-secure" => "let the code read the parameter at run time, or keep the value in Secrets Manager",
        _ => "hand over the secret's ARN, and let the code read it",
    };
    point(Diagnostic::error(CFN421, title), "not resolved here").help(help)
}

/// A dynamic reference in a text.
struct Reference {
    /// Where it stands below the resource's properties, positions as `*`.
    path: String,
    /// The value that holds it.
    at: OriginId,
    /// What stands between the braces, from `resolve:` on.
    inside: String,
}

/// What is wrong with the form of a reference.
struct Flaw {
    /// The second half of a sentence that begins with the reference.
    fact: String,
    help: String,
    /// What replaces what.
    repair: Option<(String, String)>,
    is_warning: bool,
}

impl Flaw {
    fn new(fact: impl Into<String>, help: impl Into<String>) -> Flaw {
        Flaw { fact: fact.into(), help: help.into(), repair: None, is_warning: false }
    }

    fn told(
        self,
        reference: &Reference,
        whose: &str,
        point: impl FnOnce(Diagnostic, &str) -> Diagnostic,
        scope: &Scope<'_>,
    ) -> Diagnostic {
        let shown = reference.inside.replace(UNKNOWN, "…");
        let title = format!("{whose} holds `{{{{{shown}}}}}`, {}", self.fact);
        let diagnostic = match self.is_warning {
            true => Diagnostic::warning(CFN420, title),
            false => Diagnostic::error(CFN420, title),
        };
        let diagnostic = point(diagnostic, "not a reference that resolves").help(self.help);
        match self.repair.and_then(|(from, to)| Some((scope.word(reference.at, &from)?, to))) {
            Some((span, to)) => diagnostic.edit(span, to),
            None => diagnostic,
        }
    }
}

impl Reference {
    /// The service that holds the value.
    fn service(&self) -> &str {
        self.inside.split(':').nth(1).unwrap_or_default()
    }

    /// What CloudFormation does not read in it.
    fn flaw(&self) -> Option<Flaw> {
        if !self.inside.starts_with("resolve:") {
            let repair = format!("{{{{{}}}}}", self.inside.trim());
            let flaw = Flaw::new("which CloudFormation takes as text", "remove the space behind the braces");
            let from = format!("{{{{{}}}}}", self.inside);
            return Some(Flaw { repair: Some((from, repair)), is_warning: true, ..flaw });
        }
        let fields: Vec<&str> = self.inside.split(':').skip(1).collect();
        let (service, rest) = fields.split_first()?;
        if service.contains(UNKNOWN) {
            return None;
        }
        if self.inside.ends_with('\\') {
            return Some(Flaw::new("which ends in a backslash", "remove the backslash"));
        }
        match *service {
            "ssm" | "ssm-secure" => parameter(rest),
            "secretsmanager" => secret(rest),
            other => {
                let fact = format!("and `{other}` is no service that holds values");
                Some(match did_you_mean(other, SERVICES) {
                    Some(near) => Flaw {
                        repair: Some((format!("{START}{other}"), format!("{START}{near}"))),
                        ..Flaw::new(fact, format!("did you mean `{near}`?"))
                    },
                    None => Flaw::new(fact, "write `ssm`, `ssm-secure` or `secretsmanager`"),
                })
            }
        }
    }
}

fn parameter(fields: &[&str]) -> Option<Flaw> {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/') || c == UNKNOWN;
    match fields {
        [] | ["", ..] => Some(Flaw::new("which names no parameter", "write the parameter's name")),
        [name, ..] if !name.chars().all(is_of_name) => {
            Some(Flaw::new("whose name no parameter can have", "write letters, digits, `_`, `.`, `-` and `/`"))
        }
        [_, _, _, ..] => {
            Some(Flaw::new("which has too many parts", "write the parameter's name, and maybe its version"))
        }
        [_, version] if !version.chars().all(|c| c.is_ascii_digit() || c == UNKNOWN) => {
            Some(Flaw::new(format!("and `{version}` is no version"), "write the number of a version, not a label"))
        }
        _ => None,
    }
}

fn secret(fields: &[&str]) -> Option<Flaw> {
    let id = if fields.first() == Some(&"arn") { 7 } else { 1 };
    if fields.len() < id && !fields.iter().any(|f| f.contains(UNKNOWN)) {
        return Some(Flaw::new("whose ARN is not whole", "write the whole ARN, or the secret's name"));
    }
    let (name, rest) = (fields.get(..id).unwrap_or(fields), fields.get(id..).unwrap_or_default());
    if name.iter().all(|field| field.is_empty()) {
        return Some(Flaw::new("which names no secret", "write the secret's name or ARN"));
    }
    if rest.len() > 4 {
        return Some(Flaw::new(
            "which has too many parts",
            "write `SecretString`, a key, and a version's stage or id behind the secret",
        ));
    }
    // What is unknown may hold colons, so that what follows is something else than it seems.
    if name.iter().any(|f| f.contains(UNKNOWN)) && !name.iter().all(|f| f.chars().eq([UNKNOWN])) {
        return None;
    }
    match rest {
        [what, ..] if !matches!(*what, "SecretString" | "") && !what.contains(UNKNOWN) => Some(Flaw {
            repair: did_you_mean(what, ["SecretString"]).map(|near| ((*what).to_owned(), near.to_owned())),
            ..Flaw::new(format!("and `{what}` is no part of a secret"), "write `SecretString` before the key")
        }),
        [_, _, stage, id] if !stage.is_empty() && !id.is_empty() => {
            Some(Flaw::new("which names a version by its stage and by its id", "write one of the two"))
        }
        _ => None,
    }
}

/// The dynamic references of a value.
fn references<'v>(value: &'v Value<Target>, path: &mut Vec<&'v str>, found: &mut Vec<Reference>) {
    match (&value.kind, Function::of(value)) {
        (Kind::Text(text), _) => read(text, value.origin, path, found),
        (_, Some(Function::Join(_))) => {
            if let Some(text) = text::known(value) {
                read(&text, value.origin, path, found);
            }
        }
        (_, Some(Function::Call("Transform", _))) => {}
        (_, Some(Function::Call(name @ ("Sub" | "Join"), argument))) => {
            if let Some(text) = text::known(value) {
                read(&text, value.origin, path, found);
            }
            // A variable may hold a whole one.
            if let ("Sub", [_, given]) = (name, argument.items()) {
                given.entries().iter().for_each(|e| references(&e.value, path, found));
            }
        }
        (_, Some(Function::Call(_, argument))) => match argument.items() {
            [] => references(argument, path, found),
            items => items.iter().for_each(|item| references(item, path, found)),
        },
        (_, Some(_)) => {}
        (Kind::List(items), None) => {
            path.push("*");
            items.iter().for_each(|item| references(item, path, found));
            path.pop();
        }
        (Kind::Map(entries), None) => {
            for entry in entries {
                path.push(&entry.key);
                references(&entry.value, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

fn read(text: &str, at: OriginId, path: &[&str], found: &mut Vec<Reference>) {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let is_reference = after.trim_start().starts_with("resolve:");
        match after.split_once("}}") {
            Some((inside, behind)) if is_reference => {
                found.push(Reference { path: path.join("."), at, inside: inside.to_owned() });
                rest = behind;
            }
            _ => rest = after,
        }
    }
}
