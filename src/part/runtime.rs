//! Lambda's runtimes.

use crate::component::Context;
use crate::diag::{Code, Diagnostic, did_you_mean, quote_list};
use crate::setting::Setting;

/// Codes of this part.
pub const CODES: &[Code] = &[CFN192];

/// `CFN192`: a runtime that Lambda does not have, or no longer supports.
pub const CFN192: Code = Code {
    id: "CFN192",
    explanation: "Lambda does not have that runtime, or no longer supports it\n\n\
        A deprecated runtime gets no more security patches; some time later Lambda refuses new functions with it, and \
        then every change of an old one (Lambda Developer Guide, \"Lambda runtimes\"). Move to a runtime of the same \
        language that is supported. For anything else there are `provided.al2023` and container images.",
};

/// What is supported. Sources: AWS::Lambda::Function Runtime, schemas of 2026-10-20, and the dates of cfn-lint 1.58.0
/// (`LmbdRuntimeLifecycle.json`); read 2026-11-21.
const SUPPORTED: &[&str] = &[
    "dotnet10",
    "java11",
    "java11.al2023",
    "java17",
    "java17.al2023",
    "java21",
    "java25",
    "java8.al2",
    "java8.al2023",
    "nodejs22.x",
    "nodejs24.x",
    "nodejs26.x",
    "provided.al2023",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "python3.15",
    "ruby3.3",
    "ruby3.4",
    "ruby4.0",
];

/// What was deprecated by then, and since when; from the same sources.
const DEPRECATED: &[(&str, &str)] = &[
    ("dotnet6", "2024-12-20"),
    ("dotnet8", "2026-11-10"),
    ("dotnetcore1.0", "2019-06-27"),
    ("dotnetcore2.0", "2019-05-30"),
    ("dotnetcore2.1", "2022-01-05"),
    ("dotnetcore3.1", "2023-04-03"),
    ("go1.x", "2024-01-08"),
    ("java8", "2024-01-08"),
    ("nodejs", "2016-08-30"),
    ("nodejs10.x", "2021-07-30"),
    ("nodejs12.x", "2023-03-31"),
    ("nodejs14.x", "2023-12-04"),
    ("nodejs16.x", "2024-06-12"),
    ("nodejs18.x", "2025-09-01"),
    ("nodejs20.x", "2026-04-30"),
    ("nodejs4.3", "2020-03-05"),
    ("nodejs4.3-edge", "2020-03-05"),
    ("nodejs6.10", "2019-08-12"),
    ("nodejs8.10", "2020-03-06"),
    ("provided", "2024-01-08"),
    ("provided.al2", "2026-07-31"),
    ("python2.7", "2021-07-15"),
    ("python3.10", "2026-10-31"),
    ("python3.6", "2022-07-18"),
    ("python3.7", "2023-12-04"),
    ("python3.8", "2024-10-14"),
    ("python3.9", "2025-12-15"),
    ("ruby2.5", "2021-07-30"),
    ("ruby2.7", "2023-12-07"),
    ("ruby3.2", "2026-03-31"),
];

/// Refuses a runtime that new functions should not have.
pub fn check(on: &Context<'_>, runtime: &Setting<String>) {
    let name = runtime.value.as_str();
    if SUPPORTED.contains(&name) {
        return;
    }
    let deprecated = DEPRECATED.iter().find(|(old, _)| *old == name);
    let diagnostic = match deprecated {
        Some((_, since)) => {
            let title = format!("`runtime` of `{}` is `{name}`, which is deprecated since {since}", on.name);
            on.at(Diagnostic::error(CFN192, title), runtime.origin, "gets no more security patches")
        }
        None => {
            let title = format!("`runtime` of `{}` is `{name}`, which Lambda does not have", on.name);
            on.at(Diagnostic::error(CFN192, title), runtime.origin, "no such runtime")
        }
    };
    // Of an old runtime the language is known; of a misspelt one what is nearest is meant.
    let same_language: Vec<&str> = SUPPORTED.iter().copied().filter(|s| language(s) == language(name)).collect();
    let near = if deprecated.is_some() { None } else { did_you_mean(name, SUPPORTED.iter().copied()) };
    let diagnostic = diagnostic.note("source: Lambda Developer Guide, \"Lambda runtimes\", as of 2026-11-21");
    on.report(match near {
        Some(near) => on.repair(diagnostic.help(format!("did you mean `{near}`?")), runtime.origin, near),
        None if same_language.is_empty() => diagnostic.help("bring your own with `provided.al2023`, or use an `image`"),
        None => diagnostic.help(format!("supported: {}", quote_list(&same_language))),
    });
}

/// The letters that a runtime's name begins with.
fn language(runtime: &str) -> &str {
    match runtime.split(|c: char| !c.is_ascii_alphabetic()).next() {
        Some("go") => "provided",
        Some("dotnetcore") => "dotnet",
        Some(language) => language,
        None => runtime,
    }
}

#[cfg(test)]
mod tests {
    use super::{DEPRECATED, SUPPORTED, language};

    #[test]
    fn every_old_runtime_has_a_successor() {
        for (old, _) in DEPRECATED {
            assert!(!SUPPORTED.contains(old), "{old}");
            assert!(SUPPORTED.iter().any(|s| language(s) == language(old)), "{old}");
        }
    }
}
