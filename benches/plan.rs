//! How long `trunkline plan` takes, and how much memory, as a whole process on a large organisation.
//!
//! `cargo bench --bench plan` makes an organisation of 100,000 people (and one of 10,000, for the ratio) and a service provider with
//! 10,000 subscribers in temporary directories and plans each five times. `TRUNKLINE_BIN` names another binary to measure.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a report for people; a failure stops it"
)]
#![allow(missing_docs, reason = "a program")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 5;
const MOST_TIME: Duration = Duration::from_secs(2);
const MOST_MEMORY_MB: f64 = 400.0;
const MOST_TIME_OF_SUBSCRIBERS: Duration = Duration::from_millis(500);

const GROUPS: usize = 97;
const LOCATIONS: usize = 40;
const FILES: usize = 50;
const SUBSCRIPTIONS: [(&str, &str); 3] = [
    ("Sub-2019", "2019-04-01"),
    ("Sub-2021", "2021-03-01"),
    ("Sub-2024", "2024-03-01"),
];

fn main() -> ExitCode {
    // `cargo test --all-targets` runs this too, without the argument.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("nothing measured: run `cargo bench --bench plan`");
        return ExitCode::SUCCESS;
    }
    let binary = std::env::var_os("TRUNKLINE_BIN")
        .map_or_else(|| env!("CARGO_BIN_EXE_trunkline").into(), PathBuf::from);
    println!("{}", binary.display());
    let small = measure(&binary, 10_000);
    let large = measure(&binary, 100_000);
    println!(
        "10 times the people: {:.1} times the time, {:.1} times the memory",
        large.median.as_secs_f64() / small.median.as_secs_f64(),
        large.memory_mb / small.memory_mb
    );
    let fast = verdict(
        "time",
        large.median <= MOST_TIME,
        format!("{:.2?} of {MOST_TIME:.0?}", large.median),
    );
    let lean = verdict(
        "memory",
        large.memory_mb <= MOST_MEMORY_MB,
        format!("{:.0} of {MOST_MEMORY_MB:.0} MB", large.memory_mb),
    );
    let provider = tempfile::tempdir().unwrap();
    let size = subscribers(provider.path(), 10_000);
    let subscribers = measured(&binary, provider.path(), "10000 subscribers", size);
    let soon = verdict(
        "time of subscribers",
        subscribers.median <= MOST_TIME_OF_SUBSCRIBERS,
        format!(
            "{:.2?} of {MOST_TIME_OF_SUBSCRIBERS:.0?}",
            subscribers.median
        ),
    );
    if fast && lean && soon {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn verdict(what: &str, pass: bool, numbers: String) -> bool {
    println!("{} {what}: {numbers}", if pass { "PASS" } else { "FAIL" });
    pass
}

struct Measured {
    median: Duration,
    memory_mb: f64,
}

fn measure(binary: &Path, people: usize) -> Measured {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let yaml = configuration(path, people);
    std::fs::write(path.join("snapshot.json"), snapshot(people)).unwrap();
    let what = format!("{people} people, {} overrides", people / 20);
    measured(binary, path, &what, yaml)
}

/// Plans what is in a directory, several times; `yaml` is the size of its files.
fn measured(binary: &Path, path: &Path, what: &str, yaml: usize) -> Measured {
    let mut times = Vec::new();
    let mut memory_kb = 0;
    for _ in 0..RUNS {
        let (took, peak) = run(binary, path);
        times.push(took);
        memory_kb = memory_kb.max(peak);
    }
    times.sort();
    let (median, memory_mb) = (times[RUNS / 2], memory_kb as f64 / 1024.0);
    let size = |name| std::fs::metadata(path.join(name)).unwrap().len() as f64 / 1e6;
    println!(
        "{what}: min {:.2?}, median {median:.2?}, peak {memory_mb:.0} MB (snapshot {:.1} MB, YAML {:.1} MB, plan {:.1} MB; {})",
        times[0],
        size("snapshot.json"),
        yaml as f64 / 1e6,
        size("plan.json"),
        summary(&std::fs::read_to_string(path.join("plan.txt")).unwrap())
    );
    Measured { median, memory_mb }
}

/// The line of the plan that counts changes.
fn summary(text: &str) -> &str {
    text.lines()
        .find(|line| line.starts_with("Plan: "))
        .unwrap_or("no plan")
}

/// Runs the whole program; gives how long it took and the most memory that it held, in KB.
fn run(binary: &Path, directory: &Path) -> (Duration, u64) {
    let stdout = std::fs::File::create(directory.join("plan.txt")).unwrap();
    let begun = Instant::now();
    let mut child = Command::new(binary)
        .args(["plan", "--out", "plan.json"])
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(stdout)
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        // The high-water mark only rises, so what was read last before the end is the peak, or very near to it.
        if let Some(now) = std::fs::read_to_string(&status)
            .ok()
            .and_then(|text| high_water(&text))
        {
            peak = peak.max(now);
        }
        match child.try_wait().unwrap() {
            Some(exit) => {
                assert!(
                    [0, 4].contains(&exit.code().unwrap_or(-1)),
                    "trunkline plan ended with {exit}"
                );
                return (begun.elapsed(), peak);
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    }
}

fn high_water(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn email(index: usize) -> String {
    format!("user{index:06}@large.example")
}

fn number(index: usize) -> String {
    format!("+1214{:07}", 2_000_000 + index)
}

fn has_calling(index: usize) -> bool {
    index % 5 < 3
}

/// Writes the YAML files; gives their size.
fn configuration(directory: &Path, people: usize) -> usize {
    let mut org = String::from(
        "version: 1\norg: {name: Large, id: org-large, assignmentMode: group}\nsubscriptions:\n  Sub-2019: {replacedBy: Sub-2024}\n\
         templates:\n  everyone:\n    existingUsers: true\n    licenses: {messaging: advanced}\n  \
         office:\n    existingUsers: true\n    licenses: {meetings: {large.webex.com: host}}\n\
         guardrails:\n  updates: {percent: 100}\n  removals: {percent: 100}\ngroups:\n",
    );
    for group in 0..GROUPS {
        let template = if group % 10 == 0 {
            "office"
        } else {
            "everyone"
        };
        writeln!(org, "  Group {group:02}: {{template: {template}}}").unwrap();
    }
    let mut size = org.len();
    std::fs::write(directory.join("org.yaml"), org).unwrap();
    std::fs::create_dir_all(directory.join("people")).unwrap();
    let overrides = people / 20;
    for file in 0..FILES {
        let mut yaml = String::from("users:\n");
        for index in (file..overrides).step_by(FILES) {
            let person = index * 20;
            writeln!(yaml, "  {}:", email(person)).unwrap();
            match index % 4 {
                0 => writeln!(yaml, "    displayName: New Name {index}").unwrap(),
                1 => writeln!(yaml, "    licenses: {{add: {{contactCenter: standard}}}}").unwrap(),
                2 => writeln!(yaml, "    extension: \"7{person:06}\"\n    roles: []").unwrap(),
                _ => writeln!(yaml, "    licenses:\n      remove: [messaging]").unwrap(),
            }
        }
        size += yaml.len();
        std::fs::write(directory.join(format!("people/{file:02}.yaml")), yaml).unwrap();
    }
    size
}

/// The text of the snapshot: 14 fields for each person.
#[expect(clippy::too_many_lines, reason = "an organisation, written out")]
fn snapshot(people: usize) -> String {
    let mut json = String::with_capacity(people * 700);
    json += "{\"formatVersion\":1,\"capturedAt\":\"2026-11-20T08:00:00Z\",\"complete\":true,\"org\":{\"id\":\"org-large\",\"name\":\"Large\"},\n";
    list(
        &mut json,
        "subscriptions",
        SUBSCRIPTIONS.len(),
        |out, index| {
            let (id, created) = SUBSCRIPTIONS[index];
            write!(
                out,
                "{{\"id\":\"{id}\",\"createdAt\":\"{created}\",\"status\":\"active\"}}"
            )
            .unwrap();
        },
    );
    let products = [
        ("CALL", "Webex Calling - Professional", "null"),
        ("CC", "Contact center Standard Agent", "null"),
        ("MEET", "Webex Meetings Suite", "\"large.webex.com\""),
        ("MSG", "Advanced Messaging", "null"),
    ];
    list(
        &mut json,
        "licenses",
        products.len() * SUBSCRIPTIONS.len(),
        |out, index| {
            let (code, name, site) = products[index / SUBSCRIPTIONS.len()];
            let (subscription, _) = SUBSCRIPTIONS[index % SUBSCRIPTIONS.len()];
            write!(
            out,
            "{{\"id\":\"L-{code}-{subscription}\",\"name\":\"{name}\",\"subscriptionId\":\"{subscription}\",\"siteUrl\":{site},\
             \"totalUnits\":200000,\"consumedUnits\":{}}}",
            people / 3
        )
        .unwrap();
        },
    );
    list(
        &mut json,
        "sites",
        1,
        |out, _| *out += "{\"url\":\"large.webex.com\",\"attendeeAccountEnabled\":true}",
    );
    list(&mut json, "locations", LOCATIONS, |out, index| {
        write!(
            out,
            "{{\"id\":\"loc-{index}\",\"name\":\"Location {index:02}\",\"timeZone\":\"America/Chicago\",\"preferredLanguage\":\"en_US\",\
             \"address\":{{\"country\":\"US\"}},\"calling\":{{\"mainNumber\":null,\"pstn\":\"Cisco PSTN\"}}}}"
        )
        .unwrap();
    });
    let callers: Vec<usize> = (0..people).filter(|index| has_calling(*index)).collect();
    list(&mut json, "numbers", callers.len(), |out, index| {
        let person = callers[index];
        write!(
            out,
            "{{\"phoneNumber\":\"{}\",\"location\":\"Location {:02}\",\"state\":\"active\",\"type\":\"did\",\
             \"owner\":{{\"kind\":\"user\",\"key\":\"{}\"}}}}",
            number(person),
            person % LOCATIONS,
            email(person)
        )
        .unwrap();
    });
    list(&mut json, "groups", GROUPS, |out, group| {
        write!(out, "{{\"id\":\"g-{group}\",\"name\":\"Group {group:02}\",\"source\":\"webex\",\"kind\":\"security\",\"members\":[").unwrap();
        for (position, person) in (group..people).step_by(GROUPS).enumerate() {
            let comma = if position == 0 { "" } else { "," };
            write!(out, "{comma}\"{}\"", email(person)).unwrap();
        }
        *out += "]}";
    });
    list(&mut json, "users", people, |out, person| {
        let (subscription, _) = SUBSCRIPTIONS[person % SUBSCRIPTIONS.len()];
        // One in fifty still lacks messaging.
        let messaging = if person % 50 == 7 {
            String::new()
        } else {
            format!("\"L-MSG-{subscription}\"")
        };
        let calling = if has_calling(person) {
            format!("\"L-CALL-{subscription}\"")
        } else {
            String::new()
        };
        let comma = if messaging.is_empty() || calling.is_empty() {
            ""
        } else {
            ","
        };
        let (phone, location, extension) = match has_calling(person) {
            true => (
                format!("\"{}\"", number(person)),
                format!("\"Location {:02}\"", person % LOCATIONS),
                format!("\"{}\"", 1_000_000 + person),
            ),
            false => ("null".to_owned(), "null".to_owned(), "null".to_owned()),
        };
        write!(
            out,
            "{{\"id\":\"Y2lzY29zcGFyazovL3VzL1BFT1BMRS{person:030}\",\"email\":\"{}\",\"displayName\":\"User Number {person}\",\
             \"status\":\"active\",\"source\":\"manual\",\"workPhone\":{phone},\"location\":{location},\"phoneNumber\":{phone},\
             \"extension\":{extension},\"licenses\":[{messaging}{comma}{calling}],\"attendeeSites\":[],\"siteAdmin\":[],\"roles\":[],\
             \"voicemail\":{{\"enabled\":true}}}}",
            email(person)
        )
        .unwrap();
    });
    json += "\"workspaces\":[],\"devices\":[]}\n";
    json
}

/// A member of the snapshot that is a list, one entry a line.
fn list(json: &mut String, name: &str, count: usize, entry: impl Fn(&mut String, usize)) {
    writeln!(json, "\"{name}\":[").unwrap();
    for index in 0..count {
        entry(json, index);
        *json += if index + 1 == count { "\n" } else { ",\n" };
    }
    *json += "],\n";
}

/// Writes a service provider: twenty enterprises with a file each, and a snapshot in which one subscriber in twenty has another package.
/// Gives the size of the YAML files.
#[expect(clippy::too_many_lines, reason = "an organisation, written out")]
fn subscribers(directory: &Path, count: usize) -> usize {
    const ENTERPRISES: usize = 20;
    let user = |index: usize| format!("720{:07}@voice.provider.example", 5_500_000 + index);
    let mut partner = String::from(
        "version: 1\norg: {name: Provider, id: org-provider, assignmentMode: group}\nguardrails: {updates: {percent: 100}}\nbroadworks:\n  clusters:\n    \
         denver:\n      xsiActionsUrl: https://xsp.provider.example/com.broadsoft.xsi-actions/v2.0/\n      \
         xsiEventsUrl: https://xsp.provider.example/com.broadsoft.xsi-events/v2.0/\n      authUrl: https://xsp.provider.example/authService/v2.0/\n  \
         customerTemplates:\n    trusted: {cluster: denver, provisioningId: cHJvdmlkZXI}\n  enterprises:\n",
    );
    for at in 0..ENTERPRISES {
        writeln!(
            partner,
            "    Provider+customer-{at:02}: {{template: trusted, name: Customer {at:02}}}"
        )
        .unwrap();
    }
    let mut size = partner.len();
    std::fs::write(directory.join("partner.yaml"), partner).unwrap();
    for at in 0..ENTERPRISES {
        let mut yaml = String::from("broadworks:\n  subscribers:\n");
        for index in (at..count).step_by(ENTERPRISES) {
            let package = if index % 20 == 0 {
                "premium"
            } else {
                "standard"
            };
            write!(
                yaml,
                "    {}:\n      enterprise: Provider+customer-{at:02}\n      email: person{index:06}@customer-{at:02}.example\n      \
                 firstName: First{index}\n      lastName: Last{index}\n      package: {package}\n      \
                 primaryPhoneNumber: \"+1720{:07}\"\n      extension: \"{:05}\"\n",
                user(index),
                5_500_000 + index,
                10_000 + index
            )
            .unwrap();
        }
        size += yaml.len();
        std::fs::write(directory.join(format!("customer-{at:02}.yaml")), yaml).unwrap();
    }
    let mut json = String::from(
        "{\"formatVersion\":1,\"capturedAt\":\"2026-11-20T08:00:00Z\",\"complete\":true,\"org\":{\"id\":\"org-provider\",\"name\":\"Provider\"},\n",
    );
    for name in [
        "subscriptions",
        "licenses",
        "sites",
        "locations",
        "numbers",
        "groups",
        "users",
        "workspaces",
        "devices",
    ] {
        writeln!(json, "\"{name}\":[],").unwrap();
    }
    json += "\"broadworks\":{\"clusters\":[{\"name\":\"denver\",\"xsiActionsUrl\":\"https://xsp.provider.example/com.broadsoft.xsi-actions/v2.0/\",\
             \"xsiEventsUrl\":\"https://xsp.provider.example/com.broadsoft.xsi-events/v2.0/\",\"authUrl\":\"https://xsp.provider.example/authService/v2.0/\"}],\
             \"customerTemplates\":[{\"name\":\"trusted\",\"cluster\":\"denver\"}],\"workspaces\":[],\n";
    list(&mut json, "enterprises", ENTERPRISES, |out, at| {
        write!(
            out,
            "{{\"spEnterpriseId\":\"Provider+customer-{at:02}\",\"template\":\"trusted\",\"name\":\"Customer {at:02}\",\"orgId\":\"org-{at}\",\
             \"provisioningId\":\"cHJvdmlkZXI\",\"enableDirSync\":false}}"
        )
        .unwrap();
    });
    list(&mut json, "subscribers", count, |out, index| {
        write!(
            out,
            "{{\"userId\":\"{}\",\"enterprise\":\"Provider+customer-{at:02}\",\"firstName\":\"First{index}\",\"lastName\":\"Last{index}\",\
             \"email\":\"person{index:06}@customer-{at:02}.example\",\"primaryPhoneNumber\":\"+1720{:07}\",\"extension\":\"{:05}\",\
             \"package\":\"standard\",\"status\":\"provisioned\"}}",
            user(index),
            5_500_000 + index,
            10_000 + index,
            at = index % ENTERPRISES
        )
        .unwrap();
    });
    json.truncate(json.trim_end().trim_end_matches(',').len());
    json += "}}\n";
    std::fs::write(directory.join("snapshot.json"), json).unwrap();
    size
}
