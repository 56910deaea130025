//! What of the two contracts is served, and that it is served as documented.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::Path,
};

use serde::Deserialize;
use serde_json::Value as Json;
use testkit::Document;

use crate::golden;

const NOT_YET_SERVED: &str = "../../contract/not-yet-served.txt";

/// A document of the contract: its title in the list, its file, where its
/// paths begin, and how many operations it has.
const CONTRACTS: &[(&str, &str, &str, usize)] = &[
    ("GoldLeaf v1", "../../contract/goldleaf-v1.yaml", "/api/v1", 236),
    ("Gjirafa VP", "../../contract/gjirafa.yaml", "", 38),
];

/// Operations whose documented name can be read in two ways: both are served.
const SECOND_SPELLINGS: &[(&str, &str)] =
    &[("GET /api/v1/organization/api/history", "GET /api/v1/organization/api-history")];

#[derive(Deserialize)]
struct Contract {
    endpoints: Vec<Endpoint>,
}

#[derive(Deserialize)]
struct Endpoint {
    group: Option<String>,
    method: String,
    path: String,
    #[serde(default)]
    responses: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    status: u16,
}

impl Endpoint {
    fn is_served(&self, served: &BTreeMap<String, &Json>) -> bool {
        let line = self.line();
        let spellings = SECOND_SPELLINGS.iter().filter(|(one, _)| *one == line).map(|(_, other)| *other);
        spellings.chain([line.as_str()]).all(|spelling| served.contains_key(&form(spelling)))
    }

    fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// The operations of a contract, with whole paths.
fn read(file: &str, base: &str) -> Vec<Endpoint> {
    let text = fs::read_to_string(file).unwrap();
    let mut contract: Contract = serde_yaml_ng::from_str(&text).unwrap();
    for endpoint in &mut contract.endpoints {
        endpoint.path = format!("{base}{}", endpoint.path);
    }
    contract.endpoints
}

/// `METHOD path` without what makes no difference to the router: the case of
/// the words, and the names of the parameters. The one version there is stands
/// in the path as a word.
fn form(line: &str) -> String {
    let (method, path) = line.split_once(' ').unwrap();
    let segments = path.split('/').map(|segment| match segment {
        "v{version}" => "v1".to_owned(),
        parameter if parameter.starts_with('{') => "{}".to_owned(),
        word => word.to_ascii_lowercase(),
    });
    format!("{method} {}", segments.collect::<Vec<_>>().join("/"))
}

/// What the router has, by [`form`].
fn served() -> BTreeMap<String, &'static Json> {
    let operations = Document::get().operations().into_iter();
    operations.map(|(method, path, operation)| (form(&format!("{method} {path}")), operation)).collect()
}

/// The lines of the list of what is not served yet, by the title they stand under.
fn listed() -> BTreeMap<String, Vec<String>> {
    let mut listed = BTreeMap::<String, Vec<String>>::new();
    let mut title = String::new();
    let text = fs::read_to_string(NOT_YET_SERVED).unwrap();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.contains(" /") {
            listed.get_mut(&title).expect("a line stands under a title").push(line.to_owned());
        } else {
            line.clone_into(&mut title);
            assert!(listed.insert(title.clone(), Vec::new()).is_none(), "{title} is there twice");
        }
    }
    listed
}

/// Whether an operation, as `METHOD path`, stands in the list of what is not served yet.
pub fn is_not_yet_served(line: &str) -> bool {
    listed().values().flatten().any(|listed| form(listed) == form(line))
}

/// Whether an operation, as `METHOD path`, is served.
pub fn is_served(line: &str) -> bool {
    served().contains_key(&form(line))
}

#[test]
fn the_contracts_have_as_many_operations_as_their_documents() {
    let mut all = BTreeSet::new();
    for (title, file, base, count) in CONTRACTS {
        let operations = read(file, base);
        assert_eq!(operations.len(), *count, "{title}");
        for operation in operations {
            assert!(all.insert(form(&operation.line())), "{} is there twice", operation.line());
        }
    }
    for (one, other) in SECOND_SPELLINGS {
        assert!(all.contains(&form(one)) && !all.contains(&form(other)), "{one}");
    }
}

#[test]
fn an_operation_of_the_contracts_is_served_or_in_the_list_of_those_that_are_not_yet() {
    let served = served();
    let mut listed = listed();
    let mut text = String::from(
        "# The operations of the two contracts that are not served yet. A line goes away with the change that\n\
         # serves its operation; none is ever added. A test of the crate api compares this list with the router.\n",
    );
    let mut missing = Vec::new();
    for (title, file, base, _) in CONTRACTS {
        let mut unserved: Vec<_> = read(file, base)
            .iter()
            .filter(|endpoint| !endpoint.is_served(&served))
            .map(Endpoint::line)
            .collect();
        unserved.sort();
        let listed = listed.remove(*title).unwrap_or_default();
        missing.extend(unserved.iter().filter(|line| !listed.contains(line)).cloned());
        let kept = unserved.into_iter().filter(|line| listed.contains(line));
        let _ = write!(text, "\n{title}\n");
        kept.for_each(|line| text.extend([line.as_str(), "\n"]));
    }
    assert!(missing.is_empty(), "no longer served, and the list may only shrink:\n{}", missing.join("\n"));
    assert!(listed.is_empty(), "the list has titles of no contract: {:?}", listed.keys());
    // What is served but listed, in another order, or unknown to the contracts is shown as a difference.
    golden::check_file(Path::new(NOT_YET_SERVED), &text);
}

#[test]
fn what_is_served_answers_success_with_the_documented_status() {
    let served = served();
    for (_, file, base, _) in CONTRACTS {
        for endpoint in read(file, base) {
            let Some(operation) = served.get(&form(&endpoint.line())) else { continue };
            let documented = successes(endpoint.responses.iter().map(|answer| answer.status));
            let answers = operation["responses"].as_object().unwrap().keys();
            let ours = successes(answers.map(|status| status.parse().unwrap()));
            assert!(!ours.is_empty(), "{} has no success", endpoint.line());
            let agrees = documented.is_empty() || ours.is_subset(&documented);
            assert!(agrees, "{} answers {ours:?}, documented is {documented:?}", endpoint.line());
        }
    }
}

/// The successes among these statuses.
fn successes(statuses: impl Iterator<Item = u16>) -> BTreeSet<u16> {
    statuses.filter(|status| (200..300).contains(status)).collect()
}

#[test]
fn what_is_served_has_the_documented_group_as_its_tag() {
    let served = served();
    for (_, file, base, _) in CONTRACTS {
        for endpoint in read(file, base) {
            let (Some(operation), Some(group)) = (served.get(&form(&endpoint.line())), &endpoint.group)
            else {
                continue;
            };
            assert_eq!(operation["tags"], serde_json::json!([group]), "{}", endpoint.line());
        }
    }
}
