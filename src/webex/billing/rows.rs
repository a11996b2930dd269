//! The file of a report as rows: who is billed in which package, from when to when (BWKS-131).
//!
//! Columns are found by name, in any order and spelling of case; others are ignored. What cannot be understood ends the
//! reading: a row that is left out would look like someone who is not billed.

use jiff::civil::Date;

use super::BillingError;

/// One entry of a report. A person whose package or id changed during the month has several (BWKS-133).
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Service provider and enterprise.
    pub enterprise: String,
    /// The BroadWorks user id.
    pub user_id: String,
    /// The package, in lower case.
    pub package: String,
    /// The share of the month: 1 is all of it.
    pub quantity: f64,
    /// From when on it is billed in this month.
    pub from: Option<Date>,
    /// Until when it is billed in this month.
    pub until: Option<Date>,
    /// Whether the customer is on trial.
    pub internal: bool,
}

/// The columns that are read.
struct Columns {
    enterprise: usize,
    user_id: usize,
    package: usize,
    quantity: usize,
    from: Option<usize>,
    until: Option<usize>,
    internal: Option<usize>,
}

/// Every entry of a file.
pub fn rows(bytes: &[u8]) -> Result<Vec<Row>, BillingError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
    let wrong = |error: csv::Error| BillingError::Unreadable(error.to_string());
    let columns = Columns::find(reader.headers().map_err(wrong)?)?;
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        all.push(columns.row(&record)?);
    }
    Ok(all)
}

impl Columns {
    fn find(head: &csv::StringRecord) -> Result<Columns, BillingError> {
        let plain = |text: &str| -> String {
            let letters = text.chars().filter(char::is_ascii_alphanumeric);
            letters.map(|it| it.to_ascii_lowercase()).collect()
        };
        let column = |name: &str| head.iter().position(|it| plain(it) == plain(name));
        let needed = |name: &str| {
            let missing = || BillingError::Unreadable(format!("it has no column `{name}`"));
            column(name).ok_or_else(missing)
        };
        Ok(Columns {
            enterprise: needed("spEnterpriseId")?,
            user_id: needed("userId")?,
            package: needed("package")?,
            quantity: needed("quantity")?,
            from: column("billingStartDate"),
            until: column("billingEndDate"),
            internal: column("internal"),
        })
    }

    fn row(&self, record: &csv::StringRecord) -> Result<Row, BillingError> {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let needed = |at: usize, what: &str| match cell(at) {
            "" => Err(BillingError::Unreadable(format!(
                "line {line} has no {what}"
            ))),
            text => Ok(text.to_owned()),
        };
        let quantity = needed(self.quantity, "quantity")?;
        let is_share = |it: &f64| it.is_finite() && *it >= 0.0;
        let odd = || {
            BillingError::Unreadable(format!(
                "line {line}: `{quantity}` is not a quantity, such as 1 or 0.5"
            ))
        };
        Ok(Row {
            enterprise: needed(self.enterprise, "spEnterpriseId")?,
            user_id: needed(self.user_id, "userId")?,
            package: needed(self.package, "package")?.to_ascii_lowercase(),
            quantity: quantity.parse().ok().filter(is_share).ok_or_else(odd)?,
            from: self.from.and_then(|at| day(cell(at))),
            until: self.until.and_then(|at| day(cell(at))),
            internal: self.internal.is_some_and(|at| is_yes(cell(at))),
        })
    }
}

/// The day of a date or time in ISO 8601; other forms are not known.
fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

fn is_yes(text: &str) -> bool {
    ["yes", "true", "y"]
        .iter()
        .any(|yes| text.eq_ignore_ascii_case(yes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name() {
        let file = "\u{feff}Package,USER ID,sp_enterprise_id,Quantity,billingStartDate,billingEndDate,internal,more\r\n\
                    Premium,1@x,SP+one,0.5,2026-10-16,2026-10-31T00:00:00Z,Yes,?\r\n,,,,,,,\r\n";
        let all = rows(file.as_bytes()).unwrap();
        let expected = Row {
            enterprise: "SP+one".to_owned(),
            user_id: "1@x".to_owned(),
            package: "premium".to_owned(),
            quantity: 0.5,
            from: Some(jiff::civil::date(2026, 10, 16)),
            until: Some(jiff::civil::date(2026, 10, 31)),
            internal: true,
        };
        assert_eq!(all, [expected]);
    }

    #[test]
    fn what_is_not_understood_is_not_left_out() {
        let head = "spEnterpriseId,userId,package,quantity\n";
        let wrong = [
            (
                "spEnterpriseId,userId,quantity\n".to_owned(),
                "no column `package`",
            ),
            (
                format!("{head}SP+one,1@x,basic,much\n"),
                "line 2: `much` is not a quantity",
            ),
            (format!("{head}SP+one,1@x,basic,-1\n"), "is not a quantity"),
            (format!("{head}SP+one,1@x,basic,inf\n"), "is not a quantity"),
            (format!("{head}SP+one,,basic,1\n"), "line 2 has no userId"),
            (format!("{head}SP+one,1@x\n"), "unequal"),
            ("<html>\n".to_owned(), "no column"),
        ];
        for (file, why) in wrong {
            let error = rows(file.as_bytes()).unwrap_err().to_string();
            let same = error.contains(why) || (why == "unequal" && error.contains("field"));
            assert!(same, "{file}: {error}");
        }
        assert_eq!(rows(head.as_bytes()).unwrap(), []);
    }
}
