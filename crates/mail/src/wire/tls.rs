//! Whom we trust: the authorities of the machine, or those of the file that `SSL_CERT_FILE` names, as for other programs.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use super::{Step, WireError};

/// The certificates of the authorities.
pub(super) fn authorities() -> Result<Vec<CertificateDer<'static>>, WireError> {
    let found = rustls_native_certs::load_native_certs();
    match (found.certs.is_empty(), found.errors.first()) {
        (false, _) => Ok(found.certs),
        (true, Some(error)) => Err(WireError::at(Step::Tls, error)),
        (true, None) => Err(WireError::at(
            Step::Tls,
            "this machine has no file of authorities; name one in SSL_CERT_FILE",
        )),
    }
}

/// What TLS begins with.
pub(super) fn config() -> Result<Arc<ClientConfig>, WireError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(authorities()?);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| WireError::at(Step::Tls, error))?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}
