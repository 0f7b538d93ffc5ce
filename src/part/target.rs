//! Targets: what `to` says something goes to. Each kind has its own forms; what is the same for all is checked here.

use crate::component::Context;
use crate::diag::{Code, Diagnostic, quote_list};
use crate::origin::OriginId;
use crate::value::{Kind, Value};

/// Codes of this part.
pub const CODES: &[Code] = &[CFN220, CFN224];

/// `CFN220`: a target in two forms, or in none.
pub const CFN220: Code = Code {
    id: "CFN220",
    explanation: "`to` does not say one thing to go to\n\n\
        `to: Worker` is short for `to: {component: Worker}`. Other forms, such as an address (`to: {url: …}`), stand in the place \
        of `component`, not beside it. An overlay that changes from one form to another removes the lower layer's with `null`: \
        `to: {component: null, url: …}`.",
};

/// `CFN224`: an address that AWS cannot call safely.
pub const CFN224: Code = Code {
    id: "CFN224",
    explanation: "the address is not one of https\n\n\
        What is sent to an address leaves AWS, and goes by https only: EventBridge refuses anything else, and SNS would send plain \
        text over the open internet. The address needs a scheme and a host: `https://example.com/hooks/orders`.",
};

/// Whether exactly one of the forms is written; reports it otherwise. `at` is where the target stands, and each form is its
/// key with the place of its value.
pub fn is_one(on: &Context<'_>, setting: &str, at: OriginId, forms: &[(&str, Option<OriginId>)]) -> bool {
    let written: Vec<(&str, OriginId)> = forms.iter().filter_map(|(key, origin)| Some((*key, (*origin)?))).collect();
    let keys: Vec<&str> = forms.iter().map(|(key, _)| *key).collect();
    match written.as_slice() {
        [_] => return true,
        [(first, first_at), (second, second_at), ..] => {
            let title = format!("`{setting}` of `{}` names both `{first}` and `{second}`", on.name);
            on.report(
                on.at(Diagnostic::error(CFN220, title), *second_at, "one too many")
                    .context_if_known(on.origins, Some(*first_at), "the other one")
                    .help(format!("keep one; an overlay removes the other with `{first}: null`")),
            );
        }
        [] => {
            let title = format!("`{setting}` of `{}` names nothing to go to", on.name);
            let diagnostic = on.at(Diagnostic::error(CFN220, title), at, "goes nowhere");
            on.report(diagnostic.help(format!("write one of {} in it", quote_list(&keys))));
        }
    }
    false
}

/// Reports an address that is none of https. One whose beginning only the deploy knows is taken as it is.
pub fn check_https(on: &Context<'_>, setting: &str, url: &Value) {
    let Some(start) = start(url) else { return };
    if start.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')) {
        return;
    }
    let title = format!("`{setting}` of `{}` is no address of https", on.name);
    let diagnostic = on
        .at(Diagnostic::error(CFN224, title), url.origin, "not `https://` and a host")
        .help("write the whole address, such as `https://example.com/hooks/orders`");
    on.report(match start.strip_prefix("http://").filter(|rest| url.as_text().is_some() && is_plain(rest)) {
        Some(rest) => on.repair(diagnostic, url.origin, &format!("https://{rest}")),
        None => diagnostic,
    });
}

/// What the manifest knows of the beginning of a text.
#[must_use]
pub fn start(text: &Value) -> Option<&str> {
    match &text.kind {
        Kind::Join(pieces) => pieces.first().and_then(Value::as_text),
        _ => text.as_text(),
    }
}

/// Whether an address can stand in YAML without quotes, also between braces.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/?=&%+".contains(c))
}
