//! Values of secrets that are put in place when deployed, outside of environments.

use crate::component::Context;
use crate::diag::{Code, Diagnostic, did_you_mean, quote_list};
use crate::manifest::Store;
use crate::origin::OriginId;
use crate::part::code::Statement;
use crate::setting::Setting;
use crate::value::{Symbol, Value};

/// Reports a secret that is not declared. `what` is the beginning of the sentence: ``` `secrets` of `Payments` names `Key` ```.
pub fn check_declared(on: &Context<'_>, code: Code, what: &str, name: &Setting<String>) {
    if on.secrets.contains_key(&name.value) {
        return;
    }
    let known: Vec<&str> = on.secrets.keys().map(String::as_str).collect();
    let title = format!("{what}, which is not declared");
    let diagnostic = on.at(Diagnostic::error(code, title), name.origin, "no secret of that name");
    on.report(match did_you_mean(&name.value, known.iter().copied()) {
        Some(near) => on.repair(diagnostic.help(format!("did you mean `{near}`?")), name.origin, near),
        None => {
            let diagnostic = diagnostic.help(format!("declare it: `secrets: {{{}: {{purpose: …}}}}`", name.value));
            if known.is_empty() {
                diagnostic
            } else {
                diagnostic.help(format!("secrets of this stage: {}", quote_list(&known)))
            }
        }
    });
}

/// The service that keeps a secret, as IAM calls it, and the action that reads it there.
#[must_use]
pub fn read_by(store: Store) -> (&'static str, &'static str) {
    match store {
        Store::Ssm => ("ssm", "ssm:GetParameter"),
        Store::SecretsManager => ("secretsmanager", "secretsmanager:GetSecretValue"),
    }
}

/// What grants reading a secret where it is kept.
#[must_use]
pub fn reading(origin: OriginId, name: &str, store: Store) -> Statement {
    let arn = Value::reference(origin, Symbol::Secret { name: name.to_owned(), attribute: "arn".to_owned() });
    Statement::new(origin, format!("Read{name}"), &[read_by(store).1], arn)
}

/// Reports what `value` holds of a SecureString, which CloudFormation cannot put anywhere. `what` is the subject of the
/// sentence: ``the header `X-Key` of `Nightly` ``.
pub fn check_readable(on: &Context<'_>, code: Code, what: &str, value: &Value) {
    value.each_reference(&mut |symbol, at| {
        let Symbol::Secret { name, attribute } = symbol else { return };
        let Some(secret) = on.secrets.get(name).filter(|_| attribute == "value") else { return };
        if secret.store.value == Store::SecretsManager || secret.public.value {
            return;
        }
        let title = format!("{what} holds the value of `{name}`, which CloudFormation cannot read");
        on.report(
            on.at(Diagnostic::error(code, title), at, "a SecureString of the Parameter Store")
                .context_if_known(on.origins, Some(secret.purpose.origin), "declared here")
                .note(
                    "source: CloudFormation User Guide, \"Dynamic references\": ssm-secure fits a few properties only",
                )
                .help(format!("keep it elsewhere: `secrets: {{{name}: {{store: secrets_manager}}}}`")),
        );
    });
}

/// Whether a value holds that of a secret, or an attribute that does.
#[must_use]
pub fn is_sensitive(on: &Context<'_>, value: &Value) -> bool {
    let mut sensitive = false;
    value.each_reference(&mut |symbol, _| {
        sensitive |= match symbol {
            Symbol::Secret { attribute, .. } => attribute == "value",
            Symbol::Attribute { component, attribute } => on
                .neighbours
                .get(component)
                .and_then(|n| n.interface.attribute(attribute))
                .is_some_and(|found| found.sensitive),
            _ => false,
        };
    });
    sensitive
}
