//! What can be wrong with a database's settings.

pub mod login;
pub mod names;
pub mod size;
pub mod version;

use super::{Engine, Settings};
use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;

/// `CFN127`: a setting belongs to the other engine.
pub const CFN127: Code = Code {
    id: "CFN127",
    explanation: "a setting of a database belongs to the other engine\n\n\
        `scaling` and `readers` describe Aurora Serverless v2, whose members all have the class `db.serverless` and \
        share one storage that grows by itself. `instance`, `storage_gb` and `multi_zone` describe a single RDS \
        instance with a disk of its own. RDS refuses them in the other engine, or ignores them, and an ignored \
        setting is worse.\n\n\
        Remove the setting, or write the engine it belongs to. Mind that another `engine` is another, empty database.",
};

/// `CFN138`: the subnets lie in one zone only.
pub const CFN138: Code = Code {
    id: "CFN138",
    explanation: "the subnets of a database lie in one availability zone\n\n\
        RDS makes a subnet group only of subnets in at least two zones, even for a database that uses one of them: \
        `DB subnet group doesn't meet availability zone coverage requirement`. Source: `Working with a DB instance in \
        a VPC`, Amazon RDS User Guide.\n\n\
        Write `availability_zones: 2` at the `vpc`. A second zone costs nothing by itself; the NAT does.",
};

impl Settings {
    /// Reports everything that is wrong, and every decision that a permanent stage leaves to a default.
    pub(super) fn check(&self, on: &Context<'_>) {
        self.check_decided(on);
        self.check_engine(on);
        self.check_network(on);
        self.check_version(on);
        self.check_backups(on);
        self.check_size(on);
        self.check_names(on);
        self.check_login(on);
    }

    fn check_decided(&self, on: &Context<'_>) {
        on.must_be_written(self.version.origin, "version", "`\"17\"`");
        on.must_be_written(self.backup_days.origin, "backup_days", "1");
        match self.engine.value {
            Engine::Aurora if on.origins.is_default(self.scaling.origin) => {
                on.must_be_written(self.scaling.origin, "scaling", "`{min: 0, max: 1}`, which pauses");
            }
            // Half of it is written: the other half decides as much.
            Engine::Aurora => {
                on.must_be_written(self.scaling.min.origin, "scaling.min", "0, which pauses");
                on.must_be_written(self.scaling.max.origin, "scaling.max", "1");
            }
            Engine::Instance => {
                on.must_be_written(self.instance.origin, "instance", "`db.t4g.micro`");
                on.must_be_written(self.storage_gb.origin, "storage_gb", "20");
                on.must_be_written(self.multi_zone.origin, "multi_zone", "`false`");
            }
        }
    }

    fn check_engine(&self, on: &Context<'_>) {
        let aurora = [("scaling", self.scaling.origin), ("readers", self.readers.origin)];
        let instance = [
            ("instance", self.instance.origin),
            ("storage_gb", self.storage_gb.origin),
            ("multi_zone", self.multi_zone.origin),
        ];
        let (chosen, other, settings): (_, _, &[(&str, OriginId)]) = match self.engine.value {
            Engine::Aurora => ("aurora", "instance", &instance),
            Engine::Instance => ("instance", "aurora", &aurora),
        };
        for (setting, origin) in settings.iter().filter(|(_, origin)| !on.origins.is_default(*origin)) {
            let title = format!("`{setting}` of `{}` is for engine `{other}`, and its engine is `{chosen}`", on.name);
            on.report(
                on.at(Diagnostic::error(CFN127, title), *origin, &format!("has no meaning for `{chosen}`"))
                    .context_if_known(on.origins, Some(self.engine.origin), "the engine is chosen here")
                    .help(format!("remove `{setting}`, or write `engine: {other}`: another, empty database")),
            );
        }
    }

    fn check_network(&self, on: &Context<'_>) {
        let Some(vpc) = on.neighbour(&self.vpc, "vpc", &["vpc"]) else { return };
        // A list that only AWS knows is a reference, and has no items here.
        let subnets = vpc.interface.attribute("private_subnets").map_or(0, |a| a.value.items().len());
        if subnets == 1 {
            let title = format!("`{}` needs subnets in two zones, and `{}` has one", on.name, self.vpc.value);
            on.report(
                on.at(Diagnostic::error(CFN138, title), self.vpc.origin, "this network has one zone")
                    .context_if_known(on.origins, Some(vpc.origin), "declared here")
                    .note("RDS makes a subnet group only of subnets in at least two availability zones")
                    .help(format!("write `availability_zones: 2` at `{}`", self.vpc.value)),
            );
        }
    }
}

/// Reports a finding at a value, with the value's repair where the manifest writes it.
fn report_with_edit(on: &Context<'_>, diagnostic: Diagnostic, origin: OriginId, replacement: &str) {
    on.report(match on.origins.spans(origin).first() {
        Some(span) => diagnostic.edit(*span, replacement),
        None => diagnostic,
    });
}
