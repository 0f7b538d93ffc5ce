//! The roles that workflows take: one for each permanent stage, and one for all previews, each for its own stacks.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::ci::{Deployed, deployed, regions_of};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::manifest::{Github, IdentityProvider};
use crate::origin::Origins;
use crate::project::{BASE, Project};
use crate::setting::read;
use crate::value::{Kind, Value};

/// `CFN541`: one account would get two identity providers for GitHub.
pub const CFN541: Code = Code {
    id: "CFN541",
    explanation: "two bootstraps would make one identity provider\n\n\
        An account has one identity provider for `token.actions.githubusercontent.com` (IAM, `CreateOpenIDConnectProvider`), whatever \
        the region. Each region that is the home of a stage has a bootstrap, and two of them here are, or may be, for one account: a \
        stage that says no `account` may be in any. The second deploy would fail.\n\n\
        Make the provider once, by `aws iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com \
        --client-id-list sts.amazonaws.com`, and write `provider: existing`; or write the `account` of each stage, if they differ.",
};

/// `CFN542`: one role for two stages.
pub const CFN542: Code = Code {
    id: "CFN542",
    explanation: "the roles of two stages would have one name\n\n\
        The role that workflows take for a stage is named after it without hyphens: `CiRoleEuProd` is that of `eu-prod`, and \
        `CiRolePreview` that of all previews. Two stages whose names differ in hyphens alone, or a permanent stage that is called \
        `preview`, cannot both have one. Rename one of them.",
};

/// How much of a stack's name CloudFormation keeps at least in the names that it makes of it, where those would be too long.
const KEPT: usize = 24;

/// What the layers say of workflows.
#[derive(Debug)]
pub(super) struct Workflows {
    github: Github,
    stages: Vec<Deployed>,
}

/// The plan of a home's roles.
#[derive(Serialize)]
pub(super) struct Plan {
    makes_provider: bool,
    project: Value,
    /// Where certificates stand.
    certificates: Vec<Value>,
    /// Where stacks and images stand.
    regions: Vec<Value>,
    roles: Vec<Role>,
}

/// The plan of a role.
#[derive(Serialize)]
struct Role {
    id: Value,
    described: Value,
    /// For whom GitHub must say that a token is; of several one.
    subject: Value,
    /// The stage, in names; with a star for many.
    stage: Value,
    /// How the names of its buckets begin.
    buckets: Value,
    /// How those of its sites begin.
    sites: Value,
    secrets: Vec<Value>,
    /// The other regions that functions of the stage stand in.
    elsewhere: Vec<Value>,
    /// All other stages, of whatever region.
    others: Vec<Value>,
    has_json_secret: bool,
    /// Whether it may take a stage down.
    deletes: bool,
}

/// What the layers say of workflows, if they do.
pub(super) fn workflows(project: &Project, findings: &mut Diagnostics) -> Option<Workflows> {
    let github: Github = read(project.layers.get(BASE)?.tree.get("github")?).ok()?;
    let workflows = Workflows { github, stages: deployed(project) };
    workflows.one_provider(&project.origins, findings);
    workflows.own_roles(&project.origins, findings);
    Some(workflows)
}

impl Workflows {
    fn makes_provider(&self) -> bool {
        self.github.provider.as_ref().is_none_or(|provider| provider.value == IdentityProvider::Made)
    }

    /// Reports two homes that would each make the provider of one account.
    fn one_provider(&self, origins: &Origins, findings: &mut Diagnostics) {
        if !self.makes_provider() {
            return;
        }
        let pairs = self
            .stages
            .iter()
            .enumerate()
            .flat_map(|(i, one)| self.stages.iter().skip(i + 1).map(move |other| (one, other)));
        let mut apart = pairs.filter(|(one, other)| one.region != other.region && one.may_share_account(other));
        let Some((one, other)) = apart.next() else { return };
        let title = format!(
            "`{}` in {} and `{}` in {} may share an account, which has one identity provider for GitHub",
            one.stage, one.region, other.stage, other.region
        );
        let diagnostic = Diagnostic::error(CFN541, title)
            .at_origin(origins, self.github.repository.origin, &[], "each of their bootstraps would make it")
            .context_if_known(origins, Some(one.origin), "one stage")
            .context_if_known(origins, Some(other.origin), "the other");
        findings
            .push(diagnostic.help("make it once and write `provider: existing`, or write the `account` of each stage"));
    }

    /// Reports two stages whose roles would have one name.
    fn own_roles(&self, origins: &Origins, findings: &mut Diagnostics) {
        for (i, stage) in self.stages.iter().enumerate() {
            let Some(first) = self.stages.iter().take(i).find(|first| first.role() == stage.role()) else { continue };
            let title =
                format!("the roles of `{}` and `{}` would both be `{}`", first.stage, stage.stage, stage.role());
            let diagnostic = Diagnostic::error(CFN542, title)
                .at_origin(origins, stage.origin, &[], "the second of that name")
                .context_if_known(origins, Some(first.origin), "the first");
            findings.push(diagnostic.help("rename one of the stages"));
        }
    }

    /// The roles of the stages whose home a region is, and the outputs that give their ARNs.
    pub(super) fn plan(
        &self,
        project: &Value,
        region: &Value,
        origins: &Origins,
    ) -> Option<(Plan, Vec<(String, String)>)> {
        let home = region.as_text()?;
        let stages: Vec<&Deployed> = self.stages.iter().filter(|stage| stage.region == home).collect();
        if stages.is_empty() {
            return None;
        }
        let certificates: Vec<&str> = regions_of(home).collect();
        let chosen: BTreeSet<&str> = stages.iter().flat_map(|stage| &stage.regions).map(String::as_str).collect();
        let chosen = chosen.into_iter().filter(|name| !certificates.contains(name)).map(|name| {
            let rule = "functions stand in the regions that they, or routes to them, name";
            Value::text(origins.derived(rule, [region.origin]), name)
        });
        let beside =
            origins.derived("what CloudFront needs stands in us-east-1, the rest in the home region", [region.origin]);
        let plan = Plan {
            makes_provider: self.makes_provider(),
            project: project.clone(),
            certificates: certificates.iter().map(|name| Value::text(beside, *name)).collect(),
            regions: certificates.iter().map(|name| Value::text(beside, *name)).chain(chosen).collect(),
            roles: stages.iter().map(|stage| self.role(stage, project, origins)).collect(),
        };
        let named = |stage: &&Deployed| (stage.role(), format!("Role that workflows take {}", whom(stage)));
        Some((plan, stages.iter().map(named).collect()))
    }

    fn role(&self, stage: &Deployed, project: &Value, origins: &Origins) -> Role {
        let from = [stage.origin, self.github.repository.origin];
        let rule = |rule: &'static str, text: String| Value::text(origins.derived(rule, from), text);
        let repository = &self.github.repository.value;
        let environment = format!("repo:{repository}:environment:{}", stage.environment());
        let jobs = "GitHub says for which environment a job runs, or that it runs for a pull request";
        let subject = match stage.is_preview {
            true => {
                let subjects = [format!("repo:{repository}:pull_request"), environment].map(|one| rule(jobs, one));
                Value::new(origins.derived(jobs, from), Kind::List(subjects.into()))
            }
            false => rule(jobs, environment),
        };
        let begins = |more: &str| {
            let name = format!("{}-{}{more}", project.as_text().unwrap_or_default(), stage.stage.trim_end_matches('*'));
            name.chars().take(KEPT).collect::<String>()
        };
        let others = self.stages.iter().filter(|other| other.stage != stage.stage);
        let cut = "CloudFormation keeps 24 characters of a stack's name in those that it makes of it";
        Role {
            id: rule("a stage has a role of its own", stage.role()),
            described: rule("what the role is for", format!("What workflows of {repository} do {}", whom(stage))),
            subject,
            stage: rule("the stage in the names of what it has", stage.stage.clone()),
            buckets: rule(cut, begins(if stage.is_preview { "" } else { "-" })),
            sites: rule(cut, begins(if stage.is_preview { "" } else { "-web-" })),
            secrets: stage.secrets.iter().map(|name| rule("the stages whose secrets it reads", name.clone())).collect(),
            elsewhere: stage
                .regions
                .iter()
                .map(|name| rule("a function reads its secrets, and is called, in its own region", name.clone()))
                .collect(),
            others: others.map(|other| rule("no stage writes what is kept of another", other.stage.clone())).collect(),
            has_json_secret: stage.has_json_secret,
            deletes: !stage.is_protected,
        }
    }
}

fn whom(stage: &Deployed) -> String {
    match stage.is_preview {
        true => "for previews".to_owned(),
        false => format!("for {}", stage.stage),
    }
}
