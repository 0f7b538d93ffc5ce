//! Words for what AWS's schemas find.

use super::super::scope::Scope;
use super::codes::*;
use super::violation::{Size, Violation, What};
use crate::aws::{ResourceType, Types};
use crate::cfn::{Resource, Target};
use crate::diag::{Code, Diagnostic, did_you_mean, either, quote_list};

/// One resource, and how to speak of it.
pub(super) struct Words<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) resource: &'a Resource<Target>,
    pub(super) of: &'static ResourceType,
}

/// The most values that a message lists.
const MOST: usize = 12;

impl Words<'_> {
    /// The finding of a violation.
    pub(super) fn finding(&self, violation: Violation) -> Diagnostic {
        let Violation { path, at, what } = violation;
        let id = &self.resource.id;
        let of = self.of.name;
        let whose = match path.as_str() {
            "" => format!("`{id}`"),
            path => format!("`{path}` of `{id}`"),
        };
        let new = |code: Code, title: String, label: &str| {
            Diagnostic::error(code, title).at_origin(self.scope.origins, at, &[self.scope.owner(id)], label)
        };
        match what {
            What::Unknown { key, known } => {
                let title = match path.as_str() {
                    "" => format!("`{id}` has the property `{key}`, which `{of}` does not have"),
                    _ => format!("{whose} holds `{key}`, which `{of}` does not have there"),
                };
                let diagnostic = new(CFN402, title, "no such property");
                match did_you_mean(&key, known.iter().copied()) {
                    Some(near) => {
                        let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                        match self.scope.written(at, &key) {
                            Some(span) => diagnostic.edit(span, near),
                            None => diagnostic,
                        }
                    }
                    None if known.is_empty() => diagnostic.help("remove it"),
                    None if known.len() <= MOST => diagnostic.help(format!("it takes {}", quote_list(&known))),
                    None => diagnostic.help(self.ask()),
                }
            }
            What::Missing(keys) => {
                let title = format!("{whose} lacks {}, which `{of}` requires", quote_list(&keys));
                new(CFN403, title, "incomplete").help(format!("write {}", quote_list(&keys)))
            }
            What::Type { wanted, is } => {
                let title = format!("{whose} is {is}, and `{of}` takes {} there", kinds(wanted));
                new(CFN404, title, "another kind of value").help(format!("write {}", kinds(wanted)))
            }
            What::Gives { wanted, gives } => {
                let title = format!(
                    "{whose} is a reference that gives {}, and `{of}` takes {} there",
                    kinds(gives),
                    kinds(wanted)
                );
                new(CFN412, title, "gives another kind of value").help("refer to another attribute")
            }
            What::Means { wanted, gives } => {
                let wanted = if wanted.contains("::") { format!("`{wanted}`") } else { wanted.to_owned() };
                let title = format!("{whose} refers to {gives}, and `{of}` takes {wanted} there");
                new(CFN412, title, "gives something else")
                    .note("what `Ref` and `GetAtt` give stands in the resource type's reference, \"Return values\"")
                    .help(if wanted.ends_with(".Arn`") || wanted == "an ARN" {
                        "refer to its ARN, with `GetAtt`".to_owned()
                    } else {
                        format!("refer to something that gives {wanted}")
                    })
            }
            What::Enum { is, known } => {
                let title = format!("{whose} is {is}, which `{of}` does not take there");
                let names: Vec<&str> = known.iter().map(String::as_str).collect();
                let diagnostic = new(CFN405, title, "none of its values");
                let near = did_you_mean(is.trim_matches('`'), names.iter().copied());
                let diagnostic = match near {
                    Some(near) => {
                        let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                        match self.scope.written(at, is.trim_matches('`')) {
                            Some(span) => diagnostic.edit(span, near),
                            None => diagnostic,
                        }
                    }
                    None => diagnostic,
                };
                match names.len() {
                    0..=MOST => diagnostic.help(format!("write {}", one_of(&names))),
                    _ if near.is_some() => diagnostic,
                    _ => diagnostic.help(self.ask()),
                }
            }
            What::Pattern { is, pattern } => {
                let title = format!("{whose} is {is}, which has not the form that `{of}` takes");
                new(CFN406, title, "does not match").help(format!("write a text that matches `{pattern}`"))
            }
            What::Size { what, is, wanted } => {
                let (verb, unit) = match what {
                    Size::Number => ("is", ""),
                    Size::Characters => ("has", " characters"),
                    Size::Items => ("has", " items"),
                    Size::Keys => ("has", " keys"),
                };
                let title = format!("{whose} {verb} {is}{unit}, and `{of}` takes {wanted}{unit}");
                new(CFN407, title, "out of bounds").help(format!("the bounds are {wanted}{unit}"))
            }
            What::Twice { item } => {
                let title = format!("{whose} holds {item} twice, and `{of}` takes each item once");
                new(CFN408, title, "is there already").help("remove one of them")
            }
            What::Exclusive { keys } => {
                let title = format!("{whose} has {}, of which `{of}` takes one", quote_list(&keys));
                new(CFN409, title, "one too many").help("remove all but one of them")
            }
            What::OneOfKeys { keys } => {
                let title = format!("{whose} has none of {}, of which `{of}` needs one", quote_list(&keys));
                new(CFN409, title, "incomplete").help(format!("write {}", one_of(&keys)))
            }
            What::Needs { key, needs } => {
                let title = format!("{whose} has `{key}`, which needs `{needs}` beside it");
                new(CFN409, title, "not alone").help(format!("write `{needs}`, or remove `{key}`"))
            }
            What::Excludes { key, excluded } => {
                let title = format!("{whose} has `{excluded}`, which cannot stand beside `{key}`");
                new(CFN409, title, "excluded").help(format!("remove `{excluded}` or `{key}`"))
            }
            What::Never => new(CFN409, format!("{whose} cannot be set here"), "not allowed here").help("remove it"),
            What::NoAlternative => {
                let title = format!("{whose} is none of the alternatives that `{of}` takes there");
                new(CFN409, title, "fits no alternative").help(self.ask())
            }
            What::TwoAlternatives => {
                let title = format!("{whose} fits more than one alternative, and `{of}` takes exactly one there");
                new(CFN409, title, "more than one").help("remove what belongs to the others")
            }
            What::Excluded { is } => {
                new(CFN409, format!("{whose} is {is}, which `{of}` excludes"), "excluded").help("write another")
            }
            What::Rule { id: rule, text } => {
                let text = text.trim_end_matches('.');
                let severity =
                    if rule.starts_with('W') { crate::diag::Severity::Warning } else { crate::diag::Severity::Error };
                let title = format!("{whose} breaks a rule of `{of}`: {}", lower(text));
                Diagnostic::new(severity, CFN411, title)
                    .at_origin(self.scope.origins, at, &[self.scope.owner(id)], "by this value")
                    .note(format!("the rule is {rule} of cfn-lint"))
                    .help(format!("change what the rule is about, or what it depends on; {}", self.ask()))
            }
            What::ReadOnly => {
                let title = format!("{whose} is written, and only AWS sets it");
                new(CFN410, title, "only AWS sets it").help("remove it; `GetAtt` reads it")
            }
        }
    }

    fn ask(&self) -> String {
        format!("`reggie-cfn schema resource {}` prints what it takes", self.of.name)
    }
}

/// The first letter small, unless it begins a name in capitals.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

/// One of several names: `` `a`, `b` or `c` ``.
fn one_of(names: &[&str]) -> String {
    either(&names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>())
}

fn kinds(types: Types) -> String {
    let names: Vec<&str> = types.names().collect();
    names.join(" or ")
}
