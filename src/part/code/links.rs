//! Links: what one component may do with another, as IAM statements and as rules between security groups.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Statement;
use crate::component::{self, Code, Context, KindEntry, Level, Neighbour, Prefix};
use crate::diag::{Code as DiagCode, Diagnostic, Severity, a_quoted, did_you_mean, quote_list};
use crate::manifest::Secret;
use crate::origin::OriginId;
use crate::part::secret;
use crate::setting::Setting;
use crate::value::{Kind, Value};

/// `REF011`: a link to nothing.
pub const REF011: DiagCode = DiagCode {
    id: "REF011",
    explanation: "the link leads to nothing\n\n\
        A link names a component or a secret of this stage; both share one namespace. If the component is limited to \
        other stages by its `stages:`, remove the link there with `null`, or let the component exist here too.",
};

/// `REF012`: a level of access that the kind does not have, or none where one must be chosen.
pub const REF012: DiagCode = DiagCode {
    id: "REF012",
    explanation: "the link asks for an access that its target does not offer\n\n\
        Each kind names its own levels of access, from the narrowest up. A kind with an obvious one has a default, and \
        `{}` is enough; where reading and writing are different decisions there is none, and the link must say which \
        is meant.",
};

/// `REF013`: a link to something that has no levels.
pub const REF013: DiagCode = DiagCode {
    id: "REF013",
    explanation: "this kind of component cannot be linked to\n\n\
        A link grants permissions and opens the network. Some kinds offer neither: a network is used by `vpc:`, and a \
        raw `resource` has no levels that the compiler could know, so that its permissions are written out in \
        `permissions:`.",
};

/// `REF018`: a prefix that narrows nothing.
pub const REF018: DiagCode = DiagCode {
    id: "REF018",
    explanation: "the link has a `prefix`, and its target has no parts\n\n\
        A `prefix` narrows a link to the keys of a bucket's objects that begin so. Other kinds have nothing that a prefix \
        could name: their permissions are for the whole component.",
};

/// `CFN183`: a link needs the network of its target.
pub const CFN183: DiagCode = DiagCode {
    id: "CFN183",
    explanation: "the link needs the same VPC\n\n\
        Some levels of access lead through the network: a rule from the consumer's security group to the target's. \
        Security groups refer to each other only within one VPC, and what runs in no VPC has no group, so that both \
        must name the same `vpc`.",
};

/// `CFN184`: nothing in the VPC leads to a service that a link uses.
pub const CFN184: DiagCode = DiagCode {
    id: "CFN184",
    explanation: "nothing in the VPC leads to a service that the component's links use\n\n\
        What runs in a VPC reaches AWS services through a NAT or an endpoint of the service. Without either, calls \
        wait until the function's timeout. Give the VPC a `nat`, or an endpoint of the service. A secret can do \
        without: its `.value` is put into the environment when deployed, if it is kept in Secrets Manager.\n\n\
        An HTTP API and a function's URL are reached through a NAT only: an endpoint of `execute-api` serves private REST \
        APIs, and while its private DNS is on, all other APIs cannot be reached from the VPC (API Gateway Developer Guide, \
        \"Troubleshoot private REST APIs\"); an endpoint of `lambda` serves the Lambda API, not function URLs.",
};

/// `CFN573`: a link that leads into another region.
pub const CFN573: DiagCode = DiagCode {
    id: "CFN573",
    explanation: "a link leads to a component of another region\n\n\
        Permissions hold in every region, and names reach the function as parameters. But a client of the AWS SDK asks the region of the \
        function, `AWS_REGION` (Lambda Developer Guide, \"Working with Lambda environment variables\"), and would not find what stands in \
        another one. Give its client the region that the component stands in: `environment: {TABLE_REGION: \"${region}\"}`, where \
        `${region}` is that of the project.",
};

/// What links come to.
#[derive(Debug, Default)]
pub(super) struct Granted {
    pub(super) statements: Vec<Statement>,
    pub(super) rules: Vec<Rule>,
    /// AWS services that code calls because of a link, each with the links, and where the first of them stands.
    services: BTreeMap<Service, (OriginId, Vec<String>)>,
    /// What stands in another region, by that region, and where the first link to it stands.
    elsewhere: BTreeMap<String, (OriginId, Vec<String>)>,
}

/// An AWS service as code calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Service {
    name: &'static str,
    /// Whether it is called under an address that no endpoint serves.
    is_public: bool,
}

/// What is called under a public address: an HTTP API, and a function's URL.
const PUBLIC: &[&str] = &["execute-api:Invoke", "lambda:InvokeFunctionUrl"];

/// Services that have no regions.
const GLOBAL: &[&str] = &["cloudfront:"];

/// A rule from the consumer's security group to another's port, seen from both.
#[derive(Debug, Serialize)]
pub(super) struct Rule {
    target: Value,
    description: Value,
    consumer_group: Value,
    target_group: Value,
    port: Value,
}

/// A link as it is written.
#[derive(Clone, Copy)]
struct Written<'a> {
    /// Where the name of what it links to stands.
    key: OriginId,
    /// The access that it asks for.
    access: Option<&'a Setting<String>>,
    /// What narrows it.
    prefix: Option<&'a Setting<String>>,
}

impl Written<'_> {
    /// Where the link stands: its access, or the name where it asks for none.
    fn at(self) -> OriginId {
        self.access.map_or(self.key, |access| access.origin)
    }
}

/// What a link names.
#[derive(Clone, Copy)]
struct Target<'a> {
    name: &'a str,
    kind: &'static KindEntry,
    /// Absent where a component links to itself.
    neighbour: Option<&'a Neighbour>,
}

/// Decides what the links of a component come to, in `vpc` where it has one.
pub(super) fn lower(on: &Context<'_>, code: &Code, vpc: Option<&Setting<String>>) -> Granted {
    let mut granted = Granted::default();
    let mut links: Vec<_> = code.links.iter().collect();
    links.sort_by_key(|(key, _)| on.identity_of(&key.value));
    for (key, link) in links {
        let name = &key.value;
        let link = Written { key: key.origin, access: link.access.as_ref(), prefix: link.prefix.as_ref() };
        if let Some(secret) = on.secrets.get(name) {
            granted.secret(on, name, secret, link);
        } else if let Some(target) = target(on, name, link)
            && let Some(level) = level(on, target, link)
        {
            granted.level(on, target, level, link, vpc);
        }
    }
    if let Some(vpc) = vpc {
        granted.check_reach(on, vpc);
    }
    granted.tell_elsewhere(on);
    granted
}

impl Granted {
    fn secret(&mut self, on: &Context<'_>, name: &str, secret: &Secret, link: Written<'_>) {
        if let Some(access) = link.access.filter(|a| a.value != "read") {
            let title =
                format!("`{}` links to the secret `{name}` with `{}`, which is not `read`", on.name, access.value);
            let diagnostic = on.at(Diagnostic::error(REF012, title), access.origin, "no such access");
            let diagnostic =
                diagnostic.note("the value of a secret is set by hand, never by code").help("write `read`");
            on.report(on.repair(diagnostic, access.origin, "read"));
            return;
        }
        if let Some(prefix) = link.prefix {
            on.report(no_parts(on, name, "a secret", prefix));
        }
        let at = link.at();
        let origin = on.rule("a link to a secret grants reading it where it is kept", &[at, secret.store.origin]);
        self.statements.push(secret::reading(origin, name, secret.store.value));
        self.uses(Service { name: secret::read_by(secret.store.value).0, is_public: false }, at, name);
    }

    fn level(
        &mut self,
        on: &Context<'_>,
        to: Target<'_>,
        level: &Level,
        link: Written<'_>,
        vpc: Option<&Setting<String>>,
    ) {
        let at = link.at();
        let origin = on.rule("a link grants the permissions of its access", &[at]);
        let target = Setting::new(origin, to.name.to_owned());
        if let Some(prefix) = link.prefix.filter(|_| level.statements.iter().all(|s| s.prefix == Prefix::Refused)) {
            on.report(no_parts(on, to.name, &a_quoted(to.kind.name), prefix));
        }
        for statement in level.statements {
            self.statements.push(granting(on, statement, &target, link.prefix));
            let is_public = statement.actions.iter().any(|a| PUBLIC.contains(a));
            for (name, _) in statement.actions.iter().filter_map(|a| a.split_once(':')) {
                self.uses(Service { name, is_public }, at, to.name);
            }
        }
        let is_regional = |s: &component::Statement| s.actions.iter().any(|a| !GLOBAL.iter().any(|g| a.starts_with(g)));
        let region = to.neighbour.map(|n| &n.region).filter(|region| **region != on.stack().region);
        if let Some(region) = region.filter(|_| level.statements.iter().any(is_regional)) {
            let (_, names) = self.elsewhere.entry(region.clone()).or_insert_with(|| (at, Vec::new()));
            names.push(to.name.to_owned());
        }
        if level.internet {
            self.uses(Service { name: "internet", is_public: true }, at, to.name);
        }
        if let Some(ingress) = level.ingress
            && same_network(on, to, level, at, vpc)
        {
            let origin = on.rule("a link opens the way from the consumer's security group", &[at]);
            let target = Setting::new(origin, to.name.to_owned());
            let identity = on.identity_of(to.name);
            self.rules.push(Rule {
                target: Value::text(origin, identity),
                description: Value::text(origin, format!("{} to {identity}", on.identity())),
                consumer_group: on.own("security_group"),
                target_group: on.attribute_of(&target, ingress.security_group),
                port: on.attribute_of(&target, ingress.port),
            });
        }
    }

    fn uses(&mut self, service: Service, at: OriginId, target: &str) {
        let (_, targets) = self.services.entry(service).or_insert_with(|| (at, Vec::new()));
        if !targets.iter().any(|t| t == target) {
            targets.push(target.to_owned());
        }
    }

    /// Tells where code must say which region it asks.
    fn tell_elsewhere(&self, on: &Context<'_>) {
        for (region, (at, names)) in &self.elsewhere {
            let (own, names) = (on.stack().region, quote_list(names));
            let title = format!("`{}` runs in {own}, and links to {names} in {region}", on.name);
            on.report(
                on.at(Diagnostic::new(Severity::Note, CFN573, title), *at, "in another region")
                    .context_if_known(on.origins, on.chosen_region.map(|region| region.origin), "runs here")
                    .note("a client of the AWS SDK asks the function's own region unless it is told another")
                    .help(format!("let the code give the client its region, `{region}`")),
            );
        }
    }

    /// Warns where code calls a service that its network does not lead to.
    fn check_reach(&self, on: &Context<'_>, vpc: &Setting<String>) {
        let Some(neighbour) = on.neighbours.get(&vpc.value) else { return };
        let Some(network) = neighbour.interface.network.as_ref().filter(|n| !n.internet) else { return };
        // `rds-db:connect` is checked by the database itself.
        let called = self.services.iter().filter(|(service, _)| service.name != "rds-db");
        let leads = |s: &Service| !s.is_public && network.endpoints.iter().any(|e| e == s.name);
        for (Service { name: service, is_public }, (at, targets)) in called.filter(|(service, _)| !leads(service)) {
            let targets = quote_list(targets);
            let (title, lacks) = if *is_public {
                let title =
                    format!("`{}` calls the public address of {targets}, but `{}` has no NAT", on.name, vpc.value);
                (title, "has no NAT")
            } else {
                let title = format!(
                    "`{}` calls `{service}` for {targets}, but nothing in `{}` leads there",
                    on.name, vpc.value
                );
                (title, "has no NAT, and no endpoint for it")
            };
            let diagnostic = on
                .at(Diagnostic::warning(CFN184, title), *at, "called at run time")
                .context_if_known(on.origins, Some(neighbour.origin), lacks)
                .note("calls would wait until the function's timeout");
            on.report(if *service == "internet" {
                diagnostic.help(format!("write a `nat` on `{}`", vpc.value))
            } else if *is_public {
                diagnostic
                    .note(format!("an endpoint of `{service}` does not lead to public addresses"))
                    .help(format!("write a `nat` on `{}`", vpc.value))
            } else {
                diagnostic.help(format!("write `endpoints: {{{service}: interface}}` or a `nat` on `{}`", vpc.value))
            });
        }
    }
}

/// The statement of a level that a link grants on its target.
fn granting(
    on: &Context<'_>,
    statement: &component::Statement,
    target: &Setting<String>,
    prefix: Option<&Setting<String>>,
) -> Statement {
    let origin = target.origin;
    let begins = |prefix: &Setting<String>, before: &str| {
        on.text("a prefix stands for all that begins so", &[prefix.origin], format!("{before}{}*", prefix.value))
    };
    let narrowed = prefix.filter(|_| statement.prefix == Prefix::Path);
    let resources = statement.resources.iter().map(|(attribute, rest)| {
        let arn = on.attribute_of(target, attribute);
        let rest = match (narrowed, rest.strip_suffix('*')) {
            (Some(prefix), Some(start)) => begins(prefix, start),
            _ => Value::text(origin, *rest),
        };
        if rest.as_text() == Some("") { arn } else { Value::new(origin, Kind::Join(vec![arn, rest])) }
    });
    let resources = Value::one_or_list(origin, resources.collect());
    let sid = format!("{}{}", on.identity_of(&target.value), statement.sid);
    let condition = prefix.and_then(|prefix| match statement.prefix {
        Prefix::Condition(key) => {
            let pattern = Value::map(prefix.origin, [(key, begins(prefix, ""))]);
            Some(Value::map(prefix.origin, [("StringLike", pattern)]))
        }
        _ => None,
    });
    Statement { condition, ..Statement::new(origin, sid, statement.actions, resources) }
}

fn no_parts(on: &Context<'_>, name: &str, what: &str, prefix: &Setting<String>) -> Diagnostic {
    let title = format!("`{}` links to `{name}`, {what}, with a `prefix`, which narrows nothing there", on.name);
    let diagnostic = on.at(Diagnostic::error(REF018, title), prefix.origin, "only a bucket has parts");
    diagnostic.help("remove `prefix`")
}

fn target<'a>(on: &Context<'a>, name: &'a str, link: Written<'_>) -> Option<Target<'a>> {
    if name == on.name {
        return Some(Target { name, kind: on.kind, neighbour: None });
    }
    if let Some(neighbour) = on.neighbours.get(name) {
        return Some(Target { name, kind: neighbour.kind, neighbour: Some(neighbour) });
    }
    let title = format!("`{}` links to `{name}`, which is no component or secret of this stage", on.name);
    let linkable = on.neighbours.iter().filter(|(_, n)| !n.kind.levels.is_empty()).map(|(name, _)| name.as_str());
    let known: Vec<&str> = linkable.chain(on.secrets.keys().map(String::as_str)).collect();
    let diagnostic = on.at(Diagnostic::error(REF011, title), link.key, "nothing to link to");
    let diagnostic = suggest(diagnostic, name, &known, "what can be linked to");
    on.report(match did_you_mean(name, known.iter().copied()) {
        Some(near) => on.repair(diagnostic, link.key, near),
        None => diagnostic,
    });
    None
}

fn level(on: &Context<'_>, to: Target<'_>, link: Written<'_>) -> Option<&'static Level> {
    let levels = to.kind.levels;
    let names: Vec<&str> = levels.iter().map(|l| l.name).collect();
    if levels.is_empty() {
        on.report(not_linkable(on, to, link));
        return None;
    }
    let Some(access) = link.access else {
        if to.kind.default_level {
            return levels.first();
        }
        let title = format!("`{}` links to `{}` without saying what for", on.name, to.name);
        let diagnostic = on.at(Diagnostic::error(REF012, title), link.at(), "it needs an access");
        on.report(levels.iter().fold(diagnostic, |d, l| d.help(format!("`{}: {}`: {}", to.name, l.name, l.meaning))));
        return None;
    };
    let found = levels.iter().find(|l| l.name == access.value);
    if found.is_none() {
        let title = format!("`{}` is no access that `{}`, {}, offers", access.value, to.name, a_quoted(to.kind.name));
        let diagnostic = on.at(Diagnostic::error(REF012, title), access.origin, "no such access");
        let diagnostic = suggest(diagnostic, &access.value, &names, "what it offers");
        on.report(match did_you_mean(&access.value, names.iter().copied()) {
            Some(near) => on.repair(diagnostic, access.origin, near),
            None => diagnostic,
        });
    }
    found.filter(|level| offers(on, to, level, access))
}

/// Whether the component has what the level needs, or could be told it by its import.
fn offers(on: &Context<'_>, to: Target<'_>, level: &Level, access: &Setting<String>) -> bool {
    let Some(neighbour) = to.neighbour else { return true };
    let lacks = |l: &Level| {
        let mut needed = l.statements.iter().flat_map(|s| s.resources).map(|(name, _)| *name);
        needed.any(|name| neighbour.interface.attribute(name).is_none() && !to.kind.import_keys.contains(&name))
    };
    if !lacks(level) {
        return true;
    }
    let title = format!("`{}` is no access that `{}` offers as it is set up", level.name, to.name);
    let others: Vec<&str> = to.kind.levels.iter().filter(|l| !lacks(l)).map(|l| l.name).collect();
    let diagnostic = on
        .at(Diagnostic::error(REF012, title), access.origin, "not of this one")
        .context_if_known(on.origins, Some(neighbour.origin), "declared here")
        .help(format!("what it offers: {}", quote_list(&others)));
    on.report(diagnostic);
    false
}

fn not_linkable(on: &Context<'_>, to: Target<'_>, link: Written<'_>) -> Diagnostic {
    let title = format!("`{}` links to `{}`, {}, which cannot be linked to", on.name, to.name, a_quoted(to.kind.name));
    let diagnostic = on.at(Diagnostic::error(REF013, title), link.at(), "nothing to grant").context_if_known(
        on.origins,
        to.neighbour.map(|n| n.origin),
        "declared here",
    );
    if to.neighbour.is_some_and(|n| n.interface.network.is_some()) {
        return diagnostic.help(format!("write `vpc: {}` instead, to run in it", to.name));
    }
    diagnostic
        .help("remove the link: references to its attributes need none")
        .help("what it must be allowed to do with it is written in `permissions:`, by action and ARN")
}

/// Whether the network leads from the consumer to the target; reports it otherwise.
fn same_network(on: &Context<'_>, to: Target<'_>, level: &Level, at: OriginId, vpc: Option<&Setting<String>>) -> bool {
    let theirs = to.neighbour.and_then(|n| n.interface.vpc.as_ref());
    // A network that is none is reported where it is named.
    let is_vpc = |name: &Setting<String>| on.neighbours.get(&name.value).is_some_and(|n| n.kind.name == "vpc");
    if vpc.is_some_and(|v| !is_vpc(v)) || theirs.is_some_and(|v| !is_vpc(v)) {
        return false;
    }
    let diagnostic = match (vpc, theirs) {
        (None, theirs) => {
            let title = format!("`{}` links to `{}` with `{}`, but runs in no VPC", on.name, to.name, level.name);
            let name = theirs.map_or("…", |v| v.value.as_str());
            Diagnostic::error(CFN183, title).help(format!("write `vpc: {name}` on `{}`", on.name))
        }
        (Some(own), Some(theirs)) if own.value != theirs.value => {
            let title = format!(
                "`{}` runs in `{}`, but `{}`, which it links to, is in `{}`",
                on.name, own.value, to.name, theirs.value
            );
            Diagnostic::error(CFN183, title).help(format!("write `vpc: {}` on `{}`", theirs.value, on.name))
        }
        _ => return true,
    };
    on.report(
        on.at(diagnostic, at, "needs the network")
            .context_if_known(on.origins, vpc.map(|v| v.origin), "runs here")
            .context_if_known(on.origins, theirs.map(|v| v.origin), "the target is here"),
    );
    false
}

/// The name that was probably meant, or all that there are.
fn suggest(diagnostic: Diagnostic, written: &str, known: &[&str], what: &str) -> Diagnostic {
    match did_you_mean(written, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => diagnostic,
        None => diagnostic.help(format!("{what}: {}", quote_list(known))),
    }
}
