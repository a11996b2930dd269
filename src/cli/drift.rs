//! `trunkline drift`: what differs from the files, and why.

use std::path::{Path, PathBuf};

use super::live::Live;
use super::output::{self, Failure, print};
use super::{Exit, applied, capture, input, pager};
use crate::config::files::{SourceFile, Sources};
use crate::config::{self, Config, Loaded};
use crate::disk;
use crate::drift::{self, Adoption, Cause, Drift, Side};
use crate::finding::{Finding, Severity};
use crate::plan::{self, Inputs, Plan, preflight};
use crate::render::{self, Detail, Next, Options, RunFormat};
use crate::webex::audit::{self, Event};
use crate::webex::templates::license_templates;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory with the YAML files
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The observed state [default: snapshot.json in PATH]
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    applied: applied::Args,
    /// Read the files of this git revision, without a checkout
    #[arg(long = "ref", value_name = "REV")]
    revision: Option<String>,
    /// Take the guardrails from this git revision
    #[arg(long, value_name = "REV")]
    policy_ref: Option<String>,
    /// Delete objects that this git revision declares and the files no longer do
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: RunFormat,
    /// Save the report as JSON, in addition to what is printed: in it, `agreement` says whether anything differs
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write live changes into the files if they have an exact place there
    #[arg(long, conflicts_with = "revision")]
    adopt: bool,
    /// No effect: `drift` always reports changes by its exit code
    #[arg(long, hide = true)]
    detailed_exitcode: bool,
    /// How much to show
    #[arg(long, value_enum, default_value_t)]
    detail: Detail,
    /// With --live: look for licence templates of Control Hub, with an undocumented request
    #[arg(long, requires = "live")]
    probe_templates: bool,
    /// Where `apply` keeps the applied snapshot, and journals and backups, to name people for whom an earlier apply has not restored everything [default: .trunkline in PATH]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    #[command(flatten)]
    live: capture::LiveArgs,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut loaded = input::configuration(&args.path, args.revision.as_deref())?;
    let policy = input::Policy::of(&args.path, args.policy_ref.as_deref())?;
    let base = input::base(&args.path, args.base.as_deref())?;
    if let Some(policy) = &policy {
        loaded.judge(&policy.config);
    }
    let named = args.snapshot.as_deref();
    let state = input::state(&args.path, args.state.as_deref());
    let applied = Some(&args.applied.at(&state));
    let mut live = None;
    let states = match args.live.live && !output::any_error(&loaded.findings) {
        true => {
            let (connection, observed) = args.live.observe(&loaded.config)?;
            live = Some(connection);
            input::states_of(observed, applied, &loaded, base.as_ref())
        }
        false => input::states(&args.path, named, applied, &loaded, base.as_ref()),
    };
    let states = match states {
        Ok(states) => states.owing(&args.path, args.state.as_deref(), args.live.live)?,
        Err(findings) => return input::stop(args.format, &loaded, findings),
    };
    let desired = Desired {
        loaded: &loaded,
        policy: policy.as_ref(),
        base: base.as_ref(),
    };
    let drift = desired.compare(args, &states, live.as_ref())?;
    let options = Options {
        next: args.next(),
        ..output::options(&std::io::stdout(), args.detail)
    };
    if args.adopt {
        let (drift, adoption) = desired.adopt(args, drift, &states, live.as_ref())?;
        for file in &adoption.files {
            output::replace(&args.path.join(&*file.path), &file.bytes)?;
        }
        let report = |format| render::adoption(&drift, &adoption, format, &options);
        put(args, &report)?;
        return Ok(super::plan::exit(&adoption.plan, true));
    }
    put(args, &|format| render::drift(&drift, format, &options))?;
    let exit = super::plan::exit(&drift.plan, true);
    // The program ends: millions of values need not be given back one by one.
    std::mem::forget((drift, states, loaded));
    Ok(exit)
}

impl Args {
    /// What follows, with the same files and the same state.
    fn next(&self) -> Next {
        let path = (self.path != Path::new(".")).then_some(self.path.as_path());
        let mut same: Vec<String> = path.map(disk::quoted).into_iter().collect();
        let files = [
            ("--snapshot", self.snapshot.as_deref()),
            ("--applied", self.applied.named()),
            ("--state", self.state.as_deref()),
            ("--base", self.base.as_ref().map(Path::new)),
            ("--policy-ref", self.policy_ref.as_ref().map(Path::new)),
        ];
        let files = files
            .into_iter()
            .filter_map(|(option, value)| Some((option, value?)));
        same.extend(files.map(|(option, value)| format!("{option} {}", disk::quoted(value))));
        same.extend(self.live.live.then(|| "--live".to_owned()));
        let with = |command: &str, more: Option<String>| {
            let words = [command.to_owned()]
                .into_iter()
                .chain(same.clone())
                .chain(more);
            words.collect::<Vec<_>>().join(" ")
        };
        let revision = self.revision.as_ref();
        let revision = revision.map(|it| format!("--ref {}", disk::quoted(Path::new(it))));
        Next {
            adopt: revision
                .is_none()
                .then(|| with("trunkline drift", Some("--adopt".to_owned()))),
            apply: with("trunkline apply", revision),
        }
    }
}

/// Saves the report if that was asked, and prints it; for people through a pager.
fn put(
    args: &Args,
    report: &dyn Fn(RunFormat) -> Result<String, serde_json::Error>,
) -> Result<(), Failure> {
    if let Some(out) = &args.out {
        output::save(out, &report(RunFormat::Json)?)?;
    }
    let text = report(args.format)?;
    match args.format {
        RunFormat::Text => pager::show(&text),
        RunFormat::Json | RunFormat::Markdown | RunFormat::Html => print(&text),
    }
}

/// The desired state and what judges it.
struct Desired<'a> {
    loaded: &'a Loaded,
    policy: Option<&'a input::Policy>,
    base: Option<&'a Config>,
}

impl Desired<'_> {
    fn inputs<'a>(&'a self, states: &'a input::States) -> Inputs<'a> {
        states.inputs(self.loaded, self.policy, self.base)
    }

    /// Plans against both states, and compares.
    fn compare(
        &self,
        args: &Args,
        states: &input::States,
        live: Option<&Live>,
    ) -> Result<Drift, Failure> {
        let (plan, now) = plan::with_observed(self.inputs(states), &Default::default());
        let mut findings = Vec::new();
        let (mut lines, mut held);
        let then = match self.before(states) {
            Ok(inputs) => {
                let waiting: Vec<_> = drift::held_addresses(&plan).collect();
                let changed = plan.changes.iter().map(|change| &change.address);
                let addresses = changed.chain(&waiting).collect();
                let (before, then) = plan::with_observed(inputs, &addresses);
                let sides = (side(&plan, &now), Some(side(&before, &then)));
                lines = drift::causes(sides.0, sides.1);
                held = drift::held(sides.0, sides.1);
                if let Some((applied, _)) = states.applied() {
                    let (then, now) = (applied.then(), states.snapshot());
                    findings.extend(drift::unmanaged_losses(&plan, &before, then, now));
                }
                Some(then)
            }
            Err(why) => {
                let told = (!plan.changes.is_empty()).then(|| drift::unknown_causes(&why));
                findings.extend(told);
                findings.extend(states.applied().map(|_| drift::unknown_losses(&why)));
                lines = drift::causes(side(&plan, &now), None);
                held = drift::held(side(&plan, &now), None);
                None
            }
        };
        let compared = then.is_some();
        let then = then.unwrap_or_default();
        let mut events = Vec::new();
        let fields = lines.iter().map(|line| line.cause);
        let moved = fields.chain(held.iter().map(|it| it.cause));
        let moved = moved.into_iter().any(Cause::is_live);
        if let (Some(live), Some((_, applied)), true) = (live, states.applied(), moved) {
            match trail(live, &applied.captured_at, &plan.snapshot.captured_at) {
                Ok(found) => events = found,
                Err(why) => findings.push(drift::unreadable_actors(&why)),
            }
        }
        let behind = drift::name_actors(&mut lines, &[&now, &then], &events);
        drift::name_actors_of_holds(&mut held, &[&now, &then], &events);
        let mut drift = Drift {
            plan,
            compared,
            lines,
            held,
        };
        findings.extend(drift::fights(&drift, states.snapshot(), &behind));
        if let Some(live) = live.filter(|_| args.probe_templates) {
            let found = license_templates(&live.reader(), states.snapshot());
            let found = found.map_err(super::live::failure)?.unwrap_or_default();
            findings.extend(drift::live_templates(&found));
        }
        drift.say(findings);
        Ok(drift)
    }

    /// Adopts live changes into the files: the addresses of people first, then values.
    fn adopt(
        &self,
        args: &Args,
        drift: Drift,
        states: &input::States,
        live: Option<&Live>,
    ) -> Result<(Drift, Adoption), Failure> {
        let Loaded { files, config, .. } = self.loaded;
        let Some((applied, _)) = states.applied() else {
            let adoption = self.values(&drift, states)?;
            return Ok((drift, adoption));
        };
        let replan = |files: &[SourceFile]| self.replan(states, files);
        let mut followed = drift::follow(&drift.plan, config, files, applied, &replan);
        let loaded = self.reload(&followed.files);
        let desired = Desired {
            loaded: &loaded,
            ..*self
        };
        let drift = match followed.taken.is_empty() {
            true => drift,
            false => desired.compare(args, states, live)?,
        };
        let mut adoption = desired.values(&drift, states)?;
        adoption.files = drift::changed(files, &followed.files, adoption.files);
        followed.taken.append(&mut adoption.taken);
        followed.left.append(&mut adoption.left);
        adoption.taken = followed.taken;
        adoption.left = followed.left;
        Ok((drift, adoption))
    }

    /// Adopts live changes into the files, as values.
    fn values(&self, drift: &Drift, states: &input::States) -> Result<Adoption, Failure> {
        if !drift.compared && !drift.lines.is_empty() {
            let message =
                "it is unknown what was changed live without the snapshot of the last apply";
            return Err(Failure::new(message).help("name it with --applied FILE"));
        }
        let Loaded { files, config, .. } = self.loaded;
        let replan = |files: &[SourceFile]| self.replan(states, files);
        Ok(drift::adopt(
            drift,
            files,
            config,
            states.snapshot(),
            &replan,
        ))
    }

    /// The plan of other files against the same states, or why there is none.
    fn replan(&self, states: &input::States, files: &[SourceFile]) -> Result<Plan, String> {
        let loaded = self.reload(files);
        match loaded.has_errors() {
            true => Err(reasons(&loaded.findings)),
            false => Ok(plan::build(states.inputs(&loaded, self.policy, self.base))),
        }
    }

    fn reload(&self, files: &[SourceFile]) -> Loaded {
        let (files, origin) = (files.to_vec(), self.loaded.origin.clone());
        let mut loaded = config::load(Sources { files, origin });
        if let Some(policy) = self.policy {
            loaded.judge(&policy.config);
        }
        loaded
    }

    /// What a plan against the state after the last apply is made from, or why there is none.
    fn before<'a>(&'a self, states: &'a input::States) -> Result<Inputs<'a>, String> {
        let Some((applied, reference)) = states.applied() else {
            return Err("there is no snapshot of the last apply".to_owned());
        };
        let lacks = preflight::check(&self.loaded.config, self.base, applied.then());
        match lacks.is_empty() {
            true => Ok(Inputs {
                snapshot: applied.then(),
                snapshot_ref: reference.clone(),
                ..self.inputs(states)
            }),
            false => Err(format!(
                "the snapshot of the last apply cannot be compared: {}",
                reasons(&lacks)
            )),
        }
    }
}

/// What administrators did since the last apply, or why that cannot be read. It never stops a report.
fn trail(live: &Live, applied: &str, captured: &str) -> Result<Vec<Event>, String> {
    let moment = |text: &str| text.parse().map_err(|_| format!("{text} is not a time"));
    let reader = live.reader();
    let until = match reader.client().server_time() {
        // The clock of the server is known to the second.
        Some(now) => now.checked_add(SECOND).unwrap_or(now),
        None => moment(captured)?,
    };
    let events = audit::events(&reader, &live.me.org, moment(applied)?, until);
    events.map_err(|error| match error.is(403) {
        true => "the token may not read the audit trail".to_owned(),
        false => error.to_string(),
    })
}

/// One second.
const SECOND: jiff::SignedDuration = jiff::SignedDuration::from_secs(1);

fn side<'a>(plan: &'a Plan, objects: &'a crate::change::ObservedObjects) -> Side<'a> {
    Side { plan, objects }
}

fn reasons(findings: &[Finding]) -> String {
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let messages: Vec<&str> = errors.map(|finding| finding.message.as_str()).collect();
    messages.join("; ")
}
