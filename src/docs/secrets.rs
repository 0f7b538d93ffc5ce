//! Secrets: which there are, where their values are kept, and how they are set.

use super::{Product, Told, merge};
use crate::markdown::{code, table, text};
use crate::sheet::{Kept, secret_commands};

/// What stands for the stage in the names of what keeps values.
const STAGE: &str = "<stage>";

/// The section; nothing where no stage declares any.
pub(super) fn section(product: &Product) -> String {
    let permanent: Vec<_> = product.permanent().collect();
    let mut all: Vec<&str> =
        merge::all(permanent.iter().map(|of| of.sheet.secrets.iter().map(|secret| secret.name.as_str()).collect()));
    all.sort_unstable();
    let Some(first) = permanent.first().filter(|_| !all.is_empty()) else { return String::new() };
    let row = |name: &&str| {
        let of = |told: &&Told| told.sheet.secrets.iter().find(|secret| secret.name == *name).cloned();
        let said = |cell: &dyn Fn(Kept) -> String| {
            let each = permanent.iter().map(|told| (told.name.as_str(), of(told).map(cell)));
            merge::cell(&each.collect::<Vec<_>>())
        };
        let kept = |secret: Kept| {
            let project = &first.sheet.project;
            let place = permanent.iter().fold(secret.place.clone(), |place, told| {
                let of = &told.sheet.stage.secrets_from.value;
                if secret.place_of(project, of) == place { secret.place_of(project, STAGE) } else { place }
            });
            Kept { place, ..secret }.kept()
        };
        vec![code(name), said(&|secret| text(&secret.purpose)), said(&kept)]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    let count = if all.len() == 1 { "One secret".to_owned() } else { format!("{} secrets", all.len()) };
    let mut body = format!("\n{count}; each stage has its own values.");
    for told in product.deployed() {
        let of = &told.sheet.stage.secrets_from.value;
        if of != told.sheet.name() {
            body.push_str(&format!(" Those of {} are those of {}.", told.title(), code(of)));
        }
    }
    body.push_str(&format!(
        "\n{}{}",
        table(&["secret", "for", "kept as"], &rows),
        secret_commands(&first.sheet, "\"$stage\"")
    ));
    body
}
