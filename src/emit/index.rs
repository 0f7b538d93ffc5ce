//! The index of a stage's folder: stacks in the order of deployment, with what a deploy must know of each.

use super::manifest::value;
use super::{Files, MANIFEST, stack_policy};
use crate::cfn::ParameterSource;
use crate::component::{Check, StackName};
use crate::digest::Digest;
use crate::dns::plan;
use crate::link::{Build, BuiltFiles, Linked, Piece, Stack, StageOutput};
use crate::manifest::Acknowledged;
use crate::model::Model;
use crate::setting::Any;
use crate::yaml::Doc;

pub(super) fn document(model: &Model, linked: &Linked, files: &Files) -> Doc {
    let manifest = &model.manifest;
    let mut top = vec![
        ("project".to_owned(), Doc::text(&manifest.project.value)),
        ("stage".to_owned(), Doc::text(&model.stage.name.value)),
        ("region".to_owned(), Doc::text(&manifest.region.value)),
    ];
    if let Some(account) = &model.stage.account {
        top.push(("account".to_owned(), Doc::text(&account.value)));
    }
    let tags = manifest.stack_tags().map(|(key, value)| (key.to_owned(), Doc::text(value)));
    top.push(("tags".to_owned(), Doc::Map(tags.collect())));
    top.push(("manifest".to_owned(), file(MANIFEST, files)));
    top.push(("stacks".to_owned(), Doc::Seq(linked.stacks.iter().map(|s| stack(s, model, files)).collect())));
    let plans: Vec<Doc> =
        files.keys().filter(|name| name.ends_with(plan::ENDING)).map(|name| file(name, files)).collect();
    if !plans.is_empty() {
        top.push(("dns".to_owned(), Doc::Seq(plans)));
    }
    if !manifest.acknowledge.is_empty() {
        let entries = manifest.acknowledge.iter().map(|(key, entry)| (key.clone(), acknowledged(entry)));
        top.push(("acknowledged".to_owned(), Doc::Map(entries.collect())));
    }
    if !linked.builds.is_empty() {
        top.push(("builds".to_owned(), Doc::Seq(linked.builds.iter().map(|b| build(b, files)).collect())));
    }
    if !linked.outputs.is_empty() {
        let output = |at: &StageOutput| {
            // Two stacks may share a name in two regions.
            let region = (at.region != manifest.region.value).then(|| ("region", Doc::text(&at.region)));
            let entries = [("stack", Doc::text(&at.stack)), ("output", Doc::text(&at.output))];
            Doc::map(entries.into_iter().chain(region))
        };
        let outputs = linked.outputs.iter().map(|(label, at)| (label.clone(), output(at)));
        top.push(("outputs".to_owned(), Doc::Map(outputs.collect())));
    }
    if !linked.checks.is_empty() {
        let check = |(component, check): &(String, Check)| {
            Doc::map([
                ("component", Doc::text(component)),
                ("url", Doc::text(&check.url)),
                ("status", Doc::Int(check.status.into())),
            ])
        };
        top.push(("checks".to_owned(), Doc::Seq(linked.checks.iter().map(check).collect())));
    }
    Doc::Map(top)
}

/// A change that the stage lets pass.
fn acknowledged(entry: &Acknowledged) -> Doc {
    let to = |to: &Any| value(&to.0);
    let one = entry
        .property
        .as_ref()
        .map(|property| (property.value.clone(), entry.to.as_ref().map_or(Doc::text("none"), to)));
    let several = entry.properties.iter().map(|(property, value)| (property.clone(), to(value)));
    let properties: Vec<(String, Doc)> = one.into_iter().chain(several).collect();
    let mut entries = vec![("change", Doc::text(entry.change.value.word()))];
    if !properties.is_empty() {
        entries.push(("properties", Doc::Map(properties)));
    }
    entries.push(("reason", Doc::text(&entry.reason.value)));
    Doc::map(entries)
}

fn stack(stack: &Stack, model: &Model, files: &Files) -> Doc {
    let mut entries = vec![
        ("name", Doc::text(&stack.name)),
        ("region", Doc::text(&stack.id.region)),
        ("template", file(&stack.file, files)),
        ("termination_protection", Doc::Bool(model.stage.protect.value)),
    ];
    let policy = stack_policy::file(stack);
    if files.contains_key(&policy) {
        entries.push(("stack_policy", file(&policy, files)));
    }
    let capabilities = stack.capabilities();
    if !capabilities.is_empty() {
        entries.push(("capabilities", Doc::Seq(capabilities.into_iter().map(Doc::text).collect())));
    }
    if matches!(stack.id.kind, StackName::Jobs | StackName::After) {
        let functions = stack.template.resources.iter().filter(|r| r.type_name() == "AWS::Lambda::Function");
        entries.push(("invoke", Doc::Seq(functions.map(|r| Doc::text(&r.id)).collect())));
    }
    if !stack.empty_before_delete.is_empty() {
        entries.push(("empty_before_delete", Doc::Seq(stack.empty_before_delete.iter().map(Doc::text).collect())));
    }
    if !stack.template.parameters.is_empty() {
        let parameters = stack.template.parameters.iter().map(|p| (p.name.clone(), source(&p.source)));
        entries.push(("parameters", Doc::Map(parameters.collect())));
    }
    if !stack.imports.is_empty() {
        entries.push(("imports", Doc::Seq(stack.imports.iter().map(Doc::text).collect())));
    }
    let exports: Vec<Doc> = stack
        .template
        .outputs
        .iter()
        .filter_map(|o| o.export.as_ref().and_then(|e| e.as_text()).map(Doc::text))
        .collect();
    if !exports.is_empty() {
        entries.push(("exports", Doc::Seq(exports)));
    }
    Doc::map(entries)
}

/// A build, with what of its environment is found only when deployed.
fn build(build: &Build, files: &Files) -> Doc {
    let mut entries = vec![
        ("component", Doc::text(&build.component)),
        ("path", Doc::text(&build.path)),
        ("environment", file(&format!("{}.build.env", build.site), files)),
    ];
    let made = [("command", &build.command), ("zip", &build.zip), ("release", &build.release)];
    for (at, (key, text)) in made.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?))).enumerate() {
        entries.insert(2 + at, (key, Doc::text(text)));
    }
    if let Some(built) = &build.files {
        entries.push(("files", files_of(built)));
    }
    let open = build.environment.iter().filter(|(_, pieces)| pieces.iter().any(|p| !matches!(p, Piece::Text(_))));
    let filled: Vec<(String, Doc)> =
        open.map(|(name, pieces)| (name.clone(), Doc::Seq(pieces.iter().map(piece).collect()))).collect();
    if !filled.is_empty() {
        entries.push(("filled", Doc::Map(filled)));
    }
    Doc::map(entries)
}

/// The files for a bucket: what is in `folder` goes below `prefix`, with the header of the first pattern that fits.
fn files_of(built: &BuiltFiles) -> Doc {
    let rule =
        |(pattern, header): &(String, String)| Doc::map([("match", Doc::text(pattern)), ("header", Doc::text(header))]);
    let mut entries = vec![("folder", Doc::text(&built.folder))];
    entries.extend(built.bucket.first().map(|bucket| ("bucket", piece(bucket))));
    if !built.prefix.is_empty() {
        entries.push(("prefix", Doc::text(&built.prefix)));
    }
    entries.push(("cache", Doc::Seq(built.cache.iter().map(rule).collect())));
    Doc::map(entries)
}

fn piece(piece: &Piece) -> Doc {
    match piece {
        Piece::Text(text) => Doc::map([("text", Doc::text(text))]),
        Piece::Output { stack, region, output } => Doc::map([
            ("from", Doc::text("output")),
            ("stack", Doc::text(stack)),
            ("region", Doc::text(region)),
            ("output", Doc::text(output)),
        ]),
        Piece::Parameter { name, key: None } => Doc::map([("from", Doc::text("ssm")), ("name", Doc::text(name))]),
        Piece::Parameter { name, key: Some(key) } => {
            Doc::map([("from", Doc::text("secrets_manager")), ("name", Doc::text(name)), ("key", Doc::text(key))])
        }
        Piece::Input(name) => Doc::map([("from", Doc::text("inputs")), ("name", Doc::text(name))]),
    }
}

fn source(source: &ParameterSource) -> Doc {
    match source {
        ParameterSource::Release => Doc::map([("from", Doc::text("release"))]),
        ParameterSource::Input => Doc::map([("from", Doc::text("inputs"))]),
        ParameterSource::Output { stack, region, output } => Doc::map([
            ("from", Doc::text("output")),
            ("stack", Doc::text(stack)),
            ("region", Doc::text(region)),
            ("output", Doc::text(output)),
        ]),
    }
}

/// A file and the digest of its text.
pub(super) fn file(name: &str, files: &Files) -> Doc {
    let text = files.get(name).map(String::as_str).unwrap_or_default();
    Doc::map([("file", Doc::text(name)), ("sha256", Doc::text(Digest::of(text).to_string()))])
}
