//! `trunkline snapshot`: what the organisation looks like now, as a file.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::live::{self, Live};
use super::output::{Failure, note};
use super::{Exit, capture};
use crate::snapshot;
use crate::webex::capture::Old;
use crate::webex::export;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to write; one that ends in .zst is compressed
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Read the live organisation; needs a token in the environment
    #[arg(long, required_unless_present = "from_csv", group = "reading")]
    live: bool,
    /// Read the CSV files in this directory: Control Hub's export of users, and locations.csv, numbers.csv, groups.csv and
    /// workspaces.csv if they are there
    #[arg(long, value_name = "DIR", conflicts_with_all = ["live", "since"], group = "reading")]
    from_csv: Option<PathBuf>,
    #[command(flatten)]
    wanted: capture::Args,
    #[command(flatten)]
    connection: live::Args,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let old = args.wanted.old()?;
    if let Some(directory) = &args.from_csv {
        return exported(args, directory, old.as_ref());
    }
    let pinned = old.as_ref().map(|old| old.snapshot.org.id.as_str());
    let live: Live = live::connect(&args.connection, pinned)?;
    let captured = capture::run(&live, &args.wanted, old.as_ref())?;
    save(args, &captured.document)?;
    let requests = live.client.counts();
    note(&format!("wrote {} after {requests}\n", args.out.display()))?;
    Ok(match captured.missing.is_empty() {
        true => Exit::Fine,
        false => Exit::Incomplete,
    })
}

/// A snapshot of what Control Hub exported.
fn exported(args: &Args, directory: &Path, old: Option<&Old>) -> Result<Exit, Failure> {
    let exported = export::from_csv(directory, old)?;
    for line in &exported.notes {
        note(&format!("note: {line}\n"))?;
    }
    save(args, &exported.document)?;
    let (out, users) = (args.out.display(), exported.users);
    note(&format!("wrote {out} with {users} people\n"))?;
    Ok(Exit::Fine)
}

fn save(args: &Args, document: &Value) -> Result<(), Failure> {
    snapshot::write(&args.out, document).map_err(|error| {
        let message = format!("cannot write {}: {error}", args.out.display());
        Failure::new(message)
    })
}
