//! The words that handlers speak: a request that has been read whole, and the answer to it.
//!
//! Nothing here knows hyper or waits for anything.

mod headers;
mod path;
mod query;
mod request;
mod response;

pub use headers::{Headers, Prepared};
pub use path::Path;
pub use query::Query;
pub use request::{Request, UnreadBody};
pub use response::Response;
