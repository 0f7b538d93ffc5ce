//! What is a DNS name, and what was meant by that which is none.

use crate::diag::{Code, Diagnostic};
use crate::origin::{OriginId, Origins};
use crate::setting::Setting;

/// `DNS001`: a text that is no DNS name.
pub const DNS001: Code = Code {
    id: "DNS001",
    explanation: "a text is no DNS name\n\n\
        A name is bare: `api.getreggie.io`. No scheme, no port, no path, no dot at the end. It has at least two parts, each of 1 \
        to 63 small letters, digits and hyphens, with no hyphen at either end, and at most 253 characters in all (RFC 1035, \
        sections 2.3.1 and 2.3.4). Only a `*` may stand for the whole first part (RFC 4592), in `aliases`, in the `hosts` of a \
        certificate and in `edge_certificates`: never in a `host`, because the component's own `url` is made from it, and never \
        in the name of a zone.",
};

/// `DNS002`: a name in letters that DNS does not have.
pub const DNS002: Code = Code {
    id: "DNS002",
    explanation: "a name is written in letters that DNS does not have\n\n\
        Names beyond `a` to `z` are kept in DNS in another form, the A-label: `bücher.example` is `xn--bcher-kva.example` (RFC \
        5890, section 2.3.2.1). Records, certificates and CloudFront take that form only, and so does the manifest, so that what \
        it says is what stands in the zone. The repair is what browsers make of the name (UTS 46). A part that begins with \
        `xn--` must be such a form of something.",
};

/// Where a name stands, which decides about a `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The one name of something: an address is made of it.
    Host,
    /// One of several: its first label may be a `*`.
    Pattern,
    /// The name of a zone.
    Zone,
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

/// What is wrong with a name, if anything is. `said` is the fact about the file, such as "`host` of `Api` is `x`"; where no layer
/// wrote the name, the finding stands at `or`.
#[must_use]
pub fn name_fault(
    origins: &Origins,
    said: &str,
    name: &Setting<String>,
    or: OriginId,
    form: Form,
) -> Option<Diagnostic> {
    let fits = |text: &str| {
        let is_one = if form == Form::Pattern { is_pattern(text) } else { is_name(text) };
        is_one && !text.split('.').any(is_no_a_label)
    };
    let text = name.value.as_str();
    if fits(text) {
        return None;
    }
    let bare = bare(text);
    if let Some(coded) = a_labels(&bare) {
        let (said, label) = match fits(&coded) {
            true => (format!("{said}, which DNS knows as `{coded}`"), "not the form that DNS has"),
            false => (format!("{said}, which no DNS name stands for"), "not a form that DNS has"),
        };
        let diagnostic = Diagnostic::error(DNS002, said).at_origin(origins, name.origin, &[or], label);
        let diagnostic = diagnostic.note("DNS keeps names of other letters as A-labels: RFC 5890, section 2.3.2.1");
        return Some(match fits(&coded) {
            true => diagnostic.help(format!("write `{coded}`")).edit_if_written(origins, name.origin, &scalar(&coded)),
            false => {
                diagnostic.help("write the form that the registrar of the name shows, such as `xn--bcher-kva.example`")
            }
        });
    }
    let title = format!("{said}, which is no DNS name");
    let diagnostic = Diagnostic::error(DNS001, title).at_origin(origins, name.origin, &[or], "not a bare DNS name");
    Some(if bare != text && fits(&bare) {
        diagnostic.help(format!("write the bare name: `{bare}`")).edit_if_written(origins, name.origin, &scalar(&bare))
    } else if text.contains('*') {
        match form {
            Form::Pattern => diagnostic
                .note("a `*` stands for the whole first label: AWS Certificate Manager User Guide, \"Wildcard names\"")
                .help("write a name such as `*.getreggie.io`"),
            Form::Host => diagnostic
                .note("it is the one name that the address is made of")
                .help("write a name such as `api.getreggie.io`; a `*` may stand in the `hosts` of a certificate"),
            Form::Zone => {
                diagnostic.note("a zone holds all names below its own").help("write a name such as `getreggie.io`")
            }
        }
    } else {
        let example = if form == Form::Zone { "getreggie.io" } else { "api.getreggie.io" };
        diagnostic
            .note("a name has two parts or more, of small letters, digits and hyphens: RFC 1035, section 2.3.4")
            .help(format!("write a name such as `{example}`"))
    })
}

/// A name as a layer has it: a `*` at the beginning would be an alias of YAML.
fn scalar(name: &str) -> String {
    if name.starts_with('*') { format!("\"{name}\"") } else { name.to_owned() }
}

/// What is left of an address when all that is not its host is taken away.
fn bare(text: &str) -> String {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.split(['/', ':', '?', '#']).next().unwrap_or_default();
    text.trim_end_matches('.').to_ascii_lowercase()
}

/// A name whose labels are all of ASCII, of one that has others; none where nothing is to be done. A label that stands for nothing
/// stays as it is.
///
/// Label by label, because the strict form takes neither a `*` nor hyphens that DNS takes.
fn a_labels(name: &str) -> Option<String> {
    let needs = |label: &str| !label.is_ascii() || is_no_a_label(label);
    // What UTS 46 takes for the dot between two labels.
    let labels: Vec<&str> = name.split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}']).collect();
    let is_coded = !name.is_ascii() || labels.iter().any(|label| needs(label));
    let coded = |label: &&str| match needs(label) {
        true => idna::domain_to_ascii_strict(label).unwrap_or_else(|_| (*label).to_owned()),
        false => (*label).to_owned(),
    };
    is_coded.then(|| labels.iter().map(coded).collect::<Vec<_>>().join("."))
}

/// Whether a label says that it stands for other letters, and stands for none.
fn is_no_a_label(label: &str) -> bool {
    label.starts_with("xn--") && idna::domain_to_ascii_strict(label).is_err()
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

    #[test]
    fn other_letters() {
        for (name, expected) in [
            ("bücher.example", Some("xn--bcher-kva.example")),
            ("*.BÜCHER.example", Some("*.xn--bcher-kva.example")),
            ("a。example", Some("a.example")),
            ("straße.example", Some("xn--strae-oqa.example")),
            ("xn--bcher-kva.example", None),
            ("xn--a.example", Some("xn--a.example")),
            ("r3---sn.example", None),
            ("feature/auth.example", None),
            ("\u{202e}a.example", Some("\u{202e}a.example")),
        ] {
            assert_eq!(a_labels(name).as_deref(), expected, "{name}");
        }
    }
}
