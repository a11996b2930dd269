//! `trunkline restore`: from a backup to a plan that restores what was lost.

use std::path::PathBuf;

use super::given::{self, Given};
use super::output::{self, Failure};
use super::plan::exit;
use super::{Exit, capture, input};
use crate::backup;
use crate::render::{Detail, Options, PlanFormat};
use crate::restore::{self, Inputs};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A backup, from .trunkline/backups
    #[arg(value_name = "BACKUP")]
    bundle: PathBuf,
    /// The directory with the YAML files
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The observed state [default: snapshot.json in PATH]
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Create a deleted person or workspace again, with a new id
    #[arg(long)]
    recreate: bool,
    /// The age identity for an encrypted backup
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Save the plan as JSON in this file, for apply
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: PlanFormat,
    /// Exit with 2 if there are changes
    #[arg(long)]
    detailed_exitcode: bool,
    /// How much to show
    #[arg(long, value_enum, default_value_t)]
    detail: Detail,
    #[command(flatten)]
    live: capture::LiveArgs,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let bundle = backup::open(&args.bundle, args.identity.as_deref()).map_err(|error| {
        let failure = Failure::new(&error);
        match error {
            backup::Error::NoIdentity(_) => failure.help("name it with --identity FILE"),
            backup::Error::Damaged { .. } => given::instead(&args.bundle, Some(Given::Backup))
                .unwrap_or_else(|| {
                    failure.help("name a backup file, such as one from `.trunkline/backups`")
                }),
            _ => failure,
        }
    })?;
    let loaded = input::configuration(&args.path, None)?;
    let states = match args.live.live && !output::any_error(&loaded.findings) {
        true => {
            let (_, observed) = args.live.observe(&loaded.config)?;
            input::states_of(observed, None, &loaded, None)
        }
        false => input::states(&args.path, args.snapshot.as_deref(), None, &loaded, None),
    };
    let states = match states {
        Ok(states) => states,
        Err(findings) => return input::stop(args.format, &loaded, findings),
    };
    let inputs = states.inputs(&loaded, None, None);
    let planned = restore::plan(Inputs {
        bundle: &bundle,
        file: &args.bundle.to_string_lossy(),
        config: &loaded.config,
        snapshot: inputs.snapshot,
        recreate: args.recreate,
        config_ref: inputs.config_ref,
        snapshot_ref: inputs.snapshot_ref,
    });
    let plan = match planned {
        Ok(plan) => plan,
        Err(findings) => return input::stop(args.format, &loaded, findings),
    };
    if let Some(out) = &args.out {
        output::save_plan(out, &plan)?;
    }
    let options = Options {
        directory: loaded.origin.directory.clone(),
        ..output::options(&std::io::stdout(), args.detail)
    };
    output::print_plan(&plan, args.format, &options)?;
    Ok(exit(&plan, args.detailed_exitcode))
}
