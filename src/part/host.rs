//! The name under which the world reaches something.

mod served;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;
use crate::value::Value;

pub use served::{Claim, Entrance, Hosts, Issued, Role, Served};

/// Codes of this part.
pub const CODES: &[Code] = &[CFN165, served::CFN167, served::CFN305, served::CFN307, served::CFN308];

/// `CFN165`: a host that is no DNS name.
pub const CFN165: Code = Code {
    id: "CFN165",
    explanation: "`host` is no DNS name\n\n\
        A host is the bare name: `api.getreggie.io`. No scheme, no port, no path, no dot at the end. It has at least two \
        parts, each of at most 63 small letters, digits and hyphens, and at most 253 characters in all (RFC 1035, section \
        2.3.4). A `*` cannot stand in it, because the component's own `url` is made from it; one that stands for the whole \
        first label may stand in `aliases`.",
};

/// A DNS name, and how it is served.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// The DNS name in small letters: no scheme, no path.
    #[schemars(length(min = 1, max = 253), example = &"api.getreggie.io")]
    pub name: Setting<String>,
    /// Whether visitors come through the proxy of the DNS provider; as its zone says unless written.
    #[serde(default)]
    pub proxied: Option<Setting<bool>>,
    /// How many seconds the name is remembered by those who ask for it, where visitors do not come through a proxy; 60 unless
    /// written.
    #[serde(default)]
    #[schemars(range(min = 60, max = 86400), example = &300)]
    pub ttl: Option<Setting<u32>>,
    /// The component of kind `certificate` that covers the name, in the region that serves it. Unless written, a certificate
    /// is made for the component.
    #[serde(default)]
    #[schemars(example = &"Wildcard")]
    pub certificate: Option<Setting<String>>,
}

impl Host {
    /// The name as an attribute: what the manifest says.
    #[must_use]
    pub fn text(&self) -> Value {
        Value::text(self.name.origin, self.name.value.clone())
    }

    /// The address as an attribute.
    #[must_use]
    pub fn url(&self, on: &Context<'_>) -> Value {
        on.text("a host is served by HTTPS only", &[self.name.origin], format!("https://{}", self.name.value))
    }
}

/// Whether it is a DNS name of two parts or more.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let part = |p: &str| {
        (1..=63).contains(&p.len())
            && p.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !p.starts_with('-')
            && !p.ends_with('-')
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(part)
}

/// Whether it is a DNS name, or one with a `*` for its whole first label.
#[must_use]
pub fn is_pattern(name: &str) -> bool {
    name.len() <= 253 && is_name(name.strip_prefix("*.").unwrap_or(name))
}

/// Reports a name that is none, under the `title` that says so. `takes_wildcards`: where a `*` may be its first label.
pub fn check_name(on: &Context<'_>, code: Code, title: String, name: &Setting<String>, takes_wildcards: bool) -> bool {
    let fits = |text: &str| if takes_wildcards { is_pattern(text) } else { is_name(text) };
    if fits(name) {
        return true;
    }
    let bare = bare(name);
    let diagnostic = on.at(Diagnostic::error(code, title), name.origin, "not a bare DNS name");
    on.report(if bare != name.value && fits(&bare) {
        on.repair(diagnostic.help(format!("write the bare name: `{bare}`")), name.origin, &bare)
    } else if name.contains('*') && takes_wildcards {
        diagnostic
            .note("a `*` stands for the whole first label: AWS Certificate Manager User Guide, \"Wildcard names\"")
            .help("write a name such as `*.getreggie.io`")
    } else if name.contains('*') {
        diagnostic
            .note("it is the one name that the address is made of")
            .help("write a name such as `api.getreggie.io`; a `*` may stand in the `hosts` of a certificate")
    } else {
        diagnostic
            .note("a host has two parts or more, of small letters, digits and hyphens: RFC 1035, section 2.3.4")
            .help("write a name such as `api.getreggie.io`")
    });
    false
}

/// What is left of an address when all that is not its host is taken away.
fn bare(text: &str) -> String {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.split(['/', ':', '?', '#']).next().unwrap_or_default();
    text.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, expected) in [
            ("api.getreggie.io", true),
            ("getreggie.io", true),
            ("localhost", false),
            ("Api.getreggie.io", false),
            ("*.getreggie.io", false),
            ("api..io", false),
            ("-a.io", false),
            ("", false),
        ] {
            assert_eq!(is_name(name), expected, "{name}");
        }
        for (name, expected) in [
            ("*.getreggie.io", true),
            ("a.io", true),
            ("*.io", false),
            ("a.*.io", false),
            ("a*.b.io", false),
            ("*", false),
        ] {
            assert_eq!(is_pattern(name), expected, "{name}");
        }
        assert_eq!(bare("https://API.getreggie.io:443/v1"), "api.getreggie.io");
        assert_eq!(bare("api.getreggie.io."), "api.getreggie.io");
    }
}
