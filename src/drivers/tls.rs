//! What a connection trusts: the authorities of its configuration, or those of this machine.
//!
//! What it is *not*: there is no way to accept a certificate that cannot be verified.

use base::{Bilingual, Diagnostic, Diagnostics};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::sync::Arc;

/// How PEM text begins; anything else is the path of a file.
const PEM: &str = "-----BEGIN";

/// What a connection wants, and where its configuration says so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The authorities: a PEM file's path, or its text; those of this machine when absent.
    pub(crate) ca: Option<&'a str>,
    /// The name that the certificate shall have; the host when absent.
    pub(crate) server_name: Option<&'a str>,
    /// Code of faults.
    pub(crate) code: &'static str,
    /// Where the two stand in the configuration.
    pub(crate) path: &'static str,
}

impl Wanted<'_> {
    fn fault(&self, field: &str, zh: String, en: String) -> Diagnostics {
        vec![Diagnostic::error(self.code, format!("{}{field}", self.path), Bilingual::new(zh, en))]
    }
}

/// The settings of a connection.
///
/// # Errors
/// When the authorities cannot be read, or the name is none.
pub(crate) fn client(wanted: &Wanted<'_>) -> Result<ClientConfig, Diagnostics> {
    let provider = CryptoProvider::get_default().cloned().ok_or_else(|| {
        wanted.fault("", "本进程没有加密实现".into(), "this process has no cryptography installed".into())
    })?;
    let roots = Arc::new(roots(wanted)?);
    let failed = |e: &dyn std::fmt::Display| wanted.fault("", format!("无法准备 TLS：{e}"), format!("TLS fails: {e}"));
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|e| failed(&e))?;
    let Some(name) = wanted.server_name else {
        return Ok(builder.with_root_certificates(roots).with_no_client_auth());
    };
    let inner = WebPkiServerVerifier::builder_with_provider(roots, provider).build().map_err(|e| failed(&e))?;
    let name = ServerName::try_from(name.to_owned()).map_err(|e| {
        wanted.fault("/server_name", format!("不是主机名或地址：{e}"), format!("is no name of a host: {e}"))
    })?;
    let verifier = Arc::new(Named { inner, name });
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn roots(wanted: &Wanted<'_>) -> Result<RootCertStore, Diagnostics> {
    let mut roots = RootCertStore::empty();
    let Some(ca) = wanted.ca else {
        let native = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(native.certs);
        if roots.is_empty() {
            let (zh, en) = ("本机没有受信任的证书机构", "this machine has no authorities to trust");
            return Err(wanted.fault("/ca", zh.into(), en.into()));
        }
        return Ok(roots);
    };
    let unreadable = |e: &dyn std::fmt::Display| {
        wanted.fault("/ca", format!("证书无法读取：{e}"), format!("the certificates cannot be read: {e}"))
    };
    let text = match ca.trim_start().starts_with(PEM) {
        true => ca.as_bytes().to_vec(),
        false => std::fs::read(ca).map_err(|e| unreadable(&e))?,
    };
    for cert in CertificateDer::pem_slice_iter(&text) {
        roots.add(cert.map_err(|e| unreadable(&e))?).map_err(|e| unreadable(&e))?;
    }
    if roots.is_empty() {
        return Err(unreadable(&"PEM"));
    }
    Ok(roots)
}

/// Verifies as usual, with a name that is given instead of the host that is called.
#[derive(Debug)]
struct Named {
    inner: Arc<WebPkiServerVerifier>,
    name: ServerName<'static>,
}

impl ServerCertVerifier for Named {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.inner.verify_server_cert(end_entity, intermediates, &self.name, ocsp_response, now)
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
