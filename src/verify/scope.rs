//! A template as the checks of single values see it, whether it was made here or only read.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::{self, Keyword, ResourceType, Types};
use crate::cfn::{Function, Resource, Target};
use crate::origin::{Origin, OriginId, Origins};
use crate::source::{Sources, Span};
use crate::value::{Kind, Value};

/// A template and its surroundings.
pub(crate) struct Scope<'a> {
    /// What messages call it: ``the stack `data` ``.
    pub name: String,
    /// Its resources by logical id.
    pub resources: BTreeMap<&'a str, &'a Resource<Target>>,
    /// Its parameters, and whether each is a list.
    pub parameters: BTreeMap<&'a str, bool>,
    /// Its mappings: a map of maps of maps.
    pub mappings: Option<&'a Value<Target>>,
    /// Its conditions, if it may have any.
    pub conditions: Option<BTreeSet<&'a str>>,
    /// Whether all that the template will have stands in it; a macro adds more.
    pub is_closed: bool,
    /// The region of its stack, where it is known.
    pub region: Option<&'a str>,
    /// Where to point for a resource whose own parts were not written.
    pub owners: BTreeMap<&'a str, OriginId>,
    /// Where to point for everything else.
    pub top: OriginId,
    /// The files.
    pub sources: &'a Sources,
    /// Where everything comes from.
    pub origins: &'a Origins,
}

/// What a reference gives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gives {
    /// Its kinds of value, where they are known.
    pub types: Option<Types>,
    /// What it means, such as `AWS::EC2::VPC.Id`.
    pub format: Option<&'static str>,
    /// The property of the resource that it is.
    pub property: Option<&'static str>,
}

impl Gives {
    const UNKNOWN: Gives = Gives { types: None, format: None, property: None };
    const TEXT: Gives = Gives { types: Some(Types::STRING), format: None, property: None };
    const LIST: Gives = Gives { types: Some(Types::ARRAY), format: None, property: None };
}

impl Scope<'_> {
    /// Where to point for a resource.
    pub(crate) fn owner(&self, id: &str) -> OriginId {
        self.owners.get(id).copied().unwrap_or(self.top)
    }

    /// The type of the resource that a function is `Ref` of, where AWS published it and `Ref` is not up to others.
    pub(super) fn type_of(&self, function: &Function<'_>) -> Option<&'static str> {
        let Function::Ref(id) = function else { return None };
        let of = aws::resource_type(self.resources.get(id)?.type_name())?;
        (!of.name.starts_with("AWS::CloudFormation::")).then_some(of.name)
    }

    /// What a function gives.
    pub(super) fn gives(&self, function: &Function<'_>) -> Gives {
        match function {
            Function::Ref(id) => match self.resources.get(id) {
                Some(resource) => self.of_ref(resource),
                None if *id == "AWS::NotificationARNs" => Gives::LIST,
                None if id.starts_with("AWS::") => Gives::TEXT,
                None => match self.parameters.get(id) {
                    Some(true) => Gives::LIST,
                    Some(false) => Gives::TEXT,
                    None => Gives::UNKNOWN,
                },
            },
            Function::GetAtt(id, Some(attribute)) => self.attribute(id, attribute),
            Function::GetAtt(_, None) => Gives::UNKNOWN,
            Function::Join(_) | Function::Import => Gives::TEXT,
            Function::List => Gives::LIST,
            Function::Call(name, _) => match *name {
                "Base64" | "Join" | "Sub" | "ToJsonString" => Gives::TEXT,
                "Cidr" | "GetAZs" | "Split" => Gives::LIST,
                _ => Gives::UNKNOWN,
            },
        }
    }

    fn of_ref(&self, resource: &Resource<Target>) -> Gives {
        let Some(of) = aws::resource_type(resource.type_name()) else { return Gives::UNKNOWN };
        match of.reference() {
            _ if of.name == "AWS::EC2::SecurityGroup" => {
                let in_vpc = resource.properties.get("VpcId").is_some();
                let (format, property) = match in_vpc {
                    true => ("AWS::EC2::SecurityGroup.Id", "GroupId"),
                    false => ("AWS::EC2::SecurityGroup.Name", "GroupName"),
                };
                Gives { types: Some(Types::STRING), format: Some(format), property: Some(property) }
            }
            Some(only) => self.of_property(of, &only.0),
            None => Gives::TEXT,
        }
    }

    fn attribute(&self, id: &str, attribute: &str) -> Gives {
        let Some(of) = self.resources.get(id).and_then(|r| aws::resource_type(r.type_name())) else {
            return Gives::UNKNOWN;
        };
        // What a nested stack or a custom resource gives, only they know.
        if of.attributes.iter().any(|known| known.ends_with('*')) && !of.attributes.contains(&"*") {
            return Gives::UNKNOWN;
        }
        let steps: Vec<&str> = attribute.split('.').collect();
        self.of_property(of, &steps)
    }

    fn of_property(&self, of: &'static ResourceType, path: &[&str]) -> Gives {
        let Some(schema) = of.at(path) else { return Gives::UNKNOWN };
        let mut gives = Gives::UNKNOWN;
        for keyword in of.keywords(schema) {
            match keyword {
                Keyword::Types(types) => gives.types = Some(*types),
                Keyword::Format(format) => gives.format = Some(format),
                _ => {}
            }
        }
        gives.property = of.properties().find(|name| path.last() == Some(name));
        gives
    }

    /// Whether a value is `Ref: AWS::NoValue`, which stands for no value at all.
    pub(super) fn is_absent(value: &Value<Target>) -> bool {
        Function::of(value) == Some(Function::Ref("AWS::NoValue"))
    }

    /// A scalar as text.
    pub(super) fn scalar(value: &Value<Target>) -> Option<std::borrow::Cow<'_, str>> {
        Some(match &value.kind {
            Kind::Text(text) => text.as_str().into(),
            Kind::Bool(b) => b.to_string().into(),
            Kind::Int(i) => i.to_string().into(),
            Kind::Float(x) => x.to_string().into(),
            _ => return None,
        })
    }
}

impl Scope<'_> {
    /// Whether `Ref` takes a name.
    pub(super) fn knows(&self, name: &str) -> bool {
        !self.is_closed
            || name.starts_with("AWS::")
            || self.resources.contains_key(name)
            || self.parameters.contains_key(name)
    }

    /// The place of a word inside a value that stands in a file.
    pub(super) fn word(&self, origin: OriginId, word: &str) -> Option<Span> {
        let Origin::Manifest { span, .. } = self.origins.get(origin) else { return None };
        let is_part = |c: char| c.is_ascii_alphanumeric();
        let text = self.sources.text(span);
        let (at, _) = text.match_indices(word).find(|(at, _)| {
            let (before, after) =
                (text.get(..*at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
            !before.ends_with(is_part) && !after.starts_with(is_part)
        })?;
        let start = span.start as usize + at;
        Some(Span::new(span.file, start, start + word.len()))
    }

    /// Whether a value stands in a file as it is.
    pub(super) fn is_written(&self, origin: OriginId) -> bool {
        matches!(self.origins.get(origin), Origin::Manifest { .. })
    }

    /// The place of a key or value that stands in a file just so.
    pub(super) fn written(&self, origin: OriginId, text: &str) -> Option<Span> {
        let Origin::Manifest { span, .. } = self.origins.get(origin) else { return None };
        (self.sources.text(span) == text).then_some(span)
    }
}
