//! The files of a local stage: containers for `docker compose`, a Makefile that starts all of it, and an example of each
//! process's variables.

use super::index::file;
use super::{Files, INDEX, MANIFEST, header, manifest};
use crate::component::{Container, Starts};
use crate::dotenv::quoted;
use crate::lower::local::{CONTAINERS, DEV, DOWN, LocalProcess, LocalStage, Named, Variable};
use crate::model::Model;
use crate::setting::Setting;
use crate::value::Value;
use crate::yaml::{self, Doc};

/// The containers.
pub const COMPOSE: &str = "compose.yaml";
/// What starts the stage.
pub const MAKEFILE: &str = "Makefile";
/// How examples of variables end.
pub const ENV_EXAMPLE: &str = ".env.example";

/// Every file of a local stage's folder.
#[must_use]
pub fn local_files(model: &Model, local: &LocalStage, layers: &[String]) -> Files {
    let header = header(layers);
    let mut files = Files::new();
    if !local.containers.is_empty() {
        files.insert(COMPOSE.to_owned(), header.clone() + &yaml::print(&compose(model, local)));
    }
    files.insert(MAKEFILE.to_owned(), header.clone() + &makefile(local));
    for process in local.processes.iter().filter(|process| !process.variables.is_empty()) {
        files.insert(example(&process.named), header.clone() + &variables(process));
    }
    files.insert(MANIFEST.to_owned(), header.clone() + &yaml::print(&manifest::document(&model.tree)));
    let index = yaml::print(&index(model, local, &files));
    files.insert(INDEX.to_owned(), header + &index);
    files
}

/// The file with the example of a process's variables.
fn example(named: &Named) -> String {
    format!("{}{ENV_EXAMPLE}", named.file)
}

/// Containers as the Compose specification describes them. Ports are open to this machine alone.
fn compose(model: &Model, local: &LocalStage) -> Doc {
    let volume = |(named, container, _): &(Named, Container, Setting<u32>)| volume(named, container);
    Doc::map([
        ("name", Doc::text(format!("{}-{}", model.manifest.project.value, model.stage.name.value))),
        ("services", Doc::Map(local.containers.iter().map(service).collect())),
        ("volumes", Doc::Map(local.containers.iter().map(|c| (volume(c), Doc::Map(Vec::new()))).collect())),
    ])
}

fn volume(named: &Named, container: &Container) -> String {
    format!("{}-{}", named.file, container.volume.value)
}

fn service((named, container, port): &(Named, Container, Setting<u32>)) -> (String, Doc) {
    let text = |value: &Value| Doc::text(interpolated(value.as_text().unwrap_or_default()));
    let environment = container.environment.iter().map(|(key, value)| ((*key).to_owned(), text(value)));
    let test = std::iter::once(Doc::text("CMD")).chain(container.ready.iter().map(text));
    let health = Doc::map([
        ("test", Doc::Seq(test.collect())),
        ("interval", Doc::text("2s")),
        ("timeout", Doc::text("5s")),
        ("retries", Doc::Int(30)),
    ]);
    let service = Doc::map([
        ("image", Doc::text(&container.image.value)),
        ("environment", Doc::Map(environment.collect())),
        ("ports", Doc::Seq(vec![Doc::text(format!("127.0.0.1:{}:{}", port.value, container.port))])),
        ("volumes", Doc::Seq(vec![Doc::text(format!("{}:{}", volume(named, container), container.data))])),
        ("healthcheck", health),
    ]);
    (named.file.clone(), service)
}

/// A text in which Compose finds no variable.
fn interpolated(text: &str) -> String {
    text.replace('$', "$$")
}

/// The variables of a process, for people to fill in.
fn variables(process: &LocalProcess) -> String {
    let LocalProcess { named, path, env_file, url, .. } = process;
    let at = url.as_ref().map(|url| format!(" at {url}")).unwrap_or_default();
    let file = joined(path, env_file);
    let mut text = format!(
        "#\n# Variables of {}{at}. Copy them to {file}, which git must ignore, and fill in what is empty.\n",
        named.component
    );
    let (known, open): (Vec<_>, Vec<_>) = process.variables.iter().partition(|(_, v)| v.comments.is_empty());
    let mut before = true;
    for (name, variable) in known.iter().chain(&open) {
        let Variable { value, comments } = variable;
        if before || !comments.is_empty() {
            text.push('\n');
        }
        before = false;
        comments.iter().for_each(|comment| text.push_str(&format!("# {comment}\n")));
        text.push_str(&format!("{name}={}\n", value.as_deref().map(quoted).unwrap_or_default()));
    }
    text
}

/// What starts the stage: containers, then what runs once, then all others beside each other.
fn makefile(local: &LocalStage) -> String {
    let named = |starts: Starts| {
        let of = local.processes.iter().filter(move |p| p.command.is_some() && p.starts == starts);
        of.map(|process| process.named.file.clone()).collect::<Vec<_>>()
    };
    let (first, together) = (named(Starts::First), named(Starts::Together));
    let containers: Vec<String> = (!local.containers.is_empty()).then(|| CONTAINERS.to_owned()).into_iter().collect();
    let before: Vec<String> = containers.iter().chain(&first).cloned().collect();
    let all: Vec<String> = before.iter().chain(&together).cloned().collect();
    let by_hand = named(Starts::Asked);
    let mut targets: Vec<&str> = vec![DEV];
    targets.extend(all.iter().chain(&by_hand).map(String::as_str));
    targets.extend((!containers.is_empty()).then_some(DOWN));
    let mut text = format!(
        "#\n# In the project's folder: `make -f <this file>` starts everything, and Ctrl-C stops it{}.\n\n\
        here := $(dir $(lastword $(MAKEFILE_LIST)))\nMAKEFLAGS += --jobs --no-print-directory\n.PHONY: {}\n\n{}\n",
        if containers.is_empty() { "" } else { "; `down` stops the containers, which keep their data" },
        targets.join(" "),
        target(DEV, &all),
    );
    if !containers.is_empty() {
        text.push_str(&format!(
            "\n{CONTAINERS}:\n\tdocker compose --file $(here){COMPOSE} up --detach --wait\n\
            \n{DOWN}:\n\tdocker compose --file $(here){COMPOSE} down\n"
        ));
    }
    for process in &local.processes {
        let Some(command) = &process.command else { continue };
        let after = match process.starts {
            Starts::First => &containers,
            Starts::Together | Starts::Asked => &before,
        };
        text.push_str(&format!("\n{}\n{}", target(&process.named.file, after), recipe(process, command)));
    }
    text
}

fn target(name: &str, after: &[String]) -> String {
    if after.is_empty() { format!("{name}:") } else { format!("{name}: {}", after.join(" ")) }
}

/// Makes the file of variables where there is none, reads it, and starts the process.
fn recipe(process: &LocalProcess, command: &str) -> String {
    let LocalProcess { named, path, env_file, variables, .. } = process;
    let enter = if path == "." { String::new() } else { format!("cd {} && ", shell(path)) };
    let command = made(command);
    if variables.is_empty() {
        return format!("\t{enter}{command}\n");
    }
    let (env, example) = (shell(&joined(path, env_file)), example(named));
    format!(
        "\t@test -e {env} || {{ cp $(here){example} {env} && echo {env} is new: fill in what is empty; }}\n\
        \t{enter}set -a && . ./{env_file} && set +a && {command}\n",
    )
}

/// A path of the project below a folder of it.
fn joined(folder: &str, file: &str) -> String {
    if folder == "." { file.to_owned() } else { format!("{folder}/{file}") }
}

/// A path as a word of a shell in a recipe.
fn shell(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./@+,".contains(c);
    let path = if path.starts_with('-') { format!("./{path}") } else { path.to_owned() };
    if path.chars().all(plain) { path } else { made(&format!("'{}'", path.replace('\'', "'\\''"))) }
}

/// A text in which make finds no variable.
fn made(text: &str) -> String {
    text.replace('$', "$$")
}

fn index(model: &Model, local: &LocalStage, files: &Files) -> Doc {
    let container = |(named, container, port): &(Named, Container, Setting<u32>)| {
        Doc::map([
            ("component", Doc::text(&named.component)),
            ("service", Doc::text(&named.file)),
            ("image", Doc::text(&container.image.value)),
            ("port", Doc::Int(port.value.into())),
        ])
    };
    let mut top = vec![
        ("project", Doc::text(&model.manifest.project.value)),
        ("stage", Doc::text(&model.stage.name.value)),
        ("lifetime", Doc::text("local")),
        ("manifest", file(MANIFEST, files)),
        ("makefile", file(MAKEFILE, files)),
    ];
    if !local.containers.is_empty() {
        top.push(("compose", file(COMPOSE, files)));
        top.push(("containers", Doc::Seq(local.containers.iter().map(container).collect())));
    }
    if !local.processes.is_empty() {
        top.push(("processes", Doc::Seq(local.processes.iter().map(|p| process(p, files)).collect())));
    }
    Doc::map(top)
}

fn process(process: &LocalProcess, files: &Files) -> Doc {
    let mut entries = vec![("component", Doc::text(&process.named.component)), ("path", Doc::text(&process.path))];
    entries.extend(process.command.as_ref().map(|command| ("command", Doc::text(command))));
    entries.extend(process.url.as_ref().map(|url| ("url", Doc::text(url))));
    let starts = match process.starts {
        Starts::First => "first",
        Starts::Together => "together",
        Starts::Asked => "asked",
    };
    entries.push(("starts", Doc::text(starts)));
    if !process.variables.is_empty() {
        entries.push(("environment", file(&example(&process.named), files)));
        entries.push(("copied_to", Doc::text(joined(&process.path, &process.env_file))));
    }
    Doc::map(entries)
}
