//! Places: the stacks of a stage, by what they are for, and each one with its region.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pascal;

/// The stacks of a stage by what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StackName {
    /// Certificates, and nothing else.
    Certificates,
    /// The VPC, and the security group of everything that runs in it.
    Network,
    /// Copies of recovery points that another region makes: nothing of the stage's own ever stands in it, wherever the stage moves, so
    /// that no component chooses it.
    #[serde(skip_deserializing)]
    #[schemars(skip)]
    Copies,
    /// What holds data.
    Data,
    /// Functions that the deploy calls before the app.
    Jobs,
    /// Functions and APIs.
    App,
    /// What must be in us-east-1: origin signer, web ACL.
    Edge,
    /// A site or a router: each has a stack of its own.
    Web,
    /// Functions that the deploy calls at the end.
    After,
    /// Alarms and dashboards.
    Monitoring,
}

impl StackName {
    /// Its name in manifests, and at the beginning of the names of stacks.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            StackName::Certificates => "certificates",
            StackName::Network => "network",
            StackName::Copies => "copies",
            StackName::Data => "data",
            StackName::Jobs => "jobs",
            StackName::App => "app",
            StackName::Edge => "edge",
            StackName::Web => "web",
            StackName::After => "after",
            StackName::Monitoring => "monitoring",
        }
    }

    /// Whether what others use of it changes by itself: a certificate is replaced whenever its names change, a version at the
    /// edge whenever its code does, and a router has another distribution with each host. CloudFormation refuses to change or
    /// remove an export that is in use, so that others get these by a parameter, in the same region too.
    #[must_use]
    pub fn replaces_what_others_use(self) -> bool {
        matches!(self, StackName::Certificates | StackName::Edge | StackName::Web)
    }

    /// What it is for, in a template's description.
    #[must_use]
    pub fn described(self) -> &'static str {
        match self {
            StackName::Certificates => "certificates",
            StackName::Network => "network and security groups",
            StackName::Copies => "copies of recovery points that another region makes",
            StackName::Data => "what holds data",
            StackName::Jobs => "functions that the deploy calls before the app",
            StackName::App => "functions and APIs",
            StackName::Edge => "what must be in us-east-1",
            StackName::Web => "what a browser sees",
            StackName::After => "functions that the deploy calls at the end",
            StackName::Monitoring => "alarms and dashboards",
        }
    }
}

/// The region of everything that CloudFront needs.
pub const US_EAST_1: &str = "us-east-1";

/// One stack of a stage. Stacks sort by lifecycle: what others need comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StackId {
    /// What it is for.
    pub kind: StackName,
    /// Its region.
    pub region: String,
    /// The component that it belongs to alone, in kebab case, where such stacks are one a component.
    of: Option<String>,
}

impl StackId {
    /// The stack of that kind for a component of that identity which stands in `region`.
    #[must_use]
    pub fn of(kind: StackName, identity: &str, region: &str) -> StackId {
        let region = if kind == StackName::Edge { US_EAST_1 } else { region };
        StackId { kind, region: region.to_owned(), of: (kind == StackName::Web).then(|| kebab(identity)) }
    }

    /// The same stack in another region: what it needs there.
    #[must_use]
    pub fn in_region(&self, region: &str) -> StackId {
        StackId { region: region.to_owned(), ..self.clone() }
    }

    /// The stack of that kind in the region of what CloudFront needs.
    #[must_use]
    pub fn in_us_east_1(kind: StackName) -> StackId {
        StackId { kind, region: US_EAST_1.to_owned(), of: None }
    }

    /// Its name in messages, and at the end of its name in AWS: `data`, `web-reggie-web`.
    #[must_use]
    pub fn word(&self) -> String {
        match &self.of {
            Some(component) => format!("{}-{component}", self.kind.word()),
            None => self.kind.word().to_owned(),
        }
    }

    /// Its name in AWS, which is the same in each region: `reggie-production-data`.
    #[must_use]
    pub fn name(&self, project: &str, stage: &str) -> String {
        format!("{project}-{stage}-{}", self.word())
    }
}

/// A name in kebab case: `ReggieWeb` is `reggie-web`, `WebAPI2` is `web-api2`.
#[must_use]
pub fn kebab(name: &str) -> String {
    let chars: Vec<char> = pascal(name).chars().collect();
    let mut kebab = String::new();
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| chars.get(i));
        let after = chars.get(i + 1);
        let begins = before.is_some_and(|b| !b.is_ascii_uppercase()) || after.is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && i > 0 && begins {
            kebab.push('-');
        }
        kebab.push(c.to_ascii_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::kebab;

    #[test]
    fn kebab_case() {
        for (name, expected) in
            [("ReggieWeb", "reggie-web"), ("Web", "web"), ("WebAPI2", "web-api2"), ("APIRouter", "api-router")]
        {
            assert_eq!(kebab(name), expected);
        }
    }
}
