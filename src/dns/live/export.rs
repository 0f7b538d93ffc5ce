//! A zone file (RFC 1035, section 5) as Cloudflare exports it. Other readers of zone files drop the comments, in which Cloudflare writes
//! whether a record is proxied and what somebody noted with it; and the first record of an export, SOA, stands there without the dot
//! that makes its name absolute.

use super::content::{content, end_of_quoted, name, unescaped};
use super::{Found, unreadable};
use crate::diag::{Diagnostic, Diagnostics};
use crate::dns::record::LiveRecord;
use crate::manifest::lies_in;
use crate::source::{FileId, Span};

/// One entry: a line, or several where parentheses hold them together.
#[derive(Default)]
struct Entry<'t> {
    /// Its words as they are written, quotes included.
    words: Vec<&'t str>,
    /// Whether it begins with a blank: it has the name of the one before.
    is_indented: bool,
    comment: Option<&'t str>,
    start: usize,
    end: usize,
}

/// The records of an export; none where it is not one.
pub(super) fn read(file: FileId, text: &str, zone: &str, findings: &mut Diagnostics) -> Option<Vec<Found>> {
    let mut reader = Reader { zone, origin: zone.to_owned(), last: None, ttl: None };
    let (mut records, mut at) = (Vec::new(), if text.starts_with('\u{feff}') { 3 } else { 0 });
    while at < text.len() {
        let entry = match entry(text, at) {
            Ok(entry) => entry,
            Err((start, why)) => {
                findings.push(wrong(Span::new(file, start, start + 1), text, why));
                return None;
            }
        };
        at = entry.end + 1;
        let span = Span::new(file, entry.start, entry.end);
        match reader.record(&entry) {
            Ok(record) => records.extend(record.map(|record| (record, span))),
            Err(why) => {
                findings.push(wrong(span, text, why));
                return None;
            }
        }
    }
    if !records.iter().any(|(record, _)| record.record_type == "SOA") {
        let head = Span::new(file, 0, super::first_line(text));
        let finding =
            unreadable(head, "the export has no SOA record, so it is not a whole zone", "no SOA in this file");
        findings.push(finding.note("every zone has one (RFC 1035, section 3.3.13), and exports begin with it"));
        return None;
    }
    Some(records)
}

fn wrong(at: Span, text: &str, why: &str) -> Diagnostic {
    let finding = unreadable(at, format!("the file is no zone file: {why}"), "this line");
    let is_last = text.get(at.range().end..).is_none_or(|rest| rest.trim().is_empty());
    if is_last { finding.note("it is the last line: the file may end too early") } else { finding }
}

/// The entry that begins at `start`.
fn entry(text: &str, start: usize) -> Result<Entry<'_>, (usize, &'static str)> {
    let is_indented = text.get(start..).is_some_and(|rest| rest.starts_with([' ', '\t']));
    let mut entry = Entry { is_indented, start, ..Entry::default() };
    let (mut at, mut depth) = (start, 0_usize);
    let mut opened = start;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        match c {
            '\n' if depth == 0 => break,
            '(' => {
                (depth, opened) = (depth + 1, at);
                at += 1;
            }
            ')' if depth == 0 => return Err((at, "a parenthesis closes that none opened")),
            ')' => {
                depth -= 1;
                at += 1;
            }
            ';' => {
                let comment = text.get(at + 1..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
                entry.comment = Some(comment);
                at += 1 + comment.len();
            }
            '"' => {
                let inner = text.get(at + 1..).unwrap_or_default();
                let end = end_of_quoted(inner).filter(|end| !inner.get(..*end).is_some_and(|t| t.contains('\n')));
                let Some(end) = end else { return Err((at, "a quote opens and does not close in its line")) };
                entry.words.push(text.get(at..at + end + 2).unwrap_or_default());
                at += end + 2;
            }
            c if c.is_whitespace() => at += c.len_utf8(),
            _ => {
                let end = end_of_word(text, at);
                entry.words.push(text.get(at..end).unwrap_or_default());
                at = end;
            }
        }
    }
    if depth > 0 {
        return Err((opened, "a parenthesis opens that nothing closes"));
    }
    entry.end = at;
    Ok(entry)
}

/// Where a word ends that is not in quotes.
fn end_of_word(text: &str, start: usize) -> usize {
    let mut escaped = false;
    for (at, c) in text.get(start..).unwrap_or_default().char_indices() {
        match c {
            '\n' => return start + at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c.is_whitespace() || matches!(c, ';' | '"' | '(' | ')') => return start + at,
            _ => {}
        }
    }
    text.len()
}

/// What entries say together.
struct Reader<'z> {
    zone: &'z str,
    origin: String,
    last: Option<String>,
    ttl: Option<u32>,
}

impl Reader<'_> {
    /// The record of an entry; none where it is not one.
    fn record(&mut self, entry: &Entry<'_>) -> Result<Option<LiveRecord>, &'static str> {
        let mut words = entry.words.as_slice();
        let Some(first) = words.first() else { return Ok(None) };
        if first.starts_with('$') {
            return self.directive(words).map(|()| None);
        }
        let owner = if entry.is_indented {
            None
        } else {
            words = words.get(1..).unwrap_or_default();
            Some(*first)
        };
        let mut ttl = self.ttl;
        while let [word, rest @ ..] = words {
            if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
                ttl = Some(word.parse().map_err(|_| "its time is too large")?);
            } else if !["IN", "CH", "HS"].iter().any(|class| word.eq_ignore_ascii_case(class)) {
                break;
            }
            words = rest;
        }
        let [record_type, data @ ..] = words else { return Err("a record has a name, a type and data") };
        let is_type = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !is_type(record_type) || !record_type.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err("where the type of a record should stand is something else");
        }
        if data.is_empty() {
            return Err("the record has no data");
        }
        let record_type = record_type.to_ascii_uppercase();
        let owner = match owner {
            // Cloudflare leaves the dot out here, and here alone.
            Some(owner) if record_type == "SOA" && lies_in(&name(owner), self.zone) => name(owner),
            Some(owner) => self.absolute(owner),
            None => self.last.clone().ok_or("the first record has no name")?,
        };
        self.last = Some(owner.clone());
        let (comment, tags) = entry.comment.map(noted).unwrap_or_default();
        let proxied = tags.iter().any(|tag| tag == "cf-proxied:true");
        Ok(Some(LiveRecord {
            id: None,
            name: owner,
            content: self.content(&record_type, data),
            record_type,
            proxied,
            ttl: ttl.filter(|ttl| !proxied && *ttl > 1),
            comment,
            tags: tags.into_iter().filter(|tag| !tag.starts_with("cf-")).collect(),
            read_only: false,
        }))
    }

    fn directive(&mut self, words: &[&str]) -> Result<(), &'static str> {
        match words {
            [word, origin] if word.eq_ignore_ascii_case("$ORIGIN") => self.origin = self.absolute(origin),
            [word, ttl] if word.eq_ignore_ascii_case("$TTL") => {
                self.ttl = Some(ttl.parse().map_err(|_| "`$TTL` is no number of seconds")?);
            }
            _ => return Err("of directives, `$ORIGIN` and `$TTL` are understood"),
        }
        Ok(())
    }

    /// A name as it is without the file around it.
    fn absolute(&self, text: &str) -> String {
        match text {
            "@" => self.origin.clone(),
            _ if text.ends_with('.') => name(text),
            _ => format!("{}.{}", name(text), self.origin),
        }
    }

    fn content(&self, record_type: &str, data: &[&str]) -> String {
        match (record_type, data) {
            ("TXT" | "SPF", _) => {
                let string = |word: &&str| {
                    let inner = word.strip_prefix('"').and_then(|word| word.strip_suffix('"')).unwrap_or(word);
                    unescaped(inner)
                };
                data.iter().map(string).collect()
            }
            ("CNAME" | "NS" | "PTR" | "DNAME" | "ALIAS", [target]) => self.absolute(target),
            _ => content(record_type, &data.join(" ")),
        }
    }
}

/// What somebody noted with a record, and its tags: Cloudflare writes both behind it, `note cf_tags=a:b,cf-proxied:true`.
fn noted(comment: &str) -> (Option<String>, Vec<String>) {
    const TAGS: &str = "cf_tags=";
    let comment = comment.trim();
    let at = comment.rfind(TAGS).filter(|at| comment.get(..*at).is_some_and(|b| b.is_empty() || b.ends_with(' ')));
    let (note, tags) = match at.and_then(|at| comment.split_at_checked(at)) {
        Some((note, tags)) => (note.trim(), tags.get(TAGS.len()..).unwrap_or_default()),
        None => (comment, ""),
    };
    let tags = tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
    (Some(note.to_owned()).filter(|note| !note.is_empty()), tags)
}
