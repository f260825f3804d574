//! A connection to a mail server, with TLS where it is asked for.

use std::fmt::Debug;
use std::net::IpAddr;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{STEP, Security, Server, Step, WireError, tls, within};

/// How long one of a host's addresses may be silent before the next is tried: many a network has IPv6 in name only.
const ADDRESS: Duration = Duration::from_secs(8);

/// Bytes in both directions.
pub(super) trait Io: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Io for T {}

/// Opens a connection as far as its first byte, TLS included when it comes first.
pub(super) async fn connect(server: &Server) -> Result<Box<dyn Io>, WireError> {
    stays_here(server)?;
    let stream = within(Step::Connect, STEP, tcp(server)).await?;
    match server.security {
        Security::Tls => secure(Box::new(stream), &server.host).await,
        Security::StartTls | Security::Plain => Ok(Box::new(stream)),
    }
}

/// Goes over to TLS.
pub(super) async fn secure(stream: Box<dyn Io>, host: &str) -> Result<Box<dyn Io>, WireError> {
    let wrong = |error: &dyn std::fmt::Display| WireError::at(Step::Tls, error);
    let name = ServerName::try_from(host.to_owned()).map_err(|error| wrong(&error))?;
    let connector = TlsConnector::from(tls::config()?);
    let handshake = async { connector.connect(name, stream).await.map_err(|error| wrong(&error)) };
    Ok(Box::new(within(Step::Tls, STEP, handshake).await?))
}

async fn tcp(server: &Server) -> Result<TcpStream, WireError> {
    let address = (server.host.as_str(), server.port);
    let found: Vec<_> = match tokio::net::lookup_host(address).await {
        Ok(found) => found.collect(),
        Err(error) => return Err(WireError::at(Step::Address, error)),
    };
    let mut last = WireError::at(Step::Address, "the name has no address");
    for address in found {
        let trying =
            async { TcpStream::connect(address).await.map_err(|error| WireError::at(Step::Connect, error)) };
        match within(Step::Connect, ADDRESS, trying).await {
            Ok(stream) => {
                stream.set_nodelay(true).map_err(|error| WireError::at(Step::Connect, error))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// A password goes in the open to no other machine.
pub(super) fn stays_here(server: &Server) -> Result<(), WireError> {
    let here = server.host == "localhost" || server.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match server.security {
        Security::Plain if !here => {
            Err(WireError::at(Step::Connect, "without TLS only servers on this machine are used"))
        }
        _ => Ok(()),
    }
}
