//! The organisation that a command writes to: the live one, or a snapshot file behind the embedded simulator.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{Request, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Exit;
use super::capture;
use super::live::Live;
use super::output::Failure;
use crate::apply::Journal;
use crate::sim::{self, Reply, Scenario, Simulator};
use crate::snapshot;
use crate::webex::org::Whoami;
use crate::webex::{self, Client, Clock, Limits, RequestLog, Transport};

/// A client and its backend.
#[derive(Debug)]
pub struct Connection {
    /// The client.
    pub client: Arc<Client>,
    /// What is written to, as people know it.
    pub target: String,
    behind: Behind,
}

/// The backend of a client.
#[derive(Debug)]
enum Behind {
    /// Webex.
    Live(Live),
    /// The embedded simulator.
    File(File),
}

/// A snapshot file and the simulator that keeps it.
#[derive(Debug)]
struct File {
    path: PathBuf,
    /// When it was written, and its size, as it was read.
    read: (SystemTime, u64),
    simulator: Arc<Simulator>,
}

impl Connection {
    /// The live organisation.
    pub fn live(live: Live) -> Connection {
        Connection {
            client: live.client.clone(),
            target: live.url.clone(),
            behind: Behind::Live(live),
        }
    }

    /// Puts the simulator over a snapshot file.
    pub fn embedded(path: &Path, log: Option<&Path>) -> Result<Connection, Failure> {
        let read = written(path)?;
        let whole = snapshot::read_whole(path)?;
        let simulator = Arc::new(Simulator::new(whole, &sim::Options::default()));
        // The limit on units is checked by the plan, as with Webex.
        let overage = json!({"overage": true}).as_object().cloned();
        let scenario = Scenario {
            switches: overage.unwrap_or_default(),
            ..Scenario::default()
        };
        simulator.direct(scenario).map_err(Failure::new)?;
        let mut options = webex::Options::new("http://127.0.0.1/v1", "embedded");
        options.limits = Limits {
            per_second: f64::MAX,
            ..Limits::default()
        };
        options.log = log.map(RequestLog::create).transpose()?;
        let embedded = Arc::new(Embedded(simulator.clone()));
        Ok(Connection {
            client: Client::new(embedded.clone(), embedded, options),
            target: path.display().to_string(),
            behind: Behind::File(File {
                path: path.to_owned(),
                read,
                simulator,
            }),
        })
    }

    /// Whose token it is, where there is one.
    pub fn me(&self) -> Option<&Whoami> {
        match &self.behind {
            Behind::Live(live) => Some(&live.me),
            Behind::File(_) => None,
        }
    }

    /// Whether it is the live organisation.
    pub fn is_live(&self) -> bool {
        matches!(self.behind, Behind::Live(_))
    }

    /// The moment that goes into the journal.
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// The digest of the file as it is now, if there is one.
    pub fn digest(&self) -> Option<String> {
        let bytes = snapshot::bytes(&self.file()?.simulator.snapshot()).ok()?;
        Some(snapshot::digest(&bytes))
    }

    /// Whether the last run of this journal has written the file as it is now.
    pub fn was_written_by(&self, journal: &Path) -> bool {
        let wrote = Journal::wrote(journal).ok().flatten();
        wrote.is_some() && self.digest() == wrote
    }

    /// How many requests were sent, by method.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        let counts = self.client.counts().by_method.into_iter();
        counts
            .map(|(method, count)| (method.to_owned(), count))
            .collect()
    }

    /// Makes sure that the file, if there is one, is still what was read.
    pub fn check(&self) -> Result<(), Failure> {
        let Some(file) = self.file() else {
            return Ok(());
        };
        match written(&file.path)? == file.read {
            true => Ok(()),
            false => {
                let path = file.path.display();
                let message =
                    format!("{path} has changed since it was read: nothing was written to it");
                let help = "run the command again: it plans from the file as it is now";
                Err(Failure::new(message).help(help).exit(Exit::Stale))
            }
        }
    }

    /// Writes the file, if there is one; gives its new digest.
    pub fn save(&self) -> Result<Option<String>, Failure> {
        let Some(file) = self.file() else {
            return Ok(None);
        };
        self.check()?;
        let snapshot = file.simulator.snapshot();
        snapshot::write(&file.path, &snapshot)?;
        Ok(Some(snapshot::digest(&snapshot::bytes(&snapshot)?)))
    }

    /// The organisation as it is now, as a snapshot; nothing if it cannot be read completely.
    pub fn observed(&self, wanted: &capture::Args) -> Result<Option<Value>, Failure> {
        match &self.behind {
            Behind::File(file) => Ok(Some(file.simulator.snapshot())),
            Behind::Live(live) => {
                let captured = capture::run(live, wanted, wanted.old()?.as_ref())?;
                Ok(captured.missing.is_empty().then_some(captured.document))
            }
        }
    }

    fn file(&self) -> Option<&File> {
        match &self.behind {
            Behind::File(file) => Some(file),
            Behind::Live(_) => None,
        }
    }
}

/// When a file was written, and its size.
fn written(path: &Path) -> Result<(SystemTime, u64), Failure> {
    let metadata = fs_err::metadata(path)?;
    Ok((metadata.modified()?, metadata.len()))
}

/// The simulator as a transport, and its time as a clock: waiting takes none.
#[derive(Debug)]
struct Embedded(Arc<Simulator>);

impl Transport for Embedded {
    fn send(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
        match self.0.answer(request) {
            Reply::Response(response) => Ok(response),
            Reply::Slow(time, response) => {
                self.0.advance(time);
                Ok(response)
            }
            Reply::Dropped | Reply::Truncated(_) => Err(io::ErrorKind::ConnectionReset.into()),
        }
    }
}

impl Clock for Embedded {
    fn now(&self) -> Duration {
        let since = self.0.now().duration_since(Timestamp::UNIX_EPOCH);
        since.try_into().unwrap_or_default()
    }

    fn sleep(&self, time: Duration) {
        // The simulator counts milliseconds: less would be no time at all.
        self.0.advance(time.max(Duration::from_millis(1)));
    }
}
