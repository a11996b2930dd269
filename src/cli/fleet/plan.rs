//! `trunkline fleet plan`: every organisation is planned on this machine, and one that fails does not stop the others.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::place::{Found, Member, Place};
use super::summary::{self, Format, Line, Outcome, Why};
use crate::apply::Watch;
use crate::cli::output::{self, Failure, LengthArgs, Progress, print};
use crate::cli::{Exit, applied, input};
use crate::disk;
use crate::finding::{Finding, Severity, sort_findings};
use crate::plan::{self, Plan};
use crate::render::{self, Detail, PlanFormat};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// Take the guardrails from this git revision, so that a change cannot loosen the rule that judges it
    #[arg(long, value_name = "REV")]
    policy_ref: Option<String>,
    /// Delete objects that this git revision declares and the files no longer do
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Save each plan in this directory, as SLUG/plan.json and SLUG/plan.txt
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where `apply` keeps journals and applied snapshots, in DIR/SLUG [default: .trunkline in each organisation]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// How to print the summary
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    length: LengthArgs,
    /// Exit with 2 if there are changes, 3 if some are irreversible
    #[arg(long)]
    detailed_exitcode: bool,
    /// How many organisations are planned at a time [default: the number of cores]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let found = args.place.find()?;
    if let Some(out) = &args.out {
        output::refuse_other(out)?;
        forget_refused(out, &found)?;
    }
    let lines = all(args, &found.members);
    let exits = lines.iter().map(|line| line.exit);
    let refused = (!found.problems.is_empty()).then_some(Exit::Error);
    let exit = worst(exits.chain(refused));
    let options = args
        .length
        .of(output::options(&std::io::stdout(), Detail::Short));
    let root = args.place.root.display().to_string();
    let text =
        summary::Summary::new(&root, &found, lines, exit).print(args.format, options.max_bytes)?;
    print(&text)?;
    super::say(&found)?;
    Ok(exit)
}

/// The first of the contract's exit codes that applies to any: 1, 7, 4, 3, 2, 0.
fn worst(exits: impl Iterator<Item = Exit>) -> Exit {
    exits
        .min_by_key(|exit| summary::rank(*exit))
        .unwrap_or(Exit::Fine)
}

/// Plans them side by side: one at a time for each core, as each takes the memory of a plan.
fn all(args: &Args, members: &[Member]) -> Vec<Line> {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let workers = args
        .jobs
        .map_or(cores, NonZeroUsize::get)
        .min(members.len());
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let progress = Progress::new(members.len(), "organisations");
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(member) = members.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let line = line(args, member);
                    // A worker that has stopped has left a whole list behind.
                    let mut done = done.lock().unwrap_or_else(|broken| broken.into_inner());
                    done.push(line);
                    progress.settled(done.len(), members.len());
                }
            });
        }
    });
    progress.finish();
    let mut lines = done
        .into_inner()
        .unwrap_or_else(|broken| broken.into_inner());
    lines.sort_by(|a, b| a.member.path.cmp(&b.member.path));
    lines
}

/// One organisation, whatever comes of it.
fn line(args: &Args, member: &Member) -> Line {
    let done = one(args, member).unwrap_or_else(|failure| {
        let (message, help, exit) = failure.parts();
        (
            exit,
            Outcome::NoPlan(vec![Why {
                code: None,
                place: None,
                message,
                help,
            }]),
        )
    });
    let (mut exit, mut outcome) = done;
    if let Some(out) = &args.out
        && let Outcome::NoPlan(why) = &mut outcome
        && let Err(failure) = forget(&out.join(&member.slug), why)
    {
        let (message, help, _) = failure.parts();
        exit = Exit::Error;
        why.push(Why {
            code: None,
            place: None,
            message,
            help,
        });
    }
    Line {
        member: member.clone(),
        exit,
        outcome,
    }
}

/// The same as `trunkline plan`, from the snapshot beside the files.
fn one(args: &Args, member: &Member) -> Result<(Exit, Outcome), Failure> {
    let path = Path::new(&member.path);
    let mut loaded = input::configuration(path, args.place.revision.as_deref())?;
    let policy = input::Policy::of(path, args.policy_ref.as_deref())?;
    let base = input::base(path, args.base.as_deref())?;
    if let Some(policy) = &policy {
        loaded.judge(&policy.config);
    }
    let state = args.state.as_ref().map(|state| state.join(&member.slug));
    let state = state.as_deref();
    let applied = applied::Args::default().at(&input::state(path, state));
    let states = match input::states(path, None, Some(&applied), &loaded, base.as_ref()) {
        Ok(states) => states.owing(path, state, false)?,
        Err(findings) => return Ok(stopped(findings)),
    };
    let plan = plan::build(states.inputs(&loaded, policy.as_ref(), base.as_ref()));
    if let Some(out) = &args.out {
        save(&out.join(&member.slug), &plan)?;
    }
    let exit = crate::cli::plan::exit(&plan, args.detailed_exitcode);
    Ok((exit, Outcome::of(&plan)))
}

fn stopped(mut findings: Vec<Finding>) -> (Exit, Outcome) {
    sort_findings(&mut findings);
    let exit = input::stopped(&findings);
    findings.retain(|finding| finding.severity == Severity::Error);
    (
        exit,
        Outcome::NoPlan(findings.into_iter().map(Why::from).collect()),
    )
}

fn save(directory: &Path, plan: &Plan) -> Result<(), Failure> {
    output::refuse_other(directory)?;
    disk::private_directory(directory)?;
    output::save_plan(&directory.join("plan.json"), plan)?;
    let text = render::plan(plan, PlanFormat::Text, &render::Options::default())?;
    output::save(&directory.join("plan.txt"), &text)
}

/// An organisation that is refused has no plan either: an earlier one must not be applied.
fn forget_refused(out: &Path, found: &Found) -> Result<(), Failure> {
    for (slug, message) in &found.refused {
        let planned = found.members.iter().any(|member| member.slug == *slug);
        if planned || !out.join(slug).join("plan.json").exists() {
            continue;
        }
        let why = Why {
            code: None,
            place: None,
            message: message.clone(),
            help: None,
        };
        forget(&out.join(slug), &[why])?;
    }
    Ok(())
}

/// Why there is no plan, written instead of an earlier one, so that no one takes that for this one.
fn forget(directory: &Path, why: &[Why]) -> Result<(), Failure> {
    output::refuse_other(directory)?;
    disk::private_directory(directory)?;
    match fs_err::remove_file(directory.join("plan.json")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let lines: Vec<String> = why.iter().map(Why::text).collect();
    output::save(
        &directory.join("plan.txt"),
        &format!("There is no plan.\n\n{}", lines.concat()),
    )
}
