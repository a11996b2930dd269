//! A draft's change -> the change as the plan has it, with what it destroys.

use crate::change::{
    Acknowledged, Acknowledgements, Address, Change, DraftChange, DraftField, Field, FieldAction,
    People, Risk, Source,
};
use crate::config::Config;
use crate::finding::{Code, Finding};

/// A draft's change as the plan has it, and the findings of what it destroys.
pub(super) fn finish(
    change: DraftChange,
    depends_on: Vec<Address>,
    config: &Config,
    acknowledgements: &Acknowledgements<'_>,
    findings: &mut Vec<Finding>,
) -> Change {
    let address = change.address();
    let DraftChange {
        kind,
        key,
        action,
        fields,
        preimage,
        ..
    } = change;
    let mut acknowledged = None;
    let fields: Vec<Field> = fields
        .into_iter()
        .map(|field| {
            let acknowledgement = field.loss.and_then(|code| {
                let people = field.people.and_then(People::known);
                let reason = acknowledgements.covers_with(code, kind, &key, people);
                acknowledged = Some(acknowledged.unwrap_or(true) && reason.is_some());
                let named = acknowledgements.people(code, kind, &key);
                let loss = Loss {
                    code,
                    field: &field,
                    reason,
                    named,
                };
                let place = field.reason.spot.map(|spot| config.place(spot));
                let finding = loss.finding(&key).about(address.clone());
                findings.push(finding.at_opt(place));
                let reason = reason?.to_owned();
                Some(Acknowledged {
                    code: code.to_string(),
                    reason,
                })
            });
            into_field(field, config, acknowledgement)
        })
        .collect();
    Change {
        address,
        kind: kind.to_owned(),
        key,
        name: None,
        action,
        risk: fields
            .iter()
            .map(|field| field.risk)
            .max()
            .unwrap_or(Risk::Additive),
        acknowledged,
        preimage: preimage.as_ref().map(|it| it.digest.clone()),
        preimage_members: preimage.map(|it| it.members),
        depends_on,
        fields,
    }
}

/// Something that a field permanently destroys.
struct Loss<'a> {
    code: Code,
    field: &'a DraftField,
    /// Why it is acknowledged, where it is.
    reason: Option<&'a str>,
    /// How many people the acknowledgement names, enough or not.
    named: Option<u64>,
}

impl Loss<'_> {
    /// The finding, without subject and place.
    fn finding(&self, key: &str) -> Finding {
        let lost = self.field.losses.join(", ");
        let when = match (self.field.is_sent(), self.field.action) {
            (true, _) => "",
            (false, FieldAction::Add) => " when it is done manually",
            (false, _) => " when it is removed manually",
        };
        match self.reason {
            Some(reason) => {
                let message = format!("permanently lost{when}: {lost}; acknowledged: {reason}");
                Finding::info(self.code, message)
            }
            None => {
                let message = format!("would be permanently lost{when}: {lost}");
                let people = match (self.code.wants_people(), self.field.people) {
                    (true, Some(People::Count(count))) => count.to_string(),
                    (true, _) => "…".to_owned(),
                    (false, _) => String::new(),
                };
                if let Some(named) = self.named {
                    let message = format!("{message}; the acknowledgement names {named}");
                    let help = format!("if this is intended, write `people: {people}` there");
                    return Finding::error(self.code, message).help(help);
                }
                let people = match people.is_empty() {
                    true => people,
                    false => format!(", people: {people}"),
                };
                Finding::error(self.code, message).help(format!(
                    "if this is intended, add to `acknowledgements`: {{code: {}, subjects: [{key}]{people}, reason: …}}",
                    self.code
                ))
            }
        }
    }
}

fn into_field(field: DraftField, config: &Config, acknowledgement: Option<Acknowledged>) -> Field {
    let place = field.reason.spot.map(|spot| config.place(spot));
    Field {
        path: field.path,
        action: field.action,
        risk: field.risk,
        before: field.before,
        after: field.after,
        losses: field.losses,
        acknowledgement,
        held: field.held.map(|code| code.to_string()),
        people: field.people.and_then(People::known),
        source: Source {
            file: place.as_ref().map(|place| place.file.to_string()),
            line: place.as_ref().map(|place| place.line),
            column: place.as_ref().map(|place| place.column),
            commit: None,
            author: None,
            because: field.reason.because,
        },
    }
}
