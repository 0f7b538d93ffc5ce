//! What exists already: a component's attributes from another stage, another stack, or literal ids.

use std::collections::BTreeMap;

use crate::component::{Attribute, Import, KindEntry};
use crate::diag::{Code, Diagnostic, Diagnostics, a_quoted, did_you_mean, quote_list};
use crate::origin::Origins;
use crate::setting::Setting;
use crate::value::{Entry, Value};

/// `REF007`: an import in two forms, or in none.
pub const REF007: Code = Code {
    id: "REF007",
    explanation: "the import does not say where from\n\n\
        An `import` takes one of three forms: `{stage: staging}`, the same component of another stage; `{stack: net-prod, \
        outputs: {id: VpcId}}`, the outputs of any stack, attribute by attribute; or literal ids, such as `{id: vpc-0abc}`.",
};

/// `REF008`: a literal id that the kind does not take.
pub const REF008: Code = Code {
    id: "REF008",
    explanation: "the kind has no such attribute to import\n\n\
        Each kind lists the attributes that an import may give as literal ids or as outputs of a stack.",
};

/// Where the attributes of an imported component come from.
#[derive(Debug, Clone)]
pub enum Imported {
    /// The same component of another stage, or one of another name.
    Stage {
        /// The stage.
        stage: Setting<String>,
        /// The component there.
        component: Setting<String>,
        /// Attributes that are another's here, such as a preview's own `database`.
        ids: Vec<Attribute>,
    },
    /// Outputs of a stack.
    Stack {
        /// The stack's name.
        stack: Setting<String>,
        /// Its region, if it is not the project's.
        region: Option<Setting<String>>,
        /// The output of each attribute.
        outputs: BTreeMap<String, Setting<String>>,
    },
    /// Literal ids.
    Ids(Vec<Attribute>),
}

const FORMS: &[&str] = &["stage", "component", "stack", "region", "outputs"];

/// Reads an import.
pub(super) fn imported(
    import: &Import,
    entry: &Entry,
    kind: &'static KindEntry,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Imported {
    let tree = entry.value.get("import");
    let ids: Vec<&Entry> =
        tree.map(Value::entries).unwrap_or_default().iter().filter(|e| !FORMS.contains(&e.key.as_str())).collect();
    let literal = |findings: &mut Diagnostics| -> Vec<Attribute> {
        let known = ids.iter().filter(|e| known(&e.key, e.key_origin, kind, origins, findings));
        known.map(|e| Attribute::open(e.key.clone(), e.value.clone())).collect()
    };
    match (&import.stage, &import.stack, ids.is_empty()) {
        (Some(stage), None, _) => {
            let component =
                import.component.clone().unwrap_or_else(|| Setting::new(entry.key_origin, entry.key.clone()));
            Imported::Stage { stage: stage.clone(), component, ids: literal(findings) }
        }
        (None, Some(stack), true) => {
            let any = kind.import_keys.is_empty() && kind.output_keys.is_empty();
            for (attribute, output) in
                import.outputs.iter().filter(|(a, _)| !any && !kind.output_keys.contains(&a.as_str()))
            {
                let written = tree.and_then(|t| t.get("outputs")).and_then(|o| o.entry(attribute));
                known(attribute, written.map_or(output.origin, |e| e.key_origin), kind, origins, findings);
            }
            Imported::Stack { stack: stack.clone(), region: import.region.clone(), outputs: import.outputs.clone() }
        }
        (None, None, false) => Imported::Ids(literal(findings)),
        _ => {
            findings.push(not_one_form(import, entry, &ids, kind, origins));
            Imported::Ids(Vec::new())
        }
    }
}

/// The finding about an import in several forms or in none. What lower layers say of it counts as well.
fn not_one_form(import: &Import, entry: &Entry, ids: &[&Entry], kind: &KindEntry, origins: &Origins) -> Diagnostic {
    let said: Vec<&str> =
        [("stage", import.stage.is_some()), ("stack", import.stack.is_some()), ("ids", !ids.is_empty())]
            .into_iter()
            .filter_map(|(form, is_said)| is_said.then_some(form))
            .collect();
    let several = said.len() > 1;
    let title = match several {
        true => format!("the import of `{}` says where from in several ways: {}", entry.key, crate::diag::list(&said)),
        false => format!("the import of `{}` does not say where from", entry.key),
    };
    let tree = entry.value.get("import");
    let origin = tree.map_or(entry.key_origin, |t| t.origin);
    let diagnostic =
        Diagnostic::error(REF007, title).at_origin(origins, origin, &[entry.key_origin], "one way is needed");
    if several {
        let place = ids.first().map(|id| id.key_origin).or(import.stack.as_ref().map(|s| s.origin));
        return diagnostic
            .context_if_known(origins, place, "another way")
            .help("keep one of them; `null` takes out what a lower layer says, such as `id: null`");
    }
    let ids = quote_list(kind.import_keys);
    diagnostic.help(format!("write `stage`, or `stack` with `outputs`, or ids ({ids})"))
}

fn known(
    attribute: &str,
    origin: crate::origin::OriginId,
    kind: &KindEntry,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> bool {
    if kind.import_keys.contains(&attribute) {
        return true;
    }
    let title = format!("`{attribute}` is nothing that an import of {} can give", a_quoted(kind.name));
    let diagnostic = Diagnostic::error(REF008, title).at_origin(origins, origin, &[], "unknown attribute");
    findings.push(match did_you_mean(attribute, kind.import_keys.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("attributes: {}", quote_list(kind.import_keys))),
    });
    false
}
