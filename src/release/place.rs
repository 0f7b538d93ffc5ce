//! Where a finding about a folder or a file points: at the setting that names it.

use std::fmt::Display;

use crate::compile::Compiled;
use crate::diag::{Code, Diagnostic};
use crate::origin::OriginId;

/// `CFN500`: nothing where the code should be.
pub const CFN500: Code = Code {
    id: "CFN500",
    explanation: "a folder or a file that a release brings is not there\n\n\
        `package` makes zips and uploads of what stands at the paths of the manifest, relative to the project. Most of these folders are made by \
        a build and are not in the repository: run it first. `package --build` runs the `build.command` of each site; what builds a \
        function is no part of the manifest.",
};

/// `CFN505`: something that cannot be brought.
pub const CFN505: Code = Code {
    id: "CFN505",
    explanation: "something in a folder cannot be brought\n\n\
        All that stands in a folder goes into its zip, or to the bucket of its site; nothing is left out. Files do, and in zips links too, as long as they lead to something in the \
        same folder: a link out of it would lead to nothing in AWS, or bring what nobody has looked at. Pipes, sockets and \
        devices have no content. Names are UTF-8, since zips and S3 have no others, and hold no control characters, since listings have one line a \
        file. In a bucket there are no links: one to a file is brought as that file, one to a folder is not.",
};

/// `CFN506`: somebody still writes.
pub const CFN506: Code = Code {
    id: "CFN506",
    explanation: "a file changed while it was packed\n\n\
        The name of a release is made of what files hold. A file that holds something else when it is read a second time was written to in between, by a \
        build that is still at work or by an editor; what would be uploaded would be half of each state. Wait for the build, and \
        package again.",
};

/// What in a folder cannot be brought, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Odd {
    /// A link out of the folder.
    LeadsOut {
        /// Where it leads, as it is written.
        target: String,
    },
    /// A link that leads to itself.
    Loop,
    /// A link to a folder, where files alone can be brought.
    LinkToFolder,
    /// A link to nothing, where files alone can be brought.
    LinkToNothing,
    /// A pipe, a socket or a device.
    NoFile,
    /// A name that is not UTF-8.
    NotUtf8,
    /// A name with a control character.
    Control,
    /// A file that `files` names as well.
    Twice,
    /// A name that is no path in a zip.
    NoName,
    /// A key of more bytes than S3 takes.
    TooLong,
    /// A file for everyone that is kept to oneself: variables, keys, the history of sources.
    Private,
    /// The folder that `package` itself writes to.
    State,
}

/// Who makes a folder or a file that a release brings.
#[derive(Debug, Clone, Copy)]
pub enum By<'b> {
    /// A command that the manifest knows, in a folder.
    Command {
        /// The command.
        command: &'b str,
        /// The folder.
        folder: &'b str,
    },
    /// Some build.
    Build,
    /// Whoever writes the sources.
    Hand,
}

/// A folder of a component, and the setting that names it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'c> {
    /// The stage.
    pub compiled: &'c Compiled,
    /// The component.
    pub component: &'c str,
    /// Where the folder is named.
    pub origin: OriginId,
}

impl<'c> Place<'c> {
    /// The place of a component's setting, by the path to it; that of the component itself where no such setting is written.
    #[must_use]
    pub fn of(compiled: &'c Compiled, component: &'c str, setting: &[&str]) -> Place<'c> {
        let path: Vec<&str> = ["components", component].into_iter().chain(setting.iter().copied()).collect();
        let value = compiled.model.tree.at(&path);
        let origin = value.map(|value| value.origin).unwrap_or_else(|| own_origin(compiled, component));
        Place { compiled, component, origin }
    }

    /// The same component, and another setting of it.
    #[must_use]
    pub fn at(self, origin: OriginId) -> Place<'c> {
        Place { origin, ..self }
    }

    /// Points at the setting, or at the component's name where no layer wrote it.
    #[must_use]
    pub fn label(&self, diagnostic: Diagnostic, text: &str) -> Diagnostic {
        let own = own_origin(self.compiled, self.component);
        diagnostic.at_origin(&self.compiled.origins, self.origin, &[own], text)
    }

    /// Nothing stands where a folder or a file should.
    #[must_use]
    pub fn missing(&self, path: &str, by: By<'_>) -> Diagnostic {
        let name = self.component;
        let title = format!("`{path}`, which a release of `{name}` brings, is not there");
        let diagnostic = self.label(Diagnostic::error(CFN500, title), "nothing there");
        diagnostic.help(match by {
            By::Command { command, folder } => format!("run `{command}` in `{folder}`, or let `package --build` do so"),
            By::Build => format!("build `{name}` first: what its build leaves is looked for there"),
            By::Hand => "write the path as it is in the project".to_owned(),
        })
    }

    /// Something else stands where a folder or a file should.
    #[must_use]
    pub fn other(&self, path: &str, what: &str) -> Diagnostic {
        let title = format!("`{path}`, which a release of `{}` brings, is no {what}", self.component);
        self.label(Diagnostic::error(CFN500, title), &format!("a {what} is needed"))
            .help(format!("name the {what} that the build leaves"))
    }

    /// The folder itself is a link out of the project.
    #[must_use]
    pub fn outside(&self, path: &str) -> Diagnostic {
        let title = format!("`{path}`, which a release of `{}` brings, leads out of the project", self.component);
        self.label(Diagnostic::error(CFN505, title), "not in the project")
            .help("let the build write into a folder of the project, or copy what it leaves there")
    }

    /// Something in the folder cannot be brought.
    #[must_use]
    pub fn odd(&self, path: &dyn Display, odd: &Odd) -> Diagnostic {
        let (fact, label, help) = match odd {
            Odd::LeadsOut { target } => (
                format!("is a link to `{target}`, which is not in the folder"),
                "holds a link that leads out of it",
                "copy what it leads to into the folder; for workspaces, `pnpm deploy` or a bundler does so",
            ),
            Odd::Loop => ("is a link that leads to itself".to_owned(), "holds a link that leads nowhere", "remove it"),
            Odd::LinkToFolder => (
                "is a link to a folder, and a bucket has no links".to_owned(),
                "holds a link to a folder",
                "copy the folder to its place",
            ),
            Odd::LinkToNothing => (
                "is a link to nothing, and a bucket has no links".to_owned(),
                "holds a link to nothing",
                "remove it, or build again",
            ),
            Odd::NoFile => {
                ("is a pipe, a socket or a device".to_owned(), "holds what is no file", "remove it: it has no content")
            }
            Odd::NotUtf8 => (
                "has a name that is not UTF-8".to_owned(),
                "holds a name that AWS cannot have",
                "rename it: zips and S3 have names of UTF-8 alone",
            ),
            Odd::Control => (
                "has a control character in its name".to_owned(),
                "holds a name that is more than one line",
                "rename it: a listing has one line a file",
            ),
            Odd::Twice => (
                "is in the folder, and `files` names it too".to_owned(),
                "has this file already",
                "remove one of the two, or give it another name in `files`",
            ),
            Odd::NoName => (
                "is no name in a zip".to_owned(),
                "names a file of the zip",
                "write a path without `..`, such as `certs/rds.pem`",
            ),
            Odd::State => (
                "is where `package` itself writes".to_owned(),
                "holds the release that is made of it",
                "name the folder that the build leaves",
            ),
            Odd::Private => (
                "would be published: whoever asks for it gets it".to_owned(),
                "holds what is nobody else's",
                "name the folder that holds the site alone, or leave this file out of the build",
            ),
            Odd::TooLong => (
                "has a longer name than S3 takes: 1,024 bytes, with the folder of the release before it".to_owned(),
                "holds a name that is too long",
                "rename it, or the folders that it stands in",
            ),
        };
        let title = format!("`{path}` of `{}` {fact}", self.component);
        self.label(Diagnostic::error(CFN505, title), label).help(help)
    }

    /// A file holds something else than when it was read first.
    #[must_use]
    pub fn changed(&self, path: &dyn Display) -> Diagnostic {
        let title = format!("`{path}` of `{}` changed while it was packed", self.component);
        self.label(Diagnostic::error(CFN506, title), "somebody writes in this folder")
            .help("wait until the build has ended, and package again")
    }
}

fn own_origin(compiled: &Compiled, component: &str) -> OriginId {
    compiled.model.components.get(component).map_or(compiled.model.tree.origin, |own| own.origin)
}
