//! Capturing the live organisation for a command: its messages and its progress.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::live::{self, Live};
use super::output::{self, Failure, aside, note};
use crate::config::Config;
use crate::render::escape;
use crate::snapshot::{self, Snapshot};
use crate::webex::Client;
use crate::webex::capture::{self, Captured, Estimate, Old, Wanted, Watch};

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(200);

/// What is captured. A command with these has a group `reading` of the options that say from where.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    /// With --live: skip this part; voicemail then counts as on, and without features no plan lists the features that a
    /// person leaves
    #[arg(long, value_enum, value_name = "PART", requires = "reading")]
    without: Vec<Part>,
    /// Take facts that Webex does not provide from this older snapshot: age and status of subscriptions, kinds of groups, site
    /// administrators, which sites have attendee accounts
    #[arg(long, value_name = "FILE", requires = "reading")]
    facts: Option<PathBuf>,
    /// With --live: take what has not changed from this older snapshot and verify it by the totals; implies --facts
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "facts",
        requires = "reading"
    )]
    since: Option<PathBuf>,
}

/// Options of a command that reads a snapshot file or the live organisation.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct LiveArgs {
    /// Read the live organisation instead of a snapshot; needs a token in the environment
    #[arg(long, conflicts_with = "snapshot", group = "reading")]
    pub live: bool,
    #[command(flatten)]
    pub wanted: Args,
    #[command(flatten)]
    pub connection: live::Args,
}

/// A part of a snapshot that costs many requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Whether each person with Calling has voicemail: one request for each
    Voicemail,
    /// Call queues, hunt groups, attendants … and their members: one request for each, two for each location with Calling
    Features,
}

impl Args {
    /// The older snapshot, if one is named.
    pub fn old(&self) -> Result<Option<Old>, Failure> {
        let Some(path) = self.facts.as_ref().or(self.since.as_ref()) else {
            return Ok(None);
        };
        Ok(Some(Old {
            snapshot: snapshot::read(path)?.0,
            document: snapshot::read_whole(path)?,
        }))
    }
}

impl LiveArgs {
    /// Connects to the organisation that the configuration names, and captures it: the state, and the digest that its file
    /// would have.
    pub fn observe(&self, config: &Config) -> Result<(Live, (Snapshot, String)), Failure> {
        let old = self.wanted.old()?;
        let pinned = config.org.as_ref().and_then(|org| org.value.id.as_ref());
        let live = live::connect(&self.connection, pinned.map(|id| id.value.as_str()))?;
        let captured = run(&live, &self.wanted, old.as_ref())?;
        let digest = snapshot::digest(&snapshot::bytes(&captured.document)?);
        Ok((live, (captured.snapshot, digest)))
    }
}

/// Captures, and says what is missing.
pub fn run(live: &Live, args: &Args, old: Option<&Old>) -> Result<Captured, Failure> {
    let reader = live.reader();
    let wanted = Wanted {
        voicemail: !args.without.contains(&Part::Voicemail),
        features: !args.without.contains(&Part::Features),
        facts: old,
        since: args.since.is_some(),
    };
    aside(&format!("reading Webex as {}\n", escape(&live.me.name)))?;
    let meter = Meter::new(&live.client);
    let captured = capture::capture(&reader, wanted, &meter).map_err(live::failure);
    meter.end();
    let captured = captured?;
    for missing in &captured.missing {
        let line = format!("missing: {}: {}", missing.what, missing.why);
        note(&format!("{}\n", escape(&line)))?;
    }
    for unknown in &captured.snapshot.not_known {
        let line = format!("not known: {}: {}", unknown.address, unknown.reason);
        note(&format!("{}\n", escape(&line)))?;
    }
    for line in &captured.notes {
        note(&format!("note: {}\n", escape(line)))?;
    }
    if !captured.missing.is_empty() {
        note("the snapshot is incomplete: no plan can be made from it\n")?;
    }
    Ok(captured)
}

/// Shows the progress of a capture: a bar on a terminal, else a line.
struct Meter {
    bar: Option<ProgressBar>,
    over: Arc<AtomicBool>,
    ticker: Option<JoinHandle<()>>,
}

impl Meter {
    fn new(client: &Arc<Client>) -> Meter {
        let over = Arc::new(AtomicBool::new(false));
        let bar = output::shows_progress().then(|| ProgressBar::new(0));
        let ticker = bar.clone().map(|bar| {
            let (client, over) = (client.clone(), over.clone());
            thread::spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    bar.set_position(client.counts().total());
                    thread::sleep(TICK);
                }
            })
        });
        Meter { bar, over, ticker }
    }

    fn end(self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(ticker) = self.ticker {
            // A ticker that failed has nothing to clean up.
            let _ = ticker.join();
        }
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Watch for Meter {
    fn estimated(&self, estimate: &Estimate) {
        match &self.bar {
            Some(bar) => {
                bar.set_length(estimate.requests);
                let style = "  {bar:40} {pos} of {len} requests{left}";
                if let Ok(style) = ProgressStyle::with_template(style) {
                    bar.set_style(style.with_key("left", output::left));
                }
                bar.println(estimate.to_string());
            }
            // A reader that stops reading does not stop a capture.
            None => drop(aside(&format!("{estimate}\n"))),
        }
    }
}
