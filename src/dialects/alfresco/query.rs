//! The generic query parameters, which the vendor reads on every verb before it looks at the body.
//!
//! The order decides which error wins: paging, `orderBy`, `relations`, `where`, `include`, `select`
//! (alfresco-people.md §1.2, alfresco-framework.md §0), as in the vendor's `RecognizedParamsExtractor`.
//! Only the first value of a repeated parameter counts, and unknown ones are ignored.
//! What a name *means* (a sort field, a relation) is for the operation to decide.

use std::collections::HashSet;

use super::problem::Problem;
use super::where_clause::{self, Mistake};
use crate::http::Query;

/// The generic query parameters of one request, read as the vendor's `RecognizedParamsExtractor` does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    /// How many entries to leave out; never more than Java's `int` holds. 0 by default.
    pub(super) skip_count: u32,
    /// How many entries to return: at least 1, and without an upper limit but Java's `int`. 100 by default.
    pub(super) max_items: u32,
    /// The wanted order, most significant first; empty for the default order. Names are not checked here.
    pub(super) order_by: Vec<SortColumn>,
    /// The relations to embed, each name once, without the fields in their parentheses.
    pub(super) relations: Vec<String>,
    /// The names to include, as written: a resource ignores those it does not know.
    pub(super) include: Vec<String>,
    /// The top-level names to keep, each once, or `None` to keep everything.
    ///
    /// That is `fields`, or else its deprecated alias `properties`, widened by the names in `include`.
    pub(super) fields: Option<Vec<String>>,
}

/// One item of `orderBy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SortColumn {
    /// The field's name as sent.
    pub(super) name: String,
    /// The direction, ascending unless `desc` is said in any case of letters.
    pub(super) ascending: bool,
}

/// What was sent of each parameter, of which only the first value counts.
#[derive(Default)]
struct RawParameters<'q> {
    skip_count: Option<&'q str>,
    max_items: Option<&'q str>,
    order_by: Option<&'q str>,
    relations: Option<&'q str>,
    where_clause: Option<&'q str>,
    include: Option<&'q str>,
    select: Option<&'q str>,
    fields: Option<&'q str>,
    /// An old name of `fields`.
    properties: Option<&'q str>,
}

impl<'q> RawParameters<'q> {
    fn of(query: &'q Query<'_>) -> Self {
        let mut sent = Self::default();
        // From the end, so that of each name the first value is the one that stays.
        for (name, value) in query.pairs.iter().rev() {
            let place = match &**name {
                "skipCount" => &mut sent.skip_count,
                "maxItems" => &mut sent.max_items,
                "orderBy" => &mut sent.order_by,
                "relations" => &mut sent.relations,
                "where" => &mut sent.where_clause,
                "include" => &mut sent.include,
                "select" => &mut sent.select,
                "fields" => &mut sent.fields,
                "properties" => &mut sent.properties,
                _ => continue,
            };
            *place = Some(value);
        }
        sent
    }
}

/// Reads the generic query parameters, or finds the first problem in the vendor's order of reading.
pub(super) fn parse(query: &Query<'_>) -> Result<Parameters, Problem> {
    if query.pairs.is_empty() {
        return Ok(Parameters::default());
    }
    parse_sent(query)
}

#[inline(never)]
fn parse_sent(query: &Query<'_>) -> Result<Parameters, Problem> {
    let sent = RawParameters::of(query);

    let (skip_count, max_items) = paging(sent.skip_count, sent.max_items)?;
    let order_by = sent.order_by.map_or(Ok(Vec::new()), sort_columns)?;
    let relations = sent.relations.map_or(Ok(Vec::new()), relations)?;

    if let Some(clause) = sent.where_clause {
        where_clause::check_where(clause)
            .map_err(|it| Problem::InvalidQuery { why: received_where(clause, it) })?;
    }
    let include = sent.include.map_or(Ok(Vec::new()), |clause| {
        where_clause::names(clause)
            .map_err(|it| Problem::InvalidInclude { why: received_names(clause, it) })
    })?;
    // The names in `select` mean nothing to people and do not widen `fields`, yet they must be
    // well-formed.
    if let Some(clause) = sent.select {
        where_clause::names(clause)
            .map_err(|it| Problem::InvalidSelect { why: received_names(clause, it) })?;
    }

    let fields = sent.fields.or(sent.properties).map(|it| filter(it, &include));
    Ok(Parameters { skip_count, max_items, order_by, relations, include, fields })
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            skip_count: 0,
            max_items: 100,
            order_by: Vec::new(),
            relations: Vec::new(),
            include: Vec::new(),
            fields: None,
        }
    }
}

/// Both numbers are parsed before either range is checked, and then `skipCount` comes first
/// (alfresco-people.md §1.6).
///
/// Rust's `i32` reads what Java's `Integer.parseInt` reads, `+5` and `-0` included, except that Java also takes
/// the digits of other scripts. Those are not numbers here.
fn paging(skip: Option<&str>, max: Option<&str>) -> Result<(u32, u32), Problem> {
    let number = |value: Option<&str>, default| value.map_or(Ok(default), str::parse::<i32>);
    let (Ok(skip_count), Ok(max_items)) = (number(skip, 0), number(max, 100)) else {
        return Err(not_numbers(skip, max));
    };
    let skip_count = u32::try_from(skip_count).map_err(|_| Problem::SkipCountNegative)?;
    match u32::try_from(max_items) {
        Ok(max_items @ 1..) => Ok((skip_count, max_items)),
        _ => Err(Problem::MaxItemsNotPositive),
    }
}

/// With both present the vendor names both, even if only one is bad.
fn not_numbers(skip: Option<&str>, max: Option<&str>) -> Problem {
    let max_items = max.map(str::to_owned);
    match (skip.map(str::to_owned), max_items) {
        (Some(skip_count), Some(max_items)) => {
            Problem::InvalidPagingParameters { skip_count, max_items }
        }
        (Some(skip_count), None) => {
            Problem::InvalidPagingParameter { name: "skipCount".to_owned(), value: skip_count }
        }
        (None, max_items) => Problem::InvalidPagingParameter {
            name: "maxItems".to_owned(),
            value: max_items.unwrap_or_default(),
        },
    }
}

/// `name [asc|desc]`, comma separated (alfresco-framework.md §2.5).
///
/// Java's `StringTokenizer` skips what is empty between commas but not what is blank, and between words it knows
/// only the space: a tab is part of a name.
fn sort_columns(order_by: &str) -> Result<Vec<SortColumn>, Problem> {
    order_by.split(',').filter(|it| !it.is_empty()).map(sort_column).collect()
}

fn sort_column(definition: &str) -> Result<SortColumn, Problem> {
    let mut words = definition.split(' ').filter(|it| !it.is_empty());
    let (name, direction, third) = (words.next(), words.next(), words.next());
    if third.is_some() {
        return Err(Problem::UnknownSortDefinition { item: definition.to_owned() });
    }
    let name = name.ok_or(Problem::BlankSortItem)?.to_owned();
    let ascending = match direction.map(str::to_uppercase) {
        None => true,
        Some(it) if it == "ASC" => true,
        Some(it) if it == "DESC" => false,
        Some(direction) => return Err(Problem::UnknownSortDirection { direction }),
    };
    Ok(SortColumn { name, ascending })
}

/// `name` or `name(field,…)`, comma separated (alfresco-framework.md §2.7).
///
/// The fields are dropped: the vendor cuts its own last character off them unread, whether `)` or not.
fn relations(relations: &str) -> Result<Vec<String>, Problem> {
    let mut items = split_outside_parentheses(relations);
    // Java's `split` drops empty items at the end, though not the only one of an empty text, nor those before.
    while !relations.is_empty() && items.last().is_some_and(|it| it.is_empty()) {
        items.pop();
    }

    let mut seen = HashSet::new();
    let mut names = Vec::new();
    for item in items {
        let name = match item.split_once('(') {
            Some((_, "")) => {
                return Err(unclosed(item));
            }
            Some((name, _)) => name,
            None => item,
        };
        if seen.insert(name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Java's own words (those of JDK 17; later ones differ) for `substring(length, length - 1)`.
fn unclosed(relation: &str) -> Problem {
    let length = relation.encode_utf16().count();
    let end = length.saturating_sub(1);
    Problem::MalformedRelations { why: format!("begin {length}, end {end}, length {length}") }
}

/// Splits at the commas whose next parenthesis, if any, is not a closing one, which is how the vendor's regular
/// expression `,(?![^()]*+\))` tells that a comma is outside.
fn split_outside_parentheses(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut end, mut inside) = (text.len(), false);
    // From the end, so that the next parenthesis is known without looking for it at every comma.
    for (at, it) in text.char_indices().rev() {
        match it {
            ')' => inside = true,
            '(' => inside = false,
            ',' if !inside => {
                items.push(&text[at + 1..end]);
                end = at;
            }
            _ => {}
        }
    }
    items.push(&text[..end]);
    items.reverse();
    items
}

/// The filter on top-level names (alfresco-framework.md §2.4): `a/b` in `include` adds `a`, and `/a` adds nothing.
///
/// An empty value is a filter that lets nothing through, not the absence of one.
fn filter(fields: &str, include: &[String]) -> Vec<String> {
    // Java's `trim` takes off all control characters and the space, and nothing beyond ASCII.
    let fields = fields.split(',').map(|it| it.trim_matches(|it| it <= ' '));
    let included = include.iter().filter_map(|it| it.split('/').next());
    let mut seen = HashSet::new();
    fields
        .chain(included)
        .filter(|it| !it.is_empty() && seen.insert(*it))
        .map(str::to_owned)
        .collect()
}

/// The parser's mistakes are told after the clause itself, the lexer's without it.
fn received_where(clause: &str, mistake: Mistake) -> String {
    match mistake {
        Mistake::Lexer { position } => format!("Error at char position {position}"),
        Mistake::Parser { position } => format!("{clause}, Error at char position {position}"),
    }
}

/// The parser's mistakes are told by the clause alone, the lexer's by the position alone.
fn received_names(clause: &str, mistake: Mistake) -> String {
    match mistake {
        Mistake::Lexer { position } => format!("Error at char position {position}"),
        Mistake::Parser { .. } => clause.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::problem::Shape;
    use super::*;

    const NAMES: [&str; 9] = [
        "skipCount",
        "maxItems",
        "orderBy",
        "relations",
        "where",
        "include",
        "select",
        "fields",
        "properties",
    ];

    fn read(query: &[(&str, &str)]) -> Result<Parameters, Problem> {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        parse(&Query::decode(&query))
    }

    /// Reads a query of pairs split at `&` and `=`, with nothing percent-decoded, for tests that need no such signs.
    fn pairs(query: &str) -> Vec<(&str, &str)> {
        query.split('&').filter_map(|it| it.split_once('=')).collect()
    }

    #[track_caller]
    fn check_ok(query: &str) -> Parameters {
        match read(&pairs(query)) {
            Ok(it) => it,
            Err(problem) => panic!("{query}: {problem:?}"),
        }
    }

    #[track_caller]
    fn check_literal(query: &str, text: &str) {
        let problem = read(&pairs(query)).expect_err(query);
        assert_eq!(problem.parts(), (400, Shape::Api, text.to_owned()), "{query}");
    }

    #[track_caller]
    fn check_keyed(query: &str, key: &'static str, text: &str) {
        let problem = read(&pairs(query)).expect_err(query);
        assert_eq!(problem.parts(), (400, Shape::Key(key), text.to_owned()), "{query}");
    }

    #[track_caller]
    fn check_plain(query: &str, text: Option<&str>) {
        let problem = read(&pairs(query)).expect_err(query);
        let shape = if text.is_some() { Shape::Plain } else { Shape::Mute };
        assert_eq!(problem.parts(), (500, shape, text.unwrap_or_default().to_owned()), "{query}");
    }

    fn columns(of: &Parameters) -> Vec<(&str, bool)> {
        of.order_by.iter().map(|it| (it.name.as_str(), it.ascending)).collect()
    }

    #[test]
    fn no_parameters_are_the_defaults_and_allocate_nothing() {
        let it = check_ok("");
        assert_eq!((it.skip_count, it.max_items, &it.fields), (0, 100, &None));
        assert_eq!(
            (it.order_by.capacity(), it.relations.capacity(), it.include.capacity()),
            (0, 0, 0)
        );
    }

    #[test]
    fn unknown_parameters_and_later_values_are_ignored() {
        let it = check_ok("maxItem=0&maxItems=7&maxItems=0&includeSource=maybe");
        assert_eq!(it.max_items, 7);
    }

    #[test]
    fn numbers_are_read_as_java_reads_them() {
        for (query, skip_count, max_items) in [
            ("skipCount=5", 5, 100),
            ("skipCount=+5&maxItems=+1", 5, 1),
            ("skipCount=-0", 0, 100),
            ("skipCount=007", 7, 100),
            ("skipCount=2147483647&maxItems=2147483647", 2_147_483_647, 2_147_483_647),
        ] {
            let it = check_ok(query);
            assert_eq!((it.skip_count, it.max_items), (skip_count, max_items), "{query}");
        }
    }

    #[test]
    fn a_number_out_of_range_is_refused_after_both_are_parsed() {
        for (query, text) in [
            ("skipCount=-1", "Negative values not supported for skipCount."),
            ("maxItems=0", "Only positive values supported for maxItems."),
            ("maxItems=-1", "Only positive values supported for maxItems."),
            ("skipCount=-1&maxItems=0", "Negative values not supported for skipCount."),
            ("skipCount=-1&maxItems=y", "Invalid paging parameters skipCount: -1, maxItems:y"),
        ] {
            check_literal(query, text);
        }
    }

    #[test]
    fn what_is_no_java_int_is_refused() {
        for value in [
            "abc",
            "",
            "1.5",
            " 1",
            "1 ",
            "2147483648",
            "-2147483649",
            "+",
            "-",
            "+-1",
            "0x1",
            "1_000",
            "٣",
        ] {
            check_literal(
                &format!("skipCount={value}"),
                &format!("Invalid paging parameter skipCount:{value}"),
            );
            check_literal(
                &format!("maxItems={value}"),
                &format!("Invalid paging parameter maxItems:{value}"),
            );
            check_literal(
                &format!("skipCount={value}&maxItems=1"),
                &format!("Invalid paging parameters skipCount: {value}, maxItems:1"),
            );
        }
        check_literal(
            "skipCount=5&maxItems=y",
            "Invalid paging parameters skipCount: 5, maxItems:y",
        );
    }

    #[test]
    fn order_by_is_a_list_of_names_with_directions() {
        for (order_by, expected) in [
            ("", &[][..]),
            (",", &[]),
            ("id", &[("id", true)]),
            ("a,,b", &[("a", true), ("b", true)]),
            ("firstName DESC,lastName asc", &[("firstName", false), ("lastName", true)]),
            ("  id   dEsC ", &[("id", false)]),
            ("id,id desc", &[("id", true), ("id", false)]),
            ("id\tdesc", &[("id\tdesc", true)]),
        ] {
            assert_eq!(columns(&check_ok(&format!("orderBy={order_by}"))), expected, "{order_by}");
        }
    }

    #[test]
    fn a_bad_order_by_is_refused() {
        let tail = "expected 'field1,field2' or 'field1 asc,field2 desc' or similar";
        for (order_by, text) in [
            ("a b c", format!("Unknown sort order definition 'a b c', {tail}")),
            ("firstName ASC x", format!("Unknown sort order definition 'firstName ASC x', {tail}")),
            ("id, a b  c ", format!("Unknown sort order definition ' a b  c ', {tail}")),
            ("a foo", "Unknown sort order direction 'FOO', expected asc or desc".to_owned()),
            (
                "id,name down",
                "Unknown sort order direction 'DOWN', expected asc or desc".to_owned(),
            ),
        ] {
            check_literal(&format!("orderBy={order_by}"), &text);
        }
        check_plain("orderBy= ", None);
        check_plain("orderBy=id, ", None);
    }

    #[test]
    fn relations_are_split_outside_parentheses() {
        for (relations, expected) in [
            ("sites,groups", &["sites", "groups"][..]),
            ("sites(id,role)", &["sites"]),
            ("sites(id,role),groups", &["sites", "groups"]),
            ("sites()", &["sites"]),
            ("sites(id", &["sites"]),
            ("sites,sites(id)", &["sites"]),
            ("", &[""]),
            (",", &[]),
            ("a,,", &["a"]),
            (",a", &["", "a"]),
            ("a,b)", &["a,b)"]),
            ("(a,(b)", &[""]),
            ("é(x)", &["é"]),
        ] {
            assert_eq!(
                check_ok(&format!("relations={relations}")).relations,
                expected,
                "{relations}"
            );
        }
    }

    #[test]
    fn a_relation_that_ends_with_its_parenthesis_breaks_the_vendor() {
        check_plain("relations=sites(", Some("begin 6, end 5, length 6"));
        check_plain("relations=groups,😀(", Some("begin 3, end 2, length 3"));
        check_plain("relations=sites(,groups", Some("begin 6, end 5, length 6"));
        check_ok("relations=sites((");
    }

    #[test]
    fn a_bad_where_is_refused_and_a_good_one_ignored() {
        for (clause, received) in [
            ("a='b'", "a='b', Error at char position 0"),
            ("", ", Error at char position 0"),
            ("()", "(), Error at char position 1"),
            ("(a='b'", "(a='b', Error at char position 6"),
            ("(a like 'b')", "(a like 'b'), Error at char position 3"),
            ("(a=b and c=d or e=f)", "(a=b and c=d or e=f), Error at char position 12"),
            ("(a!=b)", "Error at char position 2"),
        ] {
            let text = format!("An invalid WHERE query was received. {received}");
            check_keyed(&format!("where={clause}"), "framework.exception.InvalidQuery", &text);
        }
        assert_eq!(check_ok("where=(a in ('x','y'))"), check_ok(""));
    }

    #[test]
    fn a_bad_include_or_select_is_refused() {
        for (clause, received) in [
            ("", ""),
            ("1", "1"),
            ("a,", "a,"),
            ("properties,", "properties,"),
            ("prop-erties", "Error at char position 4"),
            ("properties, aspectNames", "Error at char position 13"),
        ] {
            for (parameter, upper) in [("include", "INCLUDE"), ("select", "SELECT")] {
                let text = format!("An invalid {upper} query was received. {received}");
                check_keyed(
                    &format!("{parameter}={clause}"),
                    "framework.exception.InvalidSelect",
                    &text,
                );
            }
        }
    }

    #[test]
    fn fields_are_trimmed_and_widened_by_include_alone() {
        for (query, expected) in [
            ("fields=a,b", Some(&["a", "b"][..])),
            ("fields= a ,,\tb\n, ", Some(&["a", "b"])),
            ("fields=", Some(&[])),
            ("properties=a,b", Some(&["a", "b"])),
            ("fields=&properties=a", Some(&[])),
            ("fields=a,a&include=b,c/d,/e,a", Some(&["a", "b", "c"])),
            ("fields=a&select=b", Some(&["a"])),
            ("include=a", None),
            ("fields=company/organization", Some(&["company/organization"])),
        ] {
            let expected = expected.map(|it| it.iter().map(|&it| it.to_owned()).collect());
            assert_eq!(check_ok(query).fields, expected, "{query}");
        }
    }

    #[test]
    fn include_keeps_names_as_written() {
        assert_eq!(
            check_ok("include=aspectNames, properties,foo").include,
            ["aspectNames", "properties", "foo"]
        );
        assert_eq!(check_ok("include=x y").include, ["x"]);
        assert!(check_ok("select=x").include.is_empty());
    }

    #[test]
    fn the_vendors_order_decides_which_error_wins() {
        let bad = [
            ("select", ""),
            ("include", ""),
            ("where", ""),
            ("relations", "("),
            ("orderBy", " "),
            ("maxItems", "0"),
            ("skipCount", "-1"),
        ];
        // Each one more wins over all before it.
        for n in 1..=bad.len() {
            assert_eq!(read(&bad[..n]), read(&bad[n - 1..n]), "{:?}", bad[n - 1]);
            assert!(read(&bad[..n]).is_err());
        }
    }

    #[test]
    fn long_values_take_linear_time() {
        let commas = ",".repeat(500_000);
        let names = (0..200_000).map(|it| format!("n{it}")).collect::<Vec<_>>().join(",");
        for (name, value) in [
            ("relations", &commas),
            ("relations", &names),
            ("fields", &names),
            ("orderBy", &names),
            ("orderBy", &commas),
        ] {
            assert!(read(&[(name, value)]).is_ok(), "{name}");
        }
    }

    /// Characters that the parsers care about, and some they do not.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            proptest::collection::vec(
                proptest::sample::select(vec![
                    "(", ")", ",", "'", "\\", "=", "<", ">", " ", "\n", "/", ":", "and", "or",
                    "not ", "in", "exists", "between", "matches", "a", "Z9", "1", "-", "+", "é",
                    "٣", "😀", "asc", "desc", "\u{1a}",
                ]),
                0..24
            )
            .prop_map(|it| it.concat()),
        ]
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(query in proptest::collection::vec((proptest::sample::select(&NAMES[..]), text()), 0..9)) {
            let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
            match read(&query) {
                Ok(it) => {
                    prop_assert!(it.max_items >= 1);
                    prop_assert!(i32::try_from(it.skip_count).is_ok() && i32::try_from(it.max_items).is_ok());
                }
                Err(problem) => {
                    let is_stumble = matches!(
                        problem,
                        Problem::BlankSortItem | Problem::MalformedRelations { .. }
                    );
                    prop_assert_eq!(problem.parts().0, if is_stumble { 500 } else { 400 });
                }
            }
        }

        #[test]
        fn the_numbers_of_a_page_come_back(skip in 0..=i32::MAX, max in 1..=i32::MAX) {
            let (skip_count, max_items) = (skip.to_string(), max.to_string());
            let it = read(&[("skipCount", &skip_count), ("maxItems", &max_items)]);
            let it = it.map(|it| (it.skip_count, it.max_items));
            prop_assert_eq!(it, Ok((skip.unsigned_abs(), max.unsigned_abs())));
        }

        #[test]
        fn well_formed_names_come_back(names in proptest::collection::vec("[a-zA-Z_][a-zA-Z0-9_]{0,8}(:[a-z]{0,3})?", 1..6)) {
            // Names spelt like keywords before a comma are names still, except `exists`.
            prop_assume!(!names.iter().any(|it| it.eq_ignore_ascii_case("exists")));
            let include = names.join(",");
            prop_assert_eq!(read(&[("include", &include)]).map(|it| it.include), Ok(names));
        }

        #[test]
        fn a_clause_in_the_vendors_grammar_is_accepted(
            predicates in proptest::collection::vec(
                "(not )?(exists\\( ?[c-f]{1,4}\\)|[c-f]{1,4}( ?(=|<|>|<=|>=) ?| (in|matches|between) ?)@)", 1..5),
            values in proptest::sample::select(vec!["1", "'x y'", "name"]),
            joint in proptest::sample::select(vec![" and ", " OR "]),
        ) {
            let filled: Vec<String> = predicates.iter().map(|it| {
                let operand = if it.contains(" between") { format!("({values},{values})") }
                    else if it.contains(" in") || it.contains(" matches") { format!("({values})") }
                    else { values.to_owned() };
                it.replace('@', &operand)
            }).collect();
            let clause = format!("({})", filled.join(joint));
            prop_assert!(read(&[("where", &clause)]).is_ok(), "{}", clause);
        }
    }
}
