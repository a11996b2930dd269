//! Capturing the live organisation for a command: what it is told, and how far it has come.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::live::{self, Live};
use super::output::{Failure, note};
use crate::snapshot;
use crate::webex::Client;
use crate::webex::capture::{self, Captured, Estimate, Old, Wanted, Watch};

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(200);

/// What is captured.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// With --live: leave this out; absent voicemail counts as on
    #[arg(long, value_enum, value_name = "PART")]
    without: Vec<Part>,
    /// With --live: an older snapshot; what the API cannot tell, such as the age of subscriptions, is taken from it
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
}

/// A part of a snapshot that costs many requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Whether each person with Calling has voicemail: one request for each
    Voicemail,
}

impl Args {
    /// The older snapshot, if one is named.
    pub fn old(&self) -> Result<Option<Old>, Failure> {
        let Some(path) = &self.facts else {
            return Ok(None);
        };
        Ok(Some(Old {
            snapshot: snapshot::read(path)?.0,
            document: snapshot::read_whole(path)?,
        }))
    }
}

/// Captures, and says what is missing.
pub fn run(live: &Live, args: &Args, old: Option<&Old>) -> Result<Captured, Failure> {
    let reader = live.reader();
    let wanted = Wanted {
        voicemail: !args.without.contains(&Part::Voicemail),
        facts: old,
    };
    let meter = Meter::new(&live.client);
    let captured = capture::capture(&reader, wanted, &meter).map_err(live::failure);
    meter.end();
    let captured = captured?;
    for missing in &captured.missing {
        note(&format!("missing: {}: {}\n", missing.what, missing.why))?;
    }
    for line in &captured.notes {
        note(&format!("note: {line}\n"))?;
    }
    if !captured.missing.is_empty() {
        note("the snapshot is incomplete: nothing may be planned from it\n")?;
    }
    Ok(captured)
}

/// Shows how far a capture has come: a bar on a terminal, else a line.
struct Meter {
    bar: Option<ProgressBar>,
    over: Arc<AtomicBool>,
    ticker: Option<JoinHandle<()>>,
}

impl Meter {
    fn new(client: &Arc<Client>) -> Meter {
        let over = Arc::new(AtomicBool::new(false));
        let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(0));
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
            // A ticker that failed has shown nothing worth keeping.
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
                let style = "reading Webex {bar:30} {pos}/{len} requests, {eta} to go";
                if let Ok(style) = ProgressStyle::with_template(style) {
                    bar.set_style(style);
                }
                bar.println(estimate.to_string());
            }
            // A reader that stops reading does not stop a capture.
            None => drop(note(&format!("{estimate}\n"))),
        }
    }
}
