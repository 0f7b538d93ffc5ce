//! What everything that runs code becomes besides itself: its role with its permissions, its log group, and in a VPC a
//! security group with the rules that its links need.
//!
//! A kind calls [`lower`], puts the environment and the network into its own template, and hands the fragments on. What
//! of them others may see are the [`attributes`].

mod environment;
mod links;
mod permissions;
mod sst;

pub use environment::ENVIRONMENT_LIMIT;

use serde::Serialize;

use crate::component::{Attribute, Context, Fragment, Policies, StackName, scoped};
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::part::retention;
use crate::setting::Setting;
use crate::value::{Kind, Symbol, Value};

/// `CFN187`: a role's policy is longer than IAM takes.
pub const CFN187: Code = Code {
    id: "CFN187",
    explanation: "the permissions of a component are longer than IAM takes\n\n\
        The inline policies of one role have at most 10,240 characters together (IAM and STS quotas). Each link and \
        each entry of `permissions` is one statement. Link fewer components, name several resources in one entry of \
        `permissions`, or let a second function do part of the work.",
};

/// Codes of what everything that runs code has in common.
pub const CODES: &[Code] = &[
    retention::CFN186,
    CFN187,
    environment::CFN180,
    environment::CFN181,
    environment::CFN182,
    environment::REF015,
    environment::REF016,
    environment::SEC002,
    links::CFN183,
    links::CFN184,
    links::CFN573,
    links::REF011,
    links::REF012,
    links::REF013,
    links::REF018,
    permissions::CFN185,
    permissions::SEC003,
];

/// Characters that the inline policies of a role may have together.
const POLICY_LIMIT: usize = 10_240;

/// What surrounds something that runs code.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// Its variables; none where none are written.
    pub environment: Option<Value>,
    /// Where it runs; none outside of a VPC.
    pub network: Option<Place>,
    /// Its role, log group, security group and rules. They stand beside it as `Role`, `Logs` and `SecurityGroup`.
    pub fragments: Vec<Fragment>,
}

/// A place in a VPC.
#[derive(Debug, Clone, Serialize)]
pub struct Place {
    /// The private subnets.
    pub subnets: Value,
    /// Its own security group.
    pub security_group: Value,
}

/// An IAM statement of its policy.
#[derive(Debug, Clone, Serialize)]
pub struct Statement {
    sid: Value,
    actions: Value,
    resources: Value,
    condition: Option<Value>,
}

impl Statement {
    /// A statement that allows `actions` on `resource`, because of what stands at `origin`.
    #[must_use]
    pub fn new(origin: OriginId, sid: impl Into<String>, actions: &[&str], resource: Value) -> Self {
        let actions = actions.iter().map(|action| Value::text(origin, *action)).collect();
        let actions = Value::one_or_list(origin, actions);
        Statement { sid: Value::text(origin, sid), actions, resources: resource, condition: None }
    }

    /// It holds only under a condition.
    #[must_use]
    pub fn when(mut self, condition: Value) -> Self {
        self.condition = Some(condition);
        self
    }
}

/// One of the bodies of code that a component has: each has a role and a log of its own.
#[derive(Debug, Default)]
pub struct Body {
    /// What its local ids begin with.
    pub scope: String,
    /// What it may do beside what links and `permissions` say.
    pub needed: Vec<Statement>,
}

#[derive(Serialize)]
struct RolePlan {
    in_vpc: bool,
    writes_log: bool,
    has_policy: bool,
    statements: Vec<Statement>,
    log_days: Setting<u32>,
    policies: Policies,
    tags: Option<Value>,
}

#[derive(Serialize)]
struct SecurityGroupPlan {
    description: Value,
    vpc: Value,
    reaches_https: bool,
    tags: Value,
}

#[derive(Serialize)]
struct LinkRulesPlan {
    rules: Vec<links::Rule>,
}

/// Decides what surrounds a component that runs code, in `vpc` where it has one. Beside what its links and `permissions`
/// say, its role may do what `needed` says.
pub fn lower(on: &Context<'_>, vpc: Option<&Setting<String>>, needed: Vec<Statement>) -> Surroundings {
    lower_each(on, vpc, vec![Body { needed, ..Body::default() }])
}

/// The same for a component of several bodies of code: what its links grant each of them may do. They share the
/// environment and the place in the network.
pub fn lower_each(on: &Context<'_>, vpc: Option<&Setting<String>>, bodies: Vec<Body>) -> Surroundings {
    let Some(code) = on.code else { return Surroundings::default() };
    let links::Granted { statements: mut granted, rules, .. } = links::lower(on, code, vpc);
    granted.extend(permissions::lower(on, code));
    check_log_days(on);
    let mut fragments = Vec::new();
    for (number, body) in bodies.into_iter().enumerate() {
        let mut statements = granted.clone();
        statements.extend(body.needed);
        distinguish(on, &mut statements);
        // What is too long for one is as long for the others.
        if number == 0 {
            check_policy(on, &statements);
        }
        fragments.push(role(on, &body.scope, vpc.is_some(), statements));
    }
    if let Some(vpc) = vpc {
        // Among the network's own resources: a function's interfaces stay for up to 40 minutes after it is deleted, and
        // a group cannot go before them.
        fragments.push(on.fragment_in(
            on.stack_of(StackName::Network),
            "parts/security_group",
            &security_group(on, vpc),
        ));
    }
    if !rules.is_empty() {
        fragments.push(on.fragment("parts/link_rules", &LinkRulesPlan { rules }));
    }
    Surroundings {
        environment: environment::lower(on, code),
        network: vpc.map(|vpc| Place {
            subnets: on.attribute_of(vpc, "private_subnets"),
            security_group: on.own("security_group"),
        }),
        fragments,
    }
}

/// The role and the log of a body of code in `scope`, which may do what `statements` say.
pub fn role(on: &Context<'_>, scope: &str, in_vpc: bool, statements: Vec<Statement>) -> Fragment {
    let plan = RolePlan {
        in_vpc,
        // In a VPC the managed policy lets it write its log as well.
        writes_log: !in_vpc,
        has_policy: !in_vpc || !statements.is_empty(),
        statements,
        log_days: on.log_days(),
        policies: on.policies(false),
        tags: on.tags(),
    };
    on.fragment("parts/execution_role", &plan).scoped(scope)
}

/// What others may see of the surroundings of the body of code in `scope`.
pub fn attributes(on: &Context<'_>, scope: &str, vpc: Option<&Setting<String>>) -> Vec<Attribute> {
    let (role, logs) = (scoped(scope, "Role"), scoped(scope, "Logs"));
    let mut attributes = vec![
        Attribute::open("role_arn", on.local(&role, Some("Arn"))),
        Attribute::open("role_name", on.local(&role, None)),
        Attribute::open("log_group", on.local(&logs, None)),
    ];
    if vpc.is_some() {
        attributes.push(Attribute::open("security_group", on.local("SecurityGroup", Some("GroupId"))));
    }
    attributes
}

fn security_group(on: &Context<'_>, vpc: &Setting<String>) -> SecurityGroupPlan {
    let network = on.neighbour(vpc, "vpc", &["vpc"]).and_then(|found| found.interface.network.as_ref());
    SecurityGroupPlan {
        // A changed description replaces the group: only the name may stand in it.
        description: on.text(
            "a security group's description never changes",
            &[],
            format!("What {} runs in", on.identity()),
        ),
        vpc: on.attribute_of(vpc, "id"),
        // What an imported network has is not known here, so it is assumed to lead somewhere.
        reaches_https: network.is_none_or(|n| n.internet || !n.endpoints.is_empty()),
        tags: on.named_tags(""),
    }
}

/// IAM refuses two statements of the same name.
fn distinguish(on: &Context<'_>, statements: &mut [Statement]) {
    // The template itself writes one of this name.
    let mut seen: Vec<String> = vec!["WriteLog".to_owned()];
    for statement in statements {
        let Some(sid) = statement.sid.as_text().map(str::to_owned) else { continue };
        let mut own = sid.clone();
        let mut number = 1;
        while seen.contains(&own) {
            number += 1;
            own = format!("{sid}{number}");
        }
        if own != sid {
            statement.sid =
                on.text("statements of one policy have different names", &[statement.sid.origin], own.clone());
        }
        seen.push(own);
    }
}

fn check_log_days(on: &Context<'_>) {
    let days = on.log_days();
    if let Some(finding) = retention::refused_of(on.name, days, on.origins) {
        on.report(finding);
    }
}

fn check_policy(on: &Context<'_>, statements: &[Statement]) {
    // Braces, quotes and the keys Sid, Effect, Action and Resource of each statement.
    let frame = 64 * statements.len();
    let length = |value: &Value| Length::of(on, value, 0).estimate();
    let about =
        frame + statements.iter().map(|s| length(&s.sid) + length(&s.actions) + length(&s.resources)).sum::<usize>();
    if about <= POLICY_LIMIT {
        return;
    }
    let title = format!("the permissions of `{}` have about {about} characters; IAM takes {POLICY_LIMIT}", on.name);
    let diagnostic = on.at(Diagnostic::warning(CFN187, title), on.origin, "its links and permissions are too many");
    on.report(diagnostic.help("link fewer components, or name several resources in one entry of `permissions`"));
}

/// How long a text will be once deployed.
#[derive(Debug, Clone, Copy, Default)]
struct Length {
    /// Characters that are known.
    known: usize,
    /// References whose texts are not.
    references: usize,
}

impl Length {
    fn of(on: &Context<'_>, value: &Value, depth: usize) -> Length {
        let sum = |values: &mut dyn Iterator<Item = &Value>| {
            values.map(|v| Length::of(on, v, depth)).fold(Length::default(), Length::plus)
        };
        match &value.kind {
            Kind::Text(text) => Length { known: text.len(), references: 0 },
            Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => Length { known: 4, references: 0 },
            Kind::List(items) | Kind::Join(items) => sum(&mut items.iter()),
            Kind::Map(entries) => sum(&mut entries.iter().map(|e| &e.value)),
            // An attribute may itself be composed; its depth is bounded only by a mistake of ours.
            Kind::Ref(Symbol::Attribute { component, attribute }) if depth < 4 => on
                .neighbours
                .get(component)
                .and_then(|n| n.interface.attribute(attribute))
                .map_or(Length { known: 0, references: 1 }, |found| Length::of(on, &found.value, depth + 1)),
            Kind::Ref(_) | Kind::Call(..) => Length { known: 0, references: 1 },
            Kind::Null => Length::default(),
        }
    }

    fn plus(self, other: Length) -> Length {
        Length { known: self.known + other.known, references: self.references + other.references }
    }

    /// A guess: names and ARNs have about 80 characters.
    fn estimate(self) -> usize {
        self.known + 80 * self.references
    }
}
