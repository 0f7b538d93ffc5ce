//! `postgres`: a PostgreSQL database in private subnets, as Aurora Serverless v2 or as one instance.
//!
//! The settings are in `settings`, what can be wrong with them in [`check`], what they become in `plan`. The password
//! lives in one Secrets Manager secret, made here in every case, so that all levels and attributes hold for every
//! database. Nothing depends on the links: the rule that lets a consumer in stands with the consumer.

mod alarms;
pub mod check;
mod local;
mod plan;
mod settings;

use super::{
    Attribute, Context, Described, Fragment, Group, Ingress, Interface, Kind, KindEntry, Level, LocalForm, StackName,
    Statement, Watched, count, yes,
};
use crate::diag::Code;
use crate::setting::Setting;
use crate::value::{Kind as ValueKind, Value};

pub use check::version::aurora_pauses;
pub use settings::{Engine, Settings};

/// The port of every database.
const PORT: i64 = 5432;

/// A rule from the consumer's security group to the port.
const CONNECT: Ingress = Ingress { security_group: "security_group", port: "port" };

/// The right to read the login.
const READ_SECRET: Statement = Statement::of("Secret", &["secretsmanager:GetSecretValue"], &[("secret_arn", "")]);

/// What links may ask for.
///
/// A level holds for a database only if it has every attribute that the level names: `iam_arn` is missing behind a
/// proxy, `data_api_arn` on an instance, and both on an imported database.
const LEVELS: &[Level] = &[
    Level::of(
        "connect",
        "reaches the database's port from the same VPC; the login comes from `url` or `password`",
        &[],
    )
    .through(CONNECT),
    Level::of(
        "secret",
        "reaches the port, and reads user and password from Secrets Manager when it runs",
        &[READ_SECRET],
    )
    .through(CONNECT),
    Level::of(
        "iam",
        "reaches the port, and signs in as `username` with a token of IAM; the user needs the role `rds_iam` \
        in the database, which ends its use of the password",
        &[Statement::of("SignIn", &["rds-db:connect"], &[("iam_arn", "")])],
    )
    .through(CONNECT),
    Level::of(
        "data_api",
        "runs SQL over HTTPS by the Data API of Aurora, without any VPC",
        &[
            Statement::of(
                "DataApi",
                &[
                    "rds-data:BatchExecuteStatement",
                    "rds-data:BeginTransaction",
                    "rds-data:CommitTransaction",
                    "rds-data:ExecuteStatement",
                    "rds-data:RollbackTransaction",
                ],
                &[("data_api_arn", "")],
            ),
            READ_SECRET,
        ],
    ),
];

/// Codes of its findings.
const CODES: &[Code] = &[
    check::size::CFN120,
    check::size::CFN121,
    check::size::CFN122,
    check::size::CFN123,
    check::version::CFN124,
    check::version::CFN125,
    check::version::CFN126,
    check::CFN127,
    check::names::CFN128,
    check::names::CFN129,
    check::login::CFN130,
    check::login::CFN131,
    check::size::CFN132,
    check::size::CFN133,
    check::size::CFN134,
    check::size::CFN135,
    check::version::CFN136,
    check::login::CFN137,
    check::CFN138,
    local::CFN558,
];

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "postgres",
    "A PostgreSQL database, Aurora Serverless v2 or one instance.",
    StackName::Data,
)
.drawn(Group::Database)
.sst(
    "sst.aws.Postgres",
    &[
        ("clusterArn", "arn"),
        ("secretArn", "secret_arn"),
        ("database", "database"),
        ("username", "username"),
        ("port", "port"),
        ("host", "host"),
        ("reader", "reader_host"),
    ],
)
.imports(&["host", "port", "database", "username", "secret_arn", "security_group"])
.outputs(&["reader_host", "arn", "identifier", "iam_arn", "data_api_arn"])
.imported(imported)
.levels(LEVELS)
.codes(&[CODES]);

impl Kind for Settings {
    fn interface(&self, on: &Context<'_>) -> Interface {
        let aurora = self.engine.value == Engine::Aurora;
        let main = if aurora { "Cluster" } else { "Instance" };
        let arn = on.local(main, Some(if aurora { "DBClusterArn" } else { "DBInstanceArn" }));
        let (host, reader_host, security_group) = self.entrance(on, main);
        let database = self.database(on);
        let mut attributes = vec![
            Attribute::linked("host", host),
            Attribute::linked("reader_host", reader_host),
            Attribute::open("port", self.port(on)),
            Attribute::open("database", Value::text(database.origin, database.value)),
            Attribute::open("username", Value::text(self.username.origin, self.username.value.clone())),
            Attribute::linked("secret_arn", on.local("Secret", None)),
            Attribute::open("arn", arn.clone()),
            Attribute::open("identifier", self.identifier_or_ref(on, main)),
            Attribute::sensitive("url", url(on)),
            Attribute::sensitive("password", password(on)),
            Attribute::open("security_group", security_group),
        ];
        // A proxy takes either passwords or tokens of IAM, and ours takes passwords.
        if !self.proxy.value {
            let id = on.local(main, Some(if aurora { "DBClusterResourceId" } else { "DbiResourceId" }));
            attributes.push(Attribute::linked("iam_arn", self.iam_arn(on, id)));
        }
        if aurora {
            attributes.push(Attribute::linked("data_api_arn", arn));
        }
        Interface { attributes, vpc: Some(self.vpc.clone()), ..Interface::default() }
    }

    fn watched(&self, on: &Context<'_>) -> Vec<Watched> {
        self.alarms.alarms().map(|alarms| alarms.watched(self, on)).unwrap_or_default()
    }

    fn described(&self, on: &Context<'_>) -> Described {
        let described = match self.engine.value {
            Engine::Aurora => {
                let (scaling, members) = (&self.scaling.value, 1 + self.readers.value);
                let scaling = format!("{}–{} ACU", scaling.min.value, scaling.max.value);
                Described::of(on, "Aurora Serverless v2")
                    .fact(format!("PostgreSQL {}", self.version.value))
                    .named("Scaling", scaling)
                    .fact_if((members > 1).then(|| format!("{members} instances")))
            }
            Engine::Instance => Described::of(on, "RDS")
                .fact(format!("PostgreSQL {}", self.version.value))
                .fact(self.instance.value.clone())
                .named("Storage", format!("{} GB", self.storage_gb.value))
                .fact_if(self.multi_zone.value.then_some("in two zones")),
        };
        described
            .named("Encrypted", yes(true))
            .named("Backup", count(self.backup_days.value as usize, "day"))
            .named("Deletion protection", yes(on.protect().value))
            .fact_if(self.proxy.value.then_some("RDS Proxy"))
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        self.check(on);
        self.fragments(on)
    }

    fn local(&self, on: &Context<'_>) -> Option<LocalForm> {
        on.common.local.as_ref().and_then(|local| self.local_form(on, local))
    }
}

impl Settings {
    /// Host, host for reading, and security group that consumers use: those of the proxy where there is one.
    fn entrance(&self, on: &Context<'_>, main: &str) -> (Value, Value, Value) {
        let group = |id| on.local(id, Some("GroupId"));
        let readers = self.engine.value == Engine::Aurora && self.readers.value > 0;
        match (self.proxy.value, self.engine.value) {
            (true, _) => {
                let host = on.local("Proxy", Some("Endpoint"));
                let reader = if readers { on.local("ProxyReader", Some("Endpoint")) } else { host.clone() };
                (host, reader, group("ProxySecurityGroup"))
            }
            // It answers with the writer where there are no readers.
            (false, Engine::Aurora) => {
                let endpoint = |name| on.local(main, Some(name));
                (endpoint("Endpoint.Address"), endpoint("ReadEndpoint.Address"), group("SecurityGroup"))
            }
            (false, Engine::Instance) => {
                let host = on.local(main, Some("Endpoint.Address"));
                (host.clone(), host, group("SecurityGroup"))
            }
        }
    }

    /// The port.
    fn port(&self, on: &Context<'_>) -> Value {
        Value::new(on.rule("PostgreSQL listens on its usual port", &[]), ValueKind::Int(PORT))
    }

    /// The database's name: written, or the project's.
    fn database(&self, on: &Context<'_>) -> Setting<String> {
        self.database.clone().unwrap_or_else(|| {
            let rule = "the database is named after the project, in snake_case";
            on.setting(rule, &[on.project.origin], on.project.value.to_ascii_lowercase().replace('-', "_"))
        })
    }

    /// The physical name: the written one, else what CloudFormation chose.
    fn identifier_or_ref(&self, on: &Context<'_>, main: &str) -> Value {
        match &self.identifier {
            Some(identifier) => Value::text(identifier.origin, identifier.value.clone()),
            None => on.local(main, None),
        }
    }

    /// The ARN under which IAM knows the user of this database.
    fn iam_arn(&self, on: &Context<'_>, resource_id: Value) -> Value {
        let origin = on.rule("IAM knows a database user by the database's resource id", &[self.username.origin]);
        let user = Value::text(self.username.origin, self.username.value.clone());
        let arn = "arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:";
        Value::composed(origin, arn, [resource_id, Value::text(origin, "/"), user])
    }
}

/// A text of several pieces.
fn join(origin: crate::origin::OriginId, pieces: impl Into<Vec<Value>>) -> Value {
    Value::new(origin, ValueKind::Join(pieces.into()))
}

/// An attribute composed of others: its name, the others, and how.
type Composed = (&'static str, &'static [&'static str], fn(&Context<'_>) -> Value);

/// What an imported database offers: what the import gives, and the URL and password that can be composed of it.
fn imported(on: &Context<'_>, mut given: Vec<Attribute>) -> Vec<Attribute> {
    let has = |name: &str| given.iter().any(|a| a.name == name);
    let composed: [Composed; 2] = [
        ("password", &["secret_arn"], password),
        ("url", &["host", "port", "database", "username", "secret_arn"], url),
    ];
    let missing: Vec<Attribute> = composed
        .iter()
        .filter(|(name, parts, _)| !has(name) && parts.iter().all(|part| has(part)))
        .map(|(name, _, make)| Attribute::sensitive(*name, make(on)))
        .collect();
    given.extend(missing);
    given
}

/// The password, read from the secret when the consumer's stack is deployed.
fn password(on: &Context<'_>) -> Value {
    secret_key(on, on.own("secret_arn"))
}

/// CloudFormation's dynamic reference to the password in the secret of that ARN.
fn secret_key(on: &Context<'_>, secret: Value) -> Value {
    let origin = on.rule("the password is read from Secrets Manager at deploy, and stands in no file", &[]);
    let text = |text: &str| Value::text(origin, text);
    join(origin, [text("{{resolve:secretsmanager:"), secret, text(":SecretString:password}}")])
}

/// A connection URL. A generated password has letters and digits only, so that it parses as it is.
fn url(on: &Context<'_>) -> Value {
    let origin = on.rule("a connection URL, with TLS required", &[]);
    let text = |text: &str| Value::text(origin, text);
    let mut pieces = vec![text("postgresql://"), on.own("username"), text(":")];
    if let ValueKind::Join(password) = password(on).kind {
        pieces.extend(password);
    }
    let rest = ["@", ":", "/"].into_iter().zip(["host", "port", "database"]);
    pieces.extend(rest.flat_map(|(before, name)| [text(before), on.own(name)]));
    pieces.push(text("?sslmode=require"));
    join(origin, pieces)
}
