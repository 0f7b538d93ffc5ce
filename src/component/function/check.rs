//! What can be wrong with the settings of a function.

use super::{Function, Image, Protection, Url, Zip};
use crate::component::{Context, StackName, US_EAST_1};
use crate::diag::{Code, Diagnostic, Severity};
use crate::origin::OriginId;
use crate::part::cloudfront;
use crate::part::range::Bounds;
use crate::part::{folder, runtime};
use crate::setting::Setting;

/// Codes of functions.
pub const CODES: &[Code] = &[CFN190, CFN191, CFN193, CFN195, CFN196, CFN197, CFN198, CFN359, CFN572, SEC004];

/// `CFN190`: not exactly one of `zip` and `image`.
pub const CFN190: Code = Code {
    id: "CFN190",
    explanation: "a function's code is either a zip or an image\n\n\
        Write exactly one of `zip` and `image`. An overlay that changes from one to the other removes the lower \
        layer's with `null`: `zip: null` and `runtime: null`. Lambda replaces a function whose package changes from one to the other.",
};

/// `CFN191`: a zip without a runtime.
pub const CFN191: Code = Code {
    id: "CFN191",
    explanation: "code in a zip needs a runtime\n\n\
        A container image brings its own runtime; a zip is only the code, and `runtime` says what runs it. One for all \
        functions may stand in `defaults.function`.",
};

/// `CFN198`: an image with a runtime.
pub const CFN198: Code = Code {
    id: "CFN198",
    explanation: "an image brings its own runtime\n\n\
        Lambda takes `Runtime` for a zip only; what runs an image is in the image. A `runtime` beside it would say something \
        that is not so. One in `defaults.function` or in a set may stay: it is for the zips among the functions that share it.",
};

/// `CFN193`: a number that Lambda does not take.
pub const CFN193: Code = Code {
    id: "CFN193",
    explanation: "the number is outside of what Lambda takes\n\n\
        A function has 128 to 10,240 MB of memory, 512 to 10,240 MB in `/tmp`, and runs for 1 to 900 seconds (Lambda \
        Developer Guide, \"Lambda quotas\"). What takes longer is split into steps, or runs elsewhere.",
};

/// `CFN195`: not exactly one of an image's `path` and `name`.
pub const CFN195: Code = Code {
    id: "CFN195",
    explanation: "an image is either built or named\n\n\
        With `path`, and maybe `dockerfile`, the release builds the image from the project. With `name`, something \
        else has built it and pushed it to the repository.",
};

/// `CFN196`: `run` and `stack` at once.
pub const CFN196: Code = Code {
    id: "CFN196",
    explanation: "`run` places a function, and so does `stack`\n\n\
        A function that the deploy calls stands in a stack of its own, `jobs` or `after`, so that it is there when it \
        is called and nothing else is. Another stack would be deployed too early or too late.",
};

/// `CFN197`: a method that a function's URL does not list.
pub const CFN197: Code = Code {
    id: "CFN197",
    explanation: "a function's URL answers `OPTIONS` itself\n\n\
        With `cors` Lambda answers the browser's question, which comes by `OPTIONS`, without calling the function, and \
        refuses that method in the list (AWS::Lambda::Url Cors AllowMethods: GET, HEAD, POST, PUT, PATCH, DELETE or \
        `*`).",
};

/// `SEC004`: everyone may call a function.
pub const SEC004: Code = Code {
    id: "SEC004",
    explanation: "everyone may call the function's URL\n\n\
        `protection: public` lets Lambda answer every request, from anywhere. That is right for code that checks each \
        request itself, such as a webhook or an API that reads bearer tokens. Otherwise take `iam`, and link callers \
        with `invoke_url`.",
};

/// `CFN359`: signed for nobody.
pub const CFN359: Code = Code {
    id: "CFN359",
    explanation: "a function's URL is for a router, and no router serves it\n\n\
        With `protection: signed` or `oac` the URL answers only what CloudFront has signed for the distributions of a router that \
        leads to the function. Without one, nobody can call it. Name the function in the `routes` of a router, or let callers \
        sign for themselves: `protection: iam`, and links with `invoke_url`.",
};

/// `CFN572`: `region` and `stack: edge` at once.
pub const CFN572: Code = Code {
    id: "CFN572",
    explanation: "`region` places a function, and so does `stack: edge`\n\n\
        The stack `edge` holds what CloudFront takes from us-east-1 only, and stands there. A function of another region stands in the \
        `app` of that region.",
};

const BOUNDS: Bounds = Bounds { code: CFN193, taker: "Lambda", source: "Lambda quotas" };

/// Reports what is wrong with the settings.
pub(super) fn check(function: &Function, on: &Context<'_>) {
    check_package(function, on);
    BOUNDS.check(on, "memory", function.memory.map(|m| m.0), 128..=10_240, "MB");
    BOUNDS.check(on, "timeout", function.timeout.map(|t| t.0), 1..=900, "seconds");
    BOUNDS.check(on, "storage", function.storage.map(|s| s.0), 512..=10_240, "MB");
    if let (Some(run), Some(stack)) = (function.run.as_option(), &on.common.stack) {
        let title = format!("`{}` has a `run` and a `stack`, which both place it", on.name);
        let diagnostic = on.at(Diagnostic::error(CFN196, title), stack.origin, "places it in another stack");
        let diagnostic = diagnostic.context_if_known(on.origins, Some(run.origin), "places it in a stack of its own");
        on.report(diagnostic.help("remove `stack`"));
    }
    let edge = on.common.stack.filter(|stack| stack.value == StackName::Edge);
    if let (Some(region), Some(stack)) = (function.region.as_ref().filter(|r| r.value != US_EAST_1), edge) {
        let title = format!("`{}` has the region `{}`, and stands in `edge`, in us-east-1", on.name, region.value);
        let diagnostic = on.at(Diagnostic::error(CFN572, title), stack.origin, "places it in us-east-1");
        let diagnostic = diagnostic.context_if_known(on.origins, Some(region.origin), "places it here");
        on.report(diagnostic.help("remove one of the two"));
    }
    if let Some(url) = function.url.as_option() {
        check_url(on, url);
    }
}

/// The code: a zip with its runtime, or an image.
fn check_package(function: &Function, on: &Context<'_>) {
    match (&function.zip, &function.image) {
        (Some(zip), None) => check_zip(on, zip, function.runtime.as_ref()),
        (None, Some(image)) => {
            check_image(on, image);
            check_no_runtime(on, function.runtime.as_ref(), image);
        }
        (Some(zip), Some(image)) => {
            let title = format!("`{}` has its code in a `zip` and in an `image`", on.name);
            let diagnostic = on.at(Diagnostic::error(CFN190, title), origin(on, image), "the image");
            let diagnostic = diagnostic.context_if_known(on.origins, Some(zip.path.origin), "the zip");
            on.report(diagnostic.help(
                "keep one; an overlay removes the other with `zip: null` and `runtime: null`, or with `image: null`",
            ));
        }
        (None, None) => {
            let title = format!("`{}` has no code: neither `zip` nor `image`", on.name);
            let diagnostic = on.at(Diagnostic::error(CFN190, title), on.origin, "declared here");
            on.report(diagnostic.help("write `zip: {path: …, handler: …}` or `image: {path: …}`"));
        }
    }
}

fn check_zip(on: &Context<'_>, zip: &Zip, runtime: Option<&Setting<String>>) {
    folder::check(on, "zip.path", &zip.path);
    for file in zip.files.values() {
        folder::check(on, "zip.files", file);
    }
    if let Some(runtime) = runtime {
        runtime::check(on, runtime);
    } else {
        let title = format!("`{}` has its code in a zip, but no `runtime`", on.name);
        let diagnostic = on.at(Diagnostic::error(CFN191, title), zip.path.origin, "nothing says what runs it");
        on.report(diagnostic.help("write `runtime`, such as `nodejs22.x`, here or in `defaults.function`"));
    }
}

/// A runtime of its own. One in `defaults` or in a set is for the zips among those that share it.
fn check_no_runtime(on: &Context<'_>, runtime: Option<&Setting<String>>, image: &Image) {
    let Some(runtime) = runtime.filter(|r| !on.origins.is_inherited(r.origin)) else { return };
    let title = format!("`{}` has its code in an image, and a `runtime` besides", on.name);
    let diagnostic = on.at(Diagnostic::error(CFN198, title), runtime.origin, "is for a zip");
    let diagnostic = diagnostic.context_if_known(on.origins, Some(origin(on, image)), "brings its own runtime");
    on.report(diagnostic.help("remove `runtime`; an overlay removes a lower layer's with `runtime: null`"));
}

fn check_image(on: &Context<'_>, image: &Image) {
    for (setting, path) in [("image.path", &image.path), ("image.dockerfile", &image.dockerfile)] {
        if let Some(path) = path {
            folder::check(on, setting, path);
        }
    }
    if image.path.is_some() == image.name.is_some() {
        let (title, label) = match &image.path {
            Some(_) => (format!("the image of `{}` has a `path` and a `name`", on.name), "built from here"),
            None => (format!("the image of `{}` has neither `path` nor `name`", on.name), "nothing says which image"),
        };
        let named = image.name.as_ref().filter(|_| image.path.is_some()).map(|name| name.origin);
        let diagnostic = on.at(Diagnostic::error(CFN195, title), origin(on, image), label);
        let diagnostic = diagnostic.context_if_known(on.origins, named, "built by something else");
        on.report(diagnostic.help("write `path` to have it built, or `name` if something else builds it"));
    }
}

/// Where an image stands.
fn origin(on: &Context<'_>, image: &Image) -> OriginId {
    image.path.as_ref().or(image.name.as_ref()).map_or(on.origin, |s| s.origin)
}

fn check_url(on: &Context<'_>, url: &Url) {
    check_protection(on, url.protection);
    let methods = url.cors.as_option().map(|cors| cors.methods.iter());
    if let Some(options) = methods.into_iter().flatten().find(|method| method.value == "OPTIONS") {
        let title = format!("`methods` of `{}` has `OPTIONS`, which a function's URL answers itself", on.name);
        let diagnostic = on.at(Diagnostic::error(CFN197, title), options.origin, "not to be listed");
        on.report(diagnostic.help("remove `OPTIONS`"));
    }
}

fn check_protection(on: &Context<'_>, protection: Setting<Protection>) {
    let at = protection.origin;
    match protection.value {
        Protection::Public => {
            let title = format!("everyone may call the URL of `{}`", on.name);
            let diagnostic = Diagnostic::new(Severity::Note, SEC004, title);
            on.report(match on.served_by.and_then(|by| by.serving.header.as_ref()) {
                Some(header) => on
                    .at(diagnostic, at, "the code itself must check requests")
                    .context_if_known(on.origins, Some(header.origin), "sent by the router")
                    .help(format!("let the code refuse requests without the right `{}`", header.value)),
                None => on.at(diagnostic, at, "the code itself must check requests"),
            });
        }
        Protection::Iam => {}
        Protection::Signed | Protection::Oac if on.served_by.is_none() => {
            let title = format!("the URL of `{}` is for a router, and none of this stage serves it", on.name);
            on.report(
                on.at(Diagnostic::warning(CFN359, title), at, "only CloudFront could sign for it")
                    .help(format!("name `{}` in the routes of a router, or write `protection: iam`", on.name)),
            );
        }
        Protection::Signed => {
            cloudfront::replicas_delay_removal(on, on.name, at);
            cloudfront::authorization_is_overwritten(on, on.name, at);
        }
        Protection::Oac => {
            if !on.served_by.is_some_and(|by| by.serving.reads_only) {
                cloudfront::bodies_are_refused(on, on.name, at);
            }
            cloudfront::authorization_is_overwritten(on, on.name, at);
        }
    }
}
