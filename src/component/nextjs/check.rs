//! What is wrong with the settings of a Next.js app.

use super::{Context, Nextjs};
use crate::diag::{Code, Diagnostic};
use crate::part::build::check_environment;
use crate::part::cloudfront::{Protection, bodies_are_refused, path, replicas_delay_removal};
use crate::part::range::Bounds;
use crate::part::site::check_base_path;
use crate::setting::Setting;

/// Codes of this kind; those of what CloudFront does are with their part.
pub const CODES: &[Code] = &[CFN323, CFN324, CFN325];

/// `CFN323`: a number out of range.
pub const CFN323: Code = Code {
    id: "CFN323",
    explanation: "a number is outside of what Lambda takes\n\n\
        A function has 128 to 10,240 MB of memory and takes at least a second (Lambda quotas). CloudFront waits for 120 seconds \
        at most, so that a server has 115. Of each server at most 50 calls are kept warm: more are dearer than a larger one.",
};

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

const BOUNDS: Bounds = Bounds { code: CFN323, taker: "Lambda", source: "Lambda quotas" };
const WARM: Bounds = Bounds { code: CFN323, taker: "a site", source: "OpenNext's warmer calls them all at once" };

/// Reports what is wrong.
pub(super) fn check(site: &Nextjs, on: &Context<'_>) {
    check_protection(site, on);
    check_numbers(site, on);
    check_runtime(on, &site.server.runtime);
    check_environment(on, "NEXT_PUBLIC_");
    if let Some(path) = site.base_path.as_option() {
        check_base_path(on, path);
    }
    for path in &site.r#static {
        check_path(on, "static", path);
    }
    for (label, server) in site.servers.iter() {
        for path in &server.paths {
            check_path(on, &format!("servers.{}.paths", label.value), path);
        }
    }
}

fn check_protection(site: &Nextjs, on: &Context<'_>) {
    let protection = site.protection;
    on.must_be_written(protection.origin, "protection", "`oac`, which refuses forms");
    match protection.value {
        Protection::Signed => replicas_delay_removal(on, on.name, protection.origin),
        Protection::Oac => bodies_are_refused(on, on.name, protection.origin),
        Protection::Public => {}
    }
}

fn check_numbers(site: &Nextjs, on: &Context<'_>) {
    let memory = |setting: &str, found: Setting<crate::setting::Megabytes>| {
        BOUNDS.check(on, setting, found.map(|m| m.0), 128..=10_240, "MB");
    };
    let timeout = |setting: &str, found: Setting<crate::setting::Seconds>| {
        // What CloudFront does not wait for is reported with the distribution.
        BOUNDS.check(on, setting, found.map(|s| s.0.min(900)), 1..=900, "seconds");
    };
    memory("server.memory", site.server.memory);
    timeout("server.timeout", site.server.timeout);
    for (label, server) in site.servers.iter() {
        server.memory.into_iter().for_each(|m| memory(&format!("servers.{}.memory", label.value), m));
        server.timeout.into_iter().for_each(|t| timeout(&format!("servers.{}.timeout", label.value), t));
    }
    if let Some(images) = site.images.as_option() {
        memory("images.memory", images.memory);
        timeout("images.timeout", images.timeout);
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
