//! The answers of Cloudflare's API.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{DNS030, DNS031, Found, content, name, unreadable};
use crate::diag::{Diagnostic, Diagnostics};
use crate::dns::record::LiveRecord;
use crate::source::{FileId, Span};

/// One answer with records.
#[derive(Debug)]
pub(super) struct Page {
    /// Its records.
    pub(super) records: Vec<Found>,
    /// What it says of all pages; none of a bare list, which whoever made it took for the whole.
    pub(super) info: Option<Info>,
    /// The zone that its records say to be of, where they do; of several, one.
    pub(super) zone: Option<String>,
    /// Where it stands.
    pub(super) at: Span,
}

/// What an answer says of all pages.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Info {
    pub(super) page: Option<u64>,
    pub(super) total_count: Option<u64>,
    pub(super) total_pages: Option<u64>,
}

/// An answer of the API, whatever it is about.
#[derive(Debug, Deserialize)]
pub(super) struct Answer<'t> {
    #[serde(borrow)]
    pub(super) result: Option<&'t RawValue>,
    success: Option<bool>,
    #[serde(default)]
    errors: Option<Vec<Reason>>,
    result_info: Option<Info>,
}

/// Why the API refused.
#[derive(Debug, Deserialize)]
struct Reason {
    code: Option<i64>,
    message: Option<String>,
}

/// A record as the API writes it, as far as it is of interest.
#[derive(Debug, Deserialize)]
struct Item<'t> {
    id: Option<String>,
    #[serde(borrow)]
    name: &'t RawValue,
    #[serde(rename = "type")]
    record_type: String,
    zone_name: Option<String>,
    content: Option<String>,
    proxied: Option<bool>,
    ttl: Option<f64>,
    comment: Option<String>,
    tags: Option<Vec<String>>,
    #[serde(default)]
    locked: Option<bool>,
    meta: Option<Meta>,
}

#[derive(Debug, Deserialize)]
struct Meta {
    read_only: Option<bool>,
}

/// The most documents that a file holds: pages of a zone are fewer.
const MOST_DOCUMENTS: usize = 10_000;

/// Reads documents of JSON, one after the other in a file.
pub(super) struct Documents<'t> {
    file: FileId,
    text: &'t str,
}

impl<'t> Documents<'t> {
    pub(super) fn of(file: FileId, text: &'t str) -> Self {
        Documents { file, text }
    }

    /// All documents of the file; none where one of them ends too early, or is no JSON.
    pub(super) fn all(&self, findings: &mut Diagnostics) -> Option<Vec<&'t RawValue>> {
        let text = self.text.trim_start_matches('\u{feff}');
        let mut all = Vec::new();
        for document in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
            match document {
                Ok(_) if all.len() == MOST_DOCUMENTS => {
                    let title = format!("the file holds more than {MOST_DOCUMENTS} documents of JSON");
                    findings.push(unreadable(Span::new(self.file, 0, 1), title, "answers are some pages"));
                    return None;
                }
                Ok(document) => all.push(document),
                Err(error) => {
                    findings.push(self.wrong(text, &error));
                    return None;
                }
            }
        }
        Some(all)
    }

    /// What a part of the text says; none where it has another form.
    pub(super) fn part<T: Deserialize<'t>>(&self, raw: &'t RawValue, findings: &mut Diagnostics) -> Option<T> {
        serde_json::from_str(raw.get()).map_err(|error| findings.push(self.wrong(raw.get(), &error))).ok()
    }

    /// What an answer is about; none where it is an error of the API.
    pub(super) fn answer(&self, raw: &'t RawValue, findings: &mut Diagnostics) -> Option<Answer<'t>> {
        let answer: Answer<'t> = self.part(raw, findings)?;
        if answer.success != Some(false) {
            return Some(answer);
        }
        let said: Vec<String> = answer.errors.unwrap_or_default().iter().map(Reason::text).collect();
        let why = if said.is_empty() { "and says no reason".to_owned() } else { format!("`{}`", said.join("; ")) };
        let title = format!("the file is an error of the API, {why}");
        findings.push(Diagnostic::error(DNS031, title).at(self.head(raw), "the answer to a request that failed"));
        None
    }

    /// Where a part of the text begins, as far as its first line.
    pub(super) fn head(&self, raw: &RawValue) -> Span {
        let start = self.offset(raw.get());
        Span::new(self.file, start, start + super::first_line(raw.get()))
    }

    /// Where a part of the text stands.
    fn span(&self, raw: &RawValue) -> Span {
        let start = self.offset(raw.get());
        Span::new(self.file, start, start + raw.get().len())
    }

    /// How far a part of the text is from its beginning.
    fn offset(&self, part: &str) -> usize {
        (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    fn wrong(&self, text: &str, error: &serde_json::Error) -> Diagnostic {
        let start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        // The place where something is missing at the end is behind the last character.
        let mut at = (start + error.column().saturating_sub(1)).min(text.trim_end().len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let at = Span::new(self.file, self.offset(text) + at, self.offset(text) + at);
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        if error.is_eof() {
            let title = "the file ends too early: it is not the whole answer";
            return unreadable(at, title, "JSON goes on here").note(format!("JSON: {said}"));
        }
        let is_shape = error.is_data();
        let title = if is_shape { "this is no answer with the records of a zone" } else { "the file is no JSON" };
        unreadable(at, format!("{title}: {said}"), if is_shape { "this has another form" } else { "here" })
    }
}

impl Reason {
    fn text(&self) -> String {
        let message = self.message.as_deref().unwrap_or("no message");
        self.code.map_or_else(|| message.to_owned(), |code| format!("{message} ({code})"))
    }
}

/// The pages that a file holds.
pub(super) fn read(file: FileId, text: &str, findings: &mut Diagnostics) -> Option<Vec<Page>> {
    let documents = Documents::of(file, text);
    let mut pages = Vec::new();
    for document in documents.all(findings)? {
        if document.get().starts_with('{') {
            pages.push(page(&documents, document, findings)?);
            continue;
        }
        let items: Vec<&RawValue> = documents.part(document, findings)?;
        // `jq -s` makes a list of answers.
        if items
            .first()
            .is_some_and(|first| serde_json::from_str::<Answer<'_>>(first.get()).is_ok_and(|a| a.success.is_some()))
        {
            for item in items {
                pages.push(page(&documents, item, findings)?);
            }
            continue;
        }
        let (records, zone) = records(&documents, &items, findings)?;
        pages.push(Page { records, info: None, zone, at: documents.head(document) });
    }
    Some(pages)
}

fn page<'t>(documents: &Documents<'t>, raw: &'t RawValue, findings: &mut Diagnostics) -> Option<Page> {
    let answer = documents.answer(raw, findings)?;
    let Some(result) = answer.result.filter(|result| result.get().starts_with('[')) else {
        let title = "the file holds no list of DNS records";
        let finding = Diagnostic::error(DNS030, title).at(documents.head(raw), "no `result` with a list");
        findings
            .push(finding.note("Cloudflare's answer is `{\"result\": [{\"id\": …, \"name\": …}], \"success\": true}`"));
        return None;
    };
    let items: Vec<&RawValue> = documents.part(result, findings)?;
    let (records, zone) = records(documents, &items, findings)?;
    Some(Page { records, info: Some(answer.result_info.unwrap_or_default()), zone, at: documents.head(raw) })
}

/// The records of a page, and the last zone in the order of names that they say to be of: where it is not the only one, it is not that
/// of all.
fn records<'t>(
    documents: &Documents<'t>,
    items: &[&'t RawValue],
    findings: &mut Diagnostics,
) -> Option<(Vec<Found>, Option<String>)> {
    let mut records = Vec::with_capacity(items.len());
    let mut zones = BTreeSet::new();
    for raw in items {
        let mut item: Item<'t> = documents.part(raw, findings)?;
        let (text, at) = (documents.part::<String>(item.name, findings)?, documents.span(item.name));
        zones.extend(item.zone_name.take().map(|zone| name(&zone)));
        records.push((item.record(&text), at));
    }
    Some((records, zones.pop_last()))
}

impl Item<'_> {
    fn record(self, named: &str) -> LiveRecord {
        let record_type = self.record_type.to_ascii_uppercase();
        let proxied = self.proxied.unwrap_or(false);
        // 1 is Cloudflare's word for a time of its own choice.
        let seconds = self.ttl.filter(|ttl| !proxied && *ttl > 1.0 && *ttl <= f64::from(u32::MAX));
        LiveRecord {
            id: self.id.filter(|id| !id.is_empty()),
            name: name(named),
            content: content(&record_type, &self.content.unwrap_or_default()),
            record_type,
            proxied,
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            ttl: seconds.map(|ttl| ttl as u32),
            comment: self.comment.filter(|comment| !comment.is_empty()),
            tags: self.tags.unwrap_or_default(),
            read_only: self.meta.and_then(|meta| meta.read_only).unwrap_or(false) || self.locked.unwrap_or(false),
        }
    }
}
