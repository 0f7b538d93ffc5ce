//! Progress: what long work is at. On a terminal each step takes the place of the one before; elsewhere it is a line.

use std::io::{IsTerminal, Write};

use crate::diag::render::visible_line;

/// The most characters of a step: one that needs two lines could not be taken back.
const WIDTH: usize = 76;

/// Says what is being done.
#[derive(Debug)]
pub(super) struct Progress {
    speaks: bool,
    takes_back: bool,
}

impl Progress {
    pub(super) fn new(speaks: bool) -> Progress {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        Progress { speaks, takes_back: std::io::stderr().is_terminal() && !is_dumb }
    }

    /// Begins a step.
    pub(super) fn step(&self, what: &str) {
        let what = visible_line(what);
        if self.takes_back {
            let short: String = what.chars().take(WIDTH).collect();
            self.write(&format!("\r\u{1b}[K{short}"));
        } else {
            self.write(&format!("{what}\n"));
        }
    }

    /// Takes the last step back: something else is written now.
    pub(super) fn done(&self) {
        if self.takes_back {
            self.write("\r\u{1b}[K");
        }
    }

    fn write(&self, text: &str) {
        if self.speaks {
            let mut to = std::io::stderr().lock();
            // Whether anybody sees it changes nothing.
            let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
        }
    }
}
