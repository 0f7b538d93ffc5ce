//! Stages: what starts their deploys, what guards them, where they stand; and where to read what to do.

use super::{Product, Told, link};
use crate::ci::Trigger;
use crate::component::Group;
use crate::emit::MAKEFILE;
use crate::markdown::table;
use crate::stage::Removal;

/// What stands where a stage has nothing of a kind.
const NONE: &str = "none";

/// The table.
pub(super) fn section(product: &Product) -> String {
    let rows: Vec<_> = product.all.iter().map(row).collect();
    format!(
        "{}\nA deploy starts as in the workflows that `reggie-cfn init --ci github` writes; `deploy.sh` does the same by hand.\n",
        table(&["stage", "deployed", "removal", "NAT", "protected", "account", "region"], &rows)
    )
}

fn row(told: &Told) -> Vec<String> {
    let stage = &told.sheet.stage;
    if told.is_local() {
        return vec![told.title(), format!("by [`{MAKEFILE}`]({}/{MAKEFILE})", told.name)];
    }
    let deployed = match told.trigger {
        Trigger::ByHand => "by hand",
        Trigger::Main => "with every push to `main`",
        Trigger::PullRequest => "with every push to a pull request",
    };
    let removal = match stage.removal.value {
        Removal::Retain => "retain",
        Removal::Snapshot => "snapshot",
        Removal::Remove => "remove",
    };
    let nats: Vec<&str> = told.sheet.components.iter().filter_map(|component| component.fact("NAT")).collect();
    let nat = if nats.is_empty() { NONE.to_owned() } else { nats.join(", ") };
    let account = stage.account.as_ref().map(|account| account.value.clone());
    let regions = told.sheet.regions.join(", ");
    let protected = if stage.protect.value { "yes" } else { "no" };
    vec![
        told.title(),
        deployed.to_owned(),
        removal.to_owned(),
        nat,
        protected.to_owned(),
        account.unwrap_or_default(),
        regions,
    ]
}

/// Where the steps stand.
pub(super) fn runbooks(product: &Product) -> String {
    let row = |told: &Told| {
        let name = &told.name;
        let section = |title: &str| format!("[{title}]({name}/README.md#{title})");
        let script = |script: &str| format!("[`{script}`]({name}/{script})");
        let elsewhere = told.sheet.components.iter().any(|component| component.group == Group::External);
        vec![
            link(name),
            script("deploy.sh"),
            section("rollback"),
            section("recovery"),
            if elsewhere { section("elsewhere") } else { String::new() },
            script("teardown.sh"),
        ]
    };
    let rows: Vec<_> = product.permanent().map(row).collect();
    table(&["stage", "deploy", "an earlier release", "data that is gone", "what others run", "take down"], &rows)
}
