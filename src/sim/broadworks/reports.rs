//! Billing reports.

use serde_json::{Value, json};

use super::super::call::{Answer, Asked, Call, Done};
use super::super::clock::{stamp, timestamp};
use super::super::state::broadworks::{Report, Status};
use super::super::world::World;
use super::super::{audit, errors, ids};
use super::{needs, refused};

/// Where the files are: beside the API, as if on another server.
pub const FILES: &str = "/billing-reports/";
/// Who has this may read a file; without it nobody may.
const SIGNATURE: &str = "simulated-signature";

/// The state of a report: months that are not over fail.
fn status(call: &Call<'_>, report: &Report) -> &'static str {
    let month = timestamp(report.created).to_string();
    let over = month
        .get(..7)
        .is_some_and(|now| report.period.as_str() < now);
    let done = call.now - report.created >= i64::from(call.rules.broadworks_seconds) * 1000;
    match (done, over) {
        (false, _) => "IN_PROGRESS",
        (true, true) => "COMPLETED",
        (true, false) => "FAILED",
    }
}

/// GET of all.
pub fn list(call: &mut Call<'_>) -> Done {
    let mut found: Vec<&Report> = call
        .world
        .broadworks
        .reports
        .iter()
        .filter(|report| {
            let day = timestamp(report.created).to_string();
            call.query("after").is_none_or(|it| day.as_str() >= it)
                && call.query("before").is_none_or(|it| day.as_str() <= it)
        })
        .collect();
    match call.query("sortBy") {
        Some("billingPeriod") => found.sort_by(|a, b| b.period.cmp(&a.period)),
        Some("status") => found.sort_by_key(|it| status(call, it)),
        _ => found.sort_by(|a, b| a.id.cmp(&b.id)),
    }
    let shown: Vec<Value> = found
        .into_iter()
        .map(|it| json!({"id": it.id, "billingPeriod": it.period, "status": status(call, it)}))
        .collect();
    Answer::ok(json!({"items": shown}))
}

/// POST of one.
pub fn create(call: &mut Call<'_>) -> Done {
    needs(call.body(), &["billingPeriod"])?;
    let period = call.text("billingPeriod").unwrap_or_default().to_owned();
    if format!("{period}-01").parse::<jiff::civil::Date>().is_err() {
        return Err(refused(
            1002,
            "billingPeriod must be YYYY-MM",
            "billingPeriod",
        ));
    }
    if call
        .world
        .broadworks
        .reports
        .iter()
        .any(|it| it.period == period)
    {
        let text = "A report of this billing period exists; delete it first.";
        return Err(errors::generic(409, text));
    }
    let uuid = call.world.new_uuid("billing report");
    let id = ids::public("BILLING_REPORT", &uuid);
    call.world.broadworks.reports.push(Report {
        id: id.clone(),
        period,
        created: call.now,
    });
    Answer::ok(json!({"id": id}))
}

fn find(call: &Call<'_>) -> Result<usize, Answer> {
    let id = ids::decoded(call.param(0));
    let mut all = call.world.broadworks.reports.iter();
    let found = all.position(|it| ids::decoded(&it.id) == id);
    let missing = || {
        errors::coded(
            404,
            "Report not found",
            2024,
            "The billing report is not found.",
        )
    };
    found.ok_or_else(missing)
}

/// GET of one.
pub fn read(call: &mut Call<'_>) -> Done {
    let at = find(call)?;
    let Some(report) = call.world.broadworks.reports.get(at) else {
        return Err(errors::not_found("report"));
    };
    let status = status(call, report);
    let mut shown = json!({
        "id": report.id,
        "billingPeriod": report.period,
        "status": status,
        "created": stamp(report.created),
        "createdBy": audit::actor(call.world).id,
    });
    match status {
        "COMPLETED" => {
            let name = ids::bare(&report.id);
            let (origin, until) = (&call.asked.origin, call.now / 1000 + 3600);
            let address =
                format!("{origin}{FILES}{name}.csv?Expires={until}&Signature={SIGNATURE}");
            shown["tempDownloadURL"] = json!(address);
        }
        "FAILED" => {
            shown["errors"] = json!([{"code": 2000, "description": "The period is not over."}])
        }
        _ => {}
    }
    Answer::ok(shown)
}

/// DELETE of one.
pub fn delete(call: &mut Call<'_>) -> Done {
    let at = find(call)?;
    call.world.broadworks.reports.remove(at);
    Answer::no_content()
}

/// The file of a report: the server that has it knows the signature alone, and takes no token.
pub fn file(world: &World, asked: &Asked) -> Answer {
    if asked.token.is_some() || asked.query("Signature") != Some(SIGNATURE) {
        return errors::generic(403, "Access denied.");
    }
    let name = asked.path.strip_prefix(FILES).unwrap_or_default();
    let mut reports = world.broadworks.reports.iter();
    let Some(report) = reports.find(|it| format!("{}.csv", ids::bare(&it.id)) == name) else {
        return errors::not_found("file");
    };
    let answer = Answer::json(200, json!(table(world, report)));
    answer.header("content-type", "text/csv")
}

/// Who is billed: a line for each subscriber who was provisioned before the month was over.
fn table(world: &World, report: &Report) -> String {
    let mut out = "resellerName,billingId,spEnterpriseId,internal,userId,subscriberId,selfActivated,firstStartDate,\
                   billingStartDate,billingEndDate,package,quantity\n"
        .to_owned();
    let first = format!("{}-01", report.period);
    let Ok(first) = first.parse::<jiff::civil::Date>() else {
        return out;
    };
    let last = first.last_of_month();
    for subscriber in world.broadworks.subscribers.iter().flatten() {
        let field = |name: &str| {
            subscriber
                .fields
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        // Those of the file were there before.
        let new = subscriber.source.is_empty();
        let begun = new.then(|| timestamp(subscriber.created).to_string());
        let begun = begun.and_then(|time| time.get(..10)?.parse::<jiff::civil::Date>().ok());
        let from = begun.unwrap_or(first).max(first);
        let billed = matches!(subscriber.status, Status::Provisioned | Status::Updating);
        if !billed || from > last {
            continue;
        }
        let days = f64::from(last.day() - from.day() + 1) / f64::from(last.day());
        out += &format!(
            "Simulated Partner,C-1,{},No,{},{},No,{},{from},{last},{},{days:.4}\n",
            field("spEnterpriseId"),
            field("userId"),
            ids::bare(&subscriber.id),
            begun.unwrap_or(first),
            capital(field("package")),
        );
    }
    out
}

/// With a capital letter, as reports have packages.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|it| it.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
