//! References: `${a.b.c}` in values, resolved as far as the manifest itself can.
//!
//! Roots in lower case are the manifest's own (`stage project region account zone zones values secrets inputs`); any other
//! root is a component. What the manifest says is put in place; what only the deploy knows becomes a
//! [`Symbol`](crate::value::Symbol).

mod parse;

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean, quote_list};
use crate::origin::{Origin, OriginId, Origins, VALUE_OF_REFERENCE};
use crate::overlay::Overlaid;
use crate::source::{Sources, Span};
use crate::value::{Entry, Kind, Symbol, Value};

use parse::{Piece, pieces};

/// Codes of this phase.
pub const CODES: &[Code] = &[REF001, REF002, REF003, REF004, REF005, REF006, REF009, REF024];

/// `REF024`: a reference in a key.
pub const REF024: Code = Code {
    id: "REF024",
    explanation: "a reference stands in a key\n\n\
        References stand in values. Keys are names that overlays change settings by, so that they must be known from the file \
        alone. Write the name itself, and put what differs into the value.",
};

/// `REF001`: the text of a reference is broken.
pub const REF001: Code = Code {
    id: "REF001",
    explanation: "the reference cannot be read\n\n\
        A reference is `${` and a path of names with dots between them and `}`: `${values.api_host}`, `${ReggieDb.url}`. A literal \
        `${` is written `$${`.",
};

/// `REF002`: the reference leads to nothing.
pub const REF002: Code = Code {
    id: "REF002",
    explanation: "the reference leads to nothing\n\n\
        The first name of a reference is one of `stage project region account zone zones values secrets inputs`, or the name of \
        a component of this stage. What follows must exist below it.",
};

/// `REF003`: values refer to each other in a circle.
pub const REF003: Code = Code {
    id: "REF003",
    explanation: "values refer to each other in a circle\n\n\
        Each of these values needs the next one, and the last needs the first. Write one of them out.",
};

/// `REF004`: a map or list inside a text.
pub const REF004: Code = Code {
    id: "REF004",
    explanation: "a map or list stands inside a text\n\n\
        A reference that is the whole value keeps its type. Inside a text only texts, numbers and booleans can stand.",
};

/// `REF005`: a component that this stage does not have.
pub const REF005: Code = Code {
    id: "REF005",
    explanation: "the component is not there on this stage\n\n\
        The component is limited to other stages by its `stages:`. Limit what refers to it in the same way, or let the component \
        exist on this stage too.",
};

/// `REF006`: a secret without `.name`, `.arn` or `.value`.
pub const REF006: Code = Code {
    id: "REF006",
    explanation: "a secret is referenced without saying what of it\n\n\
        `${secrets.X.name}` is the name under which code reads the value at run time (it needs a link). `${secrets.X.value}` is \
        the value itself, put in place when deployed. `${secrets.X.arn}` is for policies.",
};

/// `REF009`: references that lead too far, or to too much.
pub const REF009: Code = Code {
    id: "REF009",
    explanation: "references lead through too many values, or to too much text\n\n\
        A value may refer to one that refers to the next, up to 32 of them, all texts that references are replaced by may \
        have 8 MB together, and a reference may stand in up to 64 lists and maps within each other. More than that is a mistake, or values that multiply each other.",
};

/// How many values may lead to one another.
const LONGEST: usize = 32;
/// How deep in lists and maps a reference may stand that leads to more of them.
const DEEPEST: usize = 64;
/// Bytes that references may lead to, all together.
const MOST: usize = 8 << 20;
/// What a value counts for, however short: about the memory that it takes.
const SMALLEST: usize = 64;

/// Roots that are the manifest's own.
const ROOTS: &[&str] = &["account", "inputs", "project", "region", "secrets", "stage", "values", "zone", "zones"];

/// Resolves every reference of `tree`: the merged tree, or a part of it.
pub fn resolve(
    overlaid: &Overlaid,
    tree: &Value,
    absent: &BTreeMap<String, OriginId>,
    sources: &Sources,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Value {
    let mut resolver = Resolver {
        overlaid,
        absent,
        sources,
        origins,
        findings,
        path: Vec::new(),
        circles: BTreeSet::new(),
        work: 0,
        depth: 0,
        is_told: false,
    };
    resolver.value(tree)
}

struct Resolver<'a> {
    overlaid: &'a Overlaid,
    /// Components that other stages have, with the place of their `stages:`.
    absent: &'a BTreeMap<String, OriginId>,
    sources: &'a Sources,
    origins: &'a Origins,
    findings: &'a mut Diagnostics,
    /// The references that are being followed.
    path: Vec<String>,
    /// The circles that were told.
    circles: BTreeSet<BTreeSet<String>>,
    /// Values and bytes so far; beyond [`MOST`] no reference is followed any more.
    work: usize,
    /// How many lists and maps stand around the value that is being resolved, those of other values included.
    depth: usize,
    /// Whether it was told that references lead too far.
    is_told: bool,
}

impl Resolver<'_> {
    fn value(&mut self, value: &Value) -> Value {
        self.work += SMALLEST + value.as_text().map_or(0, str::len);
        self.depth += 1;
        let resolved = self.resolved(value);
        self.depth -= 1;
        resolved
    }

    fn resolved(&mut self, value: &Value) -> Value {
        let kind = match &value.kind {
            Kind::Text(text) if text.contains("${") => return self.text(text, value.origin),
            Kind::List(items) => Kind::List(items.iter().map(|v| self.value(v)).collect()),
            Kind::Map(entries) => Kind::Map({
                entries.iter().filter(|e| e.key.contains("${")).for_each(|e| self.key(e));
                entries
                    .iter()
                    .map(|e| Entry { key: e.key.clone(), key_origin: e.key_origin, value: self.value(&e.value) })
                    .collect()
            }),
            Kind::Call(name, argument) => Kind::Call(name.clone(), Box::new(self.value(argument))),
            other => other.clone(),
        };
        Value::new(value.origin, kind)
    }

    /// Reports a key that looks like a reference: it would stay as it is.
    fn key(&mut self, entry: &Entry) {
        if self.findings.is_full() {
            return;
        }
        let title = format!("the key `{}` holds a reference, and references stand in values only", entry.key);
        let diagnostic =
            Diagnostic::error(REF024, title).at_origin(self.origins, entry.key_origin, &[], "never filled in");
        self.findings.push(diagnostic.help("write the name itself"));
    }

    fn text(&mut self, text: &str, origin: OriginId) -> Value {
        let (pieces, broken) = pieces(text);
        for problem in broken {
            if self.findings.is_full() {
                break;
            }
            let label = "starts a reference that cannot be read";
            let diagnostic = self.at(Diagnostic::error(REF001, problem.message), origin, text, problem.range, label);
            self.findings.push(diagnostic.help("write `${name.name}`; a literal `${` is `$${`"));
        }
        if let [Piece::Reference { path, range }] = pieces.as_slice() {
            return self.reference(path, origin, text, range.clone());
        }
        let mut parts: Vec<Value> = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(literal) => parts.push(Value::text(origin, literal)),
                Piece::Reference { path, range } => {
                    let part = self.reference(&path, origin, text, range.clone());
                    if matches!(part.kind, Kind::Map(_) | Kind::List(_)) {
                        let title = format!("`${{{}}}` is a {}, inside a text", path.join("."), shape(&part));
                        let diagnostic =
                            self.at(Diagnostic::error(REF004, title), origin, text, range, "only text fits");
                        self.findings.push(diagnostic.help("reference one value below it"));
                    }
                    match part.kind {
                        Kind::Join(inner) => parts.extend(inner),
                        _ => parts.push(part),
                    }
                }
            }
        }
        let whole = joined(parts, origin, self.origins);
        self.work += whole.as_text().map_or(0, str::len);
        whole
    }

    fn reference(&mut self, path: &[String], origin: OriginId, text: &str, range: std::ops::Range<usize>) -> Value {
        let whole = path.join(".");
        if self.is_told || self.path.len() >= LONGEST || self.work > MOST || self.depth > DEEPEST {
            return self.too_far(origin, text, range);
        }
        if self.path.contains(&whole) {
            let mut circle: Vec<&str> = self.path.iter().map(String::as_str).skip_while(|p| **p != whole).collect();
            // Each value of a circle leads into it: it is told once.
            let known: BTreeSet<String> = circle.iter().map(|name| (*name).to_owned()).collect();
            if !self.circles.insert(known) {
                return Value::text(origin, "");
            }
            circle.push(&whole);
            let title = if circle.len() == 2 {
                format!("`{whole}` refers to itself")
            } else {
                let names: Vec<String> = circle.iter().map(|name| format!("`{name}`")).collect();
                format!("values refer to each other in a circle: {}", names.join(" → "))
            };
            let diagnostic = self.at(Diagnostic::error(REF003, title), origin, text, range, "leads back to itself");
            self.findings.push(diagnostic.help("write one of these values out, without a reference"));
            return Value::text(origin, "");
        }
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        match steps.as_slice() {
            ["stage"] => self.literal(&self.overlaid.stage.value.clone(), origin, self.overlaid.stage.origin),
            ["account"] => match self.overlaid.stage_keys.get("account").cloned() {
                Some(account) => self.followed(&whole, &account, origin),
                None => {
                    let title = format!("the stage `{}` says no `account`", self.overlaid.stage.value);
                    let diagnostic = self.at(Diagnostic::error(REF002, title), origin, text, range, "needed here");
                    self.findings.push(diagnostic.help("write `account: \"123456789012\"` in the stage's overlay"));
                    Value::text(origin, "")
                }
            },
            ["zone", rest @ ..] => {
                let steps: Vec<&str> = ["zones", "main"].iter().chain(rest).copied().collect();
                self.within(&whole, &steps, origin, text, range)
            }
            ["values" | "zones" | "project" | "region", ..] => self.within(&whole, &steps, origin, text, range),
            ["secrets", name, attribute @ ("name" | "arn" | "value")] if self.declared("secrets", name) => {
                let symbol = Symbol::Secret { name: (*name).to_owned(), attribute: (*attribute).to_owned() };
                Value::reference(self.precise(origin, text, range), symbol)
            }
            ["secrets", name, ..] if self.declared("secrets", name) => {
                let (title, label) = match steps.get(2) {
                    Some(attribute) => {
                        (format!("a secret such as `{name}` has no `{attribute}`"), "write `.name` or `.value`")
                    }
                    None => (
                        format!("`${{{whole}}}` does not say what of the secret `{name}` is meant"),
                        "add `.name` or `.value`",
                    ),
                };
                let diagnostic = self.at(Diagnostic::error(REF006, title), origin, text, range, label);
                let help = format!(
                    "`${{secrets.{name}.name}}` to read it at run time, `${{secrets.{name}.value}}` to put it in place"
                );
                self.findings.push(diagnostic.help(help));
                Value::text(origin, "")
            }
            ["inputs", name] if self.declared("inputs", name) => {
                Value::reference(self.precise(origin, text, range), Symbol::Input((*name).to_owned()))
            }
            [root, ..] if ROOTS.contains(root) => self.nothing(&whole, &steps, origin, text, range),
            [component, attribute @ ..] if !attribute.is_empty() && self.declared("components", component) => {
                let attribute = attribute.join(".");
                let symbol = Symbol::Attribute { component: (*component).to_owned(), attribute };
                Value::reference(self.precise(origin, text, range), symbol)
            }
            _ => self.nothing(&whole, &steps, origin, text, range),
        }
    }

    fn declared(&self, block: &str, name: &str) -> bool {
        sorted_at(&self.overlaid.tree, &[block, name]).is_some()
    }

    /// A value of the tree itself, its own references resolved.
    fn within(
        &mut self,
        whole: &str,
        steps: &[&str],
        origin: OriginId,
        text: &str,
        range: std::ops::Range<usize>,
    ) -> Value {
        let overlaid = self.overlaid;
        match sorted_at(&overlaid.tree, steps) {
            Some(found) => self.followed(whole, found, origin),
            None => self.nothing(whole, steps, origin, text, range),
        }
    }

    /// Told once: what lies behind it would be told over and over.
    fn too_far(&mut self, origin: OriginId, text: &str, range: std::ops::Range<usize>) -> Value {
        if !self.is_told {
            self.is_told = true;
            let title = if self.work > MOST {
                "references lead to more than 8 MB of text".to_owned()
            } else if self.depth > DEEPEST {
                format!("references lead through more than {DEEPEST} lists and maps within each other")
            } else {
                format!("references lead through more than {LONGEST} values")
            };
            let diagnostic = self.at(Diagnostic::error(REF009, title), origin, text, range, "too far");
            self.findings.push(diagnostic.help("write some of the values out, or refer to fewer"));
        }
        Value::text(origin, "")
    }

    fn followed(&mut self, whole: &str, found: &Value, origin: OriginId) -> Value {
        self.path.push(whole.to_owned());
        let mut value = self.value(found);
        self.path.pop();
        value.origin = self.origins.derived(VALUE_OF_REFERENCE, [origin, value.origin]);
        value
    }

    fn literal(&self, text: &str, origin: OriginId, source: OriginId) -> Value {
        Value::text(self.origins.derived(VALUE_OF_REFERENCE, [origin, source]), text)
    }

    fn nothing(
        &mut self,
        whole: &str,
        steps: &[&str],
        origin: OriginId,
        text: &str,
        range: std::ops::Range<usize>,
    ) -> Value {
        if self.findings.is_full() {
            return Value::text(origin, "");
        }
        let first = steps.first().copied().unwrap_or_default();
        let absent = self.absent.get(first).copied();
        let diagnostic = match absent {
            Some(_) => Diagnostic::error(
                REF005,
                format!("`{first}` is not there on the stage `{}`", self.overlaid.stage.value),
            ),
            None if steps.len() == 1 && self.declared("components", first) => {
                Diagnostic::error(REF002, format!("`${{{whole}}}` does not say which attribute of `{first}` is meant"))
            }
            None => Diagnostic::error(REF002, format!("`${{{whole}}}` leads to nothing")),
        };
        let label = match absent {
            Some(_) => "needed here",
            None if steps.len() == 1 && self.declared("components", first) => "a component, not an attribute of it",
            None => "nothing has this name",
        };
        let (known, written, mut prefix) = self.candidates(steps);
        let mut skipped = prefix.matches('.').count();
        // What was written as `zone` stays it.
        if whole.starts_with("zone.")
            && let Some(rest) = prefix.strip_prefix("zones.main.").map(str::to_owned)
        {
            prefix = format!("zone.{rest}");
            skipped = 2 + rest.matches('.').count();
        }
        let mut diagnostic = self.at(diagnostic, origin, text, range.clone(), label).context_if_known(
            self.origins,
            absent,
            "limited to these stages",
        );
        let span = self.sub_span(origin, text, range);
        if absent.is_some() {
            diagnostic = diagnostic.help("limit this component to the same stages, or let that one exist here too");
        } else if steps.len() == 1 && self.declared("components", first) {
            diagnostic = diagnostic.help(format!("say which attribute: `${{{first}.…}}`"));
        } else if let Some(near) = did_you_mean(&written, known.iter().map(String::as_str)) {
            let rest: String = steps.iter().skip(skipped + 1).map(|s| format!(".{s}")).collect();
            let repaired = format!("${{{prefix}{near}{rest}}}");
            diagnostic = diagnostic.help(format!("did you mean `{repaired}`?"));
            if let Some(span) = span {
                diagnostic = diagnostic.edit(span, repaired);
            }
        } else if !ROOTS.contains(&first) {
            diagnostic = diagnostic
                .help(format!("known here: {}", quote_list(&known)))
                .help("if the text itself is meant, write `$${` for `${`");
        } else if let (true, [block, name, ..]) = (known.is_empty(), steps) {
            let entry = match *block {
                "secrets" | "inputs" => "{purpose: …}",
                "zones" => "{name: …}",
                _ => "…",
            };
            diagnostic = diagnostic.help(format!("declare it: `{block}: {{{name}: {entry}}}`"));
        } else if known.is_empty() {
            diagnostic = diagnostic.help(format!("say what of it, such as `${{{whole}.…}}`"));
        } else {
            diagnostic = diagnostic.help(format!("known here: {}", quote_list(&known)));
        }
        self.findings.push(diagnostic);
        Value::text(origin, "")
    }

    /// What could have been meant: the names at the first step that leads to nothing, what was written there, and the path
    /// before it.
    fn candidates(&self, steps: &[&str]) -> (Vec<String>, String, String) {
        let tree = &self.overlaid.tree;
        let first = steps.first().copied().unwrap_or_default();
        let keys =
            |v: Option<&Value>| v.map(Value::entries).unwrap_or_default().iter().map(|e| e.key.clone()).collect();
        if !ROOTS.contains(&first) {
            let components: Vec<String> = keys(tree.get("components"));
            let roots = ROOTS.iter().map(|r| (*r).to_owned());
            return (components.into_iter().chain(roots).collect(), first.to_owned(), String::new());
        }
        let mut at = tree.get(first);
        let mut prefix = format!("{first}.");
        for step in steps.iter().skip(1) {
            match at.and_then(|v| v.get(step)) {
                Some(next) => {
                    at = Some(next);
                    prefix.push_str(step);
                    prefix.push('.');
                }
                None => return (keys(at), (*step).to_owned(), prefix),
            }
        }
        (keys(at), String::new(), prefix)
    }

    fn at(
        &self,
        diagnostic: Diagnostic,
        origin: OriginId,
        text: &str,
        range: std::ops::Range<usize>,
        label: &str,
    ) -> Diagnostic {
        match self.sub_span(origin, text, range) {
            Some(span) => diagnostic.at(span, label),
            None => diagnostic.at_origin(self.origins, origin, &[], label),
        }
    }

    /// The origin of a reference inside a text: its own place, with what the text overrode.
    fn precise(&self, origin: OriginId, text: &str, range: std::ops::Range<usize>) -> OriginId {
        match (self.sub_span(origin, text, range), self.origins.get(origin)) {
            (Some(span), Origin::Manifest { span: whole, overrode }) if span != whole => {
                self.origins.add(Origin::Manifest { span, overrode })
            }
            _ => origin,
        }
    }

    /// The place of a range of the text, if the text stands in the file as it is read.
    fn sub_span(&self, origin: OriginId, text: &str, range: std::ops::Range<usize>) -> Option<Span> {
        let Origin::Manifest { span, .. } = self.origins.get(origin) else { return None };
        let written = self.sources.text(span);
        let inset = written.find(text)?;
        let start = span.start as usize + inset;
        Some(Span::new(span.file, start + range.start, start + range.end))
    }
}

fn shape(value: &Value) -> &'static str {
    if matches!(value.kind, Kind::List(_)) { "list" } else { "map" }
}

/// The value at a path of a tree whose maps are sorted by key, as the overlay leaves them: a manifest may have thousands of
/// values, and as many references to them.
fn sorted_at<'v>(tree: &'v Value, steps: &[&str]) -> Option<&'v Value> {
    steps.iter().try_fold(tree, |value, step| match &value.kind {
        Kind::Map(entries) => {
            let at = entries.binary_search_by(|e| e.key.as_str().cmp(step)).ok()?;
            entries.get(at).map(|e| &e.value)
        }
        _ => value.at(&[step]),
    })
}

/// Puts pieces together: one text where all of them are known, a join otherwise.
pub(crate) fn joined(parts: Vec<Value>, origin: OriginId, origins: &Origins) -> Value {
    let mut from = vec![origin];
    from.extend(parts.iter().map(|p| p.origin).filter(|o| *o != origin));
    let composed = origins.derived("composed from its parts", from);
    let known: Option<Vec<String>> = parts.iter().map(|p| scalar_text(&p.kind)).collect();
    match known {
        Some(texts) => Value::text(composed, texts.concat()),
        None => Value::new(composed, Kind::Join(parts)),
    }
}

/// The text of a scalar inside other text.
fn scalar_text<R>(kind: &Kind<R>) -> Option<String> {
    match kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Int(i) => Some(i.to_string()),
        Kind::Float(x) => Some(x.to_string()),
        Kind::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}
