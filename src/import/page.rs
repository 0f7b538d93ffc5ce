//! What is taken over, for people and for programs, with the commands that do it.

use serde_json::{Value as Json, json as object};

use super::{Import, Taken, resources};
use crate::aws;
use crate::compile::Compiled;
use crate::diag::quote_list;

/// Types that hold no data, and that something which does cannot be without.
const BESIDE_DATA: &[&str] = &["AWS::RDS::DBSubnetGroup", "AWS::RDS::DBInstance"];

/// A file of ids to fill in: what holds data, and what that stands on.
#[must_use]
pub fn skeleton(compiled: &Compiled) -> String {
    let mut page = format!(
        "# What `{}` takes over: write the ids that these have in AWS. What stays a comment is made anew.\n",
        compiled.model.stage.name.value
    );
    for (key, (_, resource)) in resources(compiled) {
        let Some(facts) = aws::resource_type(resource.type_name()) else { continue };
        if !facts.stateful && !BESIDE_DATA.contains(&facts.name) {
            continue;
        }
        let names: Vec<&str> = facts.identifier.iter().filter_map(|path| path.0.last().copied()).collect();
        page.push_str(&format!("# {key}: {} of an {}\n", names.join(", "), facts.name));
    }
    page
}

/// The name of the change set.
const CHANGE_SET: &str = "import";

/// The commands of one stack, in their order. `folder` is where its files are.
fn commands(import: &Import<'_>, folder: &str) -> Vec<String> {
    let (stack, region) = (&import.stack.name, &import.stack.id.region);
    let on = format!("--region {region} --stack-name {stack} --change-set-name {CHANGE_SET}");
    let capabilities = import.stack.capabilities();
    let needs = import.taken.iter().any(|one| one.resource.type_name().starts_with("AWS::IAM::"));
    let capabilities = if needs { format!(" --capabilities {}", capabilities.join(" ")) } else { String::new() };
    let given = |name: &str| format!(" ParameterKey={name},ParameterValue=…");
    let parameters: String = import.parameters.iter().map(|parameter| given(&parameter.name)).collect();
    let parameters = if parameters.is_empty() { parameters } else { format!(" --parameters{parameters}") };
    let name = import.name();
    vec![
        format!(
            "aws cloudformation create-change-set {on} --change-set-type IMPORT --template-body file://{folder}/{name}.template.yaml \
             --resources-to-import file://{folder}/{name}.resources-to-import.json{parameters}{capabilities}"
        ),
        format!("aws cloudformation wait change-set-create-complete {on}"),
        format!(
            "aws cloudformation describe-change-set {on} --query 'Changes[].ResourceChange.[Action,LogicalResourceId,PhysicalResourceId]' --output text"
        ),
        format!("aws cloudformation execute-change-set {on}"),
        format!("aws cloudformation wait stack-import-complete --region {region} --stack-name {stack}"),
        format!("aws cloudformation detect-stack-drift --region {region} --stack-name {stack}"),
    ]
}

/// The commands that ask AWS what a resource is.
fn describe(import: &Import<'_>, one: &Taken<'_>) -> String {
    format!(
        "aws cloudcontrol get-resource --region {} --type-name {} --identifier '{}'",
        import.stack.id.region,
        one.resource.type_name(),
        one.id()
    )
}

/// The page for people. `folder` is where the files are.
#[must_use]
pub fn text(imports: &[Import<'_>], folder: &str) -> String {
    let mut page = String::new();
    for import in imports {
        let (count, stack, region) = (import.taken.len(), &import.stack.name, &import.stack.id.region);
        let plural = if count == 1 { "" } else { "s" };
        page.push_str(&format!("{stack} in {region} takes over {count} resource{plural}; it must not exist yet\n"));
        for one in &import.taken {
            page.push_str(&format!("  {}: {} {}\n", one.key, one.resource.type_name(), one.id()));
            if !one.must_match.is_empty() {
                let how = if one.is_compared { "compared with AWS" } else { "must be as the template says" };
                page.push_str(&format!("    a change makes it anew, or may; {how}: {}\n", quote_list(&one.must_match)));
            }
            if !one.left_out.is_empty() {
                page.push_str(&format!("    comes with the next deploy: {}\n", quote_list(&one.left_out)));
            }
        }
        let unknown: Vec<&Taken<'_>> =
            import.taken.iter().filter(|one| !one.is_compared && !one.must_match.is_empty()).collect();
        if !unknown.is_empty() {
            page.push_str("To compare, give what these print by --described:\n");
            unknown.iter().for_each(|one| page.push_str(&format!("  {}\n", describe(import, one))));
        }
        page.push_str("Then:\n");
        commands(import, folder).iter().for_each(|command| page.push_str(&format!("  {command}\n")));
    }
    page
}

/// The page for programs.
#[must_use]
pub fn json(compiled: &Compiled, imports: &[Import<'_>], folder: &str) -> String {
    let taken = |import: &Import<'_>, one: &Taken<'_>| {
        object!({
            "resource": one.key,
            "type": one.resource.type_name(),
            "logical_id": one.resource.id,
            "id": one.id(),
            "must_match": one.must_match,
            "left_out": one.left_out,
            "compared": one.is_compared,
            "describe": describe(import, one),
        })
    };
    let stack = |import: &Import<'_>| {
        object!({
            "stack": import.stack.name,
            "region": import.stack.id.region,
            "template": format!("{folder}/{}.template.yaml", import.name()),
            "resources_to_import": format!("{folder}/{}.resources-to-import.json", import.name()),
            "parameters": import.parameters.iter().map(|parameter| parameter.name.as_str()).collect::<Vec<_>>(),
            "resources": import.taken.iter().map(|one| taken(import, one)).collect::<Vec<Json>>(),
            "commands": commands(import, folder),
        })
    };
    let page = object!({
        "stage": compiled.model.stage.name.value,
        "stacks": imports.iter().map(stack).collect::<Vec<Json>>(),
    });
    format!("{page}\n")
}
