//! How exchanges are described: the language of the matcher, which the journal's calls speak too.

mod fault;
mod matcher;
mod value;

pub use fault::{Delivery, Fault};
pub use matcher::{Difference, Matcher, Subject};
pub use value::ValueMatcher;
