//! Folders and files of the project, as settings name them.

use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;

/// Codes of this part.
pub const CODES: &[Code] = &[CFN194, CFN360];

/// `CFN194`: a path that leads out of the project.
pub const CFN194: Code = Code {
    id: "CFN194",
    explanation: "a path leads out of the project\n\n\
        Folders and files are relative to the project, with `/` between their names on every system, so that everyone \
        who deploys takes the same ones.",
};

/// `CFN360`: a folder of a build that does not stand in the site.
pub const CFN360: Code = Code {
    id: "CFN360",
    explanation: "a folder of the build does not stand in that of the site\n\n\
        `path` is the folder of a site: its build runs there, and what the build writes stands below it. `build.output`, \
        `server.zip` and `assets.path` are relative to `path`: `dist`, `build/client`, or `.` for the folder itself. For a \
        build that writes elsewhere, let `path` be a folder that holds both, and the command go into its own: \
        `cd apps/web && pnpm build`.",
};

/// Reports a path that leads out of the project.
pub fn check(on: &Context<'_>, setting: &str, path: &Setting<String>) {
    if path.is_empty() || !is_inside(path) {
        let title = format!("`{setting}` of `{}` is `{}`, which is no path in the project", on.name, path.value);
        let diagnostic = on.at(Diagnostic::error(CFN194, title), path.origin, "leads out of the project");
        on.report(diagnostic.help("write it relative to the project, such as `apps/api/dist`"));
    }
}

/// Reports a folder of a build that leads out of the site's own, `site`.
pub fn check_built(on: &Context<'_>, setting: &str, folder: &Setting<String>, site: &Setting<String>) {
    let (written, site_folder) = (folder.value.as_str(), site.value.trim_matches('/'));
    let bare = written.trim_start_matches(['.', '/']).trim_end_matches('/');
    // One that is written relative to the project, as other paths are.
    let below =
        bare.strip_prefix(site_folder).and_then(|rest| rest.strip_prefix('/')).filter(|_| !site_folder.is_empty());
    if !written.is_empty() && is_inside(written) && below.is_none() {
        return;
    }
    let (which, label) = match below {
        Some(_) => ("begins with its `path` again", "is relative to `path`"),
        None => ("is no folder below its `path`", "leads out of the site's folder"),
    };
    let title = format!("`{setting}` of `{}` is `{written}`, which {which}", on.name);
    let diagnostic = on.at(Diagnostic::error(CFN360, title), folder.origin, label).context_if_known(
        on.origins,
        Some(site.origin),
        "the site's folder",
    );
    // What is left when the marks before it are taken away, unless they lead elsewhere.
    let meant = below.or(Some(bare)).filter(|meant| !meant.is_empty() && !written.contains("..") && is_inside(meant));
    on.report(match meant {
        Some(meant) => {
            on.repair(diagnostic.help(format!("write it relative to `path`: `{meant}`")), folder.origin, meant)
        }
        None => diagnostic
            .note("the build runs in `path`, and what it writes stands below it")
            .help("let the build write into a folder below `path`, or let `path` be a folder that holds both"),
    });
}

/// Whether a path leads to something below where it begins, and can be shown.
#[must_use]
pub fn is_inside(path: &str) -> bool {
    let is_shown = !path.contains(char::is_control);
    is_shown && !path.starts_with('/') && !path.contains(['\\', ':']) && path.split('/').all(|step| step != "..")
}
