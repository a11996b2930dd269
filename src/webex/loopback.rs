//! Whether an address leads to this machine, whatever it calls itself.

use std::net::IpAddr;

/// The port, if a URL leads to this machine: its host has many names.
pub fn loopback(url: &str) -> Option<u16> {
    let url: http::Uri = url.parse().ok()?;
    let host = url.host()?.trim_matches(['[', ']']).to_ascii_lowercase();
    let address = host.parse::<IpAddr>();
    let here = host == "localhost"
        || host.ends_with(".localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback());
    let usual = match url.scheme_str() {
        Some("https") => 443,
        _ => 80,
    };
    here.then(|| url.port_u16().unwrap_or(usual))
}
