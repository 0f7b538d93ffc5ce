//! Caches: whether pages are kept between calls, and made anew by tag.

use super::On;
use super::repair::set;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::setting::Setting;

/// `CFN335`: a cache that one side has and the other has not.
pub const CFN335: Code = Code {
    id: "CFN335",
    explanation: "`incremental_cache` or `tag_cache` is not what the app was built with\n\n\
        OpenNext's `dangerous.disableIncrementalCache` and `dangerous.disableTagCache` build servers that keep no pages, or know \
        no tags; `incremental_cache` and `tag_cache` of the component make the bucket's part, the queue, the function and the \
        table that they need, and say the opposite. Without its table or its queue a server answers, but makes every page \
        anew and logs an error for each; the other way round, resources stand idle and are paid for.",
};

/// Compares both.
pub(super) fn check(on: &On<'_>, findings: &mut Diagnostics) {
    let (settings, props) = (on.settings(), &on.output.additional_props);
    let pages = ("incremental_cache", "disableIncrementalCache", "kept pages");
    let tags = ("tag_cache", "disableTagCache", "tags");
    check_one(on, pages, settings.incremental_cache, props.disable_incremental_cache, findings);
    check_one(on, tags, settings.tag_cache, props.disable_tag_cache, findings);
}

fn check_one(
    on: &On<'_>,
    (setting, theirs, of): (&str, &str, &str),
    own: Setting<bool>,
    disabled: bool,
    findings: &mut Diagnostics,
) {
    if own.value != disabled {
        return;
    }
    let built = if disabled { "without" } else { "with" };
    let title = format!("`{setting}` of `{}` is `{}`, and the app was built {built} {of}", on.name(), own.value);
    let diagnostic = on.at(Diagnostic::error(CFN335, title), own.origin, "built otherwise");
    let mut diagnostic = match disabled {
        true => on.beside(diagnostic, &["additionalProps", theirs], "what was built"),
        false => on.beside(diagnostic, &["additionalProps"], "switches nothing off"),
    };
    let config = format!("`dangerous: {{{theirs}: true}}`");
    diagnostic = match disabled {
        true => diagnostic
            .help(format!("if the manifest is right, take {config} out of `open-next.config.ts`, and build again")),
        false => diagnostic
            .help(format!("if the manifest is right, write {config} in `open-next.config.ts`, and build again")),
    };
    let value = (!disabled).to_string();
    diagnostic = diagnostic.help(format!("write `{setting}: {value}`"));
    diagnostic.edits.extend(set(on, &[setting], &value));
    findings.push(diagnostic);
}
