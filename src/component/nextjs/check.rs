//! What is wrong with the settings of a Next.js app.

use super::{Context, Nextjs};
use crate::diag::{Code, Diagnostic};
use crate::part::build::check_environment;
use crate::part::cloudfront::path;
use crate::part::folder;
use crate::part::range::Bounds;
use crate::part::server::{CFN323, check_memory, check_protection, check_timeout};
use crate::setting::Setting;

/// Codes of this kind; those of what CloudFront does are with their part.
pub const CODES: &[Code] = &[CFN324, CFN325];

/// `CFN324`: a path that begins at the wrong place.
pub const CFN324: Code = Code {
    id: "CFN324",
    explanation: "a path of the app begins with a slash\n\n\
        `static` and the `paths` of servers are written as OpenNext writes them: relative to the app, without `base_path` and \
        without a slash before them: `img/*`, `favicon.ico`, `admin/*`.",
};

/// `CFN325`: a runtime that the build does not run on.
pub const CFN325: Code = Code {
    id: "CFN325",
    explanation: "the server's runtime is too old\n\n\
        What OpenNext builds runs on Node.js; the AWS SDK in it asks for version 22 or newer from January 2027 on. Write \
        `nodejs22.x` or `nodejs24.x`.",
};

const WARM: Bounds = Bounds { code: CFN323, taker: "a site", source: "OpenNext's warmer calls them all at once" };

/// Reports what is wrong.
pub(super) fn check(site: &Nextjs, on: &Context<'_>) {
    folder::check(on, "path", &site.path);
    check_protection(on, site.protection);
    check_numbers(site, on);
    check_runtime(on, &site.server.runtime);
    check_environment(on, "NEXT_PUBLIC_");
    for path in &site.r#static {
        check_path(on, "static", path);
    }
    for (label, server) in site.servers.iter() {
        for path in &server.paths {
            check_path(on, &format!("servers.{}.paths", label.value), path);
        }
    }
}

fn check_numbers(site: &Nextjs, on: &Context<'_>) {
    site.server.check(on);
    for (label, server) in site.servers.iter() {
        server.memory.into_iter().for_each(|m| check_memory(on, &format!("servers.{}.memory", label.value), m));
        server.timeout.into_iter().for_each(|t| check_timeout(on, &format!("servers.{}.timeout", label.value), t));
    }
    if let Some(images) = site.images.as_option() {
        check_memory(on, "images.memory", images.memory);
        check_timeout(on, "images.timeout", images.timeout);
    }
    WARM.check(on, "warm", site.warm, 0..=50, "calls");
}

fn check_runtime(on: &Context<'_>, runtime: &Setting<String>) {
    let version = runtime.strip_prefix("nodejs").and_then(|rest| rest.strip_suffix(".x")).map(str::parse::<u32>);
    let title = match version {
        Some(Ok(22..)) => return,
        Some(Ok(_)) => format!("the server of `{}` runs on `{}`, which is too old", on.name, runtime.value),
        _ => format!("the server of `{}` runs on `{}`, which is no Node.js", on.name, runtime.value),
    };
    let diagnostic = on.at(Diagnostic::error(CFN325, title), runtime.origin, "OpenNext needs Node.js 22 or newer");
    on.report(on.repair(diagnostic.help("write `nodejs22.x`"), runtime.origin, "nodejs22.x"));
}

/// A path relative to the app.
fn check_path(on: &Context<'_>, setting: &str, written: &Setting<String>) {
    if let Some(bare) = written.strip_prefix('/') {
        let title = format!("`{setting}` of `{}` has `{}`, which begins with a slash", on.name, written.value);
        let diagnostic = on.at(Diagnostic::error(CFN324, title), written.origin, "relative to the app");
        on.report(on.repair(diagnostic.help(format!("write `{bare}`")), written.origin, bare));
        return;
    }
    path::is_relative_pattern(on, setting, written);
}
