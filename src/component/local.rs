//! A component on a local stage: a process of the machine, a container, or only an address. No stack is made there.
//!
//! What a component is there stands with its kind ([`Kind::local`](super::Kind::local)); here is what kinds share.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Attribute, Context};
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;
use crate::part::folder;
use crate::setting::{Keyed, Setting, Text};
use crate::value::{Kind, Value};

/// `CFN555`: a setting of `local` that does nothing.
pub const CFN555: Code = Code {
    id: "CFN555",
    explanation: "a setting of `local` means nothing for this component\n\n\
        `local` says how a component runs on a local stage: `path` and `command` start a process, `port` is where it answers. A \
        database is a container, which takes a `port` alone; an HTTP API is served by the function that its routes lead to, or by \
        whatever answers on its `port`; a function that the deploy calls once (`run`) answers on none.",
};

/// `CFN557`: `local` leaves out what must be known.
pub const CFN557: Code = Code {
    id: "CFN557",
    explanation: "`local` does not say what a local stage must know\n\n\
        A process runs in a folder of the project, where its `.env` stands: `path`. Sites and images that are built here have one; the \
        `path` of a zip is what a build leaves, so that the folder of the sources must be written. What others refer to by its \
        `url` answers on a `port`. An HTTP API whose routes lead to several functions has no one process that serves it, so that \
        its own `port` must be written.",
};

/// How a component runs on a local stage, on the machine of whoever develops it. Without it, the component is not there.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Local {
    /// The folder that its command runs in, relative to the project; its `.env` stands there. That of a site, or of an image that is
    /// built here, unless written.
    #[serde(default)]
    #[schemars(length(min = 1), example = &"apps/api")]
    pub path: Option<Setting<String>>,
    /// The command that starts it, in one line of shell; without one, something else starts it.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[^\s\p{Cc}]([^\p{Cc}]*[^\s\\\p{Cc}])?$"), example = &"pnpm dev")]
    pub command: Option<Setting<String>>,
    /// The port of localhost that it answers on. A database's is 54322 unless written.
    #[serde(default)]
    #[schemars(range(min = 1, max = 65535), example = &8000)]
    pub port: Option<Setting<u32>>,
}

/// What a component is on a local stage.
#[derive(Debug, Clone, Default)]
pub struct LocalForm {
    /// What others may reference there. No value of it is secret: it is for one machine.
    pub attributes: Vec<Attribute>,
    /// The port of localhost that it takes.
    pub port: Option<Setting<u32>>,
    /// The container that it is.
    pub container: Option<Container>,
    /// The process that it is.
    pub process: Option<Process>,
}

/// A container of `compose.yaml`.
#[derive(Debug, Clone)]
pub struct Container {
    /// The image, of an exact version.
    pub image: Setting<String>,
    /// The port inside.
    pub port: i64,
    /// Its variables.
    pub environment: Vec<(&'static str, Value)>,
    /// What its volume's name ends in, so that what cannot read the old one's data gets a new one.
    pub volume: Setting<String>,
    /// Where the volume stands inside.
    pub data: &'static str,
    /// The command inside that succeeds when it is ready.
    pub ready: Vec<Value>,
}

/// A process in a folder of the project.
#[derive(Debug, Clone)]
pub struct Process {
    /// The folder.
    pub path: Setting<String>,
    /// What starts it, if we are told.
    pub command: Option<Setting<String>>,
    /// Its variables; of two of one name the later one counts.
    pub environment: Vec<(Setting<String>, Value)>,
    /// When it is started.
    pub starts: Starts,
}

/// When a process is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starts {
    /// Once, before all others.
    First,
    /// With all others.
    Together,
    /// By its name alone.
    Asked,
}

impl Local {
    /// A process with the variables of the build, those of what runs, and its port; `own` is the folder unless one is written.
    pub fn process(
        &self,
        on: &Context<'_>,
        own: Option<&Setting<String>>,
        build: Option<&Keyed<Setting<Text>>>,
        starts: Starts,
    ) -> Option<Process> {
        let Some(path) = self.path.as_ref().or(own) else {
            self.lacks(on, "path", "apps/api");
            return None;
        };
        folder::check(on, "local.path", path);
        let port = |port: &Setting<u32>| {
            let origin = on.rule("servers for developers read the port from `PORT`", &[port.origin]);
            (Setting::new(origin, "PORT".to_owned()), Value::new(origin, Kind::Int(i64::from(port.value))))
        };
        let stage = || {
            let name = &on.stage.name;
            (Setting::new(name.origin, "STAGE".to_owned()), Value::text(name.origin, name.value.clone()))
        };
        let variable = |(key, value): (&Setting<String>, &Setting<Text>)| (key.clone(), value.value.0.clone());
        let own = on.code.map(|code| code.environment.iter().map(variable)).into_iter().flatten();
        let mut environment: Vec<_> = self.port.iter().map(port).collect();
        environment.extend(build.is_some().then(stage));
        environment.extend(build.into_iter().flat_map(Keyed::iter).map(variable));
        environment.extend(own);
        Some(Process { path: path.clone(), command: self.command.clone(), environment, starts })
    }

    /// A site: its development server.
    pub fn site(
        &self,
        on: &Context<'_>,
        path: &Setting<String>,
        base: &str,
        build: &Keyed<Setting<Text>>,
    ) -> LocalForm {
        LocalForm {
            attributes: self.address(on, base),
            port: self.port,
            container: None,
            process: self.process(on, Some(path), Some(build), Starts::Together),
        }
    }

    /// `url` and `host` of what answers on the port; `base` is the path of its first page.
    #[must_use]
    pub fn address(&self, on: &Context<'_>, base: &str) -> Vec<Attribute> {
        let Some(port) = &self.port else { return Vec::new() };
        let origin = on.rule("on a local stage it answers on its port of localhost", &[port.origin]);
        let host = format!("localhost:{}", port.value);
        vec![
            Attribute::open("url", Value::text(origin, format!("http://{host}{base}"))),
            Attribute::open("host", Value::text(origin, host)),
        ]
    }

    /// Reports what of `keys` is written, and means nothing here: `why`.
    pub fn refuse(&self, on: &Context<'_>, keys: &[&str], why: &str) {
        let written = [
            ("path", self.path.as_ref().map(|path| path.origin)),
            ("command", self.command.as_ref().map(|command| command.origin)),
            ("port", self.port.as_ref().map(|port| port.origin)),
        ];
        let useless = |(key, origin): (&'static str, Option<OriginId>)| Some((key, origin?));
        for (key, origin) in written.into_iter().filter_map(useless).filter(|(key, _)| keys.contains(key)) {
            let title = format!("`local.{key}` of `{}` means nothing on a local stage", on.name);
            let diagnostic = on.at(Diagnostic::error(CFN555, title), origin, "does nothing");
            on.report(diagnostic.note(why).help("remove it; a layer above writes `null`"));
        }
    }

    /// Reports that a setting of it is needed.
    pub fn lacks(&self, on: &Context<'_>, key: &str, example: &str) {
        let title = format!("`local` of `{}` does not say its `{key}`", on.name);
        let written = on.common.local.as_ref().map_or(on.origin, |local| local.origin);
        let diagnostic = on.at(Diagnostic::error(CFN557, title), written, "says how it runs here");
        on.report(diagnostic.help(format!("write it: `local: {{{key}: {example}}}`")));
    }
}
