//! resource: raw CloudFormation, for what no kind makes.
//!
//! `${…}` in its properties is ours and has been resolved; tags such as `!GetAtt` are CloudFormation's own and stay as
//! they are.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Attribute, Context, Described, Fragment, Group, Interface, Kind, KindEntry, Policies, StackName};
use crate::cfn::holds_data;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::schema::snake_case;
use crate::setting::{Any, Keyed, Setting};
use crate::value::{Entry, Kind as ValueKind, Symbol, Value};

/// The settings of a raw resource.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// The CloudFormation type. It never changes: another type is another component.
    #[schemars(regex(pattern = "^AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$"), example = &"AWS::SES::EmailIdentity")]
    pub resource_type: Setting<String>,
    /// Its properties as CloudFormation names them. References to components work, and so do short-form tags; a `${` of
    /// CloudFormation's own in a `!Sub` is written `$${`.
    #[serde(default)]
    #[schemars(extend("type" = "object"), example = &BTreeMap::from([("EmailIdentity", "${zone.name}")]))]
    pub properties: Option<Any>,
    /// Components of the same stack that are made before it, where no reference says so already.
    #[serde(default)]
    #[schemars(example = &["ReggieVpc"])]
    pub depends_on: Vec<Setting<String>>,
    /// What others may reference: names in snake_case, each with the attribute as `Fn::GetAtt` takes it. What `Ref`
    /// gives is there as `ref`.
    #[serde(default)]
    #[schemars(extend("default" = {}), example = &BTreeMap::from([("token", "DkimDNSTokenName1")]))]
    pub attributes: Keyed<Setting<String>>,
}

/// The registry's entry.
pub const KIND: KindEntry =
    KindEntry::of::<Resource>("resource", "Raw CloudFormation, for what no kind makes.", StackName::App)
        .drawn(Group::Operations)
        .codes(&[CODES]);

impl Kind for Resource {
    fn interface(&self, on: &Context<'_>) -> Interface {
        let own = |(name, path): (&Setting<String>, &Setting<String>)| {
            let symbol = Symbol::Local { id: "Self".to_owned(), attribute: Some(path.value.clone()) };
            Attribute::open(name.value.clone(), Value::reference(path.origin, symbol))
        };
        let attributes = self.attributes.iter().filter(|(name, _)| name.value != "ref").map(own);
        let reference = Attribute::open("ref", on.local("Self", None));
        Interface {
            attributes: std::iter::once(reference).chain(attributes).collect(),
            raw_type: Some(self.resource_type.clone()),
            ..Interface::default()
        }
    }

    fn described(&self, on: &Context<'_>) -> Described {
        Described::of(on, self.resource_type.value.clone())
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        self.check(on);
        let resource_type = &self.resource_type;
        let holds_data = holds_data(resource_type);
        let before = |name: &Setting<String>| Value::reference(name.origin, Symbol::Component(name.value.clone()));
        let plan = Plan {
            resource_type: resource_type.clone(),
            depends_on: self.depends_on.first().map(|first| {
                let why = on.rule("what `depends_on` names is made before it", &[first.origin]);
                Value::list(why, self.depends_on.iter().map(before).collect())
            }),
            policies: (holds_data.is_some() || on.common.removal.is_some())
                .then(|| on.policies(holds_data.is_some_and(|data| data.knows_snapshots))),
            properties: self.properties.clone().map(|properties| with_pseudo_parameters(properties.0)),
        };
        vec![on.fragment("resource", &plan)]
    }
}

/// What the template is filled with.
#[derive(Serialize)]
struct Plan {
    resource_type: Setting<String>,
    depends_on: Option<Value>,
    policies: Option<Policies>,
    properties: Option<Value>,
}

/// The same tree, with `!Ref AWS::Region` and the like as what they are: no reference to any resource.
fn with_pseudo_parameters(value: Value) -> Value {
    let each = |items: Vec<Value>| items.into_iter().map(with_pseudo_parameters).collect();
    let kind = match value.kind {
        ValueKind::Call(name, argument) => match argument.as_text() {
            Some(text) if name == "Ref" && text.starts_with("AWS::") => ValueKind::Ref(Symbol::Pseudo(text.to_owned())),
            _ => ValueKind::Call(name, Box::new(with_pseudo_parameters(*argument))),
        },
        ValueKind::List(items) => ValueKind::List(each(items)),
        ValueKind::Join(pieces) => ValueKind::Join(each(pieces)),
        ValueKind::Map(entries) => {
            let entry = |e: Entry| Entry { value: with_pseudo_parameters(e.value), ..e };
            ValueKind::Map(entries.into_iter().map(entry).collect())
        }
        other => other,
    };
    Value::new(value.origin, kind)
}

/// Codes of this kind.
pub const CODES: &[Code] = &[CFN210, CFN211, CFN212, REF017];

/// `CFN210`: no type of CloudFormation.
pub const CFN210: Code = Code {
    id: "CFN210",
    explanation: "that is no type of a CloudFormation resource\n\n\
        A type is written `AWS::Service::Resource`, such as `AWS::SES::EmailIdentity`. Types of AWS SAM \
        (`AWS::Serverless::…`) are macros that AWS expands when the stack is deployed: what would run could not be \
        reviewed before.",
};

/// `CFN211`: an attribute of a raw resource that no reference could name.
pub const CFN211: Code = Code {
    id: "CFN211",
    explanation: "an attribute has a name that cannot be referenced\n\n\
        Attributes are named in snake_case. `ref` is always there, for what CloudFormation's `Ref` gives, and cannot \
        be set.",
};

/// `CFN212`: tags on a raw resource.
pub const CFN212: Code = Code {
    id: "CFN212",
    explanation: "a raw resource takes its tags among its properties\n\n\
        Some types take tags as a list, some as a map, some not at all. A raw resource says everything as \
        CloudFormation wants it, so that its own tags stand in `properties`. The tags of the stage reach it through \
        its stack anyway.",
};

/// `REF017`: `depends_on` names nothing.
pub const REF017: Code = Code {
    id: "REF017",
    explanation: "`depends_on` names no other component of this stage\n\n\
        It names components that stand in the same stack. A component that is limited to other stages by its `stages:` \
        is not there. What is in an earlier stack is made before anyway.",
};

impl Resource {
    fn check(&self, on: &Context<'_>) {
        check_type(on, &self.resource_type);
        for (written, _) in self.attributes.iter() {
            let name = &written.value;
            let is_attribute = name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if name == "ref" || !is_attribute {
                let title = format!("`{name}` is no name for an attribute of `{}`", on.name);
                let diagnostic = on.at(Diagnostic::error(CFN211, title), written.origin, "no name in snake_case");
                let diagnostic = diagnostic.help("choose a name in snake_case other than `ref`");
                let meant = snake_case(name);
                let is_name = meant.starts_with(|c: char| c.is_ascii_lowercase()) && meant != "ref";
                on.report(if is_name { on.repair(diagnostic, written.origin, &meant) } else { diagnostic });
            }
        }
        if let Some(tag) = on.common.tags.values().next() {
            let title = format!("`{}` is raw CloudFormation, and has `tags` beside its properties", on.name);
            let diagnostic = on.at(Diagnostic::error(CFN212, title), tag.origin, "not among its properties");
            on.report(
                diagnostic.help(format!("write them in `properties`, as `{}` takes them", self.resource_type.value)),
            );
        }
        for name in &self.depends_on {
            check_dependency(on, name);
        }
    }
}

fn check_type(on: &Context<'_>, written: &Setting<String>) {
    let mut steps = written.split("::");
    let named =
        |step: Option<&str>| step.is_some_and(|s| !s.is_empty() && s.chars().all(|c| c.is_ascii_alphanumeric()));
    let fits = steps.next() == Some("AWS") && named(steps.next()) && named(steps.next()) && steps.next().is_none();
    if !fits || written.starts_with("AWS::Serverless::") {
        let title = format!("`resource_type` of `{}` is `{}`, which is no resource type", on.name, written.value);
        let diagnostic = on.at(Diagnostic::error(CFN210, title), written.origin, "not `AWS::Service::Resource`");
        on.report(diagnostic.help("write the type as the CloudFormation resource reference does"));
    }
}

fn check_dependency(on: &Context<'_>, name: &Setting<String>) {
    if name.value != on.name && on.neighbours.contains_key(&name.value) {
        return;
    }
    let title =
        format!("`depends_on` of `{}` names `{}`, which is no other component of this stage", on.name, name.value);
    let diagnostic = on.at(Diagnostic::error(REF017, title), name.origin, "nothing to wait for");
    let near = did_you_mean(&name.value, on.neighbours.keys().map(String::as_str).filter(|n| *n != on.name));
    on.report(match near {
        Some(near) => on.repair(diagnostic.help(format!("did you mean `{near}`?")), name.origin, near),
        None => diagnostic.help("remove it, or name a component of the same stack"),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::OriginId;

    #[test]
    fn only_pseudo_parameters_change() {
        let at = OriginId(0);
        let call =
            |name: &str, text: &str| Value::new(at, ValueKind::Call(name.into(), Box::new(Value::text(at, text))));
        let before =
            Value::list(at, vec![call("Ref", "AWS::Region"), call("Ref", "Topic"), call("Sub", "${AWS::Region}")]);
        let after = with_pseudo_parameters(before);
        let pseudo = Value::reference(at, Symbol::Pseudo("AWS::Region".into()));
        assert_eq!(after.items(), [pseudo, call("Ref", "Topic"), call("Sub", "${AWS::Region}")]);
    }
}
