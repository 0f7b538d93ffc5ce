//! The cells that both pages have.

use super::{Address, Kept, Listed, Sheet};
use crate::component::Fact;
use crate::manifest::{Provider, Secret, Store};
use crate::markdown::{code, names, shell, text};

/// A fact as people read it: `Backup: 14 days`.
#[must_use]
pub fn fact(fact: &Fact) -> String {
    match fact.name {
        Some(name) => format!("{name}: {}", text(&fact.value)),
        None => text(&fact.value),
    }
}

/// The commands that set the secrets of a stage, and that list which are there.
#[must_use]
pub fn secret_commands(sheet: &Sheet, stage: &str) -> String {
    let mut commands = vec![
        format!("reggie-cfn secrets {stage} # the command that sets each"),
        format!("reggie-cfn secrets {stage} --from-env FILE --apply # all of a file, a line NAME=value each"),
    ];
    let region = sheet.regions.first().map(String::as_str).unwrap_or_default();
    if sheet.secrets.iter().any(|secret| secret.store == Store::Ssm) {
        let path = format!("/{}/{stage}", sheet.project);
        commands.push(format!(
            "aws ssm get-parameters-by-path --region {region} --path {path} --recursive --query 'Parameters[].Name' # which are there"
        ));
    }
    shell(&commands)
}

impl Listed {
    /// What it is for, then what matters of its settings, as `facts` say it; nothing of it twice.
    #[must_use]
    pub fn settings(&self, facts: &[String]) -> String {
        let purpose = self.purpose.as_deref().filter(|purpose| *purpose != self.service).map(text);
        let is_said = |fact: &&String| purpose.as_ref().is_some_and(|purpose| purpose.contains(fact.as_str()));
        let facts: Vec<&str> = facts.iter().filter(|fact| !is_said(fact)).map(String::as_str).collect();
        let facts = facts.join(", ");
        match purpose {
            Some(purpose) if facts.is_empty() => purpose,
            Some(purpose) => format!("{purpose}; {facts}"),
            None => facts,
        }
    }

    /// Who is linked to it: `Api` (read).
    #[must_use]
    pub fn users(&self) -> String {
        let user = |(name, access): &(String, String)| format!("{} ({access})", code(name));
        self.used_by.iter().map(user).collect::<Vec<_>>().join(", ")
    }
}

impl Kept {
    /// What its place is called for a stage.
    #[must_use]
    pub fn place_of(&self, project: &str, stage: &str) -> String {
        match self.store {
            Store::Ssm => format!("{}{}", Secret::path(project, stage), self.name),
            Store::SecretsManager => format!("{project}/{stage}"),
        }
    }

    /// Where its value is kept.
    #[must_use]
    pub fn kept(&self) -> String {
        let kept = match (self.store, self.is_public) {
            (Store::SecretsManager, _) => format!("a key of {}", code(&self.place)),
            (Store::Ssm, false) => code(&self.place),
            (Store::Ssm, true) => format!("{}, in plain text", code(&self.place)),
        };
        if self.is_optional { format!("{kept}; may be missing") } else { kept }
    }
}

impl Address {
    /// What it leads to.
    #[must_use]
    pub fn leads_to(&self) -> String {
        let component = format!("{} ({})", code(&self.component), self.entrance);
        match (self.is_redirect, self.behind.as_slice()) {
            (true, _) => format!("{component}, which leads on to its host"),
            (false, []) => component,
            (false, behind) => format!("{component}, then {}", names(behind)),
        }
    }

    /// Who serves its record, and whether requests go through them.
    #[must_use]
    pub fn record(&self) -> &'static str {
        match (self.provider, self.is_proxied) {
            (Some(Provider::Cloudflare), true) => "Cloudflare, proxied",
            (Some(Provider::Cloudflare), false) => "Cloudflare, DNS only",
            (Some(Provider::Route53), _) => "Route 53",
            (Some(Provider::None) | None, _) => "set by hand",
        }
    }

    /// What proves that it is ours.
    #[must_use]
    pub fn certificate(&self) -> String {
        if self.certificates.is_empty() { "its own".to_owned() } else { names(&self.certificates) }
    }
}
