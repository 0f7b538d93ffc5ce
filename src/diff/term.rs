//! Values of a template in one spelling: what CloudFormation takes for the same is the same here.
//!
//! `!Sub ${A}`, `!Ref A` and `!Join ['', [!Ref A]]` are one term, `30` and `"30"` another, and keys have no order. What comes
//! from another stack of the stage, by an import or by a parameter, is followed to the resource that it comes from, so that
//! a term says what a value *is*, and not by which way it arrives.

use std::collections::BTreeMap;

use crate::built::{Built, Stack, field, items, text};
use crate::cfn::ParameterSource;
use crate::yaml::{Kind, Node};

/// How many stacks a value is followed through. Stacks form no circle, but a folder may hold anything.
const MOST_STACKS: usize = 16;

/// What a resource gives to others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attribute {
    /// The stack that it stands in, by its file without the ending.
    pub stack: String,
    /// Its logical id.
    pub id: String,
    /// The attribute, or the resource's `Ref`.
    pub name: Option<String>,
}

/// A value of a template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// Nothing, or `AWS::NoValue`.
    Null,
    /// A text, a number or a boolean: CloudFormation takes each for the others.
    Scalar(String),
    /// A list.
    List(Vec<Term>),
    /// A map.
    Map(BTreeMap<String, Term>),
    /// What a resource of this stage gives.
    Of(Attribute),
    /// What comes from elsewhere and is known by a name alone: what a release or a person fills in, what all stages share.
    Given(String),
    /// Texts and what stands between them.
    Text(Vec<Term>),
    /// Another function.
    Call(String, Box<Term>),
}

impl Term {
    /// Calls `f` with everything that it takes from resources.
    pub fn each_attribute<'t>(&'t self, f: &mut impl FnMut(&'t Attribute)) {
        match self {
            Term::Of(attribute) => f(attribute),
            Term::List(items) | Term::Text(items) => items.iter().for_each(|t| t.each_attribute(f)),
            Term::Map(entries) => entries.values().for_each(|t| t.each_attribute(f)),
            Term::Call(_, argument) => argument.each_attribute(f),
            Term::Null | Term::Scalar(_) | Term::Given(_) => {}
        }
    }

    /// Calls `f` with itself and every part of it, to change them.
    pub fn each_mut(&mut self, f: &mut impl FnMut(&mut Term)) {
        f(self);
        match self {
            Term::List(items) | Term::Text(items) => items.iter_mut().for_each(|t| t.each_mut(f)),
            Term::Map(entries) => entries.values_mut().for_each(|t| t.each_mut(f)),
            Term::Call(_, argument) => argument.each_mut(f),
            Term::Null | Term::Scalar(_) | Term::Given(_) | Term::Of(_) => {}
        }
    }

    /// The value of a map under `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Term> {
        match self {
            Term::Map(entries) => entries.get(key),
            _ => None,
        }
    }

    /// The text of a scalar.
    #[must_use]
    pub fn scalar(&self) -> Option<&str> {
        match self {
            Term::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// One value or a list of them, as IAM and others take both.
    #[must_use]
    pub fn each(&self) -> &[Term] {
        match self {
            Term::List(items) => items,
            one => std::slice::from_ref(one),
        }
    }
}

/// A stack of a build: where a value stands decides what it comes to.
#[derive(Debug, Clone, Copy)]
pub struct Side<'b> {
    /// The build.
    pub built: &'b Built,
    /// The stack.
    pub stack: &'b Stack,
}

impl Side<'_> {
    /// What a value comes to.
    #[must_use]
    pub fn term(&self, node: &Node) -> Term {
        In { side: *self, depth: 0 }.term(node)
    }
}

/// A function and its argument: `Ref: x`, `Fn::Sub: x`; or `!Ref x`, whose argument is the value itself without its tag.
fn function(node: &Node) -> Option<(&str, &Node)> {
    if let Some(tag) = &node.tag {
        return Some((tag, node));
    }
    let Kind::Map(entries) = &node.kind else { return None };
    let [entry] = entries.as_slice() else { return None };
    let name = if entry.key == "Ref" { Some("Ref") } else { entry.key.strip_prefix("Fn::") };
    Some((name?, &entry.value))
}

/// Whether a value is made by a function, and not a list or map that can be looked into.
#[must_use]
pub fn is_function(node: &Node) -> bool {
    function(node).is_some()
}

/// A place in a build.
#[derive(Clone, Copy)]
struct In<'b> {
    side: Side<'b>,
    depth: usize,
}

impl<'b> In<'b> {
    fn term(&self, node: &Node) -> Term {
        match function(node) {
            Some((name, argument)) => self.call(name, argument, node),
            None => self.plain(node),
        }
    }

    /// What a value comes to apart from its tag.
    fn plain(&self, node: &Node) -> Term {
        match &node.kind {
            Kind::Null => Term::Null,
            Kind::Bool(value) => Term::Scalar(value.to_string()),
            Kind::Int(value) => Term::Scalar(value.to_string()),
            Kind::Float(value) => Term::Scalar(value.to_string()),
            Kind::Str(text) => Term::Scalar(text.clone()),
            Kind::Seq(items) => Term::List(items.iter().map(|n| self.term(n)).collect()),
            Kind::Map(entries) => {
                let terms = entries.iter().map(|e| (e.key.clone(), self.term(&e.value)));
                Term::Map(terms.filter(|(_, term)| *term != Term::Null).collect())
            }
        }
    }

    fn call(&self, name: &str, argument: &Node, whole: &Node) -> Term {
        // In the long form the argument may be made by a function itself.
        let is_plain = whole.tag.is_some() || !is_function(argument);
        let (said, list) = if is_plain { (text(argument), items(argument)) } else { (None, [].as_slice()) };
        match (name, said, list) {
            ("Ref", Some(of), _) => self.reference(of),
            ("GetAtt", Some(path), _) => path.split_once('.').map(|(id, name)| self.of(id, Some(name))),
            ("GetAtt", None, [id, name]) => text(id).zip(text(name)).map(|(id, name)| self.of(id, Some(name))),
            ("ImportValue", Some(export), _) => Some(self.import(export)),
            ("ImportValue", None, _) => match self.term(argument) {
                Term::Scalar(export) => Some(self.import(&export)),
                _ => None,
            },
            ("Sub", Some(written), _) => Some(self.substituted(written, None)),
            ("Sub", None, [written, variables]) => text(written).map(|w| self.substituted(w, Some(variables))),
            ("Join", None, [by, list]) => {
                text(by).filter(|_| !is_function(list)).map(|by| self.joined(by, items(list)))
            }
            _ => None,
        }
        .unwrap_or_else(|| {
            let argument = if whole.tag.is_some() { self.plain(argument) } else { self.term(argument) };
            Term::Call(name.to_owned(), Box::new(argument))
        })
    }

    fn of(&self, id: &str, name: Option<&str>) -> Term {
        Term::Of(Attribute { stack: self.side.stack.word.clone(), id: id.to_owned(), name: name.map(str::to_owned) })
    }

    /// What `Ref` gives.
    fn reference(&self, of: &str) -> Option<Term> {
        Some(match (of, self.side.stack.parameters.get(of)) {
            ("AWS::NoValue", _) => Term::Null,
            ("AWS::Region", _) => Term::Scalar(self.side.stack.region.clone()),
            ("AWS::StackName", _) => Term::Scalar(self.side.stack.name.clone()),
            (_, Some(ParameterSource::Output { stack, region, output })) => self.output(stack, region, output),
            (_, Some(ParameterSource::Release | ParameterSource::Input)) => Term::Given(of.to_owned()),
            _ if of.starts_with("AWS::") => Term::Given(of.to_owned()),
            _ => self.of(of, None),
        })
    }

    fn import(&self, export: &str) -> Term {
        let producer = self.side.built.stacks.iter().filter(|s| s.region == self.side.stack.region);
        let found = producer.filter_map(|s| Some((s, s.exports().find(|(name, ..)| *name == export)?.2))).next();
        found.and_then(|(stack, value)| self.within(stack, value)).unwrap_or_else(|| Term::Given(export.to_owned()))
    }

    fn output(&self, stack: &str, region: &str, output: &str) -> Term {
        let producer = self.side.built.stacks.iter().find(|s| s.name == stack && s.region == region);
        producer
            .and_then(|s| self.within(s, &s.outputs.get(output)?.value))
            .unwrap_or_else(|| Term::Given(format!("{stack}.{output} in {region}")))
    }

    /// A value of another stack.
    fn within(&self, stack: &'b Stack, value: &Node) -> Option<Term> {
        let there = In { side: Side { stack, ..self.side }, depth: self.depth + 1 };
        (there.depth < MOST_STACKS).then(|| there.term(value))
    }

    /// `Fn::Sub`: texts, and between them what `${…}` names.
    fn substituted(&self, written: &str, variables: Option<&Node>) -> Term {
        let (mut parts, mut rest) = (Vec::new(), written);
        while let Some((before, after)) = rest.split_once("${") {
            parts.push(Term::Scalar(before.to_owned()));
            let Some((name, behind)) = after.split_once('}') else {
                parts.push(Term::Scalar(format!("${{{after}")));
                return flat(parts);
            };
            parts.push(match (name.strip_prefix('!'), variables.and_then(|v| field(v, name))) {
                (Some(literal), _) => Term::Scalar(format!("${{{literal}}}")),
                (None, Some(value)) => self.term(value),
                (None, None) => match name.split_once('.') {
                    Some((id, attribute)) => self.of(id, Some(attribute)),
                    None => self.reference(name).unwrap_or(Term::Null),
                },
            });
            rest = behind;
        }
        parts.push(Term::Scalar(rest.to_owned()));
        flat(parts)
    }

    fn joined(&self, by: &str, list: &[Node]) -> Term {
        let parts = list.iter().enumerate().flat_map(|(i, node)| {
            let between = (i > 0).then(|| Term::Scalar(by.to_owned()));
            between.into_iter().chain([self.term(node)])
        });
        flat(parts.collect())
    }
}

/// Texts side by side as one; one part alone as itself.
fn flat(parts: Vec<Term>) -> Term {
    let mut merged: Vec<Term> = Vec::new();
    let pieces = parts.into_iter().flat_map(|part| match part {
        Term::Text(inner) => inner,
        other => vec![other],
    });
    for piece in pieces {
        match (merged.last_mut(), piece) {
            (_, Term::Scalar(text)) if text.is_empty() => {}
            (Some(Term::Scalar(last)), Term::Scalar(text)) => last.push_str(&text),
            (_, piece) => merged.push(piece),
        }
    }
    match merged.len() {
        0 => Term::Scalar(String::new()),
        1 => merged.pop().unwrap_or(Term::Null),
        _ => Term::Text(merged),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::Files;

    const INDEX: &str = "region: eu-west-2
stacks:
  - {name: shop-data, region: eu-west-2, template: {file: data.yaml}}
  - name: shop-app
    region: eu-west-2
    template: {file: app.yaml}
    imports: [shop-data-Host]
    parameters:
      Code: {from: release}
      Arn: {from: output, stack: shop-data, region: eu-west-2, output: Arn}
";
    const DATA: &str = "Resources: {Db: {Type: 'AWS::RDS::DBCluster'}}
Outputs:
  Host: {Value: !GetAtt Db.Endpoint.Address, Export: {Name: shop-data-Host}}
  Arn: {Value: !Sub '${Db.DBClusterArn}/*'}
";

    #[track_caller]
    fn term(value: &str) -> Term {
        let app = format!("Resources:\n  A:\n    Type: T\n    Properties:\n      P: {value}\n");
        let files = [("index.yaml", INDEX), ("data.yaml", DATA), ("app.yaml", &app)];
        let files: Files = files.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let built = Built::read(&files);
        let stack = built.stacks.iter().find(|s| s.word == "app").unwrap_or_else(|| panic!("{app}"));
        let value = field(stack.resources["A"].properties().unwrap(), "P").unwrap();
        Side { built: &built, stack }.term(value)
    }

    #[test]
    fn one_thing_has_one_spelling() {
        for same in [
            &["30", "'30'"][..],
            &["true", "'true'"],
            &["{a: 1, b: 2}", "{b: '2', a: 1, c: !Ref 'AWS::NoValue'}"],
            &["!Ref A", "!Sub '${A}'", "{Ref: A}", "!Join ['', [!Ref A]]", "{'Fn::Sub': '${A}'}"],
            &["!GetAtt A.Arn", "!GetAtt [A, Arn]", "!Sub '${A.Arn}'", "{'Fn::GetAtt': [A, Arn]}"],
            &["!Sub 'x-${A}-y'", "!Join ['-', [x, !Ref A, y]]", "!Sub ['x-${V}-y', {V: !Ref A}]"],
            &["!Sub '${!A}'", "'${A}'", "!Join ['', ['$', '{A}']]"],
            &["eu-west-2", "!Ref AWS::Region", "!Sub '${AWS::Region}'"],
            &[
                "!ImportValue shop-data-Host",
                "{'Fn::ImportValue': !Sub 'shop-data-Host'}",
                "!Sub ['${H}', {H: !ImportValue shop-data-Host}]",
            ],
        ] {
            let terms: Vec<Term> = same.iter().map(|value| term(value)).collect();
            assert!(terms.windows(2).all(|two| two[0] == two[1]), "{same:?}: {terms:#?}");
        }
    }

    #[test]
    fn different_things_differ() {
        for (one, other) in [
            ("!Ref A", "!GetAtt A.Arn"),
            ("!Ref A", "A"),
            ("[a, b]", "[b, a]"),
            ("!Ref Code", "Code"),
            ("!Sub '${A}${Code}'", "!Sub '${Code}${A}'"),
            ("!GetAZs ''", "''"),
            ("{'Fn::Base64': !Ref A}", "!Base64 A"),
            ("{'Fn::Base64': !Sub '${A}'}", "!Base64 '${A}'"),
            ("!ImportValue shop-data-Host", "!ImportValue shop-data-Other"),
        ] {
            assert_ne!(term(one), term(other), "{one} {other}");
        }
    }

    #[test]
    fn what_comes_from_another_stack_is_what_makes_it() {
        let of = |name: &str| Attribute { stack: "data".to_owned(), id: "Db".to_owned(), name: Some(name.to_owned()) };
        assert_eq!(term("!ImportValue shop-data-Host"), Term::Of(of("Endpoint.Address")));
        let mut found = Vec::new();
        let arn = term("!Sub 'x:${Arn}'");
        arn.each_attribute(&mut |attribute| found.push(attribute.clone()));
        assert_eq!(found, [of("DBClusterArn")]);
        assert_eq!(term("!Ref Code"), Term::Given("Code".to_owned()));
        assert_eq!(term("!ImportValue elsewhere"), Term::Given("elsewhere".to_owned()));
    }
}
