//! The capacity of Aurora Serverless v2.

use super::subject::{Subject, lacks, number, text_at};
use crate::cfn::Target;
use crate::component::aurora_pauses;
use crate::diag::{Code, Diagnostics};
use crate::value::Value;

/// `CFN422`: a capacity that Serverless v2 does not offer.
pub const CFN422: Code = Code {
    id: "CFN422",
    explanation: "a cluster asks for a capacity that Aurora Serverless v2 does not offer\n\n\
        Capacity is counted in ACU, in steps of 0.5: `MinCapacity` from 0 to 256, `MaxCapacity` from 1 to 256 and not below the \
        least. `SecondsUntilAutoPause` takes 300 to 86400, and goes together with a `MinCapacity` of 0 only, which Aurora PostgreSQL \
        takes from 13.15, 14.12, 15.7 and 16.3 on. RDS refuses anything else when the cluster is created or changed (CloudFormation Template Reference, `ServerlessV2ScalingConfiguration`; \
        Amazon Aurora User Guide, \"Scaling to Zero ACUs with automatic pause and resume for Aurora Serverless v2\").",
};

/// The most capacity of a member, in ACU.
const MOST: f64 = 256.0;

/// Checks the least and the most, and when it pauses.
pub(super) fn capacity(subject: &Subject<'_>, findings: &mut Diagnostics) {
    let Some(scaling) = subject.get(&["ServerlessV2ScalingConfiguration"]) else { return };
    let [min, max, pause] = ["MinCapacity", "MaxCapacity", "SecondsUntilAutoPause"].map(|key| scaling.get(key));
    let sound = step(subject, "MinCapacity", min, 0.0, findings) & step(subject, "MaxCapacity", max, 1.0, findings);
    if let (true, Some(least), Some(max)) = (sound, min.and_then(number), max)
        && let Some(most) = number(max).filter(|most| *most < least)
    {
        let title =
            format!("`{}` scales from {least} down to {most}: `MinCapacity` is above `MaxCapacity`", subject.id());
        let at = min.map(|m| m.origin);
        findings.push(
            subject
                .error(CFN422, title, max.origin, "less than the least")
                .context_if_known(subject.scope.origins, at, "the least capacity")
                .help(format!("raise `MaxCapacity` to {least} or more, or lower `MinCapacity`")),
        );
    }
    paused(subject, min, findings);
    let (Some(pause), Some(seconds)) = (pause, pause.and_then(number)) else { return };
    let never_pauses = min.and_then(number).is_some_and(|min| min > 0.0) || lacks(scaling, "MinCapacity");
    let (fact, label, help) = match (300.0..=86_400.0).contains(&seconds) {
        false => ("pauses outside of the 300 to 86400 seconds that Aurora takes", "out of range", "write 300 to 86400"),
        true if never_pauses => (
            "has `SecondsUntilAutoPause` without a `MinCapacity` of 0",
            "it never pauses",
            "write `MinCapacity: 0`, or remove `SecondsUntilAutoPause`",
        ),
        true => return,
    };
    let title = format!("`{}` {fact}", subject.id());
    findings.push(subject.error(CFN422, title, pause.origin, label).help(help));
}

/// Not every version can go down to nothing.
fn paused(subject: &Subject<'_>, min: Option<&Value<Target>>, findings: &mut Diagnostics) {
    let properties = &subject.resource.properties;
    let Some(min) = min.filter(|min| number(min) == Some(0.0)) else { return };
    let Some(version) = text_at(properties, &["EngineVersion"]) else { return };
    if text_at(properties, &["Engine"]).as_deref() != Some("aurora-postgresql") {
        return;
    }
    let (major, minor) =
        version.split_once('.').map_or((version.as_str(), None), |(major, minor)| (major, Some(minor)));
    let (Ok(major), Ok(minor)) = (major.parse(), minor.map(str::parse).transpose()) else { return };
    if aurora_pauses(major, minor) {
        return;
    }
    let title = format!("`{}` may go down to 0 ACU, which Aurora PostgreSQL {version} cannot", subject.id());
    findings.push(
        subject
            .error(CFN422, title, min.origin, "this version never pauses")
            .context_if_known(subject.scope.origins, subject.get(&["EngineVersion"]).map(|v| v.origin), "the version")
            .help("write a newer version, or a `MinCapacity` of 0.5"),
    );
}

/// Whether a capacity is a step in range, or not known.
fn step(
    subject: &Subject<'_>,
    key: &str,
    value: Option<&Value<Target>>,
    least: f64,
    findings: &mut Diagnostics,
) -> bool {
    let Some((value, acu)) = value.and_then(|v| Some((v, number(v)?))) else { return true };
    let nearest = ((acu * 2.0).round() / 2.0).clamp(least, MOST);
    // Steps are exact in binary, so that any other number differs.
    if (nearest - acu).abs() < f64::EPSILON {
        return true;
    }
    let title =
        format!("`{key}` of `{}` is {acu}; Serverless v2 has steps of 0.5 from {least} to {MOST}", subject.id());
    let diagnostic = subject.error(CFN422, title, value.origin, "no such capacity").help(format!("write {nearest}"));
    findings.push(subject.repair(diagnostic, value, &nearest.to_string()));
    false
}
