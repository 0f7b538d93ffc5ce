//! Paths: which of them go to the bucket and to which server, and what all of them begin with.

use super::output::BUCKET;
use super::repair::{in_brackets, set, set_list, written};
use super::{On, count};
use crate::diag::{Code, Diagnostic, Diagnostics, Edit, quote_list};
use crate::setting::Setting;
use crate::stage::matches;

/// `CFN331`: the files of the app are others than those of `static`.
pub const CFN331: Code = Code {
    id: "CFN331",
    explanation: "`static` does not list the files of the app's `public/`\n\n\
        What stands at the top of `public/` is served from the bucket: a file by its name (`favicon.ico`), a folder with all that \
        is in it (`img/*`). Each is a path of the distribution, and `static` lists them, so that templates do not depend on a \
        build. A file that is not listed is asked of the server, which does not have it and answers 404: write the line \
        that the message shows. An entry that nothing fits only takes one of the distribution's paths.\n\n\
        Few folders make few paths: put files below `public/static/` and list `static/*` once.",
};

/// `CFN333`: built for another beginning of all paths.
pub const CFN333: Code = Code {
    id: "CFN333",
    explanation: "`base_path` is not the `basePath` that the app was built with\n\n\
        Next.js writes `basePath` of `next.config` into every link of the pages when it builds, and OpenNext puts it before the \
        paths of its output and the keys of its files. The distribution must lead the same paths to the same places: write \
        what the app says, or build the app with what the manifest says.",
};

/// What is not listed although it is no file of `public/`: the compiler knows these.
const MADE: &[&str] = &["_next/*", "BUILD_ID"];

/// The places of a message at most; the rest is named in its title.
const SHOWN: usize = 3;

/// Compares all paths that are files, and what they begin with.
pub(super) fn check(on: &On<'_>, findings: &mut Diagnostics) {
    check_base(on, findings);
    check_static(on, findings);
}

fn check_base(on: &On<'_>, findings: &mut Diagnostics) {
    let written_base = on.settings().base_path.as_option();
    let own = written_base.map(|base| base.value.as_str()).unwrap_or_default();
    let built = on.output.base();
    if own != built {
        let name = on.name();
        let title = match (own, built.as_str()) {
            (own, "") => format!("`base_path` of `{name}` is `{own}`, and the app was built without one"),
            ("", built) => format!("`{name}` has no `base_path`, and the app was built for `{built}`"),
            (own, built) => format!("`base_path` of `{name}` is `{own}`, and the app was built for `{built}`"),
        };
        let origin = written_base.map_or(on.settings().path.origin, |base| base.origin);
        let mut diagnostic = on.at(Diagnostic::error(CFN333, title), origin, "built otherwise");
        if let Some((number, _)) = on.output.paths(BUCKET).next() {
            diagnostic = on.beside(diagnostic, &["behaviors", &number.to_string(), "pattern"], "what was built");
        }
        let config = match own {
            "" => "if the manifest is right, take `basePath` out of `next.config`, and build again".to_owned(),
            own => format!("if the manifest is right, write `basePath: \"{own}\"` in `next.config`, and build again"),
        };
        let value = if built.is_empty() { "none".to_owned() } else { written(&built) };
        diagnostic = diagnostic.help(config).help(format!("write `base_path: {value}`"));
        diagnostic.edits.extend(set(on, &["base_path"], &value));
        findings.push(diagnostic);
    }
    let copied = on.output.origins.get(BUCKET).and_then(|bucket| bucket.copy.first());
    let expected = format!("_assets{built}");
    if let Some(copy) = copied.filter(|copy| copy.to != expected) {
        let title = format!("the build copies its files to `{}`, and its paths lead to `{expected}`", copy.to);
        let diagnostic = Diagnostic::error(CFN333, title);
        findings.push(
            on.at_build(diagnostic, &["origins", BUCKET, "copy", "0", "to"], "nothing is served from here")
                .help("build the app again: OpenNext writes both from one `basePath`"),
        );
    }
}

fn check_static(on: &On<'_>, findings: &mut Diagnostics) {
    let listed = &on.settings().r#static;
    let built: Vec<(usize, &str)> = on.output.paths(BUCKET).filter(|(_, path)| !MADE.contains(path)).collect();
    let compared = Compared::new(listed, &built);
    let place = |number: usize| ["behaviors".to_owned(), number.to_string(), "pattern".to_owned()];
    let list = on.site.tree.get("static").map_or(on.settings().path.origin, |list| list.origin);
    if !compared.missing.is_empty() {
        let names: Vec<&str> = compared.missing.iter().map(|(_, path)| *path).collect();
        let title = format!("`static` of `{}` lacks {}, which the app has", on.name(), quote_list(&names));
        let mut diagnostic = on.at(Diagnostic::error(CFN331, title), list, "not all files are listed");
        for (number, _) in compared.missing.iter().take(SHOWN) {
            let place = place(*number);
            diagnostic = on.beside(diagnostic, &place.each_ref().map(String::as_str), "not listed");
        }
        let wanted = compared.wanted(on, listed, true);
        diagnostic = diagnostic
            .note("what is not listed is asked of the server, which answers 404")
            .help(format!("write `static: {}`", in_brackets(&wanted)));
        if wanted.len() > 20 {
            let paths = count(wanted.len(), "path");
            diagnostic = diagnostic.note(format!("{paths}: CloudFront takes 25 in all; fewer folders make fewer"));
        }
        diagnostic.edits.extend(set_list(on, &["static"], &wanted));
        findings.push(diagnostic);
    }
    if let Some((first, rest)) = compared.extra.split_first() {
        let names: Vec<&str> = compared.extra.iter().map(|path| path.value.as_str()).collect();
        let title = format!("`static` of `{}` lists {}, which the app does not have", on.name(), quote_list(&names));
        let mut diagnostic = on.at(Diagnostic::warning(CFN331, title), first.origin, "nothing fits it");
        for path in rest {
            let origins = &on.site.compiled.origins;
            diagnostic = diagnostic.context_if_known(origins, Some(path.origin), "nor this");
        }
        diagnostic = diagnostic.help(if rest.is_empty() { "take it out" } else { "take them out" });
        // Where something is to be added, both would write the same list.
        if compared.missing.is_empty() {
            diagnostic.edits.extend(set_list(on, &["static"], &compared.wanted(on, listed, false)));
        }
        findings.push(diagnostic);
    }
}

/// What is written beside what was built.
pub(super) struct Compared<'a> {
    /// What was built and is not written, by its number among all paths.
    pub(super) missing: Vec<(usize, &'a str)>,
    /// What is written and was not built.
    pub(super) extra: Vec<&'a Setting<String>>,
}

impl<'a> Compared<'a> {
    /// A written pattern may be wider than a path that was built; one that is narrower is of it, but not all.
    pub(super) fn new(written: &'a [Setting<String>], built: &[(usize, &'a str)]) -> Compared<'a> {
        let missing = built.iter().filter(|(_, path)| !written.iter().any(|w| matches(&w.value, path)));
        let is_of = |w: &Setting<String>, path: &str| matches(&w.value, path) || matches(path, &w.value);
        let extra = written.iter().filter(|w| !built.iter().any(|(_, path)| is_of(w, path)));
        Compared { missing: missing.copied().collect(), extra: extra.collect() }
    }

    /// The whole list as it should be written.
    pub(super) fn wanted(&self, on: &On<'_>, written: &[Setting<String>], keeps_extra: bool) -> Vec<String> {
        let is_extra = |w: &Setting<String>| self.extra.iter().any(|e| e.value == w.value);
        let kept = written.iter().filter(|w| keeps_extra || !is_extra(w)).map(|w| as_written(on, w));
        kept.chain(self.missing.iter().map(|(_, path)| pattern(path))).collect()
    }

    /// The edit that writes it.
    pub(super) fn edit(&self, on: &On<'_>, path: &[&str], written: &[Setting<String>]) -> Option<Edit> {
        set_list(on, path, &self.wanted(on, written, false))
    }
}

/// A path of a build as a pattern of CloudFront: what cannot stand in one becomes `?`.
pub(super) fn pattern(path: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-.$/~\"'@:+&*".contains(c);
    written(&path.chars().map(|c| if fits(c) { c } else { '?' }).collect::<String>())
}

/// An item in the words of its layer: a reference stays one.
fn as_written(on: &On<'_>, item: &Setting<String>) -> String {
    let spans = on.site.compiled.origins.spans(item.origin);
    let said = spans.first().map(|span| on.sources.text(*span)).filter(|said| said.contains("${"));
    said.map_or_else(|| written(&item.value), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::OriginId;

    fn compared(written: &[&str], built: &[&str]) -> (Vec<String>, Vec<String>) {
        let written: Vec<_> = written.iter().map(|w| Setting::new(OriginId(0), (*w).to_owned())).collect();
        let built: Vec<_> = built.iter().copied().enumerate().collect();
        let compared = Compared::new(&written, &built);
        let missing = compared.missing.iter().map(|(_, path)| (*path).to_owned()).collect();
        (missing, compared.extra.iter().map(|w| w.value.clone()).collect())
    }

    #[test]
    fn patterns_cover_what_fits_them() {
        let (none, list) = (Vec::<String>::new(), |items: &[&str]| items.iter().map(|i| (*i).to_owned()).collect());
        assert_eq!(compared(&["img/*", "a.txt"], &["a.txt", "img/*"]), (none.clone(), none.clone()));
        assert_eq!(compared(&["*.txt"], &["a.txt", "b.txt"]), (none.clone(), none.clone()));
        assert_eq!(compared(&["a?b.pdf"], &["a b.pdf"]), (none.clone(), none.clone()));
        assert_eq!(compared(&["img/logo/*"], &["img/*"]), (list(&["img/*"]), none.clone()));
        assert_eq!(compared(&["old/*"], &[]), (none, list(&["old/*"])));
    }

    #[test]
    fn paths_become_patterns() {
        assert_eq!(pattern("img/*"), "img/*");
        assert_eq!(pattern("my file (1).pdf"), "my?file??1?.pdf");
        assert_eq!(pattern("größe.txt"), "gr??e.txt");
    }
}
