//! Capacity, members, machine and disk.

use super::report_with_edit;
use crate::component::Context;
use crate::component::postgres::{Engine, Settings};
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;

/// `CFN120`: a capacity that Serverless v2 does not have.
pub const CFN120: Code = Code {
    id: "CFN120",
    explanation: "a capacity is none that Aurora Serverless v2 offers\n\n\
        Capacity is counted in ACU, in steps of 0.5: the least from 0 to 256, the most from 1 to 256. RDS refuses \
        anything else when the database is created or changed. Source: `ServerlessV2ScalingConfiguration`, \
        CloudFormation Template Reference.\n\n\
        Write the nearest step.",
};

/// `CFN121`: the least capacity is above the most.
pub const CFN121: Code = Code {
    id: "CFN121",
    explanation: "the least capacity of a database is above its most\n\n\
        `scaling.min` must not be greater than `scaling.max`. It often comes from an overlay that lowers `max` for a \
        small stage and inherits the `min` of production.\n\n\
        Raise `max`, or lower `min` in the same layer.",
};

/// `CFN122`: a pause that is too short or too long.
pub const CFN122: Code = Code {
    id: "CFN122",
    explanation: "the time before a database pauses is out of range\n\n\
        Aurora pauses after 300 seconds (5 minutes) to 86400 seconds (one day) without connections. Source: \
        `SecondsUntilAutoPause`, CloudFormation Template Reference.\n\n\
        Write a time in that range, or leave it out for 300 seconds.",
};

/// `CFN123`: a pause for a database that never pauses.
pub const CFN123: Code = Code {
    id: "CFN123",
    explanation: "`pause_after` is written for a database that never pauses\n\n\
        Only a least capacity of 0 lets Aurora pause; with any other the setting is refused.\n\n\
        Write `min: 0`, or remove `pause_after` (`pause_after: null` in an overlay).",
};

/// `CFN132`: too many readers.
pub const CFN132: Code = Code {
    id: "CFN132",
    explanation: "a database has more readers than Aurora takes\n\n\
        A cluster has one writer and at most 15 readers. Source: `Quotas and constraints for Amazon Aurora`, Amazon \
        Aurora User Guide.",
};

/// `CFN133`: a disk that RDS does not have.
pub const CFN133: Code = Code {
    id: "CFN133",
    explanation: "a disk is smaller or larger than RDS makes them\n\n\
        The disk of an instance is of type gp3, which RDS makes from 20 to 65536 GB for PostgreSQL. It can grow \
        later, and never shrink. Source: `AllocatedStorage` of CreateDBInstance, Amazon RDS API Reference.",
};

/// `CFN134`: no class of an instance.
pub const CFN134: Code = Code {
    id: "CFN134",
    explanation: "`instance` is no class of an RDS instance\n\n\
        Classes of RDS start with `db.` and name a family and a size: `db.t4g.micro`, `db.m7g.large`. `db.serverless` \
        belongs to Aurora. Source: `DB instance classes`, Amazon RDS User Guide.",
};

/// `CFN135`: a proxy keeps the database awake.
pub const CFN135: Code = Code {
    id: "CFN135",
    explanation: "a database may pause, but its proxy keeps it awake\n\n\
        RDS Proxy keeps connections open, and Aurora pauses only when there is none. The database therefore never \
        falls below the least capacity that runs, and both it and the proxy are paid for day and night. Source: \
        `Scaling to Zero ACUs with automatic pause and resume`, Amazon Aurora User Guide.\n\n\
        Write `proxy: false` for stages that should pause, or a `min` of 0.5 to say that it does not.",
};

/// The most capacity of a member, in ACU.
const MOST: f64 = 256.0;

impl Settings {
    pub(super) fn check_size(&self, on: &Context<'_>) {
        match self.engine.value {
            Engine::Aurora => {
                self.check_scaling(on);
                self.check_pause(on);
                self.check_readers(on);
            }
            Engine::Instance => {
                self.check_storage(on);
                self.check_class(on);
            }
        }
    }

    fn check_scaling(&self, on: &Context<'_>) {
        let (min, max) = (self.scaling.min, self.scaling.max);
        let sound = capacity(on, "min", min, 0.0) & capacity(on, "max", max, 1.0);
        if sound && min.value > max.value {
            let title = format!(
                "`scaling` of `{}` goes from {} down to {}: `min` is above `max`",
                on.name, min.value, max.value
            );
            on.report(
                on.at(Diagnostic::error(CFN121, title), max.origin, "less than `min`")
                    .context_if_known(on.origins, Some(min.origin), "the least capacity")
                    .help(format!("raise `max` to {} or more, or lower `min`", min.value)),
            );
        }
    }

    fn check_pause(&self, on: &Context<'_>) {
        let min = self.scaling.min;
        if let Some(pause) = self.scaling.pause_after {
            let seconds = pause.value.0;
            if min.value > 0.0 {
                let title = format!("`pause_after` of `{}` needs `min: 0`, and `min` is {}", on.name, min.value);
                on.report(
                    on.at(Diagnostic::error(CFN123, title), pause.origin, "it never pauses")
                        .context_if_known(on.origins, Some(min.origin), "the least capacity")
                        .help("write `min: 0`, or remove `pause_after`"),
                );
            } else if !(300..=86_400).contains(&seconds) {
                let title = format!("`pause_after` of `{}` is {seconds} seconds; Aurora takes 300 to 86400", on.name);
                let repair = seconds.clamp(300, 86_400).to_string();
                let diagnostic = on
                    .at(Diagnostic::error(CFN122, title), pause.origin, "out of range")
                    .note("limit: AWS::RDS::DBCluster SecondsUntilAutoPause, 300 to 86400")
                    .help(format!("write {repair}"));
                report_with_edit(on, diagnostic, pause.origin, &repair);
            }
        }
        if self.proxy.value && min.value == 0.0 {
            let title = format!("`{}` may pause, but its proxy keeps it awake", on.name);
            on.report(
                on.at(Diagnostic::warning(CFN135, title), self.proxy.origin, "holds connections open")
                    .context_if_known(on.origins, Some(min.origin), "pausing is allowed here")
                    .help("write `proxy: false`, or a `min` of 0.5 or more"),
            );
        }
    }

    fn check_readers(&self, on: &Context<'_>) {
        if self.readers.value > 15 {
            let title = format!("`{}` has {} readers; Aurora takes 15", on.name, self.readers.value);
            let diagnostic = on
                .at(Diagnostic::error(CFN132, title), self.readers.origin, "more than 15")
                .note("an Aurora cluster has one writer and at most 15 readers")
                .help("write 15 or fewer");
            report_with_edit(on, diagnostic, self.readers.origin, "15");
        }
    }

    fn check_storage(&self, on: &Context<'_>) {
        let size = self.storage_gb;
        if !(20..=65_536).contains(&size.value) {
            let title = format!("`storage_gb` of `{}` is {}; RDS takes 20 to 65536", on.name, size.value);
            let repair = size.value.clamp(20, 65_536).to_string();
            let diagnostic = on
                .at(Diagnostic::error(CFN133, title), size.origin, "out of range")
                .note("limit: gp3 storage of PostgreSQL, 20 to 65536 GB")
                .help(format!("write {repair}"));
            report_with_edit(on, diagnostic, size.origin, &repair);
        }
    }

    fn check_class(&self, on: &Context<'_>) {
        let class = &self.instance;
        let parts: Vec<&str> = class.value.split('.').collect();
        let sound = matches!(parts.as_slice(), ["db", family, size] if !family.is_empty() && !size.is_empty());
        if sound {
            return;
        }
        let title = format!("`instance` of `{}` is `{}`, which is no class of an instance", on.name, class.value);
        let diagnostic = on.at(Diagnostic::error(CFN134, title), class.origin, "no class of an instance");
        match parts.as_slice() {
            ["db", "serverless"] => {
                on.report(diagnostic.help("write `engine: aurora`, or a class such as `db.t4g.micro`"))
            }
            // The name of an EC2 type: the class is `db.` before it.
            [family, size] if *family != "db" && !size.is_empty() => {
                let repair = format!("db.{}", class.value);
                let diagnostic = diagnostic.help(format!("write `{repair}`"));
                report_with_edit(on, diagnostic, class.origin, &repair);
            }
            _ => on.report(diagnostic.help("write a class such as `db.t4g.micro`")),
        }
    }
}

/// Whether a capacity is a step that exists, from `least` on; reports it otherwise.
fn capacity(on: &Context<'_>, name: &str, acu: Setting<f64>, least: f64) -> bool {
    let (fits, steps) = ((least..=MOST).contains(&acu.value), (acu.value * 2.0).fract() == 0.0);
    if fits && steps {
        return true;
    }
    let title = format!("`scaling.{name}` of `{}` is {}, which is no capacity of Aurora", on.name, acu.value);
    let repair = ((acu.value * 2.0).round() / 2.0).clamp(least, MOST);
    let label = if fits { "no step of 0.5" } else { "out of range" };
    let diagnostic = on
        .at(Diagnostic::error(CFN120, title), acu.origin, label)
        .note(format!("`{name}` is {least} to {MOST} ACU, in steps of 0.5"));
    if repair.is_finite() {
        let diagnostic = diagnostic.help(format!("write {repair}"));
        report_with_edit(on, diagnostic, acu.origin, &repair.to_string());
    } else {
        on.report(diagnostic.help("write a number such as 0.5"));
    }
    false
}
