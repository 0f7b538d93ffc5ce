//! Which layers make a stage: the exact name wins, then the closest pattern; then what each extends, down to the base.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean, quote_list};
use crate::origin::Origins;
use crate::project::{Applies, BASE, Layer, Project};
use crate::setting::Setting;
use crate::stage::{LONGEST_NAME, literals, matches, pull_request, slug, stage_name};
use crate::value::Value;

/// `STG001`: no layer for the stage.
pub const STG001: Code = Code {
    id: "STG001",
    explanation: "no layer is for this stage\n\n\
        A stage needs a layer in `environments/`: one that says `stage: <name>`, or one whose `match:` patterns fit the name. \
        `reggie-cfn stages` lists what there is.",
};

/// `STG002`: two patterns fit equally well.
pub const STG002: Code = Code {
    id: "STG002",
    explanation: "two layers fit the stage equally well\n\n\
        Of several patterns that fit a name, the one with the most literal characters wins. Here two have the same number, so \
        neither does. Make one of them longer, or give the stage a layer of its own with `stage:`.\n\n\
        Two layers that say the same `stage:` cannot both be right either: keep one of them.",
};

/// `STG003`: a name that looks like a permanent stage.
pub const STG003: Code = Code {
    id: "STG003",
    explanation: "the name looks like a permanent stage\n\n\
        Patterns refuse names within two edits of a permanent stage, because `producton` is a slip of the finger far more often \
        than a preview. The stage of a pull request, `pr-1`, is none, however near. Write the permanent stage's name correctly, or choose another name for the preview.",
};

/// `STG004`: a stage name of nothing.
pub const STG004: Code = Code {
    id: "STG004",
    explanation: "the stage's name cannot be used\n\n\
        A stage's name becomes part of stack names and hosts, so it is lower-cased, and everything but letters and digits \
        becomes a hyphen: `feature/auth` is `feature-auth`. What is left must start with a letter. Of a name with more than 40 \
        characters, such as that of a branch, the first 31 stay, with eight of a digest of the whole; a stage with a layer of its own \
        has a name that fits.",
};

/// `DNS012`: two names, one stage.
pub const DNS012: Code = Code {
    id: "DNS012",
    explanation: "two names are those of one stage\n\n\
        Stacks, hosts and folders are named by what is left of a stage's name when everything but small letters and digits is a hyphen: \
        `feature/auth` and `feature-auth` are both `feature-auth`. Compiled one after the other, the second would take the place of the \
        first.\n\n\
        Rename one of the two, or compile only one of them.",
};

/// `STG005`: `extends` names no layer, or goes in a circle.
pub const STG005: Code = Code {
    id: "STG005",
    explanation: "`extends` leads nowhere\n\n\
        `extends: preview` lays this layer over `environments/preview.yaml`, which lies over the base. The layer named must \
        exist, must be neither the base nor for a stage of its own, and layers must not extend each other in a circle. \
        `extends: none` leaves the base's components out, and with them its secrets, inputs and outputs.",
};

/// The layers of a stage, lowest first.
#[derive(Debug)]
pub struct Chosen<'p> {
    /// The stage's name as a slug.
    pub stage: Setting<String>,
    /// From the base to the stage's own layer.
    pub layers: Vec<&'p Layer>,
    /// Whether the base's components are left out, and what is there for them (`extends: none`).
    pub without_components: bool,
}

/// Finds the layers of a stage.
pub fn choose<'p>(
    project: &'p Project,
    name: &str,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Option<Chosen<'p>> {
    let stage = stage_name(name);
    // Long names are cut, but for one that a layer says: people chose it.
    let is_too_long = slug(name) != stage && project.named_stages().contains(&slug(name).as_str());
    if !stage.starts_with(|c: char| c.is_ascii_lowercase()) || is_too_long || loses_meaning(name) {
        let title = format!("`{}` cannot be the name of a stage", name.escape_debug());
        let reason = format!(
            "a stage's name starts with a letter and has at most {LONGEST_NAME} letters (a to z), digits and hyphens"
        );
        findings.push(Diagnostic::error(STG004, title).note(reason).help("choose another name, such as `dev-anna`"));
        return None;
    }
    let own = own_layer(project, &stage, origins, findings)?;
    let origin = match &own.applies {
        Applies::Stage(written) => written.origin,
        _ => origins.derived("the stage's name on the command line", []),
    };
    below(project, own, Setting::new(origin, stage), origins, findings)
}

/// The layers of every stage whose name a layer's patterns fit; `stage` stands for all of these names.
pub fn choose_any<'p>(
    project: &'p Project,
    layer: &'p Layer,
    stage: &str,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Option<Chosen<'p>> {
    let origin = origins.derived("a name that a pattern fits", []);
    below(project, layer, Setting::new(origin, stage.to_owned()), origins, findings)
}

/// A stage's own layer and those below it.
fn below<'p>(
    project: &'p Project,
    own: &'p Layer,
    stage: Setting<String>,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Option<Chosen<'p>> {
    let (mut layers, without_components) = extended(project, own, origins, findings)?;
    layers.insert(0, project.layers.get(BASE)?);
    Some(Chosen { stage, layers, without_components })
}

/// Whether the slug drops what tells two names apart: a letter of another alphabet, or the steps of a path.
fn loses_meaning(name: &str) -> bool {
    name.contains("..") || name.chars().any(|c| c.is_alphanumeric() && !c.is_ascii())
}

fn own_layer<'p>(
    project: &'p Project,
    stage: &str,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Option<&'p Layer> {
    let exact = |l: &&Layer| matches!(&l.applies, Applies::Stage(s) if s.value == stage);
    let mut exactly = project.layers.values().filter(exact);
    if let Some(layer) = exactly.next() {
        let Some(second) = exactly.next() else { return Some(layer) };
        let origin = |l: &Layer| match &l.applies {
            Applies::Stage(name) => Some(name.origin),
            _ => None,
        };
        let written = |layer: &Layer| layer.tree.get("stage").and_then(Value::as_text).map(str::to_owned);
        let diagnostic = match (written(layer), written(second)) {
            (Some(one), Some(other)) if one != other => one_stage(&one, &other, stage),
            _ => Diagnostic::error(STG002, format!("two layers are for the stage `{stage}`")),
        };
        let diagnostic = diagnostic.at_origin(origins, origin(second)?, &[], "the second one").context_if_known(
            origins,
            origin(layer),
            "the first one",
        );
        findings.push(diagnostic.help("keep one of them, or let one extend the other and take `stage` out of it"));
        return None;
    }
    let mut fitting: Vec<(usize, &Layer, &Setting<String>)> = Vec::new();
    for layer in project.layers.values() {
        if let Applies::Match(patterns) = &layer.applies {
            let fits = patterns.iter().filter(|p| matches(&p.value, stage));
            fitting.extend(fits.max_by_key(|p| literals(&p.value)).map(|p| (literals(&p.value), layer, p)));
        }
    }
    fitting.sort_by_key(|(literal, ..)| std::cmp::Reverse(*literal));
    let permanent = project.permanent_stages();
    match fitting.as_slice() {
        [] => {
            findings.push(unknown_stage(project, stage, &permanent));
            None
        }
        [(a, _, first), (b, _, second), ..] if a == b => {
            let title = format!("two layers fit the stage `{stage}` equally well");
            let diagnostic = Diagnostic::error(STG002, title)
                .at_origin(origins, first.origin, &[], "this pattern fits")
                .context_if_known(
                    origins,
                    Some(second.origin),
                    "and so does this one, with as many literal characters",
                );
            findings.push(diagnostic.help("make one pattern longer, or give the stage a layer of its own"));
            None
        }
        [(_, layer, pattern), ..] => {
            // `pr-1` has a number in the place of a slip: two letters lie between it and `prod`.
            let is_near = |p: &&&str| pull_request(stage).is_none() && strsim::osa_distance(p, stage) <= 2;
            if let Some(near) = permanent.iter().find(is_near) {
                let title = format!("`{stage}` fits a pattern, but looks like the permanent stage `{near}`");
                let diagnostic = Diagnostic::error(STG003, title)
                    .at_origin(origins, pattern.origin, &[], "this pattern fits")
                    .note("a name within two edits of a permanent stage is never taken for a preview");
                findings.push(diagnostic.help(format!("did you mean `{near}`? otherwise choose another name")));
                return None;
            }
            Some(layer)
        }
    }
}

/// Reports names that are those of one stage: what is compiled last would take the place of what was before.
pub fn check_names(names: &[String], findings: &mut Diagnostics) {
    let mut known: BTreeMap<String, &String> = BTreeMap::new();
    for name in names {
        let first = *known.entry(stage_name(name)).or_insert(name);
        if first != name {
            findings.push(one_stage(first, name, &stage_name(name)).help("compile one of them"));
        }
    }
}

fn one_stage(one: &str, other: &str, stage: &str) -> Diagnostic {
    let (one, other) = (one.escape_debug(), other.escape_debug());
    Diagnostic::error(DNS012, format!("`{one}` and `{other}` are one stage, `{stage}`"))
        .note("everything but small letters and digits is a hyphen in the name of a stage")
}

fn unknown_stage(project: &Project, stage: &str, permanent: &[&str]) -> Diagnostic {
    let patterns: Vec<&str> = project
        .layers
        .values()
        .flat_map(|l| match &l.applies {
            Applies::Match(patterns) => patterns.iter().map(|p| p.value.as_str()).collect(),
            _ => Vec::new(),
        })
        .collect();
    let mut diagnostic = Diagnostic::error(STG001, format!("no layer is for the stage `{stage}`"));
    if !permanent.is_empty() {
        diagnostic = diagnostic.note(format!("permanent stages: {}", quote_list(permanent)));
    }
    if !patterns.is_empty() {
        diagnostic = diagnostic.note(format!("patterns of other stages: {}", quote_list(&patterns)));
    }
    match did_you_mean(stage, permanent.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("create `environments/{stage}.yaml` with `stage: {stage}`")),
    }
}

/// The chain of layers that `own` extends, lowest first, itself last.
fn extended<'p>(
    project: &'p Project,
    own: &'p Layer,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> Option<(Vec<&'p Layer>, bool)> {
    let mut chain = vec![own];
    loop {
        let top = chain.last()?;
        let Some(extends) = top.tree.get("extends") else { break };
        let Some(name) = extends.as_text() else { break };
        if name == "none" {
            chain.reverse();
            return Some((chain, true));
        }
        let problem = match project.layers.get(name) {
            Some(_) if chain.iter().any(|l| l.name == name) => Some(circle(&chain, name)),
            Some(layer) if layer.applies == Applies::Extension => {
                chain.push(layer);
                None
            }
            Some(_) if name == BASE => Some("every layer lies over the base, and none extends it".to_owned()),
            Some(layer) if matches!(layer.applies, Applies::Match(_)) => {
                Some(format!("`{name}` is for stages whose names fit, and cannot be extended"))
            }
            Some(_) => Some(format!("`{name}` is for a stage of its own, and cannot be extended")),
            None => Some(format!("there is no layer `{name}`")),
        };
        if let Some(title) = problem {
            findings.push(leads_nowhere(project, extends, name, title, origins));
            return None;
        }
    }
    chain.reverse();
    Some((chain, false))
}

fn circle(chain: &[&Layer], name: &str) -> String {
    let mut names: Vec<&str> = chain.iter().map(|l| l.name.as_str()).skip_while(|n| *n != name).collect();
    names.push(name);
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("layers extend each other in a circle: {}", names.join(" → "))
}

fn leads_nowhere(project: &Project, extends: &Value, name: &str, title: String, origins: &Origins) -> Diagnostic {
    let diagnostic = Diagnostic::error(STG005, title).at_origin(origins, extends.origin, &[], "extended here");
    if name == BASE {
        return diagnostic.help("remove this line");
    }
    if project.layers.get(name).is_some_and(|l| l.applies == Applies::Extension) {
        return diagnostic.help("remove one `extends` of the circle");
    }
    let extensions = || project.layers.values().filter(|l| l.applies == Applies::Extension).map(|l| l.name.as_str());
    if let Some(near) = did_you_mean(name, extensions()).filter(|near| *near != name) {
        let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        return match origins.spans(extends.origin).first() {
            Some(span) => diagnostic.edit(*span, near),
            None => diagnostic,
        };
    }
    let all: Vec<&str> = extensions().collect();
    match all.as_slice() {
        [] => diagnostic.help("a layer with neither `stage` nor `match` can be extended; there is none"),
        all => diagnostic.help(format!("layers that can be extended: {}", quote_list(all))),
    }
}
