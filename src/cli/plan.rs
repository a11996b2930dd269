//! `trunkline plan`: what would change, and what would be lost.

use std::path::PathBuf;

use super::output::{self, Failure, print, save};
use super::{Exit, input};
use crate::config::Config;
use crate::plan::{self, Inputs, Plan};
use crate::render::{self, Detail, PlanFormat, ReportFormat};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory with the YAML files
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The observed state [default: snapshot.json in PATH]
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Read the files of this git revision, without a checkout
    #[arg(long = "ref", value_name = "REV")]
    revision: Option<String>,
    /// An earlier snapshot: whoever it lacks is a newcomer
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Take the guardrails from this git revision, so that a change cannot loosen the rule that judges it
    #[arg(long, value_name = "REV")]
    policy_ref: Option<String>,
    /// Plan only this object, with all that it depends on; may be repeated
    #[arg(long = "target", value_name = "ADDRESS", conflicts_with = "only")]
    targets: Vec<String>,
    /// Save the plan as JSON in this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print this report in place of the plan
    #[arg(long, value_enum, value_name = "REPORT")]
    only: Option<Only>,
    /// How to print it; csv is for --only
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
    /// Exit with 2 if there are changes, 3 if irreversible ones are among them
    #[arg(long)]
    detailed_exitcode: bool,
    /// How much to show
    #[arg(long, value_enum, default_value_t)]
    detail: Detail,
    #[arg(long, hide = true)]
    live: bool,
    #[arg(long, hide = true, value_name = "REV")]
    base: Option<String>,
}

/// A report that is made with the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Only {
    /// Who should have Calling and does not get it, why, and what to do
    CallingFailures,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.live {
        return Err(
            Failure::new("--live is not built yet").help("name a snapshot file with --snapshot")
        );
    }
    if args.base.is_some() {
        return Err(Failure::new(
            "--base is not built yet: a deleted block means \"no longer managed\"",
        )
        .help("delete people with `state: absent`; delete other objects in Control Hub"));
    }
    if args.format == ReportFormat::Csv && args.only.is_none() {
        return Err(
            Failure::new("--format csv of a whole plan is not built yet")
                .help("use --format json, or --only calling-failures --format csv"),
        );
    }
    let mut loaded = input::configuration(&args.path, args.revision.as_deref())?;
    let policy = match &args.policy_ref {
        Some(revision) => Some(policy(args, revision)?),
        None => None,
    };
    if let Some(policy) = &policy {
        loaded.judge(policy);
    }
    let (named, baseline) = (args.snapshot.as_deref(), args.baseline.as_deref());
    let states = match input::states(&args.path, named, baseline, &loaded) {
        Ok(states) => states,
        Err(findings) => return input::stop(plan_format(args.format), &loaded, findings),
    };
    let inputs = Inputs {
        targets: states.addresses(&loaded.config, &args.targets)?,
        ..states.inputs(&loaded, policy.as_ref().unwrap_or(&loaded.config))
    };
    let (plan, failures) = match args.only {
        Some(Only::CallingFailures) => plan::with_calling_failures(inputs),
        None => (plan::build(inputs), Vec::new()),
    };
    if let Some(out) = &args.out {
        save(
            out,
            &render::plan(&plan, PlanFormat::Json, &Default::default())?,
        )?;
    }
    let options = output::options(&std::io::stdout(), args.detail);
    let text = match args.only {
        Some(Only::CallingFailures) => {
            render::calling_failures(&plan, &failures, args.format, &options)?
        }
        None => render::plan(&plan, plan_format(args.format), &options)?,
    };
    print(&text)?;
    Ok(exit(&plan, args.detailed_exitcode))
}

fn plan_format(format: ReportFormat) -> PlanFormat {
    match format {
        ReportFormat::Json => PlanFormat::Json,
        ReportFormat::Text | ReportFormat::Csv => PlanFormat::Text,
    }
}

/// The configuration whose guardrails judge the plan.
fn policy(args: &Args, revision: &str) -> Result<Config, Failure> {
    let loaded = input::configuration(&args.path, Some(revision))?;
    if loaded.has_errors() {
        let message = format!(
            "the configuration at {revision} has errors, so that its guardrails cannot be read"
        );
        return Err(Failure::new(message).help(format!(
            "see them with `trunkline validate --ref {revision}`"
        )));
    }
    Ok(loaded.config)
}

/// The exit code of a plan (contract section 5).
pub fn exit(plan: &Plan, detailed: bool) -> Exit {
    if plan.is_blocked() {
        Exit::Blocked
    } else if !detailed || plan.is_empty() {
        Exit::Fine
    } else if plan.summary.irreversible > 0 {
        Exit::Irreversible
    } else {
        Exit::Changes
    }
}
