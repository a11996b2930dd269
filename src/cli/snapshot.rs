//! `trunkline snapshot`: what the organisation looks like now, as a file.

use std::path::PathBuf;

use super::live::{self, Live};
use super::output::{Failure, note};
use super::{Exit, capture};
use crate::snapshot;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to write; one that ends in .zst is compressed
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Read the live organisation; needs a token in the environment
    #[arg(long, required = true)]
    live: bool,
    #[command(flatten)]
    wanted: capture::Args,
    #[command(flatten)]
    connection: live::Args,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let old = args.wanted.old()?;
    let pinned = old.as_ref().map(|old| old.snapshot.org.id.as_str());
    let live: Live = live::connect(&args.connection, pinned)?;
    let captured = capture::run(&live, &args.wanted, old.as_ref())?;
    snapshot::write(&args.out, &captured.document).map_err(|error| {
        let message = format!("cannot write {}: {error}", args.out.display());
        Failure::new(message)
    })?;
    let requests = live.client.counts();
    note(&format!("wrote {} after {requests}\n", args.out.display()))?;
    Ok(match captured.missing.is_empty() {
        true => Exit::Fine,
        false => Exit::Incomplete,
    })
}
