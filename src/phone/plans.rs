//! The numbering plan of one country code at a time.
//!
//! The library reads all its tables, with some 3,000 patterns, before its first answer: 0.1 s for a single number. It takes
//! tables of others too. `plans.xml` holds those of its own that decide whether a number is valid, one territory a line, and
//! it gets the lines of a country code when the first number of that asks. A test compares each with what the library has.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use phonenumber::metadata::Database;

/// The tables of the library, in the form it reads, without formats and examples: each line a territory.
const TABLES: &str = include_str!("plans.xml");

/// What each line of a territory starts with, before the digits of the country code.
const START: &str = "<territory countryCode=\"";

/// The country codes that somebody asked about. A country code that no territory has is `None`.
type Read = BTreeMap<u16, Option<Arc<Database>>>;

/// The tables of the country code that a number in E.164 form begins with. `None` if there is no such country code.
pub(super) fn of(e164: &str) -> Option<Arc<Database>> {
    static READ: LazyLock<Mutex<Read>> = LazyLock::new(Mutex::default);
    // No country code is the beginning of another one.
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    (2..=4).find_map(|end| {
        let code = e164.get(1..end)?.parse().ok()?;
        read.entry(code).or_insert_with(|| tables(code)).clone()
    })
}

/// The tables of a country code, in the order of the file: the first territory that has a number decides.
fn tables(code: u16) -> Option<Arc<Database>> {
    let code = format!("{code}\"");
    let territories: Vec<&str> = TABLES
        .lines()
        .filter(|line| {
            line.strip_prefix(START)
                .is_some_and(|line| line.starts_with(&code))
        })
        .collect();
    if territories.is_empty() {
        return None;
    }
    let territories = plain(&territories.concat());
    let text = format!(
        "<phoneNumberMetadata><territories>{territories}</territories></phoneNumberMetadata>"
    );
    Database::parse(text).ok().map(Arc::new)
}

/// Patterns for the digits from 0 to 9, the only ones that get here: those of all scripts take ten times as long to compile.
fn plain(patterns: &str) -> String {
    patterns.replace("\\d", "[0-9]")
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use phonenumber::Metadata;
    use phonenumber::metadata::{DATABASE, Descriptor};

    use super::*;

    const HEAD: &str = "<!-- Which telephone numbers are valid, by territory. Made from the tables of the crate phonenumber by \
        `UPDATE_GOLDEN=1 cargo test --lib phone`. They are those of Google's libphonenumber, licence Apache-2.0. -->\n";

    /// The descriptors that decide on validity, by their names in the file.
    fn descriptors(of: &Metadata) -> [(&'static str, Option<&Descriptor>); 11] {
        let all = of.descriptors();
        [
            ("generalDesc", Some(all.general())),
            ("fixedLine", all.fixed_line()),
            ("mobile", all.mobile()),
            ("tollFree", all.toll_free()),
            ("premiumRate", all.premium_rate()),
            ("sharedCost", all.shared_cost()),
            ("personalNumber", all.personal_number()),
            ("voip", all.voip()),
            ("pager", all.pager()),
            ("uan", all.uan()),
            ("voicemail", all.voicemail()),
        ]
    }

    /// A pattern in one line. The library ignores white space in patterns, and would take `#` for a comment.
    fn pattern(text: &str) -> String {
        assert!(!text.contains(['#', '<', '&', '"']), "{text}");
        text.split_whitespace().collect()
    }

    fn lengths(out: &mut String, name: &str, lengths: &[u16]) {
        if !lengths.is_empty() {
            let lengths: Vec<String> = lengths.iter().map(u16::to_string).collect();
            let _ = write!(out, " {name}=\"{}\"", lengths.join(","));
        }
    }

    /// A territory as the file has it: all that the library looks at to read a number with a plus sign and to judge it.
    fn line(of: &Metadata) -> String {
        let parsing = of
            .national_prefix_for_parsing()
            .map(|it| pattern(it.as_str()));
        let leading = of.leading_digits().map(|it| pattern(it.as_str()));
        let mut out = format!("{START}{}\" id=\"{}\"", of.country_code(), of.id());
        let attributes = [
            (
                "mainCountryForCode",
                of.is_main_country_for_code().then_some("true"),
            ),
            ("nationalPrefix", of.national_prefix()),
            ("nationalPrefixForParsing", parsing.as_deref()),
            (
                "nationalPrefixTransformRule",
                of.national_prefix_transform_rule(),
            ),
            ("leadingDigits", leading.as_deref()),
        ];
        for (name, value) in attributes {
            if let Some(value) = value {
                let _ = write!(out, " {name}=\"{value}\"");
            }
        }
        out.push('>');
        for (name, descriptor) in descriptors(of) {
            let Some(descriptor) = descriptor else {
                continue;
            };
            let _ = write!(out, "<{name}><possibleLengths");
            lengths(&mut out, "national", descriptor.possible_length());
            lengths(&mut out, "localOnly", descriptor.possible_local_length());
            let pattern = pattern(descriptor.national_number().as_str());
            let _ = write!(
                out,
                "/><nationalNumberPattern>{pattern}</nationalNumberPattern></{name}>"
            );
        }
        out + "</territory>\n"
    }

    fn lines(of: &Database, code: u16) -> String {
        of.by_code(&code).into_iter().flatten().map(line).collect()
    }

    #[test]
    fn the_tables_are_the_librarys() {
        let all: String = (0..1000).map(|code| lines(&DATABASE, code)).collect();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write("src/phone/plans.xml", format!("{HEAD}{all}")).unwrap();
        }
        let stored = std::fs::read_to_string("src/phone/plans.xml").unwrap();
        assert!(
            stored == format!("{HEAD}{all}"),
            "the library has other tables: UPDATE_GOLDEN=1 cargo test --lib phone"
        );
    }

    #[test]
    fn the_library_reads_from_the_tables_what_it_has() {
        for code in 0..1000 {
            let ours = tables(code);
            assert_eq!(ours.is_some(), DATABASE.by_code(&code).is_some(), "{code}");
            let Some(ours) = ours else { continue };
            assert_eq!(lines(&ours, code), plain(&lines(&DATABASE, code)));
            assert_eq!(ours.region(&code), DATABASE.region(&code));
        }
    }

    #[test]
    fn the_verdicts_are_the_librarys() {
        let mut random = fastrand::Rng::with_seed(17);
        let mut valid = [0, 0];
        for code in 0..1000 {
            for meta in DATABASE.by_code(&code).into_iter().flatten() {
                for (_, descriptor) in descriptors(meta) {
                    let example = descriptor.and_then(Descriptor::example);
                    for digits in example.into_iter().flat_map(|it| variants(it, &mut random)) {
                        let number = format!("+{code}{digits}");
                        let of_library = phonenumber::parse(None, &number)
                            .is_ok_and(|number| phonenumber::is_valid(&number));
                        assert_eq!(crate::phone::is_valid(&number), of_library, "{number}");
                        valid[usize::from(of_library)] += 1;
                    }
                }
            }
        }
        assert!(valid.iter().all(|count| *count > 1_000), "{valid:?}");
    }

    /// An example, shorter, longer, with another digit, with a national prefix, and digits of chance.
    fn variants(example: &str, random: &mut fastrand::Rng) -> Vec<String> {
        let mut digit = || random.u8(0..10).to_string();
        let at = example.len() / 2;
        let mut all = vec![
            example.to_owned(),
            example[1..].to_owned(),
            format!("{example}{}", digit()),
            format!("0{example}"),
            format!("1{example}"),
            format!("{}{}{}", &example[..at], digit(), &example[at + 1..]),
            format!("{}{}", digit(), &example[1..]),
        ];
        all.push((0..example.len()).map(|_| digit()).collect());
        all.retain(|digits| digits.len() > 4);
        all
    }
}
