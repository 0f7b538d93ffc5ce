//! Scripts: the calls of the `aws` CLI that deploy a stage and take it down, in bash.
//!
//! A stage's script says what is done, step by step, and what each stack is deployed with. How that is done is the same for every
//! stage and stands in `out/_bootstrap/`: bash alone, which can be read, linted and run as it is. Everything is decided by the
//! manifests; what only AWS knows, a script asks when it runs.

mod deploy;
mod teardown;

use std::collections::BTreeSet;

use crate::dns::plan::{Plan, Source};
use crate::link::{Linked, Stack};
use crate::manifest::Provider;
use crate::model::Model;

/// How every script begins, before the line that says who made it.
pub const BEGINNING: &str = "#!/usr/bin/env bash\n";
/// The ending of its name.
pub const ENDING: &str = ".sh";

/// What the scripts of all stages share.
const SHARED: &[(&str, &str)] = &[
    ("aws.sh", include_str!("../../templates/scripts/aws.sh")),
    ("deploy.sh", include_str!("../../templates/scripts/deploy.sh")),
    ("records.sh", include_str!("../../templates/scripts/records.sh")),
    ("teardown.sh", include_str!("../../templates/scripts/teardown.sh")),
];

/// What the scripts of all stages share: name and text. They stand beside what else all stages share.
pub fn shared() -> impl Iterator<Item = (String, String)> {
    let header = "# Made by reggie-cfn, the same for every project.\n# Do not edit: run `reggie-cfn build`.\n#\n";
    SHARED.iter().map(move |(name, text)| ((*name).to_owned(), format!("{BEGINNING}{header}{text}")))
}

/// What a script is made of.
pub(super) struct Parts<'a> {
    pub model: &'a Model,
    pub linked: &'a Linked,
    pub plans: &'a [Plan],
    /// The files of the folder so far, by name.
    pub files: &'a super::Files,
    /// Who made it, from what.
    pub header: &'a str,
}

/// The scripts of a stage: name and text.
pub(super) fn scripts(parts: &Parts<'_>) -> Vec<(String, String)> {
    let named = |name: &str, text| (format!("{name}{ENDING}"), text);
    vec![named("deploy", deploy::text(parts)), named("teardown", teardown::text(parts))]
}

/// The name of a stack in a script: that of its template, without the ending.
fn key(stack: &Stack) -> &str {
    stack.file.strip_suffix(".yaml").unwrap_or(&stack.file)
}

/// A text as one word of a shell.
#[must_use]
pub fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Words of a shell, with a space between.
fn words<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    texts.into_iter().map(|text| word(text.as_ref())).collect::<Vec<_>>().join(" ")
}

/// A call with its words, broken into lines where one would be long.
fn call(words: &[String]) -> String {
    let mut text = String::new();
    let mut width = 0;
    for word in words {
        if width > 0 && width + word.len() > 116 {
            text.push_str(" \\\n       ");
            width = 8;
        }
        if width > 0 {
            text.push(' ');
        }
        text.push_str(word);
        width += word.len() + 1;
    }
    text
}

/// A line that sets a list.
fn list<T: AsRef<str>>(name: &str, items: impl IntoIterator<Item = T>) -> String {
    format!("{name}=({})\n", words(items))
}

/// A list with a line an item.
fn lines<T: AsRef<str>>(name: &str, items: &[T]) -> String {
    match items {
        [] | [_] => list(name, items),
        _ => {
            let each: String = items.iter().map(|item| format!("    {}\n", word(item.as_ref()))).collect();
            format!("{name}=(\n{each})\n")
        }
    }
}

/// A function that knows something of each stack, or site: `name() { # what`, and a case each.
fn cases(name: &str, of: &str, each: &[(String, Vec<String>)]) -> String {
    if each.is_empty() {
        return format!("{name}() {{ return 1; }} # there is no {}\n", of.to_lowercase());
    }
    let mut text = format!("{name}() {{ # {of}\n    case $1 in\n");
    for (key, calls) in each {
        text.push_str(&format!("        {})\n", word(key)));
        calls.iter().for_each(|call| text.push_str(&format!("            {call}\n")));
        text.push_str("            ;;\n");
    }
    text + "    esac\n}\n"
}

impl Parts<'_> {
    fn stage(&self) -> &str {
        &self.model.stage.name.value
    }

    fn home(&self) -> &str {
        &self.model.manifest.region.value
    }

    /// How a script begins.
    fn begin(&self) -> String {
        format!(
            "{BEGINNING}{}#\n# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here\nset -euo pipefail\nhere=$(cd \"$(dirname \"${{BASH_SOURCE[0]}}\")\" && pwd)\n\n{}",
            self.header,
            self.facts()
        )
    }

    /// How a script ends: with what is shared, which does it.
    fn end_with(&self, shared: &str) -> String {
        format!("\n# shellcheck source=../_bootstrap/{shared}\nsource \"$here/../_bootstrap/{shared}\"\nmain \"$@\"\n")
    }

    /// What both scripts know of the stage.
    fn facts(&self) -> String {
        let (manifest, stage) = (&self.model.manifest, &self.model.stage);
        let account = stage.account.as_ref().map_or("", |account| account.value.as_str());
        let regions: BTreeSet<&str> = self.linked.stacks.iter().map(|stack| stack.id.region.as_str()).collect();
        let certificates = self.linked.stacks.iter().filter(|stack| deploy::waits_for_records(stack));
        let mut text = format!(
            "project={}\nstage={}\naccount={account}\nlifetime={}\nhome={}\n",
            manifest.project.value,
            stage.name.value,
            if stage.is_permanent() { "permanent" } else { "ephemeral" },
            self.home(),
        );
        text.push_str(&list("regions", regions));
        text.push_str(&list("stacks", self.linked.stacks.iter().map(key)));
        text.push_str(&list("certificate_stacks", certificates.map(key)));
        text.push_str(&lines("zones", &self.zones()));
        text.push_str("# host, and the region, stack and output of what it leads to\n");
        text.push_str(&lines("hosts", &self.hosts()));
        text
    }

    /// The zones whose records the stage plans, each with its provider.
    fn zones(&self) -> Vec<String> {
        self.plans.iter().map(|plan| format!("{} {}", plan.provider.word(), plan.zone)).collect()
    }

    fn hosts(&self) -> Vec<String> {
        let mut hosts = Vec::new();
        for plan in self.plans {
            for record in &plan.records {
                let Source::Host { name, output, .. } = &record.source else { continue };
                let how = match (plan.provider, record.proxied) {
                    (Provider::Cloudflare, true) => " proxied",
                    (Provider::Cloudflare, false) => " DNS-only",
                    _ => "",
                };
                hosts.push(format!("{name} {} {} {}{how}", output.region, output.stack, output.key));
            }
        }
        hosts
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn words_of_a_shell_are_quoted_where_they_must_be() {
        assert_eq!(word("reggie-production"), "reggie-production");
        assert_eq!(word("team=platform team"), "'team=platform team'");
        assert_eq!(word("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(word(""), "''");
    }
}
