//! Versions: whether this OpenNext takes this Next.js.

mod lock;

pub use lock::{LOCKS, installed, locked};

use super::{Folder, On, Version};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity, either, list};

/// `CFN337`: two versions that do not go together.
pub const CFN337: Code = Code {
    id: "CFN337",
    explanation: "the versions of Next.js and OpenNext do not go together\n\n\
        Each release of `@opennextjs/aws` names the releases of `next` that it takes (`peerDependencies`); it leaves out those \
        with known vulnerabilities. An app outside of that range is exposed, or built by a tool that does not know it. Both \
        versions come from the lock file of the app's folder or of one above it, else from `node_modules`. A release that is \
        newer than this command knows is a warning only; so is an OpenNext before 3.9.13.",
};

/// The package of Next.js.
pub const NEXT: &str = "next";
/// The package of OpenNext.
pub const OPENNEXT: &str = "@opennextjs/aws";

/// Major, minor and patch.
type Number = (u32, u32, u32);

/// Releases of Next.js, from the first up to but without the second.
type Range = (Number, Number);

/// From which release on OpenNext takes which releases of Next.js: its `peerDependencies` in npm's registry, read 2026-11.
const TAKES: &[(Number, &[Range])] = &[
    (
        (3, 9, 13),
        &[
            ((15, 0, 8), (15, 1, 0)),
            ((15, 1, 12), (15, 2, 0)),
            ((15, 2, 9), (15, 3, 0)),
            ((15, 3, 9), (15, 4, 0)),
            ((15, 4, 11), (15, 5, 0)),
            ((15, 5, 10), (16, 0, 0)),
            ((16, 0, 11), (16, 1, 0)),
            ((16, 1, 5), NEWER_NEXT),
        ],
    ),
    ((3, 10, 1), &[((15, 5, 15), (16, 0, 0)), ((16, 2, 3), NEWER_NEXT)]),
    ((4, 0, 1), &[((15, 5, 16), (16, 0, 0)), ((16, 2, 5), NEWER_NEXT)]),
    ((4, 0, 2), &[((15, 5, 18), (16, 0, 0)), ((16, 2, 6), NEWER_NEXT)]),
    ((4, 1, 0), &[((15, 5, 21), (16, 0, 0)), ((16, 2, 11), NEWER_NEXT)]),
    ((4, 1, 1), &[((15, 5, 24), (16, 0, 0)), ((16, 3, 3), NEWER_NEXT)]),
    ((4, 1, 6), &[((15, 5, 26), (16, 0, 0)), ((16, 3, 6), NEWER_NEXT)]),
    ((4, 1, 7), &[((15, 5, 27), (16, 0, 0)), ((16, 3, 8), NEWER_NEXT)]),
    ((4, 1, 11), &[((15, 5, 28), (16, 0, 0)), ((16, 4, 1), NEWER_NEXT)]),
];

/// What is not known yet.
const NEWER_NEXT: Number = (17, 0, 0);
const NEWER_OPENNEXT: Number = (4, 2, 0);

/// Both versions, where both are known.
pub(super) fn shown(folder: &Folder) -> Option<String> {
    let (next, opennext) = (folder.next.as_ref()?, folder.opennext.as_ref()?);
    Some(format!("next {} by {OPENNEXT} {} ({})", next.text, opennext.text, next.from))
}

/// Compares the two.
pub(super) fn check(on: &On<'_>, findings: &mut Diagnostics) {
    let finding = |severity, title: String, label| {
        on.at(Diagnostic::new(severity, CFN337, title), on.settings().path.origin, label)
    };
    let known = |version: &Option<Version>| version.as_ref().and_then(|v| Some((v.clone(), number(&v.text)?)));
    let (Some((next, next_number)), Some((opennext, opennext_number))) =
        (known(&on.folder.next), known(&on.folder.opennext))
    else {
        let missing = [(NEXT, &on.folder.next), (OPENNEXT, &on.folder.opennext)].into_iter();
        let missing: Vec<String> =
            missing.filter(|(_, v)| known(v).is_none()).map(|(name, _)| format!("`{name}`")).collect();
        let title = format!("no lock file and no `node_modules` says the version of {}", list(&missing));
        findings.push(
            finding(Severity::Note, title, "the app")
                .help("keep the lock file beside the app, or at the top of the repository"),
        );
        return;
    };
    let from = match next.from == opennext.from {
        true => format!("`{}` says so", next.from),
        false => format!("`{}` and `{}` say so", next.from, opennext.from),
    };
    let pair = format!("`next` {} with `{OPENNEXT}` {}", next.text, opennext.text);
    let row = TAKES.iter().rfind(|(since, _)| *since <= opennext_number);
    let Some((_, ranges)) = row else {
        let title = format!("`{OPENNEXT}` {} is older than what is known here", opennext.text);
        findings.push(
            finding(Severity::Warning, title, "the app")
                .note(from)
                .help(format!("take a newer one: `{OPENNEXT}@latest`")),
        );
        return;
    };
    let is_newer = next_number >= NEWER_NEXT || opennext_number >= NEWER_OPENNEXT;
    let takes = |number: Number| ranges.iter().any(|(from, below)| (*from..*below).contains(&number));
    if next_number < NEWER_NEXT && !takes(next_number) {
        let title = format!("the app is built from {pair}, which does not take it");
        let said: Vec<String> = ranges.iter().map(range).collect();
        let least = ranges.iter().find(|(from, below)| next_number < *below && next_number < *from);
        let (least, _) = least.or(ranges.last()).copied().unwrap_or_default();
        findings.push(
            finding(Severity::Error, title, "not among what it takes")
                .note(from)
                .note(format!("it takes `next` {}; releases with known vulnerabilities are left out", either(&said)))
                .help(format!("update: `{NEXT}@{}` or later", text(least))),
        );
    } else if is_newer {
        let title = format!("the app is built from {pair}, which is newer than what is known here");
        findings.push(finding(Severity::Warning, title, "the app").note(from).help(format!(
            "compare with `npm view {OPENNEXT}@{} peerDependencies`, or take a newer reggie-cfn",
            opennext.text
        )));
    }
}

fn range((from, below): &Range) -> String {
    match *below {
        NEWER_NEXT => format!("from {}", text(*from)),
        below => format!("from {} before {}", text(*from), text(below)),
    }
}

fn text((major, minor, patch): Number) -> String {
    format!("{major}.{minor}.{patch}")
}

/// The numbers of a version; what comes behind them says how near it is to the release, or how it was installed.
fn number(version: &str) -> Option<Number> {
    let numbers = version.split(['-', '+', '(', '_']).next().unwrap_or_default();
    let mut parts = numbers.split('.').map(|part| part.parse().ok());
    let number = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers() {
        assert_eq!(number("15.5.29"), Some((15, 5, 29)));
        assert_eq!(number("16.5.0-canary.3"), Some((16, 5, 0)));
        assert_eq!(number("15.5.29(react@19.0.0)"), Some((15, 5, 29)));
        for wrong in ["", "latest", "15.5", "15.5.x", "1.2.3.4", "link:../next", "99999999999.0.0"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn rows_are_in_order() {
        assert!(TAKES.is_sorted_by(|(a, _), (b, _)| a < b));
        for (since, ranges) in TAKES {
            assert!(ranges.is_sorted_by(|(_, a), (b, _)| a <= b), "{since:?}");
            assert!(ranges.iter().all(|(from, below)| from < below), "{since:?}");
        }
    }
}
