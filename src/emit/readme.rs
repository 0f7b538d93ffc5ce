//! `README.md`: the stage on a page, for whoever has to act on it: what brings data back, what others run, how a release goes back.
//!
//! It reads what was linked, so that it says of a resource what its template says, and a command names what that template makes.

mod backups;
mod data;
mod elsewhere;
mod overview;
mod recovery;
mod steps;

use std::collections::BTreeSet;

use super::Parts;
use crate::diag::list;
use crate::markdown::shell;

/// The file.
pub const README: &str = "README.md";
/// How it begins, before the line that says who made it: a comment of Markdown.
pub const BEGINNING: &str = "<!--\n";

impl<'a> Parts<'a> {
    fn project(&self) -> &'a str {
        &self.model.manifest.project.value
    }

    fn stage(&self) -> &'a str {
        &self.model.stage.name.value
    }

    /// The layer of the stage itself.
    fn layer(&self) -> String {
        let name = self.layers.last().map_or(self.stage(), String::as_str);
        format!("`environments/{name}.yaml`")
    }

    /// An attribute of a component, where the manifest says it.
    fn said(&self, component: &str, attribute: &str) -> Option<&'a str> {
        self.lowered.neighbours.get(component)?.interface.attribute(attribute)?.value.as_text()
    }
}

/// The page.
pub(super) fn text(parts: &Parts<'_>, header: &str) -> String {
    let mut page = format!("{BEGINNING}{header}-->\n\n# {} {}\n\n{}", parts.project(), parts.stage(), opening(parts));
    for section in [overview::sections(parts), recovery::section(parts), elsewhere::section(parts), rollback()] {
        page.push_str(&section);
    }
    page
}

/// What the stage is, in a sentence.
fn opening(parts: &Parts<'_>) -> String {
    let (stage, stacks) = (&parts.model.stage, &parts.linked.stacks);
    let regions: BTreeSet<&str> = stacks.iter().map(|stack| stack.id.region.as_str()).collect();
    let lifetime = if stage.is_permanent() { "stays" } else { "comes and goes" };
    let account = stage.account.as_ref().map(|a| format!(" of the account {}", a.value)).unwrap_or_default();
    let (count, them) = match stacks.len() {
        1 => ("One stack".to_owned(), "it"),
        many => (format!("{many} stacks"), "them"),
    };
    let regions = list(&regions.into_iter().collect::<Vec<_>>());
    format!(
        "A stage that {lifetime}. {count} in {regions}{account}: [`deploy.sh`](deploy.sh) deploys {them}, [`teardown.sh`](teardown.sh) deletes {them}.\n"
    )
}

fn rollback() -> String {
    let commands = ["./deploy.sh --releases", "release=… # one of them", "./deploy.sh --rollback \"$release\""];
    format!(
        "\n## Rollback\n\nEach deploy that finished is kept. A former release is code and files as they were, with the stacks as they are in this folder; what a \
        migration did to data stays.\n{}",
        shell(&commands.map(str::to_owned))
    )
}
