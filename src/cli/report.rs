//! What a command says and how it ends: findings to stderr, data to stdout, an exit code for each case.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use super::{Color, Common, Format};
use crate::diag::Diagnostics;
use crate::diag::render::{self, render, visible_line};
use crate::source::Sources;

/// The width of messages where the terminal says none.
const WIDTH: usize = 100;
/// The widths that are believed.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=1000;

/// How a command ended, apart from failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No errors.
    Fine,
    /// The input has errors, or something was refused.
    Errors,
    /// There are differences.
    Differences,
}

/// A failure of the surroundings: nothing about the input.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A file or folder could not be used.
    File {
        /// What was tried: `read`, `write`.
        what: &'static str,
        /// The path, as it was given.
        path: String,
        /// Why not.
        reason: String,
    },
    /// The command cannot be carried out as it was given.
    Usage(String),
    /// Nobody reads our output any more.
    ClosedPipe,
}

impl Failure {
    /// A failure with a path.
    pub(crate) fn file(what: &'static str, path: &std::path::Path, reason: impl std::fmt::Display) -> Self {
        Failure::File { what, path: path.display().to_string(), reason: reason.to_string() }
    }
}

/// Where output goes, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    format: Format,
    color: bool,
    colors_data: bool,
    strict: bool,
}

impl Terminal {
    pub(crate) fn new(common: &Common) -> Self {
        let wanted = |is_terminal: bool| {
            let no_color = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
            let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
            is_terminal && !no_color && !dumb
        };
        let color = |is_terminal: bool| match common.color {
            Color::Auto => wanted(is_terminal),
            Color::Always => true,
            Color::Never => false,
        };
        Terminal {
            format: common.format,
            color: color(std::io::stderr().is_terminal()),
            colors_data: color(std::io::stdout().is_terminal()),
            strict: common.strict,
        }
    }

    /// Writes data.
    pub(crate) fn data(&self, text: &str) -> Result<(), Failure> {
        written(std::io::stdout().lock().write_all(text.as_bytes()).and_then(|()| std::io::stdout().lock().flush()))
    }

    /// Writes findings; whether any is an error. With a format for machines the text is data and always written, so that a
    /// reader gets a valid document from a run without findings as well.
    pub(crate) fn findings(&self, mut findings: Diagnostics, sources: &Sources) -> Result<bool, Failure> {
        if self.strict {
            findings.strict();
        }
        findings.sort();
        let format = match self.format {
            Format::Json => render::Format::Json,
            Format::Sarif => render::Format::Sarif,
            Format::Github => render::Format::Github,
            _ => render::Format::Text,
        };
        if findings.is_empty() && self.format != Format::Sarif {
            return Ok(false);
        }
        let text = render(&findings, sources, format, self.color, terminal_width());
        let told = match format {
            render::Format::Text => written(std::io::stderr().lock().write_all(text.as_bytes())),
            _ => self.data(&text),
        };
        // Errors are errors, whether or not somebody reads on.
        match told {
            Err(Failure::ClosedPipe) if findings.has_errors() => Ok(true),
            told => told.map(|()| findings.has_errors()),
        }
    }

    /// The same, with findings for people beside data of any format.
    pub(crate) fn with_findings_as_text(&self) -> Terminal {
        Terminal { format: Format::Text, ..*self }
    }

    /// Whether data is coloured.
    pub(crate) fn colors_data(&self) -> bool {
        self.colors_data
    }

    /// Whether people read along.
    pub(crate) fn for_people(&self) -> bool {
        self.format == Format::Text
    }
}

fn terminal_width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).filter(|w| WIDTHS.contains(w)).unwrap_or(WIDTH)
}

fn written(result: std::io::Result<()>) -> Result<(), Failure> {
    match result {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Failure::ClosedPipe),
        Err(error) => Err(Failure::File { what: "write", path: "output".to_owned(), reason: error.to_string() }),
    }
}

/// The exit code of a command, failures told.
pub(super) fn exit_code(result: Result<Outcome, Failure>, terminal: &Terminal) -> ExitCode {
    let red = |text: &str| if terminal.color { format!("\u{1b}[1;31m{text}\u{1b}[0m") } else { text.to_owned() };
    // A path or a name may hold anything.
    let tell = |text: String| {
        let _ = writeln!(std::io::stderr().lock(), "{}: {}", red("error"), visible_line(&text));
    };
    match result {
        Ok(Outcome::Fine) | Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Ok(Outcome::Errors) => ExitCode::from(1),
        Ok(Outcome::Differences) => ExitCode::from(3),
        Err(Failure::Usage(reason)) => {
            tell(reason);
            ExitCode::from(2)
        }
        Err(Failure::File { what, path, reason }) => {
            tell(format!("cannot {what} {path}: {reason}"));
            ExitCode::from(2)
        }
    }
}

/// A panic is a bug of ours and says so.
pub(super) fn catch_bugs() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!(" at {}:{}", l.file(), l.line())).unwrap_or_default();
        let _ = writeln!(
            std::io::stderr().lock(),
            "internal error{place}: {}\nThis is a bug of reggie-cfn {}; nothing was written. Please report it with the manifest that shows it.",
            info.payload_as_str().unwrap_or("unknown"),
            env!("CARGO_PKG_VERSION"),
        );
        std::process::exit(70);
    }));
}
