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
    (r"\p{C}", r"\x00-\x1f\x7f"),
    (r"\P{C}", r"\x20-\x7e"),
];

/// Whether some part of a text matches; `None` if the expression is not understood.
pub(super) fn matches(pattern: &'static str, text: &str) -> Option<bool> {
    KNOWN.with_borrow_mut(|known| {
        let engine = known.entry(pattern).or_insert_with(|| engine(pattern, text));
        if matches!(engine, Some(Engine::Ascii(_))) && !text.is_ascii() {
            *engine = full(&translated(pattern));
        }
        match engine.as_ref()? {
            Engine::Lite(regex) | Engine::Ascii(regex) => Some(regex.is_match(text)),
            Engine::Full(regex) => regex.is_match(text).ok(),
        }
    })
}

fn engine(pattern: &str, text: &str) -> Option<Engine> {
    let pattern = &translated(pattern);
    if let Ok(regex) = regex_lite::Regex::new(pattern) {
        return Some(Engine::Lite(regex));
    }
    let ascii = CLASSES.iter().fold(pattern.to_owned(), |pattern, (class, ascii)| pattern.replace(class, ascii));
    match regex_lite::Regex::new(&ascii) {
        Ok(regex) if text.is_ascii() && ascii != *pattern => Some(Engine::Ascii(regex)),
        _ => full(pattern),
    }
}

/// An expression of JavaScript or Java as the engines here read it: within brackets only `]`, `^`, `-` and `\` mean anything, and
/// `\Z`, `\/` and the like are spelt otherwise.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let (mut in_class, mut letters) = (false, pattern.chars().peekable());
    while let Some(c) = letters.next() {
        match c {
            '\\' => match letters.next() {
                Some('Z') if !in_class => out.push_str("\\z"),
                // What needs no escape, and what the engines take for something else.
                Some(c) if "/:;,@#%&'\"`~<>=! _".contains(c) => out.push_str(&regex_lite::escape(&c.to_string())),
                Some(c) => {
                    out.extend(['\\', c]);
                    // After a class of characters a hyphen can begin no range.
                    if in_class && "wsd".contains(c) && letters.peek() == Some(&'-') {
                        letters.next();
                        out.push_str("\\-");
                    }
                }
                None => out.push('\\'),
            },
            '[' if in_class && letters.peek() != Some(&':') => out.push_str("\\["),
            // The same after a class by name, `\p{Z}-_`.
            '}' if in_class && letters.peek() == Some(&'-') => {
                letters.next();
                out.push_str("}\\-");
            }
            '&' | '~' if in_class => out.extend(['\\', c]),
            '[' => {
                in_class = true;
                out.push(c);
                if letters.peek() == Some(&'^') {
                    out.extend(letters.next());
                }
                // The first bracket of a class may be one of its members.
                if letters.peek() == Some(&']') {
                    letters.next();
                    out.push_str("\\]");
                }
            }
            ']' if in_class => {
                in_class = false;
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn full(pattern: &str) -> Option<Engine> {
    // A text is at most as long as its template; the limit keeps an expression that backtracks from taking for ever.
    fancy_regex::RegexBuilder::new(pattern).backtrack_limit(100_000).build().ok().map(Engine::Full)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::aws::{self, Keyword, Schema};

    #[test]
    fn every_pattern_of_every_type_is_understood() {
        fn patterns(schema: &Schema, found: &mut BTreeSet<&'static str>) {
            for keyword in &schema.keywords {
                match keyword {
                    Keyword::Pattern(pattern) => drop(found.insert(pattern)),
                    Keyword::Object(object) => {
                        object.properties.iter().for_each(|(_, s)| patterns(s, found));
                        for (pattern, schema) in &object.patterns {
                            found.insert(pattern);
                            patterns(schema, found);
                        }
                    }
                    Keyword::Items(s) | Keyword::Not(s) | Keyword::KeyNames(s) | Keyword::Contains(s) => {
                        patterns(s, found)
                    }
                    Keyword::OneOf(all) | Keyword::AnyOf(all) | Keyword::AllOf(all) | Keyword::PrefixItems(all) => {
                        all.iter().for_each(|s| patterns(s, found));
                    }
                    Keyword::If(all) => all.iter().for_each(|s| patterns(s, found)),
                    _ => {}
                }
            }
        }
        let mut found = BTreeSet::new();
        for of in aws::resource_types().filter_map(aws::resource_type) {
            patterns(&of.schema, &mut found);
            of.definitions.iter().for_each(|(_, s)| patterns(s, &mut found));
            of.rules.iter().for_each(|rule| patterns(&rule.schema, &mut found));
        }
        assert!(found.len() > 3000, "{}", found.len());
        // Halves of characters, which no text holds, and a repeated look ahead, which means nothing.
        let is_nonsense = |p: &str| p.contains(r"\uD8") || p.contains(r"(?!\.)+");
        let unknown: Vec<&&str> = found.iter().filter(|p| engine(p, "").is_none() && !is_nonsense(p)).collect();
        assert!(unknown.is_empty(), "{} of {}: {unknown:#?}", unknown.len(), found.len());
    }

    #[test]
    fn brackets_within_brackets_are_themselves() {
        let description = r"^([a-z,A-Z,0-9,. _\-:/()#,@[\]+=&;\{\}!$*])*$";
        assert_eq!(matches(description, "the database [a]"), Some(true));
        assert_eq!(matches(description, "<Who may reach the database>"), Some(false));
    }

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
