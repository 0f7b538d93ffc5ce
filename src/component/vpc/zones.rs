//! The availability zones that a network spans.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;

/// `CFN104`: a zone's name cannot be right.
pub const CFN104: Code = Code {
    id: "CFN104",
    explanation: "`availability_zones` names a zone that cannot be right\n\n\
        A zone is named by its region and a letter: `eu-west-2a`. All zones of a network are in the project's \
        region, and each is named once. A zone's id, such as `euw2-az1`, is something else: it means the same \
        zone in every account, while `eu-west-2a` may be another one in the next (AWS Regions and Availability \
        Zones, \"Availability Zone IDs\"). CloudFormation wants the name.\n\n\
        A number in place of names takes the first zones of the region in AWS's order.",
};

/// The most zones that a network spans.
const MOST: usize = 3;

/// How many zones, or which.
#[derive(Debug, Clone)]
pub enum Zones {
    /// The first ones of the region.
    Count(usize),
    /// These.
    Named(Vec<Setting<String>>),
}

impl Zones {
    /// How many there are; the schema has checked that there are 1 to 3.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Zones::Count(count) => *count,
            Zones::Named(names) => names.len(),
        }
        .clamp(1, MOST)
    }

    /// Their names, where they are named.
    #[must_use]
    pub fn names(&self) -> &[Setting<String>] {
        match self {
            Zones::Count(_) => &[],
            Zones::Named(names) => names,
        }
    }
}

impl<'de> Deserialize<'de> for Zones {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Zones;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of zones or a list of their names")
            }
            fn visit_i64<E: serde::de::Error>(self, count: i64) -> Result<Zones, E> {
                usize::try_from(count).map(Zones::Count).map_err(|_| E::custom("a number out of range"))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Zones, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = seq.next_element()? {
                    names.push(name);
                }
                Ok(Zones::Named(names))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Zones {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Zones".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "integer", "minimum": 1, "maximum": MOST},
            {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": MOST}
        ], "examples": [3, ["eu-west-2a", "eu-west-2b"]]})
    }
}

/// Reports names that cannot be right.
pub(super) fn check(on: &Context<'_>, zones: &Setting<Zones>) {
    let region = on.region;
    for (i, name) in zones.names().iter().enumerate() {
        let finding = |title: String, label: &str| on.at(Diagnostic::error(CFN104, title), name.origin, label);
        if !is_zone_of(&region.value, &name.value) {
            let title = format!("`availability_zones` names `{}`, which is no zone of `{}`", name.value, region.value);
            on.report(
                finding(title, "not the region and a letter")
                    .context_if_known(on.origins, Some(region.origin), "the network is in this region")
                    .help(format!("write names such as `{}a`, or a number of zones", region.value)),
            );
        } else if let Some(same) = zones.names().iter().take(i).find(|n| n.value == name.value) {
            let title = format!("`availability_zones` names `{}` twice", name.value);
            on.report(
                finding(title, "named again")
                    .context_if_known(on.origins, Some(same.origin), "named here first")
                    .help("remove one, or name another zone"),
            );
        }
    }
}

/// Whether a name is the region and a letter.
fn is_zone_of(region: &str, zone: &str) -> bool {
    zone.strip_prefix(region).is_some_and(|letter| letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_the_region_and_a_letter() {
        assert!(is_zone_of("eu-west-2", "eu-west-2a"));
        for other in ["eu-west-1a", "eu-west-2", "eu-west-2A", "eu-west-2ab", "eu-west-21a", "euw2-az1", "a", ""] {
            assert!(!is_zone_of("eu-west-2", other), "{other}");
        }
    }
}
