//! `trunkline explain`: why an object is as it is, or what a finding code means.

mod address;
mod code;

use std::path::PathBuf;

use super::output::Failure;
use super::{Exit, applied};
use crate::render::ObjectFormat;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// An address, such as user/ana@acme.com, or a name, number or extension; or a finding code, such as calling-loss
    #[arg(value_name = "OBJECT|CODE")]
    subject: String,
    /// The directory with the YAML files [default: .]
    path: Option<PathBuf>,
    /// The observed state [default: snapshot.json in PATH]
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Read the files of this git revision, without a checkout
    #[arg(long = "ref", value_name = "REV")]
    revision: Option<String>,
    #[command(flatten)]
    applied: applied::Args,
    /// Delete objects that this git revision declares and the files no longer do
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Only one licence, and the reason if it is missing: calling, messaging, contactCenter, meetings/<site> or
    /// other/<licence name>
    #[arg(long, value_name = "WORD")]
    license: Option<String>,
    /// Where `apply` keeps the applied snapshot, and journals and backups, to name people for whom an earlier apply has not restored everything [default: .trunkline in PATH]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// How to print the explanation of an address [default: text]
    #[arg(long, value_enum)]
    format: Option<ObjectFormat>,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let Args {
        subject,
        path,
        snapshot,
        revision,
        applied,
        base,
        license,
        state,
        format,
    } = args;
    let paths = path.is_some() || snapshot.is_some() || applied.named().is_some() || base.is_some();
    let other = license.is_some() || state.is_some() || format.is_some();
    let alone = !(paths || revision.is_some() || other);
    match (code::is_code(subject), alone) {
        (true, true) => code::run(subject),
        (true, false) => {
            let failure = Failure::new(format!("`{subject}` is a finding code, not an address"));
            Err(failure.help(
                "name an object, such as user/ana@acme.com, or omit the other arguments to read about the code",
            ))
        }
        (false, true) if code::is_near(subject) => code::run(subject),
        (false, _) => address::run(args),
    }
}
