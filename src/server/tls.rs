//! TLS: whose certificate the server shows, and how those are met who speak without it.

use std::fmt;
use std::io::{Error, Read, Result as IoResult, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::ToSpan;
use jiff::tz::TimeZone;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use tokio::io::{AsyncWriteExt, copy, sink};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::crypto::ring::sign::any_supported_type;
use tokio_rustls::rustls::crypto::{
    CryptoProvider, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime,
};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{
    self, ClientConfig, ClientConnection, DigitallySignedStruct, ServerConfig, SignatureScheme,
    StreamOwned,
};

use super::wire::Wire;
use crate::clock;
use crate::config::Tls;

/// The first byte of every connection of TLS.
pub(super) const HANDSHAKE: &[u8] = &[22];

/// The names of a certificate that we make ourselves, beside the address to listen on.
const NAMES: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// What the names of sessions end with. No client takes `*.localhost`, which it holds for a name
/// above all others like `*.com`; so each session is shown a certificate of its own.
const SESSIONS: &str = ".localhost";

/// For how many days such a certificate is good; what is older than the server is no use anyway.
const DAYS: i32 = 365;

/// What somebody is told who speaks without TLS.
const NO_TLS: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\n\
    content-length: 56\r\n\r\nThis port speaks TLS: write https:// instead of http://\n";

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file of `--tls-cert` can't be read, or holds no certificate.
    #[error("{}: no certificate; `--tls-cert` names a file of PEM, the server's own certificate first", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// The file of `--tls-key` can't be read, or holds no key.
    #[error("{}: no private key; `--tls-key` names a file of PEM with a key that no passphrase protects", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// Certificate and key are not of a pair.
    #[error("{}: this key can't be used with {}; give the key that the first certificate there was made for", key.display(), certificate.display())]
    Pair {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// What is wrong with them.
        source: rustls::Error,
    },
    /// No certificate could be made.
    #[error("can't make a certificate; `--tls files` takes one of yours")]
    Make(#[from] rcgen::Error),
    /// A certificate was made that can't be used.
    #[error("can't use TLS; `--tls off` does without")]
    Setup(#[from] rustls::Error),
    /// The file of `--tls-ca-out` can't be written.
    #[error("{}: can't write the certificate that clients are to trust (`--tls-ca-out`)", path.display())]
    CaOut {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: std::io::Error,
    },
}

/// Makes TLS ready, if it is wanted, and writes down what clients are to trust.
pub(super) fn acceptor(
    tls: &Tls,
    host: Option<IpAddr>,
    ca_out: Option<&Path>,
) -> Result<Option<TlsAcceptor>, TlsError> {
    let builder = || {
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        Ok::<_, TlsError>(builder.with_safe_default_protocol_versions()?.with_no_client_auth())
    };
    let (mut config, ca) = match tls {
        Tls::Off => return Ok(None),
        Tls::SelfSigned => {
            let authority = Authority::new(host)?;
            let ca = authority.issuer.pem();
            (builder()?.with_cert_resolver(Arc::new(authority)), ca)
        }
        Tls::Files { certificate, key } => {
            let (chain, private, ca) = read(certificate, key)?;
            let config = builder()?.with_single_cert(chain, private).map_err(|source| {
                TlsError::Pair { certificate: certificate.clone(), key: key.clone(), source }
            })?;
            (config, ca)
        }
    };
    if let Some(path) = ca_out {
        let written = std::fs::write(path, &ca);
        written.map_err(|source| TlsError::CaOut { path: path.to_owned(), source })?;
    }
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

/// An authority that nobody trusts who hasn't been told to, and that lives as long as the server.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    names: Vec<String>,
    /// The one key of all certificates.
    key: KeyPair,
    /// The certificate for whoever asks for no session.
    usual: Arc<CertifiedKey>,
}

impl Authority {
    fn new(host: Option<IpAddr>) -> Result<Self, TlsError> {
        let mut params = params(Vec::new(), "people-mock's own authority")?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let mut names: Vec<_> = NAMES.iter().map(ToString::to_string).collect();
        names.extend(host.map(|it| it.to_string()).filter(|it| !NAMES.contains(&it.as_str())));
        let key = KeyPair::generate()?;
        let chain = vec![certificate(&issuer, names.clone(), &key)?];
        let signing = any_supported_type(&PrivatePkcs8KeyDer::from(key.serialize_der()).into())?;
        let usual = Arc::new(CertifiedKey::new(chain, signing));
        Ok(Self { issuer, names, key, usual })
    }

    /// A certificate for a session. Making one takes less than the handshake that it is for, so
    /// none is kept.
    fn for_session(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        let names = self.names.iter().map(String::as_str).chain([name]);
        let names = names.map(str::to_owned).collect();
        let chain = vec![certificate(&self.issuer, names, &self.key).ok()?];
        Some(Arc::new(CertifiedKey::new(chain, Arc::clone(&self.usual.key))))
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("names", &self.names).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Authority {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        match hello.server_name() {
            Some(name) if name.ends_with(SESSIONS) => self.for_session(name),
            _ => Some(Arc::clone(&self.usual)),
        }
    }
}

fn certificate(
    issuer: &Issuer<'static, KeyPair>,
    names: Vec<String>,
    key: &KeyPair,
) -> Result<CertificateDer<'static>, rcgen::Error> {
    let mut params = params(names, "people-mock")?;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params.signed_by(key, issuer)?.into())
}

fn params(names: Vec<String>, name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, name);
    let today = clock::system_now().to_zoned(TimeZone::UTC).date();
    // From yesterday on, for those whose clocks are behind.
    let day = |days: i32| {
        let date = today.saturating_add(days.days());
        let [month, day] = [date.month(), date.day()].map(i8::unsigned_abs);
        rcgen::date_time_ymd(i32::from(date.year()), month, day)
    };
    params.not_before = day(-1);
    params.not_after = day(DAYS);
    Ok(params)
}

/// A chain, its key, and what clients are to trust, as PEM.
type Files = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>, String);

/// Whom clients are to trust is in the file of the certificate, if it is anywhere.
fn read(certificate: &Path, key: &Path) -> Result<Files, TlsError> {
    let bad = |source| TlsError::Certificate { path: certificate.to_owned(), source };
    let ca = std::fs::read_to_string(certificate).map_err(|error| bad(pem::Error::Io(error)))?;
    let chain: Vec<_> =
        CertificateDer::pem_slice_iter(ca.as_bytes()).collect::<Result<_, _>>().map_err(bad)?;
    if chain.is_empty() {
        return Err(bad(pem::Error::NoItemsFound));
    }
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|source| TlsError::Key { path: key.to_owned(), source })?;
    Ok((chain, key, ca))
}

/// Tells somebody who came without TLS what to do, and reads on until it is read.
pub(super) async fn refuse(mut wire: Wire) -> IoResult<()> {
    wire.write_all(NO_TLS).await?;
    wire.shutdown().await?;
    copy(&mut wire, &mut sink()).await.map(drop)
}

/// Speaks TLS with the server on this machine, to ask how it is. Whose certificate it shows is no
/// matter: nothing is told to it, and nothing that it says is believed but that it is well.
pub(crate) fn connect_to_own<S: Read + Write>(
    stream: S,
) -> IoResult<StreamOwned<ClientConnection, S>> {
    let provider = Arc::new(default_provider());
    let name = ServerName::try_from("localhost").map_err(Error::other)?;
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
        .with_no_client_auth();
    let client = ClientConnection::new(Arc::new(config), name).map_err(Error::other)?;
    Ok(StreamOwned::new(client, stream))
}

/// Takes every certificate, and sees that whoever shows it has its key.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
