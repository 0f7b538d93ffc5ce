//! `monitoring`: who is told of what, when something of the stage stops being good.
//!
//! It knows no kind: each component says which of its figures are worth an alarm ([`Watched`](super::Watched)), and this makes the
//! alarms, in the region that keeps the figure, with a topic there which tells everyone in `notify`.

mod alarm;
mod notify;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Attribute, Context, Fragment, Interface, Kind, KindEntry, StackId, StackName, Watched};
use crate::setting::{Keyed, Setting};

use notify::Subscriber;

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "monitoring",
    "Alarms on what the stage's components say of themselves, and who is told.",
    StackName::Monitoring,
)
.watches()
.codes(&[CODES]);

const CODES: &[crate::diag::Code] = notify::CODES;

/// Settings of the monitoring of a stage.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who is told, by label: an address of e-mail, a chat room, a function, an address of https. Each region with alarms has a topic of
    /// Amazon SNS that tells all of them. Must be written on a permanent stage.
    #[schemars(
        extend("default" = {}, "propertyNames" = {"pattern": "^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$"}),
        example = serde_json::json!({"team": {"to": {"email": "${inputs.AlarmEmail}"}}})
    )]
    notify: Setting<Keyed<Subscriber>>,
    /// Which alarms there are: `standard`, those that each component has by its kind, or as its `alarms` say; or `none`. Must be written on
    /// a permanent stage.
    #[schemars(extend("default" = "none"))]
    alarms: Setting<Alarms>,
}

/// Which alarms there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Alarms {
    /// Those of each component.
    Standard,
    /// None.
    None,
}

impl Kind for Settings {
    fn interface(&self, on: &Context<'_>) -> Interface {
        let mut attributes = Vec::new();
        if !self.notify.value.is_empty() {
            attributes.push(on.from_local("topic_arn", notify::TOPIC, None));
        }
        attributes.extend(self.notify.value.iter().filter_map(|(label, s)| s.attribute(on, label)));
        let secrets = self.notify.value.iter().filter_map(|(_, s)| s.secret()).collect();
        Interface { attributes, secrets, ..Interface::default() }
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        on.must_be_written(self.notify.origin, "notify", "`{}`: nobody is told");
        on.must_be_written(self.alarms.origin, "alarms", "`none`");
        notify::check(on, &self.notify.value);
        let mut fragments = Vec::new();
        // Where nobody asks for a topic, others still may: `topic_arn` is there for them.
        let mut regions = BTreeSet::from([on.stack().region]);
        if self.alarms.value == Alarms::Standard {
            for (identity, watched) in figures(on) {
                regions.insert(watched.region.clone());
                fragments.push(alarm::lower(on, identity, watched, self.tells()));
            }
        }
        if self.tells() {
            fragments.extend(notify::lower(on, &self.notify.value, &regions));
        }
        fragments
    }
}

impl Settings {
    /// Whether anyone is told.
    fn tells(&self) -> bool {
        !self.notify.value.is_empty()
    }
}

/// All figures of the stage, with the name that identifies their component in AWS, and in the order of those.
fn figures<'a>(on: &Context<'a>) -> Vec<(&'a str, &'a Watched)> {
    let of = |(name, watched): (&'a String, &'a Vec<Watched>)| {
        let identity = on.neighbours.get(name).map_or(name.as_str(), |n| n.identity.as_str());
        watched.iter().map(move |watched| (identity, watched))
    };
    let mut all: Vec<_> = on.watched.iter().flat_map(of).collect();
    all.sort_by_key(|(identity, _)| *identity);
    all
}

/// The stack of what watches in a region.
fn stack(on: &Context<'_>, region: &str) -> StackId {
    StackId::of(StackName::Monitoring, on.identity(), region)
}

/// What local ids begin with of what stands in another region than the stage: `UsEast1`.
fn scope(on: &Context<'_>, region: &str) -> String {
    if region == on.stack().region { String::new() } else { super::pascal(region) }
}

/// An attribute of a resource of this component in its own stack.
fn attribute(on: &Context<'_>, name: &str, id: &str, of: Option<&str>) -> Attribute {
    on.from_local(name, id, of)
}
