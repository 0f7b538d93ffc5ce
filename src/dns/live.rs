//! What a zone holds, as its provider says it: the answers of Cloudflare's API, or an export of the zone. Nothing is guessed: of a
//! snapshot that is not whole, what is missing would look as if it were not there.

mod content;
mod export;
mod json;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use super::plan::top_down;
use super::record::{Live, LiveRecord};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::manifest::lies_in;
use crate::source::{FileId, Sources, Span};

pub(super) use content::content;
pub use content::name;
pub use settings::{DNS047, Said, Settings};

/// `DNS030`: a file that cannot be read.
pub const DNS030: Code = Code {
    id: "DNS030",
    explanation: "the file does not say what the zone holds\n\n\
        `dns diff` compares with the zone as it is. It reads the answers of Cloudflare's API (`GET /zones/{id}/dns_records`, one \
        file or several, or the list in them), or an export of the zone (`GET /zones/{id}/dns_records/export`, a zone file of RFC \
        1035). What is neither, or ends too early, or names what no zone can hold, is refused as a whole: what is missing in it \
        would look as if the zone did not have it.\n\n\
        Fetch it again; `curl --fail-with-body` ends with an error where the answer is one.",
};

/// `DNS031`: an answer that is an error.
pub const DNS031: Code = Code {
    id: "DNS031",
    explanation: "the provider answered with an error\n\n\
        Cloudflare's API answers with `success: false` and its reasons where it refuses a request, most often because the token \
        may not read the zone. Such an answer says nothing of what the zone holds.\n\n\
        A token needs Zone.Zone:Read and Zone.DNS:Edit on the zone. Fetch the records again.",
};

/// `DNS032`: pages that do not make a whole.
pub const DNS032: Code = Code {
    id: "DNS032",
    explanation: "the pages do not make the whole zone\n\n\
        Cloudflare's API gives records in pages and says in `result_info` how many there are. A page that is missing, or a zone \
        that changed between two of them, would make records look as if they were not there.\n\n\
        Fetch all pages anew, with `per_page=5000` in one. An export of a zone is one file, and is not mixed with answers of the \
        API.",
};

/// `DNS033`: the records of another zone.
pub const DNS033: Code = Code {
    id: "DNS033",
    explanation: "the records are those of another zone\n\n\
        Every record of a zone lies in it: its name is the zone's, or ends with a dot and the zone's name. What was fetched is \
        another zone than the plan is for.\n\n\
        Fetch the zone of the plan, or name it with `--zone`.",
};

/// What a zone holds, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// What it holds.
    pub live: Live,
    /// Where each of its records is written, in their order.
    pub places: Vec<Span>,
}

/// A record, and where it is written.
type Found = (LiveRecord, Span);

/// What a zone holds by these files; none where they do not say it.
#[must_use]
pub fn read(files: &[FileId], zone: &str, sources: &Sources, findings: &mut Diagnostics) -> Option<Snapshot> {
    let before = findings.all().len();
    let (mut pages, mut exports, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        let text = sources.file(*file).text.as_str();
        match text.trim_start_matches('\u{feff}').trim_start().chars().next() {
            None => findings.push(nothing(*file, text)),
            Some('{' | '[') => pages.extend(json::read(*file, text, findings)?),
            Some('<') => {
                let title = "the file is a page of HTML, not the records of a zone";
                findings.push(unreadable(Span::new(*file, 0, first_line(text)), title, "this is HTML"));
            }
            Some(_) => {
                exports.push(Span::new(*file, 0, first_line(text)));
                found.extend(export::read(*file, text, zone, findings)?);
            }
        }
    }
    if let Some(second) = exports.get(1).or(exports.first().filter(|_| !pages.is_empty())) {
        let title = "an export is the whole zone, and another file is given beside it";
        findings.push(Diagnostic::error(DNS032, title).at(*second, "one file too many").help("give one of them"));
    }
    whole(&pages, findings);
    of_zone(&pages, zone, findings);
    let has_ids = exports.is_empty();
    found.extend(pages.into_iter().flat_map(|page| page.records));
    let found = once(found, findings);
    in_zone(&found, zone, findings);
    possible(&found, findings);
    if findings.all().len() > before {
        return None;
    }
    Some(snapshot(zone, found, has_ids))
}

/// What these records make, in a fixed order.
fn snapshot(zone: &str, mut found: Vec<Found>, has_ids: bool) -> Snapshot {
    found.sort_by(|(a, _), (b, _)| order(a).cmp(&order(b)));
    let (records, places): (Vec<LiveRecord>, Vec<Span>) = found.into_iter().unzip();
    let has_ids = has_ids && records.iter().all(|record| record.id.is_some());
    Snapshot { live: Live { zone: zone.to_owned(), records, has_ids }, places }
}

type Order<'r> = (Vec<&'r str>, &'r str, &'r str, Option<&'r str>, Option<&'r str>);

/// The order of records: what lies together stands together.
fn order(record: &LiveRecord) -> Order<'_> {
    let LiveRecord { name, record_type, content, id, comment, .. } = record;
    (top_down(name), record_type, content, id.as_deref(), comment.as_deref())
}

impl Snapshot {
    /// A snapshot of records that no file says.
    #[must_use]
    pub fn of(zone: &str, records: Vec<LiveRecord>) -> Snapshot {
        let nowhere = Span::new(FileId(0), 0, 0);
        let snapshot = snapshot(zone, records.into_iter().map(|record| (record, nowhere)).collect(), true);
        Snapshot { places: Vec::new(), ..snapshot }
    }

    /// Where a record is written: the one of its number.
    #[must_use]
    pub fn place(&self, index: usize) -> Option<Span> {
        self.places.get(index).copied()
    }
}

/// Whether the pages of an answer are all there.
fn whole(pages: &[json::Page], findings: &mut Diagnostics) {
    let said: Vec<(&json::Page, &json::Info)> =
        pages.iter().filter_map(|page| Some((page, page.info.as_ref()?))).collect();
    let Some((first, info)) = said.first() else { return };
    let all = "fetch all of it: `…/dns_records?per_page=5000`, or every page in a file of its own";
    let Some(total) = info.total_count else {
        let title = "the answer does not say how many records the zone has";
        let finding = Diagnostic::error(DNS032, title).at(first.at, "no `total_count` in `result_info`");
        return findings.push(finding.note("of a part of a zone nobody can tell what it lacks").help(all));
    };
    let other = said.iter().find(|(_, info)| info.total_count != Some(total));
    if let Some((other, info)) = other {
        let other_says = info.total_count.map_or("does not say".to_owned(), |count| format!("says {count}"));
        let title = format!("one page says that the zone has {total} records, and another {other_says}");
        let finding = Diagnostic::error(DNS032, title).at(other.at, "this page").context(first.at, "and this one");
        return findings
            .push(finding.help("fetch all pages anew: the zone changed between them, or they are of two zones"));
    }
    // Pages that overlap show one record twice, and hide another.
    let records = || pages.iter().flat_map(|page| &page.records).map(|(record, _)| record);
    let ids: BTreeSet<&str> = records().filter_map(|record| record.id.as_deref()).collect();
    let held = ids.len() + records().filter(|record| record.id.is_none()).count();
    if u64::try_from(held) == Ok(total) {
        return;
    }
    let numbers: BTreeSet<u64> = said.iter().map(|(_, info)| info.page.unwrap_or(1)).collect();
    let pages = info.total_pages.unwrap_or(1);
    let missing: Vec<String> =
        (1..=pages.min(1000)).filter(|page| !numbers.contains(page)).map(|page| page.to_string()).collect();
    let title = format!(
        "the zone has {total} records, and the file{} {held}",
        if said.len() == 1 { " holds" } else { "s hold" }
    );
    let mut finding = Diagnostic::error(DNS032, title).at(first.at, format!("`total_count` is {total}"));
    if !missing.is_empty() {
        let (word, is) = if missing.len() == 1 { ("page", "is") } else { ("pages", "are") };
        finding = finding.note(format!("of {pages} pages, {word} {} {is} missing", crate::diag::list(&missing)));
    }
    if held < records().count() {
        finding = finding.note("some stand on two pages: the zone changed while they were fetched");
    }
    findings.push(finding.help(all));
}

/// Each record once: pages that overlap show the same one twice.
fn once(found: Vec<Found>, findings: &mut Diagnostics) -> Vec<Found> {
    let mut known: BTreeMap<String, Found> = BTreeMap::new();
    let (mut without, mut told) = (Vec::new(), 0);
    for (record, at) in found {
        let Some(id) = record.id.clone() else {
            without.push((record, at));
            continue;
        };
        match known.get(&id) {
            Some((same, first)) if *same != record && told < MOST_TOLD => {
                told += 1;
                let title = format!("the record `{id}` stands twice, and not the same both times");
                let finding = Diagnostic::error(DNS032, title).at(at, "here").context(*first, "and here");
                findings.push(finding.help("fetch all pages anew: the zone changed between them"));
            }
            Some(_) => {}
            None => drop(known.insert(id, (record, at))),
        }
    }
    known.into_values().chain(without).collect()
}

/// Refuses answers that say of themselves that they are another zone's: one that lies below the zone has names like its own.
fn of_zone(pages: &[json::Page], zone: &str, findings: &mut Diagnostics) {
    let mut other = pages.iter().filter_map(|page| Some((page, page.zone.as_ref().filter(|name| *name != zone)?)));
    if let Some((page, name)) = other.next() {
        let title = format!("the answer is of the zone `{name}`, not of `{zone}`");
        let help = format!("fetch the records of `{zone}`");
        findings.push(Diagnostic::error(DNS033, title).at(page.at, "of another zone").help(help));
    }
}

fn in_zone(found: &[Found], zone: &str, findings: &mut Diagnostics) {
    // The record that begins a zone stands at its top.
    if let Some((record, at)) = found.iter().find(|(r, _)| r.record_type == "SOA" && r.name != zone) {
        let title = format!("the export is of the zone `{}`, not of `{zone}`", record.name);
        let help = format!("export the zone `{zone}`");
        return findings.push(Diagnostic::error(DNS033, title).at(*at, "of another zone").help(help));
    }
    let mut outside = found.iter().filter(|(record, _)| !lies_in(&record.name, zone));
    let Some((record, at)) = outside.next() else { return };
    let more = match outside.count() {
        0 => "does not lie".to_owned(),
        more => format!("and {more} more do not lie"),
    };
    let title = format!("`{}` {more} in the zone `{zone}`", record.name);
    let help = format!("fetch the records of `{zone}`");
    findings.push(Diagnostic::error(DNS033, title).at(*at, "of another zone").help(help));
}

/// How many mistakes of one kind are told: whoever sends these is no name server, and the others are no better.
const MOST_TOLD: usize = 5;
/// The longest name and the longest label that DNS knows (RFC 1035, section 2.3.4).
const NAME: usize = 253;
const LABEL: usize = 63;

/// Refuses names that no zone can hold.
fn possible(found: &[Found], findings: &mut Diagnostics) {
    let mut told = 0;
    for (record, at) in found {
        let label = record.name.split('.').find(|label| label.len() > LABEL || label.is_empty());
        let why = match label {
            Some("") => "it has an empty label".to_owned(),
            Some(label) => format!("a label of it has {} characters, and DNS knows 63 at most", label.len()),
            None if record.name.len() > NAME => {
                format!("it has {} characters, and DNS knows 253 at most", record.name.len())
            }
            None => continue,
        };
        findings.push(unreadable(*at, format!("no zone holds `{}`: {why}", record.name), "this record"));
        told += 1;
        if told == MOST_TOLD {
            return;
        }
    }
}

fn nothing(file: FileId, text: &str) -> Diagnostic {
    unreadable(Span::new(file, 0, text.len()), "the file is empty", "nothing is here")
        .note("an empty zone is `{\"result\": [], …}`; an empty file is an answer that did not come")
}

fn unreadable(at: Span, title: impl Into<String>, label: &str) -> Diagnostic {
    Diagnostic::error(DNS030, title).at(at, label)
}

/// Where the first line ends.
fn first_line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len()).min(80).min(text.len())
}
