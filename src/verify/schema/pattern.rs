//! Regular expressions of AWS's schemas.
//!
//! Most are tried once or twice a build, so what counts is how fast one is made: `regex-lite` makes one in microseconds. What it
//! does not know (looking around, classes of Unicode) a slower engine does.

use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local! {
    /// The expressions of this thread so far; `None` where none of the engines takes it.
    static KNOWN: RefCell<BTreeMap<&'static str, Option<Engine>>> = const { RefCell::new(BTreeMap::new()) };
}

enum Engine {
    Lite(regex_lite::Regex),
    /// Of the second only ASCII was asked so far.
    Ascii(regex_lite::Regex),
    Full(fancy_regex::Regex),
}

/// Classes of Unicode, and what is in them of ASCII, in the brackets that they stand in.
const CLASSES: &[(&str, &str)] = &[
    (r"\p{L}", "a-zA-Z"),
    (r"\p{N}", "0-9"),
    (r"\p{Nd}", "0-9"),
    (r"\p{Z}", " "),
    (r"\p{Zs}", " "),
    (r"\p{S}", r"$+<=>\^`|~"),
    (r"\p{P}", r##"!"#%&'()*,\-./:;?@\[\\\]_{}"##),
    (r"\p{M}", ""),
];

/// Whether some part of a text matches; `None` if the expression is not understood.
pub(super) fn matches(pattern: &'static str, text: &str) -> Option<bool> {
    KNOWN.with_borrow_mut(|known| {
        let engine = known.entry(pattern).or_insert_with(|| engine(pattern, text));
        if matches!(engine, Some(Engine::Ascii(_))) && !text.is_ascii() {
            *engine = full(pattern);
        }
        match engine.as_ref()? {
            Engine::Lite(regex) | Engine::Ascii(regex) => Some(regex.is_match(text)),
            Engine::Full(regex) => regex.is_match(text).ok(),
        }
    })
}

fn engine(pattern: &str, text: &str) -> Option<Engine> {
    if let Ok(regex) = regex_lite::Regex::new(pattern) {
        return Some(Engine::Lite(regex));
    }
    let ascii = CLASSES.iter().fold(pattern.to_owned(), |pattern, (class, ascii)| pattern.replace(class, ascii));
    match regex_lite::Regex::new(&ascii) {
        Ok(regex) if text.is_ascii() && ascii != pattern => Some(Engine::Ascii(regex)),
        _ => full(pattern),
    }
}

fn full(pattern: &str) -> Option<Engine> {
    // A text is at most as long as its template; the limit keeps an expression that backtracks from taking for ever.
    fancy_regex::RegexBuilder::new(pattern).backtrack_limit(100_000).build().ok().map(Engine::Full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_quick_engine_does_not_know_the_other_does() {
        assert_eq!(matches(r"^(?!aws)[a-z]+$", "awsome"), Some(false));
        assert_eq!(matches(r"^(?!aws)[a-z]+$", "some"), Some(true));
        assert_eq!(matches(r"^[\p{L}_]*$", "name"), Some(true));
        assert_eq!(matches(r"^[\p{L}_]*$", "größe"), Some(true));
        assert_eq!(matches(r"^[\p{L}_]*$", "a b"), Some(false));
        assert_eq!(matches(r"^([0-9]+", "1"), None);
    }
}
