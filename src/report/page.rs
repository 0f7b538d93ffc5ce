//! The page: one file that asks nobody for anything, and lets nothing run but what came with it.

use sha2::{Digest, Sha256};

use crate::graph::svg::style;

/// How a page of ours begins.
pub const BEGINNING: &str = "<!doctype html>\n<!-- Made by reggie-cfn";

/// The script, made by `report/build.mjs`.
const SCRIPT: &str = include_str!("../../report/dist/report.js");
/// The style, without that of drawings.
const STYLE: &str = include_str!("../../report/dist/report.css");
/// Drawn here, so that no browser asks a server for one.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect x='1' y='1' width='6' height='6' \
rx='1.5' fill='%233b63c4'/%3E%3Crect x='9' y='9' width='6' height='6' rx='1.5' fill='%233b63c4'/%3E%3Cpath d='M4 9v3h3M12 7V4H9' fill='none' \
stroke='%237f92b8' stroke-width='1.5'/%3E%3C/svg%3E";

/// The whole style. Drawings are light on paper, and else as everything is: as was chosen, or as the system says.
fn style() -> String {
    let (light, dark) = (style::light(), style::dark());
    format!(
        "{}{light}@media screen{{:root[data-theme=dark]{{{dark}}}}}\
        @media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}{STYLE}",
        style::RULES,
    )
}

/// The page of a title, its data as JSON, and drawings by the name of their stage.
pub(super) fn page(title: &str, data: &str, drawings: &[(String, String)]) -> String {
    let (title, data, style) = (escaped(title), inert(data), style());
    let drawings: String = drawings
        .iter()
        .map(|(stage, svg)| format!("<template data-drawing=\"{}\">{svg}</template>\n", escaped(stage)))
        .collect();
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        digest(&style),
        digest(SCRIPT)
    );
    format!(
        "{BEGINNING} from environments/. Do not edit: run `reggie-cfn report` again. -->\n\
        <html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
        <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
        <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
        <title>{title}</title>\n<link rel=\"icon\" href=\"{ICON}\">\n<style>{style}</style>\n</head>\n<body>\n\
        <div id=\"report\"></div>\n<noscript>This page needs JavaScript: it is part of the file.</noscript>\n\
        {drawings}<script type=\"application/json\" id=\"data\">{data}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

/// The digest of an element's text, as a policy names it.
fn digest(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

/// Base64 with its padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS.get((bits >> (18 - 6 * place)) as usize & 63).copied().unwrap_or(b'=');
            text.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

/// A text as HTML shows it, in an element or in an attribute with quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// JSON that ends no element, begins no comment, and is one text to every reader of JavaScript.
fn inert(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_browsers() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
            ("\u{fb}\u{ff}", "w7vDvw=="),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text, "{bytes}");
        }
        // The example of Content Security Policy Level 3, section 2.3.1.
        assert_eq!(digest("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }

    #[test]
    fn what_ends_an_element_does_not() {
        let hostile = "</script><img src=x onerror=alert(1)><!--\u{2028}";
        let json = inert(&serde_json::to_string(hostile).unwrap_or_default());
        assert!(!json.contains('<') && !json.contains('\u{2028}'), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).ok().as_deref(), Some(hostile));
        let page = page(hostile, &json, &[(hostile.to_owned(), String::new())]);
        assert!(!page.contains("<img"), "{page}");
    }
}
