//! `trunkline broadworks billing`: what Webex bills for a month, beside what the files declare.

use std::path::{Path, PathBuf};
use std::time::Duration;

use comfy_table::{Table, presets};
use serde_json::json;

use crate::billing::{self, Comparison};
use crate::cli::live::{self, failure};
use crate::cli::output::{self, Failure, aside, findings, print};
use crate::cli::{Exit, input};
use crate::config::Config;
use crate::disk;
use crate::render::{FindingsFormat, ObjectFormat, escape};
use crate::webex::Network;
use crate::webex::billing::{BillingError, Wanted, download, fetch, rows, transport};

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("source").required(true).args(["live", "report"])))]
pub struct Args {
    /// The directory with the YAML files
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The month, such as 2026-10; Webex makes a report only of a month that is over
    #[arg(long, value_name = "YYYY-MM")]
    period: String,
    /// Read the report of the live partner organisation, and have it made if there is none; needs a token in the environment
    #[arg(long)]
    live: bool,
    /// Read the report from this CSV file instead
    #[arg(long, value_name = "FILE", conflicts_with = "live")]
    report: Option<PathBuf>,
    /// With --live: delete the report of this month, and have it made again
    #[arg(long, conflicts_with = "report")]
    replace: bool,
    /// With --live: wait for a report that is being made for at most this long
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    wait: u64,
    /// Read the files of this git revision, without a checkout: what was declared at the end of the month
    #[arg(long = "ref", value_name = "REV")]
    revision: Option<String>,
    /// How to print the comparison
    #[arg(long, value_enum, default_value_t)]
    format: ObjectFormat,
    #[command(flatten)]
    connection: live::Args,
}

/// Where the rows are from.
struct Source {
    bytes: Vec<u8>,
    /// In words.
    words: String,
    id: Option<String>,
    created: Option<String>,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let Some(month) = billing::month(&args.period) else {
        let message = format!("`{}` is not a month", args.period);
        return Err(Failure::new(message).help("write it such as --period 2026-10"));
    };
    let loaded = input::configuration(&args.path, args.revision.as_deref())?;
    if output::any_error(&loaded.findings) {
        return input::stop(
            FindingsFormat::from(args.format),
            &loaded,
            loaded.findings.clone(),
        );
    }
    let notes: &[_] = &loaded.findings;
    if !notes.is_empty() && args.format == ObjectFormat::Text {
        findings(notes, FindingsFormat::Text, false, &loaded)?;
    }
    let source = match &args.report {
        Some(file) => from_file(file)?,
        None => live(args, &loaded.config)?,
    };
    let rows = rows(&source.bytes).map_err(|error| stopped(error, args))?;
    if rows.is_empty() {
        return Err(Failure::new("the billing report has no rows")
            .help("download the report again, or name another file with --report")
            .exit(Exit::Incomplete));
    }
    if !billing::is_of(&rows, month) {
        let message = format!(
            "the report is not of {}: it bills days of another month",
            args.period
        );
        return Err(Failure::new(message)
            .help("give the month of the report with --period")
            .exit(Exit::Incomplete));
    }
    let compared = billing::compare(&loaded.config, &rows, month);
    let text = match args.format {
        ObjectFormat::Text => text(args, &source, &compared),
        ObjectFormat::Json => as_json(args, &source, &compared)?,
    };
    print(&text)?;
    Ok(match compared.differences.is_empty() {
        true => Exit::Fine,
        false => Exit::Changes,
    })
}

fn from_file(file: &Path) -> Result<Source, Failure> {
    let bytes = disk::read(file, disk::LARGEST).map_err(|error| {
        Failure::new(format!("cannot read {}: {error}", file.display()))
            .help("name the CSV file of the report with --report")
    })?;
    Ok(Source {
        bytes,
        words: file.display().to_string(),
        id: None,
        created: None,
    })
}

/// Has Webex make the report, if there is none, and downloads it.
fn live(args: &Args, config: &Config) -> Result<Source, Failure> {
    let pinned = config.org.as_ref().and_then(|org| org.value.id.as_ref());
    let live = live::connect(&args.connection, pinned.map(|id| id.value.as_str()))?;
    aside(&format!("reading Webex as {}\n", escape(&live.me.name)))?;
    let wanted = Wanted {
        period: &args.period,
        replace: args.replace,
        most: Duration::from_secs(args.wait),
    };
    let stopped = |error| stopped(error, args);
    let report = fetch(&live.client, wanted).map_err(stopped)?;
    let network = Network::from_environment(&|name| std::env::var(name).ok());
    let server = transport(&live.client, &report.url, &network).map_err(stopped)?;
    let bytes = download(&live.client, &server, &report.url).map_err(stopped)?;
    let day = report.created.as_deref().and_then(|time| time.get(..10));
    Ok(Source {
        bytes,
        words: format!("made on {}", day.unwrap_or("an unknown day")),
        id: Some(report.id),
        created: report.created,
    })
}

/// What stops the comparison, with what to do about it.
fn stopped(error: BillingError, args: &Args) -> Failure {
    let command = format!("trunkline broadworks billing --period {}", args.period);
    match error {
        BillingError::Webex(error) if error.is(403) => {
            failure(error).help(
                "a report is made and deleted by a full administrator or sales full administrator of the partner; a read-only \
                 administrator can read one that exists; the scopes are spark-admin:broadworks_billing_reports_read and _write",
            )
        }
        BillingError::Webex(error) => failure(error),
        BillingError::Failed { .. } => Failure::new(error)
            .help(format!("once the month is over, have it made again: {command} --live --replace"))
            .exit(Exit::Incomplete),
        BillingError::Late { .. } => Failure::new(error)
            .help("run the command again: it resumes with the same report; --wait sets how long it waits")
            .exit(Exit::Incomplete),
        BillingError::Download(_) => Failure::new(error)
            .help("run the command again; if it fails again, get the CSV file of the report from your Cisco partner contact or from the Webex API, and give it with `--report FILE`")
            .exit(Exit::Incomplete),
        BillingError::Unreadable(_) => Failure::new(error)
            .help("download the report again; it has the columns spEnterpriseId, userId, package and quantity")
            .exit(Exit::Incomplete),
    }
}

fn text(args: &Args, source: &Source, compared: &Comparison) -> String {
    let mut packages = table(&["Package", "declared", "billed", "quantity"]);
    for package in &compared.packages {
        packages.add_row([
            escape(&package.package).into_owned(),
            package.declared.to_string(),
            package.billed.to_string(),
            format!("{:.2}", package.quantity),
        ]);
    }
    let words = escape(&source.words).into_owned();
    let mut out = format!(
        "Billing report of {}, {words}\n\n{}\n",
        args.period,
        tidy(&packages)
    );
    if !compared.differences.is_empty() {
        let mut rows = table(&["Differs", "enterprise", "user id", "", "file"]);
        for difference in &compared.differences {
            let place = difference.place.as_ref();
            rows.add_row([
                difference.kind.words().to_owned(),
                escape(&difference.enterprise).into_owned(),
                escape(difference.user_id.as_deref().unwrap_or("-")).into_owned(),
                escape(&difference.message).into_owned(),
                place.map_or_else(String::new, |it| {
                    format!("{}:{}", escape(&it.file), it.line)
                }),
            ]);
        }
        out += &format!("\n{}\n", tidy(&rows));
    }
    for note in &compared.notes {
        out += &format!("\nnote: {note}");
    }
    if !compared.notes.is_empty() {
        out.push('\n');
    }
    out += &match compared.differences.len() {
        0 => "\nThe report agrees with the files.\n".to_owned(),
        1 => "\n1 difference. Files that have changed since: --ref REV compares with an earlier revision.\n".to_owned(),
        count => format!("\n{count} differences. Files that have changed since: --ref REV compares with an earlier revision.\n"),
    };
    out
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    table
}

/// Without the spaces that tables leave at line ends.
fn tidy(table: &Table) -> String {
    let text = table.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n")
}

fn as_json(args: &Args, source: &Source, compared: &Comparison) -> Result<String, Failure> {
    let value = json!({
        "formatVersion": 1,
        "period": args.period,
        "report": {"id": source.id, "created": source.created},
        "packages": compared.packages,
        "differences": compared.differences,
        "notes": compared.notes,
    });
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}
