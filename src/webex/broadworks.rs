//! Webex for BroadWorks: subscribers and enterprises, with a service provider's token (webex-api.md 9).

use serde_json::Value;

use super::access::Reader;
use super::error::Error;
use super::paging::Paging;

/// Every enterprise; one page of up to 1000.
pub fn enterprises(reader: &Reader) -> Result<Vec<Value>, Error> {
    reader.list("/broadworks/enterprises?max=1000", "items", Paging::Link)
}

/// Every subscriber.
pub fn subscribers(reader: &Reader) -> Result<Vec<Value>, Error> {
    reader.list("/broadworks/subscribers?max=100", "items", Paging::Link)
}
