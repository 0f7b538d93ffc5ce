//! `completions` and `man`: derived from the command's own description.

use clap::Args;
use clap_complete::Shell;

use super::report::{Failure, Outcome, Terminal};
use super::{Result, command};

/// Print a completion script for a shell.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    shell: Shell,
}

/// Print the manual page.
#[derive(Debug, Args)]
pub(crate) struct Man {}

impl Completions {
    pub(super) fn run(&self, terminal: &Terminal) -> Result {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut command(), "reggie-cfn", &mut text);
        terminal.data(&String::from_utf8_lossy(&text))?;
        Ok(Outcome::Fine)
    }
}

impl Man {
    pub(super) fn run(&self, terminal: &Terminal) -> Result {
        let mut text = Vec::new();
        let fail = |e: std::io::Error| Failure::Usage(e.to_string());
        let main = command();
        clap_mangen::Man::new(main.clone()).render(&mut text).map_err(fail)?;
        terminal.data(&String::from_utf8_lossy(&text))?;
        Ok(Outcome::Fine)
    }
}
