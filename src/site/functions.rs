//! Functions: the servers, what they answer and how, and whether what was built of them is there.

use super::output::{BUCKET, DEFAULT, Origin};
use super::paths::{Compared, pattern};
use super::repair::{in_brackets, set};
use super::{FOLDER, OUTPUT, On};
use crate::diag::{Code, Diagnostic, Diagnostics, quote_list};
use crate::setting::Setting;

/// `CFN332`: other servers, or other paths of them.
pub const CFN332: Code = Code {
    id: "CFN332",
    explanation: "the app was built with other functions than the component has\n\n\
        `functions` of `open-next.config.ts` splits an app into several servers, each with `patterns` of its own. A server has \
        only the pages of its patterns in it, so both sides must say the same: `servers` of the component lists them by \
        label (`adminPages` there is `admin_pages` here), `paths` is `patterns`. A path that leads to a server without its page is answered \
        404. The function for images is built for every app; `images: none` leaves it out.",
};

/// `CFN334`: one side sends answers while they are made, the other does not.
pub const CFN334: Code = Code {
    id: "CFN334",
    explanation: "`streaming` is not what the server was built for\n\n\
        A server whose wrapper is `aws-lambda-streaming` answers in a form that only a function URL in the mode RESPONSE_STREAM \
        understands, and any other wrapper one that only BUFFERED does. The deploy of a mismatch succeeds; then browsers \
        show raw bytes or JSON. `server.streaming` (and `servers.<label>.streaming`) chooses the mode, \
        `default.override.wrapper` of `open-next.config.ts` the form.",
};

/// `CFN339`: a build that is not whole.
pub const CFN339: Code = Code {
    id: "CFN339",
    explanation: "the folder of the build is not what its own file says\n\n\
        `open-next.output.json` names the folder of each function, and a path for each file at the top of `assets`. Where \
        they differ, the build was cut short, or its folder holds pieces of two builds: each function carries parts of the \
        configuration that it was built with, and those of two builds do not work together. Build again, into an empty folder.",
};

/// Compares the servers.
pub(super) fn check(on: &On<'_>, findings: &mut Diagnostics) {
    for (name, origin) in on.output.servers() {
        match name {
            DEFAULT => check_streaming(on, name, None, origin, findings),
            name => check_server(on, name, origin, findings),
        }
    }
    for (label, _) in on.settings().servers.iter() {
        if !on.output.servers().any(|(name, _)| name != DEFAULT && self::label(name) == label.value) {
            findings.push(not_built(on, label));
        }
    }
    check_whole(on, findings);
}

/// The label of a server that OpenNext calls so: `adminPages` is `admin_pages`.
pub(super) fn label(name: &str) -> String {
    let mut label = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && label.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) {
            label.push('_');
        }
        match c {
            c if c.is_ascii_alphanumeric() => label.push(c.to_ascii_lowercase()),
            _ if !label.is_empty() && !label.ends_with('_') => label.push('_'),
            _ => {}
        }
    }
    label.truncate(label.trim_end_matches('_').len());
    label
}

fn check_server(on: &On<'_>, name: &str, origin: &Origin, findings: &mut Diagnostics) {
    let label = label(name);
    let built: Vec<(usize, &str)> = on.output.paths(name).collect();
    let Some(server) = on.settings().servers.get(&label) else {
        let paths: Vec<String> = built.iter().map(|(_, path)| pattern(path)).collect();
        let mut settings = format!("paths: {}", in_brackets(&paths));
        // That of the server is repaired by itself, and a server that says nothing follows it.
        let other = on.output.origins.get(DEFAULT).is_some_and(|default| default.streaming);
        if origin.streaming != other {
            settings.push_str(&format!(", streaming: {}", origin.streaming));
        }
        let title = format!("the app was built with a server `{name}`, which `{}` does not have", on.name());
        let at = on.site.tree.get("servers").map_or(on.settings().path.origin, |servers| servers.origin);
        let diagnostic = on.at(Diagnostic::error(CFN332, title), at, "without this server");
        let mut diagnostic = on
            .beside(diagnostic, &["origins", name], "built beside the others")
            .note("the other servers do not have its pages")
            .help(format!("write `servers: {{{label}: {{{settings}}}}}`"));
        diagnostic.edits.extend(set(on, &["servers", &label], &format!("{{{settings}}}")));
        findings.push(diagnostic);
        return;
    };
    check_paths(on, name, &label, &server.paths, &built, findings);
    check_streaming(on, name, Some((&label, server.streaming)), origin, findings);
}

fn check_paths(
    on: &On<'_>,
    name: &str,
    label: &str,
    written: &[Setting<String>],
    built: &[(usize, &str)],
    findings: &mut Diagnostics,
) {
    let compared = Compared::new(written, built);
    let missing: Vec<&str> = compared.missing.iter().map(|(_, path)| *path).collect();
    let extra: Vec<&str> = compared.extra.iter().map(|path| path.value.as_str()).collect();
    let said = match (missing.as_slice(), extra.as_slice()) {
        ([], []) => return,
        (missing, []) => format!("lack {}, which it was built for", quote_list(missing)),
        ([], extra) => format!("have {}, which it was not built for", quote_list(extra)),
        (missing, extra) => format!("have {} in the place of {}", quote_list(extra), quote_list(missing)),
    };
    let title = format!("the `paths` of the server `{label}` of `{}` {said}", on.name());
    let at = compared.extra.first().copied().or(written.first()).map_or(on.settings().path.origin, |path| path.origin);
    let diagnostic = on.at(Diagnostic::error(CFN332, title), at, "built for other paths");
    let diagnostic = match built.first() {
        Some((number, _)) => on.beside(diagnostic, &["behaviors", &number.to_string(), "pattern"], "what was built"),
        None => on.beside(diagnostic, &["origins", name], "what was built"),
    };
    let wanted = in_brackets(&compared.wanted(on, written, false));
    let mut diagnostic = diagnostic
        .note("a server has the pages of its own paths only")
        .help("if the manifest is right, write the others into `patterns` of this function in `open-next.config.ts`, and build again")
        .help(format!("write `paths: {wanted}`"));
    diagnostic.edits.extend(compared.edit(on, &["servers", label, "paths"], written));
    findings.push(diagnostic);
}

fn not_built(on: &On<'_>, label: &Setting<String>) -> Diagnostic {
    let title = format!("`{}` has a server `{}`, which the app was not built with", on.name(), label.value);
    let diagnostic = on.at(Diagnostic::error(CFN332, title), label.origin, "not among what was built");
    let known: Vec<&str> = on.output.servers().map(|(name, _)| name).collect();
    on.beside(diagnostic, &["origins", DEFAULT], "the server that was built")
        .note(format!("built: {}", quote_list(&known)))
        .help(format!("take `{}` out of `servers`", label.value))
        .help(format!("or add it to `functions` in `open-next.config.ts`, and build again: `{}: {{…}}`", label.value))
}

/// `split` is the label of a further server, and what it says itself.
fn check_streaming(
    on: &On<'_>,
    name: &str,
    split: Option<(&str, Option<Setting<bool>>)>,
    origin: &Origin,
    findings: &mut Diagnostics,
) {
    let own = split.and_then(|(_, own)| own).unwrap_or(on.settings().server.streaming);
    if own.value == origin.streaming || origin.r#type != "function" {
        return;
    }
    let (what, path) = match split {
        Some((label, _)) => (format!("the server `{label}`"), vec!["servers", label, "streaming"]),
        None => ("the server".to_owned(), vec!["server", "streaming"]),
    };
    let title = match origin.streaming {
        true => format!("{what} of `{}` was built for streaming, and `streaming` is `false`", on.name()),
        false => format!("{what} of `{}` was not built for streaming, and `streaming` is `true`", on.name()),
    };
    let diagnostic = on.at(Diagnostic::error(CFN334, title), own.origin, "built otherwise");
    let place = if origin.wrapper.is_some() { "wrapper" } else { "streaming" };
    let (config, here) = match (name, origin.streaming) {
        (DEFAULT, true) => ("take `default.override.wrapper` out of", "true"),
        (DEFAULT, false) => ("write `default: {override: {wrapper: \"aws-lambda-streaming\"}}` in", "false"),
        (_, true) => ("take `override.wrapper` of this function out of", "true"),
        (_, false) => ("write `override: {wrapper: \"aws-lambda-streaming\"}` for this function in", "false"),
    };
    let mut diagnostic = on
        .beside(diagnostic, &["origins", name, place], "what was built")
        .note("the deploy would succeed, and browsers show raw bytes or JSON")
        .help(format!("if the manifest is right, {config} `open-next.config.ts`, and build again"))
        .help(format!("write `streaming: {here}`"));
    diagnostic.edits.extend(set(on, &path, here));
    findings.push(diagnostic);
}

/// The folder of each function is there, and no file at the top of the assets that has no path.
fn check_whole(on: &On<'_>, findings: &mut Diagnostics) {
    let props = &on.output.additional_props;
    let of_origins = on.output.origins.iter().map(|(name, origin)| (vec!["origins", name.as_str()], &origin.bundle));
    let others = [("revalidationFunction", &props.revalidation_function), ("warmer", &props.warmer)];
    let others = others.into_iter().filter_map(|(name, f)| Some((vec!["additionalProps", name], &f.as_ref()?.bundle)));
    for (mut place, bundle) in of_origins.chain(others) {
        let Some(bundle) = bundle.as_deref() else { continue };
        let within = bundle.strip_prefix(FOLDER).and_then(|rest| rest.strip_prefix('/')).unwrap_or(bundle);
        if !on.folder.folders.contains(within) {
            place.push("bundle");
            let title = format!("the build has no folder `{within}`, which `{OUTPUT}` names");
            let diagnostic = on.at_build(Diagnostic::error(CFN339, title), &place, "not there");
            findings.push(diagnostic.help("remove the folder of the build, and build again"));
        }
    }
    let assets = |entry: &String| entry.strip_prefix("assets/").map(str::to_owned);
    let files = on.folder.files.iter().filter_map(assets);
    let folders = on.folder.folders.iter().filter_map(assets).map(|folder| folder + "/*");
    let known: Vec<&str> = on.output.paths(BUCKET).map(|(_, path)| path).collect();
    let unknown: Vec<String> = files.chain(folders).filter(|path| !known.contains(&path.as_str())).collect();
    if !unknown.is_empty() {
        let title = format!("the build holds {}, which `{OUTPUT}` does not name", quote_list(&unknown));
        let diagnostic = on.at_build(Diagnostic::error(CFN339, title), &["behaviors"], "none of these leads there");
        findings.push(diagnostic.help("remove the folder of the build, and build again"));
    }
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn names_become_labels() {
        for (name, expected) in [
            ("admin", "admin"),
            ("adminPages", "admin_pages"),
            ("admin-pages", "admin_pages"),
            ("api2Routes", "api2_routes"),
            ("_x_", "x"),
        ] {
            assert_eq!(label(name), expected, "{name}");
        }
    }
}
