//! HTTPS: the transport to Webex. TLS by rustls, proxies and further certificates from the usual environment variables.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, Uri};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Proxy, Timeout};

use super::client::Transport;

/// How long a request may take, with its answer.
const PER_CALL: Duration = Duration::from_secs(60);
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(15);
/// The most bytes of an answer; the largest page of numbers is some 2 MB.
const LARGEST: u64 = 256 << 20;

/// The transport to Webex, or to a simulator on this machine.
pub struct Https(Agent);

impl fmt::Debug for Https {
    // The agent would show the password of a proxy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Https")
    }
}

/// Where the network needs help.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// The proxy's address.
    pub proxy: Option<String>,
    /// Hosts that are reached without it.
    pub no_proxy: Vec<String>,
    /// Files with certificates that are trusted in addition to the bundled ones.
    pub ca_files: Vec<PathBuf>,
}

/// Why there is no transport. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// Not an address.
    #[error("{0} is not the address of an API: write it like https://webexapis.com/v1")]
    Address(String),
    /// A token would travel in the clear.
    #[error("{0} is not encrypted: plain http is only for a simulator on this machine (127.0.0.1)")]
    Plain(String),
    /// The proxy.
    #[error("the proxy of {variable} cannot be used: {reason}")]
    Proxy {
        /// The environment variable.
        variable: &'static str,
        /// Why.
        reason: String,
    },
    /// The certificates.
    #[error("the certificates in {} cannot be used: {reason}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl Network {
    /// What environment variables say: `HTTPS_PROXY`, `ALL_PROXY`, `HTTP_PROXY` in this order, `NO_PROXY`, `SSL_CERT_FILE`,
    /// `TRUNKLINE_CA_FILE`; the proxies in lower case too.
    pub fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Network {
        let set = |name: &str| {
            let value = variable(name).or_else(|| variable(&name.to_ascii_lowercase()));
            value.filter(|value| !value.trim().is_empty())
        };
        let proxies = ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY"];
        let hosts = set("NO_PROXY").unwrap_or_default();
        let files = ["SSL_CERT_FILE", "TRUNKLINE_CA_FILE"];
        Network {
            proxy: proxies.into_iter().find_map(set),
            no_proxy: hosts
                .split(',')
                .map(|host| host.trim().to_owned())
                .filter(|host| !host.is_empty())
                .collect(),
            ca_files: files
                .into_iter()
                .filter_map(set)
                .map(PathBuf::from)
                .collect(),
        }
    }
}

impl Https {
    /// A transport for requests below this address.
    pub fn new(base_url: &str, network: &Network) -> Result<Https, NetworkError> {
        let address = || NetworkError::Address(base_url.to_owned());
        let uri: Uri = base_url.parse().map_err(|_| address())?;
        let host = uri.host().ok_or_else(address)?;
        let local = match uri.scheme_str() {
            Some("https") => false,
            Some("http") if is_loopback(host) => true,
            Some("http") => return Err(NetworkError::Plain(base_url.to_owned())),
            _ => return Err(address()),
        };
        let proxy = match &network.proxy {
            Some(proxy) if !local => Some(through(proxy, &network.no_proxy)?),
            _ => None,
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(PER_CALL))
            .timeout_connect(Some(CONNECT))
            .user_agent(concat!("trunkline/", env!("CARGO_PKG_VERSION")))
            // As many as there are requests in flight at most.
            .max_idle_connections(64)
            .max_idle_connections_per_host(64)
            .proxy(proxy)
            .tls_config(TlsConfig::builder().root_certs(roots(network)?).build());
        Ok(Https(config.build().new_agent()))
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn through(proxy: &str, no_proxy: &[String]) -> Result<Proxy, NetworkError> {
    let wrong = |error: ureq::Error| NetworkError::Proxy {
        variable: "HTTPS_PROXY, ALL_PROXY or HTTP_PROXY",
        reason: error.to_string(),
    };
    let parsed = Proxy::new(proxy).map_err(wrong)?;
    let mut builder = Proxy::builder(parsed.protocol())
        .host(parsed.host())
        .port(parsed.port());
    if let Some(name) = parsed.username() {
        builder = builder.username(name);
    }
    if let Some(password) = parsed.password() {
        builder = builder.password(password);
    }
    for host in no_proxy {
        builder = builder.no_proxy(host);
        // `example.com` means its subdomains too, as elsewhere.
        if !host.starts_with(['.', '*']) {
            builder = builder.no_proxy(&format!(".{host}"));
        }
    }
    builder.build().map_err(wrong)
}

/// The bundled roots, and those of the files.
fn roots(network: &Network) -> Result<RootCerts, NetworkError> {
    if network.ca_files.is_empty() {
        return Ok(RootCerts::WebPki);
    }
    let bundled = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    let mut all: Vec<Certificate<'static>> = bundled
        .map(|certificate| Certificate::from_der(certificate.as_ref()))
        .collect();
    for path in &network.ca_files {
        let wrong = |reason: String| NetworkError::Certificates {
            path: path.clone(),
            reason,
        };
        let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let before = all.len();
        for item in parse_pem(&pem) {
            if let PemItem::Certificate(certificate) = item.map_err(|it| wrong(it.to_string()))? {
                all.push(certificate);
            }
        }
        if all.len() == before {
            return Err(wrong("there is no certificate in it".to_owned()));
        }
    }
    Ok(RootCerts::Specific(Arc::new(all)))
}

impl Transport for Https {
    fn send(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
        // A GET with an empty body would announce its length.
        let answer = match request.body().is_empty() {
            true => self.0.run(request.map(|_| ())),
            false => self.0.run(request),
        };
        let (head, body) = answer.map_err(into_io)?.into_parts();
        let mut body = body;
        let bytes = body.with_config().limit(LARGEST).read_to_vec();
        Ok(Response::from_parts(head, bytes.map_err(into_io)?))
    }
}

/// As [`Transport::send`] wants it: the kind says whether the request can have been sent.
fn into_io(error: ureq::Error) -> io::Error {
    use io::ErrorKind::{ConnectionRefused, HostUnreachable, InvalidInput, TimedOut};
    let text = error.to_string();
    // A server that cannot prove who it is will not be able to in a second either.
    if text.contains("certificate") {
        let help = "if there is a proxy, name its certificate in TRUNKLINE_CA_FILE";
        return io::Error::new(InvalidInput, format!("{text}; {help}"));
    }
    let kind = match &error {
        ureq::Error::HostNotFound => HostUnreachable,
        ureq::Error::ConnectionFailed | ureq::Error::ConnectProxyFailed(_) => ConnectionRefused,
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => HostUnreachable,
        ureq::Error::Timeout(_) => TimedOut,
        ureq::Error::Http(_) | ureq::Error::BadUri(_) => InvalidInput,
        _ => return error.into_io(),
    };
    io::Error::new(kind, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_travels_in_the_clear() {
        let network = Network::default();
        assert!(matches!(
            Https::new("http://webexapis.com/v1", &network),
            Err(NetworkError::Plain(_))
        ));
        assert!(matches!(
            Https::new("webexapis.com/v1", &network),
            Err(NetworkError::Address(_))
        ));
        for fine in [
            "https://webexapis.com/v1",
            "http://127.0.0.1:8080/v1",
            "http://localhost:1/v1",
            "http://[::1]:8080/v1",
        ] {
            assert!(Https::new(fine, &network).is_ok(), "{fine}");
        }
    }

    #[test]
    fn the_environment_names_proxies_and_certificates() {
        let found = Network::from_environment(&|name| match name {
            "https_proxy" => Some("http://proxy:3128".to_owned()),
            "HTTP_PROXY" => Some("http://other:3128".to_owned()),
            "NO_PROXY" => Some("localhost, .acme.com".to_owned()),
            "TRUNKLINE_CA_FILE" => Some("/etc/ca.pem".to_owned()),
            _ => None,
        });
        let expected = Network {
            proxy: Some("http://proxy:3128".to_owned()),
            no_proxy: vec!["localhost".to_owned(), ".acme.com".to_owned()],
            ca_files: vec![PathBuf::from("/etc/ca.pem")],
        };
        assert_eq!(found, expected);
        let proxy = through("http://proxy:3128", &["acme.com".to_owned()]).unwrap();
        let bypassed = |host: &str| proxy.is_no_proxy(&format!("https://{host}/").parse().unwrap());
        assert!(bypassed("acme.com") && bypassed("a.acme.com") && !bypassed("webexapis.com"));
    }

    #[test]
    fn a_file_without_certificates_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let network = Network {
            ca_files: vec![file.path().to_owned()],
            ..Network::default()
        };
        assert!(matches!(
            Https::new("https://webexapis.com/v1", &network),
            Err(NetworkError::Certificates { .. })
        ));
    }
}
