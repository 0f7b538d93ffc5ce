//! What is declared beside what is there.

use super::{Declared, JsonSecret, Said, Secrets, set_command};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, did_you_mean};
use crate::manifest::Kept;
use crate::origin::Origins;
use crate::source::Span;

/// `CFN521`: a secret without a value.
pub const CFN521: Code = Code {
    id: "CFN521",
    explanation: "a secret that is declared has no value\n\n\
        The block `secrets` says which secrets the stage needs; their values are put into the Parameter Store, or into a JSON secret of \
        Secrets Manager, by hand or by `secrets --from-env`. One that is not there fails later: a stack that reads it does not \
        deploy, and code that reads it does not start. Of those with `optional: true` it is only told.",
};

/// `CFN522`: a parameter of another type.
pub const CFN522: Code = Code {
    id: "CFN522",
    explanation: "a parameter has another type than its secret needs\n\n\
        A secret is kept as a `SecureString`, which is encrypted and which CloudFormation never reads. What is declared `public: true` is \
        kept as a `String`, which CloudFormation and builds of sites can read. With the other type, a secret lies there in plain text, or \
        a stack does not deploy.\n\n\
        The type of a parameter cannot be changed (Systems Manager API Reference, PutParameter): delete it and set it anew. What lay \
        there in plain text is known to everybody who may read parameters: replace it at its service.",
};

/// `CFN523`: a value that nobody declares.
pub const CFN523: Code = Code {
    id: "CFN523",
    explanation: "there is a value that no secret of the stage is declared for\n\n\
        Nothing that is deployed reads it. Most often its name is misspelt, and the secret that is meant has none; or the secret has left \
        the manifest, and its value was forgotten.",
};

/// Compares what is declared with what is there.
pub fn check(secrets: &Secrets<'_>, said: &Said, origins: &Origins, findings: &mut Diagnostics) {
    let unknown = unknown(secrets, said);
    for declared in &secrets.all {
        if !said.has(declared) {
            missing(secrets, declared, &unknown, origins, findings);
        }
    }
    wrong_types(secrets, said, origins, findings);
    for found in unknown {
        findings.push(undeclared(secrets, &found));
    }
}

/// Reports every parameter that has another type than its secret needs.
pub(super) fn wrong_types(secrets: &Secrets<'_>, said: &Said, origins: &Origins, findings: &mut Diagnostics) {
    for declared in &secrets.all {
        let Kept::Parameter(name) = &declared.kept else { continue };
        let Some(parameter) = said.parameters.get(name) else { continue };
        let is = parameter.parameter_type.as_deref();
        if let Some(is) = is.filter(|is| *is != declared.parameter_type()) {
            findings.push(wrong_type(secrets, declared, name, is, parameter.at, origins));
        }
    }
}

/// Something that is there, and that nobody declares.
struct Unknown<'s> {
    /// The name that a secret of it would have.
    name: &'s str,
    /// The JSON secret that holds it; a parameter otherwise.
    within: Option<&'s str>,
    at: Span,
}

/// What lies where the values of the stage lie, and is none of them.
fn unknown<'s>(secrets: &Secrets<'_>, said: &'s Said) -> Vec<Unknown<'s>> {
    let path = secrets.path();
    let is_declared = |name: &str, within: Option<&str>| {
        secrets.others.contains(name)
            || secrets.all.iter().any(|declared| declared.name == name && declared.kept.secret() == within)
    };
    let mut unknown = Vec::new();
    for (full, parameter) in &said.parameters {
        if let Some(name) = full.strip_prefix(&path).filter(|name| !is_declared(name, None)) {
            unknown.push(Unknown { name, within: None, at: parameter.at });
        }
    }
    for (secret, JsonSecret { keys, at }) in &said.secrets {
        if secrets.json_secrets().contains(&secret.as_str()) {
            let keys = keys.keys().filter(|key| !is_declared(key, Some(secret)));
            unknown.extend(keys.map(|name| Unknown { name, within: Some(secret), at: *at }));
        }
    }
    unknown
}

fn missing(
    secrets: &Secrets<'_>,
    declared: &Declared<'_>,
    unknown: &[Unknown<'_>],
    origins: &Origins,
    findings: &mut Diagnostics,
) {
    let is_optional = declared.secret.optional.value;
    let severity = if is_optional { Severity::Warning } else { Severity::Error };
    let title = match &declared.kept {
        Kept::Parameter(name) => format!("`{}` has no value: there is no parameter `{name}`", declared.name),
        Kept::Key { secret, .. } => format!("`{}` has no value in the JSON secret `{secret}`", declared.name),
    };
    let mut diagnostic =
        Diagnostic::new(severity, CFN521, title).at_origin(origins, declared.origin, &[], "declared here");
    let same_place = unknown.iter().filter(|found| found.within == declared.kept.secret());
    let near = did_you_mean(declared.name, same_place.clone().map(|found| found.name));
    if let Some(found) = near.and_then(|near| same_place.clone().find(|found| found.name == near)) {
        diagnostic = diagnostic.context(found.at, "is this it?");
    }
    if is_optional {
        diagnostic = diagnostic.note("it is optional: what is deployed must do without it");
    }
    if secrets.values_of != secrets.stage {
        let note = format!("`secrets_from`: the values of `{}` are those of `{}`", secrets.stage, secrets.values_of);
        diagnostic = diagnostic.note(note);
    }
    findings.push(diagnostic.help(format!("set it: {}", set_command(secrets, declared, false))));
}

fn wrong_type(
    secrets: &Secrets<'_>,
    declared: &Declared<'_>,
    name: &str,
    is: &str,
    at: Span,
    origins: &Origins,
) -> Diagnostic {
    let due = declared.parameter_type();
    let title = format!("the parameter `{name}` is a {is}, and `{}` is to be a {due}", declared.name);
    let public = &declared.secret.public;
    let written = if origins.spans(public.origin).is_empty() { declared.origin } else { public.origin };
    let label = if public.value { "not secret at all" } else { "secret" };
    let mut diagnostic =
        Diagnostic::error(CFN522, title).at(at, "the parameter").context_if_known(origins, Some(written), label);
    if !public.value {
        diagnostic =
            diagnostic.note("everybody who may read parameters could read it in plain text: replace it at its service");
    }
    let delete = format!("aws ssm delete-parameter --region {} --name {name}", secrets.region);
    diagnostic
        .note("source: Systems Manager API Reference, PutParameter: the type of a parameter cannot be changed")
        .help(format!("delete it: {delete}"))
        .help(format!("and set it anew: {}", set_command(secrets, declared, false)))
}

fn undeclared(secrets: &Secrets<'_>, found: &Unknown<'_>) -> Diagnostic {
    let title = match found.within {
        None => format!("there is a parameter `{}{}`, and no secret of that name", secrets.path(), found.name),
        Some(secret) => {
            format!("the JSON secret `{secret}` has a key `{}`, and there is no secret of that name", found.name)
        }
    };
    let diagnostic = Diagnostic::warning(CFN523, title).at(found.at, "nobody reads it");
    let known = secrets.all.iter().map(|declared| declared.name);
    match (did_you_mean(found.name, known), found.within) {
        (Some(near), _) => diagnostic.help(format!("did you mean `{near}`?")),
        (None, None) => diagnostic.help("declare it under `secrets`, or delete the parameter"),
        (None, Some(_)) => diagnostic.help("declare it under `secrets`, or take the key out"),
    }
}
