//! Which operation a request means, by a vendor's table of operations.
//!
//! A vendor has a dozen paths, and a few under each verb. To try one after the other takes fewer
//! instructions than a general router, which walks a tree node by node; a test compares the two.

use http::Method;

use crate::dialects::{Operation, Vendor};

/// How many parameters a path may have.
const MOST_PARAMETERS: usize = 4;

/// A vendor's operations, by verb and path.
pub struct Router {
    operations: &'static [Operation],
    answers_head: bool,
    /// Those of each verb: what is a name of its own under one verb (`/people/re-sync`) is a
    /// parameter's value under the others.
    by_verb: Vec<(Method, Vec<Route>)>,
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
    names: &'r [&'static str],
    values: Values<'r>,
}

/// The values of a path's parameters, in their order.
type Values<'r> = [&'r str; MOST_PARAMETERS];

impl<'r> Match<'r> {
    /// A parameter of the path, decoded; empty if the operation's path doesn't have it.
    #[must_use]
    pub fn parameter(&self, name: &str) -> &'r str {
        let found = self.names.iter().zip(self.values).find(|(it, _)| **it == name);
        found.map_or("", |(_, value)| value)
    }
}

/// The path of an operation, cut at its parameters.
struct Route {
    /// The operation's index.
    index: usize,
    /// What stands before the first parameter.
    start: &'static str,
    /// What follows each parameter.
    rests: Vec<&'static str>,
    parameters: Vec<&'static str>,
}

impl Route {
    fn new(index: usize, path: &'static str) -> Self {
        let mut pieces = path.split(['{', '}']);
        let start = pieces.next().unwrap_or_default();
        let (mut parameters, mut rests) = (Vec::new(), Vec::new());
        while let (Some(name), Some(rest)) = (pieces.next(), pieces.next()) {
            parameters.push(name);
            rests.push(rest);
        }
        Self { index, start, rests, parameters }
    }

    /// The values of the parameters in a path, if it is one of this operation. A parameter is a whole
    /// segment, and not an empty one.
    fn values<'r>(&self, path: &'r str) -> Option<Values<'r>> {
        let mut left = path.strip_prefix(self.start)?;
        let mut values = [""; MOST_PARAMETERS];
        for (value, rest) in values.iter_mut().zip(&self.rests) {
            let end = left.bytes().position(|it| it == b'/').unwrap_or(left.len());
            (*value, left) = left.split_at(end);
            left = left.strip_prefix(rest).filter(|_| end > 0)?;
        }
        left.is_empty().then_some(values)
    }
}

impl Router {
    /// A vendor's table, made ready. A path with more than four parameters is a mistake in this
    /// program, and left out with an error in the log; a test goes through every table.
    #[must_use]
    pub fn new(vendor: &Vendor) -> Self {
        let mut by_verb = Vec::<(Method, Vec<Route>)>::new();
        for (index, Operation { method, path, .. }) in vendor.operations.iter().enumerate() {
            let route = Route::new(index, path);
            if route.parameters.len() > MOST_PARAMETERS {
                tracing::error!(path, "an operation can't be reached");
                continue;
            }
            match by_verb.iter_mut().find(|(verb, _)| verb == method) {
                Some((_, routes)) => routes.push(route),
                None => by_verb.push((method.clone(), vec![route])),
            }
        }
        for (_, routes) in &mut by_verb {
            // A name counts more than a parameter in its place.
            routes.sort_by_key(|route| route.parameters.len());
        }
        Self { operations: vendor.operations, answers_head: vendor.answers_head, by_verb }
    }

    /// Finds what a verb and a decoded path mean. One slash at the end makes no difference.
    #[must_use]
    pub fn find<'r>(&'r self, method: &Method, path: &'r str) -> Found<'r> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let is_get = self.answers_head && *method == Method::HEAD;
        let method = if is_get { &Method::GET } else { method };
        let find = |routes: &'r [Route]| {
            routes.iter().find_map(|route| Some((route, route.values(path)?)))
        };
        let own = self.by_verb.iter().find(|(verb, _)| verb == method);
        if let Some((Route { index, parameters, .. }, values)) = own.and_then(|it| find(&it.1)) {
            let (index, operation) = (*index, &self.operations[*index]);
            return Found::Operation(Match { operation, index, names: parameters, values });
        }
        let has_path = |(_, routes): &'r (_, Vec<Route>)| find(routes).is_some();
        if self.by_verb.iter().any(has_path) { Found::WrongVerb } else { Found::Nothing }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    /// What a general router finds in a vendor's table.
    fn expected(vendor: &Vendor, method: &Method, path: &str) -> Option<(usize, Vec<String>)> {
        let mut tree = matchit::Router::new();
        for (index, operation) in vendor.operations.iter().enumerate() {
            if operation.method == *method {
                tree.insert(operation.path, index).unwrap();
            }
        }
        let found = tree.at(path).ok()?;
        Some((*found.value, found.params.iter().map(|(_, value)| value.to_owned()).collect()))
    }

    proptest! {
        #[test]
        fn it_finds_what_a_general_router_finds(
            vendor in 0..ALL.len(),
            operation in 0..100_usize,
            method in 0..100_usize,
            values in prop::collection::vec("[a-z]{0,2}|re-sync|é|people|avatar", 4),
            tail in "(/|/x|//|y)?",
        ) {
            let vendor = ALL[vendor];
            let operation_of = |at: usize| &vendor.operations[at % vendor.operations.len()];
            let route = Route::new(0, operation_of(operation).path);
            let pairs = values.iter().zip(&route.rests);
            let path = pairs.fold(route.start.to_owned(), |path, (it, rest)| path + it + rest) + &tail;
            let method = &operation_of(method).method;
            let router = Router::new(vendor);
            let stripped = path.strip_suffix('/').unwrap_or(&path);
            match router.find(method, &path) {
                Found::Operation(found) => {
                    let values = found.names.iter().map(|it| found.parameter(it).to_owned()).collect();
                    prop_assert_eq!(Some((found.index, values)), expected(vendor, method, stripped));
                }
                other => {
                    prop_assert_eq!(expected(vendor, method, stripped), None);
                    let others = vendor.operations.iter().map(|it| &it.method);
                    let has_path = others.into_iter().any(|it| expected(vendor, it, stripped).is_some());
                    prop_assert_eq!(matches!(other, Found::WrongVerb), has_path);
                }
            }
        }
    }
}
