//! The command line: the only room that touches disk, terminal, environment or clock.

mod build;
mod check;
mod clock;
mod cost;
mod diff;
mod disk;
mod dns;
mod docs;
mod explain;
mod git;
mod graph;
mod import;
mod init;
mod input;
mod package;
mod page;
mod policy;
mod report;
mod report_page;
mod schema;
mod secrets;
mod site;
mod stages;
mod state;
mod verify;
mod write;

use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use report::{Failure, Outcome, Terminal};

/// Compiles small declarative YAML to plain, reviewable CloudFormation templates.
///
/// Reads `environments/` (a base and one layer a stage), writes `out/<stage>/`. It needs no credentials and no network.
#[derive(Debug, Parser)]
#[command(name = "reggie-cfn", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 no errors, 1 errors, 2 wrong usage or a failure of the surroundings, 3 differences, 70 a bug.\n\
    \nExamples:\n  reggie-cfn build production         compile one stage\n  reggie-cfn check                    are the permanent stages valid, and is out/ fresh?\n  \
    reggie-cfn diff production --against main\n  \
    reggie-cfn graph production         what there is, and who uses whom\n  \
    reggie-cfn explain production ReggieDbCluster.BackupRetentionPeriod\n  reggie-cfn explain MAN010           what a code means"
)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// The project's folder, which holds `environments/`.
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    project: std::path::PathBuf,
    /// How findings are written.
    #[arg(long, global = true, value_enum, default_value = "text")]
    format: Format,
    /// Whether output is coloured; `auto` follows the terminal and NO_COLOR.
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    color: Color,
    /// Warnings are errors.
    #[arg(long, global = true)]
    strict: bool,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
    /// A SARIF 2.1.0 log.
    Sarif,
    /// GitHub workflow commands, shown beside the lines of a pull request.
    Github,
    /// For a comment on a pull request; of `diff`, `dns` and `cost` only.
    Markdown,
    /// What GitHub draws; of `graph` only.
    Mermaid,
    /// What Graphviz draws; of `graph` only.
    Dot,
    /// A picture; of `graph` only.
    Svg,
}

/// When output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compile stages and write their folders below `out/`.
    Build(build::Build),
    /// Compile stages and compare with the committed `out/`; writes nothing.
    Check(check::Check),
    /// Say what a deploy would do: what it makes, changes, replaces and deletes, and who may do what.
    Diff(diff::Diff),
    /// Estimate what a stage costs a month.
    Cost(cost::Cost),
    /// Set the records of a stage: from its plans to what an applier takes.
    Dns(dns::Dns),
    /// Write the page of the product: all of its stages side by side.
    Docs(docs::Docs),
    /// Say where a value comes from, or what a code means.
    Explain(explain::Explain),
    /// Draw a stage: its components in groups, and who uses whom.
    Graph(graph::Graph),
    /// Write one HTML file to look into: diagram, resources, where every value comes from, what a deploy would do.
    Report(report_page::ReportPage),
    /// Write what CloudFormation needs to take existing resources over.
    Import(import::Import),
    /// List the secrets of a stage; compare them with what AWS holds, or fill them from a file.
    Secrets(secrets::Secrets),
    /// Start a project, or add files with which others call the compiler.
    Init(init::Init),
    /// Make zips, images and files of a stage's code, bring them to AWS, and write down which they are.
    Package(package::Package),
    /// Compare the build of a site with its component.
    Site(site::Site),
    /// Check CloudFormation templates, whoever made them.
    Verify(verify::Verify),
    /// List the stages and the layers that make them.
    Stages(stages::Stages),
    /// Print the JSON Schema of a layer, for editors.
    Schema(schema::Schema),
    /// Print a completion script for a shell.
    Completions(page::Completions),
    /// Print the manual page.
    Man(page::Man),
    /// Evaluate rules; `check --policy` runs it.
    #[command(name = policy::EVALUATE, hide = true)]
    EvaluateRules,
}

/// Stages as a command takes them.
#[derive(Debug, Clone, Args)]
pub(crate) struct StageArgs {
    /// The stages; unless named, all that are committed: permanent and local ones.
    #[arg(value_name = "STAGE")]
    stages: Vec<String>,
    /// All permanent and local stages.
    #[arg(long, conflicts_with = "stages")]
    all: bool,
    /// Where the stages' folders are, relative to the project.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: std::path::PathBuf,
}

/// The whole command, for the manual page and completions.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command line.
#[must_use]
pub fn main() -> ExitCode {
    report::catch_bugs();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; clap writes each to where it belongs.
            let code = error.exit_code();
            let _ = error.print();
            return ExitCode::from(u8::try_from(code).unwrap_or(2));
        }
    };
    let terminal = Terminal::new(&cli.common);
    let result = match &cli.command {
        Command::Graph(graph) => graph.run(&cli.common, &terminal),
        _ if matches!(cli.common.format, Format::Mermaid | Format::Dot | Format::Svg) => Err(Failure::Usage(
            "--format mermaid, dot and svg are for `graph`; here it is text, json, sarif or github".to_owned(),
        )),
        Command::Diff(diff) => diff.run(&cli.common, &terminal),
        Command::Cost(cost) => cost.run(&cli.common, &terminal),
        Command::Dns(dns) => dns.run(&cli.common, &terminal),
        _ if cli.common.format == Format::Markdown => Err(Failure::Usage(
            "--format markdown is for `diff`, `dns` and `cost`; here it is text, json, sarif or github".to_owned(),
        )),
        Command::Build(build) => build.run(&cli.common, &terminal),
        Command::Check(check) => check.run(&cli.common, &terminal),
        Command::Docs(docs) => docs.run(&cli.common, &terminal),
        Command::Explain(explain) => explain.run(&cli.common, &terminal),
        Command::Report(report) => report.run(&cli.common, &terminal),
        Command::Import(import) => import.run(&cli.common, &terminal),
        Command::Secrets(secrets) => secrets.run(&cli.common, &terminal),
        Command::Init(init) => init.run(&cli.common, &terminal),
        Command::Package(package) => package.run(&cli.common, &terminal),
        Command::Site(site) => site.run(&cli.common, &terminal),
        Command::Verify(verify) => verify.run(cli.common.format, &terminal),
        Command::Stages(stages) => stages.run(&cli.common, &terminal),
        Command::Schema(schema) => schema.run(&terminal),
        Command::Completions(completions) => completions.run(&terminal),
        Command::Man(man) => man.run(&terminal),
        Command::EvaluateRules => policy::evaluate_rules(),
    };
    report::exit_code(result, &terminal)
}

/// What a command ends with.
pub(crate) type Result<T = Outcome> = std::result::Result<T, Failure>;
