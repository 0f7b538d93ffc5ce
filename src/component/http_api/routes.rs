//! Routes: which function answers what, and who may call it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::authorizers::AuthorizerType;
use super::key::{CFN150, Flaw, Key};
use super::{LONGEST_WAIT, Settings, local};
use crate::component::Context;
use crate::diag::{Code, Diagnostic, did_you_mean, quote_list};
use crate::origin::OriginId;
use crate::setting::Setting;
use crate::value::Value;

/// `CFN151`: two routes for the same requests.
pub const CFN151: Code = Code {
    id: "CFN151",
    explanation: "two routes answer the same requests\n\n\
        API Gateway tells routes apart by method and path; the name of a parameter does not count. `GET /users/{id}` and \
        `GET /users/{name}` are one route, and the second would be refused when deployed.",
};

/// `CFN152`: a function that may take longer than the API waits.
pub const CFN152: Code = Code {
    id: "CFN152",
    explanation: "a function behind an HTTP API may run longer than the API waits\n\n\
        An HTTP API gives up after 30 seconds and answers 503, while the function runs on and costs (Amazon API Gateway \
        Developer Guide, \"Quotas for configuring and running an HTTP API\": integration timeout, 30 seconds, cannot be \
        raised). With 29 seconds or less the function still answers for itself.\n\n\
        Lower `timeout`; or hand long work to a queue and answer at once; or serve that function by its own function URL \
        (`url:` of the function), which waits up to 15 minutes.",
};

/// `CFN153`: an authorizer that is not there.
pub const CFN153: Code = Code {
    id: "CFN153",
    explanation: "`auth` names no authorizer\n\n\
        `auth`, of the API or of one route, is `none` (everyone), `iam` (callers that sign their requests and may invoke the \
        API) or the label of one of its `authorizers`.",
};

/// `CFN155`: scopes that nobody checks.
pub const CFN155: Code = Code {
    id: "CFN155",
    explanation: "a route asks for scopes, and nothing checks them\n\n\
        `scopes` are compared with the `scope` of a JSON Web Token, so only a route whose `auth` is an authorizer of type \
        `jwt` can ask for them. With another `auth` they would be ignored, and the route would be more open than it looks.",
};

/// `CFN156`: browsers cannot ask before they call.
pub const CFN156: Code = Code {
    id: "CFN156",
    explanation: "`$default` asks for authorization, and with it the questions of browsers\n\n\
        Before a page calls an API of another origin, its browser asks by an OPTIONS request, which carries no token. \
        `$default` takes OPTIONS requests too, so that with an authorizer they are refused, and the page's call is never made \
        (Amazon API Gateway Developer Guide, \"Configure CORS for HTTP APIs\": `$default` route and an authorizer).\n\n\
        Add the route `OPTIONS /{proxy+}` to the same function with `auth: none`: it goes before `$default`, and API Gateway \
        answers the question itself.",
};

/// The longest logical id that a route gets; the component's name stands before it, and AWS takes 255 characters.
const LONGEST_ID: usize = 120;

/// What answers a route.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The function that answers.
    #[schemars(example = &"ReggieApiHandler")]
    pub to: Setting<String>,
    /// Who may call it: `none`, `iam` or the label of an authorizer; the API's `auth` unless written.
    #[serde(default, deserialize_with = "word")]
    #[schemars(example = &"none")]
    pub auth: Option<Setting<String>>,
    /// The scopes of which a caller's token must have one; only with a `jwt` authorizer.
    #[serde(default)]
    #[schemars(length(min = 1), example = &["orders:read"])]
    pub scopes: Option<Setting<Vec<Setting<String>>>>,
}

/// Reads a word that may be `none` and still be there.
fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Setting<String>>, D::Error> {
    Setting::deserialize(deserializer).map(Some)
}

/// A route.
#[derive(Serialize)]
pub(super) struct RoutePlan<'a> {
    id: Setting<String>,
    key: &'a Setting<String>,
    integration: Value,
    authorization: Setting<&'static str>,
    authorizer: Option<Value>,
    scopes: Option<Value>,
}

/// A function that routes go to: one integration and one permission, however many they are.
#[derive(Serialize)]
pub(super) struct TargetPlan {
    id: Setting<String>,
    arn: Value,
    source: Setting<String>,
}

/// Checks the routes and plans them; the functions that they go to with them.
pub(super) fn plan<'a>(settings: &'a Settings, on: &Context<'_>) -> (Vec<RoutePlan<'a>>, Vec<TargetPlan>) {
    check_auth(settings, &settings.auth, on);
    let known = known(settings, on);
    check_preflight(settings, &known, on);
    let ids = ids(&known);
    let mut targets: BTreeMap<&str, Vec<&Known<'_>>> = BTreeMap::new();
    let mut routes = Vec::new();
    for (route, id) in known.iter().zip(ids) {
        routes.push(route.plan(settings, id, on));
        let Some(function) = on.neighbour(&route.route.to, "routes", &["function"]) else { continue };
        let of_function = targets.entry(&function.identity).or_default();
        if of_function.is_empty() {
            check_timeout(route, function, on);
        }
        of_function.push(route);
    }
    (routes, targets.into_iter().filter_map(|(function, routes)| target(function, &routes, on)).collect())
}

/// A route whose key could be read.
struct Known<'a> {
    key: Key<'a>,
    written: &'a Setting<String>,
    route: &'a Route,
}

impl<'a> Known<'a> {
    fn plan(&self, settings: &'a Settings, id: String, on: &Context<'_>) -> RoutePlan<'a> {
        let auth = self.route.auth.as_ref().unwrap_or(&settings.auth);
        if self.route.auth.is_some() {
            check_auth(settings, auth, on);
        }
        let authorizer = settings.authorizers.get(&auth.value);
        let kind = match (auth.value.as_str(), authorizer.map(|a| a.r#type.value)) {
            ("iam", _) => "AWS_IAM",
            (_, Some(AuthorizerType::Jwt)) => "JWT",
            (_, Some(AuthorizerType::Function)) => "CUSTOM",
            _ => "NONE",
        };
        if let Some(scopes) = self.route.scopes.as_ref().filter(|_| kind != "JWT") {
            let title =
                format!("the route `{}` of `{}` asks for scopes that nothing checks", self.written.value, on.name);
            on.report(
                on.at(Diagnostic::error(CFN155, title), scopes.origin, "only `jwt` authorizers check scopes")
                    .context_if_known(on.origins, Some(auth.origin), &format!("its `auth` is `{}`", auth.value))
                    .help("give the route an `auth` whose authorizer is of type `jwt`, or remove `scopes`"),
            );
        }
        let scope = |s: &Setting<String>| Value::text(s.origin, s.value.clone());
        RoutePlan {
            id: on.setting("a route's logical id is its key in words", &[self.written.origin], id),
            key: self.written,
            integration: local(self.route.to.origin, format!("Integration{}", on.identity_of(&self.route.to.value))),
            authorization: on.setting("a route asks for what its `auth` says", &[auth.origin], kind),
            authorizer: authorizer.map(|_| local(auth.origin, super::authorizers::id(&auth.value))),
            scopes: self.route.scopes.as_ref().map(|s| Value::list(s.origin, s.iter().map(scope).collect())),
        }
    }
}

/// The routes whose keys can be read, each once; reports the others.
fn known<'a>(settings: &'a Settings, on: &Context<'_>) -> Vec<Known<'a>> {
    let mut known: Vec<Known<'a>> = Vec::new();
    let mut seen: BTreeMap<String, OriginId> = BTreeMap::new();
    for (written, route) in settings.routes.iter() {
        let key = match Key::parse(&written.value) {
            Ok(key) => key,
            Err(flaw) => {
                report_flaw(written, flaw, on);
                continue;
            }
        };
        if let Some(first) = seen.insert(key.normal(), written.origin) {
            let title = format!("the route `{}` of `{}` is there twice", written.value, on.name);
            on.report(
                on.at(Diagnostic::error(CFN151, title), written.origin, "answers the same requests")
                    .context_if_known(on.origins, Some(first), "the same but for names of parameters")
                    .help("remove one of the two, or give it another path or method"),
            );
            continue;
        }
        known.push(Known { key, written, route });
    }
    known
}

fn report_flaw(written: &Setting<String>, flaw: Flaw, on: &Context<'_>) {
    let title = format!("the route `{}` of `{}` {}", written.value, on.name, flaw.fact);
    let diagnostic = on
        .at(Diagnostic::error(CFN150, title), written.origin, "no key of a route")
        .note("keys are `METHOD /path`, `ANY /path` and `$default`");
    on.report(match flaw.repair {
        Some(key) => {
            let diagnostic = diagnostic.help(format!("did you mean `{key}`?"));
            // A flow mapping would read braces of its own; quotes are right everywhere.
            on.repair(diagnostic, written.origin, &format!("\"{key}\""))
        }
        None => diagnostic.help("write a key such as `GET /users/{id}`, or `ANY /{proxy+}` for all that follows"),
    });
}

fn check_auth(settings: &Settings, auth: &Setting<String>, on: &Context<'_>) {
    if matches!(auth.value.as_str(), "none" | "iam") || settings.authorizers.get(&auth.value).is_some() {
        return;
    }
    let labels: Vec<&str> =
        ["none", "iam"].into_iter().chain(settings.authorizers.iter().map(|(label, _)| label.value.as_str())).collect();
    let title = format!("`auth` of `{}` is `{}`, which is no authorizer of it", on.name, auth.value);
    let diagnostic = on.at(Diagnostic::error(CFN153, title), auth.origin, "not among `authorizers`");
    on.report(match did_you_mean(&auth.value, labels.iter().copied()) {
        Some(near) => on.repair(diagnostic.help(format!("did you mean `{near}`?")), auth.origin, near),
        None => diagnostic.help(format!("write one of {}, or declare it under `authorizers`", quote_list(&labels))),
    });
}

fn check_preflight<'a>(settings: &'a Settings, known: &[Known<'a>], on: &Context<'_>) {
    let Some(cors) = settings.cors.as_option() else { return };
    let Some(default) = known.iter().find(|k| k.key == Key::Default) else { return };
    let auth = |k: &Known<'a>| k.route.auth.as_ref().unwrap_or(&settings.auth);
    let takes_questions = |k: &Known<'a>| matches!(k.key.normal().as_str(), "OPTIONS /{+}" | "ANY /{+}");
    let answered = known.iter().any(|k| takes_questions(k) && auth(k).value == "none");
    let auth = auth(default);
    if auth.value == "none" || answered {
        return;
    }
    let title = format!("`$default` of `{}` refuses the questions that browsers ask before they call", on.name);
    on.report(
        on.at(Diagnostic::warning(CFN156, title), default.written.origin, "takes OPTIONS requests too")
            .context_if_known(on.origins, Some(auth.origin), "asks every request for authorization")
            .context_if_known(on.origins, Some(cors.origins.origin), "pages of these origins ask first")
            .note("Amazon API Gateway Developer Guide, \"Configure CORS for HTTP APIs\"")
            .help(format!("add the route `\"OPTIONS /{{proxy+}}\": {{to: {}, auth: none}}`", default.route.to.value)),
    );
}

fn check_timeout(route: &Known<'_>, function: &crate::component::Neighbour, on: &Context<'_>) {
    let Some(timeout) = function.interface.timeout.filter(|t| t.value >= LONGEST_WAIT) else { return };
    let (name, seconds) = (&route.route.to.value, timeout.value);
    let title = format!("`{name}` may take {seconds} seconds, and `{}` waits for at most {LONGEST_WAIT}", on.name);
    on.report(
        on.at(Diagnostic::error(CFN152, title), route.route.to.origin, "answers requests of an HTTP API")
            .context_if_known(on.origins, Some(timeout.origin), "its `timeout`")
            .note("limit: integration timeout of HTTP APIs, 30 seconds; AWS does not raise it")
            .help("set `timeout` to 29 or less, so that the function still answers for itself")
            .help(format!("or serve `{name}` by a function URL (its `url:`), or hand long work to a queue")),
    );
}

/// One integration and one permission for a function. A permission for one route names that route; several share one that
/// names the API, because each further permission would grow the function's policy, which AWS limits.
fn target(function: &str, routes: &[&Known<'_>], on: &Context<'_>) -> Option<TargetPlan> {
    let to = &routes.first()?.route.to;
    let keys: Vec<OriginId> = routes.iter().map(|r| r.written.origin).collect();
    let source = match routes {
        [only] => only.key.source(),
        _ => "*".to_owned(),
    };
    Some(TargetPlan {
        id: to.clone().map(|_| function.to_owned()),
        arn: on.attribute_of(to, "arn"),
        source: on.setting("a permission names its route; one for several routes names the API", &keys, source),
    })
}

/// The logical ids of the routes. One that two keys come to stays with the plainer key (`/users/id` before `/users/{id}`);
/// the other gets a hash of its key behind, and so does one that is too long.
fn ids(known: &[Known<'_>]) -> Vec<String> {
    let marks =
        |k: &Known<'_>| k.written.chars().filter(|c| !c.is_ascii_alphanumeric() && !matches!(c, ' ' | '/')).count();
    let mut order: Vec<usize> = (0..known.len()).collect();
    order.sort_by_key(|i| known.get(*i).map(|k| (marks(k), k.written.value.as_str())));
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut ids: BTreeMap<usize, String> = BTreeMap::new();
    for (i, route) in order.iter().filter_map(|i| known.get(*i).map(|k| (*i, k))) {
        let mut id = route.key.words();
        if id.len() > LONGEST_ID || taken.contains(&id) {
            id.truncate(LONGEST_ID);
            id.push_str(&hash(&route.written.value));
        }
        taken.insert(id.clone());
        ids.insert(i, id);
    }
    ids.into_values().collect()
}

/// FNV-1a in eight characters: short, and the same everywhere.
fn hash(text: &str) -> String {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08X}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_whatever_the_order() {
        let setting = |text: &str| Setting::new(OriginId(0), text.to_owned());
        let route = Route { to: setting("F"), auth: None, scopes: None };
        let keys = ["GET /users/{id}", "GET /users/id", "GET /users-id"].map(setting);
        let all: Vec<Known<'_>> = keys
            .iter()
            .filter_map(|written| Some(Known { key: Key::parse(written).ok()?, written, route: &route }))
            .collect();
        let ids = ids(&all);
        assert_eq!(ids.get(1).map(String::as_str), Some("RouteGetUsersId"));
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 3);
        assert!(ids.iter().all(|id| id.starts_with("RouteGetUsersId")));
    }
}
