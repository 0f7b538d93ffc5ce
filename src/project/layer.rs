//! One layer: its tree, and which stages it is for.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::origin::{OriginId, Origins};
use crate::project::BASE;
use crate::setting::Setting;
use crate::source::{FileId, Span};
use crate::stage::slug;
use crate::value::{Entry, Kind, Value};
use crate::yaml::{self, Node};

/// `MAN002`: a layer is for one stage and for a pattern.
pub const MAN002: Code = Code {
    id: "MAN002",
    explanation: "a layer says both `stage` and `match`\n\n\
        A layer is for one stage (`stage: production`), or for every stage whose name fits a pattern (`match: [\"pr-*\"]`), or, \
        with neither, only there for others to extend. The base takes neither: it is below every stage.",
};

/// `MAN003`: a tag where none may stand.
pub const MAN003: Code = Code {
    id: "MAN003",
    explanation: "a tag stands outside raw CloudFormation\n\n\
        CloudFormation's short-form tags (`!Ref`, `!GetAtt`, `!Sub` …) are allowed only in the `properties` of a component of \
        kind `resource` and in `overrides`. Everywhere else `${Component.attribute}` says the same, is checked, and works \
        across stacks.",
};

/// `MAN022`: a stage key that reaches no stage.
pub const MAN022: Code = Code {
    id: "MAN022",
    explanation: "a stage key stands in a layer that is for no stage\n\n\
        `lifetime`, `removal`, `protect`, `account`, `secrets_from`, `sst_variables`, `owner`, `expire_days` and `estimate_limit` belong to the layer of a \
        stage and are never inherited: what protects a database must stand where the stage is described, not three files below. In the base, or in a layer that is \
        only there to be extended, they would be ignored in silence.",
};

/// Stage keys that mean nothing outside of a stage's own layer.
const OF_A_STAGE: &[&str] = &[
    "lifetime",
    "removal",
    "protect",
    "account",
    "secrets_from",
    "sst_variables",
    "owner",
    "expire_days",
    "estimate_limit",
];

/// Reports stage keys that reach no stage.
pub(super) fn unreached(layer: &Layer, origins: &Origins, findings: &mut Diagnostics) {
    if !matches!(layer.applies, Applies::Everywhere | Applies::Extension) {
        return;
    }
    for entry in layer.tree.entries().iter().filter(|e| OF_A_STAGE.contains(&e.key.as_str())) {
        let title = format!("`{}` stands in a layer that is for no stage", entry.key);
        let diagnostic = Diagnostic::error(MAN022, title)
            .at_origin(origins, entry.key_origin, &[], "reaches no stage")
            .note("stage keys belong to the layer that says them and are never inherited");
        findings.push(diagnostic.help("move it to the layers of the stages that it is meant for"));
    }
}

/// Which stages a layer is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Applies {
    /// Every stage: the base.
    Everywhere,
    /// One stage, by its name as a slug.
    Stage(Setting<String>),
    /// Every stage whose name fits one of the patterns.
    Match(Vec<Setting<String>>),
    /// Only what other layers extend.
    Extension,
}

/// One file of `environments/`.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The file's name without its ending.
    pub name: String,
    /// The file.
    pub file: FileId,
    /// Which stages it is for.
    pub applies: Applies,
    /// What it says, short forms made long.
    pub tree: Value,
}

impl Layer {
    /// The stage that it is for, where it names one.
    #[must_use]
    pub fn stage(&self) -> Option<&str> {
        match &self.applies {
            Applies::Stage(name) => Some(name.value.as_str()),
            _ => None,
        }
    }

    /// How long its stages live, in the word of the manifest. One of its own stays unless its layer says otherwise, which it must;
    /// those of a pattern come and go.
    #[must_use]
    pub fn lifetime(&self) -> &'static str {
        let written = self.tree.get("lifetime").and_then(Value::as_text);
        match (&self.applies, written) {
            (_, Some("local")) => "local",
            (Applies::Stage(_), written) if written != Some("ephemeral") => "permanent",
            _ => "ephemeral",
        }
    }

    /// Whether it is for a stage that stays.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.lifetime() == "permanent"
    }

    /// Whether its stages run on a developer's machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.lifetime() == "local"
    }
}

/// The layer's name: `environments/staging.yaml` is `staging`.
pub(super) fn name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".yaml").or_else(|| file.strip_suffix(".yml")).unwrap_or(file)
}

/// Reads which stages a layer is for.
pub(super) fn applies(layer: &Layer, origins: &Origins, findings: &mut Diagnostics) -> Applies {
    let text = |v: &Value| v.as_text().map(|t| Setting::new(v.origin, t.to_owned()));
    let stage = layer.tree.get("stage");
    let patterns = layer.tree.get("match");
    if let (Some(a), Some(b)) = (stage, patterns) {
        let diagnostic = Diagnostic::error(MAN002, "the layer says both `stage` and `match`")
            .at_origin(origins, b.origin, &[], "a second answer")
            .context_if_known(origins, Some(a.origin), "the first one");
        findings.push(diagnostic.help("keep `stage` for one stage, or `match` for all whose names fit"));
    }
    if layer.name == BASE {
        if let Some(value) = stage.or(patterns) {
            let diagnostic = Diagnostic::error(MAN002, "the base is for one stage only").at_origin(
                origins,
                value.origin,
                &[],
                "the base lies below every stage",
            );
            findings.push(diagnostic.help("remove this line, or move it to a layer of its own"));
        }
        return Applies::Everywhere;
    }
    match (stage, patterns) {
        (Some(stage), _) => text(stage).map_or(Applies::Extension, |name| Applies::Stage(name.map(|n| slug(&n)))),
        (None, Some(patterns)) => Applies::Match(patterns.items().iter().filter_map(text).collect()),
        (None, None) => Applies::Extension,
    }
}

/// The layer's tree with an origin for every value.
pub(super) fn tree(node: &Node, origins: &Origins, findings: &mut Diagnostics) -> Value {
    convert(node, origins, findings, &mut Vec::new())
}

fn convert<'n>(node: &'n Node, origins: &Origins, findings: &mut Diagnostics, path: &mut Vec<&'n str>) -> Value {
    let origin = origins.manifest(node.span);
    let kind = match &node.kind {
        yaml::Kind::Null => Kind::Null,
        yaml::Kind::Bool(b) => Kind::Bool(*b),
        yaml::Kind::Int(i) => Kind::Int(*i),
        yaml::Kind::Float(x) => Kind::Float(*x),
        yaml::Kind::Str(text) => Kind::Text(text.clone()),
        yaml::Kind::Seq(items) => Kind::List(items.iter().map(|n| convert(n, origins, findings, path)).collect()),
        yaml::Kind::Map(entries) => {
            let mut map = Vec::with_capacity(entries.len());
            for entry in entries {
                path.push(&entry.key);
                let value = convert(&entry.value, origins, findings, path);
                path.pop();
                map.push(Entry { key: entry.key.clone(), key_origin: origins.manifest(entry.key_span), value });
            }
            Kind::Map(map)
        }
    };
    let value = Value::new(origin, kind);
    match &node.tag {
        None => value,
        Some(tag) if in_raw_cloudformation(path) => call(tag, value, origin),
        Some(tag) => {
            findings.push(misplaced_tag(tag, node.span));
            value
        }
    }
}

/// Below `properties` or `overrides` of a component, or of a kind's defaults.
fn in_raw_cloudformation(path: &[&str]) -> bool {
    matches!(path, ["components" | "defaults" | "sets", _, "properties" | "overrides", ..])
}

fn call(tag: &str, value: Value, origin: OriginId) -> Value {
    Value::new(origin, Kind::Call(tag.to_owned(), Box::new(value)))
}

fn misplaced_tag(tag: &str, span: Span) -> Diagnostic {
    Diagnostic::error(MAN003, format!("the tag `!{tag}` stands outside raw CloudFormation"))
        .at(span, "no tag may stand here")
        .help("write `${Component.attribute}` instead; tags belong in `properties` of a `resource` and in `overrides`")
        .help("if a text is meant that starts with `!`, put it in quotes")
}
