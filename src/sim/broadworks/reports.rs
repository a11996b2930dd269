//! Billing reports.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Done};
use super::super::clock::{stamp, timestamp};
use super::super::state::broadworks::Report;
use super::super::{audit, errors, ids};
use super::{needs, refused};

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
            let address = format!("https://reports.example.com/{}.csv", ids::bare(&report.id));
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
