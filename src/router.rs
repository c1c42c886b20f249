//! Which operation a request means: a vendor's table of operations as trees.

use http::Method;

use crate::dialects::{Operation, Vendor};

/// A vendor's operations, by verb and path.
pub struct Router {
    operations: &'static [Operation],
    answers_head: bool,
    /// A tree a verb, so that what is a name of its own under one verb (`/people/re-sync`) is a
    /// parameter's value under the others. A path leads to the index of its operation.
    trees: Vec<(Method, matchit::Router<usize>)>,
}

/// What a request means to a vendor.
pub enum Found<'r> {
    /// An operation.
    Operation(Match<'r>),
    /// Nothing with this verb, though the path belongs to operations with others.
    WrongVerb,
    /// No operation has this path.
    Nothing,
}

/// The operation that a request means, with the parameters of its path.
pub struct Match<'r> {
    /// The operation.
    pub operation: &'static Operation,
    /// Its index in the vendor's table.
    pub index: usize,
    parameters: matchit::Params<'r, 'r>,
}

impl<'r> Match<'r> {
    /// A parameter of the path, decoded; empty if the operation's path doesn't have it.
    #[must_use]
    pub fn parameter(&self, name: &str) -> &'r str {
        self.parameters.get(name).unwrap_or_default()
    }
}

impl Router {
    /// The trees of a vendor's table.
    ///
    /// Two operations of one verb whose paths differ in nothing but the names of parameters would
    /// contradict each other; such a table is a mistake in this program, and the second path is left
    /// out with an error in the log. A test goes through every table.
    #[must_use]
    pub fn new(vendor: &Vendor) -> Self {
        let mut trees = Vec::<(Method, matchit::Router<usize>)>::new();
        for (index, Operation { method, path, .. }) in vendor.operations.iter().enumerate() {
            let at = trees.iter().position(|(verb, _)| verb == method).unwrap_or_else(|| {
                trees.push((method.clone(), matchit::Router::new()));
                trees.len() - 1
            });
            if let Err(error) = trees[at].1.insert(*path, index) {
                tracing::error!(path, %error, "an operation can't be reached");
            }
        }
        Self { operations: vendor.operations, answers_head: vendor.answers_head, trees }
    }

    /// Finds what a verb and a decoded path mean. One slash at the end makes no difference.
    #[must_use]
    pub fn find<'r>(&'r self, method: &Method, path: &'r str) -> Found<'r> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let is_get = self.answers_head && *method == Method::HEAD;
        let method = if is_get { &Method::GET } else { method };
        let tree = self.trees.iter().find(|(verb, _)| verb == method);
        if let Some(found) = tree.and_then(|(_, tree)| tree.at(path).ok()) {
            let (index, parameters) = (*found.value, found.params);
            let operation = &self.operations[index];
            return Found::Operation(Match { operation, index, parameters });
        }
        let has_path = |(_, tree): &(_, matchit::Router<usize>)| tree.at(path).is_ok();
        if self.trees.iter().any(has_path) { Found::WrongVerb } else { Found::Nothing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialects::ALL;

    #[test]
    fn every_operation_of_every_vendor_is_found_by_its_own_path() {
        for vendor in ALL {
            let router = Router::new(vendor);
            for (index, operation) in vendor.operations.iter().enumerate() {
                let found = router.find(&operation.method, operation.path);
                let Found::Operation(found) = found else { panic!("{} is lost", operation.name) };
                assert_eq!(found.index, index);
            }
        }
    }
}
