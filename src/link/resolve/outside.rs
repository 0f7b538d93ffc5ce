//! What comes from outside of the stage's stacks: parameters that a release or the deploy fills, what all stages share, and
//! secrets.

use super::super::place::CFN001;
use super::{At, Resolver};
use crate::cfn::{Parameter, ParameterSource, Target};
use crate::diag::Diagnostic;
use crate::manifest::Kept;
use crate::origin::OriginId;
use crate::part::shared;
use crate::value::Value;

impl Resolver<'_> {
    #[allow(clippy::too_many_arguments, reason = "the parts of a parameter, once")]
    pub(super) fn parameter(
        &self,
        name: String,
        description: String,
        pattern: Option<Value<Target>>,
        source: ParameterSource,
        list: bool,
        origin: OriginId,
        at: At<'_>,
    ) -> Value<Target> {
        let said = match &source {
            ParameterSource::Output { .. } => {
                self.origins.derived("a parameter that holds an output says which one", [origin])
            }
            ParameterSource::Input => {
                self.model.manifest.inputs.get(&name).map_or(origin, |declared| declared.purpose.origin)
            }
            ParameterSource::Release => origin,
        };
        let parameter = Parameter { name: name.clone(), description: Value::text(said, description), pattern, source };
        let mut needs = self.needs.borrow_mut();
        let parameters = &mut needs.entry(at.stack.clone()).or_default().parameters;
        let known = parameters.entry(name.clone()).or_insert_with(|| parameter.clone());
        if known.source != parameter.source {
            let title = format!("the stack `{}` needs two parameters of the name `{name}`", at.stack.word());
            let diagnostic = Diagnostic::error(CFN001, title)
                .at_origin(self.origins, origin, &[], "needs one of them")
                .context_if_known(self.origins, Some(known.description.origin), "needs the other");
            let help = "rename the input, or the component that the name is made from";
            self.findings.borrow_mut().push(diagnostic.help(help));
        }
        Value::reference(origin, if list { Target::ParameterList(name) } else { Target::Ref(name) })
    }

    pub(super) fn input(&self, name: &str, origin: OriginId, at: At<'_>) -> Value<Target> {
        let declared = self.model.manifest.inputs.get(name);
        let description = declared.map(|i| i.purpose.value.clone()).unwrap_or_default();
        let pattern = declared.and_then(|i| i.pattern.as_ref()).map(|p| Value::text(p.origin, p.value.clone()));
        self.parameter(name.to_owned(), description, pattern, ParameterSource::Input, false, origin, at)
    }

    /// A parameter that the release fills; its name says what it must look like.
    pub(super) fn release(&self, name: &str, origin: OriginId, at: At<'_>) -> Value<Target> {
        let (description, pattern) = if let Some(component) = name.strip_suffix("Code") {
            (format!("SHA-256 of what the zip of {component} holds, its name in the artifact bucket"), "[0-9a-f]{64}")
        } else if let Some(component) = name.strip_suffix("Image") {
            let digest = r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[a-z0-9._/-]+@sha256:[0-9a-f]{64}";
            (format!("Image of {component} by digest, in the registry of this region"), digest)
        } else if let Some(component) = name.strip_suffix("Build") {
            (
                format!("SHA-256 of what the build of {component} left, its folder in the artifact bucket"),
                "[0-9a-f]{64}",
            )
        } else {
            ("Bucket of this region that holds the zips".to_owned(), "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
        };
        let rule = self.origins.derived("code comes with a release, never with the template", [origin]);
        let pattern = Some(Value::text(rule, pattern));
        self.parameter(name.to_owned(), description, pattern, ParameterSource::Release, false, rule, at)
    }

    /// An output of the bootstrap: an import in the region that it stands in, a parameter in any other.
    pub(super) fn bootstrap(&self, output: &str, origin: OriginId, at: At<'_>) -> Value<Target> {
        let (project, home) = (&self.model.manifest.project.value, &self.model.manifest.region.value);
        if at.stack.region == *home {
            let export = shared::export(project, output);
            self.needs.borrow_mut().entry(at.stack.clone()).or_default().imports.insert(export.clone());
            return Value::reference(origin, Target::Import(export));
        }
        let (stack, region, output) = (shared::stack(project), home.clone(), output.to_owned());
        let description = format!("Output {output} of the stack {stack} in {region}, read at every deploy");
        let name = format!("Bootstrap{output}");
        let source = ParameterSource::Output { stack, region, output };
        self.parameter(name, description, None, source, false, origin, at)
    }

    pub(super) fn secret(&self, name: &str, attribute: &str, origin: OriginId, at: At<'_>) -> Value<Target> {
        let Some(secret) = self.model.manifest.secrets.get(name) else {
            return self.leads_nowhere(format!("there is no secret `{name}`"), origin);
        };
        if at.stack.region != self.model.manifest.region.value {
            let mut elsewhere = self.secrets_elsewhere.borrow_mut();
            elsewhere.entry(at.stack.region.clone()).or_default().insert(name.to_owned());
        }
        let (project, stage) = (&self.model.manifest.project, &self.model.stage.secrets_from);
        let from = [origin, secret.store.origin, project.origin, stage.origin];
        let made = self.origins.derived("where a secret's value is kept", from);
        let text = |t: &str| Value::text(made, t);
        let arn = |service: &str, resource: String| {
            let text = format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}");
            Value::composed(made, &text, [])
        };
        let value = match (secret.kept(name, project, stage), attribute) {
            (Kept::Parameter(parameter), "name") => text(&parameter),
            (Kept::Parameter(parameter), "arn") => arn("ssm", format!("parameter{parameter}")),
            (Kept::Parameter(parameter), _) => text(&format!("{{{{resolve:ssm:{parameter}}}}}")),
            (Kept::Key { secret, .. }, "name") => text(&secret),
            // Secrets Manager adds a hyphen and six characters to the name.
            (Kept::Key { secret, .. }, "arn") => arn("secretsmanager", format!("secret:{secret}-??????")),
            (Kept::Key { secret, key }, _) => {
                text(&format!("{{{{resolve:secretsmanager:{secret}:SecretString:{key}}}}}"))
            }
        };
        self.value(value, at)
    }
}
