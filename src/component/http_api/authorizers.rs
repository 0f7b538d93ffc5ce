//! Authorizers: what decides about callers before a function sees them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::local;
use crate::component::{Context, pascal};
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::setting::{Keyed, Seconds, Setting, Text};
use crate::value::Value;

/// `CFN154`: settings of an authorizer that do not fit together.
pub const CFN154: Code = Code {
    id: "CFN154",
    explanation: "the settings of an authorizer do not fit its type\n\n\
        An authorizer of type `jwt` checks JSON Web Tokens itself: it needs the `issuer` (an https address; its \
        `/.well-known/openid-configuration` must be public) and at least one `audience`, and takes its token from one place. \
        The token must have an `aud` or `client_id` claim; that of Clerk has one only with a template of your own.\n\n\
        One of type `function` asks a function, so it needs `to`, and may `cache` the answers. Its function gets payload \
        format 2.0 and answers `{\"isAuthorized\": true, \"context\": {…}}`.\n\n\
        `none` and `iam` are words of `auth` and no labels.",
};

/// What checks callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthorizerType {
    /// API Gateway itself, by the signature of a JSON Web Token.
    Jwt,
    /// A function.
    Function,
}

/// An authorizer: of type `jwt` with `issuer` and `audience`, or of type `function` with `to` and `cache`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authorizer {
    /// What checks callers.
    pub r#type: Setting<AuthorizerType>,
    /// `jwt`: who signs the tokens; exactly their `iss`.
    #[serde(default)]
    #[schemars(example = &"https://clerk.getreggie.io")]
    pub issuer: Option<Text>,
    /// `jwt`: for whom tokens may be; one of them must be in their `aud` or `client_id`.
    #[serde(default)]
    #[schemars(length(min = 1), example = &["reggie-api"])]
    pub audience: Option<Setting<Vec<Text>>>,
    /// `function`: the function that decides. It answers simply: `{"isAuthorized": true}`.
    #[serde(default)]
    #[schemars(example = &"ReggieAuthorizer")]
    pub to: Option<Setting<String>>,
    /// `function`: how long its answer to the same caller holds for the same route, at most an hour; 5 minutes unless
    /// written, 0 to ask every time.
    #[serde(default)]
    #[schemars(example = &300)]
    pub cache: Option<Setting<Seconds>>,
    /// What identifies a caller. A request without it is refused at once; a `jwt` authorizer reads its token there and takes
    /// one only.
    #[schemars(
        extend("default" = ["$request.header.Authorization"]),
        length(min = 1),
        inner(regex(pattern = r"^\$(request\.(header|querystring)|context|stageVariables)\.[A-Za-z0-9._-]+$"))
    )]
    pub identity: Setting<Vec<Setting<String>>>,
}

/// An authorizer as the template spells it: one of `jwt` and `function` is there.
#[derive(Serialize)]
pub(super) struct AuthorizerPlan<'a> {
    id: Setting<String>,
    label: &'a Setting<String>,
    identity: Value,
    jwt: Option<JwtPlan>,
    function: Option<FunctionPlan>,
}

#[derive(Serialize)]
struct JwtPlan {
    issuer: Value,
    audience: Value,
}

#[derive(Serialize)]
struct FunctionPlan {
    arn: Value,
    cache: Setting<Seconds>,
    reference: Value,
}

/// The local id of an authorizer: `AuthorizerClerk`. No two labels come to the same, because each of their words begins with a
/// letter.
pub(super) fn id(label: &str) -> String {
    format!("Authorizer{}", pascal(label))
}

/// Checks the authorizers and plans them.
pub(super) fn plan<'a>(authorizers: &'a Keyed<Authorizer>, on: &Context<'_>) -> Vec<AuthorizerPlan<'a>> {
    let one = |(label, authorizer): (&'a Setting<String>, &'a Authorizer)| {
        if matches!(label.value.as_str(), "none" | "iam") {
            let title =
                format!("an authorizer of `{}` is called `{}`, which means something else", on.name, label.value);
            let diagnostic = on.at(Diagnostic::error(CFN154, title), label.origin, "a word of `auth`");
            on.report(diagnostic.help("give it another label, such as the name of who signs the tokens"));
        }
        let mut plan = AuthorizerPlan {
            id: on.setting("an authorizer's logical id is its label in words", &[label.origin], pascal(label)),
            label,
            identity: texts(&authorizer.identity),
            jwt: None,
            function: None,
        };
        match authorizer.r#type.value {
            AuthorizerType::Jwt => plan.jwt = authorizer.jwt(label, on),
            AuthorizerType::Function => {
                plan.function = authorizer.function(label, on);
                plan.identity = authorizer.identity_of_cache(plan.identity, on);
            }
        }
        plan
    };
    authorizers.iter().map(one).collect()
}

impl Authorizer {
    fn jwt(&self, label: &Setting<String>, on: &Context<'_>) -> Option<JwtPlan> {
        self.refuse(label, "to", self.to.as_ref().map(|t| t.origin), on);
        self.refuse(label, "cache", self.cache.map(|c| c.origin), on);
        if let Some(second) = self.identity.get(1) {
            let title = format!("the authorizer `{}` of `{}` reads its token in several places", label.value, on.name);
            let diagnostic = on.at(Diagnostic::error(CFN154, title), second.origin, "one too many");
            on.report(diagnostic.help("leave one entry in `identity`"));
        }
        let issuer = self.needed(label, "issuer", self.issuer.as_ref(), on);
        if let Some(text) = issuer.and_then(|i| i.0.as_text()).filter(|t| !t.starts_with("https://"))
            && let Some(issuer) = issuer
        {
            let title = format!("the `issuer` of `{}` of `{}` is no https address", label.value, on.name);
            let diagnostic = on.at(Diagnostic::error(CFN154, title), issuer.0.origin, "must begin with `https://`");
            on.report(diagnostic.help(format!("write the tokens' `iss` as it is, such as `https://{}`", bare(text))));
        }
        let audience = self.needed(label, "audience", self.audience.as_ref(), on);
        let (issuer, audience) = (issuer?, audience?);
        let list = audience.iter().map(|a| a.0.clone()).collect();
        Some(JwtPlan { issuer: issuer.0.clone(), audience: Value::list(audience.origin, list) })
    }

    fn function(&self, label: &Setting<String>, on: &Context<'_>) -> Option<FunctionPlan> {
        self.refuse(label, "issuer", self.issuer.as_ref().map(|i| i.0.origin), on);
        self.refuse(label, "audience", self.audience.as_ref().map(|a| a.origin), on);
        let to = self.needed(label, "to", self.to.as_ref(), on)?;
        if let Some(cache) = self.cache.filter(|c| c.value > Seconds(3600)) {
            let title = format!(
                "`cache` of `{}` of `{}` is {} seconds, and AWS keeps answers for at most 3600",
                label.value, on.name, cache.value.0
            );
            let diagnostic = on.at(Diagnostic::error(CFN154, title), cache.origin, "above an hour");
            on.report(on.repair(diagnostic.help("write `3600` or less"), cache.origin, "3600"));
        }
        on.neighbour(to, "authorizers", &["function"])?;
        let reference = local(label.origin, id(&label.value));
        let cache = self.cache.unwrap_or_else(|| on.setting(DEFAULT_CACHE, &[self.r#type.origin], Seconds(300)));
        Some(FunctionPlan { arn: on.attribute_of(to, "arn"), cache, reference })
    }

    /// An answer is kept under what identifies the caller. The route is part of it, so that a caller who may use one route is
    /// not let into another by a kept answer.
    fn identity_of_cache(&self, identity: Value, on: &Context<'_>) -> Value {
        const ROUTE: &str = "$context.routeKey";
        if self.cache.is_some_and(|c| c.value == Seconds(0)) || self.identity.iter().any(|i| i.value == ROUTE) {
            return identity;
        }
        let rule = "a kept answer of an authorizer holds for one route";
        let mut items = identity.items().to_vec();
        items.push(on.text(rule, &[self.identity.origin], ROUTE));
        Value::list(identity.origin, items)
    }

    fn needed<'a, T>(
        &self,
        label: &Setting<String>,
        setting: &str,
        value: Option<&'a T>,
        on: &Context<'_>,
    ) -> Option<&'a T> {
        if value.is_none() {
            let title = format!("the authorizer `{}` of `{}` has no `{setting}`", label.value, on.name);
            let diagnostic = on
                .at(Diagnostic::error(CFN154, title), label.origin, &format!("`{setting}` is missing"))
                .context_if_known(on.origins, Some(self.r#type.origin), "this type needs it");
            on.report(diagnostic.help(format!("write `{setting}:` beside its `type`")));
        }
        value
    }

    fn refuse(&self, label: &Setting<String>, setting: &str, found: Option<OriginId>, on: &Context<'_>) {
        let Some(found) = found else { return };
        let title =
            format!("`{setting}` is no setting of the authorizer `{}` of `{}`, by its type", label.value, on.name);
        let diagnostic = on.at(Diagnostic::error(CFN154, title), found, "without effect here").context_if_known(
            on.origins,
            Some(self.r#type.origin),
            "its type",
        );
        on.report(diagnostic.help(format!("remove `{setting}`, or change `type`")));
    }
}

const DEFAULT_CACHE: &str = "the answer of an authorizer's function holds for 5 minutes";

fn texts(texts: &Setting<Vec<Setting<String>>>) -> Value {
    Value::list(texts.origin, texts.iter().map(|t| Value::text(t.origin, t.value.clone())).collect())
}

fn bare(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest)
}
