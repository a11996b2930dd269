//! Sources -> [`Config`] and every finding of the files: read in parallel, merged in order of path, checked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::checks;
use super::files::{Origin, SourceFile, Sources};
use super::foreign;
use super::merge::{Config, FileDocuments, merge};
use super::model::Document;
use super::secrets;
use super::several;
use super::yaml::{self, Pos};
use crate::finding::{CONFIGURATION_EMPTY, Finding, Place, Severity, YAML_SYNTAX, sort_findings};

/// A configuration, with what has to be said of its files.
#[derive(Debug)]
pub struct Loaded {
    /// The desired state; whole only if no finding is an error.
    pub config: Config,
    /// Everything that has to be said, in order.
    pub findings: Vec<Finding>,
    /// The texts, for excerpts.
    pub files: Vec<SourceFile>,
    /// Where it came from.
    pub origin: Origin,
    /// How files are shown that may have secrets in them.
    masked: BTreeMap<Arc<str>, String>,
}

impl Config {
    /// Whether anything of Webex for BroadWorks is declared, as only service providers have it.
    pub fn is_provider(&self) -> bool {
        let empty = [
            self.clusters.is_empty(),
            self.customer_templates.is_empty(),
            self.enterprises.is_empty(),
            self.subscribers.is_empty(),
            self.broadworks_workspaces.is_empty(),
        ];
        empty.contains(&false)
    }

    /// The subscribers of an earlier revision that the files no longer declare, in order of user id. One that is declared in another
    /// case is declared: BroadWorks does not tell them apart.
    pub fn subscribers_gone<'b>(&self, base: Option<&'b Config>) -> Vec<&'b str> {
        let before = base.map(|base| &base.subscribers);
        let gone = before.into_iter().flatten().map(|(id, _)| id.as_str());
        let mut gone: Vec<&str> = gone
            .filter(|id| !self.subscribers.contains_key(*id))
            .collect();
        if !gone.is_empty() {
            let declared = self.subscribers.keys().map(|id| id.to_lowercase());
            let declared: BTreeSet<String> = declared.collect();
            gone.retain(|id| !declared.contains(&id.to_lowercase()));
        }
        gone
    }
}

impl Loaded {
    /// Whether an error of the files forbids planning. An empty configuration is none: it is input that is incomplete.
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// Errors of the files that forbid planning.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.findings.iter();
        findings.filter(|finding| {
            finding.severity == Severity::Error && finding.code != CONFIGURATION_EMPTY
        })
    }

    /// Checks the templates against what another revision forbids.
    pub fn judge(&mut self, policy: &Config) {
        if let Some(guardrails) = &policy.guardrails {
            let forbidden = checks::check_forbidden(&self.config, &guardrails.value);
            self.findings.extend(forbidden);
            sort_findings(&mut self.findings);
        }
    }

    /// The text of a file as it may be shown, if it is UTF-8.
    pub fn text(&self, path: &str) -> Option<&str> {
        if let Some(masked) = self.masked.get(path) {
            return Some(masked);
        }
        let file = self.files.iter().find(|file| &*file.path == path)?;
        std::str::from_utf8(&file.bytes).ok()
    }
}

/// Reads, merges and checks every file.
pub fn load(sources: Sources) -> Loaded {
    let Sources { files, origin } = sources;
    let readings: Vec<(FileDocuments, Vec<Finding>)> = files.par_iter().map(ours).collect();
    let mut findings = Vec::new();
    let mut documents = Vec::new();
    for (file, problems) in readings {
        documents.push(file);
        findings.extend(problems);
    }
    let broken: Vec<String> = documents
        .iter()
        .zip(&files)
        .filter(|(document, _)| document.broken)
        .map(|(_, file)| String::from_utf8_lossy(&file.bytes).into_owned())
        .collect();
    let several = several::organisations(&documents);
    let (config, merged) = merge(documents);
    match several {
        // The directory is the wrong one, and not all in it is meant for us.
        Some(several) => findings = vec![several],
        None => {
            findings.extend(merged);
            findings.extend(checks::check(&config, &broken));
        }
    }
    if config.org.is_none() && broken.is_empty() {
        let message = "no document with `org` was found";
        let help = "give the directory that holds the YAML files; one of them starts with `version: 1` and `org:`. \
                    `trunkline init DIRECTORY` writes the first ones";
        findings.push(Finding::error(CONFIGURATION_EMPTY, message).help(help));
    }
    let masked = secrets::hide(&files, &mut findings);
    sort_findings(&mut findings);
    Loaded {
        config,
        findings,
        files,
        origin,
        masked,
    }
}

/// What one file says by itself, as a digest, and what is wrong with its text.
pub(super) fn content(file: &SourceFile) -> (String, Vec<Finding>) {
    let (documents, findings) = read(file);
    let (config, _) = merge(vec![documents]);
    (config.digest(), findings)
}

/// The same of a file that is read as configuration: one of another program is one error.
fn ours(file: &SourceFile) -> (FileDocuments, Vec<Finding>) {
    let (documents, findings) = read(file);
    let text = std::str::from_utf8(&file.bytes).ok();
    let text = text.filter(|_| documents.broken);
    match text.and_then(|text| foreign::finding(&file.path, text)) {
        Some(finding) => (
            file_documents(file.path.clone(), Vec::new(), true),
            vec![finding],
        ),
        None => (documents, findings),
    }
}

fn read(file: &SourceFile) -> (FileDocuments, Vec<Finding>) {
    let path = file.path.clone();
    let text = match std::str::from_utf8(&file.bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = &file.bytes[..error.valid_up_to()];
            let start = before
                .iter()
                .rposition(|&byte| byte == b'\n')
                .map_or(0, |at| at + 1);
            let column = String::from_utf8_lossy(&before[start..]).chars().count();
            let line = before.iter().filter(|&&byte| byte == b'\n').count();
            let place = Place {
                file: path.clone(),
                line: line as u32 + 1,
                column: column as u32 + 1,
                len: 1,
            };
            let finding = Finding::error(YAML_SYNTAX, "the file is not UTF-8 text")
                .help("save it as UTF-8; a binary file does not belong here")
                .at(place);
            return (file_documents(path, Vec::new(), true), vec![finding]);
        }
    };
    let reading = yaml::read::<Document>(text);
    let broken = !reading.problems.is_empty();
    let said = |message: String, earlier: Option<Pos>| match earlier {
        Some(first) => {
            let (line, column) = (first.line, first.column);
            format!("{message}; the first is at {path}:{line}:{column}")
        }
        None => message,
    };
    let findings = reading.problems.into_iter().map(|problem| Finding {
        code: problem.code,
        severity: Severity::Error,
        subject: None,
        message: said(problem.message, problem.earlier),
        help: problem.help,
        place: Some(Place {
            file: path.clone(),
            line: problem.pos.line,
            column: problem.pos.column,
            len: problem.pos.len.max(1),
        }),
    });
    let findings = findings.collect();
    (file_documents(path, reading.documents, broken), findings)
}

fn file_documents(path: Arc<str>, documents: Vec<Document>, broken: bool) -> FileDocuments {
    FileDocuments {
        path,
        documents,
        broken,
    }
}
