//! Ids of real records for the parameters of paths, so that input reaches what lies behind "not found".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::server::Server;
use crate::Result;

/// The ids by the name of the parameter.
pub type Ids = BTreeMap<String, Vec<String>>;

/// More than this many of a kind add nothing.
const ENOUGH: usize = 20;

/// For every parameter `{x}` below a path that can be listed: the ids in its list.
pub fn of_document(server: &Server, credential: &str) -> Result<Ids> {
    let document = server.get("/api/openapi.json", credential)?;
    let paths = document["paths"].as_object().ok_or("the document has no paths")?;
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in paths.keys() {
        let Some((list, rest)) = path.split_once("/{") else { continue };
        let Some((parameter, _)) = rest.split_once('}') else { continue };
        if paths.get(list).is_some_and(|item| item.get("get").is_some()) {
            collect(&server.get(list, credential)?, ids.entry(parameter.to_owned()).or_default());
        }
    }
    let listed = ids.into_iter().filter(|(_, values)| !values.is_empty());
    Ok(listed.map(|(name, values)| (name, values.into_iter().take(ENOUGH).collect())).collect())
}

/// Every `_id` and `id` in an answer.
fn collect(json: &Json, ids: &mut BTreeSet<String>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| collect(item, ids)),
        Json::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Json::String(id) if name == "_id" || name == "id" => {
                        ids.insert(id.clone());
                    }
                    Json::Number(id) if name == "id" => {
                        ids.insert(id.to_string());
                    }
                    _ => collect(value, ids),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_wherever_they_stand() {
        let answer = serde_json::json!({
            "items": [{ "_id": "a", "name": "b" }, { "id": 7, "role": { "id": "c" } }], "total": 2,
        });
        let mut ids = BTreeSet::new();
        collect(&answer, &mut ids);
        assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["7", "a", "c"]);
    }
}
