//! `external`: something that others run, and that the product needs: a database elsewhere, a payment service. Makes nothing.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Attribute, Check, Context, Described, Fragment, Group, Interface, Kind, KindEntry, Level, LocalForm, StackName,
    count,
};
use crate::diag::{Code, Diagnostic};
use crate::part::{secret, target};
use crate::setting::{Setting, Text};
use crate::value::{Symbol, Value};

/// The kind.
pub const KIND: KindEntry = KindEntry::of::<Settings>(
    "external",
    "Something that others run: what it is for, where it is, and the secrets that open it. Makes nothing.",
    StackName::App,
)
.drawn(Group::External)
.levels(&[
    Level::of("call", "calls it over the internet: grants nothing, and asks for a way out of a VPC", &[]).outside()
])
.codes(&[CODES]);

/// Codes of this kind.
pub const CODES: &[Code] = &[CFN280, CFN281, CFN282, CFN283, CFN284];

/// `CFN280`: something of others without a purpose.
pub const CFN280: Code = Code {
    id: "CFN280",
    explanation: "an external has no `purpose`\n\n\
        Nothing is made of an external: what it says of itself is all that anyone will know of it. Write what it is for, and who \
        runs it.",
};

/// `CFN281`: a secret that is not declared.
pub const CFN281: Code = Code {
    id: "CFN281",
    explanation: "`secrets` of an external names a secret that is not declared\n\n\
        `secrets` lists what someone must have and fill in before the external can be used. Each is declared in the block \
        `secrets`, where its purpose and its store stand, and so gets a name under which code reads it.",
};

/// `CFN282`: a check of an address that is not known.
pub const CFN282: Code = Code {
    id: "CFN282",
    explanation: "a check needs an address of https that stands in the manifest\n\n\
        After a deploy the address is asked, and must answer with the status. It is written to `out/`, so it cannot hold a secret \
        or anything that only the deploy knows, and ends with neither `?…` nor `#…`, because the check's `path` follows.",
};

/// `CFN283`: a URL from a SecureString.
pub const CFN283: Code = Code {
    id: "CFN283",
    explanation: "the URL of an external is kept where CloudFormation cannot read it\n\n\
        `${External.url}` is put into environments when deployed. CloudFormation does that from Secrets Manager, not from a \
        SecureString of the Parameter Store (CloudFormation User Guide, \"Dynamic references\").\n\n\
        Keep it in Secrets Manager; or leave `url` out, list the secret under `secrets`, and let the code read it by its `.name`.",
};

/// `CFN284`: an address without a scheme.
pub const CFN284: Code = Code {
    id: "CFN284",
    explanation: "`url` has no scheme\n\n\
        A URL begins with what it is spoken to in: `https://`, `postgres://`, `rediss://`. Without it, whoever reads the variable \
        takes the host for a path or a file (RFC 3986, section 3.1).",
};

/// Settings of an external.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where it is: a text, or the value of a secret, which is then never shown.
    #[serde(default)]
    #[schemars(example = &"https://api.example.com")]
    url: Option<Text>,
    /// Secrets that it takes to use it, by name; each must be declared in the block `secrets`.
    #[serde(default)]
    #[schemars(example = &["PaymentsKey"])]
    secrets: Vec<Setting<String>>,
    /// A request after each deploy that tells whether it answers.
    #[serde(default)]
    check: Option<Setting<CheckSettings>>,
}

/// A request that tells whether it answers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckSettings {
    /// What is asked for, after the `url`.
    #[schemars(extend("default" = "/"), regex(pattern = r"^/[!-~]*$"), example = &"/health")]
    path: Setting<String>,
    /// The status that it must answer with.
    #[schemars(extend("default" = 200), range(min = 100, max = 599))]
    status: Setting<u32>,
}

impl Kind for Settings {
    fn interface(&self, on: &Context<'_>) -> Interface {
        let attribute = |url: &Text| {
            // What another component gives may be secret, and is not known yet.
            let mut given = false;
            url.0.each_reference(&mut |symbol, _| given |= matches!(symbol, Symbol::Attribute { .. }));
            let sensitive = given || secret::is_sensitive(on, &url.0);
            Attribute { sensitive, ..Attribute::open("url", url.0.clone()) }
        };
        Interface {
            attributes: self.url.iter().map(attribute).collect(),
            secrets: self.secrets.iter().map(|name| name.value.clone()).collect(),
            check: self.asked(),
            run_by_others: true,
            ..Interface::default()
        }
    }

    fn described(&self, on: &Context<'_>) -> Described {
        Described::of(on, "run by others")
            .fact_if((!self.secrets.is_empty()).then(|| count(self.secrets.len(), "secret")))
    }

    fn lower(&self, on: &Context<'_>) -> Vec<Fragment> {
        if on.common.purpose.is_none() {
            let title = format!("`{}` does not say what it is for", on.name);
            let diagnostic = on.at(Diagnostic::error(CFN280, title), on.origin, "declared here");
            on.report(diagnostic.help("write `purpose`, such as `Payments, run by Stripe`"));
        }
        for name in &self.secrets {
            let what = format!("`secrets` of `{}` names `{}`", on.name, name.value);
            secret::check_declared(on, CFN281, &what, name);
        }
        if let Some(url) = &self.url {
            secret::check_readable(on, CFN283, &format!("`url` of `{}`", on.name), &url.0);
            check_scheme(on, &url.0);
        }
        if let Some(check) = self.check.as_ref().filter(|_| self.asked().is_none()) {
            let title = format!("`{}` is to be checked, but has no plain address of https", on.name);
            let url = self.url.as_ref().map(|url| url.0.origin);
            on.report(
                on.at(Diagnostic::error(CFN282, title), check.origin, "nothing to ask")
                    .context_if_known(on.origins, url, "not a plain address of https")
                    .help("write `url` as a text that begins with `https://`, or remove `check`"),
            );
        }
        Vec::new()
    }

    /// Others run it, so that it is there on every stage.
    fn local(&self, on: &Context<'_>) -> Option<LocalForm> {
        if let Some(local) = &on.common.local {
            let why = "others run it; where it is on this stage, `url` says";
            local.refuse(on, &["path", "command", "port"], why);
        }
        Some(LocalForm { attributes: self.interface(on).attributes, ..LocalForm::default() })
    }
}

impl Settings {
    /// What is asked after a deploy, where that can be said.
    fn asked(&self) -> Option<Check> {
        let check = &self.check.as_ref()?.value;
        let url = self.url.as_ref()?.0.as_text()?;
        let known = url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
        (known && !url.contains(['?', '#'])).then(|| Check {
            url: format!("{}{}", url.trim_end_matches('/'), check.path.value),
            status: check.status.value,
        })
    }
}

/// Reports an address that begins with a host.
fn check_scheme(on: &Context<'_>, url: &Value) {
    let Some(start) = target::start(url) else { return };
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    };
    if start.split_once(':').is_some_and(|(scheme, rest)| is_scheme(scheme) && rest.starts_with("//")) {
        return;
    }
    let title = format!("`url` of `{}` has no scheme", on.name);
    let diagnostic = on.at(Diagnostic::error(CFN284, title), url.origin, "begins with a host");
    on.report(diagnostic.help("write the whole URL, such as `https://api.example.com`"));
}
