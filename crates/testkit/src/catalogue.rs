//! Parts of the catalogue.

use database::{Scope, Tx};
use hose::ItemType;
use serde_json::{Value as Json, json};
use usecases::{
    Caller,
    access::{WriteAdaptors, WriteCrimpFittings, WriteFerrules, WriteHoses, WriteOtherItems, WriteWraps},
    catalogue::{self, Changes, NewPart, PartDocument, SHARED_CATALOGUE},
};

use crate::TestOrganization;

impl TestOrganization<'_> {
    /// Makes a part of the organization's own, over HTTP: `kind` as in the path, such as `hoses`.
    pub async fn part(&self, kind: &str, fields: &Json) -> Json {
        let call = self.app().post(format!("/api/v1/{kind}/create")).credential(&self.admin.text);
        call.json(fields).expect(201).await.json
    }

    /// Makes a part of the shared catalogue, as the platform's operator does; answers its id.
    pub async fn shared_part(&self, kind: &str, fields: Json) -> String {
        let item_type: ItemType = kind.trim_end_matches("/create").parse().unwrap();
        let caller = Caller::system(SHARED_CATALOGUE, "test");
        let work = move |tx: &mut Tx<'_>| {
            let new = NewPart { fields: fields.as_object().unwrap().clone(), like: None };
            let made = match item_type {
                ItemType::Hose => make::<WriteHoses>(tx, &caller, &new),
                ItemType::CrimpFitting => make::<WriteCrimpFittings>(tx, &caller, &new),
                ItemType::Ferrule => make::<WriteFerrules>(tx, &caller, &new),
                ItemType::Adaptor => make::<WriteAdaptors>(tx, &caller, &new),
                ItemType::Wrap => make::<WriteWraps>(tx, &caller, &new),
                ItemType::OtherItem => make::<WriteOtherItems>(tx, &caller, &new),
            };
            made.map(|part| part.id().to_string())
        };
        self.app().database.write(Scope::Organization(SHARED_CATALOGUE), work).await.unwrap()
    }

    /// Makes an other item that waits for approval; answers its id.
    pub async fn pending_part(&self, number: &str) -> String {
        self.want_approval(true).await;
        // The regular role is number 2.
        let key = self.key_with(json!({ "keyType": "full-access", "roleId": "2" })).await;
        let call = self.app().post("/api/v1/otheritems/create").credential(&key.text);
        let made = call.json(&json!({ "partNumber": number })).expect(201).await.json;
        self.want_approval(false).await;
        made["_id"].as_str().unwrap().to_owned()
    }

    async fn want_approval(&self, wanted: bool) {
        let call = self.app().post("/api/v1/organization/update").credential(&self.admin.text);
        call.json(&json!({ "newPartsNeedApproval": wanted })).expect(200).await;
    }
}

fn make<N: Changes>(tx: &mut Tx<'_>, caller: &Caller, new: &NewPart) -> base::Result<PartDocument> {
    catalogue::create(tx, &caller.clone().allow::<N>()?, new)
}

/// What must hold for any query of a list at all: it is answered or refused,
/// and never fails inside. The first byte says of which list.
pub async fn list_query(shop: &TestOrganization<'_>, data: &[u8]) {
    const LISTS: [&str; 6] = [
        "organization/components",
        "organization/crimpfittings",
        "organization/crimpfittingswithferrules",
        "organization/pendingitems",
        "adaptors/search",
        "adaptors/configuration",
    ];
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    // An address is of these bytes; every other one comes percent-encoded.
    let mut query = String::new();
    for byte in rest {
        let is_plain = byte.is_ascii_alphanumeric() || b"&=.[]%+-_".contains(byte);
        let encoded = if is_plain { char::from(*byte).to_string() } else { format!("%{byte:02X}") };
        query.push_str(&encoded);
    }
    let path = format!("/api/v1/{}?{query}", LISTS[usize::from(*first) % LISTS.len()]);
    let answer = shop.app().get(path.clone()).credential(&shop.admin.text).send().await;
    assert!([200, 400].contains(&answer.status), "{path}: {}", answer.json);
}
