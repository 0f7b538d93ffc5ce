//! Builds: what the build of a site must know, as far as it is known now, and where the rest is found when it is deployed.

use std::collections::BTreeMap;

use super::Stack;
use super::resolve::Use;
use crate::component::{self, Neighbour, SiteBuild, StackId, kebab};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dotenv;
use crate::lower::{Published, PublishedValue};
use crate::manifest::Kept;
use crate::model::Model;
use crate::origin::{OriginId, Origins};
use crate::value::{Kind, Symbol, Value};

/// `REF025`: a build that asks for what it cannot be told.
pub const REF025: Code = Code {
    id: "REF025",
    explanation: "the build of a site cannot be told this value\n\n\
        `build.environment` is written to `out/<stage>/<site>.build.env` before anything is deployed, and whoever opens the site \
        can read it. Texts, hosts, URLs and other attributes of components, inputs, and the values of secrets that are declared \
        `public: true` may stand in it; other secrets and what no output holds may not. A value is one line.\n\n\
        A site with a server is built before its stack is deployed, because the code is part of it. What is made in that stack, \
        such as an address that CloudFront gives, is not there at the first deploy: with a `host` it is known before.",
};

/// How deep attributes may be composed of attributes.
const DEPTH: usize = 16;

/// The build of a site.
#[derive(Debug)]
pub struct Build {
    /// The component.
    pub component: String,
    /// Its name in files.
    pub site: String,
    /// The folder of its sources.
    pub path: String,
    /// The command that builds it, if the manifest says one.
    pub command: Option<String>,
    /// The parameter that the release of the build fills, if functions are made of it.
    pub release: Option<String>,
    /// The folder that becomes the server's zip, if the manifest says one.
    pub zip: Option<String>,
    /// The files for the bucket, if the manifest says which.
    pub files: Option<BuiltFiles>,
    /// What it must know, each in pieces that are put together.
    pub environment: Vec<(String, Vec<Piece>)>,
}

/// The files that a build leaves for a bucket.
#[derive(Debug)]
pub struct BuiltFiles {
    /// Their folder, relative to that of the sources.
    pub folder: String,
    /// The bucket's name.
    pub bucket: Vec<Piece>,
    /// What goes before their names in it.
    pub prefix: String,
    /// `Cache-Control` by pattern; the first that fits counts.
    pub cache: Vec<(String, String)>,
}

/// A piece of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Known now.
    Text(String),
    /// An output, read when deployed.
    Output {
        /// The stack's name.
        stack: String,
        /// Its region.
        region: String,
        /// The output.
        output: String,
    },
    /// The value of a public secret.
    Parameter {
        /// The parameter of the Parameter Store, or the JSON secret of Secrets Manager.
        name: String,
        /// The key within a JSON secret.
        key: Option<String>,
    },
    /// An input that the deploy asks for.
    Input(String),
}

/// The builds of all sites, in the order of their components, and what must be deployed before those whose code is part of a
/// stack.
pub(super) fn builds(
    model: &Model,
    neighbours: &BTreeMap<String, Neighbour>,
    published: &BTreeMap<String, Vec<Published>>,
    stacks: &BTreeMap<StackId, Stack>,
    origins: &Origins,
    findings: &mut Diagnostics,
) -> (Vec<Build>, Vec<Use>) {
    let mut pieces = Pieces { model, published, stacks, origins, findings, consumer: None, uses: Vec::new() };
    let made = neighbours.iter().filter_map(|(name, n)| Some((name, n, n.interface.build.as_ref()?)));
    let builds = made.map(|(name, neighbour, build)| pieces.build(name, neighbour, build)).collect();
    (builds, pieces.uses)
}

struct Pieces<'a> {
    model: &'a Model,
    published: &'a BTreeMap<String, Vec<Published>>,
    stacks: &'a BTreeMap<StackId, Stack>,
    origins: &'a Origins,
    findings: &'a mut Diagnostics,
    /// The stack that takes the code of the build at hand, and the site; none where the code is in no stack.
    consumer: Option<(StackId, String)>,
    uses: Vec<Use>,
}

impl Pieces<'_> {
    fn build(&mut self, component: &str, neighbour: &Neighbour, build: &SiteBuild) -> Build {
        let identity = &neighbour.identity;
        self.consumer = build.has_code.then(|| (neighbour.stack.clone(), component.to_owned()));
        let mut environment = vec![("STAGE".to_owned(), vec![Piece::Text(self.model.stage.name.value.clone())])];
        for (key, value) in &build.environment {
            let mut pieces = Vec::new();
            self.add(value, value.origin, 0, &mut pieces);
            let texts = pieces.iter().filter_map(|piece| match piece {
                Piece::Text(text) => Some(text.as_str()),
                _ => None,
            });
            if let Some((label, help)) = texts.filter_map(dotenv::unfit).next() {
                self.report(&key.value, value.origin, label, help);
            }
            environment.retain(|(name, _)| *name != key.value);
            environment.push((key.value.clone(), joined(pieces)));
        }
        environment.sort_by(|(a, _), (b, _)| a.cmp(b));
        // The files are brought to their bucket when it is there.
        self.consumer = None;
        Build {
            component: component.to_owned(),
            site: kebab(identity),
            path: build.path.value.clone(),
            command: build.command.as_ref().map(|command| command.value.clone()),
            release: build.has_code.then(|| format!("{identity}Build")),
            zip: build.zip.as_ref().map(|zip| zip.value.clone()),
            files: build.files.as_ref().map(|files| self.files(files)),
            environment,
        }
    }

    fn files(&mut self, files: &component::BuiltFiles) -> BuiltFiles {
        let mut bucket = Vec::new();
        self.add(&files.bucket, files.bucket.origin, 0, &mut bucket);
        BuiltFiles {
            folder: files.folder.value.clone(),
            bucket,
            prefix: files.prefix.clone(),
            cache: files.cache.clone(),
        }
    }

    fn add(&mut self, value: &Value, at: OriginId, depth: usize, pieces: &mut Vec<Piece>) {
        let text = |text: &str| Piece::Text(text.to_owned());
        match &value.kind {
            Kind::Text(known) => pieces.push(text(known)),
            Kind::Int(number) => pieces.push(text(&number.to_string())),
            Kind::Float(number) => pieces.push(text(&number.to_string())),
            Kind::Bool(flag) => pieces.push(text(&flag.to_string())),
            Kind::Join(parts) => parts.iter().for_each(|part| self.add(part, at, depth, pieces)),
            Kind::Ref(symbol) if depth < DEPTH => self.add_symbol(symbol, at, depth, pieces),
            _ => self.refuse(value, at),
        }
    }

    fn add_symbol(&mut self, symbol: &Symbol, at: OriginId, depth: usize, pieces: &mut Vec<Piece>) {
        let project = &self.model.manifest.project.value;
        match symbol {
            Symbol::Attribute { component, attribute }
                if self.consumer.as_ref().is_some_and(|(_, s)| s == component) =>
            {
                self.add_own(symbol, attribute, at, depth, pieces);
            }
            Symbol::Attribute { component, attribute } => {
                let of = self.published.get(component);
                match of.and_then(|of| of.iter().find(|p| p.name == *attribute)).map(|found| &found.value) {
                    Some(PublishedValue::Literal(kind)) => {
                        self.add(&Value::new(at, kind.clone()), at, depth + 1, pieces);
                    }
                    Some(PublishedValue::Output { stack, region, output, list: false }) => {
                        let (stack, region, output) = (stack.clone(), region.clone(), output.clone());
                        self.come_first(component, attribute, (&stack, &region), at);
                        pieces.push(Piece::Output { stack, region, output });
                    }
                    // What is sensitive or not there is reported where it stands.
                    Some(PublishedValue::Sensitive(_)) | None => {}
                    Some(PublishedValue::Output { .. }) => self.refuse(&Value::reference(at, symbol.clone()), at),
                }
            }
            Symbol::Output { stack, region, output, list: false, .. } => {
                let (stack, region, output) = (stack.clone(), region.clone(), output.clone());
                pieces.push(Piece::Output { stack, region, output });
            }
            Symbol::Secret { name, attribute } if attribute != "arn" => {
                let Some(secret) = self.model.manifest.secrets.get(name) else { return };
                let stage = &self.model.stage.secrets_from.value;
                let (kept, key) = match secret.kept(name, project, stage) {
                    Kept::Parameter(parameter) => (parameter, None),
                    Kept::Key { secret, key } => (secret, Some(key)),
                };
                pieces.push(match attribute.as_str() {
                    "name" => Piece::Text(kept),
                    _ => Piece::Parameter { name: kept, key },
                });
            }
            Symbol::Input(name) => pieces.push(Piece::Input(name.clone())),
            Symbol::Pseudo(name) if name == "AWS::Region" => {
                pieces.push(Piece::Text(self.model.manifest.region.value.clone()));
            }
            Symbol::Pseudo(name) if name == "AWS::URLSuffix" => {
                let china = self.model.manifest.region.value.starts_with("cn-");
                pieces.push(Piece::Text(if china { "amazonaws.com.cn" } else { "amazonaws.com" }.to_owned()));
            }
            other => self.refuse(&Value::reference(at, other.clone()), at),
        }
    }

    /// An attribute of the site that is built: what is made with it, or by the router that serves it, is made after the build.
    fn add_own(&mut self, symbol: &Symbol, attribute: &str, at: OriginId, depth: usize, pieces: &mut Vec<Piece>) {
        let Some((stack, site)) = self.consumer.take() else { return };
        let first = pieces.len();
        self.add_symbol(symbol, at, depth, pieces);
        if pieces.iter().skip(first).any(|piece| matches!(piece, Piece::Output { .. })) {
            let title = format!("`${{{site}.{attribute}}}` cannot be told to the build of `{site}`");
            let diagnostic = Diagnostic::error(REF025, title)
                .at_origin(self.origins, at, &[], "made after the build")
                .note(format!(
                    "the code of the build is part of the stack `{}`, so that this is made later",
                    stack.word()
                ));
            self.findings.push(match attribute {
                "url" | "host" => diagnostic
                    .help(format!("give `{site}`, or the router that serves it, a `host`: that is known before")),
                _ => diagnostic.help("let the server read it when it runs"),
            });
        }
        self.consumer = Some((stack, site));
    }

    /// Notes that a stack is deployed before the site is built.
    fn come_first(&mut self, component: &str, attribute: &str, made: (&str, &str), at: OriginId) {
        let Some((own, site)) = self.consumer.clone() else { return };
        let Some(stack) = self.stacks.values().find(|stack| (stack.name.as_str(), stack.id.region.as_str()) == made)
        else {
            return;
        };
        if stack.id != own {
            self.uses.push(Use { consumer: (own, site), producer: (stack.id.clone(), component.to_owned()) });
            return;
        }
        let title = format!("`${{{component}.{attribute}}}` cannot be told to the build of `{site}`");
        self.findings.push(
            Diagnostic::error(REF025, title)
                .at_origin(self.origins, at, &[], "made after the build")
                .note(format!("the stack `{}` makes it, and is deployed with the code of the build", own.word()))
                .help(format!("move `{component}` into another stack with `stack:`")),
        );
    }

    fn refuse(&mut self, value: &Value, at: OriginId) {
        let what = match &value.kind {
            Kind::Ref(symbol) => crate::schema::written(symbol),
            _ => "this".to_owned(),
        };
        let help = "refer to an attribute that is a text, such as a `url` or a `host`";
        self.report(&what, at, "not known to a build", help);
    }

    fn report(&mut self, what: &str, at: OriginId, label: &str, help: &str) {
        let title = format!("`{what}` cannot be told to the build of a site");
        let diagnostic = Diagnostic::error(REF025, title).at_origin(self.origins, at, &[], label);
        self.findings.push(diagnostic.help(help));
    }
}

/// Texts side by side as one.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (joined.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, piece) => joined.push(piece),
        }
    }
    joined
}
