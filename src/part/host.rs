//! The name under which the world reaches something.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;
use crate::value::Value;

/// Codes of this part.
pub const CODES: &[Code] = &[CFN165, CFN166, CFN167];

/// `CFN165`: a host that is no DNS name.
pub const CFN165: Code = Code {
    id: "CFN165",
    explanation: "`host` is no DNS name\n\n\
        A host is the bare name: `api.getreggie.io`. No scheme, no port, no path, no dot at the end. It has at least two \
        parts, each of at most 63 small letters, digits and hyphens, and at most 253 characters in all (RFC 1035, section \
        2.3.4). A `*` cannot stand in it, because the component's own `url` is made from it.",
};

/// `CFN166`: a host without certificate.
pub const CFN166: Code = Code {
    id: "CFN166",
    explanation: "`host` names no certificate\n\n\
        AWS serves an own name only with a certificate of AWS Certificate Manager that covers it and stands in the same \
        region. Certificates are not made yet, only imported: request one with the `aws` command line, wait until it is \
        issued, declare it as a component of kind `certificate` with its ARN, and name that component:\n\n    \
        components:\n      \
        ApiCertificate:\n        \
        type: certificate\n        \
        import: {arns: {eu-west-2: \"arn:aws:acm:eu-west-2:123456789012:certificate/<id>\"}}\n      \
        ReggieApi:\n        \
        host: {name: api.getreggie.io, certificate: ApiCertificate}",
};

/// `CFN167`: a certificate that is not there in the region that needs it.
pub const CFN167: Code = Code {
    id: "CFN167",
    explanation: "the certificate has no ARN for this region\n\n\
        A certificate of AWS Certificate Manager can be used only in its own region, but for CloudFront, which takes those of \
        us-east-1. The imported certificate lists its ARNs by region, and the one that is needed here is not among them.\n\n\
        Request a certificate for the same name in that region (the DNS record that validates it is the same) and add its ARN.",
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
    /// The component of kind `certificate` that covers the name, in the region that serves it.
    #[serde(default)]
    #[schemars(example = &"ApiCertificate")]
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

    /// Whether the name is one; reports it otherwise. `setting` is where it stands, such as `host`.
    pub fn check(&self, on: &Context<'_>, setting: &str) -> bool {
        let name = self.name.value.as_str();
        if is_name(name) {
            return true;
        }
        let title = format!("`{setting}` of `{}` is `{name}`, which is no DNS name", on.name);
        let mut diagnostic = on.at(Diagnostic::error(CFN165, title), self.name.origin, "not a bare DNS name");
        let bare = bare(name);
        diagnostic = if bare != name && is_name(&bare) {
            on.repair(diagnostic.help(format!("write the bare name: `{bare}`")), self.name.origin, &bare)
        } else {
            diagnostic
                .note("a host has two parts or more, of small letters, digits and hyphens: RFC 1035, section 2.3.4")
                .help("write a name such as `api.getreggie.io`")
        };
        on.report(diagnostic);
        false
    }

    /// The ARN of the certificate that covers the name in the project's region; reports where there is none.
    pub fn certificate_arn(&self, on: &Context<'_>, setting: &str) -> Option<Value> {
        let Some(certificate) = &self.certificate else {
            self.report_no_certificate(on, setting);
            return None;
        };
        let found = on.neighbour(certificate, &format!("{setting}.certificate"), &["certificate"])?;
        if found.interface.attribute("arn").is_none() {
            let region = &on.region.value;
            let title = format!("`{}` has no certificate in {region}, where `{}` needs it", certificate.value, on.name);
            let diagnostic = on.at(Diagnostic::error(CFN167, title), certificate.origin, "no ARN for this region");
            on.report(
                diagnostic
                    .context_if_known(on.origins, Some(found.origin), "imported here")
                    .note("a certificate is of use only in its own region")
                    .help(format!("add the ARN of one in {region} to `arns` of `{}`", certificate.value)),
            );
            return None;
        }
        Some(on.attribute_of(certificate, "arn"))
    }

    fn report_no_certificate(&self, on: &Context<'_>, setting: &str) {
        let (name, region) = (&self.name.value, &on.region.value);
        let title = format!("`{setting}` of `{}` names no certificate for `{name}`", on.name);
        let component = format!("{}Certificate", on.name);
        let arn = format!("arn:aws:acm:{region}:<account>:certificate/<id>");
        on.report(
            on.at(Diagnostic::error(CFN166, title), self.name.origin, "served by HTTPS, so it needs one")
                .note("certificates cannot be made here yet, only imported")
                .help(format!("declare one that exists: `{component}: {{type: certificate, import: {{arns: {{{region}: \"{arn}\"}}}}}}`"))
                .help(format!("and name it: `{setting}: {{name: {name}, certificate: {component}}}`")),
        );
    }
}

/// Whether it is a DNS name of two parts or more.
fn is_name(name: &str) -> bool {
    let part = |p: &str| {
        (1..=63).contains(&p.len())
            && p.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !p.starts_with('-')
            && !p.ends_with('-')
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(part)
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
        assert_eq!(bare("https://API.getreggie.io:443/v1"), "api.getreggie.io");
        assert_eq!(bare("api.getreggie.io."), "api.getreggie.io");
    }
}
