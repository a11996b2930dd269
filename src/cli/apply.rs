//! `trunkline apply`: carries out a plan.

mod admission;
mod places;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use self::places::Places;
use super::applied::Renewed;
use super::capture::LiveArgs;
use super::connection::Connection;
use super::output::{self, Failure, note, print};
use super::{Exit, applied, cost, given, input, live, lock};
use crate::apply::{
    self, Backups, Caution, Journal, JournalError, Live, Options, Progress, Report, Resume, Run,
};
use crate::backup;
use crate::change::Risk;
use crate::config::Loaded;
use crate::plan::{self, Inputs, Plan};
use crate::render::{self, Detail, PlanFormat, RunFormat};
use crate::webex::{Names, Reader, Stop, Writer};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A plan that `plan --out` saved, or the directory with the YAML files
    #[arg(default_value = ".", value_name = "PLANFILE|PATH")]
    what: PathBuf,
    /// The directory with the YAML files, if the first argument is a plan [default: the current one]
    path: Option<PathBuf>,
    /// Apply to this snapshot file with the embedded simulator, instead of to Webex [default: snapshot.json in PATH]
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    applied: applied::Args,
    #[command(flatten)]
    live: LiveArgs,
    /// Skip the confirmation prompt
    #[arg(long)]
    yes: bool,
    /// Plan and apply only this object, with all that it depends on; can be repeated
    #[arg(long = "target", value_name = "ADDRESS", conflicts_with = "resume")]
    targets: Vec<String>,
    /// Resume an interrupted run
    #[arg(long)]
    resume: bool,
    /// Skip changes with a higher risk
    #[arg(long, value_enum, value_name = "RISK")]
    max_risk: Option<MaxRisk>,
    /// With --live: move N people to their new Calling licence first and verify that they lose nothing; 0 turns it off
    #[arg(long, value_name = "N", default_value_t = 1)]
    canary: usize,
    /// Do not save and compare settings when Calling moves to another subscription or tier
    #[arg(long)]
    no_move_backups: bool,
    /// Encrypt backups to this age recipient; can be repeated
    #[arg(
        long = "backup-recipient",
        env = "TRUNKLINE_BACKUP_RECIPIENT",
        value_name = "AGE1…",
        value_delimiter = ','
    )]
    recipients: Vec<String>,
    /// The age identity for encrypted backups, for a restore or a resumed run
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Do not capture the organisation afterwards; `drift` then does not know what was applied
    #[arg(long)]
    no_capture: bool,
    /// Where journals and backups are kept [default: .trunkline in PATH]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Number of concurrent requests
    #[arg(long, value_name = "N", default_value_t = 10)]
    parallel: usize,
    /// Make the plan from the files of this git revision, without a checkout
    #[arg(long = "ref", value_name = "REV")]
    revision: Option<String>,
    /// Delete objects that this git revision declares and the files no longer do
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Take the guardrails from this git revision
    #[arg(long, value_name = "REV")]
    policy_ref: Option<String>,
    /// Apply the plan without the fields that errors left out of it; the exit code is then 6
    #[arg(long)]
    partial: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    format: RunFormat,
    /// Whether to list successful changes
    #[arg(long, value_enum, default_value_t)]
    detail: Detail,
    /// Save the result as JSON in this file, or as a page if it ends in .html
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Append a summary in Markdown to this file
    #[arg(long, env = "GITHUB_STEP_SUMMARY", value_name = "FILE")]
    summary: Option<PathBuf>,
}

/// The risks of changes, from least to worst.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum MaxRisk {
    /// Something is added
    Additive,
    /// Can be undone
    Reversible,
    /// Service or identity changes
    Disruptive,
    /// Data is permanently destroyed
    Irreversible,
}

impl From<MaxRisk> for Risk {
    fn from(risk: MaxRisk) -> Risk {
        match risk {
            MaxRisk::Additive => Risk::Additive,
            MaxRisk::Reversible => Risk::Reversible,
            MaxRisk::Disruptive => Risk::Disruptive,
            MaxRisk::Irreversible => Risk::Irreversible,
        }
    }
}

/// The plan of the last run.
const PLAN: &str = "plan.json";

pub fn run(args: &Args) -> Result<Exit, Failure> {
    backup::check_recipients(&args.recipients)?;
    let places = Places::of(args)?;
    let mut loaded = input::configuration(&places.path, args.revision.as_deref())?;
    let (plan, connection) = match planned(args, &places, &mut loaded)? {
        Ok(both) => both,
        Err(exit) => return Ok(exit),
    };
    let names = Names::new(Reader::new(&connection.client));
    let org = names.org().map_err(live::failure)?;
    let applied = places.applied(args, &connection);
    let applied = applied.as_deref();
    let refused = admission::judge(args, &places, applied, &loaded, &plan, &org)?;
    if plan.is_empty() {
        if let Some(refused) = refused {
            return Err(refused);
        }
        return unchanged(args, &places, &connection, applied, &loaded, &plan);
    }
    places.paid(args, &connection, &plan, &names)?;
    // What an interrupted run owes is given back whatever the token may do besides.
    if !args.resume && !admission::agreed(args, &places, &plan, &connection, &names)? {
        return Ok(Exit::Error);
    }
    let text = render::plan(&plan, PlanFormat::Json, &Default::default())?;
    let (now, before) = (connection.now(), connection.client.counts().total());
    places_of_reports(args)?;
    let _lock = lock::take(&connection.target, &places.root, &plan, now)?;
    // Another run may have ended while the question waited for its answer.
    places.paid(args, &connection, &plan, &names)?;
    connection.check()?;
    let digest = format!("sha256:{:x}", Sha256::digest(&text));
    // What is saved and digested has no secrets; what is carried out has.
    let plan = apply::with_secrets(plan, args.identity.as_deref())?;
    let (journal, progress) = journal(args, &places, &connection, &plan, &digest, now)?;
    // That of a run that can be resumed stays.
    output::save(&places.state.join(PLAN), &text)?;
    let options = options(args, &places, now, refused.is_some());
    let stop = stop(&connection);
    let writer = Writer::new(&connection.client);
    let live = Live {
        names: &names,
        writer: &writer,
    };
    let watch = output::Progress::new(plan.operations.len(), "steps");
    let run = Run::new(&plan, live, &journal, &options, progress, &stop);
    let report = run.run(&digest, &watch);
    watch.finish();
    let mut report = report.map_err(unrecorded)?;
    report.requests = connection.requests();
    let wrote = connection.save()?;
    journal.finish(
        report.is_whole(),
        wrote,
        cost::took(&connection, now, before),
    )?;
    tell(args, &report)?;
    if let Some(refused) = refused {
        return Err(refused);
    }
    let (to, ran) = (&connection, Some((&report, &journal)));
    let whole = report.stopped || remember(args, &places, to, applied, &loaded, &plan, ran)?;
    output::took(connection.now().duration_since(now), &places.state)?;
    Ok(exit(&report, whole))
}

/// Nothing is to be done: the state is remembered.
fn unchanged(
    args: &Args,
    places: &Places,
    connection: &Connection,
    applied: Option<&Path>,
    loaded: &Loaded,
    plan: &Plan,
) -> Result<Exit, Failure> {
    show(plan)?;
    remember(args, places, connection, applied, loaded, plan, None)?;
    Ok(match plan.is_blocked() {
        true => Exit::Partial,
        false => Exit::Fine,
    })
}

/// Makes sure that reports can be written: noticed later, it would look as if nothing had been done.
fn places_of_reports(args: &Args) -> Result<(), Failure> {
    let mut files = [&args.report, &args.summary].into_iter().flatten();
    files.try_for_each(|file| {
        output::check_place(file).map_err(|failure| {
            let (message, help, exit) = failure.parts();
            let help = help.map(|help| format!("nothing was sent; {help}"));
            Failure::new(message).help_if(help).exit(exit)
        })
    })
}

/// The journal could not be written: nobody knows more than what it says.
fn unrecorded(error: std::io::Error) -> Failure {
    let help = "a person or workspace whose Calling was being moved may be without it: free space on the disk, then resume at once with \
                --resume, which restores it";
    Failure::new(format!(
        "the run stopped, since its journal cannot be written: {error}"
    ))
    .help(help)
    .exit(Exit::Partial)
}

/// The request to stop, which an interrupt makes: what is on its way is finished first.
fn stop(connection: &Connection) -> Stop {
    let stop = connection.client.stop().clone();
    stop.on_interrupt();
    stop.be_patient();
    stop
}

/// The plan to apply, made now or saved before, and the connection; gives the exit code where there is no plan.
fn planned(
    args: &Args,
    places: &Places,
    loaded: &mut Loaded,
) -> Result<Result<(Plan, Connection), Exit>, Failure> {
    match places.planfile(args) {
        Some(file) if !file.exists() && args.resume => {
            let file = file.display();
            let message = format!("there is no run to resume: {file} does not exist");
            Err(Failure::new(message).help("omit --resume"))
        }
        Some(file) if output::any_error(&loaded.findings) => {
            given::no_other(&file)?;
            let findings = loaded.findings.clone();
            Ok(Err(input::stop(PlanFormat::Text, loaded, findings)?))
        }
        Some(_) if !args.targets.is_empty() => {
            let help = "give the targets to plan: `trunkline plan --target ADDRESS --out FILE`";
            let message = "a saved plan is applied as a whole: --target has no effect on it";
            Err(Failure::new(message).help(help))
        }
        Some(file) => {
            let plan = input::proven_plan(&file)?;
            Ok(Ok((plan, places.connect(args, loaded)?)))
        }
        None => fresh(args, places, loaded),
    }
}

fn caution(args: &Args) -> Caution {
    Caution {
        max_risk: args.max_risk.map(Risk::from),
        // A file is written completely or not at all.
        canary: if args.live.live { args.canary } else { 0 },
        backup_moves: args.live.live && !args.no_move_backups,
    }
}

fn options(args: &Args, places: &Places, now: Timestamp, refused: bool) -> Options {
    let Caution {
        max_risk,
        canary,
        backup_moves,
    } = caution(args);
    Options {
        max_risk,
        canary,
        backup_moves,
        backups: Backups {
            directory: places.state.join("backups"),
            recipients: args.recipients.clone(),
            identity: args.identity.clone(),
            at: now,
            features: Default::default(),
        },
        refused: refused.then(|| admission::REFUSED.to_owned()),
        // One at a time, so that the file comes out the same each time.
        workers: if args.live.live { args.parallel } else { 1 },
    }
}

/// The exit code of a report (contract section 5).
fn exit(report: &Report, whole: bool) -> Exit {
    match (report.summary.stale, whole && report.is_whole()) {
        (0, true) => Exit::Fine,
        (0, false) => Exit::Partial,
        _ => Exit::Stale,
    }
}

/// Makes the plan, and connects; gives the exit code where there is no plan.
fn fresh(
    args: &Args,
    places: &Places,
    loaded: &mut Loaded,
) -> Result<Result<(Plan, Connection), Exit>, Failure> {
    let policy = input::Policy::of(&places.path, args.policy_ref.as_deref())?;
    let base = input::base(&places.path, args.base.as_deref())?;
    if let Some(policy) = &policy {
        loaded.judge(&policy.config);
    }
    let applied = args.applied.at(&places.root);
    let applied = Some(&applied);
    let mut connection = None;
    let states = match args.live.live && !output::any_error(&loaded.findings) {
        true => {
            let (live, observed) = args.live.observe(&loaded.config)?;
            connection = Some(Connection::live(live));
            input::states_of(observed, applied, loaded, base.as_ref())
        }
        false => input::states(
            &places.path,
            args.snapshot.as_deref(),
            applied,
            loaded,
            base.as_ref(),
        ),
    };
    let states = match states {
        Ok(states) => states.owing(&places.path, args.state.as_deref(), args.live.live)?,
        Err(findings) => return Ok(Err(input::stop(PlanFormat::Text, loaded, findings)?)),
    };
    let inputs = Inputs {
        targets: states.addresses(&loaded.config, &args.targets)?,
        ..states.inputs(loaded, policy.as_ref(), base.as_ref())
    };
    let plan = plan::build(inputs);
    let connection = match connection {
        Some(connection) => connection,
        None => places.connect(args, loaded)?,
    };
    Ok(Ok((plan, connection)))
}

/// Prints the plan to the stream of the prompt: the result is the report.
fn show(plan: &Plan) -> Result<(), Failure> {
    let options = output::options(&std::io::stderr(), Detail::Short);
    note(&render::plan(plan, PlanFormat::Text, &options)?)
}

fn journal(
    args: &Args,
    places: &Places,
    connection: &Connection,
    plan: &Plan,
    digest: &str,
    now: Timestamp,
) -> Result<(Journal, Progress), Failure> {
    let path = cost::journal(&places.state);
    if args.resume && !path.exists() {
        let message = format!("there is no run to resume in {}", places.state.display());
        let help = "omit --resume, or name the directory of the interrupted run with --state";
        return Err(Failure::new(message).help(help));
    }
    let open = |resume| {
        let (target, at) = (&connection.target, now.to_string());
        Journal::open(
            &path,
            digest,
            &plan.org.id,
            target,
            &at,
            resume,
            args.live.live,
        )
    };
    // A file that a killed run did not write is unchanged.
    let resume = match (args.resume, args.live.live) {
        (true, true) => Resume::Yes,
        (true, false) if connection.was_written_by(&path) => Resume::Yes,
        (false, true) => Resume::No,
        (_, false) => Resume::Fresh,
    };
    open(resume).map_err(|error| {
        let help = match &error {
            JournalError::Interrupted => "resume it with --resume, or make a new plan",
            JournalError::OtherPlan(_) => {
                "apply the plan of the interrupted run, or make a new plan and omit --resume"
            }
            JournalError::OtherTarget { .. } => {
                "resume with the same target as that run, or omit --resume: nothing of this plan has been applied here"
            }
            JournalError::Io(_) | JournalError::Unreadable { .. } => {
                "make sure that the file can be read and written, or name another directory with --state"
            }
        };
        Failure::new(error).help(help)
    })
}

/// Saves the applied state for the next plan. If it cannot be read, the apply has still succeeded. `false` if it shows that somebody whom the
/// plan changes is owed something.
fn remember(
    args: &Args,
    places: &Places,
    connection: &Connection,
    before: Option<&Path>,
    loaded: &Loaded,
    plan: &Plan,
    ran: Option<(&Report, &Journal)>,
) -> Result<bool, Failure> {
    if args.no_capture {
        return Ok(true);
    }
    let state = &places.state;
    let observed = connection.observed(&args.live.wanted);
    let kept = observed.and_then(|document| match document {
        Some(document) => applied::renew(document, before, state, loaded, plan, ran),
        None => Ok(Renewed::default()),
    });
    let (why, whole) = match kept {
        Ok(Renewed { saved, lost, owed }) => {
            for (who, what) in &owed {
                note(&format!(
                    "warning: {who} lost after its change what the plan does not take: {what}; `trunkline plan` says what to do\n"
                ))?;
            }
            for who in &lost {
                note(&format!(
                    "warning: {who} lost Calling in Webex since the last apply, and the plan does not take it; `trunkline drift` says more\n"
                ))?;
            }
            if saved {
                return Ok(owed.is_empty());
            }
            let why = "it could not be read completely".to_owned();
            (why, owed.is_empty())
        }
        Err(failure) => (failure.to_string(), true),
    };
    note(&format!(
        "warning: the new state was not saved for the next plan: {why}\n"
    ))?;
    Ok(whole)
}

fn tell(args: &Args, report: &Report) -> Result<(), Failure> {
    let options = output::options(&std::io::stdout(), args.detail);
    if let Some(file) = &args.report {
        let page = file
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("html"));
        let format = match page {
            true => RunFormat::Html,
            false => RunFormat::Json,
        };
        output::save(file, &render::report(report, format, &options)?)?;
    }
    if let Some(file) = &args.summary {
        let text = render::report(report, RunFormat::Markdown, &options)?;
        output::append(file, &text)?;
    }
    print(&render::report(report, args.format, &options)?)
}
