//! What a database becomes.

use serde::Serialize;

use super::{Engine, Settings, secret_key};
use crate::component::context::Policies;
use crate::component::{Context, Fragment};
use crate::setting::{Setting, Text};
use crate::stage::Removal;
use crate::value::{Entry, Kind, Value};

/// `postgres.yaml.j2`: the login, and the place in the network.
#[derive(Serialize)]
struct Base<'a> {
    username: &'a Setting<String>,
    password: Option<&'a Text>,
    vpc: Value,
    subnets: Value,
    log: Option<Log>,
    /// What holds data, and knows no snapshots.
    policies: Policies,
    retained: bool,
    tags: Option<Value>,
    named_tags: Value,
}

#[derive(Serialize)]
struct Log {
    name: Value,
    days: Setting<u32>,
}

/// What both engines are told.
#[derive(Serialize)]
struct Database<'a> {
    identifier: Option<&'a Setting<String>>,
    version: &'a Setting<String>,
    major: Setting<u32>,
    database: Setting<String>,
    username: &'a Setting<String>,
    password: Value,
    restore_from: Option<&'a Setting<String>>,
    parameters: Value,
    backup_days: Setting<u32>,
    delete_backups: Setting<bool>,
    minor_upgrades: Setting<bool>,
    protect: Setting<bool>,
    /// What holds data, and knows snapshots.
    policies: Policies,
    /// What a retained database stands on, and has no snapshots.
    kept: Policies,
    retained: bool,
    /// Findings of template linters that are wrong here.
    exceptions: Vec<Exception>,
    tags: Option<Value>,
}

#[derive(Serialize)]
struct Exception {
    rule: Setting<&'static str>,
    reason: Setting<&'static str>,
}

/// `postgres_aurora.yaml.j2`.
#[derive(Serialize)]
struct Aurora<'a> {
    #[serde(flatten)]
    database: Database<'a>,
    min: Value,
    max: Value,
    pause_after: Option<Setting<u32>>,
    readers: Vec<Reader>,
}

#[derive(Serialize)]
struct Reader {
    number: Setting<u32>,
    tier: Setting<u32>,
}

/// `postgres_instance.yaml.j2`.
#[derive(Serialize)]
struct Instance<'a> {
    #[serde(flatten)]
    database: Database<'a>,
    class: &'a Setting<String>,
    /// CloudFormation wants a text here.
    storage_gb: Setting<String>,
    multi_zone: Setting<bool>,
}

/// `postgres_proxy.yaml.j2`.
#[derive(Serialize)]
struct Proxy {
    name: Value,
    vpc: Value,
    subnets: Value,
    aurora: bool,
    /// The name of the endpoint for reading, where there are readers.
    reader: Option<Value>,
    tags: Option<Value>,
    named_tags: Value,
}

impl Settings {
    /// The fragments: database, login and network, and maybe a proxy. A version that is none gives none; it is
    /// reported.
    pub(super) fn fragments(&self, on: &Context<'_>) -> Vec<Fragment> {
        let Some((major, _)) = self.version_parts() else { return Vec::new() };
        let database = self.database_plan(on, major);
        let mut fragments = vec![match self.engine.value {
            Engine::Aurora => on.fragment("postgres_aurora", &self.aurora_plan(on, database)),
            Engine::Instance => on.fragment("postgres_instance", &self.instance_plan(database)),
        }];
        fragments.push(on.fragment("postgres", &self.base_plan(on)));
        if self.proxy.value {
            fragments.push(on.fragment("postgres_proxy", &self.proxy_plan(on)));
        }
        fragments
    }

    fn base_plan(&self, on: &Context<'_>) -> Base<'_> {
        Base {
            username: &self.username,
            password: self.password.as_ref(),
            vpc: on.attribute_of(&self.vpc, "id"),
            subnets: on.attribute_of(&self.vpc, "private_subnets"),
            log: self.identifier.as_ref().map(|identifier| self.log_plan(on, identifier)),
            policies: on.policies(false),
            retained: retained(on),
            tags: on.tags(),
            named_tags: on.named_tags(""),
        }
    }

    fn log_plan(&self, on: &Context<'_>, identifier: &Setting<String>) -> Log {
        let kind = match self.engine.value {
            Engine::Aurora => "cluster",
            Engine::Instance => "instance",
        };
        let name = format!("/aws/rds/{kind}/{}/postgresql", identifier.value);
        let rule = "RDS writes its log to a group named after the identifier";
        Log { name: on.text(rule, &[identifier.origin], name), days: on.log_days() }
    }

    fn database_plan(&self, on: &Context<'_>, major: u32) -> Database<'_> {
        let removal = on.removal();
        Database {
            identifier: self.identifier.as_ref(),
            version: &self.version,
            major: on.setting("parameters belong to a major version", &[self.version.origin], major),
            database: self.database(on),
            username: &self.username,
            password: secret_key(on, on.local("Secret", None)),
            restore_from: self.restore_from.as_ref(),
            parameters: self.parameter_map(on),
            backup_days: self.backup_days,
            delete_backups: on.setting(
                "backups outlive the database unless it is to be removed",
                &[removal.origin],
                removal.value == Removal::Remove,
            ),
            minor_upgrades: self.minor_upgrades,
            protect: on.protect(),
            policies: on.policies(true),
            kept: on.policies(false),
            retained: retained(on),
            exceptions: self.exceptions(on),
            tags: on.tags(),
        }
    }

    /// The exceptions of the database itself, each with its reason.
    fn exceptions(&self, on: &Context<'_>) -> Vec<Exception> {
        let aurora = self.engine.value == Engine::Aurora;
        let mut exceptions = Vec::new();
        let mut except = |rule, reason, from| {
            let origin = on.rule("a linter's rule is excepted where it is wrong", &[from]);
            exceptions.push(Exception { rule: Setting::new(origin, rule), reason: Setting::new(origin, reason) });
        };
        // By engine: cfn-lint's rule, and the first major whose bare number it does not count as deprecated. Below, it
        // counts a major as its first minor, which is out of service.
        let (rule, listed) = if aurora { ("W3690", 17) } else { ("W3691", 18) };
        if matches!(self.version_parts(), Some((major, None)) if major < listed) {
            except(rule, "A major alone stands for a minor in service, which RDS chooses", self.version.origin);
        }
        // cfn-lint and AWS's validator call the same thing by two names.
        if let Some(snapshot) = self.restore_from.as_ref().filter(|_| aurora) {
            let reason = "The snapshot brings the user; the schema wants it beside the password all the same";
            except("W3688", reason, snapshot.origin);
            except("I9002", reason, snapshot.origin);
        }
        exceptions
    }

    fn aurora_plan<'a>(&'a self, on: &Context<'_>, database: Database<'a>) -> Aurora<'a> {
        let Scale { min, max, pause_after } = self.scale(on);
        Aurora { database, min, max, pause_after, readers: self.reader_plans(on) }
    }

    fn instance_plan<'a>(&'a self, database: Database<'a>) -> Instance<'a> {
        Instance {
            database,
            class: &self.instance,
            storage_gb: self.storage_gb.map(|gb| gb.to_string()),
            multi_zone: self.multi_zone,
        }
    }

    fn scale(&self, on: &Context<'_>) -> Scale {
        let (min, max) = (self.scaling.min, self.scaling.max);
        let pause_after = (min.value == 0.0).then(|| match self.scaling.pause_after {
            Some(written) => written.map(|time| time.0),
            None => on.setting("Aurora pauses after 300 seconds unless `pause_after` is written", &[min.origin], 300),
        });
        Scale { min: number(min), max: number(max), pause_after }
    }

    /// The readers. The first follows the capacity of the writer, so that it can take over at once; the others follow
    /// their own load.
    fn reader_plans(&self, on: &Context<'_>) -> Vec<Reader> {
        let from = [self.readers.origin];
        let reader = |number: u32| Reader {
            number: on.setting("readers are numbered", &from, number),
            tier: on.setting(
                "the first reader stands ready for the writer, the others scale alone",
                &from,
                number.min(2),
            ),
        };
        // More than Aurora takes is reported; nothing is gained by planning it.
        (1..=self.readers.value.min(15)).map(reader).collect()
    }

    /// The parameters, with TLS required unless written otherwise.
    fn parameter_map(&self, on: &Context<'_>) -> Value {
        const FORCE_SSL: &str = "rds.force_ssl";
        let entry = |key: &str, value: Value| Entry { key: key.to_owned(), key_origin: value.origin, value };
        let mut entries: Vec<Entry> =
            self.parameters.iter().map(|(k, v)| entry(k, Value::text(v.origin, v.value.clone()))).collect();
        if !self.parameters.contains_key(FORCE_SSL) {
            entries.push(entry(FORCE_SSL, on.text("every connection uses TLS", &[], "1")));
            entries.sort_by(|a, b| a.key.cmp(&b.key));
        }
        Value::new(on.origin, Kind::Map(entries))
    }

    fn proxy_plan(&self, on: &Context<'_>) -> Proxy {
        let aurora = self.engine.value == Engine::Aurora;
        Proxy {
            name: on.physical_name("", 63),
            vpc: on.attribute_of(&self.vpc, "id"),
            subnets: on.attribute_of(&self.vpc, "private_subnets"),
            aurora,
            reader: (aurora && self.readers.value > 0).then(|| on.physical_name("-reader", 63)),
            tags: on.tags(),
            named_tags: on.named_tags("-proxy"),
        }
    }
}

/// The capacity as CloudFormation takes it.
struct Scale {
    min: Value,
    max: Value,
    pause_after: Option<Setting<u32>>,
}

/// Whether the database stays when it leaves the template. Then everything must stay that RDS refuses to take from it:
/// the subnet group, the parameter group and the security group. So does its log, but only then: a log group has a fixed
/// name, and one that outlived its database would be in the way of the next of that identifier.
fn retained(on: &Context<'_>) -> bool {
    on.removal().value == Removal::Retain
}

/// A number without a needless fraction: `4`, not `4.0`.
fn number(setting: Setting<f64>) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "a capacity is at most 256, and whole here")]
    let whole = setting.value as i64;
    let kind = if setting.value.fract() == 0.0 { Kind::Int(whole) } else { Kind::Float(setting.value) };
    Value::new(setting.origin, kind)
}
