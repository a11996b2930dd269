//! The command line: one file per command. Owns the wiring of stages, the exit code and the choice of format.
//!
//! Knows no kind, no HTTP and no YAML. Arguments are parsed first and acted on later.

mod applied;
mod apply;
mod broadworks;
mod capture;
mod complete;
mod completions;
mod connection;
mod control_hub;
mod cost;
mod doctor;
mod drift;
mod explain;
mod fleet;
mod fmt;
mod given;
mod habits;
mod import;
mod init;
mod input;
mod licenses;
mod list;
mod live;
mod lock;
mod man;
mod output;
mod pager;
mod permitted;
mod plan;
mod refused;
mod restore;
mod schema;
mod show;
mod simulate;
mod snapshot;
mod texts;
mod validate;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use output::Color;
pub use output::Failure;

/// GitOps for Cisco Webex organisations: YAML in git, a plan to read, nothing lost by accident.
#[derive(Debug, Parser)]
#[command(name = "trunkline", version, max_term_width = 100, after_long_help = texts::PROGRAM)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Run as if started in this directory
    #[arg(short = 'C', long = "chdir", global = true, value_name = "DIR")]
    directory: Option<PathBuf>,
    /// When to use colours [default: auto, which is on a terminal]
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    color: Option<Color>,
    /// Print long texts at once; on a terminal they go through TRUNKLINE_PAGER, PAGER or `less`
    #[arg(long, global = true)]
    no_pager: bool,
    /// Print only results, warnings and errors: no progress, no list of written files
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Print each request to Webex on stderr: method, path, status and time
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Load and check the configuration; no snapshot is needed
    Validate(validate::Args),
    /// Compare the configuration with a snapshot and print what would change
    #[command(after_long_help = texts::PLAN)]
    Plan(plan::Args),
    /// Show what differs from the files and why, for a schedule
    #[command(after_long_help = texts::DRIFT)]
    Drift(drift::Args),
    /// Print a saved plan again
    Show(show::Args),
    /// Plan the restore of a person or workspace from a backup
    Restore(restore::Args),
    /// Carry out a plan and verify the result
    #[command(after_long_help = texts::APPLY, mut_arg("live", |live| live.help(texts::APPLY_LIVE)))]
    Apply(apply::Args),
    /// Print how the words in YAML map to the licences of an organisation
    Licenses(licenses::Args),
    /// Explain the state of a person or another object, or the meaning of a finding code
    Explain(explain::Args),
    /// For service providers with Webex for BroadWorks: billing, and a mail on request
    Broadworks(broadworks::Args),
    /// List the organisations of a repository, and plan all of them
    #[command(after_long_help = texts::FLEET)]
    Fleet(fleet::Args),
    /// List people, numbers and other objects of a snapshot, with filters
    List(list::Args),
    /// Check that files, snapshot, token and workflows have what the commands need
    Doctor(doctor::Args),
    /// Capture the current state of the organisation in a file
    Snapshot(snapshot::Args),
    /// Create a new directory: commented files, the schema for editors, workflows
    Init(init::Args),
    /// Write YAML that describes a snapshot, as a first configuration
    Import(import::Args),
    /// Write the YAML files in one layout; comments and meaning do not change
    Fmt(fmt::Args),
    /// Print the JSON Schema of the configuration, for editors
    Schema(schema::Args),
    /// Run a Webex simulator on loopback
    Simulate(simulate::Args),
    /// Print a completion script for a shell
    #[command(after_long_help = texts::COMPLETIONS)]
    Completions(completions::Args),
    /// Print addresses of objects, for completion scripts
    #[command(hide = true)]
    Complete(complete::Args),
    /// Write the manual pages into a directory, for packages
    #[command(hide = true)]
    Man(man::Args),
    /// Print the version
    Version,
}

/// How a run ended: the exit codes of contract section 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Fine, or no changes.
    Fine = 0,
    /// An error, of usage too.
    Error = 1,
    /// There are changes.
    Changes = 2,
    /// There are changes, and acknowledged irreversible ones among them.
    Irreversible = 3,
    /// Blocked: an unacknowledged loss, a guardrail, or an error that needed the snapshot.
    Blocked = 4,
    /// The plan is stale: an object has changed since it was made.
    Stale = 5,
    /// Applied in part.
    Partial = 6,
    /// Input is incomplete: a truncated snapshot, an empty configuration.
    Incomplete = 7,
}

/// Runs the program with these arguments, the first of which is its name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let words = habits::ours(args, &command());
    let cli = match Cli::try_parse_from(words.iter().map(|word| &word.ours)) {
        Ok(cli) => cli,
        Err(error) => {
            if let Some(failure) = refused::failure(&error, &words, &command()) {
                return failure.report();
            }
            // The code of clap for a usage error is 2, which means "changes" here.
            let exit = if error.use_stderr() {
                Exit::Error
            } else {
                Exit::Fine
            };
            return match error.print() {
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Exit::Error,
                _ => exit,
            };
        }
    };
    output::settle(cli.global.color, cli.global.quiet, cli.global.verbose);
    pager::settle(cli.global.no_pager);
    if let Some(directory) = &cli.global.directory
        && let Err(error) = std::env::set_current_dir(directory)
    {
        let message = format!(
            "cannot run in the directory {}: {error}",
            directory.display()
        );
        return Failure::new(message).report();
    }
    let done = match cli.command {
        Command::Validate(args) => validate::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Drift(args) => drift::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Apply(args) => apply::run(&args),
        Command::Licenses(args) => licenses::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Broadworks(args) => broadworks::run(&args),
        Command::Fleet(args) => fleet::run(&args),
        Command::List(args) => list::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Snapshot(args) => snapshot::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Fmt(args) => fmt::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Completions(args) => completions::run::<Cli>(&args),
        Command::Complete(args) => complete::run(&args, command()),
        Command::Man(args) => man::run::<Cli>(&args),
        Command::Version => output::print(concat!("trunkline ", env!("CARGO_PKG_VERSION"), "\n"))
            .map(|()| Exit::Fine),
    };
    done.unwrap_or_else(|failure| failure.report())
}

/// The command line as a value, for tests of its help texts.
pub fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}
