//! `trunkline snapshot`: the current state of the organisation, as a file.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::live::{self, Live};
use super::output::{self, Failure, aside, note, print};
use super::{Exit, capture};
use crate::snapshot;
use crate::webex::capture::Old;
use crate::webex::export::{self, ExportError, When};
use crate::webex::probe;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("reading").required(true))]
pub struct Args {
    /// The file to write; compressed if it ends in .zst. With --probe Markdown, or JSON if it ends in .json; stdout if omitted
    #[arg(long, value_name = "FILE", required_unless_present = "probe")]
    out: Option<PathBuf>,
    /// Read the live organisation; needs a token in the environment
    #[arg(long, group = "reading")]
    live: bool,
    /// Read CSV files, or those in a directory: Control Hub's exports of users, and locations.csv, numbers.csv, groups.csv and
    /// workspaces.csv; --facts takes what no export says, such as the units bought, also from a file that you write
    #[arg(long, value_name = "DIR|FILE", num_args = 1.., conflicts_with_all = ["live", "since"], group = "reading")]
    from_csv: Vec<PathBuf>,
    /// With --from-csv: the column HEADER is the attribute or the licence NAME; `-` ignores it
    #[arg(long, value_name = "HEADER=NAME", requires = "from_csv")]
    column: Vec<String>,
    /// With --from-csv: when the export was made, such as 2026-11-20 or 2026-11-20T08:00:00Z [default: the date of the oldest file
    /// of people]
    #[arg(long, value_name = "TIME", requires = "from_csv", value_parser = moment)]
    captured_at: Option<Timestamp>,
    /// With --live: capture nothing. Write a report of what the responses show about the unconfirmed points, without names,
    /// numbers and ids
    #[arg(long, requires = "live", conflicts_with_all = ["without", "facts", "since"])]
    probe: bool,
    #[command(flatten)]
    wanted: capture::Args,
    #[command(flatten)]
    connection: live::Args,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.probe {
        return probe(args);
    }
    let out = args.out.as_deref();
    let out = out.ok_or_else(|| Failure::new("name the file with --out"))?;
    output::check_place(out)?;
    let old = args.wanted.old()?;
    if !args.from_csv.is_empty() {
        return exported(args, out, old.as_ref());
    }
    let pinned = old.as_ref().map(|old| old.snapshot.org.id.as_str());
    let live: Live = live::connect(&args.connection, pinned)?;
    let captured = capture::run(&live, &args.wanted, old.as_ref())?;
    save(out, &captured.document)?;
    let requests = live.client.counts();
    aside(&format!("wrote {} after {requests}\n", out.display()))?;
    Ok(match captured.missing.is_empty() {
        true => Exit::Fine,
        false => Exit::Incomplete,
    })
}

/// A snapshot of what Control Hub exported.
fn exported(args: &Args, out: &Path, old: Option<&Old>) -> Result<Exit, Failure> {
    if out
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("csv"))
    {
        let message = format!("{} would be a snapshot, which is JSON", out.display());
        return Err(Failure::new(message).help("name a file that ends in .json or .json.zst"));
    }
    let when = When::now(args.captured_at);
    let exported = export::from_csv(&args.from_csv, &args.column, old, when);
    let exported = exported.map_err(|error| {
        let details = match &error {
            ExportError::Problems(problems) => problems.lines(),
            _ => Vec::new(),
        };
        let help = error.help();
        Failure::new(error).details(details).help_if(help)
    })?;
    for line in &exported.notes {
        note(&format!("note: {line}\n"))?;
    }
    if !exported.complete {
        note("the snapshot is incomplete: nothing may be planned from it\n")?;
    }
    save(out, &exported.document)?;
    let people = match exported.users {
        1 => "1 person".to_owned(),
        users => format!("{users} people"),
    };
    aside(&format!("wrote {} with {people}\n", out.display()))?;
    Ok(match exported.complete {
        true => Exit::Fine,
        false => Exit::Incomplete,
    })
}

/// A day, which is its begin in UTC, or a moment in RFC 3339.
fn moment(text: &str) -> Result<Timestamp, String> {
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok();
    let moment = text.parse::<Timestamp>().ok();
    let moment = moment.or_else(|| day().map(|it| it.timestamp()));
    moment.ok_or_else(|| {
        "write a day or a time, such as 2026-11-20 or 2026-11-20T08:00:00Z".to_owned()
    })
}

/// What the responses of the organisation show about the unconfirmed points.
fn probe(args: &Args) -> Result<Exit, Failure> {
    if let Some(out) = &args.out {
        output::check_place(out)?;
    }
    let live: Live = live::connect(&args.connection, None)?;
    let report = probe::run(&live.reader()).map_err(live::failure)?;
    let requests = live.client.counts();
    let Some(out) = &args.out else {
        print(&report.markdown())?;
        aside(&format!("asked {requests}\n"))?;
        return Ok(Exit::Fine);
    };
    let text = match out.extension().is_some_and(|end| end == "json") {
        true => serde_json::to_string_pretty(&report)? + "\n",
        false => report.markdown(),
    };
    output::share(out, &text)?;
    aside(&format!("wrote {} after {requests}\n", out.display()))?;
    Ok(Exit::Fine)
}

fn save(out: &Path, document: &Value) -> Result<(), Failure> {
    snapshot::write(out, document).map_err(|error| output::unwritable(out, error))
}
