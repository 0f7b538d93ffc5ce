//! Properties against AWS's own schemas.

mod codes;
mod eval;
mod pattern;
mod violation;
mod words;

pub use codes::*;

use super::scope::Scope;
use crate::aws::{self, Path, ResourceType};
use crate::cfn::{Resource, Target};
use crate::diag::{Diagnostic, Diagnostics};
use crate::value::{Kind, Value};

use eval::Eval;
use violation::{Violation, What};
use words::Words;

pub(super) use words::listed;

/// Checks every resource of a template.
pub(super) fn check(scope: &Scope<'_>, findings: &mut Diagnostics) {
    for resource in scope.resources.values() {
        if findings.is_full() {
            return;
        }
        check_resource(scope, resource, findings);
    }
}

/// Types of which nobody but their owner knows the properties: custom resources, modules, and those of other publishers.
fn is_private(name: &str) -> bool {
    !name.starts_with("AWS::") && !name.starts_with("Alexa::") || name.ends_with("::MODULE")
}

fn check_resource(scope: &Scope<'_>, resource: &Resource<Target>, findings: &mut Diagnostics) {
    let name = resource.type_name();
    let is_macro = !scope.is_closed && name.starts_with("AWS::Serverless::");
    if is_private(name) || is_macro {
        return;
    }
    let Some(of) = aws::resource_type(name) else {
        return findings.push(unknown_type(scope, resource));
    };
    if let Some(region) = scope.region.filter(|region| !of.stands_in(region)) {
        findings.push(not_in_region(scope, resource, region));
    }
    let mut eval = Eval::new(scope, of);
    let mut violations = eval.violations(&of.schema, &resource.properties);
    violations.extend(read_only(of, &resource.properties));
    // What is wrong by itself would be wrong by every rule about it as well.
    if violations.is_empty() {
        for rule in of.rules.iter().filter(|rule| !is_ignored(resource, rule.id)) {
            at_path(&mut eval, &rule.path, 0, &resource.properties, &mut |eval, value| {
                violations.extend(eval.breaks(rule, value));
            });
        }
    }
    let words = Words { scope, resource, of };
    violations.into_iter().for_each(|violation| findings.push(words.finding(violation)));
}

/// Whether the resource's own metadata excepts it from a rule of cfn-lint.
fn is_ignored(resource: &Resource<Target>, rule: &str) -> bool {
    let metadata = resource.attribute("Metadata");
    let ignored = metadata.and_then(|m| m.at(&["cfn-lint", "config", "ignore_checks"])).map(Value::items);
    ignored.unwrap_or_default().iter().any(|id| id.as_text() == Some(rule))
}

/// Calls `f` on every value at a path.
fn at_path<'a>(
    eval: &mut Eval<'a>,
    path: &Path,
    step: usize,
    value: &'a Value<Target>,
    f: &mut impl FnMut(&mut Eval<'a>, &'a Value<Target>),
) {
    match path.0.get(step) {
        None => f(eval, value),
        Some(&"*") => {
            for (at, item) in value.items().iter().enumerate() {
                eval.below(at.to_string(), |eval| at_path(eval, path, step + 1, item, f));
            }
        }
        Some(key) => {
            if let Some(entry) = value.entry(key) {
                eval.below(entry.key.as_str(), |eval| at_path(eval, path, step + 1, &entry.value, f));
            }
        }
    }
}

/// Properties that only AWS sets.
fn read_only(of: &ResourceType, properties: &Value<Target>) -> Vec<Violation> {
    let written = properties.entries().iter().filter(|entry| {
        let is = |path: &Path| path.0 == [entry.key.as_str()];
        of.read_only.iter().any(is) && !of.create_only.iter().any(is) && !of.write_only.iter().any(is)
    });
    written.map(|e| Violation { path: e.key.clone(), at: e.key_origin, what: What::ReadOnly, rule: None }).collect()
}

fn unknown_type(scope: &Scope<'_>, resource: &Resource<Target>) -> Diagnostic {
    let name = resource.type_name();
    let title = format!("`{}` is of the type `{name}`, which AWS has not published", resource.id);
    let origin = resource.resource_type.origin;
    let diagnostic = Diagnostic::error(CFN400, title)
        .at_origin(scope.origins, origin, &[scope.owner(&resource.id)], "no type of CloudFormation")
        .note(format!("known are the types in {}", aws::source()));
    let near = aws::nearest(name);
    match (near, &resource.resource_type.kind, scope.origins.spans(origin).first()) {
        (Some(near), Kind::Text(_), Some(span)) if scope.is_written(origin) => {
            diagnostic.help(format!("did you mean `{near}`?")).edit(*span, near)
        }
        (Some(near), ..) => diagnostic.help(format!("did you mean `{near}`?")),
        (None, ..) => diagnostic.help("`reggie-cfn schema resource` lists all types"),
    }
}

fn not_in_region(scope: &Scope<'_>, resource: &Resource<Target>, region: &str) -> Diagnostic {
    let title = format!("`{}` is of the type `{}`, which `{region}` does not have", resource.id, resource.type_name());
    Diagnostic::warning(CFN401, title)
        .at_origin(scope.origins, resource.resource_type.origin, &[scope.owner(&resource.id)], "not in this region")
        .note(format!("by {}; AWS adds regions to services all the time", aws::source()))
        .help("if AWS offers it there by now, nothing needs to be done; otherwise place it in another region")
}
