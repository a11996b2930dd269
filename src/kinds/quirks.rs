//! Fields that Webex returns differently from how they were sent, as one table. None of them ever causes a plan.

use super::KINDS;
use crate::phone;

/// One way in which a field comes back in another form. The rows of fields say which of them have it.
#[derive(Debug, Clone, Copy)]
pub struct Quirk {
    /// What happens to them, and where Cisco says so.
    pub reason: &'static str,
    /// Whether what was sent and what is read back are the same. `None` is no value.
    same: fn(&str, Option<&str>) -> bool,
}

impl Quirk {
    /// Whether what was sent and what is read back are the same. `None` is no value.
    pub fn same(&self, ours: &str, theirs: Option<&str>) -> bool {
        (self.same)(ours, theirs)
    }

    /// The paths of the fields that have it.
    pub fn paths(&self) -> impl Iterator<Item = &'static str> {
        let fields = KINDS.iter().flat_map(|kind| kind.fields);
        let has = |quirks: &[Quirk]| quirks.iter().any(|it| it.reason == self.reason);
        fields
            .filter(move |field| has(field.quirks))
            .map(|field| field.path)
    }
}

/// Every quirk. A field may have several; one that fits is enough.
pub static QUIRKS: [Quirk; 6] = [
    TRIMMED,
    LANGUAGE,
    COUNTRY,
    NO_STATES,
    MAIN_NUMBER,
    CONNECTION,
];

/// Texts of locations.
pub const TRIMMED: Quirk = Quirk {
    reason: "spaces at either end are removed, and an empty text is returned as null (webex-api.md 5.1)",
    same: |ours, theirs| ours.trim() == theirs.unwrap_or_default().trim(),
};

/// The language of e-mails.
pub const LANGUAGE: Quirk = Quirk {
    reason: "`en_US` is returned as `en_us` (webex-api.md 5.1)",
    same: any_case,
};

/// The country of an address.
pub const COUNTRY: Quirk = Quirk {
    reason: "two letters of ISO 3166, in either case (webex-api.md 5.1)",
    same: any_case,
};

/// The state of an address.
pub const NO_STATES: Quirk = Quirk {
    reason: "null where the country has no states; everywhere else Webex asks for one (webex-api.md 5.1)",
    same: |_, theirs| theirs.is_none_or(|theirs| theirs.trim().is_empty()),
};

/// What an order of mobile numbers contains. It is no other form of a value, and so not in the table.
pub const NEVER_TOLD: Quirk = Quirk {
    reason: "Webex takes it with the order and never returns it (webex-api.md 8.2)",
    same: |_, theirs| theirs.is_none(),
};

/// A main number.
pub const MAIN_NUMBER: Quirk = Quirk {
    reason: "national form, or with spaces; ten digits without a plus are North American (webex-api.md 6.6)",
    same: |ours, theirs| theirs.and_then(phone::read_back).as_deref() == Some(ours.trim()),
};

/// The connection to the public network.
pub const CONNECTION: Quirk = Quirk {
    reason: "the name of a connection, which people copy manually: case does not count (webex-api.md 5.3)",
    same: any_case,
};

fn any_case(ours: &str, theirs: Option<&str>) -> bool {
    theirs.is_some_and(|theirs| ours.trim().eq_ignore_ascii_case(theirs.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::field;

    fn same(path: &str, ours: &str, theirs: Option<&str>) -> bool {
        field("location", path).unwrap().same(ours, theirs)
    }

    /// For each row of the table: a path, what was sent, what comes back, and what would be another value.
    type Case = (
        &'static str,
        &'static str,
        Option<&'static str>,
        Option<&'static str>,
    );
    const CASES: [Case; 6] = [
        ("address/city", "Dallas ", Some("Dallas"), Some("dallas")),
        ("preferredLanguage", "en_US", Some("en_us"), Some("en_gb")),
        ("address/country", "US", Some("us"), Some("GB")),
        ("address/state", "England", None, Some("Wales")),
        (
            "calling/mainNumber",
            "+12145550100",
            Some("(214) 555-0100"),
            Some("+12145550101"),
        ),
        (
            "calling/pstn",
            "Premises-based PSTN",
            Some("premises-based PSTN"),
            Some("Cisco PSTN"),
        ),
    ];

    #[test]
    fn every_quirk_is_the_same_and_another_value_is_not() {
        assert_eq!(CASES.len(), QUIRKS.len(), "a case for each row");
        for ((path, sent, back, other), quirk) in CASES.iter().zip(&QUIRKS) {
            assert!(quirk.paths().any(|it| it == *path), "{path}");
            assert!((quirk.same)(sent, *back), "{path}: {}", quirk.reason);
            assert!(same(path, sent, *back), "{path}: {}", quirk.reason);
            assert!(same(path, sent, Some(sent)), "{path} is the same as itself");
            assert!(!same(path, sent, *other), "{path}: {other:?}");
        }
    }

    #[test]
    fn an_empty_text_is_none_and_a_missing_value_is_not_any_value() {
        assert!(same("address/address2", "", None));
        assert!(!same("address/address2", "", Some("Suite 4")));
        for path in [
            "timeZone",
            "address/city",
            "calling/mainNumber",
            "calling/pstn",
        ] {
            assert!(!same(path, "+12145550100", None), "{path}");
        }
    }

    #[test]
    fn forms_of_a_number() {
        let back = [
            "+12145550100",
            "2145550100",
            "+1 214-555-0100",
            "+1-2145550100",
        ];
        for form in back {
            assert!(
                same("calling/mainNumber", "+12145550100", Some(form)),
                "{form}"
            );
        }
        assert!(same(
            "calling/mainNumber",
            "+442079460100",
            Some("+44 20 7946 0100")
        ));
        assert!(!same(
            "calling/mainNumber",
            "+442079460100",
            Some("020 7946 0100")
        ));
        assert!(!same("calling/mainNumber", "+12145550100", Some("")));
    }
}
