//! Intrinsic functions: that they are what CloudFormation knows, given what they take, and name what is there.

use std::collections::BTreeMap;

use crate::aws;
use crate::cfn::{Function, Output, SubPart, Target, sub_parts};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean, quote_list};
use crate::origin::OriginId;
use crate::value::{Entry, Kind, Value};

use super::graph;
use super::schema::listed;
use super::scope::Scope;

/// `CFN413`: an attribute that a type does not have.
pub const CFN413: Code = Code {
    id: "CFN413",
    explanation: "`GetAtt` names an attribute that the resource's type does not have\n\n\
        What `GetAtt` gives stands in the reference of each resource type, \"Return values\"; `reggie-cfn schema resource \
        AWS::SQS::Queue` prints it.",
};

/// `CFN414`: a function that is given what it does not take.
pub const CFN414: Code = Code {
    id: "CFN414",
    explanation: "an intrinsic function is given what it does not take\n\n\
        Each function of CloudFormation takes arguments of its own: `Fn::Join` a delimiter and a list, `Fn::Select` a position and a \
        list, `Fn::FindInMap` three names. CloudFormation refuses the template otherwise (CloudFormation Template Reference, \
        \"Intrinsic function reference\").",
};

/// `CFN415`: a function that CloudFormation does not know.
pub const CFN415: Code = Code {
    id: "CFN415",
    explanation: "CloudFormation has no such function\n\n\
        A tag (`!Sub`) or a key that begins with `Fn::` names an intrinsic function, and this is none of them (CloudFormation \
        Template Reference, \"Intrinsic function reference\").",
};

/// `CFN416`: a name that `FindInMap` or `If` does not find.
pub const CFN416: Code = Code {
    id: "CFN416",
    explanation: "a mapping or a condition is not there\n\n\
        `Fn::FindInMap` names a mapping of the same template, and a key of each of its two levels; `Fn::If` and `Condition` name a \
        condition of the same template.",
};

/// `CFN417`: a variable of `Sub` that its text does not use.
pub const CFN417: Code = Code {
    id: "CFN417",
    explanation: "`Fn::Sub` is given a variable that its text does not use\n\n\
        Either the text misspells it, or it is not needed.",
};

/// Functions of CloudFormation by their short names.
const FUNCTIONS: &[&str] = &[
    "And",
    "Base64",
    "Cidr",
    "Condition",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "GetStackOutput",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Ref",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
];

pub(super) fn check(scope: &Scope<'_>, outputs: &[Output], findings: &mut Diagnostics) {
    let mut walk = Walk { scope, whose: String::new(), owner: scope.top, findings };
    for resource in scope.resources.values() {
        if walk.findings.is_full() {
            return;
        }
        walk.whose = format!("`{}`", resource.id);
        walk.owner = scope.owner(&resource.id);
        resource.attributes.iter().filter(|a| a.key != "Metadata").for_each(|a| walk.value(&a.value));
        walk.value(&resource.properties);
    }
    for output in outputs {
        walk.whose = format!("the output `{}`", output.name);
        walk.owner = scope.top;
        walk.value(&output.value);
    }
}

/// Checks the functions of a template's conditions, and that they lead in no circle.
pub(super) fn check_conditions(scope: &Scope<'_>, conditions: &[Entry<Target>], findings: &mut Diagnostics) {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut walk = Walk { scope, whose: String::new(), owner: scope.top, findings };
    for entry in conditions.iter().filter(|e| !e.key.starts_with("Fn::")) {
        walk.whose = format!("the condition `{}`", entry.key);
        walk.owner = entry.key_origin;
        walk.value(&entry.value);
        let mut named = Vec::new();
        conditions_in(&entry.value, &mut named);
        named.iter().for_each(|name| walk.condition(name));
        edges.insert(&entry.key, named.iter().filter_map(|name| name.as_text()).collect());
        let mut references = Vec::new();
        graph::value(&entry.value, &mut references);
        for (name, at) in references {
            if !name.starts_with("AWS::") && !scope.parameters.contains_key(name) && scope.is_closed {
                let title = format!("{} refers to `{name}`, which is no parameter", walk.whose);
                let help = "conditions are decided before anything is made: refer to parameters only".to_owned();
                walk.report(CFN414, title, at, "not a parameter", help);
            }
        }
    }
    if let Some(circle) = graph::circle(&edges) {
        let names: Vec<String> = circle.iter().map(|name| format!("`{name}`")).collect();
        let at =
            conditions.iter().find(|e| circle.first() == Some(&e.key.as_str())).map_or(scope.top, |e| e.key_origin);
        let title = format!("conditions need each other in a circle: {}", names.join(" → "));
        walk.report(CFN416, title, at, "needs itself", "let one of them be decided by parameters alone".to_owned());
    }
}

/// The names of other conditions in a condition.
fn conditions_in<'v>(value: &'v Value<Target>, named: &mut Vec<&'v Value<Target>>) {
    match &value.kind {
        Kind::Call(name, argument) if name == "Condition" => named.push(argument),
        Kind::Call(_, argument) => conditions_in(argument, named),
        Kind::List(items) => items.iter().for_each(|item| conditions_in(item, named)),
        Kind::Map(entries) => {
            for entry in entries {
                if entry.key == "Condition" {
                    named.push(&entry.value);
                }
                conditions_in(&entry.value, named);
            }
        }
        _ => {}
    }
}

/// A function as templates write it.
fn written(name: &str) -> String {
    if matches!(name, "Ref" | "Condition") { name.to_owned() } else { format!("Fn::{name}") }
}

struct Walk<'a> {
    scope: &'a Scope<'a>,
    /// Of what the value is a part.
    whose: String,
    /// Where to point if the value was not written.
    owner: OriginId,
    findings: &'a mut Diagnostics,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value<Target>) {
        match Function::of(value) {
            Some(Function::GetAtt(id, Some(attribute))) => self.attribute(id, &attribute, value.origin),
            Some(Function::Join(pieces)) => pieces.iter().for_each(|piece| self.value(piece)),
            Some(Function::Call(name, argument)) => self.call(name, argument, value.origin),
            Some(Function::Ref(_) | Function::GetAtt(_, None) | Function::Import | Function::List) => {}
            None => {
                value.items().iter().for_each(|item| self.value(item));
                for entry in value.entries() {
                    self.mixed(&entry.key, entry.key_origin);
                    self.value(&entry.value);
                }
            }
        }
    }

    fn report(&mut self, code: Code, title: String, at: OriginId, label: &str, help: String) {
        let diagnostic = Diagnostic::error(code, title).at_origin(self.scope.origins, at, &[self.owner], label);
        self.findings.push(diagnostic.help(help));
    }

    /// A function among other keys is none. Macros may stand anywhere.
    fn mixed(&mut self, key: &str, at: OriginId) {
        let Some(name) = key.strip_prefix("Fn::") else { return };
        if name == "Transform" || name.starts_with("ForEach") {
            return;
        }
        let title = format!("{} has `{key}` among other keys", self.whose);
        self.report(
            CFN414,
            title,
            at,
            "a function stands alone",
            "let the function be the only key of its map".to_owned(),
        );
    }

    fn attribute(&mut self, id: &str, attribute: &str, at: OriginId) {
        let Some(resource) = self.scope.resources.get(id) else { return };
        let Some(of) = aws::resource_type(resource.type_name()) else { return };
        // What a custom resource gives, only its provider knows.
        if of.name == "AWS::CloudFormation::CustomResource" {
            return;
        }
        // Only `Outputs.X` and the like are names of their own; all others are properties.
        let known = of.attributes.contains(&"*") && of.at(&attribute.split('.').collect::<Vec<_>>()).is_some();
        if known || (of.attributes != ["*"] && of.has_attribute(attribute)) || attribute.contains("${") {
            return;
        }
        let title = format!("{} refers to `{id}.{attribute}`, which `{}` does not give", self.whose, of.name);
        let names = || {
            of.attributes
                .iter()
                .copied()
                .filter(|name| *name != "*")
                .chain(of.attributes.contains(&"*").then(|| of.properties()).into_iter().flatten())
        };
        let names: Vec<&str> = names().collect();
        let diagnostic =
            Diagnostic::error(CFN413, title).at_origin(self.scope.origins, at, &[self.owner], "no such attribute");
        // `TopicArn` of a topic is its `Arn`.
        let noun = of.name.rsplit("::").next().unwrap_or_default();
        let own = attribute.strip_prefix(noun).filter(|own| names.contains(own));
        self.findings.push(match own.or_else(|| did_you_mean(attribute, names.iter().copied())) {
            Some(near) => {
                let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                match self.scope.word(at, attribute) {
                    Some(span) => diagnostic.edit(span, near),
                    None => diagnostic,
                }
            }
            None if names.is_empty() => diagnostic.help("`Ref` is all that it gives"),
            None => diagnostic.help(listed("it gives", &names, of.name)),
        });
    }

    fn call(&mut self, name: &str, argument: &Value<Target>, at: OriginId) {
        if !FUNCTIONS.contains(&name) && !name.starts_with("ForEach") {
            let title = format!("{} uses `Fn::{name}`, which is no function of CloudFormation", self.whose);
            let diagnostic =
                Diagnostic::error(CFN415, title).at_origin(self.scope.origins, at, &[self.owner], "not a function");
            return self.findings.push(match did_you_mean(name, FUNCTIONS.iter().copied()) {
                Some(near) => {
                    let diagnostic = diagnostic.help(format!("did you mean `Fn::{near}`?"));
                    match self.scope.word(at, name) {
                        Some(span) => diagnostic.edit(span, near),
                        None => diagnostic,
                    }
                }
                None => diagnostic.help("remove it, or write a function that CloudFormation knows"),
            });
        }
        if let Some(takes) = self.refused(name, argument) {
            let title = format!("{} gives `{}` what it does not take", self.whose, written(name));
            self.report(CFN414, title, at, "not what it takes", format!("it takes {takes}"));
        }
        match name {
            "Sub" => self.substitution(argument, at),
            "Transform" => {}
            _ => {
                argument.items().iter().for_each(|item| self.value(item));
                if argument.items().is_empty() {
                    self.value(argument);
                }
            }
        }
    }

    /// What a function takes, where it is given something else.
    fn refused(&mut self, name: &str, argument: &Value<Target>) -> Option<&'static str> {
        let items = match &argument.kind {
            Kind::List(items) => Some(items.as_slice()),
            _ => None,
        };
        let is_text = |v: &Value<Target>| {
            Function::of(v).is_some() || matches!(v.kind, Kind::Text(_) | Kind::Int(_) | Kind::Bool(_) | Kind::Float(_))
        };
        let is_list = |v: &Value<Target>| Function::of(v).is_some() || matches!(v.kind, Kind::List(_));
        let gives_list = |v: &Value<Target>| match Function::of(v) {
            Some(function) => self.scope.gives(&function).types.is_none_or(|t| t.meets(aws::Types::ARRAY)),
            None => matches!(v.kind, Kind::List(_)),
        };
        let (right, takes) = match (name, items) {
            ("Ref", _) => (false, "the logical id of a resource or parameter, as text"),
            ("GetAtt", _) => (false, "a logical id and an attribute, as `Id.Attribute`"),
            ("Join", Some([delimiter, list])) => {
                (matches!(delimiter.kind, Kind::Text(_)) && gives_list(list), "a delimiter, as text, and a list")
            }
            ("Join", _) => (false, "a delimiter, as text, and a list"),
            ("Select", Some([at, list])) => (self.selects(at, list), "a position that the list has, and the list"),
            ("Select", _) => (false, "a position, from 0, and a list"),
            ("Split", Some([delimiter, text])) => {
                (matches!(&delimiter.kind, Kind::Text(d) if !d.is_empty()) && is_text(text), "a delimiter and a text")
            }
            ("Split", _) => (false, "a delimiter and a text"),
            ("Sub", None) => (is_text(argument), "a text, or a text and its variables"),
            ("Sub", Some([text, variables])) => (
                matches!(text.kind, Kind::Text(_) | Kind::Join(_)) && matches!(variables.kind, Kind::Map(_)),
                "a text, or a text and its variables",
            ),
            ("Sub", Some([only])) => (is_text(only), "a text, or a text and its variables"),
            ("Sub", _) => (false, "a text, or a text and its variables"),
            ("FindInMap", Some([_, _, _] | [_, _, _, _])) => (true, ""),
            ("FindInMap", _) => (false, "a mapping and a key of each of its two levels"),
            ("If", Some([condition, _, _])) => {
                (matches!(condition.kind, Kind::Text(_)), "a condition's name and two values")
            }
            ("If", _) => (false, "a condition's name and two values"),
            ("Cidr", Some([_, count] | [_, count, _])) => {
                (within(count, 1, 256), "a block, how many (1 to 256), and maybe the bits of each")
            }
            ("Cidr", _) => (false, "a block, how many (1 to 256), and maybe the bits of each"),
            ("Base64" | "ImportValue", _) => (is_text(argument), "a text"),
            ("GetAZs", _) => (is_text(argument), "a region, as text, or an empty text"),
            ("GetStackOutput", _) => (
                argument.get("StackName").is_some() && argument.get("OutputName").is_some(),
                "a map with `StackName` and `OutputName`, and maybe `Region` and `RoleArn`",
            ),
            ("And" | "Or", items) => (items.is_some_and(|i| (2..=10).contains(&i.len())), "two to ten conditions"),
            ("Not", items) => (items.is_some_and(|i| i.len() == 1), "a list of one condition"),
            ("Equals", items) => (items.is_some_and(|i| i.len() == 2), "a list of two values"),
            ("Length", _) => (is_list(argument), "a list"),
            _ => (true, ""),
        };
        if right {
            match (name, items) {
                ("FindInMap", Some([mapping, top, second])) => self.find_in_map(mapping, top, second),
                ("If", Some([condition, ..])) => self.condition(condition),
                _ => {}
            }
            return None;
        }
        Some(takes)
    }

    /// Whether a position can be in a list.
    fn selects(&self, at: &Value<Target>, list: &Value<Target>) -> bool {
        let position = match &at.kind {
            Kind::Int(i) => usize::try_from(*i).ok(),
            Kind::Text(text) => text.parse().ok(),
            _ if Function::of(at).is_some() => return true,
            _ => None,
        };
        let Some(position) = position else { return false };
        match Function::of(list) {
            Some(Function::Call("Cidr", argument)) => match argument.items().get(1).map(|count| &count.kind) {
                Some(Kind::Int(count)) => usize::try_from(*count).is_ok_and(|count| position < count),
                _ => true,
            },
            Some(Function::Call("Split", argument)) => match argument.items() {
                // How many parts a literal has shows; of anything else only the deploy knows.
                [delimiter, text] => match (delimiter.as_text(), text.as_text()) {
                    (Some(delimiter), Some(text)) => position < text.split(delimiter).count(),
                    _ => true,
                },
                _ => true,
            },
            Some(_) => true,
            None => position < list.items().len() && matches!(list.kind, Kind::List(_)),
        }
    }

    fn find_in_map(&mut self, mapping: &Value<Target>, top: &Value<Target>, second: &Value<Target>) {
        let Some(name) = mapping.as_text() else { return };
        let Some(mappings) = self.scope.mappings else {
            // Of a template made here it is said that it can have none.
            if self.scope.conditions.is_some() && self.scope.is_closed {
                let title = format!("{} looks into the mapping `{name}`, and the template has none", self.whose);
                self.report(
                    CFN416,
                    title,
                    mapping.origin,
                    "not there",
                    "write it in the section `Mappings`".to_owned(),
                );
            }
            return;
        };
        let missing = |whose: &str, key: &str, known: &Value<Target>| {
            let known: Vec<&str> = known.entries().iter().map(|e| e.key.as_str()).collect();
            let help = did_you_mean(key, known.iter().copied());
            let help = help.map_or_else(
                || format!("name one that is there: {}", quote_list(&known)),
                |near| format!("did you mean `{near}`?"),
            );
            (format!("{whose} has no `{key}`"), help)
        };
        let (title, help, at) = match (mappings.get(name), top.as_text()) {
            // A macro may bring mappings.
            (None, _) if mappings.entries().iter().any(|e| e.key.starts_with("Fn::")) => return,
            (None, _) => {
                let (title, help) = missing("the section `Mappings`", name, mappings);
                (title, help, mapping.origin)
            }
            (Some(found), Some(key)) if found.get(key).is_none() && found.get("Fn::Transform").is_none() => {
                let (title, help) = missing(&format!("the mapping `{name}`"), key, found);
                (title, help, top.origin)
            }
            (Some(found), key) => {
                let Some(last) = second.as_text() else { return };
                let rows: Vec<&Value<Target>> = match key {
                    Some(key) => found.get(key).into_iter().collect(),
                    None => found.entries().iter().map(|e| &e.value).collect(),
                };
                if rows.is_empty()
                    || rows.iter().any(|row| row.get(last).is_some() || row.get("Fn::Transform").is_some())
                {
                    return;
                }
                let (title, help) = missing(&format!("the mapping `{name}`"), last, rows.first().unwrap_or(&found));
                (title, help, second.origin)
            }
        };
        self.report(CFN416, title, at, "not there", help);
    }

    fn condition(&mut self, condition: &Value<Target>) {
        let (Some(known), Some(name)) = (&self.scope.conditions, condition.as_text()) else { return };
        if known.contains(name) {
            return;
        }
        let help = did_you_mean(name, known.iter().copied());
        let help = help.map_or_else(
            || "write it in the section `Conditions`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let title = format!("{} depends on the condition `{name}`, which is not there", self.whose);
        self.report(CFN416, title, condition.origin, "no such condition", help);
    }

    fn substitution(&mut self, argument: &Value<Target>, at: OriginId) {
        let (template, given) = match argument.items() {
            [template, given] => (template, given.entries()),
            [template] => (template, &[][..]),
            _ => (argument, &[][..]),
        };
        given.iter().for_each(|entry| self.value(&entry.value));
        let pieces = match &template.kind {
            Kind::Join(pieces) => pieces.as_slice(),
            _ => std::slice::from_ref(template),
        };
        let mut used = Vec::new();
        for piece in pieces {
            let Some(text) = piece.as_text() else {
                self.value(piece);
                continue;
            };
            for part in sub_parts(text) {
                let SubPart::Name(name) = part else { continue };
                used.push(name);
                if given.iter().any(|e| e.key == name) {
                    continue;
                }
                if let Some((id, attribute)) = name.split_once('.') {
                    self.attribute(id, attribute, piece.origin);
                }
            }
        }
        for entry in given.iter().filter(|e| !used.contains(&e.key.as_str())) {
            let title =
                format!("{} gives `Fn::Sub` the variable `{}`, which its text does not use", self.whose, entry.key);
            let diagnostic = Diagnostic::warning(CFN417, title).at_origin(
                self.scope.origins,
                entry.key_origin,
                &[at, self.owner],
                "not used",
            );
            let unknown = used.iter().copied().filter(|name| !given.iter().any(|e| e.key == *name));
            self.findings.push(match did_you_mean(&entry.key, unknown) {
                Some(near) => {
                    let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                    match self.scope.written(entry.key_origin, &entry.key) {
                        Some(span) => diagnostic.edit(span, near),
                        None => diagnostic,
                    }
                }
                None => diagnostic.help(format!("write `${{{}}}` in the text, or remove the variable", entry.key)),
            });
        }
    }
}

/// Whether a value may be a whole number in bounds; what only the deploy knows may.
fn within(value: &Value<Target>, least: i64, most: i64) -> bool {
    match &value.kind {
        Kind::Int(i) => (least..=most).contains(i),
        Kind::Text(text) => text.parse().is_ok_and(|i: i64| (least..=most).contains(&i)),
        _ => Function::of(value).is_some(),
    }
}
