//! Values that no output shows: the ids of operator accounts (GO-025).
//!
//! A line of a file is shown with the value covered, so that columns stay where they are.

/// Whether the value of a key is never shown. What is nearly the key may be a mistyped one.
pub fn is_hidden(key: &str) -> bool {
    let key = key.trim().trim_matches(['"', '\'']).to_lowercase();
    let is = |name: &str| key.contains(name);
    is("ount") && key.ends_with("id")
}

/// A line of a file as it may be shown.
pub fn hide(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(colon) = rest.find(':') {
        let (before, value) = rest.split_at(colon + 1);
        shown.push_str(before);
        rest = value;
        let key = before.trim_end_matches(':').trim_end();
        let key = key.rsplit(['{', ',', ' ', '\t']).next().unwrap_or_default();
        if is_hidden(key) {
            let end = end_of_value(rest);
            let covered = rest[..end].chars();
            shown.extend(covered.map(|it| if it.is_whitespace() { it } else { '*' }));
            rest = &rest[end..];
        }
    }
    shown.push_str(rest);
    shown
}

/// Where a value ends: with its quotes, else before the next entry, a comment, or the line.
fn end_of_value(rest: &str) -> usize {
    let start = rest.len() - rest.trim_start().len();
    let value = &rest[start..];
    let length = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].find(quote).map(|at| at + 2),
        _ => {
            let ends = [value.find(','), value.find('}'), value.find(" #")];
            ends.into_iter().flatten().min()
        }
    };
    start + length.unwrap_or(value.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_accounts_are_covered_and_nothing_else() {
        for (line, shown) in [
            ("    accountId: LSM-4471-20", "    accountId: ***********"),
            (
                "    accountId: \"LSM 4471\" # bill",
                "    accountId: **** ***** # bill",
            ),
            (
                "  a: {operator: Lone Star, accountId: LSM-1, confirmAccountId: 'LSM-1'}",
                "  a: {operator: Lone Star, accountId: *****, confirmAccountId: *******}",
            ),
            (
                "    acountID: 4471 # typed wrongly",
                "    acountID: **** # typed wrongly",
            ),
            ("    \"accountId\": \"ünï\"}", "    \"accountId\": *****}"),
            ("    accountId:", "    accountId:"),
            (
                "    operatorAccount: acme-mobile",
                "    operatorAccount: acme-mobile",
            ),
            ("    id: Y2lz", "    id: Y2lz"),
            ("    name: a:b:c", "    name: a:b:c"),
        ] {
            assert_eq!(hide(line), shown, "{line}");
        }
    }
}
