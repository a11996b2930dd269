//! The table of finding codes: one row each, read by `trunkline explain CODE` and by the checks of `acknowledgements`.
//!
//! A file for each group. A row is the constant, the code, the usual severity, whether it can be acknowledged, a title, and
//! a page.

use std::sync::LazyLock;

use super::CodePage;

/// Makes the constants of a group, and its rows.
macro_rules! codes {
    ($($name:ident = $code:literal, $severity:ident, $ack:literal, $title:literal, $page:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: Code = Code($code);
        )*

        pub(super) static PAGES: &[CodePage] = &[
            $(CodePage {
                code: $name,
                severity: $crate::finding::Severity::$severity,
                acknowledgeable: $ack,
                title: $title,
                page: $page,
            },)*
        ];
    };
}

mod broadworks;
mod calling;
mod drift;
mod files;
mod licences;
mod partner;
mod restore;
mod run;
mod safety;
mod webex_go;

pub use broadworks::*;
pub use calling::*;
pub use drift::*;
pub use files::*;
pub use licences::*;
pub use partner::*;
pub use restore::*;
pub use run::*;
pub use safety::*;
pub use webex_go::*;

/// Every code, in the order of the groups.
pub static CODES: LazyLock<Vec<&'static CodePage>> = LazyLock::new(|| {
    let groups = [
        files::PAGES,
        licences::PAGES,
        calling::PAGES,
        safety::PAGES,
        broadworks::PAGES,
        partner::PAGES,
        webex_go::PAGES,
        drift::PAGES,
        restore::PAGES,
        run::PAGES,
    ];
    groups.into_iter().flatten().collect()
});

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::finding::Severity;

    #[test]
    fn codes_are_unique_and_lower_case_with_dashes() {
        let mut seen = BTreeSet::new();
        for page in CODES.iter() {
            let code = page.code.as_str();
            assert!(seen.insert(code), "`{code}` appears twice");
            for word in code.split('-') {
                let lower = word.bytes().all(|b| b.is_ascii_lowercase());
                assert!(
                    lower && !word.is_empty(),
                    "`{code}` is not lower case with dashes"
                );
            }
        }
    }

    #[test]
    fn titles_are_one_trimmed_line_that_ends_with_a_period() {
        for CodePage { code, title, .. } in CODES.iter() {
            assert!(title.len() > 1 && title.ends_with('.'), "{code}: {title}");
            assert_eq!(*title, title.trim(), "{code}");
            assert!(
                !title.contains('\n') && !title.contains("TITLE"),
                "{code}: {title}"
            );
        }
    }

    #[test]
    fn pages_are_written_and_say_the_severity() {
        for CodePage { code, page, .. } in CODES.iter() {
            assert!(!page.trim().is_empty() && !page.contains("PAGE"), "{code}");
            let prose = page.split('\n').next().unwrap_or_default().to_lowercase();
            let severities = ["error", "hold", "warning", "info:"];
            assert!(
                severities.iter().any(|s| prose.contains(s)),
                "{code}: {prose}"
            );
            assert!(!prose.contains("  "), "{code}: {prose}");
        }
    }

    /// Pages say the same as the table: the first severity that it names is that of the row.
    #[test]
    fn the_page_names_the_severity_of_the_row_first() {
        for page in CODES.iter() {
            let mut words = page.page.split(|c: char| !c.is_ascii_alphabetic());
            let named = words.find_map(|word| match word.to_ascii_lowercase().as_str() {
                "error" => Some(Severity::Error),
                "hold" => Some(Severity::Hold),
                "warning" => Some(Severity::Warning),
                "info" => Some(Severity::Info),
                _ => None,
            });
            assert_eq!(named, Some(page.severity), "{}", page.code);
        }
    }

    #[test]
    fn only_losses_can_be_acknowledged() {
        for page in CODES.iter().filter(|page| page.acknowledgeable) {
            let code = page.code.as_str();
            // Or a choice that can never be made again.
            let kinds = ["-loss", "-deletion", "-immutable"];
            assert!(kinds.iter().any(|kind| code.ends_with(kind)), "{code}");
            assert!(
                page.page.contains(&format!("code: {code}")),
                "{code} shows no example"
            );
        }
    }
}
