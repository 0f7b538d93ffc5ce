//! Values of secrets that are put in place when deployed, outside of environments.

use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::manifest::Store;
use crate::value::{Symbol, Value};

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
