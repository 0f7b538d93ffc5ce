//! Validation errors in our own words, at the place in the manifest.

mod retype;
mod text;

use std::sync::LazyLock;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value as Json;

use super::{MANIFEST_SCHEMA, synonyms};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean, either, quote_list};
use crate::origin::{OriginId, Origins};
use crate::source::{Sources, Span};
use crate::value::{Kind, Value};

pub(super) use text::no_map;
pub(crate) use text::snake_case;
use text::{choices, example, pascal_case, quoted, text, wanted, wanted_words, with_unit, words_of};

/// Codes of this phase.
pub const CODES_LIST: &[Code] = &[MAN009, MAN010, MAN011, MAN012, MAN013, MAN014, MAN015, MAN016, MAN017];

/// `MAN009`: no such kind.
pub const MAN009: Code = Code {
    id: "MAN009",
    explanation: "there is no such kind of component\n\n\
        `type` names one of the kinds that the compiler knows; the message lists them. For an AWS resource that no kind makes, \
        use the kind `resource`.",
};
/// `MAN010`: an unknown key.
pub const MAN010: Code = Code {
    id: "MAN010",
    explanation: "the key is not known here\n\n\
        Every key of a manifest is known to the compiler, so that a misspelt setting can never be ignored in silence. The \
        message lists what may stand here; `schema/layer.schema.json` gives editors the same list.",
};
/// `MAN011`: a required key is missing.
pub const MAN011: Code = Code {
    id: "MAN011",
    explanation: "something that must be written is missing\n\n\
        The setting has no default, and no layer of the stage writes it. Where only some stages lack it, the message names \
        them.",
};
/// `MAN012`: another type is needed.
pub const MAN012: Code = Code {
    id: "MAN012",
    explanation: "the value is of another type\n\n\
        YAML decides by the spelling: `17.7` is a number, `\"17.7\"` is text; `true` is a boolean, `\"true\"` is text. Quote what \
        must be text. A whole number has no point: `7`, not `7.0`. Nothing is converted silently, because an account id with a \
        leading zero would not survive it.",
};
/// `MAN013`: none of the words allowed.
pub const MAN013: Code = Code {
    id: "MAN013",
    explanation: "the value is none of those allowed\n\n\
        The setting takes one of a few words; the message lists them.",
};
/// `MAN014`: out of range.
pub const MAN014: Code = Code {
    id: "MAN014",
    explanation: "the value is out of range\n\n\
        The setting's limits are AWS's, or the compiler's where AWS has none; the setting's documentation says which.",
};
/// `MAN015`: the text has another form.
pub const MAN015: Code = Code {
    id: "MAN015",
    explanation: "the text does not have the form that is needed\n\n\
        The setting takes a text of a certain form; the message shows an example.",
};
/// `MAN016`: a name has another form.
pub const MAN016: Code = Code {
    id: "MAN016",
    explanation: "the name has another form\n\n\
        Components, secrets and inputs are written in PascalCase, letters and digits only, because their names become logical \
        ids. Values, outputs and labels are written in snake_case.",
};
/// `MAN017`: any other rule of the schema.
pub const MAN017: Code = Code {
    id: "MAN017",
    explanation: "the value breaks a rule of its setting\n\n\
        The rule stands in the setting's schema; the message says which.",
};

/// Puts validation errors into words.
pub(super) struct Words<'a> {
    tree: &'a Value,
    partial: bool,
    origins: &'a Origins,
    sources: &'a Sources,
}

/// The schema, for what messages say of it. The file is the one that the validator was generated from, so it parses.
static SCHEMA: LazyLock<Json> = LazyLock::new(|| serde_json::from_str(MANIFEST_SCHEMA).unwrap_or(Json::Null));

/// Finds the schema that holds a rule. Asked only for what is told in the end: most of what one of several forms misses is not,
/// and reading the schema takes longer than checking a layer.
type Rule<'r> = &'r dyn Fn() -> Option<&'static Json>;

/// What a word of another tool is called here.
fn called(ours: &str) -> String {
    format!("it is called `{ours}` here")
}

/// Whether an error says that something is left out: another layer, or what a reference stands for, may say it.
pub(super) fn is_left_out(error: &ValidationError<'_>) -> bool {
    use ValidationErrorKind as K;
    matches!(error.kind(), K::Required { .. } | K::MinItems { .. } | K::MinProperties { .. })
}

impl<'a> Words<'a> {
    pub(super) fn new(tree: &'a Value, partial: bool, origins: &'a Origins, sources: &'a Sources) -> Self {
        Words { tree, partial, origins, sources }
    }

    pub(super) fn report(&self, error: &ValidationError<'_>, findings: &mut Diagnostics) {
        if self.partial && is_left_out(error) {
            return;
        }
        let path = pointer(error.instance_path().as_str());
        self.error(error, &path, &|| rule(error.schema_path().as_str()), findings);
    }

    /// An error of one of several forms; `outer` is the setting's own rule, which knows an example.
    fn report_inner(&self, error: &ValidationError<'_>, outer: Rule<'_>, findings: &mut Diagnostics) {
        if self.partial && is_left_out(error) {
            return;
        }
        let path = pointer(error.instance_path().as_str());
        let speaks = |r: &Json| {
            ["description", "examples", "properties", "minimum", "maximum"].iter().any(|key| r.get(key).is_some())
        };
        let speaking = || {
            let own = rule(error.schema_path().as_str());
            own.filter(|r| speaks(r)).or_else(outer).or(own)
        };
        self.error(error, &path, &speaking, findings);
    }

    fn error(&self, error: &ValidationError<'_>, path: &[String], rule: Rule<'_>, findings: &mut Diagnostics) {
        use ValidationErrorKind as K;
        if let K::AnyOf { context } | K::OneOfNotValid { context } = error.kind() {
            return self.branches(error, context, path, rule, findings);
        }
        let rule = rule();
        let place = self.place(path);
        let name = self.setting_name(path);
        let shown = |value: &Value| self.shown(value);
        let title_start = match place.value {
            Some(value) => format!("`{name}` is {}", shown(value)),
            None => format!("`{name}` is missing"),
        };
        let limit = |what: String| format!("{title_start}, but {what}");
        let diagnostic = match error.kind() {
            K::AdditionalProperties { unexpected } => {
                // What stands beside an import is told as such when the layers are merged.
                let imported = matches!(path, [block, _] if block == "components")
                    && place.value.is_some_and(|v| v.get("import").is_some());
                for key in unexpected.iter().filter(|key| !imported || !self.is_setting(place.value, key)) {
                    if findings.is_full() {
                        return;
                    }
                    findings.push(self.unknown_key(path, key, rule));
                }
                return;
            }
            K::Required { property } => self.missing(path, property.as_str().unwrap_or_default(), &place, rule),
            K::Type { kind } => {
                let wanted = wanted(kind);
                let diagnostic = Diagnostic::error(MAN012, limit(format!("{wanted} is needed")));
                self.retyped(self.at(diagnostic, &place, &format!("{wanted} is needed")), &wanted, &place, rule)
            }
            K::Enum { options } if matches!(path, [block, _, key] if block == "components" && key == "type") => {
                self.no_kind(path, options, &place)
            }
            K::Enum { options } => self.not_among(&title_start, &words_of(options), &place),
            K::Constant { expected_value } => {
                let wanted = text(expected_value);
                let diagnostic = Diagnostic::error(MAN013, limit(format!("only `{wanted}` may stand here")));
                self.at(diagnostic, &place, "another word is needed").help(format!("write `{wanted}`"))
            }
            K::Minimum { limit: least } => self.out_of_range(limit(format!("the least is {least}")), &place, rule),
            K::Maximum { limit: most } => self.out_of_range(limit(format!("the most is {most}")), &place, rule),
            K::ExclusiveMinimum { limit: l } => self.out_of_range(limit(format!("it must be above {l}")), &place, rule),
            K::ExclusiveMaximum { limit: l } => self.out_of_range(limit(format!("it must be below {l}")), &place, rule),
            K::MinItems { limit: 1 } => {
                self.out_of_range(format!("`{name}` has no items"), &place, rule).help("write at least one item")
            }
            K::MinItems { limit: l } => self
                .out_of_range(format!("`{name}` has fewer than {l} items"), &place, rule)
                .help(format!("write {l} items or more")),
            K::MaxItems { limit: l } => self
                .out_of_range(format!("`{name}` has more than {l} items"), &place, rule)
                .help(format!("write {l} items or fewer")),
            K::MinProperties { limit: 1 } => {
                self.out_of_range(format!("`{name}` has no entries"), &place, rule).help("write at least one entry")
            }
            K::MinProperties { limit: l } => {
                self.out_of_range(format!("`{name}` has fewer than {l} keys"), &place, rule)
            }
            K::MaxProperties { limit: l } => {
                self.out_of_range(format!("`{name}` has more than {l} keys"), &place, rule)
            }
            K::MinLength { limit: 1 } => self
                .out_of_range(format!("`{name}` is an empty text"), &place, rule)
                .help("write at least one character"),
            K::MinLength { limit: l } => self
                .out_of_range(limit(format!("it must have at least {l} characters")), &place, rule)
                .help("write a longer text"),
            K::MaxLength { limit: l } => self
                .out_of_range(limit(format!("it may have at most {l} characters")), &place, rule)
                .help("write a shorter text"),
            K::MultipleOf { multiple_of } => {
                self.out_of_range(limit(format!("it must be a multiple of {multiple_of}")), &place, rule)
            }
            K::Pattern { pattern } if error.schema_path().as_str().contains("/propertyNames/") => {
                self.name(path, &text(error.instance()), pattern)
            }
            K::Pattern { .. } => self.form(&title_start, &place, rule),
            K::PropertyNames { error } => match error.kind() {
                K::Pattern { pattern } => self.name(path, &text(error.instance()), pattern),
                _ => self.name(path, &text(error.instance()), ""),
            },
            _ => self.at(
                Diagnostic::error(MAN017, format!("`{name}` breaks a rule of its setting: {error}")),
                &place,
                "here",
            ),
        };
        findings.push(diagnostic);
    }

    /// Of several forms, the one that was meant: the one of the same type, or the one with the fewest mistakes.
    fn branches(
        &self,
        error: &ValidationError<'_>,
        context: &[Vec<ValidationError<'static>>],
        path: &[String],
        rule: Rule<'_>,
        findings: &mut Diagnostics,
    ) {
        let at_top = |e: &ValidationError<'_>| e.instance_path().as_str() == error.instance_path().as_str();
        let other_type = |errors: &[ValidationError<'static>]| {
            errors.iter().any(|e| at_top(e) && matches!(e.kind(), ValidationErrorKind::Type { .. }))
        };
        let fitting: Vec<&Vec<ValidationError<'static>>> =
            context.iter().filter(|errors| !other_type(errors)).collect();
        let candidates: Vec<&Vec<ValidationError<'static>>> =
            if fitting.is_empty() { context.iter().collect() } else { fitting };
        let place = self.place(path);
        // Two branches of the same depth that only want another word or type: say all that is allowed in one message.
        let words: Vec<String> =
            context.iter().flatten().filter(|e| at_top(e)).flat_map(|e| wanted_words(e.kind())).collect();
        // Of a form of another type nothing counts but that: `2.5` is no whole number, whatever its limits say.
        let only_words = candidates
            .iter()
            .all(|errors| other_type(errors) || errors.iter().all(|e| at_top(e) && !wanted_words(e.kind()).is_empty()));
        if only_words && words.len() > 1 {
            let name = self.setting_name(path);
            let value = place.value.map(|v| self.shown(v)).unwrap_or_default();
            let choices: Vec<String> =
                context.iter().flatten().filter(|e| at_top(e)).flat_map(|e| choices(e.kind())).collect();
            if choices.len() == words.len() && place.value.is_some_and(|v| v.as_text().is_some()) {
                findings.push(self.not_among(&format!("`{name}` is {value}"), &choices, &place));
                return;
            }
            let wanted = either(&words);
            let diagnostic = Diagnostic::error(MAN012, format!("`{name}` is {value}, but {wanted} is needed"));
            findings.push(self.retyped(
                self.at(diagnostic, &place, "something else is needed"),
                &wanted,
                &place,
                rule(),
            ));
            return;
        }
        let best = candidates.into_iter().min_by_key(|errors| {
            let constant = errors.iter().any(|e| at_top(e) && matches!(e.kind(), ValidationErrorKind::Constant { .. }));
            (constant, errors.len())
        });
        for inner in best.into_iter().flatten() {
            self.report_inner(inner, rule, findings);
        }
    }

    fn unknown_key(&self, path: &[String], key: &str, rule: Option<&Json>) -> Diagnostic {
        let parent = self.tree.at(path);
        let entry = parent.and_then(|v| v.entry(key));
        let within = match path {
            [] => "a layer".to_owned(),
            path => format!("`{}`", self.setting_name(path)),
        };
        let diagnostic = Diagnostic::error(MAN010, format!("`{key}` is no key of {within}"));
        let mut known: Vec<String> = rule
            .and_then(|r| r.get("properties"))
            .and_then(Json::as_object)
            .map(|p| p.keys().cloned().collect())
            .unwrap_or_default();
        if path.is_empty() {
            known.push("zone".to_owned());
            known.sort();
        }
        let present = |k: &str| parent.is_some_and(|v| v.get(k).is_some());
        let free: Vec<&str> = known.iter().map(String::as_str).filter(|k| !present(k)).collect();
        let origin = entry.map_or(self.tree.origin, |e| e.key_origin);
        let diagnostic = diagnostic.at_origin(self.origins, origin, &[], "unknown key");
        match did_you_mean(key, free.iter().copied()) {
            Some(near) => {
                let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                match self.origins.spans(origin).first() {
                    Some(span) => diagnostic.edit(*span, near),
                    None => diagnostic,
                }
            }
            None if did_you_mean(key, known.iter().map(String::as_str)).is_some_and(present) => {
                let near = did_you_mean(key, known.iter().map(String::as_str)).unwrap_or_default();
                let other = parent.and_then(|v| v.entry(near)).map(|e| e.key_origin);
                diagnostic
                    .context_if_known(self.origins, other, "stands here already")
                    .help(format!("if `{near}` is meant, keep one of the two"))
            }
            None if free.is_empty() => diagnostic.help("remove it"),
            None if !maps_with(rule, key, &known).is_empty() => {
                let maps = maps_with(rule, key, &known).into_iter().map(|map| format!("`{map}: {{{key}: …}}`"));
                diagnostic.help(format!("it stands one level deeper: {}", either(&maps.collect::<Vec<_>>())))
            }
            None => match (
                synonyms::meant(key, free.iter().copied()),
                synonyms::of_sites(key, known.iter().map(String::as_str)),
            ) {
                (Some(ours), _) => diagnostic.help(called(ours)),
                (None, Some(instead)) => diagnostic.help(format!("remove it: {instead}")),
                (None, None) => diagnostic.help(format!("keys that may stand here: {}", quote_list(&free))),
            },
        }
    }

    fn missing(&self, path: &[String], property: &str, place: &Place<'_>, rule: Option<&Json>) -> Diagnostic {
        let of = match path {
            [] => "the manifest".to_owned(),
            path => format!("`{}`", self.setting_name(path)),
        };
        let schema = rule.and_then(|r| r.get("properties")).and_then(|p| p.get(property));
        let mut diagnostic = Diagnostic::error(MAN011, format!("{of} has no `{property}`"));
        diagnostic = match self.origins.spans(self.tree.origin).last() {
            // Whatever is missing at the top belongs into the base, which lies lowest.
            Some(base) if path.is_empty() => diagnostic.at(Span { end: base.start, ..*base }, "missing in this file"),
            _ => diagnostic.at_origin(self.origins, place.key, &[place.parent, self.tree.origin], "missing here"),
        };
        if let Some(text) = schema.and_then(|s| s.get("description")).and_then(Json::as_str) {
            diagnostic = diagnostic.note(format!("`{property}`: {}", text.lines().next().unwrap_or_default()));
        }
        match schema.and_then(example) {
            Some(example) => diagnostic.help(format!("write it, for example `{property}: {example}`")),
            None => diagnostic.help(format!("write `{property}`")),
        }
    }

    /// A `type` that is no kind.
    fn no_kind(&self, path: &[String], options: &Json, place: &Place<'_>) -> Diagnostic {
        let kinds = words_of(options);
        let name = path.get(1).map(String::as_str).unwrap_or_default();
        let value = place.value.map(|v| self.shown(v)).unwrap_or_default();
        let title = format!("the `type` of `{name}` is {value}, which is no kind of component");
        let diagnostic = self.at(Diagnostic::error(MAN009, title), place, "no such kind");
        let written = place.value.and_then(Value::as_text).unwrap_or_default();
        match did_you_mean(written, kinds.iter().map(String::as_str)) {
            Some(near) => self.replaced(diagnostic.help(format!("did you mean `{near}`?")), place, near),
            None => match synonyms::meant(written, kinds.iter().map(String::as_str)) {
                Some(ours) => diagnostic.help(called(ours)),
                None => diagnostic
                    .note(format!("kinds: {}", quote_list(&kinds)))
                    .help("for an AWS resource that no kind makes, write `type: resource`"),
            },
        }
    }

    /// Whether a key is a setting of the kind that a component has when it is made.
    fn is_setting(&self, component: Option<&Value>, key: &str) -> bool {
        let kind = component.and_then(|c| c.get("type")).and_then(Value::as_text);
        let made = |kind: &str| SCHEMA.get("$defs")?.get(kind)?.get("properties")?.get(key);
        match kind {
            Some(kind) => made(kind).is_some(),
            // An overlay leaves the type out; the merged component has it, and is checked as well.
            None => true,
        }
    }

    fn not_among(&self, title: &str, options: &[String], place: &Place<'_>) -> Diagnostic {
        let diagnostic = Diagnostic::error(MAN013, format!("{title}, which is none of the words allowed"));
        let diagnostic =
            self.at(diagnostic, place, "not one of them").note(format!("allowed: {}", quote_list(options)));
        let written = place.value.and_then(Value::as_text).unwrap_or_default();
        match did_you_mean(written, options.iter().map(String::as_str)) {
            Some(near) => self.replaced(diagnostic.help(format!("did you mean `{near}`?")), place, near),
            None => match synonyms::meant(written, options.iter().map(String::as_str)) {
                Some(ours) => diagnostic.help(called(ours)),
                None => diagnostic,
            },
        }
    }

    fn out_of_range(&self, title: String, place: &Place<'_>, rule: Option<&Json>) -> Diagnostic {
        let bounds = rule.map(|r| (r.get("minimum"), r.get("maximum")));
        let diagnostic = self.at(Diagnostic::error(MAN014, title), place, "out of range");
        match bounds {
            Some((Some(least), Some(most))) => diagnostic.help(format!("write {least} to {most}")),
            Some((Some(least), None)) => diagnostic.help(format!("write {least} or more")),
            Some((None, Some(most))) => diagnostic.help(format!("write {most} or less")),
            _ => diagnostic,
        }
    }

    fn form(&self, title: &str, place: &Place<'_>, rule: Option<&Json>) -> Diagnostic {
        let diagnostic = self.at(
            Diagnostic::error(MAN015, format!("{title}, which has another form than is needed")),
            place,
            "this form does not fit",
        );
        let described = rule.and_then(|r| r.get("description")).and_then(Json::as_str);
        let diagnostic = match described {
            Some(text) => diagnostic.note(text.lines().next().unwrap_or_default()),
            None => diagnostic,
        };
        let written = place.value.and_then(Value::as_text).unwrap_or_default();
        if let Some(meant) = rule.and_then(|rule| with_unit(written, rule)) {
            return self.replaced(diagnostic.help(format!("did you mean `{meant}`?")), place, &meant);
        }
        match rule.and_then(example) {
            Some(example) => diagnostic.help(format!("write it like `{example}`")),
            None => match rule.and_then(|r| r.get("pattern")).and_then(Json::as_str) {
                Some(pattern) => diagnostic.note(format!("it must fit `{pattern}`")),
                None => diagnostic,
            },
        }
    }

    fn name(&self, path: &[String], name: &str, pattern: &str) -> Diagnostic {
        let pascal = pattern.starts_with("^[A-Z]");
        let origin = self.tree.at(path).and_then(|v| v.entry(name)).map_or(self.tree.origin, |e| e.key_origin);
        let title = format!("`{name}` cannot be a name in `{}`", self.setting_name(path));
        let diagnostic =
            Diagnostic::error(MAN016, title).at_origin(self.origins, origin, &[], "another form is needed");
        let (note, repaired) = if pascal {
            (
                "names are PascalCase, a capital letter first, then letters and digits: they become logical ids",
                pascal_case(name),
            )
        } else {
            ("labels are snake_case: lower-case letters, digits and underscores", snake_case(name))
        };
        let diagnostic = diagnostic.note(note);
        match self.origins.spans(origin).first() {
            Some(span) if !repaired.is_empty() && repaired != name => {
                diagnostic.help(format!("write `{repaired}`")).edit(*span, repaired)
            }
            _ => diagnostic.help("choose another name"),
        }
    }

    fn replaced(&self, diagnostic: Diagnostic, place: &Place<'_>, by: &str) -> Diagnostic {
        match place.value.and_then(|v| self.own_span(v)) {
            Some(span) => diagnostic.edit(span, by),
            None => diagnostic,
        }
    }

    fn at(&self, diagnostic: Diagnostic, place: &Place<'_>, label: &str) -> Diagnostic {
        let origin = place.value.map_or(place.key, |v| v.origin);
        // A map's own span is its whole body: its key says as much and is shorter.
        let origin = if place.value.is_some_and(|v| matches!(v.kind, Kind::Map(_) | Kind::List(_))) {
            place.key
        } else {
            origin
        };
        diagnostic.at_origin(self.origins, origin, &[place.key, place.parent], label)
    }

    fn place(&self, path: &[String]) -> Place<'a> {
        let mut place = Place { value: Some(self.tree), key: self.tree.origin, parent: self.tree.origin };
        for step in path {
            let Some(at) = place.value else { break };
            place.parent = place.key;
            match &at.kind {
                Kind::List(items) => {
                    place.value = step.parse::<usize>().ok().and_then(|i| items.get(i));
                    place.key = place.value.map_or(place.key, |v| v.origin);
                }
                _ => {
                    let entry = at.entry(step);
                    place.value = entry.map(|e| &e.value);
                    place.key = entry.map_or(place.key, |e| e.key_origin);
                }
            }
        }
        place
    }

    /// What a message calls a setting: its own key, and the component's name before it.
    fn setting_name(&self, path: &[String]) -> String {
        match path {
            [] => "the layer".to_owned(),
            [block, rest @ ..] if block == "components" && !rest.is_empty() => rest.join("."),
            [block, label, rest @ ..] if block == "zones" && label == "main" && self.is_short_zone() => {
                std::iter::once("zone").chain(rest.iter().map(String::as_str)).collect::<Vec<_>>().join(".")
            }
            path => path.join("."),
        }
    }

    /// Whether the zone is written in its short form, `zone:`.
    fn is_short_zone(&self) -> bool {
        let main = self.tree.at(&["zones"]).and_then(|zones| zones.entry("main"));
        let span = main.and_then(|main| self.origins.spans(main.key_origin).first().copied());
        span.is_some_and(|span| self.sources.text(span) == "zone")
    }

    fn shown(&self, value: &Value) -> String {
        match &value.kind {
            Kind::Text(text) if text.chars().count() > 60 => {
                format!("`{}…`", text.chars().take(57).collect::<String>())
            }
            Kind::Text(text) => format!("`{}`", quoted(text)),
            Kind::Map(_) => "a map".to_owned(),
            Kind::List(_) => "a list".to_owned(),
            Kind::Null => "nothing".to_owned(),
            Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Ref(_) | Kind::Join(_) | Kind::Call(..) => {
                format!("`{}`", text(&super::json(value)))
            }
        }
    }
}

/// The schema that holds the rule which failed: the parent of the keyword.
fn rule(path: &str) -> Option<&'static Json> {
    let steps = pointer(path);
    let (_, parents) = steps.split_last()?;
    let mut at: &Json = &SCHEMA;
    for step in parents {
        if step == "$ref" {
            let target = at.get("$ref")?.as_str()?.strip_prefix('#')?;
            at = SCHEMA.pointer(target)?;
        } else {
            at = match at {
                Json::Array(items) => items.get(step.parse::<usize>().ok()?)?,
                _ => at.get(step)?,
            };
        }
    }
    Some(at)
}

/// Which of the settings `known` to a rule are maps in which `key` may stand.
fn maps_with<'k>(rule: Option<&Json>, key: &str, known: &'k [String]) -> Vec<&'k str> {
    let has = |schema: &Json| schema.get("properties").and_then(|p| p.get(key)).is_some();
    let property = |name: &str| rule?.get("properties")?.get(name);
    let takes = |name: &&String| {
        let Some(schema) = property(name) else { return false };
        let forms = schema.get("anyOf").and_then(Json::as_array);
        std::iter::once(schema).chain(forms.into_iter().flatten()).any(|schema| has(followed(schema)))
    };
    known.iter().filter(takes).map(String::as_str).collect()
}

/// What a schema refers to; itself if to nothing.
fn followed(schema: &Json) -> &Json {
    let target = schema.get("$ref").and_then(Json::as_str).and_then(|path| SCHEMA.pointer(path.strip_prefix('#')?));
    target.unwrap_or(schema)
}

/// A place in the tree.
struct Place<'a> {
    value: Option<&'a Value>,
    key: OriginId,
    parent: OriginId,
}

/// The steps of a JSON pointer.
fn pointer(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(|s| s.replace("~1", "/").replace("~0", "~")).collect()
}
