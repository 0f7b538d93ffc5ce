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
    Shape { what: "the address of a webhook", prefix: "hooks.slack.com/services/", least: 8 },
    Shape { what: "the address of a webhook", prefix: "discord.com/api/webhooks/", least: 16 },
    Shape { what: "the address of a webhook", prefix: "discordapp.com/api/webhooks/", least: 16 },
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
        .or_else(|| has_resend_key(text).then(|| LiveSecret { what: "a Resend key", masked: "re_…".to_owned() }))
        .or_else(|| in_url(text))
        .or_else(|| has_token(text).then(|| LiveSecret { what: "a JSON Web Token", masked: "eyJ…".to_owned() }))
}

/// Whether a text holds a key of Resend. Their beginning is so short that many a name has it; a key has digits and
/// capital letters besides.
fn has_resend_key(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter_map(|word| word.strip_prefix("re_")).any(
        |rest| {
            rest.len() >= 20
                && rest.contains(|c: char| c.is_ascii_digit())
                && rest.contains(|c: char| c.is_ascii_uppercase())
        },
    )
}

/// A password before the host of a URL, `scheme://user:password@host`, that is neither a reference nor a place-holder.
fn in_url(text: &str) -> Option<LiveSecret> {
    text.match_indices("://").find_map(|(at, separator)| {
        let part_of_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let scheme = text.get(..at)?.rsplit(|c| !part_of_scheme(c)).next()?;
        let rest = text.get(at + separator.len()..)?;
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | ',' | ';'));
        // The last `@` ends it: careless passwords have one too.
        let (login, _) = rest.get(..end.unwrap_or(rest.len()))?.rsplit_once('@')?;
        let (user, password) = login.split_once(':')?;
        (!scheme.is_empty() && !is_placeholder(password))
            .then(|| LiveSecret { what: "a password in a URL", masked: format!("{scheme}://{user}:…") })
    })
}

/// Whether a text only stands for a password: nothing, a reference, `***`, `<password>`, `…`, or the word itself.
fn is_placeholder(password: &str) -> bool {
    password.is_empty()
        || password.contains("${")
        || password.contains("{{")
        || password.chars().all(|c| matches!(c, '*' | '.' | '…' | 'x' | 'X'))
        || password.starts_with(['<', '{', '[', '$', '%'])
        || ["password", "pass", "pw", "secret"].iter().any(|word| word.eq_ignore_ascii_case(password))
}

/// Whether a text holds a JSON Web Token: three parts of base64url with dots between them, the first of which is JSON.
fn has_token(text: &str) -> bool {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')));
    words.filter(|word| word.starts_with("eyJ")).any(|word| {
        let parts: Vec<&str> = word.trim_end_matches('.').split('.').collect();
        matches!(parts.as_slice(), [head, claims, signature]
            if head.len() >= 10 && claims.len() >= 10 && signature.len() >= 10)
    })
}

impl Shape {
    fn is_in(&self, text: &str) -> bool {
        // Most texts are too short to hold one.
        text.len() >= self.prefix.len() + self.least
            && text.match_indices(self.prefix).any(|(at, _)| {
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
            ("re_", "8LtMvqXa_3fVnQwErTyUiOpAs", true),
            ("re_", "try_after", false),
            ("re_", "generate_all_thumbnails_2", false),
            ("core_", "8LtMvqXa3fVnQwErTyUiOpAs", false),
            ("eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJlLW9mLWl0", true),
            ("Bearer eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJlLW9mLWl0", true),
            ("eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9", false),
        ] {
            assert_eq!(find(&format!("{prefix}{rest}")).is_some(), expected, "{prefix}");
        }
    }

    #[test]
    fn passwords_in_urls() {
        for (password, expected) in [
            ("hunter2", true),
            ("p@ss:w0rd", true),
            ("", false),
            ("${secrets.Db.value}", false),
            ("{{resolve:secretsmanager:x}}", false),
            ("***", false),
            ("<password>", false),
            ("PASSWORD", false),
        ] {
            let url = ["postgres", "://app:", password, "@db.example.com:5432/app?sslmode=require"].concat();
            assert_eq!(find(&url).map(|f| f.what), expected.then_some("a password in a URL"), "{password}");
        }
        let inside = ["url=redis", "://:", "hunter2", "@cache:6379"].concat();
        assert_eq!(find(&inside).map(|f| f.masked), Some("redis://:…".to_owned()));
        for text in [
            "https://app@example.com/",
            "https://example.com:443/a@b",
            "https://example.com/a:b@c",
            "https://a.io,mailto:b@c.io",
            "arn:aws:s3:::a",
            "://a:b@c",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
