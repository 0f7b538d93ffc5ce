//! The one merge rule.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics, a_quoted, did_you_mean};
use crate::origin::{Origin, OriginId, Origins};
use crate::value::{Entry, Kind, Value};

/// `MAN004`: `null` removes nothing.
pub const MAN004: Code = Code {
    id: "MAN004",
    explanation: "`null` removes nothing\n\n\
        In an overlay, `key: null` removes what a lower layer wrote under that key. Here no lower layer wrote it, so either the \
        key is misspelt, or the line is no longer needed. To switch off something that is on by default, write `none`.",
};

/// `MAN005`: the kind of a component changes between layers.
pub const MAN005: Code = Code {
    id: "MAN005",
    explanation: "an overlay changes the kind of a component\n\n\
        A component keeps its `type` in every layer: another kind is another component, with other resources, and what it held \
        would be deleted. Remove the component on this stage (`Name: null`) and add one with another name.",
};

/// Lays `upper` over `lower`: maps merge by key, everything else is replaced whole, `null` removes.
///
/// Inside components a `null` that finds nothing is kept: it may still remove what the kind's defaults say.
pub fn lay(lower: Value, upper: Value, origins: &Origins, findings: &mut Diagnostics) -> Value {
    Laying { origins, findings }.values(lower, upper, &mut Vec::new())
}

/// Reports every `null` that is left and takes it out.
pub(super) fn remove_left_nulls(value: &mut Value, origins: &Origins, findings: &mut Diagnostics) {
    match &mut value.kind {
        Kind::Map(entries) => {
            let others: Vec<String> = keys(entries.iter());
            entries.retain(|entry| {
                let left = matches!(entry.value.kind, Kind::Null);
                if left && !findings.is_full() {
                    findings.push(removes_nothing(entry, &others, origins));
                }
                !left
            });
            entries.iter_mut().for_each(|e| remove_left_nulls(&mut e.value, origins, findings));
        }
        Kind::List(items) => items.iter_mut().for_each(|v| remove_left_nulls(v, origins, findings)),
        _ => {}
    }
}

/// The keys that hold something.
fn keys<'e>(entries: impl Iterator<Item = &'e Entry>) -> Vec<String> {
    entries.filter(|e| !matches!(e.value.kind, Kind::Null)).map(|e| e.key.clone()).collect()
}

fn removes_nothing(entry: &Entry, others: &[String], origins: &Origins) -> Diagnostic {
    let diagnostic = Diagnostic::error(MAN004, format!("`{}: null` removes nothing", entry.key)).at_origin(
        origins,
        entry.key_origin,
        &[],
        "no lower layer writes this key",
    );
    match did_you_mean(&entry.key, others.iter().map(String::as_str)) {
        // No edit: what would be removed is too much to be guessed.
        Some(near) => diagnostic.help(format!("did you mean `{near}`? otherwise remove the line")),
        None => diagnostic.help("remove the line, or correct the key; `none` switches a default off"),
    }
}

struct Laying<'a> {
    origins: &'a Origins,
    findings: &'a mut Diagnostics,
}

impl Laying<'_> {
    fn values(&mut self, lower: Value, upper: Value, path: &mut Vec<String>) -> Value {
        match (lower.kind, upper.kind) {
            (Kind::Map(below), Kind::Map(above)) => {
                let origin = self.over(upper.origin, lower.origin);
                let kept = if matches!(path.as_slice(), [block, _] if block == "components") {
                    self.imported(below, &above)
                } else {
                    below
                };
                Value::new(origin, Kind::Map(self.maps(kept, above, path)))
            }
            (_, kind) => Value::new(self.over(upper.origin, lower.origin), kind),
        }
    }

    fn maps(&mut self, below: Vec<Entry>, above: Vec<Entry>, path: &mut Vec<String>) -> Vec<Entry> {
        let mut laid: BTreeMap<String, Entry> = below.into_iter().map(|e| (e.key.clone(), e)).collect();
        for mut entry in above {
            match (laid.remove(&entry.key), &entry.value.kind) {
                (Some(lower), Kind::Null) if !matches!(lower.value.kind, Kind::Null) => continue,
                (None, Kind::Null) if path.len() < 2 => {
                    if !self.findings.is_full() {
                        self.findings.push(removes_nothing(&entry, &keys(laid.values()), self.origins));
                    }
                    continue;
                }
                // One that found nothing in its layer, and still has the kind's defaults to remove from.
                (Some(_) | None, Kind::Null) => {}
                (Some(lower), _) => {
                    self.same_kind(&lower, &entry, path);
                    path.push(entry.key.clone());
                    entry.value = self.values(lower.value, entry.value, path);
                    // A component is declared where its name stands first; a setting where it was written last.
                    if matches!(path.as_slice(), [block, _] if block == "components") {
                        entry.key_origin = lower.key_origin;
                    }
                    path.pop();
                }
                (None, _) => {}
            }
            laid.insert(entry.key.clone(), entry);
        }
        laid.into_values().collect()
    }

    /// An import replaces settings: those of lower layers go, but for what says what the component is.
    fn imported(&mut self, below: Vec<Entry>, above: &[Entry]) -> Vec<Entry> {
        if !above.iter().any(|e| e.key == "import" && matches!(e.value.kind, Kind::Map(_))) {
            return below;
        }
        below.into_iter().filter(|e| matches!(e.key.as_str(), "type" | "purpose" | "stages" | "import")).collect()
    }

    fn same_kind(&mut self, below: &Entry, above: &Entry, path: &[String]) {
        let [block, component] = path else { return };
        if block != "components" || above.key != "type" || below.value.kind == above.value.kind {
            return;
        }
        let kind = |e: &Entry| a_quoted(e.value.as_text().unwrap_or("?"));
        let title = format!("`{component}` is {} here, and {} below", kind(above), kind(below));
        let diagnostic = Diagnostic::error(MAN005, title)
            .at_origin(self.origins, above.value.origin, &[], "another kind")
            .context_if_known(self.origins, Some(below.value.origin), "the kind it has");
        self.findings.push(diagnostic.help("leave `type` out, or add a component with another name"));
    }

    /// The origin of a value that lies over another.
    fn over(&self, upper: OriginId, lower: OriginId) -> OriginId {
        let Origin::Manifest { span, .. } = self.origins.get(upper) else { return upper };
        let overrode = self.origins.spans(lower);
        self.origins.add(Origin::Manifest { span, overrode })
    }
}
