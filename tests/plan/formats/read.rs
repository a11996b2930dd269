//! What each format says of a plan, in numbers, read out of the text that it is: no reader shares code with another, or with
//! the program.

use std::collections::BTreeSet;

use serde_json::Value;
use trunkline::render::PlanFormat;

/// How many changes there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    pub create: usize,
    pub update: usize,
    pub delete: usize,
    pub irreversible: usize,
    pub unacknowledged: usize,
}

impl Changes {
    pub fn all(self) -> usize {
        self.create + self.update + self.delete
    }

    fn count(&mut self, action: &str) {
        match action {
            "create" => self.create += 1,
            "update" => self.update += 1,
            "delete" => self.delete += 1,
            other => panic!("the action {other}"),
        }
    }
}

/// How many findings there are, by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Findings {
    pub error: usize,
    pub hold: usize,
    pub warning: usize,
    pub info: usize,
}

impl Findings {
    pub fn count(&mut self, severity: &str, number: usize) {
        let one = match severity.trim_end_matches('s') {
            "error" => &mut self.error,
            "hold" => &mut self.hold,
            "warning" => &mut self.warning,
            "info" => &mut self.info,
            other => panic!("the severity {other}"),
        };
        *one += number;
    }
}

/// The changes that a format tells of; `None` for one that tells of findings alone. An error where it contradicts itself.
pub fn changes(format: PlanFormat, text: &str) -> Result<Option<Changes>, String> {
    Ok(Some(match format {
        PlanFormat::Text => text_changes(text)?,
        PlanFormat::Markdown => markdown_changes(text)?,
        PlanFormat::Json => json_changes(&parse(text)),
        PlanFormat::Csv => csv_changes(text),
        PlanFormat::Html => html_changes(text)?,
        PlanFormat::Tfplan => tfplan_changes(&parse(text)),
        PlanFormat::Sarif | PlanFormat::Github => return Ok(None),
    }))
}

/// The findings that a format tells of; `None` for one that tells of changes alone.
pub fn findings(format: PlanFormat, text: &str) -> Option<Findings> {
    Some(match format {
        PlanFormat::Text => text_findings(text),
        PlanFormat::Markdown => markdown_findings(text),
        PlanFormat::Json => listed(&parse(text)["findings"]),
        PlanFormat::Html => html_findings(text),
        PlanFormat::Tfplan => listed(&parse(text)["trunkline"]["findings"]),
        PlanFormat::Sarif => sarif_findings(&parse(text)),
        PlanFormat::Github => github_findings(text),
        PlanFormat::Csv => return None,
    })
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn json_changes(plan: &Value) -> Changes {
    let mut changes = Changes::default();
    for change in list(&plan["changes"]) {
        changes.count(change["action"].as_str().unwrap());
        changes.irreversible += usize::from(change["risk"] == "irreversible");
        changes.unacknowledged += usize::from(change["acknowledged"] == false);
    }
    changes
}

/// Findings as the plan file has them.
pub fn listed(findings: &Value) -> Findings {
    let mut counted = Findings::default();
    for finding in list(findings) {
        counted.count(finding["severity"].as_str().unwrap(), 1);
    }
    counted
}

/// The numbers in front of words, in the line that begins with `Plan:`.
fn summary(text: &str) -> Changes {
    let line = text.lines().find(|line| line.starts_with("Plan: "));
    let line = line.unwrap_or_else(|| panic!("no summary in\n{text}"));
    let before = |word: &str| -> usize {
        let (before, _) = line.split_once(word).unwrap();
        before.rsplit(' ').next().unwrap().parse().unwrap()
    };
    let (_, irreversible) = line.split_once("Irreversible: ").unwrap();
    let irreversible = irreversible.split(['.', ' ']).next().unwrap();
    let open = line.split_once(" NOT acknowledged");
    Changes {
        create: before(" to create"),
        update: before(" to update"),
        delete: before(" to delete"),
        irreversible: irreversible.parse().unwrap(),
        unacknowledged: open.map_or(0, |(open, _)| {
            open.rsplit('(').next().unwrap().parse().unwrap()
        }),
    }
}

/// The summary, if what is shown agrees with it: all objects, those that lose something, those that no one answers for.
fn agree(said: Changes, shown: (usize, usize, usize)) -> Result<Changes, String> {
    match shown == (said.all(), said.irreversible, said.unacknowledged) {
        true => Ok(said),
        false => Err(format!(
            "the summary says {said:?}, and shown are {shown:?}"
        )),
    }
}

/// With `--detail full` each object has a block. Its summary has to agree with them.
fn text_changes(text: &str) -> Result<Changes, String> {
    let said = summary(text);
    let mut blocks: Vec<(bool, bool)> = Vec::new();
    for line in text.lines() {
        let sign = line.get(..5).unwrap_or_default();
        let head =
            sign.starts_with("  ") && sign.ends_with(' ') && sign.contains(['+', '~', '>', '-']);
        if head && !line[5..].starts_with(' ') {
            blocks.push((sign.contains('!'), false));
        } else if line.trim_start().starts_with("NOT ACKNOWLEDGED") {
            blocks.last_mut().unwrap().1 = true;
        }
    }
    let irreversible = blocks.iter().filter(|block| block.0).count();
    let open = blocks.iter().filter(|block| block.1).count();
    agree(said, (blocks.len(), irreversible, open))
}

/// The headings of the findings have to agree with their entries.
fn text_findings(text: &str) -> Findings {
    let (mut headings, mut entries) = (Findings::default(), Findings::default());
    let severity = |word: &str| ["error", "hold", "warning", "info"].contains(&word);
    for line in text.lines() {
        let heading = line.strip_suffix(" (manual work)").unwrap_or(line);
        let words: Vec<&str> = heading.split(' ').collect();
        match words.as_slice() {
            [number, word] if severity(word.trim_end_matches('s')) && !number.is_empty() => {
                headings.count(word, number.parse().unwrap());
            }
            ["", "", word, _, ..] if severity(word) => entries.count(word, 1),
            _ => {}
        }
    }
    assert_eq!(headings, entries, "{text}");
    headings
}

/// What cannot be undone is named one by one, everything else counted by kind.
fn markdown_changes(text: &str) -> Result<Changes, String> {
    let said = summary(text);
    let mut lost: Vec<bool> = Vec::new();
    let mut others = 0;
    for line in text.lines() {
        if line.starts_with("- `") && line.contains("!` **`") {
            lost.push(false);
        }
        // On the same line, or on one below it for each field.
        if line.contains("**NOT ACKNOWLEDGED: ") {
            *lost.last_mut().unwrap() = true;
        }
        let folded = line.split_once("<summary><b>");
        if let Some((_, folded)) = folded {
            let (number, kind) = folded
                .split_once("</b>")
                .unwrap()
                .0
                .split_once(' ')
                .unwrap();
            if !["warning", "info"].contains(&kind.trim_end_matches('s')) {
                others += number.parse::<usize>().unwrap();
            }
        }
    }
    let open = lost.iter().filter(|open| **open).count();
    agree(said, (lost.len() + others, lost.len(), open))
}

fn markdown_findings(text: &str) -> Findings {
    let mut findings = Findings::default();
    for line in text.lines() {
        for (heading, severity) in [("### Errors (", "error"), ("### Manual work (", "hold")] {
            if let Some(number) = line.strip_prefix(heading) {
                findings.count(severity, number.trim_end_matches(')').parse().unwrap());
            }
        }
        if let Some((_, folded)) = line.split_once("<summary><b>") {
            let (number, word) = folded
                .split_once("</b>")
                .unwrap()
                .0
                .split_once(' ')
                .unwrap();
            if ["warning", "info"].contains(&word.trim_end_matches('s')) {
                findings.count(word, number.parse().unwrap());
            }
        }
    }
    findings
}

fn csv_changes(text: &str) -> Changes {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let column = |name: &str| columns.iter().position(|it| it == name).unwrap();
    let (address, action) = (column("address"), column("action"));
    let (risk, acknowledged) = (column("risk"), column("acknowledged"));
    let mut changes = Changes::default();
    let mut seen = BTreeSet::new();
    for row in reader.records() {
        let row = row.unwrap();
        if seen.insert(row[address].to_owned()) {
            changes.count(&row[action]);
            changes.irreversible += usize::from(&row[risk] == "irreversible");
            changes.unacknowledged += usize::from(&row[acknowledged] == "false");
        }
    }
    changes
}

/// As a tool for Terraform would count; what is planned and what was before have to agree with it.
fn tfplan_changes(plan: &Value) -> Changes {
    let mut changes = Changes::default();
    for change in list(&plan["resource_changes"]) {
        let [action] = list(&change["change"]["actions"]).as_slice() else {
            panic!("not one action: {change}");
        };
        changes.count(action.as_str().unwrap());
        let sides = [&change["change"]["before"], &change["change"]["after"]];
        let there: Vec<&&Value> = sides.iter().filter(|side| !side.is_null()).collect();
        assert_eq!(
            there.len(),
            if action == "update" { 2 } else { 1 },
            "{change}"
        );
        let side = there[0];
        changes.irreversible += usize::from(side["trunkline_risk"] == "irreversible");
        changes.unacknowledged += usize::from(side["trunkline_acknowledged"] == false);
    }
    let resources = |values: &Value| list(&values["root_module"]["resources"]).len();
    assert_eq!(
        resources(&plan["planned_values"]),
        changes.create + changes.update
    );
    assert_eq!(
        resources(&plan["prior_state"]["values"]),
        changes.update + changes.delete
    );
    changes
}

/// What stands between two marks.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    text.split_once(from)?.1.split_once(to).map(|it| it.0)
}

/// What the script of the page reads.
fn html_data(page: &str) -> Value {
    parse(between(page, "type=\"application/json\">", "</script>").unwrap())
}

/// The summary in the markup, the losses in the markup and what the script reads have to agree.
fn html_changes(page: &str) -> Result<Changes, String> {
    let said = summary(between(page, "<p class=\"summary\">", "</p>").unwrap());
    let data = html_data(page);
    let changes = &data["changes"];
    let mut told = Changes::default();
    for (at, action) in list(&changes["action"]).iter().enumerate() {
        let action = &data["actions"][action.as_u64().unwrap() as usize];
        told.count(action.as_str().unwrap());
        let risk = changes["risk"][at].as_u64().unwrap() as usize;
        told.irreversible += usize::from(data["risks"][risk] == "irreversible");
        told.unacknowledged += usize::from(changes["acknowledged"][at] == false);
    }
    let lost = page
        .matches("<details class=\"change irreversible\">")
        .count();
    let said = agree(said, (told.all(), lost, told.unacknowledged))?;
    match said == told {
        true => Ok(said),
        false => Err(format!("the script reads {told:?}, not {said:?}")),
    }
}

/// The headings of the findings have to agree with what the script reads.
fn html_findings(page: &str) -> Findings {
    let (mut headings, mut read) = (Findings::default(), Findings::default());
    for severity in ["error", "hold", "warning", "info"] {
        let heading = between(page, &format!("<h2 id=\"{severity}s-title\">"), "</span>");
        let number = heading.map(|it| it.rsplit('>').next().unwrap().parse().unwrap());
        headings.count(severity, number.unwrap_or_default());
    }
    for severity in list(&html_data(page)["findings"]["severity"]) {
        read.count(severity.as_str().unwrap(), 1);
    }
    assert_eq!(headings, read);
    headings
}

fn sarif_findings(log: &Value) -> Findings {
    let run = &log["runs"][0];
    let mut findings = Findings::default();
    for result in list(&run["results"]) {
        findings.count(result["properties"]["severity"].as_str().unwrap(), 1);
    }
    for (severity, number) in run["properties"]["leftOut"].as_object().unwrap() {
        findings.count(severity, number.as_u64().unwrap() as usize);
    }
    findings
}

fn github_findings(text: &str) -> Findings {
    let mut findings = Findings::default();
    for line in text.lines() {
        let (head, message) = line[2..].split_once("::").unwrap();
        let (kind, properties) = head.split_once(' ').unwrap();
        match properties {
            "title=trunkline" => {
                let rest = message.strip_prefix("and ").unwrap();
                for part in rest.split_once(';').unwrap().0.split(" and ") {
                    let (number, word) = part.split_once(" more ").unwrap();
                    findings.count(word, number.parse().unwrap());
                }
            }
            _ if properties.contains("title=hold%3A ") => findings.count("hold", 1),
            _ => findings.count(if kind == "notice" { "info" } else { kind }, 1),
        }
    }
    findings
}
