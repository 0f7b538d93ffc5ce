//! `monitoring`: who is told of what, when something of the stage stops being good.
//!
//! It knows no kind: each component says which of its figures are worth an alarm ([`Watched`](super::Watched)), and this makes the
//! alarms, in the region that keeps the figure, with a topic there which tells everyone in `notify`. What no component knows of itself
//! stands here: lines that are counted in a log, addresses that are asked from outside, and what all of it may cost.

mod alarm;
mod budget;
mod dashboard;
mod figure;
mod health;
mod metric;
mod notify;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Context, Described, Fragment, Group, How, Interface, Kind, KindEntry, LABEL, StackId, StackName, count};
use crate::diag::{Code, Diagnostic};
use crate::part;
use crate::setting::{Keyed, OrNone, Setting};

use budget::Budget;
use figure::Figure;
use health::HealthCheck;
use metric::Counted;
use notify::Subscriber;

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "monitoring",
    "Alarms on what the stage's components say of themselves, and who is told.",
    StackName::Monitoring,
)
.drawn(Group::Operations)
.watches()
.codes(&[CODES, part::alarm::CODES, budget::CODES, health::CODES, metric::CODES, notify::CODES]);

/// Codes of this kind.
const CODES: &[Code] = &[CFN581, CFN589];

/// `CFN581`: what watches, among what is watched.
pub const CFN581: Code = Code {
    id: "CFN581",
    explanation: "a `monitoring` is to stand in another stack than its own\n\n\
        It watches all other stacks, and so comes after them; alarms in other regions know its topics by the name of its stack.",
};

/// `CFN589`: two that watch.
pub const CFN589: Code = Code {
    id: "CFN589",
    explanation: "a stage has two components of kind `monitoring`\n\n\
        Each would make every alarm of the stage, and count the lines of logs into the same figures, which then are twice what they are. One is \
        enough: `notify` names as many as are to be told.",
};

/// Settings of the monitoring of a stage.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who is told, by label: an address of e-mail, a chat room, a function, an address of https. Each region with alarms has a topic of
    /// Amazon SNS that tells all of them. Must be written on a permanent stage.
    #[schemars(
        extend("default" = {}, "propertyNames" = {"pattern": LABEL}),
        example = serde_json::json!({"team": {"to": {"email": "${inputs.AlarmEmail}"}}})
    )]
    notify: Setting<Keyed<Subscriber>>,
    /// Which alarms there are: `standard`, those that each component has by its kind, or as its `alarms` say; or `none`. Must be written on
    /// a permanent stage.
    #[schemars(extend("default" = "none"))]
    alarms: Setting<Alarms>,
    /// Lines that are counted in the logs of what runs code, by label: what the product itself is about.
    #[schemars(
        extend("default" = {}, "propertyNames" = {"pattern": LABEL}),
        example = serde_json::json!({"failed_payments": {"log": "Api", "pattern": "{ $.message.event = \"payment_failed\" }", "above": 0}})
    )]
    metrics: Setting<Keyed<Counted>>,
    /// Addresses that Amazon Route 53 asks from around the world, by label.
    #[schemars(
        extend("default" = {}, "propertyNames" = {"pattern": LABEL}),
        example = serde_json::json!({"api": {"url": "https://${values.api_host}/health"}})
    )]
    health_checks: Setting<Keyed<HealthCheck>>,
    /// Whether there is a dashboard of all figures, named after project and stage. Amazon CloudWatch takes at most 500 graphs and titles on one.
    #[schemars(extend("default" = false))]
    dashboard: Setting<bool>,
    /// What the stage may cost a month: whoever is in `notify` is told when 80 % are spent, and when all is forecast to be. It is known by
    /// the tags `project` and `stage`, which must be activated for billing once in an account.
    #[serde(default)]
    budget: OrNone<Setting<Budget>>,
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
        attributes.extend(self.health_checks.value.iter().map(|(label, _)| HealthCheck::attribute(on, label)));
        let secrets = self.notify.value.iter().filter_map(|(_, s)| s.secret()).collect();
        Interface { attributes, secrets, ..Interface::default() }
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let (told, checks) = (self.notify.value.iter().count(), self.health_checks.value.iter().count());
        let budget = self.budget.as_option();
        let watched = on.watched.iter().filter(|(_, figures)| !figures.is_empty());
        Described::of(on, "CloudWatch")
            .fact_if((told > 0).then(|| format!("tells {told}")))
            .fact_if((checks > 0).then(|| count(checks, "health check")))
            .fact_if(self.dashboard.value.then_some("dashboard"))
            .fact_if(budget.map(|budget| format!("budget of {} USD a month", budget.value.monthly_usd.value)))
            .with(on, How::Watches, watched.map(|(name, _)| (name.clone(), String::new())))
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        on.must_be_written(self.notify.origin, "notify", "`{}`: nobody is told");
        on.must_be_written(self.alarms.origin, "alarms", "`none`");
        notify::check(on, &self.notify.value);
        check_alone(on);
        if let Some(stack) = on.common.stack.filter(|stack| stack.value != StackName::Monitoring) {
            let title = format!("`{}` is to stand in the stack `{}`", on.name, stack.value.word());
            let diagnostic = on.at(Diagnostic::error(CFN581, title), stack.origin, "what watches comes last");
            on.report(diagnostic.help("remove `stack`"));
        }
        if self.alarms.value == Alarms::Standard && !self.tells() {
            budget::nobody(on, self.alarms.origin, format!("the alarms of `{}` tell nobody", on.name), "alarms");
        }
        let (mut fragments, figures) = self.figures(on);
        // Where nobody asks for a topic, others still may: `topic_arn` is there for them.
        let mut regions = BTreeSet::from([on.stack().region]);
        let rings = self.alarms.value == Alarms::Standard;
        for figure in &figures {
            if rings || self.dashboard.value || figure.is_own {
                fragments.extend(alarm::filter(on, figure));
            }
            if rings && let Some(alarm) = alarm::lower(on, figure, self.tells()) {
                regions.insert(figure.watched.region.clone());
                fragments.push(alarm);
            }
        }
        if self.dashboard.value {
            fragments.push(dashboard::lower(on, &figures));
        }
        if let Some(budget) = self.budget.as_option() {
            regions.insert(budget::region(on));
            fragments.push(budget::lower(on, budget, self.tells()));
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

    /// All figures of the stage, in the order of the components that they are of, and what some of them are made by.
    fn figures<'a>(&self, on: &Context<'a>) -> (Vec<Fragment>, Vec<Figure<'a>>) {
        let mut figures: Vec<_> = figure::of_components(on).collect();
        figures.extend(self.metrics.value.iter().filter_map(|(label, counted)| counted.figure(on, label)));
        let (fragments, answers) = health::lower(on, &self.health_checks.value);
        figures.extend(answers);
        figures.sort_by_key(|figure| figure.of);
        (fragments, figures)
    }
}

/// Reports a second component that watches: once, by the one whose name comes last.
fn check_alone(on: &Context<'_>) {
    let others = on.neighbours.iter().filter(|(name, n)| n.kind.watches && name.as_str() != on.name);
    let Some((first, other)) = others.min_by_key(|(name, _)| name.as_str()).filter(|(name, _)| name.as_str() < on.name)
    else {
        return;
    };
    let title = format!("`{}` and `{first}` both watch the stage", on.name);
    on.report(
        on.at(Diagnostic::error(CFN589, title), on.origin, "the second of them")
            .context_if_known(on.origins, Some(other.origin), "the first")
            .help(format!("move what it says into `{first}`")),
    );
}

/// The stack of what watches in a region.
fn stack(on: &Context<'_>, region: &str) -> StackId {
    StackId::of(StackName::Monitoring, on.identity(), region)
}

/// What local ids begin with of what stands in another region than the stage: `UsEast1`.
fn scope(on: &Context<'_>, region: &str) -> String {
    if region == on.stack().region { String::new() } else { super::pascal(region) }
}
