//! Deployment files for Git sync of CloudFormation: one a stack, with the three keys that it takes.

use crate::cfn::{Parameter, ParameterSource};
use crate::compile::Compiled;
use crate::emit::Files;
use crate::link::Stack;
use crate::yaml::{self, Doc};

/// The folder of the files.
const FOLDER: &str = "deployments";

/// The files of a stage's stacks; `out` is where its folder is, from the root of the repository.
#[must_use]
pub fn files(compiled: &Compiled, out: &str) -> Files {
    let (manifest, stage) = (&compiled.model.manifest, &compiled.model.stage.name.value);
    let tags = Doc::Map(manifest.stack_tags().map(|(key, value)| (key.to_owned(), Doc::text(value))).collect());
    let file = |stack: &Stack| {
        let template = format!("{out}/{stage}/{}", stack.file);
        let parameters = stack.template.parameters.iter().map(|parameter| (parameter.name.clone(), Doc::text("")));
        let entries = vec![
            ("template-file-path".to_owned(), Doc::text(&template)),
            ("parameters".to_owned(), Doc::Map(parameters.collect())),
            ("tags".to_owned(), tags.clone()),
        ];
        let sources: String = stack.template.parameters.iter().map(source).collect();
        let head =
            format!("# The stack {} in {}, for Git sync of CloudFormation.\n{sources}", stack.name, stack.id.region);
        (format!("{FOLDER}/{stage}/{}", stack.file), head + &yaml::print(&Doc::Map(entries)))
    };
    compiled.linked.stacks.iter().map(file).collect()
}

/// A line that says where a parameter's value comes from: Git sync takes texts, and looks nothing up.
fn source(parameter: &Parameter) -> String {
    let from = match &parameter.source {
        ParameterSource::Release => {
            "of the release, as .reggie-cfn/<stage>/release.json and the bootstrap say it".to_owned()
        }
        ParameterSource::Input => "an input of the stage".to_owned(),
        ParameterSource::Output { stack, region, output } => format!("the output {output} of {stack} in {region}"),
    };
    format!("# {}: {from}\n", parameter.name)
}
