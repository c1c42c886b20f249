//! How requests travel: in the words of HTTP/1.1 or HTTP/2, over TCP alone or with TLS.

use std::fs::write;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// The certificate that both servers show, and its key: a file in the target directory, which
/// nobody trusts but the clients of this bench.
pub(crate) const CERTIFICATE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/speed.pem");

/// Whom the certificate is for.
pub(crate) const NAME: &str = "localhost";

/// How requests travel to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Http1,
    Http2,
    TlsHttp1,
    TlsHttp2,
}

/// What a request is written to and its answer read from.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Over {
    /// The one of this name, which is what its `Debug` says.
    pub(crate) fn named(name: &str) -> Self {
        let all = [Self::Http1, Self::Http2, Self::TlsHttp1, Self::TlsHttp2];
        all.into_iter().find(|it| format!("{it:?}") == name).expect("there is such a one")
    }

    pub(crate) fn is_tls(self) -> bool {
        matches!(self, Self::TlsHttp1 | Self::TlsHttp2)
    }

    pub(crate) fn is_http2(self) -> bool {
        matches!(self, Self::Http2 | Self::TlsHttp2)
    }

    /// What is said of it while TLS begins.
    fn protocols(self) -> Vec<Vec<u8>> {
        vec![if self.is_http2() { b"h2".to_vec() } else { b"http/1.1".to_vec() }]
    }

    /// Connects a client.
    pub(crate) async fn connect(self, address: &str) -> Box<dyn Stream> {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        if !self.is_tls() {
            return Box::new(stream);
        }
        let mut config = trust();
        config.alpn_protocols = self.protocols();
        let connector = TlsConnector::from(Arc::new(config));
        Box::new(connector.connect(NAME.try_into().unwrap(), stream).await.unwrap())
    }

    /// What the baseline speaks TLS with, if it does: all as in people-mock.
    pub(crate) fn acceptor(self) -> Option<TlsAcceptor> {
        let chain = || vec![CertificateDer::from_pem_file(CERTIFICATE).unwrap()];
        let key = || PrivateKeyDer::from_pem_file(CERTIFICATE).unwrap();
        self.is_tls().then(|| {
            let builder = ServerConfig::builder().with_no_client_auth();
            let mut config = builder.with_single_cert(chain(), key()).unwrap();
            config.alpn_protocols = self.protocols();
            TlsAcceptor::from(Arc::new(config))
        })
    }
}

/// Trusts the one certificate.
pub(crate) fn trust() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(CERTIFICATE).unwrap()).unwrap();
    ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
}

/// Makes the certificate, before any server is started that shows it.
pub(crate) fn make_certificate() {
    let made = rcgen::generate_simple_self_signed([NAME.to_owned()]).unwrap();
    write(CERTIFICATE, made.cert.pem() + &made.signing_key.serialize_pem()).unwrap();
}
