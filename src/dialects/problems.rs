//! The table of everything that a vendor can say went wrong: one row a problem, from which its enum,
//! its texts and its catalogue are made.

/// A part of a problem's text.
pub(super) trait Field {
    /// The field that shows this text.
    fn of(text: String) -> Self;
}

impl Field for String {
    fn of(text: String) -> Self {
        text
    }
}

impl Field for Vec<String> {
    fn of(text: String) -> Self {
        vec![text]
    }
}

/// Makes `Problem` and `CATALOGUE` of a vendor's rows.
///
/// The table begins with two types: that of a row's shape, which is the vendor's word for how it
/// dresses a text, and that of the text. A text that is a literal shows the row's fields in braces;
/// anything else, in parentheses, is an expression of them.
macro_rules! problems {
    (@text $text:literal) => { format!($text) };
    (@text ($text:expr)) => { $text };
    (
        $shape:ty, $message:ty;
        $(
            $(#[$doc:meta])*
            $status:literal $name:ident $({ $($field:ident: $type:ty),+ })?: $dressed:expr, $text:tt,
            $evidence:ident $operations:expr, $how:literal;
        )+
    ) => {
        /// Something that went wrong, as the vendor sees it.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(super) enum Problem {
            $( $(#[$doc])* $name $({
                $(
                    #[doc = "Part of the text."]
                    $field: $type
                ),+
            })?, )+
        }

        impl Problem {
            /// The status, the shape, and the vendor's text without any number.
            pub(super) fn parts(&self) -> (u16, $shape, $message) {
                match self {
                    $( Self::$name $({ $($field),+ })? => {
                        let text = $crate::dialects::problems!(@text $text);
                        ($status, $dressed, <$message>::from(text))
                    } )+
                }
            }

            /// Its name in the catalogue.
            pub(super) fn id(&self) -> &'static str {
                match self {
                    $( Self::$name $({ $($field: _),+ })? => stringify!($name), )+
                }
            }

            /// The problem with this name in the catalogue, each of its fields made by its name.
            pub(super) fn example(
                id: &str,
                fill: &dyn Fn(&'static str) -> String,
            ) -> Option<Self> {
                match id {
                    $( stringify!($name) => Some(Self::$name $({
                        $( $field: $crate::dialects::Field::of(fill(stringify!($field))) ),+
                    })?), )+
                    _ => None,
                }
            }
        }

        /// One entry a problem, in the order of the table.
        pub(super) static CATALOGUE: &[$crate::dialects::CatalogueEntry] = &[
            $( $crate::dialects::CatalogueEntry {
                id: stringify!($name),
                status: $status,
                operations: $operations,
                how: $how,
                evidence: $crate::dialects::Evidence::$evidence,
            }, )+
        ];
    };
}
pub(super) use problems;
