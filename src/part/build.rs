//! How a site is built, before it is deployed: what its build must know stands in a file beside the templates.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::component::{Context, SiteBuild};
use crate::diag::{Code, Diagnostic};
use crate::setting::{Keyed, Setting, Text};

/// Codes of this part.
pub const CODES: &[Code] = &[CFN322];

/// `CFN322`: a variable of the build where the build does not see it.
pub const CFN322: Code = Code {
    id: "CFN322",
    explanation: "a variable of the build stands in the environment of the server\n\n\
        Frameworks write variables of certain names into the pages when a site is built (Next.js: `NEXT_PUBLIC_…`, Vite: `VITE_…`). When the server \
        runs, it is too late: pages keep what was there at the build. Such a variable belongs to `build.environment`, which \
        becomes `out/<stage>/<site>.build.env`:\n\n    \
        build:\n      \
        environment: {NEXT_PUBLIC_API_URL: \"${ReggieApi.url}\"}",
};

/// How the site is built.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// The command that builds it, run in its folder. Unless written, `npx @opennextjs/aws build` for Next.js, and none for
    /// other frameworks: what is to be deployed is there already.
    #[serde(default)]
    #[schemars(length(min = 1), example = &"pnpm build")]
    pub command: Option<Setting<String>>,
    /// Variables of the build; whoever opens the site can read them. Never secrets, but for those that are `public`.
    #[schemars(extend("default" = {}), example = &BTreeMap::from([("NEXT_PUBLIC_API_URL", "${ReggieApi.url}")]))]
    pub environment: Keyed<Setting<Text>>,
}

impl Build {
    /// What the deploy must know of it, for the app in `path`.
    #[must_use]
    pub fn facts(&self, path: &Setting<String>) -> SiteBuild {
        facts(path, self.command.as_ref(), &self.environment)
    }
}

/// What the deploy must know of the build of the app in `path`.
#[must_use]
pub fn facts(
    path: &Setting<String>,
    command: Option<&Setting<String>>,
    environment: &Keyed<Setting<Text>>,
) -> SiteBuild {
    let variables = environment.iter().map(|(key, value)| (key.clone(), value.value.0.clone()));
    SiteBuild {
        path: path.clone(),
        command: command.cloned(),
        environment: variables.collect(),
        has_code: false,
        zip: None,
        files: None,
    }
}

/// Reports variables of the build, known by the `prefix` of their names, in the environment of the server.
pub fn check_environment(on: &Context<'_>, prefix: &str) {
    let Some(code) = on.code else { return };
    for (key, _) in code.environment.iter().filter(|(key, _)| key.value.starts_with(prefix)) {
        let title = format!("`{}` gives the server `{}`, which only the build can use", on.name, key.value);
        on.report(
            on.at(Diagnostic::error(CFN322, title), key.origin, "too late: pages hold it since the build")
                .note(format!("variables `{prefix}…` are written into the pages when the site is built"))
                .help(format!("move it: `build: {{environment: {{{}: …}}}}`", key.value)),
        );
    }
}
