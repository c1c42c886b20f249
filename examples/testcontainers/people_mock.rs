//! For tests that want the very image; without Docker, `people_mock::Server::start` is a server
//! inside the test.
//!
//! ```toml
//! [dev-dependencies]
//! testcontainers = { version = "0.28", features = ["blocking", "http_wait"] }
//! ```

use testcontainers::core::wait::HttpWaitStrategy;
use testcontainers::core::{IntoContainerPort, WaitFor};
use testcontainers::runners::SyncRunner;
use testcontainers::{GenericImage, ImageExt};

#[test]
fn a_person_is_there() {
    let ready = HttpWaitStrategy::new("/__admin/ready").with_expected_status_code(200u16);
    let container = GenericImage::new("ghcr.io/people-mock/people-mock", "0.1.0")
        .with_exposed_port(8080.tcp())
        .with_wait_for(WaitFor::http(ready))
        .with_env_var("PEOPLE_MOCK_ADMIN", "open")
        .start()
        .unwrap();
    let host = container.get_host().unwrap();
    let port = container.get_host_port_ipv4(8080).unwrap();
    let url = format!("http://{host}:{port}");
    assert!(url.starts_with("http://"));
}
