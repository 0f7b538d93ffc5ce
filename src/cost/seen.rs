//! A stage as the rules of charges see it, whether it was linked just now or read from the files of an earlier build.

use std::collections::BTreeMap;

use crate::cfn::{self, Function, Target};
use crate::link::Linked;
use crate::value::{self, Value};
use crate::yaml::{self, Node};

/// A stage's resources.
#[derive(Debug, Default)]
pub struct Seen<'a> {
    /// The region of everything that is not bound to another.
    pub home: &'a str,
    /// Its stacks.
    pub stacks: Vec<SeenStack<'a>>,
    /// Whether its secrets stand in a secret of Secrets Manager, which no template makes.
    pub keeps_secret: bool,
}

/// A stack.
#[derive(Debug)]
pub struct SeenStack<'a> {
    /// Its region.
    pub region: &'a str,
    /// Its resources by logical id.
    pub resources: BTreeMap<&'a str, SeenResource<'a>>,
}

/// A resource.
#[derive(Debug, Clone, Copy)]
pub struct SeenResource<'a> {
    /// Its type.
    pub resource_type: &'a str,
    /// The component that it belongs to, and its id there.
    pub owner: (&'a str, &'a str),
    /// What the template says of it.
    pub properties: Option<Said<'a>>,
}

/// A value of a template.
#[derive(Debug, Clone, Copy)]
pub enum Said<'a> {
    /// Linked just now.
    Linked(&'a Value<Target>),
    /// Read from a file.
    Read(&'a Node),
}

impl<'a> Said<'a> {
    /// The value of a key.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Said<'a>> {
        match self {
            Said::Linked(value) => value.get(key).map(Said::Linked),
            Said::Read(node) => node.get(key).map(Said::Read),
        }
    }

    /// The value at a path of keys.
    #[must_use]
    pub fn at(self, path: &[&str]) -> Option<Said<'a>> {
        path.iter().try_fold(self, |said, key| said.get(key))
    }

    /// The items of a list; none of anything else.
    #[must_use]
    pub fn items(self) -> Vec<Said<'a>> {
        match self {
            Said::Linked(value) => value.items().iter().map(Said::Linked).collect(),
            Said::Read(node) => match &node.kind {
                yaml::Kind::Seq(items) => items.iter().map(Said::Read).collect(),
                _ => Vec::new(),
            },
        }
    }

    /// A plain text.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        match self {
            Said::Linked(value) => value.as_text(),
            Said::Read(Node { kind: yaml::Kind::Str(text), tag: None, .. }) => Some(text),
            Said::Read(_) => None,
        }
    }

    /// A number, also one that stands as text, as some properties take it.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "sizes and counts are far below what a float holds exactly")]
    pub fn number(self) -> Option<f64> {
        let number = match self {
            Said::Linked(Value { kind: value::Kind::Int(i), .. })
            | Said::Read(Node { kind: yaml::Kind::Int(i), .. }) => Some(*i as f64),
            Said::Linked(Value { kind: value::Kind::Float(x), .. })
            | Said::Read(Node { kind: yaml::Kind::Float(x), .. }) => Some(*x),
            _ => self.text().and_then(|text| text.parse().ok()),
        };
        number.filter(|number| number.is_finite() && *number >= 0.0)
    }

    /// Whether it says yes.
    #[must_use]
    pub fn is_true(self) -> bool {
        match self {
            Said::Linked(Value { kind: value::Kind::Bool(b), .. })
            | Said::Read(Node { kind: yaml::Kind::Bool(b), .. }) => *b,
            _ => self.text() == Some("true"),
        }
    }

    /// The logical id of the resource that it refers to, by `Ref` or `GetAtt`.
    #[must_use]
    pub fn refers_to(self) -> Option<&'a str> {
        let id_of = |path: &'a str| path.split('.').next();
        match self {
            Said::Linked(value) => match Function::of(value)? {
                Function::Ref(id) | Function::GetAtt(id, _) => Some(id),
                _ => None,
            },
            Said::Read(node) => match (node.tag.as_deref(), &node.kind) {
                (Some("Ref"), yaml::Kind::Str(id)) => Some(id),
                (Some("GetAtt"), yaml::Kind::Str(path)) => id_of(path),
                (None, yaml::Kind::Map(entries)) => match entries.as_slice() {
                    [only] => match (only.key.as_str(), &only.value.kind) {
                        ("Ref", yaml::Kind::Str(id)) => Some(id),
                        ("Fn::GetAtt", yaml::Kind::Str(path)) => id_of(path),
                        ("Fn::GetAtt", yaml::Kind::Seq(items)) => Said::Read(items.first()?).text(),
                        _ => None,
                    },
                    _ => None,
                },
                _ => None,
            },
        }
    }
}

impl<'a> Seen<'a> {
    /// A stage that was linked just now.
    #[must_use]
    pub fn of_linked(linked: &'a Linked, home: &'a str, keeps_secret: bool) -> Seen<'a> {
        let stacks = linked.stacks.iter().map(|stack| {
            let owner =
                |id: &str| stack.owners.get(id).map_or(("", ""), |(name, local)| (name.as_str(), local.as_str()));
            let seen = |resource: &'a cfn::Resource<Target>| SeenResource {
                resource_type: resource.type_name(),
                owner: owner(&resource.id),
                properties: Some(Said::Linked(&resource.properties)),
            };
            let resources = stack.template.resources.iter().map(|r| (r.id.as_str(), seen(r))).collect();
            SeenStack { region: &stack.id.region, resources }
        });
        Seen { home, stacks: stacks.collect(), keeps_secret }
    }
}
