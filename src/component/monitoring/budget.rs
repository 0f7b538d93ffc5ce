//! What the stage may cost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{alarm, notify, scope, stack};
use crate::aws;
use crate::component::{Context, Fragment, US_EAST_1};
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::setting::Setting;
use crate::value::Value;

/// Codes of this part.
pub const CODES: &[Code] = &[CFN583, CFN595];

/// `CFN583`: a budget that tells nobody.
pub const CFN583: Code = Code {
    id: "CFN583",
    explanation: "a budget, or alarms, tell nobody\n\n\
        An alarm that nobody hears of is a colour in the console: write who is told into `notify`, or `alarms: none`.\n\n\
        A budget stops nothing: it tells those in `notify` when 80 % of it are spent, and when the month is forecast to cost more than \
        all of it. With nobody in `notify` it is a number in the console. A stage that tells nobody, such as a preview, leaves \
        it out: `budget: none`.",
};

/// `CFN595`: parts of a cent.
pub const CFN595: Code = Code {
    id: "CFN595",
    explanation: "a budget counts parts of a cent\n\n\
        `monthly_usd` is an amount of money: US dollars, with at most two places after the point.",
};

/// What the stage may cost a month.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// US dollars.
    #[schemars(range(min = 0.01, max = 1_000_000_000.0), example = &50)]
    pub(super) monthly_usd: Setting<f64>,
}

#[derive(Serialize)]
struct Plan {
    amount: Value,
    spent_by: Value,
    told: Option<Value>,
}

/// The region that it stands in: that of the stage, unless AWS makes no budgets there.
pub(super) fn region(on: &Context<'_>) -> String {
    let home = on.stack().region;
    let is_there = aws::resource_type("AWS::Budgets::Budget").is_none_or(|budget| budget.stands_in(&home));
    if is_there { home } else { US_EAST_1.to_owned() }
}

/// Reports what tells nobody, and the setting that makes none of it.
pub(super) fn nobody(on: &Context<'_>, at: OriginId, title: String, setting: &str) {
    let diagnostic = on.at(Diagnostic::warning(CFN583, title), at, "nobody is in `notify`");
    on.report(diagnostic.help(format!("write who is told into `notify`, or `{setting}: none`")));
}

/// The budget, which is told of by the topic of its region.
pub(super) fn lower(on: &Context<'_>, budget: &Setting<Budget>, tells: bool) -> Fragment {
    let region = region(on);
    let monthly = budget.value.monthly_usd;
    if !tells {
        nobody(on, monthly.origin, format!("`budget` of `{}` tells nobody", on.name), "budget");
    }
    let cents = monthly.value * 100.0;
    if (cents - cents.round()).abs() > 1e-6 * cents.max(1.0) {
        let title = format!("`budget.monthly_usd` of `{}` is {}, with parts of a cent", on.name, monthly.value);
        let diagnostic = on.at(Diagnostic::error(CFN595, title), monthly.origin, "more than two decimals");
        let near = (cents.round() / 100.0).to_string();
        on.report(on.repair(diagnostic.help(format!("write `{near}`")), monthly.origin, &near));
    }
    // The tags that every stack of the stage is deployed with.
    let tags = [("project", on.project), ("stage", &on.stage.name)];
    let tag = |(key, of): (&str, &Setting<String>)| {
        on.text("what a stage costs is known by its tags", &[of.origin], format!("user:{key}${}", of.value))
    };
    let why = on.rule("what a stage costs is known by its tags", &[on.stage.name.origin]);
    let plan = Plan {
        amount: alarm::number(monthly),
        spent_by: Value::list(why, tags.into_iter().map(tag).collect()),
        told: tells.then(|| on.local(&format!("{}{}", scope(on, &region), notify::TOPIC), None)),
    };
    on.fragment_in(stack(on, &region), "monitoring_budget", &plan).scoped("Budget")
}
