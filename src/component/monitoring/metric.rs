//! Metrics of the stage's own: counted in the lines of a log.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Deserialize;

use super::figure::Figure;
use crate::component::{Context, Measure, Watched, pascal};
use crate::diag::{Code, Diagnostic};
use crate::setting::{Seconds, Setting};

/// Codes of this part.
pub const CODES: &[Code] = &[CFN584, CFN585, CFN586];

/// `CFN584`: a time that CloudWatch does not count by.
pub const CFN584: Code = Code {
    id: "CFN584",
    explanation: "`over` is no time that an alarm can count over\n\n\
        Metrics that are made of a log have one figure a minute, and an alarm looks at whole minutes: the length of a period is a \
        multiple of 60 seconds, and at most a day (`Period` of an alarm, Amazon CloudWatch API Reference, \"PutMetricAlarm\").",
};

/// `CFN585`: a log that is not known.
pub const CFN585: Code = Code {
    id: "CFN585",
    explanation: "`log` names a component whose log is not known\n\n\
        Lines are counted where they are written: in the log group of a component that this stage makes. What is imported has its \
        log with whoever made it. Count there, or import its `log_group` too.",
};

/// `CFN586`: a pattern that finds nothing.
pub const CFN586: Code = Code {
    id: "CFN586",
    explanation: "a pattern for JSON names no field\n\n\
        A pattern in braces looks at fields of lines in JSON, and each of them begins with `$`: `{ $.level = \"ERROR\" }`. CloudWatch \
        Logs refuses any other (Amazon CloudWatch Logs User Guide, \"Filter pattern syntax\"). Words without braces are looked for \
        anywhere in the line.",
};

/// Lines of a log that are counted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// The component whose log it is: a function, or a site with a server.
    #[schemars(example = &"Api")]
    log: Setting<String>,
    /// Which lines: logs are in JSON, so mostly fields of them, in braces; words without braces are looked for anywhere.
    #[schemars(
        length(min = 1, max = 1024),
        example = &"{ $.level = \"ERROR\" && $.message.workflow = * }"
    )]
    pattern: Setting<String>,
    /// The alarm rings above this many lines; without it the metric is only there to be looked at.
    #[serde(default)]
    #[schemars(range(min = 0), example = &0)]
    above: Option<Setting<f64>>,
    /// Over which time lines are counted: whole minutes, up to a day.
    #[schemars(extend("default" = 300), example = &"5 minutes")]
    over: Setting<Seconds>,
}

impl Counted {
    /// The figure; none where its log is not known.
    pub(super) fn figure<'a>(&self, on: &Context<'a>, label: &Setting<String>) -> Option<Figure<'a>> {
        self.check(on, label);
        let setting = format!("metrics.{}.log", label.value);
        let found = on.neighbour(&self.log, &setting, &["function", "nextjs", "ssr_site"])?;
        if found.interface.attribute("log_group").is_none() {
            let title = format!("`{setting}` of `{}` names `{}`, whose log is not known here", on.name, self.log.value);
            on.report(
                on.at(Diagnostic::error(CFN585, title), self.log.origin, "made elsewhere")
                    .context_if_known(on.origins, Some(found.origin), "declared here")
                    .help("count where it is made, or import its `log_group` too"),
            );
            return None;
        }
        let minutes = self.over.value.0 / 60;
        let time = if minutes == 1 { "a minute".to_owned() } else { format!("{minutes} minutes") };
        let above = self.above.map(|above| above.value).unwrap_or_default();
        let what = label.value.replace('_', " ");
        let watched = Watched {
            name: label.value.clone(),
            says: format!("More than {above} {what} in {time}, as the log of {} says", found.identity),
            region: on.stack().region,
            measure: Measure::Log {
                group: on.attribute_of(&self.log, "log_group"),
                pattern: self.pattern.value.clone(),
                value: "1".to_owned(),
                statistic: "Sum",
            },
            threshold: self.above,
            below: false,
            period: self.over.value.0,
            bad: (1, 1),
            silence_is_bad: false,
            mends: None,
        };
        let metric = pascal(&label.value);
        Some(Figure {
            of: &found.identity,
            scope: format!("Metric{metric}"),
            metric,
            is_own: true,
            watched: Cow::Owned(watched),
        })
    }

    fn check(&self, on: &Context<'_>, label: &Setting<String>) {
        let Seconds(over) = self.over.value;
        if over % 60 != 0 || !(60..=86_400).contains(&over) {
            let title = format!(
                "`metrics.{}.over` of `{}` is {over} seconds, and alarms look at whole minutes",
                label.value, on.name
            );
            let near = (over.div_ceil(60) * 60).clamp(60, 86_400).to_string();
            let diagnostic = on
                .at(Diagnostic::error(CFN584, title), self.over.origin, "not 1 to 1440 whole minutes")
                .help(format!("write `{near}`"));
            on.report(on.repair(diagnostic, self.over.origin, &near));
        }
        let pattern = self.pattern.value.trim();
        let is_json = pattern.starts_with('{');
        if is_json && !(pattern.ends_with('}') && pattern.contains('$')) {
            let title = format!("`metrics.{}.pattern` of `{}` names no field", label.value, on.name);
            on.report(
                on.at(Diagnostic::error(CFN586, title), self.pattern.origin, "in braces, without `$.`")
                    .help("write fields with `$.` before them, such as `{ $.level = \"ERROR\" }`"),
            );
        }
    }
}
