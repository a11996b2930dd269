//! A name for artifacts, state directories and jobs, made of a path.

use sha2::{Digest, Sha256};

/// The most bytes of a slug: with the words that CI puts before it, it still fits into a label of DNS.
const LONGEST: usize = 48;

/// The slug of an organisation's directory: small letters, digits and hyphens. It is made of the path alone, so that what is
/// kept under it is found again whatever other organisations come and go. Another path has another slug: what is not kept of
/// the path as it is gets a digest. The root itself is `webex`, the name that the workflows have for a single organisation.
pub fn slug(path: &str) -> String {
    if path.is_empty() {
        return "webex".to_owned();
    }
    let parts: Vec<&str> = path.split('/').collect();
    let whole = parts.join("--");
    if parts.iter().all(|part| is_plain(part)) && whole.len() <= LONGEST && path != "webex" {
        return whole;
    }
    let digest = Sha256::digest(path.as_bytes());
    let digest: String = digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut kept = String::new();
    for char in whole.chars().flat_map(char::to_lowercase) {
        match char {
            'a'..='z' | '0'..='9' => kept.push(char),
            _ if kept.is_empty() || kept.ends_with('-') => {}
            _ => kept.push('-'),
        }
    }
    kept.truncate(LONGEST - digest.len() - 1);
    match kept.trim_end_matches('-') {
        "" => format!("org-{digest}"),
        kept => format!("{kept}-{digest}"),
    }
}

/// Whether nothing of a name is lost: `a`, `a-b`, and not `a--b`, which is also the directory `b` in `a`.
fn is_plain(name: &str) -> bool {
    name.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::slug;
    use std::collections::BTreeSet;

    #[test]
    fn slugs_are_stable_short_and_distinct() {
        assert_eq!(slug("acme"), "acme");
        assert_eq!(slug("emea/acme-uk"), "emea--acme-uk");
        assert_eq!(slug(""), "webex");
        let long = "a".repeat(300);
        let paths = [
            "",
            "webex",
            "a/b",
            "a--b",
            "a-b",
            "A-b",
            "a b",
            "a.b",
            "a-",
            "-a",
            "ä",
            "日本",
            "a/B",
            "Acme Corp",
            &long,
            "a//b",
        ];
        let slugs: BTreeSet<String> = paths.iter().map(|path| slug(path)).collect();
        assert_eq!(slugs.len(), paths.len(), "{slugs:?}");
        for slug in slugs {
            assert!(slug.len() <= super::LONGEST, "{slug}");
            assert!(
                slug.bytes()
                    .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-'),
                "{slug}"
            );
            assert!(!slug.starts_with('-') && !slug.ends_with('-'), "{slug}");
        }
    }
}
