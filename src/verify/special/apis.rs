//! APIs of API Gateway: keys and targets of routes, and CORS.

use super::subject::{Subject, boolean, text};
use super::text::{Piece, pieces};
use crate::component::ROUTE_METHODS;
use crate::diag::{Code, Diagnostics, did_you_mean, quote_list};
use crate::value::Value;

/// `CFN433`: a route that API Gateway does not take.
pub const CFN433: Code = Code {
    id: "CFN433",
    explanation: "a route of an API has a key or a target that API Gateway does not take\n\n\
        The key of a route of an HTTP API is `$default`, or a method in capitals, one space and a path: `GET /users/{id}`. Methods \
        are ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST and PUT. The target is `integrations/` and the id of an integration, or \
        left out (Amazon API Gateway Developer Guide, \"Create routes for HTTP APIs\"; CloudFormation Template Reference, \
        `AWS::ApiGatewayV2::Route`).",
};

/// `CFN434`: every page may call with credentials.
pub const CFN434: Code = Code {
    id: "CFN434",
    explanation: "an API allows every origin together with credentials\n\n\
        Browsers refuse an answer that allows `*` to a request with cookies (Fetch standard, \"CORS protocol and credentials\"), \
        and API Gateway refuses `AllowCredentials: true` beside an origin `*` (Amazon API Gateway Developer Guide, \"Configure CORS \
        for HTTP APIs in API Gateway\").",
};

/// How a target begins.
const TARGET: &str = "integrations/";

/// The CORS of an API.
pub(super) fn cors(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let Some(cors) = subject.get(&["CorsConfiguration"]) else { return };
    let Some(credentials) = cors.get("AllowCredentials").filter(|c| boolean(c) == Some(true)) else { return };
    let origins = cors.get("AllowOrigins").map(Value::items).unwrap_or_default();
    let Some(every) = origins.iter().find(|origin| origin.as_text() == Some("*")) else { return };
    let title = format!("`{}` allows every origin with credentials", subject.id());
    findings.push(
        subject
            .error(CFN434, title, every.origin, "every page, with the visitor's cookies")
            .context_if_known(subject.scope.origins, Some(credentials.origin), "credentials are allowed here")
            .help("name the origins, or write `AllowCredentials: false`"),
    );
}

/// The key and the target of a route.
pub(super) fn route(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let api = subject.get(&["ApiId"]).and_then(|id| subject.referred_as(id, "AWS::ApiGatewayV2::Api"));
    let protocol = api.and_then(|api| api.get(&["ProtocolType"])).and_then(Value::as_text);
    key(subject, protocol, findings);
    target(subject, findings);
}

fn key(subject: &Subject<'_>, protocol: Option<&str>, findings: &mut Diagnostics) {
    let Some(written) = subject.get(&["RouteKey"]) else { return };
    let Some(key) = text(written) else { return };
    let parts = key.split_once(' ');
    // The keys of a WebSocket API are any text.
    let is_http = match protocol {
        Some(protocol) => protocol == "HTTP",
        None => parts.is_some_and(|(_, path)| path.starts_with('/')),
    };
    let is_right = match parts {
        Some((method, path)) => ROUTE_METHODS.contains(&method) && path.starts_with('/') && !path.contains(' '),
        None => key == "$default",
    };
    if is_right || !is_http {
        return;
    }
    let title = format!("`RouteKey` of `{}` is `{key}`, which is no key of an HTTP API", subject.id());
    let diagnostic = subject.error(CFN433, title, written.origin, "no such key");
    let near = parts.and_then(|(method, path)| {
        let upper = method.to_ascii_uppercase();
        let own = ROUTE_METHODS.into_iter().find(|known| *known == upper);
        let near = own.or_else(|| did_you_mean(&upper, ROUTE_METHODS)).filter(|near| *near != method)?;
        path.starts_with('/').then(|| format!("{near} {path}"))
    });
    findings.push(match near {
        Some(near) => subject.repair(diagnostic.help(format!("did you mean `{near}`?")), written, &near),
        None => diagnostic
            .note(format!("the methods are {}", quote_list(&ROUTE_METHODS)))
            .help("write a method, one space and a path, such as `GET /users`, or `$default`"),
    });
}

fn target(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let Some(written) = subject.get(&["Target"]) else { return };
    let mut report = |title: String| {
        let diagnostic = subject.error(CFN433, title, written.origin, "not `integrations/` and an id");
        findings.push(diagnostic.help("write `integrations/`, and behind it a reference to the integration"));
    };
    if let Some(integration) = subject.referred_as(written, "AWS::ApiGatewayV2::Integration") {
        return report(format!("`Target` of `{}` is the id of `{}` alone", subject.id(), integration.id()));
    }
    let Some(parts) = pieces(written) else { return };
    let Some(Piece::Text(start)) = parts.iter().find(|piece| **piece != Piece::Text("")) else { return };
    let shown = start.get(..TARGET.len()).unwrap_or(start);
    let is_start = match parts.len() {
        1 => start.starts_with(TARGET) && start.len() > TARGET.len(),
        _ => TARGET.starts_with(shown),
    };
    if !is_start && !start.contains("{{resolve:") {
        report(format!("`Target` of `{}` begins with `{start}`", subject.id()));
    }
}
