//! `trunkline simulate`: the Webex simulator on loopback, over a snapshot file.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use crate::sim::{self, Simulator};
use crate::snapshot;

use super::Exit;
use super::given::{self, Given};
use super::output::{self, Failure};

/// Run a Webex simulator on loopback, from a snapshot file
///
/// The first line on stdout is the base URL; with TRUNKLINE_API_URL set to it, --live works on the
/// simulated organisation. Ctrl-C ends it. The snapshot file is not changed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Initial organisation
    #[arg(long, value_name = "FILE")]
    snapshot: PathBuf,
    /// A loopback address; port 0 means any free port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: String,
    /// The only accepted bearer token; any token if omitted
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// File for the final state of the organisation
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Initial switches, faults and changes, as JSON
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
}

/// Serves until it is stopped.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    if let Some(other) = given::instead(&args.snapshot, Some(Given::Snapshot)) {
        return Err(other);
    }
    let snapshot = snapshot::read_whole(&args.snapshot)?;
    let options = sim::Options {
        token: args.token.clone(),
        real_time: true,
    };
    let simulator = Arc::new(Simulator::new(snapshot, &options));
    if let Some(path) = &args.scenario {
        let wrong = |why: &dyn std::fmt::Display| {
            Failure::new(format!("{} is not a scenario: {why}", path.display()))
        };
        let scenario = serde_json::from_slice(&fs_err::read(path)?).map_err(|why| wrong(&why))?;
        simulator.direct(scenario).map_err(|why| wrong(&why))?;
    }
    let (ended, end) = mpsc::channel();
    // On a second signal the receiver is gone, which does not matter.
    ctrlc::set_handler(move || {
        let _ = ended.send(());
    })?;
    let address = sim::serve(simulator.clone(), &args.listen).map_err(|why| {
        Failure::new(format!("cannot listen on {}: {why}", args.listen))
            .help("give a loopback address, such as 127.0.0.1:0")
    })?;
    output::print(&format!("{address}/v1\n"))?;
    end.recv()?;
    if let Some(path) = &args.save {
        snapshot::write(path, &simulator.snapshot())?;
    }
    Ok(Exit::Fine)
}
