//! How to reach PostgreSQL: its URL, and TLS by rustls.
//!
//! `sslmode` means what libpq's documentation says: `disable`, `prefer` (the default) and `require` do not look at the
//! certificate, unless `sslrootcert=FILE` is given; `verify-full` checks it and the host's name, against `sslrootcert`
//! or the machine's own authorities.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::{Result, StoreError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Where Debian, Alpine, Fedora and SUSE keep the authorities that the machine trusts.
const AUTHORITIES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"];

/// Opens connections.
#[derive(Clone)]
pub(super) struct Connector {
    config: postgres::Config,
    tls: MakeRustlsConnect,
}

impl Connector {
    pub(super) fn of(url: &str) -> Result<Connector> {
        let asked = Asked::of(url);
        let mut config: postgres::Config =
            asked.url.parse().map_err(|e| StoreError::Unreachable(format!("the database's URL: {e}")))?;
        if config.get_hosts().len() > 1 {
            config.target_session_attrs(postgres::config::TargetSessionAttrs::ReadWrite);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("atiende");
        }
        if asked.verified {
            config.ssl_mode(postgres::config::SslMode::Require);
        }
        Ok(Connector { config, tls: MakeRustlsConnect::new(asked.tls()?) })
    }

    pub(super) fn connect(&self) -> Result<postgres::Client> {
        Ok(self.config.connect(self.tls.clone())?)
    }
}

/// What the URL says about certificates, and the URL without it: the driver does not know these words.
struct Asked {
    url: String,
    verified: bool,
    authorities: Option<PathBuf>,
}

impl Asked {
    fn of(url: &str) -> Asked {
        let mut asked = Asked { url: url.to_owned(), verified: false, authorities: None };
        let Some((address, query)) = url.split_once('?') else { return asked };
        let mut kept = Vec::new();
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some(("sslmode", "verify-full" | "verify-ca")) => asked.verified = true,
                Some(("sslrootcert", file)) => {
                    asked.authorities = Some(file.replace("%2F", "/").replace("%2f", "/").into());
                    asked.verified = true;
                }
                _ => kept.push(pair),
            }
        }
        asked.url =
            if kept.is_empty() { address.to_owned() } else { format!("{address}?{}", kept.join("&")) };
        asked
    }

    fn tls(&self) -> Result<ClientConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|e| StoreError::Unreachable(format!("TLS: {e}")))?;
        if !self.verified {
            let verifier = Arc::new(Unverified(provider));
            return Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth());
        }
        let file = match &self.authorities {
            Some(file) => file.clone(),
            None => AUTHORITIES.iter().map(PathBuf::from).find(|file| file.exists()).ok_or_else(|| {
                StoreError::Unreachable("no list of authorities: give sslrootcert".to_owned())
            })?,
        };
        Ok(builder.with_root_certificates(authorities(&file)?).with_no_client_auth())
    }
}

fn authorities(file: &Path) -> Result<RootCertStore> {
    let unreadable = |e| StoreError::Unreachable(format!("{}: {e:?}", file.display()));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(unreadable)? {
        // A machine's list holds old ones that rustls does not take; the others serve.
        let _ = roots.add(certificate.map_err(unreadable)?);
    }
    Ok(roots)
}

/// Encrypts without asking who is there, as libpq does for `prefer` and `require`.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::Asked;

    #[test]
    fn what_the_driver_does_not_know_is_taken_out_of_the_url() {
        let asked =
            Asked::of("postgres://a@h/db?sslmode=verify-full&connect_timeout=3&sslrootcert=%2Fca.pem");
        assert_eq!(asked.url, "postgres://a@h/db?connect_timeout=3");
        assert!(asked.verified);
        assert_eq!(asked.authorities.as_deref(), Some(std::path::Path::new("/ca.pem")));
        assert_eq!(Asked::of("postgres://a@h/db?sslmode=require").url, "postgres://a@h/db?sslmode=require");
        assert!(!Asked::of("postgres://a@h/db").verified);
    }
}
