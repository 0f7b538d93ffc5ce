//! A route that fails over to its own target in another region: the function stands there as a component of its own, which is made
//! before references are resolved, so that it is as if it had been written, and named by `to`.

use std::collections::BTreeMap;

use super::short::CFN279;
use crate::component::{StackName, US_EAST_1, pascal};
use crate::diag::{Code, Diagnostic, Diagnostics, a_quoted};
use crate::origin::{OriginId, Origins};
use crate::overlay::Overlaid;
use crate::reference;
use crate::source::Sources;
use crate::value::{Entry, Kind, Value};

/// `CFN570`: a second target that is not one.
pub const CFN570: Code = Code {
    id: "CFN570",
    explanation: "`failover` does not name one second target\n\n\
        It says `to`, another target, or `region`, in which the target itself stands a second time. An overlay that writes one where a \
        lower layer wrote the other takes that out: `failover: {to: null, region: ap-northeast-1}`.",
};

/// `CFN571`: what does not stand in a second region.
pub const CFN571: Code = Code {
    id: "CFN571",
    explanation: "the target cannot stand a second time in the region\n\n\
        `failover: {region: ap-northeast-1}` makes the function that the route leads to a second time, in that region; it is another one \
        than the function's own. An API has a host, a certificate and routes of its own, a bucket holds objects that somebody must copy, a \
        site is several targets, and an address, or what is imported, is somebody else's. What is to stand in for these is written as a \
        component, and named by `to`.",
};

/// What the second function does not have: where the first stands and what it is called there, and what is about calls that do not
/// come by the router. Those go to the first alone: what is called on a schedule or by a queue would be called twice.
const LEFT_OUT: &[&str] = &["dlq", "local", "logical_id", "region", "retries", "run", "stack", "stages"];

const RULE: &str = "a function stands a second time in the region that a route fails over to";

/// The components that were made, each with the function that it stands in for.
pub(super) type StandIns = BTreeMap<String, String>;

/// Makes a component of every `failover: {region: …}`, and of that a `to` which names it.
pub(super) fn stand_in(
    overlaid: &mut Overlaid,
    sources: &Sources,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> StandIns {
    let components = overlaid.tree.get("components").map(Value::entries).unwrap_or_default();
    let routes: Vec<Route> = components.iter().flat_map(routes).collect();
    if routes.is_empty() {
        return StandIns::new();
    }
    let (mut stand_ins, mut made, mut named) = (StandIns::new(), Vec::new(), Vec::new());
    let around = Around { overlaid, sources, origins };
    for route in routes {
        match around.stand_in(&route) {
            Ok(Some((component, function))) => {
                named.push((route, component.key.clone()));
                // Two routes that lead to one function share what stands in for it.
                if stand_ins.insert(component.key.clone(), function).is_none() {
                    made.push(component);
                }
            }
            Ok(None) => {}
            Err(diagnostic) => findings.push(*diagnostic),
        }
    }
    for (route, name) in named {
        name_it(&mut overlaid.tree, &route, &name);
    }
    if let Some(Kind::Map(components)) = at_mut(&mut overlaid.tree, &["components"]).map(|block| &mut block.kind) {
        components.extend(made);
        components.sort_by(|a, b| a.key.cmp(&b.key));
    }
    stand_ins
}

/// A route with a `failover`.
struct Route {
    /// The component that has it.
    owner: String,
    /// The path of its `failover` in that component.
    path: Vec<String>,
    to: Option<Value>,
    failover: Value,
}

/// The routes of a component that fail over: those on top of it, and those of its hosts.
fn routes(component: &Entry) -> Vec<Route> {
    let hosts = component.value.get("hosts").map(Value::entries).unwrap_or_default();
    let of_hosts = hosts.iter().map(|host| (vec!["hosts", host.key.as_str(), "routes"], host.value.get("routes")));
    let all = std::iter::once((vec!["routes"], component.value.get("routes"))).chain(of_hosts);
    let route = |path: &[&str], route: &Entry| {
        let failover = route.value.get("failover").filter(|failover| matches!(failover.kind, Kind::Map(_)))?;
        let path = path.iter().copied().chain([route.key.as_str(), "failover"]).map(str::to_owned);
        let to = route.value.get("to").cloned();
        Some(Route { owner: component.key.clone(), path: path.collect(), to, failover: failover.clone() })
    };
    all.flat_map(|(path, routes)| {
        let routes = routes.map(Value::entries).unwrap_or_default();
        routes.iter().filter_map(|entry| route(&path, entry)).collect::<Vec<_>>()
    })
    .collect()
}

/// What a route is seen in.
struct Around<'a> {
    overlaid: &'a Overlaid,
    sources: &'a Sources,
    origins: &'a Origins,
}

impl Around<'_> {
    /// The component that stands in for the target of a route, with the name of that; nothing where the route names another one, or
    /// where what is wrong is told later.
    fn stand_in(&self, route: &Route) -> Result<Option<(Entry, String)>, Box<Diagnostic>> {
        let region = match (route.failover.entry("to"), route.failover.entry("region")) {
            (Some(_), None) => return Ok(None),
            (None, Some(region)) => region,
            (to, region) => return Err(self.not_one(route, to, region).into()),
        };
        // What is no text is told where it is read.
        let Some(name) = self.known(&region.value) else { return Ok(None) };
        let Some(function) = self.function(route, region.key_origin)? else { return Ok(None) };
        if let Some(here) = self.region_of(function).filter(|(here, _)| *here == name) {
            let title = format!(
                "`{}` of `{}` names the region that `{}` stands in",
                route.setting(),
                route.owner,
                function.key
            );
            return Err(self
                .at(CFN571, title, region.value.origin, "would fail together with the first")
                .context_if_known(self.origins, Some(here.1), "its own region")
                .help("name another region, or write `failover: none`")
                .into());
        }
        let component = self.second(function, region, &name);
        if let Some(other) = self.component(&component.key) {
            let setting = format!("{}.region", route.setting());
            let title =
                format!("`{}` is written, and `{setting}` of `{}` stands for it as well", component.key, route.owner);
            return Err(self
                .at(CFN279, title, region.key_origin, "short for the same component")
                .context_if_known(self.origins, Some(other.key_origin), "written here")
                .help(format!("write `to: {}` in the place of `region`", component.key))
                .into());
        }
        Ok(Some((component, function.key.clone())))
    }

    fn component(&self, name: &str) -> Option<&Entry> {
        self.overlaid.tree.get("components")?.entry(name)
    }

    /// The text of a value without its references, as far as it is known already.
    fn known(&self, value: &Value) -> Option<String> {
        let (absent, mut told_later) = (BTreeMap::new(), Diagnostics::default());
        let known = reference::resolve(self.overlaid, value, &absent, self.sources, self.origins, &mut told_later);
        known.as_text().filter(|_| !told_later.has_errors()).map(str::to_owned)
    }

    /// The region that a function stands in, and what says so.
    fn region_of(&self, function: &Entry) -> Option<(String, OriginId)> {
        let edge = function.value.get("stack").filter(|stack| stack.as_text() == Some(StackName::Edge.word()));
        if let Some(edge) = edge {
            return Some((US_EAST_1.to_owned(), edge.origin));
        }
        let region = function.value.get("region").or_else(|| self.overlaid.tree.get("region"))?;
        Some((self.known(region)?, region.origin))
    }

    fn at(&self, code: Code, title: String, origin: OriginId, label: &str) -> Diagnostic {
        Diagnostic::error(code, title).at_origin(self.origins, origin, &[], label)
    }

    fn not_one(&self, route: &Route, to: Option<&Entry>, region: Option<&Entry>) -> Diagnostic {
        let setting = route.setting();
        let title = match region {
            Some(_) => format!("`{setting}` of `{}` has both `to` and `region`", route.owner),
            None => format!("`{setting}` of `{}` has neither `to` nor `region`", route.owner),
        };
        let at = region.map_or(route.failover.origin, |region| region.key_origin);
        let label = if region.is_some() { "one too many" } else { "nothing answers then" };
        let diagnostic = self.at(CFN570, title, at, label).context_if_known(
            self.origins,
            to.map(|to| to.key_origin),
            "the other one",
        );
        match region {
            Some(_) => diagnostic.help("keep one; an overlay removes the other with `to: null`"),
            None => diagnostic.help("write `to: <another target>`, or `region: <another region>`"),
        }
    }

    /// The function that a route leads to. What is not there is told where the route is read.
    fn function(&self, route: &Route, at: OriginId) -> Result<Option<&Entry>, Box<Diagnostic>> {
        let Some((to, name)) = route.to.as_ref().and_then(|to| Some((to, to.as_text()?))) else { return Ok(None) };
        let found = self.component(name);
        let what = match found {
            None if name.contains(['.', '/']) => "an address".to_owned(),
            None => return Ok(None),
            Some(found) if found.value.get("import").is_some() => format!("`{name}`, which is imported"),
            Some(found) => match found.value.get("type").and_then(Value::as_text) {
                Some("function") => return Ok(Some(found)),
                kind => format!("`{name}`, {}", a_quoted(kind.unwrap_or_default())),
            },
        };
        let title = format!("`{}` of `{}` asks for a second region of {what}", route.setting(), route.owner);
        Err(self
            .at(CFN571, title, at, "for functions only")
            .context_if_known(self.origins, Some(to.origin), "this cannot be made again")
            .help("write what is to stand in for it as a component, and name that by `to`")
            .into())
    }

    /// The function in a region: as the first, but for [`LEFT_OUT`].
    fn second(&self, first: &Entry, region: &Entry, name: &str) -> Entry {
        let key_origin = self.origins.derived(RULE, [region.value.origin, first.key_origin]);
        let named = |of: &str| format!("{of}{}", pascal(name));
        let own = named(&first.key);
        let settings = first.value.entries().iter().filter(|setting| !LEFT_OUT.contains(&setting.key.as_str()));
        let mut settings: Vec<Entry> = settings.map(|setting| self.setting(setting, &first.key, &own)).collect();
        let kept = first.value.get("logical_id").and_then(Value::as_text);
        let kept = kept.map(|kept| ("logical_id", Value::text(key_origin, named(kept))));
        let there = Value::text(region.value.origin, name);
        let added = [Some(("region", there)), kept].into_iter().flatten();
        settings.extend(added.map(|(key, value)| Entry { key: key.to_owned(), key_origin, value }));
        settings.sort_by(|a, b| a.key.cmp(&b.key));
        Entry { key: own, key_origin, value: Value::new(first.value.origin, Kind::Map(settings)) }
    }

    /// A setting of the first as the second has it.
    fn setting(&self, setting: &Entry, first: &str, second: &str) -> Entry {
        let mut setting = setting.clone();
        let Kind::Map(entries) = &mut setting.value.kind else { return setting };
        match setting.key.as_str() {
            // A link to itself.
            "links" => {
                for link in entries.iter_mut().filter(|link| link.key == first) {
                    second.clone_into(&mut link.key);
                }
            }
            // Bodies never reach it, so that nothing has to sign them.
            "url" => {
                let signed = |entry: &&mut Entry| entry.key == "protection" && entry.value.as_text() == Some("signed");
                for protection in entries.iter_mut().filter(signed) {
                    let rule = "a second target is asked by GET, HEAD and OPTIONS only, whose bodies nobody signs";
                    protection.value = Value::text(self.origins.derived(rule, [protection.value.origin]), "oac");
                }
            }
            _ => {}
        }
        setting
    }
}

impl Route {
    /// The setting, for messages.
    fn setting(&self) -> String {
        self.path.join(".")
    }
}

/// Writes `to` in the place of `region`.
fn name_it(tree: &mut Value, route: &Route, name: &str) {
    let path = ["components", route.owner.as_str()].into_iter().chain(route.path.iter().map(String::as_str));
    let Some(Kind::Map(failover)) = at_mut(tree, &path.collect::<Vec<_>>()).map(|failover| &mut failover.kind) else {
        return;
    };
    for setting in failover.iter_mut().filter(|setting| setting.key == "region") {
        *setting = Entry {
            key: "to".to_owned(),
            key_origin: setting.key_origin,
            value: Value::text(setting.value.origin, name),
        };
    }
    failover.sort_by(|a, b| a.key.cmp(&b.key));
}

/// The value at a path.
fn at_mut<'v>(tree: &'v mut Value, path: &[&str]) -> Option<&'v mut Value> {
    path.iter().try_fold(tree, |value, key| match &mut value.kind {
        Kind::Map(entries) => entries.iter_mut().find(|entry| entry.key == *key).map(|entry| &mut entry.value),
        _ => None,
    })
}

/// Takes out what is told of a component that stands in for another, where the same is told of that one: both are written in one place.
pub(super) fn tell_once(stand_ins: &StandIns, findings: &mut Diagnostics) {
    if stand_ins.is_empty() {
        return;
    }
    let all = std::mem::take(findings);
    let known = all.all().iter().map(|finding| (finding.code, finding.title.clone())).collect::<Vec<_>>();
    let is_told = |finding: &Diagnostic| {
        let of_first = stand_ins.iter().fold(finding.title.clone(), |title, (second, first)| {
            title.replace(&format!("`{second}`"), &format!("`{first}`"))
        });
        of_first != finding.title && known.contains(&(finding.code, of_first))
    };
    all.all().iter().filter(|finding| !is_told(finding)).for_each(|finding| findings.push(finding.clone()));
}
