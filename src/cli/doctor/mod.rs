//! `trunkline doctor`: whether everything that the commands need is there, and what is missing. It changes nothing: of Webex
//! it asks only what GET answers, and it prints no secret.

mod files;
mod live;
mod report;
mod state;
mod taken;
mod workflows;

use std::path::PathBuf;

use super::output::{Failure, options, print};
use super::{Exit, applied, given};
use crate::config::Loaded;
use crate::render::{Detail, ObjectFormat};
use report::Report;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory with the YAML files
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Ask Webex whose token it is and what it may do; sends only GET requests
    #[arg(long)]
    live: bool,
    /// The observed state [default: snapshot.json in PATH, if it is there]
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    applied: applied::Args,
    /// Where journals and backups are kept [default: .trunkline in PATH]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// How to print the report
    #[arg(long, value_enum, default_value_t)]
    format: ObjectFormat,
    #[command(flatten)]
    connection: super::live::Args,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    given::directory(&args.path)?;
    let mut report = Report::default();
    let loaded = files::check(&args.path, &mut report);
    state::check(args, loaded.as_ref(), &mut report);
    workflows::check(&args.path, &mut report);
    live::check(args, loaded.as_ref(), &mut report);
    let exit = report.exit();
    let text = match args.format {
        ObjectFormat::Text => report.text(
            name(loaded.as_ref()),
            &options(&std::io::stdout(), Detail::Short),
        ),
        ObjectFormat::Json => serde_json::to_string_pretty(&report.json())? + "\n",
    };
    print(&text)?;
    Ok(exit)
}

fn name(loaded: Option<&Loaded>) -> Option<&str> {
    let org = loaded?.config.org.as_ref()?;
    Some(org.value.name.value.as_str())
}
