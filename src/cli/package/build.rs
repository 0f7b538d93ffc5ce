//! `--build`: the command that builds a site, run in its folder with what the manifest lets it know. Values are read when they are
//! needed, handed to the command, and shown nowhere.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::aws;
use super::progress::Progress;
use crate::cli::Result;
use crate::cli::disk;
use crate::cli::report::Failure;
use crate::link::Piece;
use crate::release::SitePackage;

/// The most bytes of a file of inputs.
const MAX_BYTES: usize = 1 << 20;

/// Texts that the deploy asks for, by name.
#[derive(Debug, Default)]
pub(super) struct Inputs(BTreeMap<String, String>);

impl Inputs {
    /// Reads a file of `NAME=value` lines; empty lines and those that begin with `#` say nothing.
    pub(super) fn read(path: &Path) -> Result<Inputs> {
        let bytes = disk::read_bytes(path, MAX_BYTES + 1, "inputs are lines `NAME=value`")?;
        let text = String::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_BYTES);
        let text = text.ok_or_else(|| Failure::file("read", path, "it is no text of lines `NAME=value`"))?;
        let mut inputs = BTreeMap::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((name, value)) = line.split_once('=') else {
                return Err(Failure::file("read", path, format!("line {} is no `NAME=value`", number + 1)));
            };
            inputs.insert(name.trim().to_owned(), value.to_owned());
        }
        Ok(Inputs(inputs))
    }
}

/// What fills the environments of builds, each thing asked for once.
pub(super) struct Filler<'f> {
    inputs: &'f Inputs,
    region: &'f str,
    outputs: BTreeMap<(String, String), BTreeMap<String, String>>,
    secrets: BTreeMap<String, String>,
}

impl<'f> Filler<'f> {
    /// `region` is that of the stage, where its secrets are.
    pub(super) fn new(inputs: &'f Inputs, region: &'f str) -> Filler<'f> {
        Filler { inputs, region, outputs: BTreeMap::new(), secrets: BTreeMap::new() }
    }

    /// Builds a site.
    pub(super) fn build(&mut self, project: &Path, site: &SitePackage<'_>, progress: &Progress) -> Result<()> {
        let (name, path) = (&site.build.component, &site.build.path);
        let Some(line) = site.command() else { return Ok(()) };
        let folder = project.join(path);
        if !folder.is_dir() {
            return Err(Failure::Usage(format!("`{path}`, where `{name}` is built, is no folder")));
        }
        let mut environment = Vec::new();
        for (key, pieces) in &site.build.environment {
            let value: Result<Vec<String>> = pieces.iter().map(|piece| self.piece(piece)).collect();
            environment.push((key.as_str(), value?.concat()));
        }
        progress.step(&format!("building {name}: {line}"));
        progress.done();
        let mut command = Command::new("sh");
        command.arg("-c").arg(line).current_dir(&folder).envs(environment);
        // What it prints is for people, and no data of ours.
        command.stdin(Stdio::null()).stdout(Stdio::from(std::io::stderr()));
        let status = command.status().map_err(|error| aws::absent("sh", &error))?;
        match status.success() {
            true => Ok(()),
            false => Err(Failure::Usage(format!("`{line}`, which builds `{name}` in `{path}`, ended with {status}"))),
        }
    }

    /// A piece of a value.
    fn piece(&mut self, piece: &Piece) -> Result<String> {
        match piece {
            Piece::Text(text) => Ok(text.clone()),
            Piece::Input(name) => self.inputs.0.get(name).cloned().ok_or_else(|| {
                Failure::Usage(format!(
                    "the build asks for the input `{name}`; give it with --inputs FILE, as `{name}=…`"
                ))
            }),
            Piece::Output { stack, region, output } => {
                let key = (stack.clone(), region.clone());
                if !self.outputs.contains_key(&key) {
                    let outputs = aws::outputs(region, stack)?.ok_or_else(|| {
                        Failure::Usage(format!("the build asks for an output of `{stack}`, which is not deployed yet"))
                    })?;
                    self.outputs.insert(key.clone(), outputs);
                }
                let found = self.outputs.get(&key).and_then(|outputs| outputs.get(output));
                found.cloned().ok_or_else(|| {
                    Failure::Usage(format!(
                        "the build asks for the output `{output}` of `{stack}`, which has none of that name"
                    ))
                })
            }
            Piece::Parameter { name, key } => self.secret(name, key.as_deref()),
        }
    }

    /// The value of a secret that is public.
    fn secret(&mut self, name: &str, key: Option<&str>) -> Result<String> {
        let missing =
            |what: String| Failure::Usage(format!("the build asks for {what}, which is not there; set it first"));
        if !self.secrets.contains_key(name) {
            let (ask, at) = match key {
                None => (["ssm", "get-parameter", "--with-decryption", "--name", name], "/Parameter/Value"),
                Some(_) => (
                    ["secretsmanager", "get-secret-value", "--version-stage", "AWSCURRENT", "--secret-id"],
                    "/SecretString",
                ),
            };
            let mut ask = ask.to_vec();
            ask.extend(key.map(|_| name));
            let answer = aws::json(self.region, &ask)?;
            let found = answer.as_ref().and_then(|answer| answer.pointer(at)).and_then(Value::as_str);
            let value = found.ok_or_else(|| missing(format!("the value of `{name}`")))?;
            self.secrets.insert(name.to_owned(), value.to_owned());
        }
        let value = self.secrets.get(name).map(String::as_str).unwrap_or_default();
        let Some(key) = key else { return Ok(value.to_owned()) };
        let parsed: Option<Value> = serde_json::from_str(value).ok();
        let found = parsed.as_ref().and_then(|all| all.get(key)).and_then(Value::as_str);
        found.map(str::to_owned).ok_or_else(|| missing(format!("the key `{key}` of the secret `{name}`")))
    }
}
