//! The file of a report. It is on another server, at an address with a signature: no token is sent there, and no message and
//! no log has the address.

use std::time::Duration;

use http::{Method, Request, Uri};

use super::BillingError;
use crate::webex::client::{Client, Transport};
use crate::webex::http::{Https, Network};
use crate::webex::{Secret, loopback};

/// How often it is tried.
const TRIES: u32 = 4;

/// A transport to the server that has the file. One on this machine is only followed if Webex is there too.
pub fn transport(client: &Client, url: &Secret, network: &Network) -> Result<Https, BillingError> {
    let wrong = |why: &str| BillingError::Download(why.to_owned());
    let uri: Uri = url
        .reveal()
        .parse()
        .map_err(|_| wrong("its address is not valid"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(wrong("its address is not valid"));
    };
    let local = |url: &str| loopback(url).is_some();
    if local(url.reveal()) && !local(&client.options.base_url) {
        return Err(wrong("its address leads to this machine"));
    }
    let port = authority
        .port_u16()
        .map_or_else(String::new, |port| format!(":{port}"));
    let server = format!("{scheme}://{}{port}", authority.host());
    Https::new(&server, network).map_err(|error| BillingError::Download(error.to_string()))
}

/// The bytes of the file.
pub fn download(
    client: &Client,
    transport: &dyn Transport,
    url: &Secret,
) -> Result<Vec<u8>, BillingError> {
    let mut why = String::new();
    for tried in 0..TRIES {
        if tried > 0 {
            client.pause(
                Duration::from_secs(1 << tried),
                "the download of a billing report",
            )?;
        }
        let request = Request::builder().method(Method::GET).uri(url.reveal());
        let request = request.header("accept", "text/csv, */*").body(Vec::new());
        let request =
            request.map_err(|_| BillingError::Download("its address is not valid".to_owned()))?;
        match transport.send(request) {
            Ok(response) if response.status().is_success() => return Ok(response.into_body()),
            Ok(response) => {
                why = format!("the server answered {}", response.status().as_u16());
                if !response.status().is_server_error() {
                    break;
                }
            }
            Err(error) => why = format!("there is no answer ({})", error.kind()),
        }
    }
    Err(BillingError::Download(why))
}
