//! Texts that look like a secret in use: what must never stand in a repository, nor in a template.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::origin::Origins;
use crate::value::{Kind, Value};

/// Codes of this room.
pub const CODES: &[Code] = &[SEC001];

/// `SEC001`: a secret in plain text.
pub const SEC001: Code = Code {
    id: "SEC001",
    explanation: "a secret in use stands in the manifest\n\n\
        The value has the shape of a key that works. What stands in a layer is in the history of the repository, and \
        would stand in every template. Treat it as known to others: replace it at its service.\n\n\
        Declare it under `secrets:` by its name and purpose, and refer to it: `${secrets.Name.name}` for code that \
        reads the value at run time, with a link to it. `reggie-cfn` never shows more of the value than its beginning.",
};

/// Reports every text of a layer that holds a secret in use, and hides it in every message.
pub fn check(value: &Value, name: &str, origins: &Origins, findings: &mut Diagnostics) {
    match &value.kind {
        Kind::Text(text) => {
            let Some(found) = find(text) else { return };
            let title = format!("`{name}` holds {} in plain text: `{}`", found.what, found.masked);
            let mut diagnostic = Diagnostic::error(SEC001, title)
                .at_origin(origins, value.origin, &[], "a secret in use")
                .note("it is known to everyone who can read the repository: replace it at its service")
                .help("declare it: `secrets: {Name: {purpose: …}}`")
                .help("link it, and pass its name: `links: {Name: read}`, `environment: {NAME: ${secrets.Name.name}}`");
            diagnostic.hidden = origins.spans(value.origin);
            findings.push(diagnostic);
        }
        Kind::Map(entries) => entries.iter().for_each(|e| check(&e.value, &e.key, origins, findings)),
        Kind::List(items) | Kind::Join(items) => items.iter().for_each(|v| check(v, name, origins, findings)),
        Kind::Call(_, argument) => check(argument, name, origins, findings),
        _ => {}
    }
}

/// How keys of a service look.
struct Shape {
    what: &'static str,
    /// How they begin.
    prefix: &'static str,
    /// How many characters of a key follow at least.
    least: usize,
}

/// Beginnings that services gave their keys so that such a check can find them. Test keys and publishable keys are
/// none. Sources: the services' documents, GitHub's list of secret scanning patterns; read 2026-11.
const SHAPES: &[Shape] = &[
    Shape { what: "a live Stripe key", prefix: "sk_live_", least: 10 },
    Shape { what: "a live Stripe key", prefix: "rk_live_", least: 10 },
    Shape { what: "the signing secret of a webhook", prefix: "whsec_", least: 16 },
    Shape { what: "an AWS access key", prefix: "AKIA", least: 16 },
    Shape { what: "an AWS access key", prefix: "ASIA", least: 16 },
    Shape { what: "a GitHub token", prefix: "ghp_", least: 30 },
    Shape { what: "a GitHub token", prefix: "gho_", least: 30 },
    Shape { what: "a GitHub token", prefix: "ghs_", least: 30 },
    Shape { what: "a GitHub token", prefix: "github_pat_", least: 30 },
    Shape { what: "a GitLab token", prefix: "glpat-", least: 16 },
    Shape { what: "an npm token", prefix: "npm_", least: 30 },
    Shape { what: "a Slack token", prefix: "xoxb-", least: 16 },
    Shape { what: "a Slack token", prefix: "xoxp-", least: 16 },
    Shape { what: "a Slack token", prefix: "xoxa-", least: 16 },
    Shape { what: "a Slack token", prefix: "xapp-", least: 16 },
    Shape { what: "a SendGrid key", prefix: "SG.", least: 40 },
    Shape { what: "an Anthropic key", prefix: "sk-ant-", least: 20 },
    Shape { what: "an OpenAI key", prefix: "sk-proj-", least: 20 },
    Shape { what: "a Google key", prefix: "AIza", least: 35 },
    Shape { what: "a private key", prefix: "-----BEGIN ", least: 0 },
];

/// Something that looks like a secret in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSecret {
    /// What it looks like: `a live Stripe key`.
    pub what: &'static str,
    /// As much of it as may be shown: `sk_live_…`.
    pub masked: String,
}

/// The first secret in use that a text seems to hold.
///
/// ```
/// use reggie_cfn::live_secret::find;
///
/// let key = ["sk_live", "51H8examplEexamplE"].join("_");
/// assert_eq!(find(&key).map(|found| found.masked), Some("sk_live_…".to_owned()));
/// assert_eq!(find("sk_test_51H8examplEexamplE"), None);
/// ```
#[must_use]
pub fn find(text: &str) -> Option<LiveSecret> {
    SHAPES
        .iter()
        .find(|shape| shape.is_in(text))
        .map(|shape| LiveSecret { what: shape.what, masked: format!("{}…", shape.prefix.trim_end()) })
}

impl Shape {
    fn is_in(&self, text: &str) -> bool {
        text.match_indices(self.prefix).any(|(at, _)| {
            let before = text.get(..at).and_then(|t| t.chars().next_back());
            let after = text.get(at + self.prefix.len()..).unwrap_or_default();
            let length =
                after.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')).count();
            before.is_none_or(|c| !c.is_ascii_alphanumeric()) && length >= self.least
        })
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn only_keys_in_use_are_found() {
        // Put together here, so that no scanner of repositories takes them for real ones.
        for (prefix, rest, expected) in [
            ("AKIA", "IOSFODNN7EXAMPLE", true),
            ("AKIA", "SHORT", false),
            ("xAKIA", "IOSFODNN7EXAMPLE", false),
            ("url=https://x/?key=AIza", "SyA1234567890abcdefghijklmnopqrstuvw", true),
            ("-----BEGIN ", "PRIVATE KEY-----", true),
            ("pk_live_", "51H8examplEexamplE", false),
            ("ghp_", "is a prefix", false),
        ] {
            assert_eq!(find(&format!("{prefix}{rest}")).is_some(), expected, "{prefix}");
        }
    }
}
