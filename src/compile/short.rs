//! Settings that are short for a component of their own: they become one before anything else reads them, so that the
//! component is as if it had been written. Kinds say which (`KindEntry::short_for`).

use crate::component::{ShortFor, kind};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::origin::Origins;
use crate::value::{Entry, Kind, Value};

/// `CFN279`: a component twice, once by a short form.
pub const CFN279: Code = Code {
    id: "CFN279",
    explanation: "a component is written, and a setting stands for it as well\n\n\
        `schedule: rate(5 minutes)` of a function `Digest` is short for a component `DigestSchedule` of kind `cron` that calls it. \
        With more to say, such as a time zone, write that component and leave the setting out: what is deployed stays the same.\n\n\
        `failover: {region: ap-northeast-1}` of a route to `Api` is short for a function `ApiApNortheast1`, which `to` names as well.",
};

/// What the component made has from the one that it is for: where both are, and what their logical ids begin with.
const SHARED: &[&str] = &["stack", "stages"];

const RULE: &str = "a setting that is short for a component of its own";

/// Makes every such setting a component.
pub(super) fn lengthen(tree: &mut Value, origins: &Origins, findings: &mut Diagnostics) {
    let Kind::Map(blocks) = &mut tree.kind else { return };
    let Some(Value { kind: Kind::Map(components), .. }) =
        blocks.iter_mut().find(|b| b.key == "components").map(|b| &mut b.value)
    else {
        return;
    };
    let mut made = Vec::new();
    for owner in components.iter_mut() {
        let Some(kind) = owner.value.get("type").and_then(Value::as_text).and_then(kind) else { continue };
        made.extend(kind.short_for.iter().filter_map(|short| lengthened(owner, short, origins)));
    }
    for (setting, component) in made {
        match components.iter().find(|c| c.key == component.key) {
            Some(other) => findings.push(
                Diagnostic::error(
                    CFN279,
                    format!("`{}` is written, and a `{setting}` stands for it as well", component.key),
                )
                .at_origin(origins, component.key_origin, &[], "short for the same component")
                .context_if_known(origins, Some(other.key_origin), "written here")
                .help(format!("keep one; an overlay removes the short form with `{setting}: null`")),
            ),
            None => components.push(component),
        }
    }
    components.sort_by(|a, b| a.key.cmp(&b.key));
}

/// The component that a setting of `owner` stands for; the setting leaves.
fn lengthened(owner: &mut Entry, short: &ShortFor, origins: &Origins) -> Option<(&'static str, Entry)> {
    let Kind::Map(settings) = &mut owner.value.kind else { return None };
    let at = settings.iter().position(|s| s.key == short.setting && matches!(s.value.kind, Kind::Text(_)))?;
    let written = settings.remove(at);
    if written.value.as_text() == Some("none") {
        return None;
    }
    let origin = origins.derived(RULE, [written.key_origin]);
    let text = |text: &str| Value::text(origin, text);
    let named = |name: &str| format!("{name}{}", capitalized(short.setting));
    let mut entries: Vec<Entry> = settings.iter().filter(|s| SHARED.contains(&s.key.as_str())).cloned().collect();
    let kept = settings.iter().find(|s| s.key == "logical_id").and_then(|s| s.value.as_text());
    let of_its_own = [
        ("type", Some(text(short.kind))),
        ("to", Some(Value::map(origin, [("component", text(&owner.key))]))),
        ("logical_id", kept.map(|kept| text(&named(kept)))),
    ];
    let entry = |(key, value): (&str, Value)| Entry { key: key.to_owned(), key_origin: origin, value };
    entries.extend(of_its_own.into_iter().filter_map(|(key, value)| Some(entry((key, value?)))));
    let key_origin = written.key_origin;
    entries.push(written);
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    Some((short.setting, Entry { key: named(&owner.key), key_origin, value: Value::new(origin, Kind::Map(entries)) }))
}

/// `schedule` → `Schedule`.
fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
