//! Splicing: the holes of a skeleton filled, its tags read, every value with its origin.

use std::cell::RefCell;

use super::skeleton::{HOLE, HOLE_END, Line, Skeleton};
use crate::cfn::{RESOURCE_ATTRIBUTES, Resource};
use crate::component::scoped;
use crate::origin::{Origin, OriginId, Origins};
use crate::reference::joined;
use crate::value::{Entry, Kind, Symbol, Value};
use crate::yaml::{self, Node};

/// The resources of a skeleton.
pub(super) fn resources(
    skeleton: &Skeleton,
    holes: &[&Value],
    scope: &str,
    origins: &Origins,
) -> Result<Vec<Resource>, String> {
    let splice = Splice { skeleton, holes, scope, origins, lines: RefCell::new(vec![None; skeleton.len()]) };
    let yaml::Kind::Map(entries) = &skeleton.root.kind else { return Err("it spells no map of resources".to_owned()) };
    entries.iter().map(|entry| splice.resource(entry)).collect()
}

struct Splice<'a> {
    skeleton: &'a Skeleton,
    holes: &'a [&'a Value],
    /// What local ids of the template begin with; those that came with a value are the component's already.
    scope: &'a str,
    origins: &'a Origins,
    /// The origins of lines so far: all literals of a line share one.
    lines: RefCell<Vec<Option<OriginId>>>,
}

impl Splice<'_> {
    fn resource(&self, entry: &yaml::Entry) -> Result<Resource, String> {
        let origin = self.origin(entry.key_span.start);
        let id = scoped(self.scope, &self.key(&entry.key, origin)?);
        let Kind::Map(parts) = self.value(&entry.value)?.kind else {
            return Err(format!("`{id}` is no resource"));
        };
        let mut resource_type = None;
        let mut properties = Value::new(origin, Kind::Map(Vec::new()));
        let mut attributes = Vec::new();
        for part in parts {
            match part.key.as_str() {
                "Type" => resource_type = Some(part.value),
                "Properties" => properties = part.value,
                "DependsOn" => attributes.push(Entry { value: self.depends_on(part.value), ..part }),
                key if RESOURCE_ATTRIBUTES.contains(&key) => attributes.push(part),
                key => return Err(format!("`{key}` of `{id}` is no attribute of a resource")),
            }
        }
        attributes.sort_by_key(|a: &Entry| RESOURCE_ATTRIBUTES.iter().position(|k| *k == a.key));
        let resource_type = resource_type.ok_or_else(|| format!("`{id}` has no `Type`"))?;
        Ok(Resource { id, origin, resource_type, attributes, properties })
    }

    fn value(&self, node: &Node) -> Result<Value, String> {
        let origin = self.origin(node.span.start);
        if let Some(tag) = &node.tag {
            return self.tagged(tag, node, origin);
        }
        self.untagged(node, origin)
    }

    fn untagged(&self, node: &Node, origin: OriginId) -> Result<Value, String> {
        let kind = match &node.kind {
            yaml::Kind::Null => Kind::Null,
            yaml::Kind::Bool(b) => Kind::Bool(*b),
            yaml::Kind::Int(i) => Kind::Int(*i),
            yaml::Kind::Float(x) => Kind::Float(*x),
            yaml::Kind::Str(text) => return self.text(text, origin),
            yaml::Kind::Seq(items) => Kind::List(items.iter().map(|n| self.value(n)).collect::<Result<_, _>>()?),
            yaml::Kind::Map(entries) => {
                let mut map = Vec::with_capacity(entries.len());
                for entry in entries {
                    let key_origin = self.origin(entry.key_span.start);
                    let key = self.key(&entry.key, key_origin)?;
                    if map.iter().any(|e: &Entry| e.key == key) {
                        return Err(format!("the key `{key}` comes twice"));
                    }
                    map.push(Entry { key, key_origin, value: self.value(&entry.value)? });
                }
                Kind::Map(map)
            }
        };
        Ok(Value::new(origin, kind))
    }

    /// A text; a hole that is all of it takes the value's place with its type.
    fn text(&self, text: &str, origin: OriginId) -> Result<Value, String> {
        if !text.contains(HOLE) {
            return Ok(Value::text(origin, text));
        }
        let mut parts = self.pieces(text, origin)?;
        if parts.len() == 1 {
            return parts.pop().ok_or_else(String::new);
        }
        Ok(joined(flat(parts)?, origin, self.origins))
    }

    fn key(&self, key: &str, origin: OriginId) -> Result<String, String> {
        match self.text(key, origin)?.kind {
            Kind::Text(text) => Ok(text),
            Kind::Int(i) => Ok(i.to_string()),
            _ => Err("a key is no text".to_owned()),
        }
    }

    /// Literals and the values of holes.
    fn pieces(&self, text: &str, origin: OriginId) -> Result<Vec<Value>, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(HOLE) {
            if !before.is_empty() {
                parts.push(Value::text(origin, before));
            }
            let (number, after) = after.split_once(HOLE_END).ok_or("a hole has no end")?;
            let hole = number.parse::<usize>().ok().and_then(|i| self.holes.get(i));
            parts.push(Value::clone(hole.ok_or("a hole has no value")?));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Value::text(origin, rest));
        }
        Ok(parts)
    }

    fn tagged(&self, tag: &str, node: &Node, origin: OriginId) -> Result<Value, String> {
        match (tag, &node.kind) {
            ("Ref", yaml::Kind::Str(_)) => {
                let id = self.key_of(node, origin)?;
                Ok(Value::reference(origin, self.reference(&id)))
            }
            ("GetAtt", yaml::Kind::Str(_)) => {
                let path = self.key_of(node, origin)?;
                let (id, attribute) =
                    path.split_once('.').ok_or_else(|| format!("`!GetAtt {path}` has no attribute"))?;
                Ok(Value::reference(origin, self.local(id, Some(attribute))))
            }
            ("Sub", yaml::Kind::Str(text)) => self.substitution(text, origin),
            _ => Ok(Value::new(origin, Kind::Call(tag.to_owned(), Box::new(self.untagged(node, origin)?)))),
        }
    }

    fn key_of(&self, node: &Node, origin: OriginId) -> Result<String, String> {
        match self.untagged(node, origin)?.kind {
            Kind::Text(text) => Ok(text),
            _ => Err("a reference names no text".to_owned()),
        }
    }

    /// The text of a `!Sub`: literals, `${Local}`, `${Local.Attribute}`, `${!literal}`, and holes.
    fn substitution(&self, text: &str, origin: OriginId) -> Result<Value, String> {
        let mut parts: Vec<Value> = Vec::new();
        for piece in self.pieces(text, origin)? {
            // Only our own text holds CloudFormation's references; a hole's value is never read as one.
            let from_template = piece.origin == origin && matches!(piece.kind, Kind::Text(_));
            match piece.as_text() {
                Some(text) if from_template => parts.extend(self.references(text, origin)),
                _ => parts.push(piece),
            }
        }
        Ok(joined(flat(parts)?, origin, self.origins))
    }

    /// The names of a template's own `DependsOn`.
    fn depends_on(&self, value: Value) -> Value {
        let kind = match value.kind {
            Kind::Text(id) => Kind::Text(scoped(self.scope, &id)),
            Kind::List(items) => Kind::List(items.into_iter().map(|item| self.depends_on(item)).collect()),
            other => other,
        };
        Value::new(value.origin, kind)
    }

    fn references(&self, text: &str, origin: OriginId) -> Vec<Value> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            literal.push_str(before);
            let Some((path, after)) = after.split_once('}') else {
                literal.push_str("${");
                rest = after;
                continue;
            };
            if let Some(escaped) = path.strip_prefix('!') {
                literal.push_str(&format!("${{{escaped}}}"));
            } else {
                if !literal.is_empty() {
                    parts.push(Value::text(origin, std::mem::take(&mut literal)));
                }
                parts.push(Value::reference(origin, self.dotted(path)));
            }
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Value::text(origin, literal));
        }
        parts
    }

    fn dotted(&self, path: &str) -> Symbol {
        match path.split_once('.') {
            Some((id, attribute)) => self.local(id, Some(attribute)),
            None => self.reference(path),
        }
    }

    fn reference(&self, id: &str) -> Symbol {
        if id.starts_with("AWS::") { Symbol::Pseudo(id.to_owned()) } else { self.local(id, None) }
    }

    fn local(&self, id: &str, attribute: Option<&str>) -> Symbol {
        Symbol::Local { id: scoped(self.scope, id), attribute: attribute.map(str::to_owned) }
    }

    fn origin(&self, offset: u32) -> OriginId {
        let (at, Line { template, line }) = self.skeleton.line(offset);
        let new = || self.origins.add(Origin::Template { template, line });
        self.lines.borrow_mut().get_mut(at).map_or_else(new, |known| *known.get_or_insert_with(new))
    }
}

/// Joins inside joins opened; a map or list inside text is a mistake of the template.
fn flat(parts: Vec<Value>) -> Result<Vec<Value>, String> {
    let mut flat = Vec::new();
    for part in parts {
        match part.kind {
            Kind::Join(inner) => flat.extend(inner),
            Kind::Map(_) | Kind::List(_) | Kind::Null => return Err("a hole inside text holds no text".to_owned()),
            _ => flat.push(part),
        }
    }
    Ok(flat)
}
