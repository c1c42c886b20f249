//! Which operation a request means: a vendor's table of operations as one tree.

use http::Method;

use crate::dialects::Operation;

/// A vendor's operations, by path and verb.
pub struct Router {
    operations: &'static [Operation],
    /// A path leads to the indices of the operations that share it, one a verb.
    tree: matchit::Router<Vec<usize>>,
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
        // `Params::get` would borrow from `self`; the values live as long as the path does.
        self.parameters.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }
}

impl Router {
    /// The tree of a table.
    ///
    /// Two operations whose paths differ in nothing but the names of parameters would contradict
    /// each other; such a table is a mistake in this program, and the second path is left out with
    /// an error in the log. A test goes through every table.
    #[must_use]
    pub fn new(operations: &'static [Operation]) -> Self {
        let mut tree = matchit::Router::<Vec<usize>>::new();
        let mut paths = Vec::<(&str, Vec<usize>)>::new();
        for (index, operation) in operations.iter().enumerate() {
            match paths.iter_mut().find(|(path, _)| *path == operation.path) {
                Some((_, indices)) => indices.push(index),
                None => paths.push((operation.path, vec![index])),
            }
        }
        for (path, indices) in paths {
            if let Err(error) = tree.insert(path, indices) {
                tracing::error!(path, %error, "an operation can't be reached");
            }
        }
        Self { operations, tree }
    }

    /// Finds what a decoded path and a verb mean. One slash at the end makes no difference.
    #[must_use]
    pub fn find<'r>(&'r self, method: &Method, path: &'r str) -> Found<'r> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let Ok(found) = self.tree.at(path) else { return Found::Nothing };
        match found.value.iter().find(|&&index| self.operations[index].method == *method) {
            Some(&index) => Found::Operation(Match {
                operation: &self.operations[index],
                index,
                parameters: found.params,
            }),
            None => Found::WrongVerb,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialects::ALL;

    #[test]
    fn every_operation_of_every_vendor_is_found_by_its_own_path() {
        for vendor in ALL {
            let router = Router::new(vendor.operations);
            for (index, operation) in vendor.operations.iter().enumerate() {
                let found = router.find(&operation.method, operation.path);
                let Found::Operation(found) = found else { panic!("{} is lost", operation.name) };
                assert_eq!(found.index, index);
            }
        }
    }
}
