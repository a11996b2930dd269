//! `trunkline validate`: load and check, without a snapshot.

use std::path::PathBuf;

use super::output::{self, Failure, findings, print};
use super::{Exit, input};
use crate::finding::Severity;
use crate::render::FindingsFormat;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory with the YAML files
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Read the files of this git revision, without a checkout
    #[arg(long = "ref", value_name = "REV")]
    revision: Option<String>,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t)]
    format: FindingsFormat,
    /// Print only the digest of the files, as in plans; findings go to stderr
    #[arg(long, conflicts_with = "format")]
    digest: bool,
    /// Print only the digest of the guardrails, as in plans; findings go to stderr
    #[arg(long, conflicts_with_all = ["format", "digest"])]
    guardrails_digest: bool,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = input::configuration(&args.path, args.revision.as_deref())?;
    let digest = args.digest || args.guardrails_digest;
    findings(&loaded.findings, args.format, !digest, &loaded)?;
    if args.guardrails_digest {
        if !output::any_error(&loaded.findings) {
            print(&format!("{}\n", loaded.config.guardrails_digest()))?;
        }
    } else if args.digest {
        if !output::any_error(&loaded.findings) {
            print(&format!("{}\n", loaded.config.digest()))?;
        }
    } else if args.format == FindingsFormat::Text
        && !loaded
            .findings
            .iter()
            .any(|it| it.severity == Severity::Error)
    {
        print(&format!("{}\n", valid(loaded.files.len())))?;
    }
    Ok(
        match loaded
            .findings
            .iter()
            .find(|finding| finding.severity == Severity::Error)
        {
            None => Exit::Fine,
            Some(_) if loaded.has_errors() => Exit::Error,
            Some(_) => Exit::Incomplete,
        },
    )
}

fn valid(files: usize) -> String {
    match files {
        1 => "1 file is valid.".to_owned(),
        files => format!("{files} files are valid."),
    }
}
