//! References between components: that what they name is there, and stands where it may.

use std::collections::BTreeMap;

use crate::component::Neighbour;
use crate::diag::{Code, Diagnostic, Diagnostics, a_quoted, did_you_mean, quote_list};
use crate::model::{Model, REF022};
use crate::origin::{Origin, OriginId, Origins};
use crate::reference::REF004;
use crate::value::{Entry, Kind, Symbol, Value};

/// `REF020`: no such attribute.
pub const REF020: Code = Code {
    id: "REF020",
    explanation: "the component has no such attribute\n\n\
        Each kind provides certain attributes; the message lists those of this component. An imported component provides what \
        its import gives.",
};

/// `REF021`: a sensitive attribute where it would be seen.
pub const REF021: Code = Code {
    id: "REF021",
    explanation: "a sensitive attribute stands where anyone can read it\n\n\
        Passwords, URLs that hold one, and the values of secrets may stand in environments, a cron's headers, a database's \
        `password`, an external's `url`, a router's `origin_header` and the properties of a `resource`; nowhere else, because \
        outputs, tags and names are shown to everyone who may list stacks.",
};

/// Blocks in which a component's attribute may stand.
const OPEN_BLOCKS: &[&str] = &["components", "outputs", "values"];

/// Settings of components in which a sensitive attribute may stand, by their path.
const SENSITIVE_SETTINGS: &[&[&str]] = &[
    &["environment"],
    &["to", "headers"],
    &["password"],
    &["url"],
    &["origin_header", "value"],
    &["properties"],
    &["overrides"],
];

/// Checks every reference of the manifest.
pub(super) fn references(
    model: &Model,
    neighbours: &BTreeMap<String, Neighbour>,
    origins: &Origins,
    findings: &mut Diagnostics,
) {
    for block in model.tree.entries() {
        let open = OPEN_BLOCKS.contains(&block.key.as_str());
        for entry in block.value.entries() {
            let mut check = |place: Place<'_>, value: &Value| {
                value.each_reference(&mut |symbol, origin| {
                    let is_public = place.is_build && is_public_secret(symbol, model);
                    if !is_public && let Some(finding) = reference(symbol, place, neighbours, origins, origin) {
                        findings.push(finding);
                    }
                });
                let text = place.name == "environment";
                each_list_as_text(value, neighbours, text, &mut |symbol, origin| {
                    let title = format!("`{}` is a list, and text is needed", crate::schema::written(symbol));
                    let diagnostic = Diagnostic::error(REF004, title).at_origin(origins, origin, &[], "only text fits");
                    findings.push(diagnostic.help("refer to something that is a text"));
                });
            };
            match (block.key.as_str(), &entry.value.kind) {
                ("components", Kind::Map(settings)) => {
                    for setting in settings {
                        let name = &setting.key;
                        by_path(setting, &mut Vec::new(), &mut |sensitive, value| {
                            check(Place { open, sensitive, is_build: name == "build", name }, value);
                        });
                    }
                }
                _ => check(Place { open, sensitive: false, is_build: false, name: &block.key }, &entry.value),
            }
        }
    }
}

/// Calls `f` on a setting, or on each part of it where some may be sensitive and others not, with whether it may be.
fn by_path<'v>(entry: &'v Entry, path: &mut Vec<&'v str>, f: &mut impl FnMut(bool, &'v Value)) {
    path.push(&entry.key);
    let leads = |to: &&&[&str]| to.len() > path.len() && to.starts_with(path);
    if SENSITIVE_SETTINGS.iter().any(|to| leads(&to)) && matches!(entry.value.kind, Kind::Map(_)) {
        entry.value.entries().iter().for_each(|inner| by_path(inner, path, f));
    } else {
        f(SENSITIVE_SETTINGS.contains(&path.as_slice()), &entry.value);
    }
    path.pop();
}

/// Calls `f` on every attribute that is a list where a text is needed: inside a text, or where `text` says so.
fn each_list_as_text<'v>(
    value: &'v Value,
    neighbours: &BTreeMap<String, Neighbour>,
    text: bool,
    f: &mut impl FnMut(&'v Symbol, OriginId),
) {
    match &value.kind {
        Kind::Ref(symbol @ Symbol::Attribute { component, attribute }) if text => {
            let found = neighbours.get(component).and_then(|n| n.interface.attribute(attribute));
            if found
                .is_some_and(|a| matches!(a.value.kind, Kind::List(_) | Kind::Ref(Symbol::Output { list: true, .. })))
            {
                f(symbol, value.origin);
            }
        }
        Kind::Join(pieces) => pieces.iter().for_each(|v| each_list_as_text(v, neighbours, true, f)),
        Kind::List(items) => items.iter().for_each(|v| each_list_as_text(v, neighbours, text, f)),
        Kind::Map(entries) => entries.iter().for_each(|e| each_list_as_text(&e.value, neighbours, text, f)),
        Kind::Call(name, argument) => {
            each_list_as_text(argument, neighbours, name == "Sub" && argument.items().is_empty(), f)
        }
        _ => {}
    }
}

#[derive(Clone, Copy)]
struct Place<'a> {
    /// Whether what AWS gives may stand there at all.
    open: bool,
    /// Whether what is sensitive may.
    sensitive: bool,
    /// Whether it is what the build of a site must know: whoever opens the site can read it.
    is_build: bool,
    name: &'a str,
}

/// Whether it is the value of a secret that is none.
fn is_public_secret(symbol: &Symbol, model: &Model) -> bool {
    let Symbol::Secret { name, .. } = symbol else { return false };
    model.manifest.secrets.get(name).is_some_and(|secret| secret.public.value)
}

fn reference(
    symbol: &Symbol,
    place: Place<'_>,
    neighbours: &BTreeMap<String, Neighbour>,
    origins: &Origins,
    origin: OriginId,
) -> Option<Diagnostic> {
    let written = crate::schema::written(symbol);
    let at = |diagnostic: Diagnostic, label: &str| diagnostic.at_origin(origins, origin, &[], label);
    let seen = || {
        let title = format!("`{written}` is sensitive, and stands in `{}`", place.name);
        if place.is_build {
            return at(Diagnostic::error(REF021, title), "anyone who opens the site could read it")
                .help("let the server read it: links and `environment` of the site")
                .help("a secret that is none, such as a publishable key, is declared `public: true`");
        }
        at(Diagnostic::error(REF021, title), "anyone who lists stacks could read it")
            .help("use it in an `environment`, or publish something that is not secret")
    };
    match symbol {
        Symbol::Attribute { component, attribute } => {
            // A component that is not there was reported when references were resolved.
            let neighbour = neighbours.get(component)?;
            let Some(found) = neighbour.interface.attribute(attribute) else {
                return Some(no_attribute(component, attribute, neighbour, origins, origin));
            };
            if found.sensitive && !place.sensitive {
                return Some(seen());
            }
            if !place.open {
                let title = format!("`{written}` stands in `{}`, which must be known when compiled", place.name);
                return Some(
                    at(Diagnostic::error(REF022, title), "known only when deployed").help("write the text itself"),
                );
            }
            None
        }
        Symbol::Secret { attribute, .. } if attribute == "value" && !place.sensitive => Some(seen()),
        _ => None,
    }
}

fn no_attribute(
    component: &str,
    attribute: &str,
    neighbour: &Neighbour,
    origins: &Origins,
    origin: OriginId,
) -> Diagnostic {
    let known: Vec<&str> = neighbour.interface.attributes.iter().map(|a| a.name.as_str()).collect();
    let title = format!("`{component}`, {}, has no attribute `{attribute}`", a_quoted(neighbour.kind.name));
    let diagnostic = Diagnostic::error(REF020, title)
        .at_origin(origins, origin, &[], "no such attribute")
        .context_if_known(origins, Some(neighbour.origin), "declared here");
    let chosen = neighbour.kind.chosen_attributes.iter().find(|(name, _)| *name == attribute && !neighbour.imported);
    if let Some((_, setting)) = chosen {
        return diagnostic.help(format!("write `{setting}` at `{component}`, which gives it this attribute"));
    }
    match did_you_mean(attribute, known.iter().copied()) {
        Some(near) => {
            let meant = format!("${{{component}.{near}}}");
            let diagnostic = diagnostic.help(format!("did you mean `{meant}`?"));
            // Not where it came by a value, which is told as well, nor where it is part of a text that escapes something.
            let written = format!("${{{component}.{attribute}}}");
            match origins.get(origin) {
                Origin::Manifest { span, .. } if span.range().len() == written.len() => diagnostic.edit(span, meant),
                _ => diagnostic,
            }
        }
        None if known.is_empty() => {
            diagnostic.note("it has no attributes as it is set up").help("remove the reference")
        }
        None => diagnostic.help(format!("attributes: {}", quote_list(&known))),
    }
}
