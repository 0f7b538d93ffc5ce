//! A database on a local stage: PostgreSQL itself, in a container that only this machine reaches.

use super::{PORT, Settings};
use crate::component::{Attribute, Container, Context, Local, LocalForm};
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;
use crate::value::{Kind, Value};

/// `CFN558`: a major whose newest minor is not known.
pub const CFN558: Code = Code {
    id: "CFN558",
    explanation: "the version of a local database is not exact\n\n\
        A container's image is pinned by its exact version, so that everyone runs the same. For a major alone (`\"17\"`) that is the \
        newest minor that this version of reggie-cfn knows; of this major it knows none. Write the minor, in the base or in the \
        local stage's layer alone.",
};

/// Where it answers unless `local.port` says otherwise: beside a PostgreSQL of the machine, on 5432.
const LOCAL_PORT: u32 = 54322;
/// Only this machine reaches it there. Not `localhost`, which some resolve to `::1` first.
const ADDRESS: &str = "127.0.0.1";
/// The password; it keeps nobody out, since the port is open to this machine alone.
const PASSWORD: &str = "local";
/// The newest minor of each major. Source: release notes of PostgreSQL, 2025-11-13, and the last ones of 10, 11 and 12.
const NEWEST: &[(u32, u32)] = &[(10, 23), (11, 22), (12, 22), (13, 23), (14, 20), (15, 15), (16, 11), (17, 7), (18, 1)];

impl Settings {
    pub(super) fn local_form(&self, on: &Context<'_>, local: &Local) -> Option<LocalForm> {
        local.refuse(on, &["path", "command"], "a database is a container on a local stage, made of its `version`");
        self.check_names(on);
        let (major, minor) = self.written_version(on)?;
        let Some(minor) = minor.or_else(|| NEWEST.iter().find(|(m, _)| *m == major).map(|(_, minor)| *minor)) else {
            let title = format!("`{}` is of PostgreSQL {major}, and its newest minor is not known", on.name);
            let diagnostic = on.at(Diagnostic::error(CFN558, title), self.version.origin, "no exact version");
            on.report(diagnostic.help(format!("write the minor as well, such as `\"{major}.1\"`")));
            return None;
        };
        let port = local.port.unwrap_or_else(|| {
            on.setting("a local database answers beside a PostgreSQL of the machine", &[], LOCAL_PORT)
        });
        let database = self.database(on);
        let version = |rule, text: String| on.setting(rule, &[self.version.origin], text);
        // Since 18 the image keeps each major in a folder of its own below it.
        let data = if major < 18 { "/var/lib/postgresql/data" } else { "/var/lib/postgresql" };
        let value = |of: &Setting<String>| Value::text(of.origin, of.value.clone());
        let password = on.text("the password of a local database keeps nobody out", &[], PASSWORD);
        let flag = |name: &str, of: &Setting<String>| {
            on.text("asks whether it takes this login", &[of.origin], format!("--{name}={}", of.value))
        };
        let word = |word: &str| on.text("asks PostgreSQL itself, once it listens to the network", &[], word);
        let container = Container {
            image: version("a container of the same version", format!("postgres:{major}.{minor}")),
            port: PORT,
            environment: vec![
                ("POSTGRES_DB", value(&database)),
                ("POSTGRES_PASSWORD", password.clone()),
                ("POSTGRES_USER", value(&self.username)),
            ],
            volume: version("one major cannot read the files of another", major.to_string()),
            data,
            ready: vec![
                word("pg_isready"),
                // Not its socket, where it answers already while the image sets it up.
                word("--host=127.0.0.1"),
                flag("dbname", &database),
                flag("username", &self.username),
            ],
        };
        let attributes = self.local_attributes(on, port, &database, password);
        Some(LocalForm { attributes, port: Some(port), container: Some(container), process: None })
    }

    fn local_attributes(
        &self,
        on: &Context<'_>,
        port: Setting<u32>,
        database: &Setting<String>,
        password: Value,
    ) -> Vec<Attribute> {
        let host = on.text("a local database answers to this machine alone", &[], ADDRESS);
        let url =
            format!("postgresql://{}:{PASSWORD}@{ADDRESS}:{}/{}", self.username.value, port.value, database.value);
        let from = [self.username.origin, port.origin, database.origin];
        let url = on.text("a connection URL without TLS, since it does not leave the machine", &from, url);
        vec![
            Attribute::open("host", host.clone()),
            Attribute::open("reader_host", host),
            Attribute::open("port", Value::new(port.origin, Kind::Int(i64::from(port.value)))),
            Attribute::open("database", Value::text(database.origin, database.value.clone())),
            Attribute::open("username", Value::text(self.username.origin, self.username.value.clone())),
            Attribute::open("password", password),
            Attribute::open("url", url),
        ]
    }
}
