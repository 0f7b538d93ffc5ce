//! The environment: the variables of a process, and what may stand in them.

use super::Length;
use crate::component::{Attribute, Code, Context, Neighbour};
use crate::diag::{Code as DiagCode, Diagnostic, Severity};
use crate::manifest::Store;
use crate::origin::OriginId;
use crate::setting::Setting;
use crate::value::{Entry, Kind, Symbol, Value};

/// `CFN180`: a name that no variable may have.
pub const CFN180: DiagCode = DiagCode {
    id: "CFN180",
    explanation: "Lambda takes no variable of that name\n\n\
        A variable's name begins with a letter and goes on with at least one letter, digit or underscore \
        (AWS::Lambda::Function, Environment: `[a-zA-Z][a-zA-Z0-9_]+`).",
};

/// `CFN181`: a name that Lambda keeps for itself.
pub const CFN181: DiagCode = DiagCode {
    id: "CFN181",
    explanation: "Lambda sets that variable itself\n\n\
        Lambda refuses the variables that its runtime sets: region, credentials, the function's own name and log, and \
        the folders of the code (Lambda Developer Guide, \"Defined runtime environment variables\"). The code can read \
        them without any setting.",
};

/// `CFN182`: the environment is too large.
pub const CFN182: DiagCode = DiagCode {
    id: "CFN182",
    explanation: "the environment is larger than Lambda takes\n\n\
        Names and values of all variables have 4 KB together; the quota cannot be raised (Lambda Developer Guide, \
        \"Lambda quotas\"). Put what is large into the code, or into a parameter or an object that the code reads when \
        it starts.",
};

/// `REF015`: an attribute that is of no use without a link.
pub const REF015: DiagCode = DiagCode {
    id: "REF015",
    explanation: "the reference is of no use without a link\n\n\
        A variable only carries a text. Whether the code may reach what it names is decided by `links`, which grants \
        the permissions and opens the network. Referring to such an attribute without a link would deploy and then \
        fail at run time.",
};

/// `REF016`: a component's environment refers to itself.
pub const REF016: DiagCode = DiagCode {
    id: "REF016",
    explanation: "the environment refers to its own component\n\n\
        CloudFormation must know the environment before it makes what runs in it, so that neither can name the other. \
        A function learns its own name at run time from `AWS_LAMBDA_FUNCTION_NAME`; a site its address from its `host`, which is \
        known before anything is made.",
};

/// `SEC002`: a value that CloudFormation cannot put into an environment.
pub const SEC002: DiagCode = DiagCode {
    id: "SEC002",
    explanation: "CloudFormation cannot read a SecureString into an environment\n\n\
        A secret in the Parameter Store is a SecureString, and `resolve:ssm-secure` is allowed only for a few \
        properties, such as database passwords; never for a function's environment (CloudFormation User Guide, \
        \"Dynamic references\").\n\n\
        Better: pass `.name`, link the secret, and let the code read the value when it starts; then it never stands in \
        the function's settings. Or keep the secret in Secrets Manager (`store: secrets_manager`), whose values can be \
        put in place. A value that is not secret at all is declared `public: true`.",
};

/// What Lambda sets itself. Source: Lambda Developer Guide, "Defined runtime environment variables"; cfn-lint 1.58.0,
/// E3663.
const RESERVED: &[&str] = &[
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
];

/// Bytes that all variables may have together.
pub const ENVIRONMENT_LIMIT: usize = 4096;

/// Decides the variables: a map, or nothing where none are written.
pub(super) fn lower(on: &Context<'_>, code: &Code) -> Option<Value> {
    let given = super::sst::variables(on, code);
    if code.environment.is_empty() && given.is_empty() {
        return None;
    }
    let mut entries = Vec::new();
    let mut total = Length::default();
    for (key, setting) in code.environment.iter() {
        let name = &key.value;
        let value = &setting.value.0;
        check_name(on, key);
        value.each_reference(&mut |symbol, origin| check_reference(on, code, name, symbol, origin));
        check_dynamic(on, name, value);
        total = total.plus(Length { known: name.len(), references: 0 }).plus(Length::of(on, value, 0));
        entries.push(Entry { key: name.clone(), key_origin: key.origin, value: as_text(on, value) });
    }
    for entry in given {
        let name = Length { known: entry.key.len(), references: 0 };
        total = total.plus(name).plus(Length::of(on, &entry.value, 0));
        entries.push(entry);
    }
    check_size(on, total);
    Some(Value::new(on.rule("the variables of `environment`", &[]), Kind::Map(entries)))
}

/// A variable is a text, also where it is an attribute that is a number, such as a port.
fn as_text(on: &Context<'_>, value: &Value) -> Value {
    let attribute = match &value.kind {
        Kind::Ref(Symbol::Attribute { component, attribute }) => {
            on.neighbours.get(component).and_then(|n| n.interface.attribute(attribute))
        }
        _ => None,
    };
    match attribute.map(|found| (&found.value.kind, found.value.origin)) {
        Some((Kind::Int(number), from)) => {
            on.text("a variable is a text, also where it is a number", &[value.origin, from], number.to_string())
        }
        _ => value.clone(),
    }
}

fn check_name(on: &Context<'_>, key: &Setting<String>) {
    let (name, at) = (key.value.as_str(), key.origin);
    let fits = name.len() >= 2
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if RESERVED.contains(&name) {
        let title = format!("`{}` sets the variable `{name}`, which Lambda sets itself", on.name);
        let diagnostic = on.at(Diagnostic::error(CFN181, title), at, "not to be set");
        on.report(diagnostic.help("remove it: the code can read it as it is; or choose another name"));
    } else if !fits {
        let title = format!("`{name}` in the environment of `{}` is no name of a variable", on.name);
        let diagnostic = on.at(Diagnostic::error(CFN180, title), at, "no name of a variable");
        on.report(
            diagnostic
                .note("limit: AWS::Lambda::Function Environment, [a-zA-Z][a-zA-Z0-9_]+, at least two characters")
                .help("use a name such as `API_URL`"),
        );
    }
}

fn check_reference(on: &Context<'_>, code: &Code, variable: &str, symbol: &Symbol, at: OriginId) {
    match symbol {
        Symbol::Attribute { component, attribute } if component == on.name => {
            // What the manifest says itself, such as a host, needs nothing to be made.
            let own = on.neighbours.get(on.name).and_then(|n| n.interface.attribute(attribute));
            if own.is_some_and(|own| own.value.as_text().is_some()) {
                return;
            }
            let title = format!("`{variable}` of `{}` refers to `{component}` itself", on.name);
            let diagnostic = on.at(Diagnostic::error(REF016, title), at, "not known before it is made");
            let is_site = on.neighbours.get(on.name).is_some_and(|n| n.interface.served.is_some());
            on.report(match (is_site, attribute.as_str()) {
                (true, "url" | "host") => diagnostic
                    .note("CloudFront gives it a name when it is made, after its servers")
                    .help(format!("give `{}` a `host`, which is known before", on.name))
                    .help("or read the header `x-forwarded-host` of each request"),
                (true, _) => diagnostic.help("remove the variable"),
                (false, _) => diagnostic.help("read `AWS_LAMBDA_FUNCTION_NAME` at run time, or remove the variable"),
            });
        }
        // That the attribute is there at all is checked wherever it stands.
        Symbol::Attribute { component, attribute } => {
            if let Some(neighbour) = on.neighbours.get(component)
                && let Some(found) = neighbour.interface.attribute(attribute)
            {
                check_link(on, code, component, neighbour, found, at);
            }
        }
        Symbol::Secret { name, attribute } => check_secret(on, code, variable, name, attribute, at),
        _ => {}
    }
}

fn check_link(on: &Context<'_>, code: &Code, component: &str, of: &Neighbour, attribute: &Attribute, at: OriginId) {
    if !attribute.needs_link || code.links.get(component).is_some() {
        return;
    }
    let title = format!("`{}` uses `{component}.{}` without a link to `{component}`", on.name, attribute.name);
    let diagnostic = on.at(Diagnostic::error(REF015, title), at, "carries a text, grants nothing");
    let first = of.kind.levels.iter().take(if of.kind.default_level { 1 } else { usize::MAX });
    let help =
        |d: Diagnostic, name: &str, meaning: &str| d.help(format!("add `links: {{{component}: {name}}}`: {meaning}"));
    on.report(first.fold(diagnostic, |d, level| help(d, level.name, level.meaning)));
}

fn check_secret(on: &Context<'_>, code: &Code, variable: &str, name: &str, attribute: &str, at: OriginId) {
    let Some(secret) = on.secrets.get(name) else { return };
    if attribute != "value" {
        if code.links.get(name).is_none() {
            let title = format!("`{}` uses `secrets.{name}.{attribute}` without a link to `{name}`", on.name);
            let diagnostic = on.at(Diagnostic::error(REF015, title), at, "carries a name, grants nothing");
            on.report(
                diagnostic.help(format!("add `links: {{{name}: read}}`: the code may read the value at run time")),
            );
        }
        return;
    }
    if secret.store.value == Store::SecretsManager || secret.public.value {
        return;
    }
    let title = format!("`{variable}` of `{}` holds the value of `{name}`, which CloudFormation cannot read", on.name);
    on.report(
        on.at(Diagnostic::error(SEC002, title), at, "a SecureString of the Parameter Store")
            .context_if_known(on.origins, Some(secret.purpose.origin), "declared here")
            .note("source: CloudFormation User Guide, \"Dynamic references\": ssm-secure is not for environments")
            .help(format!(
                "let the code read it: `{variable}_NAME: ${{secrets.{name}.name}}` and `links: {{{name}: read}}`"
            ))
            .help(format!("or keep it elsewhere: `secrets: {{{name}: {{store: secrets_manager}}}}`")),
    );
}

/// A reference to a SecureString that was written by hand.
fn check_dynamic(on: &Context<'_>, variable: &str, value: &Value) {
    match &value.kind {
        Kind::Text(text) if text.contains("{{resolve:ssm-secure:") => {
            let title =
                format!("`{variable}` of `{}` holds a SecureString, which CloudFormation cannot read here", on.name);
            on.report(
                on.at(Diagnostic::error(SEC002, title), value.origin, "a SecureString of the Parameter Store")
                    .note(
                        "source: CloudFormation User Guide, \"Dynamic references\": ssm-secure is not for environments",
                    )
                    .help("declare the secret, `secrets: {Name: {purpose: …}}`, and let the code read it:")
                    .help(format!("`{variable}_NAME: ${{secrets.Name.name}}` and `links: {{Name: read}}`"))
                    .help("or keep it elsewhere: `secrets: {Name: {purpose: …, store: secrets_manager}}`"),
            );
        }
        Kind::List(items) | Kind::Join(items) => items.iter().for_each(|v| check_dynamic(on, variable, v)),
        Kind::Map(entries) => entries.iter().for_each(|e| check_dynamic(on, variable, &e.value)),
        Kind::Call(_, argument) => check_dynamic(on, variable, argument),
        _ => {}
    }
}

fn check_size(on: &Context<'_>, total: Length) {
    let (severity, title) = if total.known > ENVIRONMENT_LIMIT {
        let title =
            format!("the environment of `{}` has {} bytes; Lambda takes {ENVIRONMENT_LIMIT}", on.name, total.known);
        (Severity::Error, title)
    } else if total.estimate() > ENVIRONMENT_LIMIT {
        let title = format!(
            "the environment of `{}` has about {} bytes; Lambda takes {ENVIRONMENT_LIMIT}",
            on.name,
            total.estimate()
        );
        (Severity::Warning, title)
    } else {
        return;
    };
    let diagnostic = on.at(Diagnostic::new(severity, CFN182, title), on.origin, "all its variables together");
    on.report(
        diagnostic
            .note("limit: Lambda quotas, environment variables, 4 KB in total; it cannot be raised")
            .help("put what is large into the code, or into a parameter that the code reads when it starts"),
    );
}
