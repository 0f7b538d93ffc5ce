//! `deploy.sh`: what the steps are, and what each stack is deployed with.

use std::collections::{BTreeMap, BTreeSet};

use super::{Parts, call, cases, key, list, word, words};
use crate::cfn::ParameterSource;
use crate::component::{MAIN, StackName, logical_id};
use crate::emit::stack_policy;
use crate::link::{Artifact, Build, Piece, Stack, StageOutput};
use crate::lower::PublishedValue;
use crate::manifest::Store;
use crate::value::{Kind, Symbol};

/// The largest template that the API takes as it is, in bytes; a larger one goes through a bucket (AWS CloudFormation User Guide,
/// "Understand CloudFormation quotas").
const INLINE: usize = 51_200;

pub(super) fn text(parts: &Parts<'_>) -> String {
    let mut text = parts.begin();
    text.push_str(&list("tags", parts.model.manifest.stack_tags().map(|(key, value)| format!("{key}={value}"))));
    text.push_str(&usage(parts.stage()));
    text.push_str(&parts.steps());
    text.push_str("\n# What each stack is deployed with.\n");
    let stacks: Vec<_> = parts.linked.stacks.iter().map(|s| (key(s).to_owned(), parts.described(s))).collect();
    text.push_str(&cases("describe", "STACK", &stacks));
    text.push_str("\n# Where the files of each site go.\n");
    let sites: Vec<_> =
        parts.sites().map(|(artifact, build)| (artifact.identity.clone(), parts.site(artifact, build))).collect();
    text.push_str(&cases("site", "SITE", &sites));
    text + &parts.end_with("deploy.sh")
}

fn usage(stage: &str) -> String {
    format!(
        "
usage() {{
    cat <<'END'
deploy.sh: deploys {stage}. What is as it should be is left alone, so it may be run again at any time, and goes on where it stopped.

    --release FILE      take the release from FILE, a JSON object {{\"Parameters\": {{\"NAME\": \"VALUE\"}}}}, as `reggie-cfn package` writes it
    --inputs FILE       take inputs from FILE: lines NAME=value
    --build             run the builds of sites before they are packaged
    --review            make change sets and show them; nothing else changes
    --dry-run           print what would be called; nothing is asked, nothing changes, and no credentials are needed
    --unprotect {stage}
                        lift termination protection where the stage no longer says `protect`
    --releases          list the releases that were deployed
    --rollback RELEASE  deploy one of them again, with the templates as they are; functions that run once are not called
    --adopt NAME        take over a record that nobody owns; --delete NAME, --allow-delete N: see `reggie-cfn dns diff --help`

Needs bash and the aws CLI. With reggie-cfn on the PATH it packages the release and, with CLOUDFLARE_TOKEN set, sets records at
Cloudflare; without, it takes --release FILE and prints the records to set.
END
}}
"
    )
}

/// Whether a stack stands still until somebody has set records.
pub(super) fn waits_for_records(stack: &Stack) -> bool {
    stack.id.kind == StackName::Certificates
}

impl Parts<'_> {
    /// The sites: what a release brings for them, and how they are built.
    fn sites(&self) -> impl Iterator<Item = (&Artifact, &Build)> {
        self.linked.artifacts.iter().filter_map(|artifact| {
            let build = self.linked.builds.iter().find(|build| build.component == artifact.component)?;
            Some((artifact, build))
        })
    }

    fn steps(&self) -> String {
        let mut text = "\n# What is done, in this order.\nsteps() {\n".to_owned();
        let mut say = |line: &str| text.push_str(&format!("    {line}\n"));
        say("step 'Account'");
        say("check_account");
        say(&format!("bootstrap {}", words(self.bootstraps())));
        self.asked().iter().for_each(|line| say(line));
        if !self.linked.artifacts.is_empty() {
            say("step 'Release'");
            say("former");
            let late = self.release(true).map(|line| line.replacen("release", "later", 1));
            late.into_iter().chain(self.release(false)).for_each(|line| say(&line));
        }
        if self.linked.stacks.iter().any(waits_for_records) {
            say("step 'Certificates'");
            say("certificates");
        }
        let mut ended = false;
        for stack in self.linked.stacks.iter().filter(|stack| !waits_for_records(stack)) {
            if !ended && matches!(stack.id.kind, StackName::After | StackName::Monitoring) {
                self.end().iter().for_each(|line| say(line));
                ended = true;
            }
            self.step(stack).iter().for_each(|line| say(line));
        }
        if !ended {
            self.end().iter().for_each(|line| say(line));
        }
        if !self.linked.checks.is_empty() {
            say("step 'Checks'");
        }
        for (component, check) in &self.linked.checks {
            say(&format!("check {component} {} {}", word(&check.url), check.status));
        }
        say("step 'Done'");
        for (label, StageOutput { stack, region, output }) in &self.linked.outputs {
            say(&format!("publish {label} {region} {stack} {output}"));
        }
        say("finish");
        text + "}\n"
    }

    /// The regions that need what all stages share: that of the stage, and those of its code.
    fn bootstraps(&self) -> BTreeSet<&str> {
        let code = self.linked.artifacts.iter().flat_map(|artifact| artifact.regions.iter().map(String::as_str));
        code.chain([self.home()]).collect()
    }

    /// What must be there before anything is deployed: secrets and inputs.
    fn asked(&self) -> Vec<String> {
        let manifest = &self.model.manifest;
        let all: BTreeSet<String> = manifest.secrets.keys().cloned().collect();
        let mut asked = self.secrets_asked(&["secrets"], &all);
        for (region, names) in &self.linked.secrets_elsewhere {
            asked.extend(self.secrets_asked(&["secrets_in", region], names));
        }
        let inputs = self.inputs();
        if !inputs.is_empty() {
            let each = inputs.into_iter().map(|(name, stack)| match stack {
                Some(stack) => format!("{name}:{}:{}", stack.id.region, stack.name),
                None => name.to_owned(),
            });
            asked.push(format!("inputs {}", each.collect::<Vec<_>>().join(" ")));
        }
        if !asked.is_empty() {
            asked.insert(0, "step 'Secrets and inputs'".to_owned());
        }
        asked
    }

    /// The calls that ask for these secrets, where each is kept. `begin` is how each begins.
    fn secrets_asked(&self, begin: &[&str], named: &BTreeSet<String>) -> Vec<String> {
        let (project, stage) = (&self.model.manifest.project.value, &self.model.stage.secrets_from.value);
        let mut asked = Vec::new();
        for (store, called, place) in [
            (Store::Ssm, "ssm", format!("/{project}/{stage}")),
            (Store::SecretsManager, "secrets_manager", format!("{project}/{stage}")),
        ] {
            for (optional, needed) in [(false, "required"), (true, "optional")] {
                let all = self.model.manifest.secrets.iter().filter(|(name, _)| named.contains(*name));
                let names = all.filter(|(_, s)| s.store.value == store && s.optional.value == optional);
                let names: Vec<String> = names.map(|(name, _)| name.clone()).collect();
                if !names.is_empty() {
                    let words = begin.iter().copied().chain([needed, called, &place]).map(str::to_owned).chain(names);
                    asked.push(call(&words.collect::<Vec<_>>()));
                }
            }
        }
        asked
    }

    /// The inputs that something of the stage takes, each with the first stack that does: a preview without alarms needs nobody's address.
    fn inputs(&self) -> BTreeMap<&str, Option<&Stack>> {
        let parameters =
            self.linked.stacks.iter().rev().flat_map(|stack| stack.template.parameters.iter().map(move |p| (p, stack)));
        let taken = parameters.filter(|(parameter, _)| parameter.source == ParameterSource::Input);
        let environments = self.linked.builds.iter().flat_map(|build| &build.environment);
        let built = environments.flat_map(|(_, pieces)| pieces).filter_map(|piece| match piece {
            Piece::Input(name) => Some((name.as_str(), None)),
            _ => None,
        });
        built.chain(taken.map(|(parameter, stack)| (parameter.name.as_str(), Some(stack)))).collect()
    }

    /// What a release must bring: before anything is deployed, or late, because the build asks for outputs of the stage's own stacks.
    fn release(&self, late: bool) -> Option<String> {
        let named = |artifact: &Artifact| format!("{}:{}", artifact.component, artifact.parameter);
        let artifacts = self.linked.artifacts.iter().filter(|artifact| self.is_late(artifact) == late);
        let mut names: Vec<String> = artifacts.map(named).collect();
        (!names.is_empty()).then(|| {
            names.insert(0, "release".to_owned());
            call(&names)
        })
    }

    fn is_late(&self, artifact: &Artifact) -> bool {
        let is_own = |piece: &Piece| match piece {
            Piece::Output { stack, region, .. } => {
                self.linked.stacks.iter().any(|s| s.name == *stack && s.id.region == *region)
            }
            _ => false,
        };
        let mut builds = self.linked.builds.iter().filter(|build| build.component == artifact.component);
        builds.any(|build| build.environment.iter().any(|(_, pieces)| pieces.iter().any(is_own)))
    }

    /// What is done with a stack, and around it.
    fn step(&self, stack: &Stack) -> Vec<String> {
        let name = key(stack);
        let sites: Vec<&Artifact> = self
            .sites()
            .filter(|(artifact, build)| self.takes(stack, artifact, build) && !self.is_last(artifact, build))
            .map(|(artifact, _)| artifact)
            .collect();
        let mut step = vec![format!("step {}", word(&format!("Stack {name}")))];
        for site in &sites {
            if self.is_late(site) {
                step.push(format!("release {}:{}", site.component, site.parameter));
            }
            step.push(format!("bring first {}", site.identity));
        }
        step.push(format!("stack {name}"));
        step.extend(sites.iter().map(|site| format!("bring last {}", site.identity)));
        if matches!(stack.id.kind, StackName::Jobs | StackName::After) {
            let functions = stack.template.resources.iter().filter(|r| r.type_name() == "AWS::Lambda::Function");
            step.extend(functions.map(|function| format!("invoke {name} {}", function.id)));
        }
        step
    }

    /// Whether a site is built and brought when all stacks stand: no stack waits for it, and its build asks for what they make.
    fn is_last(&self, artifact: &Artifact, build: &Build) -> bool {
        build.release.is_none() && self.is_late(artifact)
    }

    /// Whether a site is brought with a stack: that of its bucket, or for a bucket of others that which has most of the site.
    fn takes(&self, stack: &Stack, artifact: &Artifact, build: &Build) -> bool {
        match self.bucket(artifact, build) {
            Some(Piece::Output { stack: name, region, .. }) => *name == stack.name && *region == stack.id.region,
            _ => {
                let mut owners = stack.owners.values().map(|(component, _)| component);
                stack.id.kind == StackName::Web && owners.any(|component| *component == artifact.component)
            }
        }
    }

    /// Where the name of a site's bucket is found.
    fn bucket(&self, artifact: &Artifact, build: &Build) -> Option<Piece> {
        let Some(files) = &build.files else {
            let PublishedValue::Output { stack, region, output, .. } =
                self.published(&artifact.component, "assets_bucket")?
            else {
                return None;
            };
            return Some(Piece::Output { stack: stack.clone(), region: region.clone(), output: output.clone() });
        };
        match files.bucket.as_slice() {
            [piece] => Some(piece.clone()),
            _ => None,
        }
    }

    /// What follows when all sites are deployed.
    fn end(&self) -> Vec<String> {
        let mut end = Vec::new();
        for (site, _) in self.sites().filter(|(artifact, build)| self.is_last(artifact, build)) {
            end.push(format!("step {}", word(&format!("Site {}", site.component))));
            end.push(format!("release {}:{}", site.component, site.parameter));
            end.push(format!("bring last {}", site.identity));
        }
        let sites = self.sites().filter(|(artifact, _)| self.distribution(artifact).is_some());
        let asked: Vec<String> = sites.map(|(artifact, _)| format!("invalidate {}", artifact.identity)).collect();
        if !asked.is_empty() {
            end.push("step 'What CloudFront keeps'".to_owned());
            end.extend(asked);
        }
        if !self.plans.is_empty() {
            end.extend(["step 'Records'".to_owned(), "records".to_owned()]);
        }
        end
    }

    /// What `describe` says of a stack.
    fn described(&self, stack: &Stack) -> Vec<String> {
        let mut said = vec![format!("in_region {} {} {}", stack.id.region, stack.name, stack.file)];
        if self.model.stage.protect.value {
            said.push("protected".to_owned());
        }
        let policy = stack_policy::file(stack);
        if self.files.contains_key(&policy) {
            said.push(format!("policy {policy}"));
        }
        said.extend(self.acknowledged());
        said.extend(stack.capabilities().into_iter().map(|capability| format!("capability {capability}")));
        if self.files.get(&stack.file).is_some_and(|text| text.len() > INLINE) {
            said.push("through_bucket".to_owned());
        }
        for parameter in &stack.template.parameters {
            let name = &parameter.name;
            said.push(match &parameter.source {
                ParameterSource::Release if name == "ArtifactBucket" => {
                    let region = &stack.id.region;
                    format!(
                        "from_output {name} {region} {}-bootstrap ArtifactBucket",
                        self.model.manifest.project.value
                    )
                }
                ParameterSource::Release => format!("from_release {name}"),
                ParameterSource::Input => format!("from_input {name}"),
                ParameterSource::Output { stack, region, output } => {
                    format!("from_output {name} {region} {stack} {output}")
                }
            });
        }
        said
    }

    /// What the stage acknowledges to be made anew or deleted: the deployed policy must let it go.
    fn acknowledged(&self) -> impl Iterator<Item = String> {
        self.model.manifest.acknowledge.keys().map(|key| {
            let (component, local) = key.split_once('.').unwrap_or((key, MAIN));
            let written = self.model.components.get(component).and_then(|c| c.common.logical_id.as_ref());
            format!("lets_go {}", logical_id(written.map_or(component, |id| &id.value), local))
        })
    }

    /// What `site` says of one.
    fn site(&self, artifact: &Artifact, build: &Build) -> Vec<String> {
        let release = &artifact.parameter;
        let mut said = vec![match self.bucket(artifact, build) {
            Some(Piece::Output { stack, region, output }) => format!("files_of {release} {region} {stack} {output}"),
            Some(Piece::Text(name)) => format!("files_in {release} {}", word(&name)),
            _ => format!("files_in {release} ''"),
        }];
        let table = self.linked.stacks.iter().flat_map(|stack| &stack.owners);
        let table = table.filter(|(_, (component, local))| *component == artifact.component && local == "TagTable");
        said.extend(table.map(|(id, _)| format!("tags_in {id}")));
        said.extend(self.distribution(artifact).map(|at| format!("served_by {at}")));
        said
    }

    /// The region, the stack and the output of the distribution that serves a site.
    fn distribution(&self, artifact: &Artifact) -> Option<String> {
        let mut value = self.published(&artifact.component, "distribution_id")?;
        // One that a router serves has the router's.
        if let PublishedValue::Literal(Kind::Ref(Symbol::Attribute { component, attribute })) = value {
            value = self.published(component, attribute)?;
        }
        let PublishedValue::Output { stack, region, output, .. } = value else { return None };
        Some(format!("{region} {stack} {output}"))
    }

    fn published(&self, component: &str, attribute: &str) -> Option<&PublishedValue> {
        let all = self.linked.published.get(component)?;
        all.iter().find(|published| published.name == attribute).map(|published| &published.value)
    }
}
