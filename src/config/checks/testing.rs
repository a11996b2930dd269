//! YAML texts to findings, for the tests of checks.

use crate::config::merge::{Config, FileDocuments, merge};
use crate::config::model::Document;
use crate::config::yaml;
use crate::finding::Finding;

/// The configuration of files `a.yaml`, `b.yaml` … that can be read without a problem.
pub(super) fn config(texts: &[&str]) -> Config {
    let files = texts.iter().zip("abcdefgh".chars()).map(|(text, name)| {
        let reading = yaml::read::<Document>(text);
        assert_eq!(reading.problems, [], "{text}");
        FileDocuments {
            path: format!("{name}.yaml").into(),
            documents: reading.documents,
            broken: false,
        }
    });
    let (config, findings) = merge(files.collect());
    assert_eq!(findings, []);
    config
}

/// All findings about these files.
pub(super) fn findings(texts: &[&str]) -> Vec<Finding> {
    super::check(&config(texts), &[])
}

/// Code and line of each finding about one file.
pub(super) fn found(text: &str) -> Vec<(&'static str, u32)> {
    findings(&[text]).iter().map(brief).collect()
}

/// Code and line of a finding.
pub(super) fn brief(finding: &Finding) -> (&'static str, u32) {
    assert!(finding.help.is_some(), "{finding:?}");
    (
        finding.code.as_str(),
        finding.place.as_ref().map_or(0, |place| place.line),
    )
}

/// Code, file and subject of each finding.
pub(super) fn subjects(texts: &[&str]) -> Vec<(&'static str, String, String)> {
    let brief = |f: Finding| {
        let file = f
            .place
            .map(|place| place.file.to_string())
            .unwrap_or_default();
        (f.code.as_str(), file, f.subject.unwrap_or_default())
    };
    findings(texts).into_iter().map(brief).collect()
}
