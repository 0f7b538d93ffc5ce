//! How long browsers and CloudFront keep the files of a site: `Cache-Control`, which each file gets when it is uploaded.
//!
//! A file whose name changes with its content can be kept for ever; any other must be asked for again, or a deploy reaches
//! nobody who has been here before. Which is which, only the names of folders tell: those that are kept for ever are
//! written to by bundlers alone. `assets/` is not among them: Vite writes to it, and copies there what has no hash as well.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::component::Context;
use crate::diag::{Code, Diagnostic, did_you_mean, quote_list};
use crate::part::cloudfront::path;
use crate::setting::{Keyed, Setting};
use crate::stage::matches;

/// Codes of this part.
pub const CODES: &[Code] = &[CFN361, CFN362, CFN368];

/// `CFN361`: a header that says nothing.
pub const CFN361: Code = Code {
    id: "CFN361",
    explanation: "the header is no `Cache-Control`\n\n\
        `header` is the value of `Cache-Control` (RFC 9111, section 5.2): words with commas between them, some with a number of \
        seconds. What browsers and CloudFront do not know they ignore, so that a misspelt word would be found by nobody.\n\n    \
        public, max-age=31536000, immutable    names that change with their content\n    \
        public, max-age=0, must-revalidate     asked for again each time\n    \
        public, max-age=3600                   kept for an hour, whatever a deploy brings",
};

/// `CFN362`: pages that browsers keep.
pub const CFN362: Code = Code {
    id: "CFN362",
    explanation: "browsers keep pages, and do not see the next deploy\n\n\
        A page has the same name after every deploy. A browser that may keep it does not ask again before the time is over, and \
        nothing that a deploy does can reach it: visitors see the old page, which asks for files of the old build. Give the \
        header to the folder of files whose names change with their content, and let the rest be asked for again, as it is \
        unless a rule says otherwise.",
};

/// `CFN368`: two rules for the same files.
pub const CFN368: Code = Code {
    id: "CFN368",
    explanation: "two rules have the same pattern\n\n\
        Of several rules that fit a file the one that says most counts, so that their order does not matter. Two equal patterns say \
        equally much. Layers merge rules by label: an overlay that is to change one writes it under the same label.",
};

/// How long some files are kept.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The files, by their path in the folder; `*` stands for any text, slashes included. Of several that fit, the one that
    /// says most counts.
    #[schemars(example = &"assets/*")]
    r#match: Setting<String>,
    /// Their `Cache-Control`.
    #[schemars(example = &"public, max-age=31536000, immutable")]
    header: Setting<String>,
}

/// For names that change with their content: a year.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// For all others: kept, but asked for again, which costs a short answer.
const ASKED_AGAIN: &str = "public, max-age=0, must-revalidate";

/// What holds unless a rule says otherwise. Sources: the defaults of SvelteKit (`appDir`), Astro (`build.assets`), SolidStart,
/// Next.js (static export) and Nuxt (`buildAssetsDir`; `builds/latest.json` in it keeps its name), 2026-11.
const BUILT_IN: &[(&str, &str)] = &[
    ("_app/immutable/*", FOR_EVER),
    ("_astro/*", FOR_EVER),
    ("_build/assets/*", FOR_EVER),
    ("_next/static/*", FOR_EVER),
    ("_nuxt/*", FOR_EVER),
    ("_nuxt/builds/*", ASKED_AGAIN),
    ("*", ASKED_AGAIN),
];

/// Directives, and whether each has a number of seconds. Source: RFC 9111, section 5.2.2; RFC 8246; RFC 5861.
const DIRECTIVES: &[(&str, bool)] = &[
    ("immutable", false),
    ("max-age", true),
    ("must-revalidate", false),
    ("must-understand", false),
    ("no-cache", false),
    ("no-store", false),
    ("no-transform", false),
    ("private", false),
    ("proxy-revalidate", false),
    ("public", false),
    ("s-maxage", true),
    ("stale-if-error", true),
    ("stale-while-revalidate", true),
];

/// Seconds that a browser may keep a page before it is told of.
const PAGE: u64 = 3600;

/// Patterns of files with their headers, in the order in which they are asked: the first that fits counts.
#[must_use]
pub fn in_order(rules: &Keyed<Rule>) -> Vec<(String, String)> {
    let written = rules.iter().map(|(_, rule)| (rule.r#match.value.clone(), rule.header.value.clone()));
    let is_written = |pattern: &str| rules.iter().any(|(_, rule)| rule.r#match.value == pattern);
    let built_in = BUILT_IN.iter().filter(|(pattern, _)| !is_written(pattern));
    let mut all: Vec<(String, String)> =
        written.chain(built_in.map(|(pattern, header)| ((*pattern).to_owned(), (*header).to_owned()))).collect();
    all.sort_by(|(a, _), (b, _)| path::narrower(a, b));
    all
}

/// Reports rules that say nothing, and those by which browsers keep `page`. `setting` is where they stand.
pub fn check(on: &Context<'_>, setting: &str, rules: &Keyed<Rule>, page: Option<&str>) {
    for (label, rule) in rules.iter() {
        let of = |key: &str| format!("{setting}.{}.{key}", label.value);
        path::is_relative_pattern(on, &of("match"), &rule.r#match);
        check_header(on, &of("header"), &rule.header);
        let same = rules.iter().filter(|(_, other)| other.r#match.value == rule.r#match.value);
        if let Some((_, first)) = same.take_while(|(other, _)| other.value != label.value).next() {
            let title = format!("`{setting}` of `{}` has two rules for `{}`", on.name, rule.r#match.value);
            on.report(
                on.at(Diagnostic::error(CFN368, title), rule.r#match.origin, "a rule for the same files")
                    .context_if_known(on.origins, Some(first.r#match.origin), "the other one")
                    .help("remove one of them; an overlay changes a rule under the same label"),
            );
        }
    }
    let mut fitting: Vec<&Rule> = rules.iter().map(|(_, rule)| rule).collect();
    fitting.sort_by(|a, b| path::narrower(&a.r#match, &b.r#match));
    let Some(page) = page else { return };
    let counts = fitting.into_iter().find(|rule| matches(&rule.r#match, page));
    if let Some(rule) = counts.filter(|rule| kept(&rule.header) > PAGE) {
        let title = format!("browsers keep `{page}` of `{}` for {}", on.name, spoken(kept(&rule.header)));
        on.report(
            on.at(Diagnostic::warning(CFN362, title), rule.header.origin, "not asked for again before")
                .context_if_known(on.origins, Some(rule.r#match.origin), "the page is one of these")
                .note("a page has the same name after every deploy, and browsers show the one that they keep")
                .help("let `match` be the folder of files whose names change with their content, such as `assets/*`")
                .help(format!("or let them be asked for again: `{ASKED_AGAIN}`")),
        );
    }
}

/// Seconds for which a browser keeps what has this header without asking.
fn kept(header: &str) -> u64 {
    let directives: Vec<String> = header.split(',').map(|d| d.trim().to_ascii_lowercase()).collect();
    if directives.iter().any(|d| d == "no-cache" || d == "no-store") {
        return 0;
    }
    directives.iter().find_map(|d| d.strip_prefix("max-age=")?.parse().ok()).unwrap_or_default()
}

fn spoken(seconds: u64) -> String {
    match (seconds / 86_400, seconds / 3600) {
        (0, 0 | 1) => format!("{} minutes", seconds / 60),
        (0 | 1, hours) => format!("{hours} hours"),
        (days, _) => format!("{days} days"),
    }
}

fn check_header(on: &Context<'_>, setting: &str, header: &Setting<String>) {
    let text = header.value.as_str();
    let title = format!("`{setting}` of `{}` is `{text}`, which is no `Cache-Control`", on.name);
    let report = |label: &str| on.at(Diagnostic::error(CFN361, title.clone()), header.origin, label);
    if let Some((name, value)) = text.split_once(':') {
        let diagnostic = report("the value alone is needed");
        let value = value.trim();
        on.report(if name.trim().eq_ignore_ascii_case("cache-control") && !value.is_empty() {
            on.repair(diagnostic.help(format!("write `{value}`")), header.origin, &format!("\"{value}\""))
        } else {
            diagnostic.help(format!("write it like `{FOR_EVER}`"))
        });
        return;
    }
    for directive in text.split(',').map(str::trim) {
        let (name, value) = directive.split_once('=').map_or((directive, None), |(n, v)| (n.trim(), Some(v.trim())));
        let known = DIRECTIVES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let is_number = value.is_some_and(|v| !v.is_empty() && v.bytes().all(|b| b.is_ascii_digit()));
        match known {
            Some((_, has_seconds)) if *has_seconds == is_number && (*has_seconds || value.is_none()) => {}
            Some((name, true)) => {
                let help = format!("write the seconds as a number: `{name}=3600` is an hour");
                on.report(report(&format!("`{name}` needs seconds")).help(help));
            }
            Some((name, false)) => {
                let diagnostic = report(&format!("`{name}` has no value")).help(format!("write `{name}`"));
                on.report(on.repair(diagnostic, header.origin, &format!("\"{}\"", text.replace(directive, name))));
            }
            None => {
                let names = DIRECTIVES.iter().map(|(name, _)| *name);
                let diagnostic =
                    report(&if name.is_empty() { "nothing".to_owned() } else { format!("`{name}` is unknown") });
                on.report(match did_you_mean(name, names.clone()) {
                    Some(near) => {
                        let repaired = format!("\"{}\"", text.replacen(name, near, 1));
                        on.repair(diagnostic.help(format!("did you mean `{near}`?")), header.origin, &repaired)
                    }
                    None => diagnostic
                        .note(format!("known: {}", quote_list(&names.collect::<Vec<_>>())))
                        .help(format!("write it like `{FOR_EVER}`")),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_keep() {
        for (header, seconds) in [
            (FOR_EVER, 31_536_000),
            (ASKED_AGAIN, 0),
            ("Public, Max-Age=60", 60),
            ("max-age=60, no-cache", 0),
            ("s-maxage=60", 0),
        ] {
            assert_eq!(kept(header), seconds, "{header}");
        }
        assert_eq!([spoken(5400), spoken(7200), spoken(31_536_000)], ["90 minutes", "2 hours", "365 days"]);
    }

    #[test]
    fn the_narrower_rule_counts() {
        let order = in_order(&Keyed::default());
        let of = |name: &str| order.iter().find(|(pattern, _)| matches(pattern, name)).map(|(_, h)| h.as_str());
        for (name, header) in [
            ("index.html", ASKED_AGAIN),
            ("favicon.ico", ASKED_AGAIN),
            ("assets/logo.svg", ASKED_AGAIN),
            ("_astro/page.B1x9.css", FOR_EVER),
            ("_nuxt/D4.js", FOR_EVER),
            ("_nuxt/builds/latest.json", ASKED_AGAIN),
        ] {
            assert_eq!(of(name), Some(header), "{name}");
        }
    }
}
