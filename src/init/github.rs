//! Workflows of GitHub: production by hand, staging from `main`, a preview for each pull request, what takes down those that are over, and
//! what checks a request.
//!
//! They are made of the stages of the project, and belong to it from then on. Every action is one commit of its repository; no text
//! of a pull request stands in a script.

use crate::ci::{Deployed, Trigger, regions_of};
use crate::emit::Files;
use crate::part::shared::stack;

use super::{filled, ours};

/// The folder of workflows.
const WORKFLOWS: &str = ".github/workflows";
/// Where the step that all workflows share stands.
const ACTION: &str = ".github/actions/reggie-cfn/action.yml";

const BY_HAND: &str = "  workflow_dispatch:
    inputs:
      rollback:
        description: A release to bring back, as the last lines of a deploy name it; empty for what this branch says
        type: string
";
const FROM_MAIN: &str = "  push:
    branches: [main]
";

/// The files.
#[must_use]
pub fn files(stages: &[Deployed]) -> Files {
    let file = |name: &str, text: String| (format!("{WORKFLOWS}/{name}.yml"), text);
    let permanent: Vec<&str> =
        stages.iter().filter(|stage| !stage.is_preview).map(|stage| stage.stage.as_str()).collect();
    let mut files: Files = stages
        .iter()
        .flat_map(|stage| match stage.is_preview {
            true => vec![file("preview", preview(stage)), file("sweep", sweep(stage))],
            false => vec![file(&format!("deploy-{}", stage.stage), deploy(stage))],
        })
        .collect();
    files.extend([
        file(
            "check",
            filled(include_str!("../../templates/init/github/check.yml"), &[("stages", permanent.join(" "))]),
        ),
        (ACTION.to_owned(), filled(include_str!("../../templates/init/github/action.yml"), &ours())),
    ]);
    files
}

/// The commands that make the environments of GitHub and tell it the roles' ARNs, once the bootstrap has made the roles.
#[must_use]
pub fn commands(project: &str, stages: &[Deployed]) -> Vec<String> {
    let environment = |stage: &Deployed| {
        format!("gh api --method PUT 'repos/{{owner}}/{{repo}}/environments/{}' --silent", stage.environment())
    };
    let variable = |stage: &Deployed| {
        let to = match stage.is_preview {
            true => "AWS_PREVIEW_ROLE_ARN".to_owned(),
            false => format!("AWS_ROLE_ARN --env {}", stage.environment()),
        };
        let query = format!("Stacks[0].Outputs[?OutputKey=='{}'].OutputValue", stage.role());
        format!(
            "gh variable set {to} --body \"$(aws cloudformation describe-stacks --region {} --stack-name {} --output text --query \"{query}\")\"",
            stage.region,
            stack(project),
        )
    };
    stages.iter().map(environment).chain(stages.iter().map(variable)).collect()
}

fn deploy(stage: &Deployed) -> String {
    let follows = stage.trigger() == Trigger::Main;
    let (when, on) = if follows { ("with every push to `main`", FROM_MAIN) } else { ("by hand", BY_HAND) };
    let mut holes = holes(stage, !follows);
    holes.extend([("when", when.to_owned()), ("on", on.to_owned()), ("stage", stage.stage.clone())]);
    holes.push(("rollback", if follows { String::new() } else { " ${ROLLBACK:+--rollback \"$ROLLBACK\"}".to_owned() }));
    filled(include_str!("../../templates/init/github/deploy.yml"), &holes)
}

fn preview(stage: &Deployed) -> String {
    filled(include_str!("../../templates/init/github/preview.yml"), &holes(stage, false))
}

fn sweep(stage: &Deployed) -> String {
    let mut holes = holes(stage, false);
    let regions: Vec<&str> = regions_of(&stage.region).collect();
    holes.push(("regions", regions.join(" ")));
    filled(include_str!("../../templates/init/github/sweep.yml"), &holes)
}

/// What every workflow with credentials says of its stage. What is empty takes its line away.
fn holes(stage: &Deployed, is_by_hand: bool) -> Vec<(&'static str, String)> {
    let account = stage.account.as_ref().map(|account| format!("          allowed-account-ids: \"{account}\""));
    let emulator = if stage.builds_arm_images { include_str!("../../templates/init/github/emulator.yml") } else { "" };
    let rollback = is_by_hand.then_some("          ROLLBACK: ${{ inputs.rollback }}\n");
    let token = stage.is_at_cloudflare.then_some("          CLOUDFLARE_TOKEN: ${{ secrets.CLOUDFLARE_TOKEN }}\n");
    let variables: String = [rollback, token].into_iter().flatten().collect();
    let env = if variables.is_empty() { variables } else { format!("        env:\n{variables}") };
    vec![
        ("region", stage.region.clone()),
        ("account", account.unwrap_or_default()),
        ("emulator", emulator.to_owned()),
        ("env", env),
    ]
}
