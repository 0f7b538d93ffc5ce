//! Filters of an event source: which records a function gets, as far as what records look like tells.

use crate::component::Context;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::part::{json, pattern};
use crate::setting::{Any, Keyed};
use crate::value::{Entry, Kind, Value};

/// Codes of filters.
pub const CODES: &[Code] = &[CFN223, CFN226];

/// `CFN223`: more filters than Lambda takes.
pub const CFN223: Code = Code {
    id: "CFN223",
    explanation: "an event source has more filters than Lambda takes\n\n\
        A record that one of the filters fits goes to the function. Lambda takes up to five filters per event source, and ten \
        where the quota was raised (Lambda Developer Guide, \"Control which events Lambda sends to your function\"). One \
        filter may list several values for a field: `{kind: [created, changed]}`.",
};

/// `CFN226`: a filter that fits no record.
pub const CFN226: Code = Code {
    id: "CFN226",
    explanation: "a filter fits no record, or Lambda cannot read it\n\n\
        A filter looks like the record: a map whose names are those of the record, each with a list of what fits, or with names \
        again. All names must fit. What a message of SQS says stands below `body`: `{body: {kind: [paid]}}`. The fields of an item \
        of DynamoDB stand below `NewImage`, `OldImage` or `Keys` of `dynamodb`, each with its type, and numbers are texts there: \
        `{dynamodb: {NewImage: {state: {S: [paid]}, total: {N: [\"5\"]}}}}`. A name that no record has fits none: Lambda deletes \
        the messages of a queue that no filter fits, and passes over such records of a stream (Lambda Developer Guide, \"Control \
        which events Lambda sends to your function\").",
};

/// How many filters Lambda takes unless a quota was raised.
const FILTERS: usize = 5;

/// The filters of an event source.
#[derive(Debug)]
pub struct Filters<'s> {
    /// The setting that holds them.
    pub setting: &'static str,
    /// Them, by label.
    pub patterns: &'s Keyed<Any>,
    /// What they look at.
    pub records: &'static Records,
}

/// What the records of an event source look like.
#[derive(Debug)]
pub struct Records {
    /// What one is called.
    pub name: &'static str,
    /// Its names at the top.
    pub keys: &'static [&'static str],
    /// What stands around what a name that is none of them was probably meant for.
    pub around: (&'static str, &'static str),
    /// What Lambda does with one that no filter fits.
    pub unfit: &'static str,
    /// A filter.
    pub example: &'static str,
    /// Where fields with a type stand, if there are any.
    pub typed: Option<Typed>,
}

/// Fields with a type.
#[derive(Debug)]
pub struct Typed {
    /// The name at the top.
    pub below: &'static str,
    /// The names below it whose fields have a type.
    pub images: &'static [&'static str],
    /// The types.
    pub types: &'static [&'static str],
    /// The type of a map, whose fields have a type again.
    pub map: &'static str,
    /// The type of a text.
    pub text: &'static str,
    /// The type of a truth.
    pub truth: &'static str,
    /// The type of a number, which is written as a text.
    pub number: &'static str,
}

impl Filters<'_> {
    /// The filters as Lambda takes them. Reports what fits nothing.
    pub(super) fn lower(&self, on: &Context<'_>) -> Vec<Value> {
        for (label, Any(pattern)) in self.patterns.iter() {
            let setting = format!("{}.{}", self.setting, label.value);
            One { on, setting: &setting, records: self.records }.check(pattern);
        }
        let patterns: Vec<Value> = self.patterns.iter().map(|(_, Any(pattern))| json::text(on, pattern)).collect();
        if patterns.len() > FILTERS
            && let Some((sixth, _)) = self.patterns.iter().nth(FILTERS)
        {
            let title = format!("`{}` has {} filters; Lambda takes {FILTERS}", on.name, patterns.len());
            on.report(
                on.at(Diagnostic::error(CFN223, title), sixth.origin, "one too many")
                    .note("limit: Lambda quotas, filters per event source mapping, 5")
                    .help("list several values in one filter, such as `{kind: [created, changed]}`"),
            );
        }
        patterns
    }
}

/// One filter.
struct One<'a> {
    on: &'a Context<'a>,
    setting: &'a str,
    records: &'static Records,
}

impl One<'_> {
    fn check(&self, filter: &Value) {
        let (on, setting) = (self.on, self.setting);
        if !matches!(filter.kind, Kind::Map(_)) {
            let title = format!("`{setting}` of `{}` is no map", on.name);
            let diagnostic = on.at(Diagnostic::error(CFN226, title), filter.origin, "a map of names is needed");
            return on.report(diagnostic.help(format!("write it like a record, such as `{}`", self.records.example)));
        }
        if filter.entries().is_empty() {
            let title = format!("`{setting}` of `{}` has no names", on.name);
            let diagnostic = on.at(Diagnostic::error(CFN226, title), filter.origin, "tells no records apart");
            return on.report(diagnostic.help(format!("write what fits, such as `{}`", self.records.example)));
        }
        let reported = self.unknown_names(filter) | self.untyped_fields(filter);
        // What has no place says nothing sure about what stands in it.
        if !reported {
            pattern::Pattern { on, code: CFN226, setting, flat: None }.leaves(filter);
        }
    }

    /// Reports names that no record has.
    fn unknown_names(&self, filter: &Value) -> bool {
        let (on, records) = (self.on, self.records);
        let mut reported = false;
        for entry in pattern::names(filter).filter(|e| !records.keys.contains(&e.key.as_str())) {
            let (key, (before, after)) = (&entry.key, records.around);
            let title = format!("`{key}` is no part of {}", records.name);
            let label = format!("`{}` fits nothing", self.setting);
            let diagnostic = on.at(Diagnostic::error(CFN226, title), entry.key_origin, &label).note(records.unfit);
            on.report(match did_you_mean(key, records.keys.iter().copied()) {
                Some(near) => on.repair(diagnostic.help(format!("did you mean `{near}`?")), entry.key_origin, near),
                None => diagnostic.help(format!("write `{before}{key}: …{after}`")),
            });
            reported = true;
        }
        reported
    }

    /// Reports fields without their type.
    fn untyped_fields(&self, filter: &Value) -> bool {
        let Some(typed) = &self.records.typed else { return false };
        let top = filter.entries().iter().filter(|e| e.key == typed.below);
        let images = top.flat_map(|e| e.value.entries()).filter(|e| typed.images.contains(&e.key.as_str()));
        // Every image is looked at: `any` would stop at the first finding.
        images.fold(false, |reported, image| self.fields(typed, &image.value) | reported)
    }

    fn fields(&self, typed: &Typed, image: &Value) -> bool {
        let mut reported = false;
        for field in pattern::names(image) {
            if !matches!(field.value.kind, Kind::Map(_)) {
                self.no_type(typed, field);
                reported = true;
            }
            for entry in pattern::names(&field.value) {
                if !typed.types.contains(&entry.key.as_str()) {
                    self.other_type(typed, field, entry);
                    reported = true;
                } else if entry.key == typed.map {
                    reported |= self.fields(typed, &entry.value);
                } else if entry.key == typed.number {
                    reported |= self.numbers(field, entry);
                }
            }
        }
        reported
    }

    fn no_type(&self, typed: &Typed, field: &Entry) {
        let (on, key) = (self.on, &field.key);
        let title = format!("`{key}` in `{}` of `{}` has no type", self.setting, on.name);
        let diagnostic = on
            .at(Diagnostic::error(CFN226, title), field.key_origin, "fits nothing")
            .note(format!("each field of an item has a type: {}", typed.types.join(", ")))
            .note(self.records.unfit);
        let (value, is_list) = (&field.value, matches!(field.value.kind, Kind::List(_)));
        let items = if is_list { value.items() } else { std::slice::from_ref(value) };
        let list: Option<Vec<String>> = items.iter().map(|item| typed.item(item)).collect();
        let inner = match (typed.of(items), list) {
            (kind, Some(list)) if !list.is_empty() => format!("{{{kind}: [{}]}}", list.join(", ")),
            (kind, _) => format!("{{{kind}: […]}}"),
        };
        let diagnostic = diagnostic.help(format!("write `{key}: {inner}`"));
        // A list may be written in lines of its own; only a value in its line is replaced for sure.
        on.report(match pattern::scalar(value) {
            Some(_) => on.repair(diagnostic, value.origin, &inner),
            None => diagnostic,
        });
    }

    fn other_type(&self, typed: &Typed, field: &Entry, entry: &Entry) {
        let (on, key) = (self.on, &entry.key);
        let title = format!("`{key}` of `{}` in `{}` of `{}` is no type", field.key, self.setting, on.name);
        let diagnostic =
            on.at(Diagnostic::error(CFN226, title), entry.key_origin, "fits nothing").note(self.records.unfit);
        on.report(match typed.types.iter().find(|known| known.eq_ignore_ascii_case(key)) {
            Some(near) => on.repair(diagnostic.help(format!("did you mean `{near}`?")), entry.key_origin, near),
            None => diagnostic.help(format!(
                "write one of {}; fields of a map stand below `{}`",
                typed.types.join(", "),
                typed.map
            )),
        });
    }

    /// Reports numbers where a record has texts.
    fn numbers(&self, field: &Entry, entry: &Entry) -> bool {
        let on = self.on;
        let mut reported = false;
        let items = if let Kind::List(items) = &entry.value.kind { items } else { std::slice::from_ref(&entry.value) };
        for item in items {
            let is_operator = item.entries().iter().any(|e| e.key == "numeric");
            if !is_operator && !matches!(item.kind, Kind::Int(_) | Kind::Float(_)) {
                continue;
            }
            let title = format!("`{}` in `{}` of `{}` is compared with a number", field.key, self.setting, on.name);
            let diagnostic = on.at(Diagnostic::error(CFN226, title), item.origin, "fits nothing").note(
                "numbers of DynamoDB are texts in a record (Lambda Developer Guide, event filtering with DynamoDB)",
            );
            on.report(match &item.kind {
                Kind::Int(number) => {
                    let text = if items.len() == 1 && !matches!(entry.value.kind, Kind::List(_)) {
                        format!("[\"{number}\"]")
                    } else {
                        format!("\"{number}\"")
                    };
                    on.repair(diagnostic.help(format!("write `{text}`")), item.origin, &text)
                }
                _ => diagnostic
                    .help("list the numbers that fit as texts, such as `N: [\"5\"]`, or compare in the function"),
            });
            reported = true;
        }
        reported
    }
}

impl Typed {
    /// The type that values were probably meant to have.
    fn of(&self, items: &[Value]) -> &'static str {
        match items.first().map(|item| &item.kind) {
            Some(Kind::Int(_) | Kind::Float(_)) => self.number,
            Some(Kind::Bool(_)) => self.truth,
            _ => self.text,
        }
    }

    /// A value as it stands below its type.
    fn item(&self, item: &Value) -> Option<String> {
        let written = pattern::scalar(item)?;
        Some(if matches!(item.kind, Kind::Int(_)) { format!("\"{written}\"") } else { written })
    }
}
