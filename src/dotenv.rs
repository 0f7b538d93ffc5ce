//! Files of variables, a line each, that shells and dotenv read alike.

/// What `.env` files cannot say: why in a few words, and what to do.
#[must_use]
pub fn unfit(text: &str) -> Option<(&'static str, &'static str)> {
    if text.contains(['\n', '\r', '\0']) {
        return Some(("more than one line", "write it in one line"));
    }
    let both = text.contains('\'') && text.contains(['"', '$', '`', '\\']);
    both.then_some((
        "shells and dotenv would read it in two ways",
        "leave out the single quotes, or what stands beside them",
    ))
}

/// A value as both take it for one: plain where nothing in it means anything, else in quotes. Nothing that is [`unfit`].
#[must_use]
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::{quoted, unfit};

    #[test]
    fn values_are_quoted_where_they_must() {
        assert_eq!(quoted("https://api.getreggie.io/v1"), "https://api.getreggie.io/v1");
        assert_eq!(quoted("two words # no comment"), "'two words # no comment'");
        assert_eq!(quoted("it's 5"), "\"it's 5\"");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn what_two_readers_read_in_two_ways_is_unfit() {
        for text in ["a\nb", "a\rb", "a\0b", "it's $5", "it's `x`", "it's a\\b", "'\""] {
            assert!(unfit(text).is_some(), "{text:?}");
        }
        for text in ["", "it's 5", "$5", "a \"b\"", "a\\b"] {
            assert!(unfit(text).is_none(), "{text:?}");
        }
    }
}
