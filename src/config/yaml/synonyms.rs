//! What people write who know the thing by another name: the words of Control Hub, of Terraform and of telephony.
//!
//! Owns the words. Must not know where they are read.

/// Another name, in small letters and digits alone, and what is meant. The first one that is known counts.
const SYNONYMS: [(&str, &[&str]); 41] = [
    ("phone", &["phoneNumber", "primaryPhoneNumber"]),
    ("number", &["phoneNumber", "primaryPhoneNumber", "numbers"]),
    ("telephone", &["phoneNumber", "primaryPhoneNumber"]),
    ("telephonenumber", &["phoneNumber", "primaryPhoneNumber"]),
    ("directnumber", &["phoneNumber", "primaryPhoneNumber"]),
    ("did", &["phoneNumber", "primaryPhoneNumber"]),
    ("ext", &["extension"]),
    ("firstname", &["displayName"]),
    ("lastname", &["displayName"]),
    ("fullname", &["displayName"]),
    ("name", &["displayName"]),
    ("mail", &["email"]),
    ("emailaddress", &["email"]),
    ("delete", &["state", "absent"]),
    ("deleted", &["absent", "state"]),
    ("destroy", &["state", "absent"]),
    ("ensure", &["state"]),
    ("inactive", &["absent"]),
    ("remove", &["absent", "state"]),
    ("removed", &["absent"]),
    ("active", &["present"]),
    ("enabled", &["present"]),
    ("exists", &["present"]),
    ("license", &["licenses"]),
    ("licence", &["licenses"]),
    ("licences", &["licenses"]),
    ("entitlements", &["licenses"]),
    ("users", &["members", "agents"]),
    ("people", &["members", "users"]),
    ("persons", &["members", "users"]),
    ("language", &["preferredLanguage"]),
    ("locale", &["preferredLanguage"]),
    ("timezone", &["timeZone"]),
    ("tz", &["timeZone"]),
    ("street", &["address1"]),
    ("zip", &["postalCode"]),
    ("postcode", &["postalCode"]),
    ("site", &["location", "meetings"]),
    ("sites", &["locations"]),
    ("teams", &["groups"]),
    ("policies", &["templates"]),
];

/// What is meant by a word that is not known.
pub(super) fn meant<'k>(wrong: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = plain(wrong);
    let synonym = SYNONYMS.iter().find(|(other, _)| *other == word);
    let synonym = synonym.and_then(|(_, meant)| {
        let mut meant = meant.iter();
        meant.find_map(|meant| known.iter().find(|known| *known == meant))
    });
    synonym
        .copied()
        .or_else(|| ends_with(&word, known))
        .or_else(|| has_word(wrong, known))
}

/// They have it elsewhere, too: `Advanced Messaging`, `Contact Center Premium Agent`.
fn has_word<'k>(wrong: &str, known: &[&'k str]) -> Option<&'k str> {
    let mut words = wrong.split(|it: char| !it.is_ascii_alphanumeric());
    words.find_map(|word| {
        let mut known = known.iter();
        known.find(|it| it.eq_ignore_ascii_case(word)).copied()
    })
}

/// What is to be written whole instead of a field that is not known.
pub(super) fn written(wrong: &str, known: &[&str]) -> Option<&'static str> {
    const DELETE: [&str; 6] = [
        "delete", "deleted", "destroy", "remove", "removed", "absent",
    ];
    const LICENSES: [&str; 5] = ["calling", "messaging", "meetings", "contactcenter", "other"];
    let word = plain(wrong);
    if known.contains(&"state") && DELETE.contains(&word.as_str()) {
        return Some("write `state: absent`, which deletes it");
    }
    if known == ["add", "remove", "only"] && LICENSES.contains(&word.as_str()) {
        return Some(
            "write it below `add:`, which gives it in addition to what templates give, or below `only:`, which replaces that",
        );
    }
    if known.contains(&"licenses") && LICENSES.contains(&word.as_str()) {
        return Some("write it below `licenses:`");
    }
    None
}

/// The licence names of Control Hub end with the word that is used here: `Webex Calling - Professional`.
fn ends_with<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    const SHORTEST: usize = 5;
    let ends = |known: &&&str| known.len() >= SHORTEST && word.ends_with(&plain(known));
    known
        .iter()
        .filter(ends)
        .max_by_key(|known| known.len())
        .copied()
}

fn plain(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|it| it.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_mean_ours() {
        let fields = ["displayName", "phoneNumber", "extension", "state"];
        let tiers = ["professional", "standard", "workspace", "hotDesk"];
        for (wrong, known, right) in [
            ("Phone", &fields[..], Some("phoneNumber")),
            ("first_name", &fields, Some("displayName")),
            ("delete", &fields, Some("state")),
            ("color", &fields, None),
            ("Webex Calling - Professional", &tiers, Some("professional")),
            ("Webex Calling - Hot desk", &tiers, Some("hotDesk")),
            ("deleted", &["present", "absent"], Some("absent")),
            (
                "Advanced Messaging",
                &["advanced", "basic"],
                Some("advanced"),
            ),
            (
                "Contact Center Premium Agent",
                &["premium", "standard"],
                Some("premium"),
            ),
        ] {
            assert_eq!(meant(wrong, known), right, "{wrong}");
        }
    }

    #[test]
    fn each_word_is_there_once_and_in_its_plain_form() {
        for (at, (word, _)) in SYNONYMS.iter().enumerate() {
            assert_eq!(plain(word), *word);
            let others = SYNONYMS[at + 1..].iter();
            assert!(others.into_iter().all(|(other, _)| other != word), "{word}");
        }
    }
}
