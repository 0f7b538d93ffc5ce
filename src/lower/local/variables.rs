//! The variables of a local process: what the manifest knows is filled in, and what only people know is left to them, with a
//! word about what it is.

use std::collections::BTreeMap;

use crate::component::{LocalForm, Process};
use crate::diag::{Code, Diagnostic, Diagnostics, a_quoted, did_you_mean, quote_list};
use crate::dotenv;
use crate::manifest::Store;
use crate::model::Model;
use crate::origin::{OriginId, Origins};
use crate::reference::REF003;
use crate::setting::Setting;
use crate::value::{Kind, Symbol, Value};

/// `CFN550`: a component that is not there on a local stage.
pub const CFN550: Code = Code {
    id: "CFN550",
    explanation: "a variable refers to a component that is not there on a local stage\n\n\
        On a stage with `lifetime: local` only those components are there that say by `local` how they run. A variable of one of \
        them refers to a component that says nothing. Say how it runs; or write in the layer of the local stage what the variable is \
        there, such as the address of an emulator or the name of another stage's bucket; or remove it there with `null`.",
};

/// `CFN552`: an attribute that a component does not have on a local stage.
pub const CFN552: Code = Code {
    id: "CFN552",
    explanation: "a component has no such attribute on a local stage\n\n\
        ARNs, ids and names that AWS gives are not there where AWS makes nothing. A process and a site have `url` and `host`, if they \
        answer on a `local.port`; a database has `url`, `host`, `reader_host`, `port`, `database`, `username` and `password`. Write in the \
        layer of the local stage what the variable is there, or remove it with `null`.",
};

/// `CFN554`: a variable that no `.env` file can hold.
pub const CFN554: Code = Code {
    id: "CFN554",
    explanation: "a variable cannot stand in an `.env` file\n\n\
        `.env` files hold a line a variable, and are read by shells and by dotenv alike. So a name has letters, digits and underscores, \
        and does not begin with a digit; a value is one line, and does not hold single quotes beside double ones, `$`, `` ` `` or `\\`, which \
        the two would read in two ways.",
};

/// How deep attributes may lead to attributes.
const DEPTH: usize = 16;
/// How the names of variables end that hold the name of a secret.
const NAME: &str = "_NAME";

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its value, as far as it is known.
    pub value: Option<String>,
    /// What must be said of it, each in one line.
    pub comments: Vec<String>,
}

/// A piece of a value.
enum Piece<'m> {
    Text(String),
    Secret { name: &'m str, attribute: &'m str },
    Input(&'m str),
}

struct Filling<'a> {
    component: &'a str,
    model: &'a Model,
    forms: &'a BTreeMap<&'a str, LocalForm>,
    origins: &'a Origins,
    findings: &'a mut Diagnostics,
}

/// The variables of a process.
pub(super) fn variables(
    component: &str,
    process: &Process,
    model: &Model,
    forms: &BTreeMap<&str, LocalForm>,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> BTreeMap<String, Variable> {
    let mut filling = Filling { component, model, forms, origins, findings };
    let mut variables = BTreeMap::new();
    let written: BTreeMap<&str, &(Setting<String>, Value)> =
        process.environment.iter().map(|variable| (variable.0.value.as_str(), variable)).collect();
    for (key, value) in written.values() {
        if !is_name(&key.value) {
            let (title, label) = ("is no name of a variable", "letters, digits and underscores only");
            filling.unfit(&key.value, key.origin, title, label, "choose another name");
            continue;
        }
        let mut pieces = Vec::new();
        filling.add(value, 0, &mut pieces);
        if let [Piece::Secret { name, attribute: "name" }] = pieces.as_slice()
            && filling.stage_of_values().is_none()
        {
            // Nothing keeps it for this stage: its value takes the place of its name.
            let own = key.value.strip_suffix(NAME).filter(|own| !own.is_empty()).unwrap_or(&key.value);
            if !written.contains_key(own) || own == key.value {
                let of = filling.secret(name);
                let deployed = format!("Deployed, {} is the name under which it is read.", key.value);
                let comments = vec![format!("{of}: the value itself. {deployed}")];
                variables.insert(own.to_owned(), Variable { value: None, comments });
            }
            continue;
        }
        let variable = filling.variable(value, &pieces);
        if let Some((label, help)) = variable.value.as_deref().and_then(dotenv::unfit) {
            filling.unfit(&key.value, value.origin, "cannot stand in an `.env` file", label, help);
        }
        variables.insert(key.value.clone(), variable);
    }
    variables
}

fn is_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl<'a> Filling<'a> {
    /// The stage whose secrets are read, if that is another: a local stage keeps none.
    fn stage_of_values(&self) -> Option<&'a str> {
        let stage = &self.model.stage;
        Some(stage.secrets_from.value.as_str()).filter(|from| *from != stage.name.value)
    }

    /// A secret for people: what it is for, and its name.
    fn secret(&self, name: &str) -> String {
        let secret = self.model.manifest.secrets.get(name);
        let purpose = secret.map(|secret| one_line(&secret.purpose.value)).unwrap_or_default();
        let optional = if secret.is_some_and(|secret| secret.optional.value) { ", optional" } else { "" };
        format!("{purpose} (secret {name}{optional})")
    }

    fn variable(&self, value: &Value, pieces: &[Piece<'_>]) -> Variable {
        let (mut known, mut comments) = (Some(String::new()), Vec::new());
        for piece in pieces {
            match piece {
                Piece::Text(text) => known = known.map(|known| known + text),
                Piece::Secret { name, attribute: "name" } => match self.kept(name) {
                    Some((kept, store)) => {
                        comments
                            .push(format!("{}: read from {store}, with AWS credentials of yours.", self.secret(name)));
                        known = known.map(|known| known + &kept);
                    }
                    None => known = None,
                },
                Piece::Secret { name, .. } => {
                    comments.push(format!("{}.", self.secret(name)));
                    known = None;
                }
                Piece::Input(name) => {
                    let input = self.model.manifest.inputs.get(*name);
                    let purpose = input.map(|input| one_line(&input.purpose.value)).unwrap_or_default();
                    comments.push(format!("{purpose} (input {name})."));
                    known = None;
                }
            }
        }
        if known.is_none() && pieces.len() > 1 {
            comments.push(format!("Put together as {}", one_line(&written(value))));
        }
        Variable { value: known, comments }
    }

    /// The name under which another stage keeps a secret, and where.
    fn kept(&self, name: &str) -> Option<(String, &'static str)> {
        let (project, stage) = (&self.model.manifest.project.value, self.stage_of_values()?);
        Some(match self.model.manifest.secrets.get(name)?.store.value {
            Store::Ssm => (format!("/{project}/{stage}/{name}"), "the Parameter Store"),
            Store::SecretsManager => (format!("{project}/{stage}"), "Secrets Manager"),
        })
    }

    fn add<'m>(&mut self, value: &'m Value, depth: usize, pieces: &mut Vec<Piece<'m>>)
    where
        'a: 'm,
    {
        let text = match &value.kind {
            Kind::Text(text) => text.clone(),
            Kind::Int(number) => number.to_string(),
            Kind::Float(number) => number.to_string(),
            Kind::Bool(flag) => flag.to_string(),
            Kind::Join(parts) => return parts.iter().for_each(|part| self.add(part, depth, pieces)),
            Kind::Ref(symbol) => return self.add_symbol(symbol, value.origin, depth, pieces),
            Kind::Null | Kind::List(_) | Kind::Map(_) | Kind::Call(..) => String::new(),
        };
        pieces.push(Piece::Text(text));
    }

    fn add_symbol<'m>(&mut self, symbol: &'m Symbol, at: OriginId, depth: usize, pieces: &mut Vec<Piece<'m>>)
    where
        'a: 'm,
    {
        match symbol {
            Symbol::Secret { name, attribute } => pieces.push(Piece::Secret { name, attribute }),
            Symbol::Input(name) => pieces.push(Piece::Input(name)),
            Symbol::Attribute { component, attribute } => {
                let forms = self.forms;
                let Some(form) = forms.get(component.as_str()) else { return self.not_there(component, at) };
                let Some(found) = form.attributes.iter().find(|a| a.name == *attribute) else {
                    return self.no_attribute(component, attribute, form, at);
                };
                if depth == DEPTH {
                    let title = format!("`{component}.{attribute}` leads back to itself");
                    let diagnostic =
                        Diagnostic::error(REF003, title).at_origin(self.origins, at, &[], "leads back to itself");
                    return self.findings.push(diagnostic.help("write one of these values out, without a reference"));
                }
                self.add(&found.value, depth + 1, pieces);
            }
            // Nothing else can stand in an environment.
            _ => pieces.push(Piece::Text(String::new())),
        }
    }

    fn not_there(&mut self, component: &str, at: OriginId) {
        let declared = self.model.components.get(component);
        let title = format!("`{component}` is not there on the local stage `{}`", self.model.stage.name.value);
        let diagnostic = Diagnostic::error(CFN550, title)
            .at_origin(self.origins, at, &[], "needed here")
            .context_if_known(self.origins, declared.map(|c| c.origin), "declared here, without `local`");
        let kind = declared.map(|c| c.kind.name).unwrap_or_default();
        let diagnostic = diagnostic.note(format!("`{}` needs it, and runs on this stage", self.component));
        self.findings.push(match kind {
            "postgres" | "function" | "http_api" | "nextjs" | "ssr_site" | "static_site" => {
                diagnostic.help(format!("say how it runs: `{component}: {{local: {{…}}}}`"))
            }
            _ => diagnostic.note(format!("{} has no form on a local stage", a_quoted(kind))).help(
                "write what the variable is on this stage in its layer, such as the name of another stage's, \
                or remove it there with `null`",
            ),
        });
    }

    fn no_attribute(&mut self, component: &str, attribute: &str, form: &LocalForm, at: OriginId) {
        let known: Vec<&str> = form.attributes.iter().map(|a| a.name.as_str()).collect();
        let answers = matches!(attribute, "url" | "host");
        let why = if answers { "where it answers on no port" } else { "where AWS makes nothing of it" };
        let stage = &self.model.stage.name.value;
        let title = format!("`{component}` has no `{attribute}` on the local stage `{stage}`, {why}");
        let declared = self.model.components.get(component).map(|c| c.origin);
        let diagnostic = Diagnostic::error(CFN552, title)
            .at_origin(self.origins, at, &[], "needed here")
            .context_if_known(self.origins, declared, "declared here")
            .note(format!("`{}` needs it, and runs on this stage", self.component));
        let diagnostic = match did_you_mean(attribute, known.iter().copied()) {
            _ if answers => diagnostic.help(format!("say where: `{component}: {{local: {{port: 8000}}}}`")),
            Some(near) => diagnostic.help(format!("did you mean `${{{component}.{near}}}`?")),
            None if known.is_empty() => diagnostic,
            None => diagnostic.note(format!("it has {}", quote_list(&known))),
        };
        let help = "write what the variable is on this stage in its layer, or remove it there with `null`";
        self.findings.push(if answers { diagnostic } else { diagnostic.help(help) });
    }

    fn unfit(&mut self, name: &str, at: OriginId, why: &str, label: &str, help: &str) {
        let title = format!("the variable `{name}` of `{}` {why}", self.component);
        let diagnostic = Diagnostic::error(CFN554, title).at_origin(self.origins, at, &[], label);
        self.findings.push(diagnostic.help(help));
    }
}

/// A value as the manifest writes it.
fn written(value: &Value) -> String {
    match &value.kind {
        Kind::Text(text) => text.clone(),
        Kind::Join(parts) => parts.iter().map(written).collect(),
        Kind::Ref(symbol) => crate::schema::written(symbol),
        _ => String::new(),
    }
}

/// A text for a comment, which ends with its line.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
