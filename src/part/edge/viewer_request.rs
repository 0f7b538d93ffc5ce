//! The function that CloudFront runs at every request of a visitor, before it looks into its cache.
//!
//! Its source is `templates/functions/viewer_request.js`: pieces between `//# name` and `//# end`, of which only those are
//! taken that something needs, and places for data, each an empty literal with its name: `''/* index */`,
//! `{/* redirects */}`. It keeps to what the AWS document "JavaScript runtime 2.0 features for CloudFront Functions" lists,
//! and declares `handler`, `prepared` and `cryptography` only, so that a user's own code may use all other names. What waits
//! for a user's own code does nothing else: that runtime has no closures in what is asynchronous.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::component::{Context, Fragment, Index, StackId};
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;
use crate::value::Value;

/// `CFN296`: a function that CloudFront does not take.
pub const CFN296: Code = Code {
    id: "CFN296",
    explanation: "the function of every request is larger than CloudFront takes\n\n\
        A CloudFront function has at most 10,240 bytes (Amazon CloudFront Developer Guide, \"Quotas on CloudFront Functions\"; \
        it cannot be raised). It holds our code, the table of redirects, the prefixes that routes take off, and the text of \
        `viewer_request`.\n\n\
        Leave comments out of `viewer_request`, or let the function behind a route do part of its work. Hundreds of \
        redirects are better served by a function of their own.",
};

/// `CFN297`: a user's code that is never called.
pub const CFN297: Code = Code {
    id: "CFN297",
    explanation: "`viewer_request` defines no function of that name\n\n\
        Our own function runs first (hosts, redirects, prefixes), and then calls yours, which must have this form:\n\n    \
        function viewer_request(event, request) {\n      \
        request.headers['x-answer'] = {value: '42'};\n      \
        return request;\n    \
        }\n\n\
        It gives back the request, or a response. It may be `async`. `event` is what CloudFront gives to its functions; the \
        names `handler`, `prepared` and `cryptography` are our own.",
};

/// The most bytes of a CloudFront function.
pub const LIMIT: usize = 10_240;

const SOURCE: &str = include_str!("../../../templates/functions/viewer_request.js");

/// What is to be done at every request of a visitor.
#[derive(Debug, Default)]
pub struct ViewerRequest {
    /// Whether only hosts of its own are served: the name under `cloudfront.net` is answered 403.
    pub own_hosts: bool,
    /// Hosts that are answered 301 to another host, path and query kept.
    pub redirects: BTreeMap<String, String>,
    /// Whether the origin is told which host was asked for, in `x-forwarded-host`: every origin that is code wants to know.
    pub forwarded_host: bool,
    /// Whether the origin is told of no prefix but one that was taken off here, in `x-forwarded-prefix`.
    pub forwarded_prefix: bool,
    /// Whether the origin gets `authorization` as `x-forwarded-authorization`, because CloudFront overwrites the former
    /// when it signs. What is answered to a bearer of it must not be cacheable.
    pub keeps_authorization: bool,
    /// The path below which a Next.js app stands, empty for `/`: sets its cache key and `x-forwarded-host`.
    pub next: Option<String>,
    /// Prefixes of paths, `/api`, and whether they are taken off before the origin sees the path, which is then told in
    /// `x-forwarded-prefix`. The longest decides, so that a route below one that is taken off can keep its own.
    pub prefixes: BTreeMap<String, bool>,
    /// The file that stands for what is none, where paths are those of files.
    pub index: Option<Index>,
    /// The user's own code, which is called with the event and the request when ours has nothing to answer.
    pub more: Option<Setting<String>>,
}

#[derive(Serialize)]
struct Plan {
    name: Value,
    comment: Value,
    code: Value,
}

impl ViewerRequest {
    /// The code, or nothing where there is nothing to do.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        let mut code = String::new();
        let mut anything = false;
        let mut wanted = true;
        for line in SOURCE.lines() {
            match line.strip_prefix("//# ") {
                Some("end") => wanted = true,
                Some(piece) => {
                    wanted = self.wants(piece);
                    anything |= wanted && piece != "alone";
                }
                None if wanted => {
                    code.push_str(&self.filled(line));
                    code.push('\n');
                }
                None => {}
            }
        }
        if let Some(more) = &self.more {
            code.push('\n');
            code.push_str(more.value.trim());
            code.push('\n');
        }
        anything.then_some(code)
    }

    /// Whether a piece of the source is needed.
    fn wants(&self, piece: &str) -> bool {
        let calls = |is_async: bool| self.more.as_ref().is_some_and(|text| is_async == self::is_async(&text.value));
        match piece {
            "alone" => self.more.is_none(),
            "with_more" => self.more.is_some(),
            "more_sync" => calls(false),
            "more_async" => calls(true),
            "own_hosts" => self.own_hosts,
            "redirects" => !self.redirects.is_empty(),
            "forwarded_host" => self.tells_host(),
            "host" => self.own_hosts || !self.redirects.is_empty() || self.tells_host(),
            "forwarded_prefix" => self.forwarded_prefix && !self.takes_off(),
            "keeps_authorization" => self.keeps_authorization,
            "crypto" | "next" => self.next.is_some(),
            "prefixes" => self.takes_off(),
            "folders" => self.index.as_ref().is_some_and(|index| !index.is_fallback),
            "fallback" => self.index.as_ref().is_some_and(|index| index.is_fallback),
            _ => false,
        }
    }

    fn takes_off(&self) -> bool {
        self.prefixes.values().any(|taken_off| *taken_off)
    }

    fn tells_host(&self) -> bool {
        self.forwarded_host || self.next.is_some()
    }

    /// A line with its data.
    fn filled(&self, line: &str) -> String {
        let Some((before, rest)) = line.split_once("/* ") else { return line.to_owned() };
        let Some((name, after)) = rest.split_once(" */") else { return line.to_owned() };
        match name {
            "redirects" => {
                let pairs = self.redirects.iter().map(|(from, to)| format!("{}: {}", literal(from), literal(to)));
                format!("{before}{}{after}", lines(pairs))
            }
            "prefixes" => {
                let mut sorted: Vec<_> = self.prefixes.iter().collect();
                sorted.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
                let pairs = sorted.into_iter().map(|(prefix, taken_off)| format!("[{}, {taken_off}]", literal(prefix)));
                format!("{before}{}{after}", lines(pairs))
            }
            name => {
                let text = match (name, &self.index) {
                    ("images", _) => format!("{}/_next/image", self.next.as_deref().unwrap_or_default()),
                    (_, Some(index)) if index.is_fallback => format!("/{}", index.file.value),
                    (_, Some(index)) => index.file.value.clone(),
                    (_, None) => String::new(),
                };
                format!("{}{}{after}", before.strip_suffix("''").unwrap_or(before), literal(&text))
            }
        }
    }

    /// Reports a function that CloudFront would refuse, or that would not call the user's own.
    pub fn check(&self, on: &Context<'_>) {
        if let Some(more) = self.more.as_ref().filter(|text| !defines(&text.value, "viewer_request")) {
            let title = format!("`viewer_request` of `{}` defines no function `viewer_request`", on.name);
            let diagnostic = on.at(Diagnostic::error(CFN297, title), more.origin, "this code would never be called");
            on.report(if defines(&more.value, "handler") {
                diagnostic.help("rename `handler` to `viewer_request`; it is called with the event and the request")
            } else {
                diagnostic.help("define `function viewer_request(event, request)`, which gives back the request")
            });
        }
        let size = self.code().map_or(0, |code| code.len());
        if size <= LIMIT {
            return;
        }
        let title =
            format!("the function of every request of `{}` has {size} bytes, and CloudFront takes {LIMIT}", on.name);
        let diagnostic = Diagnostic::error(CFN296, title);
        let over = size - LIMIT;
        let tables = [(self.redirects.len(), "redirects"), (self.prefixes.len(), "prefixes of paths")];
        let tables: Vec<String> =
            tables.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        let tables = tables.join(" and ");
        on.report(match &self.more {
            Some(more) => {
                let theirs = more.value.trim().len();
                let with = if tables.is_empty() { String::new() } else { format!(", with {tables},") };
                on.at(diagnostic, more.origin, &format!("{theirs} bytes of it"))
                    .note(format!("our own code{with} has the other {}", size - theirs))
                    .help(format!("shorten `viewer_request` by {over} bytes: comments count, too"))
            }
            None => on
                .at(diagnostic, on.origin, "made for this component")
                .note(format!("{tables} stand in it"))
                .help(format!("have fewer: they are {over} bytes too many")),
        });
    }

    /// The function, as `ViewerRequest` in that stack; nothing where there is nothing to do. `suffix` tells the names of
    /// several of one component apart.
    pub fn lower(&self, on: &Context<'_>, stack: StackId, suffix: &str) -> Option<Fragment> {
        let code = self.code()?;
        self.check(on);
        let from: Vec<_> = self.more.iter().map(|more| more.origin).collect();
        let plan = Plan {
            name: on.physical_name(suffix, 64),
            comment: on.text(
                "what it is for",
                &[on.identity_origin()],
                format!("Requests of visitors of {}", on.identity()),
            ),
            code: on.text("what is done at every request of a visitor", &from, code),
        };
        Some(on.fragment_in(stack, "parts/viewer_request", &plan))
    }

    /// The ARN of the function, as a value of the fragment that [`ViewerRequest::lower`] gives.
    #[must_use]
    pub fn arn(on: &Context<'_>) -> Value {
        on.local("ViewerRequest", Some("FunctionARN"))
    }
}

/// Whether a text defines a function of that name: as such, or as a variable.
fn defines(text: &str, name: &str) -> bool {
    ["function", "const", "let", "var"].iter().any(|word| stands(text, &[word, name]))
}

/// Whether the function `viewer_request` of a text is asynchronous.
fn is_async(text: &str) -> bool {
    stands(text, &["async", "function", "viewer_request"])
        || ["const", "let", "var"].iter().any(|word| stands(text, &[word, "viewer_request", "=", "async"]))
}

/// Whether these words stand one after the other somewhere in a text.
fn stands(text: &str, words: &[&str]) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let (first, others) = words.split_first().map_or(("", words), |(first, others)| (*first, others));
    text.match_indices(first).any(|(at, _)| {
        let mut before = text.get(..at).unwrap_or_default();
        let mut rest = text.get(at..).unwrap_or_default();
        for word in [first].iter().chain(others) {
            let next = rest.trim_start();
            let joined = next.len() == rest.len() && before.ends_with(is_name) && word.starts_with(is_name);
            let Some(after) = next.strip_prefix(word).filter(|_| !joined) else { return false };
            (before, rest) = (word, after);
        }
        !(before.ends_with(is_name) && rest.starts_with(is_name))
    })
}

/// Entries of a literal, one a line.
fn lines(entries: impl Iterator<Item = String>) -> String {
    let mut text = String::from("\n");
    for entry in entries {
        text.push_str(&format!("    {entry},\n"));
    }
    text.push_str("  ");
    text
}

/// A text as a literal of JavaScript: JSON in ASCII. Outside of it, ES 5.1 takes not all that JSON does.
fn literal(text: &str) -> String {
    let mut ascii = String::new();
    for c in serde_json::Value::from(text).to_string().chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| ascii.push_str(&format!("\\u{unit:04x}")));
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::OriginId;

    fn more(text: &str) -> ViewerRequest {
        ViewerRequest { more: Some(Setting::new(OriginId(0), text.to_owned())), ..ViewerRequest::default() }
    }

    fn index(is_fallback: bool) -> Option<Index> {
        Some(Index { file: Setting::new(OriginId(0), "index.html".to_owned()), is_fallback })
    }

    fn everything() -> ViewerRequest {
        ViewerRequest {
            own_hosts: true,
            redirects: [("www.a.io".into(), "a.io".into())].into(),
            forwarded_host: true,
            keeps_authorization: true,
            next: Some("/docs".into()),
            prefixes: [("/api".into(), true), ("/api/raw".into(), false)].into(),
            index: index(true),
            ..more("async function viewer_request(event, request) {}")
        }
    }

    #[test]
    fn nothing_to_do_is_no_function() {
        assert_eq!(ViewerRequest::default().code(), None);
        let kept = ViewerRequest { prefixes: [("/api".into(), false)].into(), ..ViewerRequest::default() };
        assert_eq!(kept.code(), None);
    }

    #[test]
    fn only_what_is_needed() {
        let code = ViewerRequest { own_hosts: true, ..ViewerRequest::default() }.code().expect("code");
        let expected = "\
function handler(event) {
  const request = event.request;
  const headers = request.headers;
  // One host is one text: small letters, without a port.
  const host = headers.host.value.toLowerCase().split(':')[0];
  // Own names only: another name must not be a second copy of the site.
  if (host.endsWith('.cloudfront.net')) {
    return { statusCode: 403, statusDescription: 'Forbidden' };
  }
  return request;
}
";
        assert_eq!(code, expected);
        let next = ViewerRequest { next: Some(String::new()), ..ViewerRequest::default() }.code().expect("code");
        assert!(next.contains("'x-forwarded-host'") && next.starts_with("const cryptography"), "{next}");
        assert!(next.contains("startsWith(\"/_next/image\")"), "{next}");
    }

    #[test]
    fn every_piece_and_every_place_is_known() {
        let all = everything();
        let other = ViewerRequest { index: index(false), more: None, ..everything() };
        let third = ViewerRequest { forwarded_prefix: true, ..more("function viewer_request(event, request) {}") };
        for piece in SOURCE.lines().filter_map(|line| line.strip_prefix("//# ")).filter(|piece| *piece != "end") {
            assert!([&all, &other, &third].iter().any(|code| code.wants(piece)), "{piece}");
        }
        assert!(!ViewerRequest { forwarded_prefix: true, ..everything() }.wants("forwarded_prefix"));
        for code in [all, other, third].map(|request| request.code().expect("code")) {
            assert!(!code.contains("/* ") && !code.contains("//#"), "{code}");
            assert!(code.len() < LIMIT / 2, "{} bytes of ours", code.len());
        }
    }

    #[test]
    fn data_is_sorted_and_escaped() {
        let mut request = everything();
        request.prefixes.insert("/é\"".into(), true);
        let code = request.code().expect("code");
        assert!(code.contains("{\n    \"www.a.io\": \"a.io\",\n  };"), "{code}");
        let prefixes = "[\n    [\"/api/raw\", false],\n    [\"/api\", true],\n    [\"/\\u00e9\\\"\", true],\n  ];";
        assert!(code.contains(prefixes), "{code}");
        assert!(code.contains("startsWith(\"/docs/_next/image\")"), "{code}");
        assert!(code.contains("request.uri = \"/index.html\";"), "{code}");
    }

    #[test]
    fn the_users_code_is_called() {
        let called = |text: &str| more(text).code().expect("code");
        let plain = called("// a comment\nfunction viewer_request(event, request) {\n  return request;\n}\n\n");
        assert!(plain.starts_with("function prepared(event)"), "{plain}");
        assert!(plain.contains("viewer_request(event, result) || result;\n}\n\n// a comment\n"), "{plain}");
        assert!(plain.ends_with("  return request;\n}\n"), "{plain}");
        let waits = called("async  function viewer_request (event, request) {}");
        assert!(waits.contains("\nasync function handler(event)"), "{waits}");
        assert!(waits.contains("(await viewer_request(event, result)) || result;"), "{waits}");
        // Another function may be asynchronous.
        assert!(!called("async function load() {}\nfunction viewer_request() {}").contains("await"));
    }

    #[test]
    fn definitions() {
        for (text, expected) in [
            ("function viewer_request(event, request) {}", true),
            ("async function\n viewer_request (e, r) {}", true),
            ("function viewer_requests() {}", false),
            ("functionviewer_request() {}", false),
            ("viewer_request(event)", false),
            ("const viewer_request=(event, request) => request;", true),
            ("myfunction viewer_request() {}", false),
        ] {
            assert_eq!(defines(text, "viewer_request"), expected, "{text}");
        }
    }
}
