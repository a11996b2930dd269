//! `trunkline show`: a saved plan once more.

use std::path::PathBuf;

use super::output::{Failure, LengthArgs, SummaryArgs, options, print_plan};
use super::{Exit, cost, input, pager};
use crate::config::files::in_repository;
use crate::render::{self, Detail, Options, PlanFormat};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A plan that `plan --out` saved
    planfile: PathBuf,
    /// The directory with the YAML files: sarif and github name them relative to the repository root
    #[arg(default_value = ".")]
    path: PathBuf,
    /// How to print the plan
    #[arg(long, value_enum, default_value_t)]
    format: PlanFormat,
    #[command(flatten)]
    length: LengthArgs,
    #[command(flatten)]
    short: SummaryArgs,
    /// How much to show
    #[arg(long, value_enum, default_value_t)]
    detail: Detail,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let plan = input::plan(&args.planfile)?;
    let options = Options {
        // Nothing else needs a directory, or git.
        directory: match args.format {
            PlanFormat::Sarif | PlanFormat::Github => in_repository(&args.path)?,
            _ => String::new(),
        },
        cost: cost::of_plan(&plan, args.detail, &input::state(&args.path, None)),
        ..options(&std::io::stdout(), args.detail)
    };
    match args.short.summary {
        true => pager::show(&render::summary(&plan, &options))?,
        false => print_plan(&plan, args.format, &args.length.of(options))?,
    }
    Ok(Exit::Fine)
}
