//! What a build may hold and a component of Next.js does not run.

use super::On;
use super::output::{EdgeFunction, Origin};
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};

/// `CFN336`: built for a place that is not made.
pub const CFN336: Code = Code {
    id: "CFN336",
    explanation: "part of the app was built for another place than Lambda behind CloudFront\n\n\
        A `nextjs` runs servers on Lambda, in the region of the stage, behind function URLs. OpenNext can build parts of an app \
        for other places: routes of the edge runtime (`export const runtime = 'edge'`, with a function `runtime: \"edge\"` in \
        `open-next.config.ts`) and an external middleware (`middleware.external`) for Lambda@Edge, servers with a \
        `generateDockerfile` for containers, other wrappers for other hosts. Nothing would run these. A route without the edge \
        runtime and a middleware that is not external run in the server, and need no change besides.",
};

/// The forms in which Lambda hands a function its requests.
const WRAPPERS: &[&str] = &["aws-lambda", "aws-lambda-streaming"];
const CONVERTER: &str = "aws-apigw-v2";

/// Reports all of it.
pub(super) fn check(on: &On<'_>, findings: &mut Diagnostics) {
    for (name, function) in &on.output.edge_functions {
        findings.push(edge(on, name, function));
    }
    for (name, origin) in &on.output.origins {
        match origin.r#type.as_str() {
            "ecs" => findings.push(container(on, name)),
            "function" => other_host(on, name, origin).into_iter().for_each(|d| findings.push(d)),
            _ => {}
        }
    }
}

fn edge(on: &On<'_>, name: &str, function: &EdgeFunction) -> Diagnostic {
    let place = ["edgeFunctions", name];
    if function.path_resolver.is_some() {
        let title = format!("`{name}` of the build is an external middleware, for the edge");
        return on
            .at_build(Diagnostic::error(CFN336, title), &place, "nothing would run it")
            .note("a middleware that is not external runs in the server")
            .help("take `middleware: {external: true}` out of `open-next.config.ts`, and build again");
    }
    let of_it = on.output.behaviors.iter().filter(|b| b.edge_function.as_deref() == Some(name));
    let paths: Vec<&str> = of_it.map(|b| b.pattern.as_str()).collect();
    let title = match paths.as_slice() {
        [] => format!("`{name}` of the build is a function for the edge"),
        paths => format!("`{name}` of the build is a function for the edge, and answers {}", quote_list(paths)),
    };
    on.at_build(Diagnostic::error(CFN336, title), &place, "nothing would run it")
        .note("routes of the runtime `nodejs`, the default of Next.js, run in the server")
        .help(format!(
            "take `export const runtime = 'edge'` out of its routes and `{name}` out of `functions` in `open-next.config.ts`, and \
             build again"
        ))
}

fn container(on: &On<'_>, name: &str) -> Diagnostic {
    let title = format!("`{name}` of the build is a container");
    on.at_build(Diagnostic::error(CFN336, title), &["origins", name, "type"], "not for Lambda")
        .note("servers run on Lambda")
        .help("take `generateDockerfile` out of `open-next.config.ts`, and build again")
}

fn other_host(on: &On<'_>, name: &str, origin: &Origin) -> Option<Diagnostic> {
    let (setting, found) = match (origin.wrapper.as_deref(), origin.converter.as_deref()) {
        (Some(wrapper), _) if !WRAPPERS.contains(&wrapper) => ("wrapper", wrapper),
        (_, Some(converter)) if converter != CONVERTER => ("converter", converter),
        _ => return None,
    };
    let title = format!("`{name}` of the build has the {setting} `{found}`, and is not for a function URL of Lambda");
    let known = if setting == "wrapper" { quote_list(WRAPPERS) } else { quote_list(&[CONVERTER]) };
    let diagnostic = on.at_build(Diagnostic::error(CFN336, title), &["origins", name, setting], "not for Lambda");
    Some(
        diagnostic
            .note(format!("what runs on Lambda: {known}"))
            .help(format!("take `override.{setting}` out of `open-next.config.ts`, and build again")),
    )
}
