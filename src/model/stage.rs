//! What a stage says of itself, and what it may leave out.

use crate::component::MAN020;
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::manifest::{Manifest, OF_WHAT_ENDS, OWNER};
use crate::origin::{Origin, OriginId, Origins};
use crate::overlay::Overlaid;
use crate::part::retention;
use crate::setting::Setting;
use crate::stage::Stage;
use crate::value::{Entry, Kind, Value};

/// `STG006`: a permanent stage does not say what it is.
pub const STG006: Code = Code {
    id: "STG006",
    explanation: "a stage's own layer must say what the stage is\n\n\
        The layer of a stage (`stage: production`) states `lifetime`, `removal` and `protect` itself. These three decide what \
        survives a mistake; they are never inherited and have no default on a stage that stays.",
};

/// `STG011`: what is said of stacks, on a stage that has none.
pub const STG011: Code = Code {
    id: "STG011",
    explanation: "a local stage says what becomes of stacks\n\n\
        A stage with `lifetime: local` runs on the machine of whoever develops it, and makes no stack. `removal` and `protect` decide \
        about stacks and what they hold, so that they mean nothing there. The data of a container stay in its volume until \
        `docker compose down --volumes`.",
};

/// `STG013`: what is said of stages that come and go, on one that does not.
pub const STG013: Code = Code {
    id: "STG013",
    explanation: "a stage that stays says whose it is, or when it ends\n\n\
        `owner` and `expire_days` are for stages that come and go: `reggie-cfn stages --sweep` lists those whose days are over. A permanent \
        stage has no such day, and a local one has no stack that could be tagged. A tag of one's own is written under `tags`.",
};

/// `STG023`: a limit of nothing.
pub const STG023: Code = Code {
    id: "STG023",
    explanation: "a local stage has a limit of what it costs\n\n\
        A stage with `lifetime: local` runs on the machine of whoever develops it, where AWS charges nothing, so that `estimate_limit` means \
        nothing there.",
};

/// Stage keys that a stage which stays must say itself, with the value of other stages.
const STATED: &[(&str, Stated)] =
    &[("lifetime", Stated::Word("ephemeral")), ("removal", Stated::Word("remove")), ("protect", Stated::No)];

#[derive(Clone, Copy)]
enum Stated {
    Word(&'static str),
    No,
}

/// Puts the stage keys of the stage's own layer into the tree, with what an ephemeral stage may leave out.
pub fn settle(overlaid: &Overlaid, tree: &mut Value, origins: &Origins, findings: &mut Diagnostics) {
    let keys = &overlaid.stage_keys;
    let named = keys.get("stage").is_some();
    let lifetime = keys.get("lifetime").and_then(Value::as_text);
    let local = lifetime == Some("local");
    let ephemeral = lifetime == Some("ephemeral") || local || !named;
    let Kind::Map(entries) = &mut tree.kind else { return };
    if !ephemeral || local {
        let said = entries.iter().filter(|entry| OF_WHAT_ENDS.contains(&entry.key.as_str()));
        said.for_each(|entry| findings.push(of_what_ends(entry, local, &overlaid.stage.value, origins)));
    }
    entries.push(Entry {
        key: "stage".to_owned(),
        key_origin: overlaid.stage.origin,
        value: Value::text(overlaid.stage.origin, overlaid.stage.value.clone()),
    });
    let mut missing = Vec::new();
    for (key, stated) in STATED {
        match keys.entry(key) {
            Some(entry) => {
                if local && *key != "lifetime" {
                    findings.push(of_stacks(entry, origins));
                }
                entries.push(entry.clone());
            }
            None if ephemeral && !(*key == "lifetime" && named) => entries.push(default(key, *stated, origins)),
            None => {
                let example = match *key {
                    "lifetime" => "lifetime: permanent",
                    "removal" => "removal: retain",
                    _ => "protect: true",
                };
                missing.push((*key, example));
            }
        }
    }
    if !missing.is_empty() {
        let (keys, examples): (Vec<&str>, Vec<&str>) = missing.into_iter().unzip();
        let title = format!("the layer of `{}` does not say {}", overlaid.stage.value, quote_list(&keys));
        let diagnostic = Diagnostic::error(STG006, title)
            .at_origin(origins, overlaid.stage.origin, &[], "this stage stays")
            .note("what decides about data has no default, and is never taken from another layer");
        findings.push(diagnostic.help(format!("write {} in this layer", quote_list(&examples))));
    }
    if let Some(limit) = keys.entry("estimate_limit").filter(|_| local) {
        findings.push(of_nothing(limit, origins));
    }
    for key in ["account", "secrets_from", "sst_variables", "estimate_limit"] {
        entries.extend(keys.entry(key).cloned());
    }
    entries.sort_by(|a, b| a.key.cmp(&b.key));
}

/// Reports what means nothing on a local stage.
fn of_stacks(entry: &Entry, origins: &Origins) -> Diagnostic {
    let title = format!("`{}` says what becomes of stacks, and a local stage has none", entry.key);
    Diagnostic::error(STG011, title)
        .at_origin(origins, entry.key_origin, &[], "means nothing here")
        .help("remove this line")
}

/// Reports a limit of what costs nothing.
fn of_nothing(limit: &Entry, origins: &Origins) -> Diagnostic {
    let title = "`estimate_limit` is of what AWS charges, and a local stage has nothing there";
    Diagnostic::error(STG023, title)
        .at_origin(origins, limit.key_origin, &[], "means nothing here")
        .help("remove this line")
}

/// Reports what means nothing on a stage that stays, or on one without stacks.
fn of_what_ends(entry: &Entry, local: bool, stage: &str, origins: &Origins) -> Diagnostic {
    let key = &entry.key;
    let title = match local {
        true => format!("`{key}` is a tag of stacks, and a local stage has none"),
        false => format!("`{key}` is said of stages that come and go, and `{stage}` stays"),
    };
    let diagnostic = Diagnostic::error(STG013, title).at_origin(origins, entry.key_origin, &[], "means nothing here");
    match entry.value.as_text().filter(|_| !local && key == OWNER) {
        Some(owner) => diagnostic.help(format!("write `tags: {{{OWNER}: {owner}}}` in its place")),
        None => diagnostic.help("remove this line"),
    }
}

fn default(key: &str, stated: Stated, origins: &Origins) -> Entry {
    let text = "What comes and goes is removed whole.";
    let origin = origins.add(Origin::Default { setting: key.to_owned(), text });
    let kind = match stated {
        Stated::Word(word) => Kind::Text(word.to_owned()),
        Stated::No => Kind::Bool(false),
    };
    Entry { key: key.to_owned(), key_origin: origin, value: Value::new(origin, kind) }
}

/// The stage of a manifest.
pub(super) fn stage(manifest: &Manifest) -> Stage {
    Stage {
        name: manifest.stage.clone(),
        lifetime: manifest.lifetime,
        removal: manifest.removal,
        protect: manifest.protect,
        account: manifest.account.clone(),
        sst_variables: manifest.sst_variables,
        secrets_from: manifest.secrets_from.clone().unwrap_or_else(|| manifest.stage.clone()),
    }
}

/// How many days logs are kept: written on a stage that stays, a week otherwise.
pub(super) fn log_days(
    manifest: &Manifest,
    tree: &Value,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Setting<u32> {
    const WEEK: u32 = 7;
    let default = || -> OriginId {
        let text = "How many days logs are kept.";
        origins.add(Origin::Default { setting: "log_days".to_owned(), text })
    };
    let Some(days) = manifest.log_days else {
        if manifest.lifetime.value == crate::stage::Lifetime::Permanent {
            let title = format!("`log_days` is not written, and `{}` is a permanent stage", manifest.stage.value);
            let diagnostic = Diagnostic::error(MAN020, title)
                .at_origin(origins, manifest.stage.origin, &[tree.origin], "this stage stays")
                .note(format!("the default, for stages that come and go, is {WEEK}"));
            findings
                .push(diagnostic.help("write `log_days: 90` in `environments/base.yaml` or in the stage's overlay"));
        }
        return Setting::new(default(), WEEK);
    };
    if let Some(finding) = retention::refused(days, origins) {
        findings.push(finding);
    }
    days
}
