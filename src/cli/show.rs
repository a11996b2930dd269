//! `trunkline show`: a saved plan once more.

use std::path::PathBuf;

use super::Exit;
use super::output::{Failure, options, print};
use crate::plan::Plan;
use crate::render::{self, Detail, PlanFormat};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A plan that `plan --out` saved
    planfile: PathBuf,
    /// How to print the plan
    #[arg(long, value_enum, default_value_t)]
    format: PlanFormat,
    /// How much to show
    #[arg(long, value_enum, default_value_t)]
    detail: Detail,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let bytes = fs_err::read(&args.planfile)?;
    let not_a_plan = |reason: String| {
        Failure::new(format!(
            "{} is not a plan: {reason}",
            args.planfile.display()
        ))
        .help("save one with `trunkline plan --out FILE`")
    };
    let plan: Plan =
        serde_json::from_slice(&bytes).map_err(|error| not_a_plan(error.to_string()))?;
    if plan.format_version != 1 {
        return Err(not_a_plan(format!(
            "formatVersion {} is not known here",
            plan.format_version
        )));
    }
    print(&render::plan(
        &plan,
        args.format,
        &options(&std::io::stdout(), args.detail),
    )?)?;
    Ok(Exit::Fine)
}
