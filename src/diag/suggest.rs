//! Words for messages: the name that was probably meant, lists of names, and what is left of texts without end.

use std::cmp::Reverse;

/// The longest name that is compared, in bytes: comparing takes time with the square of the length.
const LONGEST_NAME: usize = 100;
/// The most names that a name is compared with.
const MOST_NAMES: usize = 1000;
/// The most items of a list.
const MOST_ITEMS: usize = 40;
/// The longest word of a message, in characters, and what is shown of a longer one.
const LONGEST_WORD: usize = 200;
const SHOWN_OF_WORD: usize = 60;
/// The longest text of a message, in characters.
const LONGEST_TEXT: usize = 4000;

/// The name of `known` that is nearest to `written` in spelling, if any is near enough to be worth a question.
///
/// The same letters in another case or with other separators (`backupDays`, `backup-days`, `Backup_Days`) win over
/// everything, then the same words in another order, then the smallest number of typing mistakes, of which about one in
/// three letters is allowed. Among equals the first in alphabetical order is taken.
///
/// ```
/// use reggie_cfn::diag::did_you_mean;
///
/// assert_eq!(did_you_mean("backupDays", ["backup_days", "backup_window"]), Some("backup_days"));
/// assert_eq!(did_you_mean("memroy", ["memory", "cpu"]), Some("memory"));
/// assert_eq!(did_you_mean("colour", ["memory", "cpu"]), None);
/// ```
#[must_use]
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > LONGEST_NAME {
        return None;
    }
    let words = words(written);
    known
        .into_iter()
        .filter(|name| *name != written && name.len() <= LONGEST_NAME)
        .take(MOST_NAMES)
        .filter_map(|name| distance(&words, &self::words(name)).map(|far| (far, name)))
        .min()
        .map(|(_, name)| name)
}

/// How far two names are apart, or nothing where one is no likely misspelling of the other.
///
/// Smaller is nearer: first the kind of likeness, then the typing mistakes, then the longer common start.
fn distance(written: &[String], known: &[String]) -> Option<(u8, usize, Reverse<usize>)> {
    let (a, b) = (written.concat(), known.concat());
    if a.is_empty() || b.is_empty() {
        return None;
    }
    if a == b {
        return Some((0, 0, Reverse(0)));
    }
    if sorted(written) == sorted(known) {
        return Some((1, 0, Reverse(0)));
    }
    let longer = a.chars().count().max(b.chars().count());
    let mistakes = strsim::damerau_levenshtein(&a, &b);
    let start = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    (mistakes <= (longer / 3).max(1) && mistakes * 2 <= longer).then_some((2, mistakes, Reverse(start)))
}

/// The words of a name in small letters, whichever way they are joined.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for c in name.chars() {
        let starts = !c.is_alphanumeric() || (c.is_uppercase() && after_small);
        after_small = c.is_alphanumeric() && !c.is_uppercase();
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The words in alphabetical order.
fn sorted(words: &[String]) -> Vec<&String> {
    let mut words: Vec<&String> = words.iter().collect();
    words.sort();
    words
}

/// The items as a sentence has them: `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn list(items: &[impl AsRef<str>]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// One of several: `a, b or c`.
#[must_use]
pub fn either(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    }
}

/// A name in backticks with its article: ``a `queue` ``, ``an `external` ``.
#[must_use]
pub fn a_quoted(name: &str) -> String {
    // HTTP is spoken as letters.
    let is_open = name.starts_with(['a', 'e', 'i', 'o', 'u']) || name.starts_with("http");
    format!("{} `{name}`", if is_open { "an" } else { "a" })
}

/// Like [`list`], each item in backticks: `` `a`, `b` and `c` ``; of very many the first, and how many more there are.
#[must_use]
pub fn quote_list(items: &[impl AsRef<str>]) -> String {
    let quoted = items.iter().take(MOST_ITEMS).map(|item| format!("`{}`", item.as_ref()));
    let more = items.len().checked_sub(MOST_ITEMS).filter(|more| *more > 0).map(|more| format!("{more} more"));
    list(&quoted.chain(more).collect::<Vec<_>>())
}

/// The text with `…` for the rest of a word, and of the whole, that is far longer than people read; nothing where there
/// is none.
pub(super) fn shortened(text: &str) -> Option<String> {
    if text.len() <= LONGEST_WORD {
        return None;
    }
    let brief = |word: &str| {
        let (shown, blank) = word.split_at(word.trim_end().len());
        let end = shown.char_indices().nth(SHOWN_OF_WORD).filter(|_| shown.chars().nth(LONGEST_WORD).is_some());
        let Some(start) = end.and_then(|(end, _)| shown.get(..end)) else { return word.to_owned() };
        // What ends a quotation stays.
        let mark = if shown.trim_end_matches(['.', ',', ':', '?', ';']).ends_with('`') { "`" } else { "" };
        format!("{start}…{mark}{blank}")
    };
    let mut short: String = text.split_inclusive(char::is_whitespace).map(brief).collect();
    if let Some((end, _)) = short.char_indices().nth(LONGEST_TEXT) {
        short.truncate(end);
        short.push('…');
    }
    (short != text).then_some(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 8] =
        ["backup_days", "backup_window", "cpu", "desired_count", "memory", "min_capacity", "max_capacity", "type"];

    fn meant(written: &str) -> Option<&'static str> {
        did_you_mean(written, KNOWN)
    }

    #[test]
    fn other_ways_to_join_words_win() {
        for written in
            ["backupDays", "BackupDays", "backup-days", "BACKUP_DAYS", "backupdays", "backup days", "Backup-Days"]
        {
            assert_eq!(meant(written), Some("backup_days"), "{written}");
        }
        assert_eq!(did_you_mean("a_b", ["aXb", "aB"]), Some("aB"));
    }

    #[test]
    fn typing_mistakes_are_found() {
        assert_eq!(meant("memroy"), Some("memory"));
        assert_eq!(meant("memmory"), Some("memory"));
        assert_eq!(meant("bakcupDays"), Some("backup_days"));
        assert_eq!(meant("backup_day"), Some("backup_days"));
        assert_eq!(meant("tpye"), Some("type"));
        assert_eq!(meant("CPUs"), Some("cpu"));
        assert_eq!(meant("days_backup"), Some("backup_days"));
    }

    #[test]
    fn what_is_far_is_not_suggested() {
        assert_eq!(meant("colour"), None);
        assert_eq!(meant("replicas"), None);
        assert_eq!(meant("x"), None);
        assert_eq!(meant(""), None);
        assert_eq!(meant("__"), None);
        assert_eq!(meant("backup"), None);
        assert_eq!(meant("memory"), None, "a known name needs no other");
        assert_eq!(did_you_mean("memory", []), None);
    }

    #[test]
    fn equals_are_ordered_by_spelling() {
        assert_eq!(did_you_mean("cat", ["rat", "bat", "hat"]), Some("bat"));
        assert_eq!(did_you_mean("cat", ["hat", "rat", "bat"]), Some("bat"));
        assert_eq!(did_you_mean("prot", ["prod", "port"]), Some("prod"), "the longer common start");
        assert_eq!(did_you_mean("größe", ["größer", "grösse"]), Some("größer"));
    }

    #[test]
    fn lists_read_as_sentences() {
        let none: [&str; 0] = [];
        assert_eq!(list(&none), "");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b"]), "a and b");
        assert_eq!(list(&["a".to_owned(), "b".to_owned(), "c".to_owned()]), "a, b and c");
        assert_eq!(quote_list(&none), "");
        assert_eq!(quote_list(&["a", "b", "c"]), "`a`, `b` and `c`");
        let many = quote_list(&vec!["a"; 1040]);
        assert!(many.ends_with("`a` and 1000 more") && many.len() < 300, "{many}");
    }

    #[test]
    fn texts_without_end_are_cut() {
        let long = "x".repeat(4_000_000);
        assert_eq!(shortened(&"a few words. ".repeat(100)), None);
        assert_eq!(shortened(&format!("`{long}` is, and `{long}.`")), {
            let x = "x".repeat(59);
            Some(format!("`{x}…` is, and `{x}…`"))
        });
        assert!(shortened(&"a ".repeat(10_000)).is_some_and(|short| short.chars().count() == LONGEST_TEXT + 1));
        assert_eq!(did_you_mean(&long, ["memory"]), None);
        assert_eq!(did_you_mean("memroy", [long.as_str(), "memory"]), Some("memory"));
    }
}
