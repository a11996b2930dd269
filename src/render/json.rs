//! JSON for scripts: the plan file, and findings without a plan (contract sections 5 and 7).
//!
//! Owns the envelope of findings. Must not know the [`View`](super::View): scripts get everything, as it is.

use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::plan::{FindingLine, Plan};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Findings {
    format_version: u32,
    findings: Vec<FindingLine>,
}

/// A plan with the checksum of all the rest of it.
#[derive(Serialize)]
struct Sealed<'a> {
    #[serde(flatten)]
    plan: &'a Plan,
    checksum: String,
}

/// A digest of the whole plan except the checksum itself: `sha256:` over its compact JSON.
pub(super) fn checksum(plan: &Plan) -> Result<String, serde_json::Error> {
    let mut hasher = Sha256::new();
    serde_json::to_writer(&mut hasher, plan)?;
    Ok(format!("sha256:{:x}", hasher.finalize()))
}

/// The plan file, indented by 2.
pub(super) fn plan(plan: &Plan, mut to: impl Write) -> io::Result<()> {
    let checksum = checksum(plan)?;
    serde_json::to_writer_pretty(&mut to, &Sealed { plan, checksum })?;
    to.write_all(b"\n")
}

/// The digest of the plan file's bytes.
pub(super) fn digest(plan: &Plan) -> Result<String, serde_json::Error> {
    let checksum = checksum(plan)?;
    let mut hasher = Sha256::new();
    serde_json::to_writer_pretty(&mut hasher, &Sealed { plan, checksum })?;
    hasher.update(b"\n");
    Ok(format!("sha256:{:x}", hasher.finalize()))
}

/// `{"formatVersion": 1, "findings": […]}`, indented by 2.
pub(super) fn findings(findings: &[Finding]) -> Result<String, serde_json::Error> {
    pretty(&Findings {
        format_version: 1,
        findings: findings.iter().map(line).collect(),
    })
}

/// Any value, indented by 2, with its last newline.
pub(super) fn pretty(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}

fn line(finding: &Finding) -> FindingLine {
    let Finding {
        code,
        severity,
        subject,
        message,
        help,
        place,
    } = finding;
    FindingLine {
        code: code.as_str().to_owned(),
        severity: *severity,
        subject: subject.clone(),
        message: message.clone(),
        help: help.clone(),
        file: place.as_ref().map(|p| p.file.to_string()),
        line: place.as_ref().map(|p| p.line),
        column: place.as_ref().map(|p| p.column),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding;
    use crate::render::samples;

    #[test]
    fn findings_have_an_envelope() {
        let found = [finding::Finding::error(finding::MISSING_FIELD, "no `name`")
            .at(samples::place("org.yaml", 2, 3, 1))];
        assert_eq!(
            findings(&found).unwrap(),
            "\
{
  \"formatVersion\": 1,
  \"findings\": [
    {
      \"code\": \"missing-field\",
      \"severity\": \"error\",
      \"subject\": null,
      \"message\": \"no `name`\",
      \"help\": null,
      \"file\": \"org.yaml\",
      \"line\": 2,
      \"column\": 3
    }
  ]
}
"
        );
        assert_eq!(
            findings(&[]).unwrap(),
            "{\n  \"formatVersion\": 1,\n  \"findings\": []\n}\n"
        );
    }

    #[test]
    fn a_plan_survives_its_file() {
        let before = samples::example();
        let mut text = Vec::new();
        plan(&before, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(
            text.starts_with("{\n  \"formatVersion\": 1,\n  \"generator\": \"trunkline 0.1.0\",\n")
                && text.ends_with("}\n")
        );
        assert_eq!(
            digest(&before).unwrap(),
            format!("sha256:{:x}", Sha256::digest(&text))
        );
        let after: Plan = serde_json::from_str(&text).unwrap();
        assert_eq!(after.checksum, Some(checksum(&before).unwrap()));
        assert_eq!(after.checksum, Some(checksum(&after).unwrap()));
        let without = Plan {
            checksum: None,
            ..after
        };
        assert_eq!(without, before);
    }
}
