//! Images: whether their function is there, and its native code for the right processor.

use super::On;
use super::functions::CFN332;
use super::repair::set;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, quote_list};

/// `CFN338`: `sharp` for another processor.
pub const CFN338: Code = Code {
    id: "CFN338",
    explanation: "the image function was built for another processor\n\n\
        OpenNext installs `sharp`, which resizes images, into the image function when it builds. It passes `--arch=arm64` \
        to npm, which knows no such option and installs what fits the machine that builds: on Intel or AMD that is \
        `@img/sharp-linux-x64`, and the function fails on arm64 at the first image. In `open-next.config.ts`:\n\n    \
        imageOptimization: {\n      \
        install: { packages: [\"sharp@0.35.5\"], arch: \"arm64\", additionalArgs: \"--cpu=arm64\" },\n    \
        }\n\n\
        installs the right one everywhere; so does building on a machine of that processor. Or let the function have the \
        processor of the machine: `images: {architecture: x86_64}`.",
};

/// Compares the function for images.
pub(super) fn check(on: &On<'_>, findings: &mut Diagnostics) {
    let images = on.settings().images.as_option();
    match (images, on.output.image()) {
        (Some(images), Some(_)) => other_processor(on, images).into_iter().for_each(|d| findings.push(d)),
        (Some(_), None) => {
            let title = format!("`{}` has a function for images, and the app was built without", on.name());
            let origin = on.site.tree.get("images").map_or(on.settings().path.origin, |images| images.origin);
            let diagnostic = on.at(Diagnostic::error(CFN332, title), origin, "not among what was built");
            let mut diagnostic = on.beside(diagnostic, &["origins"], "what was built").help("write `images: none`");
            diagnostic.edits.extend(set(on, &["images"], "none"));
            findings.push(diagnostic);
        }
        (None, Some(_)) => {
            let title = format!("`{}` leaves out the function for images, which the app was built with", on.name());
            let origin = on.site.tree.get("images").map_or(on.settings().path.origin, |images| images.origin);
            let diagnostic = Diagnostic::new(Severity::Note, CFN332, title);
            findings.push(
                on.at(diagnostic, origin, "`_next/image` is not answered")
                    .help("that fits an app with `images: {unoptimized: true}` in `next.config`"),
            );
        }
        (None, None) => {}
    }
}

fn other_processor(on: &On<'_>, images: &super::Images) -> Option<Diagnostic> {
    let wanted = if images.architecture.value == "x86_64" { "x64" } else { "arm64" };
    let of_sharp = |name: &&String| name.starts_with("sharp-") && !name.starts_with("sharp-libvips-");
    let found: Vec<&String> = on.folder.natives.iter().filter(of_sharp).collect();
    // WebAssembly runs everywhere.
    let fits = |name: &str| name == format!("sharp-linux-{wanted}") || name == "sharp-wasm32";
    if found.is_empty() || found.iter().any(|name| fits(name)) {
        return None;
    }
    let names: Vec<String> = found.iter().map(|name| format!("@img/{name}")).collect();
    let title =
        format!("the images of `{}` are made on {wanted}, and the build holds {}", on.name(), quote_list(&names));
    let package = on.folder.sharp.as_ref().map_or("sharp".to_owned(), |version| format!("sharp@{version}"));
    let install = format!(
        "imageOptimization: {{ install: {{ packages: [\"{package}\"], arch: \"{wanted}\", additionalArgs: \"--cpu={wanted}\" }} }}"
    );
    let diagnostic =
        on.at(Diagnostic::error(CFN338, title), images.architecture.origin, "the processor of the function");
    let diagnostic = on
        .beside(diagnostic, &["origins", super::output::IMAGE, "bundle"], "built for another")
        .note("npm installs what fits the machine that builds; the function would fail at the first image")
        .help(format!("write `{install}` in `open-next.config.ts`, and build again"));
    let (other, of_other) =
        if wanted == "x64" { ("arm64", "sharp-linux-arm64") } else { ("x86_64", "sharp-linux-x64") };
    Some(match found.iter().any(|name| *name == of_other) {
        true => diagnostic.help(format!("or give the function that processor: `images: {{architecture: {other}}}`")),
        false => diagnostic,
    })
}
