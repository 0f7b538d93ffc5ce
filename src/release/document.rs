//! `release.json`: the parameters of a release, as `aws cloudformation deploy --parameter-overrides file://…` reads them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::place::Place;
use super::plan::Package;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean, quote_list};
use crate::source::{FileId, Sources, Span, offset};
use crate::yaml;

/// `CFN508`: a value that names no code, or code that may change.
pub const CFN508: Code = Code {
    id: "CFN508",
    explanation: "a file of a release does not say which code is meant\n\n\
        A release is a JSON file, `{\"Parameters\": {…}}`: for a zip function `<Component>Code` and for a site `<Component>Build`, each a SHA-256 of 64 hexadecimal \
        digits as `package` wrote it; for an image `<Component>Image`, `<repository>@sha256:<digest>`, in a repository of the region that the function is in. An image \
        by its tag is refused: a tag can move, CloudFormation would see no change when it does, and going back to an earlier release would bring back \
        nothing.",
};

/// `CFN509`: a value for nothing.
pub const CFN509: Code = Code {
    id: "CFN509",
    explanation: "a file of a release has a value that the stage has no use for\n\n\
        Names are those of components, or what `logical_id` says, with `Code`, `Image` or `Build` behind them. A value of another name is left out: it may be that of a \
        component which is gone, or of another stage, or misspelt.",
};

/// `CFN512`: a release that would not be whole.
pub const CFN512: Code = Code {
    id: "CFN512",
    explanation: "a component has no value in the release\n\n\
        `package STAGE COMPONENT…` packs the named components alone; all others keep the values that `release.json` has of them. One that was never packed has none, \
        and a stack cannot be deployed without.",
};

/// The parameters of a release by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Values {
    /// The parameters.
    #[serde(rename = "Parameters")]
    pub parameters: BTreeMap<String, String>,
}

impl Values {
    /// The file: one name a line.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// A release that was given, and where each value of it stands.
#[derive(Debug, Default)]
pub struct Given {
    values: BTreeMap<String, (String, Span)>,
}

impl Given {
    /// Reads a file of a release; reports one that is none.
    pub fn read(file: FileId, sources: &Sources, findings: &mut Diagnostics) -> Option<Given> {
        let source = sources.file(file);
        let title = format!("`{}` is no release", source.path);
        let help = "it is a map `{\"Parameters\": {…}}` of texts, as `package` writes it";
        let parsed: Values = match serde_json::from_str(&source.text) {
            Ok(values) => values,
            Err(error) => {
                let at = offset(&source.text, error.line(), error.column());
                let said = error.to_string();
                let said = said.split(" at line ").next().unwrap_or_default();
                let diagnostic = Diagnostic::error(CFN508, format!("{title}: {said}"));
                findings.push(diagnostic.at(Span::new(file, at, at), "up to here").help(help));
                return None;
            }
        };
        // What is JSON is YAML, whose reader knows places.
        let tree = yaml::parse_template(&source.text).ok();
        let place = |name: &str| {
            let node = tree.as_ref().and_then(|tree| tree.get("Parameters")).and_then(|all| all.get(name));
            node.map_or(Span::new(file, 0, 0), |node| Span { file, ..node.span })
        };
        let values = parsed.parameters.into_iter().map(|(name, value)| {
            let span = place(&name);
            (name, (value, span))
        });
        Some(Given { values: values.collect() })
    }

    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, parameter: &str) -> Option<&str> {
        self.values.get(parameter).map(|(value, _)| value.as_str())
    }

    /// Reports values that name no code, and those that nothing takes.
    pub fn check(&self, packages: &[Package<'_>], findings: &mut Diagnostics) {
        for (name, (value, span)) in &self.values {
            match packages.iter().find(|package| package.artifact.parameter == *name) {
                Some(package) => check_form(package, value, *span, findings),
                None => findings.push(unknown(name, *span, packages)),
            }
        }
    }
}

fn unknown(name: &str, span: Span, packages: &[Package<'_>]) -> Diagnostic {
    let known: Vec<&str> = packages.iter().map(|package| package.artifact.parameter.as_str()).collect();
    let title = format!("the release has a value of `{name}`, which the stage does not have");
    let diagnostic = Diagnostic::warning(CFN509, title).at(span, "left out");
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("remove it; the stage has {}", quote_list(&known))),
    }
}

/// What a value must be.
const DIGEST_LENGTH: usize = 64;

fn is_digest(text: &str) -> bool {
    text.len() == DIGEST_LENGTH && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// The region of a repository of ECR.
fn region(repository: &str) -> Option<&str> {
    let (host, _) = repository.split_once('/')?;
    let (account, rest) = host.split_once(".dkr.ecr.")?;
    let (region, domain) = rest.split_once('.')?;
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    (is_account && matches!(domain, "amazonaws.com" | "amazonaws.com.cn")).then_some(region)
}

fn check_form(package: &Package<'_>, value: &str, span: Span, findings: &mut Diagnostics) {
    let artifact = package.artifact;
    let name = &artifact.parameter;
    let origins = &package.place.compiled.origins;
    let finding = |title: String, label: &str| {
        let diagnostic = Diagnostic::error(CFN508, title).at(span, label);
        diagnostic.context_if_known(origins, Some(package.place.origin), "what runs it")
    };
    if !name.ends_with("Image") {
        if !is_digest(value) {
            let title = format!("the value of `{name}` is no SHA-256");
            findings.push(
                finding(title, "not 64 hexadecimal digits")
                    .help(format!("remove it, so that `package` makes it, or take it from another `{}`", super::FILE)),
            );
        }
        return;
    }
    match value.split_once("@sha256:") {
        Some((repository, digest)) if is_digest(digest) => {
            let Some(found) = region(repository) else {
                let title = format!("the image of `{name}` is in no repository of Amazon ECR");
                findings.push(
                    finding(title, "no repository of ECR")
                        .note("source: Lambda Developer Guide, \"Create a Lambda function using a container image\"")
                        .help("push it to a repository of ECR, such as that of the bootstrap stack"),
                );
                return;
            };
            if !artifact.regions.contains(found) {
                let wanted: Vec<&String> = artifact.regions.iter().collect();
                let title =
                    format!("the image of `{name}` is in `{found}`, and the function in {}", quote_list(&wanted));
                findings.push(
                    finding(title, "in another region")
                        .note("Lambda takes images from its own region only")
                        .help("push it to a repository of that region"),
                );
            }
        }
        Some(_) => {
            let title = format!("the digest of the image of `{name}` is no SHA-256");
            findings.push(finding(title, "not 64 hexadecimal digits").help("write the digest as ECR has it"));
        }
        None => {
            let title = format!("the value of `{name}` names an image by a tag, which may move");
            let name = value.rsplit('/').next().unwrap_or_default();
            let (repository, tag) = name.split_once(':').unwrap_or((name, "latest"));
            findings.push(
                finding(title, "no digest")
                    .note("CloudFormation sees no change when a tag moves, and going back would bring back nothing")
                    .help(format!(
                        "write `<repository>@sha256:…`, the digest that `aws ecr describe-images --repository-name {repository} \
                         --image-ids imageTag={tag} --query 'imageDetails[0].imageDigest'` prints"
                    )),
            );
        }
    }
}

/// Reports components that are not packed now and have no value from before.
pub fn check_whole(packages: &[Package<'_>], known: &BTreeSet<&str>, findings: &mut Diagnostics) {
    for package in packages.iter().filter(|package| !known.contains(package.artifact.parameter.as_str())) {
        let (name, parameter) = (&package.artifact.component, &package.artifact.parameter);
        let title = format!("`{name}` is not packed now, and `{}` has no `{parameter}`", super::FILE);
        let place = Place { ..package.place };
        findings.push(
            place
                .label(Diagnostic::error(CFN512, title), "its code")
                .help(format!("name `{name}` too, or no component, so that all are packed")),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_one_name_a_line() {
        let parameters = [("B", "2"), ("A", "1")].map(|(k, v)| (k.to_owned(), v.to_owned())).into_iter().collect();
        let text = Values { parameters }.text();
        assert_eq!(text, "{\n  \"Parameters\": {\n    \"A\": \"1\",\n    \"B\": \"2\"\n  }\n}\n");
        assert_eq!(Values::default().text(), "{\n  \"Parameters\": {}\n}\n");
    }

    #[test]
    fn repositories_have_regions() {
        assert_eq!(region("123456789012.dkr.ecr.eu-west-2.amazonaws.com/reggie"), Some("eu-west-2"));
        assert_eq!(region("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b"), Some("cn-north-1"));
        for other in ["docker.io/library/a", "reggie", "12.dkr.ecr.eu-west-2.amazonaws.com/a", "public.ecr.aws/a/b"] {
            assert_eq!(region(other), None, "{other}");
        }
    }
}
