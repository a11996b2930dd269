//! `trunkline plan`: what would change, and what would be lost.

use std::path::PathBuf;

use super::input::States;
use super::output::{self, Failure, LengthArgs, SummaryArgs, print};
use super::{Exit, applied, capture, control_hub, cost, input, pager};
use crate::config::{Config, Loaded};
use crate::disk;
use crate::finding::Finding;
use crate::plan::{self, Inputs, Plan};
use crate::render::{self, Detail, Options, PlanFormat, ReportFormat};

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
    #[command(flatten)]
    applied: applied::Args,
    /// Take the guardrails from this git revision, so that a change cannot loosen the rule that judges it
    #[arg(long, value_name = "REV")]
    policy_ref: Option<String>,
    /// Plan only this object, with all that it depends on; can be repeated
    #[arg(long = "target", value_name = "ADDRESS", conflicts_with = "only")]
    targets: Vec<String>,
    /// Save the plan as JSON in this file; with --format control-hub the directory of its files
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Print this report instead of the plan
    #[arg(long, value_enum, value_name = "REPORT", conflicts_with = "summary")]
    only: Option<Only>,
    /// How to print it; a report is text, json or csv
    #[arg(long, value_enum, default_value_t)]
    format: control_hub::Format,
    #[command(flatten)]
    control_hub: control_hub::HubArgs,
    #[command(flatten)]
    length: LengthArgs,
    #[command(flatten)]
    short: SummaryArgs,
    /// Exit with 2 if there are changes, 3 if some are irreversible
    #[arg(long)]
    detailed_exitcode: bool,
    /// How much to show
    #[arg(long, value_enum, default_value_t)]
    detail: Detail,
    /// Delete objects that this git revision declares and the files no longer do
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Where `apply` keeps the applied snapshot, and journals and backups, to name people for whom an earlier apply has not restored everything [default: .trunkline in PATH]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    #[command(flatten)]
    live: capture::LiveArgs,
}

/// A report that is made with the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Only {
    /// People who should have Calling and do not get it, why, and what to do
    CallingFailures,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let hub = args.control_hub.check(args.format, args.out.as_deref())?;
    let format = args.format.of_plan();
    let report = report(args, format)?;
    let format = format.unwrap_or_default();
    let mut loaded = input::configuration(&args.path, args.revision.as_deref())?;
    let policy = input::Policy::of(&args.path, args.policy_ref.as_deref())?;
    let base = input::base(&args.path, args.base.as_deref())?;
    if let Some(policy) = &policy {
        loaded.judge(&policy.config);
    }
    let state = input::state(&args.path, args.state.as_deref());
    let (states, absent) = match states(args, &loaded, base.as_ref())? {
        Ok((states, absent)) => (
            states.owing(&args.path, args.state.as_deref(), args.live.live)?,
            absent,
        ),
        Err(findings) => return input::stop(format, &loaded, findings),
    };
    let inputs = Inputs {
        targets: states.addresses(&loaded.config, &args.targets)?,
        ..states.inputs(&loaded, policy.as_ref(), base.as_ref())
    };
    let (plan, mut failures) = match report {
        Some(_) => plan::with_calling_failures(inputs),
        None => (plan::build(inputs), Vec::new()),
    };
    if !absent.is_empty() {
        plan::hedge(&mut failures, &absent);
        output::note(&format!(
            "note: the snapshot has no {}: the report leaves out the reasons that need them, and no plan can be made\n",
            absent.join(", ")
        ))?;
    }
    if let Some(hub) = hub {
        hub.write(&plan, states.snapshot(), &loaded.config)?;
        return Ok(exit(&plan, args.detailed_exitcode));
    }
    save(args, &plan)?;
    let options = Options {
        directory: loaded.origin.directory.clone(),
        cost: cost::of_plan(&plan, args.detail, &state),
        ..output::options(&std::io::stdout(), args.detail)
    };
    let options = args.length.of(options);
    match report {
        Some(format) => put(
            &render::calling_failures(&plan, &failures, format, &options)?,
            format,
        )?,
        None if args.short.summary => pager::show(&render::summary(&plan, &options))?,
        None => output::print_plan(&plan, format, &options)?,
    }
    let exit = exit(&plan, args.detailed_exitcode);
    // The program ends: millions of values need not be given back one by one.
    std::mem::forget((plan, states, loaded));
    Ok(exit)
}

/// Saves the plan if that was asked for, and says on a terminal how it is applied.
fn save(args: &Args, plan: &Plan) -> Result<(), Failure> {
    let Some(out) = &args.out else {
        return Ok(());
    };
    output::save_plan(out, plan)?;
    if output::shows_progress() {
        let live = if args.live.live { " --live" } else { "" };
        let (out, path) = (disk::quoted(out), disk::quoted(&args.path));
        output::aside(&format!(
            "saved; `trunkline apply {out} {path}{live}` applies it\n"
        ))?;
    }
    Ok(())
}

/// Prints a report; for people through a pager.
fn put(report: &str, format: ReportFormat) -> Result<(), Failure> {
    match format {
        ReportFormat::Text => pager::show(report),
        ReportFormat::Json | ReportFormat::Csv => print(report),
    }
}

/// The format of the report, if one was asked for.
fn report(args: &Args, format: Option<PlanFormat>) -> Result<Option<ReportFormat>, Failure> {
    let Some(Only::CallingFailures) = args.only else {
        return Ok(None);
    };
    let format = format.and_then(PlanFormat::of_report);
    let refused = || {
        Failure::new("a report does not support this format").help("use --format text, json or csv")
    };
    format.map(Some).ok_or_else(refused)
}

/// The states that are compared, and the missing lists of a report.
type Compared = (States, Vec<&'static str>);

/// The states that are compared, with the missing lists of a report; or what prevents a plan.
fn states(
    args: &Args,
    loaded: &Loaded,
    base: Option<&Config>,
) -> Result<Result<Compared, Vec<Finding>>, Failure> {
    let named = args.snapshot.as_deref();
    let state = input::state(&args.path, args.state.as_deref());
    let applied = Some(&args.applied.at(&state));
    if args.live.live && !output::any_error(&loaded.findings) {
        let (_, observed) = args.live.observe(&loaded.config)?;
        let states = input::states_of(observed, applied, loaded, base);
        return Ok(states.map(|states| (states, Vec::new())));
    }
    // A report is not a plan: it covers the lists that exist. What is saved is a plan.
    if args.only.is_some() && args.out.is_none() {
        let states = input::states_of_report(&args.path, named, applied, loaded, base);
        return Ok(states);
    }
    let states = input::states(&args.path, named, applied, loaded, base);
    Ok(states.map(|states| (states, Vec::new())))
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
