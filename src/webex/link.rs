//! The link to the next page, made whole: what public clients have seen Webex leave out of it, or put into it.

/// The address of the next page of a list. A relative link is read from the list's own path, values that are none (`max=null`)
/// are dropped, and parameters of the first request that the link lacks are added again: without `callingData=true` the rows of
/// the next page would look like people without Calling.
pub(super) fn resolve(first: &str, link: &str) -> String {
    let (path, query) = first.split_once('?').unwrap_or((first, ""));
    let (address, said) = link.split_once('?').unwrap_or((link, ""));
    let mut pairs: Vec<&str> = said.split('&').filter(|pair| is_value(pair)).collect();
    let names: Vec<&str> = pairs.iter().map(|pair| name(pair)).collect();
    let lacking = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !names.contains(&name(pair)));
    pairs.extend(lacking);
    let address = match address.contains("://") {
        true => address,
        false => path,
    };
    match pairs.is_empty() {
        true => address.to_owned(),
        false => format!("{address}?{}", pairs.join("&")),
    }
}

fn name(pair: &str) -> &str {
    pair.split('=').next().unwrap_or_default()
}

fn is_value(pair: &str) -> bool {
    let value = pair.split_once('=').map(|(_, value)| value);
    !pair.is_empty() && !matches!(value, Some("null" | "undefined" | "None"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_made_whole() {
        let first = "/people?callingData=true&max=100";
        for (link, whole) in [
            (
                "https://webexapis.com/v1/people?cursor=x%3D&callingData=true&max=100",
                "https://webexapis.com/v1/people?cursor=x%3D&callingData=true&max=100",
            ),
            (
                "https://h/v1/people?cursor=x",
                "https://h/v1/people?cursor=x&callingData=true&max=100",
            ),
            (
                "/v1/people?cursor=x&max=50",
                "/people?cursor=x&max=50&callingData=true",
            ),
            (
                "people?cursor=x",
                "/people?cursor=x&callingData=true&max=100",
            ),
            ("?cursor=x", "/people?cursor=x&callingData=true&max=100"),
            (
                "https://h/v1/people?max=null&cursor=x",
                "https://h/v1/people?cursor=x&callingData=true&max=100",
            ),
        ] {
            assert_eq!(resolve(first, link), whole, "{link}");
        }
        assert_eq!(resolve("/p", "https://h/v1/p"), "https://h/v1/p");
    }
}
