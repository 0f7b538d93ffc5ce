//! Words for what AWS's schemas find.

use super::super::scope::Scope;
use super::codes::*;
use super::violation::{Repair, Size, Violation, What};
use crate::aws::{self, Bound, ResourceType, Rule, Types};
use crate::cfn::{Resource, Target};
use crate::diag::{Code, Diagnostic, Severity, did_you_mean, either, quote_list};
use crate::origin::{Origin, OriginId};

/// One resource, and how to speak of it.
pub(super) struct Words<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) resource: &'a Resource<Target>,
    pub(super) of: &'static ResourceType,
}

/// The most names that a message lists.
const MOST: usize = 12;

/// Names, as what a message says of them; of too many, where they stand.
pub(in crate::verify) fn listed(says: &str, names: &[&str], of: &str) -> String {
    match names.len() {
        0..=MOST => format!("{says} {}", quote_list(names)),
        count => page(of, &format!("all {count}")),
    }
}

/// Where something about a type stands.
fn page(of: &str, what: &str) -> String {
    format!("`reggie-cfn schema resource {of}` prints {what}")
}

impl Words<'_> {
    /// The finding of a violation.
    pub(super) fn finding(&self, violation: Violation) -> Diagnostic {
        let Violation { path, at, what, rule } = violation;
        let diagnostic = match (&what, rule) {
            (What::NoAlternative, Some(_)) => self.together(&path, at),
            _ => self.words(&path, at, what),
        };
        let diagnostic = match rule {
            Some(rule) => Diagnostic {
                code: CFN411,
                severity: if rule.id.starts_with('W') { Severity::Warning } else { diagnostic.severity },
                ..diagnostic.note(said(rule))
            },
            None => diagnostic,
        };
        match self.scope.origins.get(at) {
            Origin::Template { .. } => diagnostic
                .note("the compiler wrote this part; where no override explains it, it is a bug of reggie-cfn: please report it"),
            _ => diagnostic,
        }
    }

    /// What a value is called.
    fn whose(&self, path: &str) -> String {
        match path {
            "" => format!("`{}`", self.resource.id),
            path => format!("`{path}` of `{}`", self.resource.id),
        }
    }

    /// Properties that are right, each by itself.
    fn together(&self, path: &str, at: OriginId) -> Diagnostic {
        let owner = self.scope.owner(&self.resource.id);
        Diagnostic::error(CFN411, format!("the properties of {} do not go together", self.whose(path)))
            .at_origin(self.scope.origins, at, &[owner], "do not go together")
            .help("change one of those that the rule is about")
    }

    fn words(&self, path: &str, at: OriginId, what: What) -> Diagnostic {
        let id = &self.resource.id;
        let of = self.of.name;
        let whose = self.whose(path);
        let new = |code: Code, title: String, label: &str| {
            Diagnostic::error(code, title).at_origin(self.scope.origins, at, &[self.scope.owner(id)], label)
        };
        match what {
            What::Unknown { key, known } => {
                let title = match path {
                    "" => format!("`{id}` has the property `{key}`, which `{of}` does not have"),
                    _ => format!("{whose} holds `{key}`, which `{of}` does not have there"),
                };
                let diagnostic = new(CFN402, title, "no such property");
                match did_you_mean(&key, known.iter().copied()) {
                    Some(near) => self.meant(diagnostic, at, &key, near),
                    None if known.is_empty() => diagnostic.help("remove it"),
                    None => diagnostic
                        .note(format!("known are the properties in {}", aws::source()))
                        .help(listed("it takes", &known, of)),
                }
            }
            What::Missing(keys) => {
                let title = format!("{whose} lacks {}, which `{of}` requires", quote_list(&keys));
                new(CFN403, title, "incomplete").help(format!("write {}", quote_list(&keys)))
            }
            What::Type { wanted, is, keys, repair } => {
                let title = format!("{whose} is {is}, and `{of}` takes {} there", kinds(wanted));
                let diagnostic = new(CFN404, title, "another kind of value");
                let maps = if wanted.meets(Types::ARRAY) { "a list of maps" } else { "a map" };
                let help = match (keys.len(), repair) {
                    (0, _) | (_, Some(_)) => format!("write {}", kinds(wanted)),
                    (1..=MOST, _) => format!("write {maps} with {}", quote_list(&keys)),
                    (count, _) => format!("write {maps}; {}", page(of, &format!("its {count} keys"))),
                };
                self.repaired(diagnostic.help(help), at, repair)
            }
            What::Gives { wanted, gives, repair } => {
                let (gives, takes) = (kinds(gives), kinds(wanted));
                let title = format!("{whose} is a reference that gives {gives}, and `{of}` takes {takes} there");
                let diagnostic = new(CFN412, title, "gives another kind of value");
                match repair {
                    Some(_) => self.repaired(diagnostic.help("make it the only item of a list"), at, repair),
                    None => diagnostic.help(format!("refer to something that gives {takes}")),
                }
            }
            What::Means { wanted, gives, id } => {
                let shown = if wanted.contains("::") { format!("`{wanted}`") } else { wanted.to_owned() };
                let title = format!("{whose} is the {gives} of `{id}`, and `{of}` takes {shown} there");
                let diagnostic = new(CFN412, title, "gives something else")
                    .note("what `Ref` and `GetAtt` give stands in the resource type's reference, \"Return values\"");
                let of = self.scope.resources.get(id.as_str()).and_then(|r| aws::resource_type(r.type_name()));
                let has_arn = of.is_some_and(|of| of.has_attribute("Arn"));
                if !has_arn || !wanted.ends_with(['N', 'n']) {
                    return diagnostic.help(format!("refer to something that gives {shown}"));
                }
                let diagnostic = diagnostic.help(format!("refer to the attribute `Arn` of `{id}`"));
                match self.scope.written(at, &format!("!Ref {id}")) {
                    Some(span) => diagnostic.edit(span, format!("!GetAtt {id}.Arn")),
                    None => diagnostic,
                }
            }
            What::Enum { is, known } => {
                let title = format!("{whose} is {is}, which `{of}` does not take there");
                let names: Vec<&str> = known.iter().map(String::as_str).collect();
                let diagnostic = new(CFN405, title, "none of its values");
                let written = is.trim_matches('`');
                let near = did_you_mean(written, names.iter().copied());
                match (neighbours(written, &names), near) {
                    (Some(next), _) => diagnostic.help(format!("write {}, which it takes", one_of(&next))),
                    (None, Some(near)) => self.meant(diagnostic, at, written, near),
                    (None, None) if names.len() <= MOST => diagnostic.help(format!("write {}", one_of(&names))),
                    (None, None) => diagnostic.help(listed("it takes", &names, of)),
                }
            }
            What::NotInRegion { is, known, is_elsewhere } => {
                let region = self.scope.region.unwrap_or_default();
                let title = format!("{whose} is `{is}`, which `{of}` does not take in `{region}`");
                let diagnostic = new(CFN405, title, "not in this region");
                // Classes have parts: one that differs in more than one of them, or much in one, is another class.
                let is_alike = |name: &&str| {
                    let mut differ = name.split('.').zip(is.split('.')).filter(|(a, b)| a != b);
                    let near = differ.next().is_some_and(|(known, written)| did_you_mean(written, [known]).is_some());
                    near && differ.next().is_none() && name.matches('.').count() == is.matches('.').count()
                };
                match did_you_mean(&is, known.iter().copied().filter(is_alike)).filter(|_| !is_elsewhere) {
                    Some(near) => self.meant(diagnostic, at, &is, near),
                    None => diagnostic
                        .note(format!("known are the values in {}; AWS adds some all the time", aws::source()))
                        .help(page(&format!("{of} --region {region}"), "those that it takes there")),
                }
            }
            What::Pattern { is, pattern } => {
                let title = format!("{whose} is {is}, which has not the form that `{of}` takes");
                new(CFN406, title, "has another form").help(format!("write a text that matches `{pattern}`"))
            }
            What::Size { what, is, bound } => {
                let (verb, unit) = match what {
                    Size::Number => ("is", ""),
                    Size::Characters => ("has", " characters"),
                    Size::Items => ("has", " items"),
                    Size::Keys => ("has", " keys"),
                };
                let unit = if is == 1.0 { unit.trim_end_matches('s') } else { unit };
                // That there are no fewer than none need not be said.
                let least = bound.least.filter(|least| what == Size::Number || *least > 0.0);
                let bound = Bound { least, ..bound };
                let title = format!("{whose} {verb} {is}{unit}, and `{of}` takes {bound}");
                let is_less =
                    bound.least.is_some_and(|least| is < least) || bound.above.is_some_and(|above| is <= above);
                let (label, help) = match what {
                    Size::Number if is_less => ("too small", format!("write a larger number: {bound}")),
                    Size::Number => ("too large", format!("write a smaller number: {bound}")),
                    Size::Characters if is_less => ("too short", "write a longer text".to_owned()),
                    Size::Characters => ("too long", "write a shorter text".to_owned()),
                    Size::Items | Size::Keys if is_less => ("too few", "write more of them".to_owned()),
                    Size::Items | Size::Keys => ("too many", "remove some of them".to_owned()),
                };
                new(CFN407, title, label).help(help)
            }
            What::Multiple { is, of: step } => {
                let title = format!("{whose} is {is}, and `{of}` takes multiples of {step}");
                new(CFN407, title, "between two steps").help(format!("write a multiple of {step}"))
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
            What::Excludes { key, excluded, beside } => {
                let title = format!("{whose} has `{excluded}`, which cannot stand beside `{key}`");
                new(CFN409, title, "excluded")
                    .context_if_known(self.scope.origins, Some(beside), "beside this")
                    .help(format!("remove `{excluded}` or `{key}`"))
            }
            What::Never => new(CFN409, format!("{whose} cannot be set here"), "not allowed here").help("remove it"),
            What::NoAlternative => {
                let title = format!("{whose} is none of the alternatives that `{of}` takes there");
                new(CFN409, title, "fits no alternative").help(page(of, "the alternatives"))
            }
            What::TwoAlternatives => {
                let title = format!("{whose} fits more than one alternative, and `{of}` takes exactly one there");
                new(CFN409, title, "more than one").help("remove what belongs to the others")
            }
            What::Excluded { is } => {
                new(CFN409, format!("{whose} is {is}, which `{of}` excludes there"), "excluded").help("write another")
            }
            What::ReadOnly => {
                let title = format!("{whose} is written, and only AWS sets it");
                new(CFN410, title, "only AWS sets it").help("remove it; `GetAtt` reads it")
            }
        }
    }

    /// The finding with the name that was probably meant, and the repair where the wrong one stands in a file just so.
    fn meant(&self, diagnostic: Diagnostic, at: OriginId, written: &str, near: &str) -> Diagnostic {
        let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        match self.scope.written(at, written) {
            Some(span) => diagnostic.edit(span, near),
            None => diagnostic,
        }
    }

    /// The finding with brackets put in or taken away, where both can be done in the line as it stands.
    fn repaired(&self, diagnostic: Diagnostic, at: OriginId, repair: Option<Repair>) -> Diagnostic {
        let text = |at: OriginId| match self.scope.origins.get(at) {
            Origin::Manifest { span, .. } => Some((span, self.scope.sources.text(span))),
            _ => None,
        };
        let is_plain = |text: &str| !text.contains([',', '[', ']', '{', '}', '#', '\n']) && !text.contains(": ");
        match (text(at), repair) {
            (Some((span, value)), Some(Repair::List)) if is_plain(value) => diagnostic.edit(span, format!("[{value}]")),
            (Some((span, list)), Some(Repair::Only(item))) if list.starts_with('[') => match text(item) {
                Some((_, item)) => diagnostic.edit(span, item),
                None => diagnostic,
            },
            _ => diagnostic,
        }
    }
}

/// Of a list of numbers, those next to one that is not among them.
fn neighbours<'n>(number: &str, known: &[&'n str]) -> Option<Vec<&'n str>> {
    let number: f64 = number.parse().ok()?;
    let known: Option<Vec<(f64, &str)>> = known.iter().map(|name| name.parse().ok().map(|x| (x, *name))).collect();
    let known = known?;
    let below = known.iter().filter(|(x, _)| *x < number).max_by(|a, b| a.0.total_cmp(&b.0));
    let above = known.iter().filter(|(x, _)| *x > number).min_by(|a, b| a.0.total_cmp(&b.0));
    Some(below.into_iter().chain(above).map(|(_, name)| *name).collect())
}

/// What a rule says, in the words of those who wrote it.
fn said(rule: &Rule) -> String {
    match rule.text {
        "" => format!("rule {} of cfn-lint", rule.id),
        text => format!("rule {} of cfn-lint: \"{text}\"", rule.id),
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
