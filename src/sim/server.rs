//! HTTP/1.1 on a loopback address, a thread per connection. It is our own, as a connection has to break on demand, in the
//! middle of an answer too.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use http::{Request, Response};

use super::{Reply, Simulator};

/// The most that a body may have, in bytes.
const MOST: usize = 64 << 20;

/// Listens on an address such as `127.0.0.1:0`; gives its URL, and answers in the background as long as the program runs.
///
/// # Errors
/// An address that is none, that is not loopback, or that cannot be had; a table of calls that is broken.
pub fn serve(simulator: Arc<Simulator>, address: &str) -> io::Result<String> {
    super::calls().map_err(io::Error::other)?;
    let address: SocketAddr = address
        .parse()
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    if !address.ip().is_loopback() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "only loopback addresses are served",
        ));
    }
    let listener = TcpListener::bind(address)?;
    let bound = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let simulator = simulator.clone();
            // A client that goes away is no concern of the others.
            thread::spawn(move || connection(&simulator, stream).ok());
        }
    });
    Ok(format!("http://{bound}"))
}

/// Answers the requests of one connection, one after another.
fn connection(simulator: &Simulator, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some((request, keep)) = read(&mut reader, &mut writer)? {
        let head = request.method() == http::Method::HEAD;
        match simulator.answer(request) {
            Reply::Response(response) => write(&mut writer, &response, head)?,
            Reply::Dropped => return writer.shutdown(Shutdown::Both),
            Reply::Truncated(response) => {
                write(&mut writer, &response, head)?;
                return writer.shutdown(Shutdown::Both);
            }
            Reply::Slow(time, response) => slowly(&mut writer, &response, time)?,
        }
        if !keep {
            break;
        }
    }
    Ok(())
}

/// A request, and whether the connection stays; nothing at its end.
fn read(
    reader: &mut impl BufRead,
    writer: &mut impl Write,
) -> io::Result<Option<(Request<Vec<u8>>, bool)>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    let mut words = line.split_whitespace();
    let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next())
    else {
        return Err(wrong("no request line"));
    };
    let mut request = Request::builder().method(method).uri(target);
    let mut keep = version == "HTTP/1.1";
    let (mut length, mut chunked) = (0, false);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| wrong("no header"))?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().map_err(|_| wrong("no length"))?,
            "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
            "connection" if value.eq_ignore_ascii_case("close") => keep = false,
            "expect" => writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?,
            _ => {}
        }
        request = request.header(name, value);
    }
    let body = match chunked {
        true => chunks(reader)?,
        false => exactly(reader, length)?,
    };
    let request = request.body(body);
    let request = request.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok(Some((request, keep)))
}

fn exactly(reader: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    if length > MOST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "too long"));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}

fn chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        if body.len() + size > MOST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "too long"));
        }
        body.extend(exactly(reader, size)?);
        reader.read_line(&mut String::new())?;
        if size == 0 {
            return Ok(body);
        }
    }
}

fn head(response: &Response<Vec<u8>>) -> Vec<u8> {
    let status = response.status();
    let reason = status.canonical_reason().unwrap_or("Unknown");
    let mut text = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).into_bytes();
    let bodiless = status.as_u16() == 204;
    for (name, value) in response.headers() {
        if bodiless && name == "content-length" {
            continue;
        }
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
    text
}

fn write(writer: &mut impl Write, response: &Response<Vec<u8>>, bare: bool) -> io::Result<()> {
    let mut text = head(response);
    if !bare {
        text.extend_from_slice(response.body());
    }
    writer.write_all(&text)?;
    writer.flush()
}

/// Head at once, the body in pieces over the time.
fn slowly(writer: &mut impl Write, response: &Response<Vec<u8>>, time: Duration) -> io::Result<()> {
    const PIECES: u32 = 10;
    writer.write_all(&head(response))?;
    writer.flush()?;
    let body = response.body();
    let size = body.len().div_ceil(PIECES as usize).max(1);
    let mut pieces = body.chunks(size);
    for _ in 0..PIECES {
        thread::sleep(time / PIECES);
        writer.write_all(pieces.next().unwrap_or_default())?;
        writer.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Request<Vec<u8>> {
        let mut reader = text.as_bytes();
        read(&mut reader, &mut Vec::new()).unwrap().unwrap().0
    }

    #[test]
    fn bodies_by_length_and_in_chunks() {
        let request = parse("POST /v1/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
        assert_eq!(request.body(), b"{}");
        let request = parse(
            "POST /v1/a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
        );
        assert_eq!(request.body(), b"abcd");
    }

    #[test]
    fn only_loopback() {
        let simulator = Simulator::new(serde_json::Value::Null, &super::super::Options::default());
        assert!(serve(Arc::new(simulator), "0.0.0.0:0").is_err());
    }
}
