//! Paths: patterns of CloudFront, in the order in which they are asked.
//!
//! CloudFront takes the first pattern that fits. So that none hides another, the one that says more comes first: more
//! literal characters, then more `?`, then fewer `*`. A pattern that covers another has at most as many literals, and asks for
//! at most as many characters in all, so the narrower of two always comes first, and only equal ones contradict each other.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use crate::component::{Behaviour, Context};
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::setting::Setting;

/// `CFN314`: a path that is none.
pub const CFN314: Code = Code {
    id: "CFN314",
    explanation: "a path is no pattern of CloudFront\n\n\
        A pattern begins with `/`; `*` stands for any text, slashes included, and `?` for one character. Besides letters and \
        digits it holds only `_ - . $ / ~ \" ' @ : + &`, at most 255 characters in all (CloudFront Developer Guide, \"Path \
        pattern\"). A query is never part of a path. What browsers send escaped, such as a space (`%20`), is written as `*`.",
};

/// `CFN315`: one path for two origins.
pub const CFN315: Code = Code {
    id: "CFN315",
    explanation: "a path leads to two origins\n\n\
        Requests go to the pattern that says most, wherever it stands in the manifest: `/api/users/*` before `/api/*` before \
        `/*`. Two equal patterns of one host cannot both be asked; CloudFront refuses them. Remove one, or make one of them \
        narrower.",
};

/// The most characters of a pattern.
const LENGTH: usize = 255;

/// Puts the narrower patterns first; the one without a path comes last.
pub(super) fn in_order(behaviours: &mut [Behaviour]) {
    behaviours.sort_by_cached_key(|b| match &b.path {
        Some(path) => (0, rank(&path.value)),
        None => (1, rank("")),
    });
}

/// Which of two patterns is asked first: the narrower.
#[must_use]
pub fn narrower(a: &str, b: &str) -> Ordering {
    rank(a).cmp(&rank(b))
}

/// How much a pattern says, the most first.
fn rank(pattern: &str) -> (Reverse<usize>, Reverse<usize>, usize, String) {
    let count = |wanted: char| pattern.chars().filter(|c| *c == wanted).count();
    let (stars, marks) = (count('*'), count('?'));
    (Reverse(pattern.chars().count() - stars - marks), Reverse(marks), stars, pattern.to_owned())
}

/// Reports two behaviours of one path.
pub(super) fn check(on: &Context<'_>, behaviours: &[Behaviour]) {
    let mut known: BTreeMap<&str, (&str, OriginId)> = BTreeMap::new();
    for (path, to) in behaviours.iter().filter_map(|b| Some((b.path.as_ref()?, b.origin.as_str()))) {
        let Some((first_to, first)) = known.insert(&path.value, (to, path.origin)) else { continue };
        on.report(if first_to == to { repeated(on, path, first) } else { twice(on, path, first) });
    }
}

/// The finding about a path that leads to one origin twice.
fn repeated(on: &Context<'_>, path: &Setting<String>, first: OriginId) -> Diagnostic {
    let title = format!("the path `{}` of `{}` is there twice", path.value, on.name);
    let diagnostic = on.at(Diagnostic::error(CFN315, title), path.origin, "again");
    if is_written(on, first) {
        diagnostic.context_if_known(on.origins, Some(first), "the first").help("remove one of the two")
    } else {
        diagnostic.context_if_known(on.origins, Some(on.origin), "its kind has it").help("remove it")
    }
}

/// Whether a layer says it, and not only the component for which the compiler does.
pub(super) fn is_written(on: &Context<'_>, origin: OriginId) -> bool {
    let place = |origin| on.origins.spans(origin).first().copied();
    place(origin).is_some_and(|span| place(on.origin) != Some(span))
}

/// The finding about a path that leads to two origins.
pub fn twice(on: &Context<'_>, path: &Setting<String>, first: OriginId) -> Diagnostic {
    let title = format!("the path `{}` of `{}` leads to two origins", path.value, on.name);
    on.at(Diagnostic::error(CFN315, title), path.origin, "claimed here")
        .context_if_known(on.origins, Some(first), if is_written(on, first) { "and here" } else { "and by its kind" })
        .help("remove one of them, or write a narrower path")
}

/// Whether it is a pattern; reports it otherwise. `setting` is where it stands.
pub fn is_pattern(on: &Context<'_>, setting: &str, path: &Setting<String>) -> bool {
    is_pattern_after(on, setting, path, "/")
}

/// The same for one that is written without the slash before it.
pub fn is_relative_pattern(on: &Context<'_>, setting: &str, path: &Setting<String>) -> bool {
    is_pattern_after(on, setting, path, "")
}

fn is_pattern_after(on: &Context<'_>, setting: &str, path: &Setting<String>, start: &str) -> bool {
    let text = path.value.as_str();
    let other = text.chars().find(|c| !(c.is_ascii_alphanumeric() || "_-.$/~\"'@:+&*?".contains(*c)));
    let (label, help) = if let Some(other) = other {
        let help = match other {
            '=' if text.contains('?') => "leave out the query: it is no part of a path".to_owned(),
            '#' => "leave out what begins with `#`: browsers do not send it".to_owned(),
            '{' | '}' | '[' | ']' => "write `*` for a part of the path that varies".to_owned(),
            other if other == '%' || other == ' ' || !other.is_ascii() => {
                "write `*` in its place: browsers send it escaped, as several characters".to_owned()
            }
            other => format!("write `?` in the place of `{other}`, or `*` for all of that part"),
        };
        let other = if other == ' ' { "a space".to_owned() } else { format!("`{other}`") };
        (format!("{other} cannot stand in it"), help)
    } else if text.len() > LENGTH {
        (format!("{} characters; CloudFront takes {LENGTH}", text.len()), "write a wider pattern with `*`".to_owned())
    } else if text.contains("**") {
        ("`*` stands for slashes too".to_owned(), "write one `*`".to_owned())
    } else if text.is_empty() {
        ("no path fits it".to_owned(), format!("remove it, or write `{start}*` for everything"))
    } else if !text.starts_with(start) {
        ("does not begin with `/`".to_owned(), format!("write `/{text}`"))
    } else {
        return true;
    };
    let title = match text {
        "" => format!("`{setting}` of `{}` is empty, which is no pattern of paths", on.name),
        text => format!("`{setting}` of `{}` is `{text}`, which is no pattern of paths", on.name),
    };
    let diagnostic = on.at(Diagnostic::error(CFN314, title), path.origin, &label).help(help);
    let repaired = match text {
        text if text.contains("**") => Some(text.replace("**", "*")),
        text if other.is_none() && (1..LENGTH).contains(&text.len()) && !text.starts_with(start) => {
            Some(format!("/{text}"))
        }
        _ => None,
    };
    on.report(match repaired {
        Some(repaired) => on.repair(diagnostic, path.origin, &repaired),
        None => diagnostic,
    });
    false
}

#[cfg(test)]
mod tests {
    use super::rank;

    /// Whether `wide` covers all that `narrow` does, both over the letters a, b and slashes.
    fn fits(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) => {
                fits(rest, text) || text.split_first().is_some_and(|(_, after)| fits(pattern, after))
            }
            (Some((b'?', rest)), Some((_, after))) => fits(rest, after),
            (Some((p, rest)), Some((t, after))) => p == t && fits(rest, after),
            _ => false,
        }
    }

    #[test]
    fn the_narrower_pattern_comes_first() {
        let mut sorted = vec!["/*", "/api/*", "/api/users/*", "/_next/*", "/_next/image*", "/a?", "/a*", "/ab"];
        sorted.sort_by_cached_key(|p| rank(p));
        assert_eq!(sorted, ["/_next/image*", "/api/users/*", "/_next/*", "/api/*", "/ab", "/a?", "/a*", "/*"]);
    }

    #[test]
    fn no_pattern_hides_a_narrower_one() {
        let letters = *b"ab*?";
        let mut patterns: Vec<Vec<u8>> = vec![Vec::new()];
        for _ in 0..3 {
            let longer = patterns.iter().flat_map(|p| letters.iter().map(|l| [p.as_slice(), &[*l]].concat()));
            patterns = patterns.iter().cloned().chain(longer.collect::<Vec<_>>()).collect();
            patterns.sort();
            patterns.dedup();
        }
        let texts: Vec<&Vec<u8>> = patterns.iter().filter(|p| p.iter().all(|c| b"ab".contains(c))).collect();
        let name = |p: &[u8]| String::from_utf8(p.to_vec()).unwrap();
        for wide in &patterns {
            for narrow in
                patterns.iter().filter(|n| *n != wide && !name(n).contains("**") && !name(wide).contains("**"))
            {
                let seen = |p: &[u8]| texts.iter().map(|t| fits(p, t)).collect::<Vec<_>>();
                let (of_wide, of_narrow) = (seen(wide), seen(narrow));
                let covers = of_narrow.iter().zip(&of_wide).all(|(n, w)| !n || *w) && of_wide != of_narrow;
                if covers && of_narrow.contains(&true) && narrow.len() + wide.len() < 6 {
                    assert!(rank(&name(narrow)) < rank(&name(wide)), "{} hides {}", name(wide), name(narrow));
                }
            }
        }
    }
}
