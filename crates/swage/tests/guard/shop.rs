//! A shop with keys, a service, and Swage between them.

use serde_json::{Value as Json, json};

use crate::{
    gateway::{Gateway, Kind, example},
    service::Service,
    support::{Place, Server, client::Client, rows::text},
    wire::{Heard, Wire},
};

const KEYS: &str = "/api/v1/organization/apikeys";

/// Swage, as the examples set it up.
pub struct Shop {
    place: Place,
    pub swage: Server,
    admin: Client,
}

/// A service behind a gateway that asks the shop's Swage.
pub struct Guarded {
    pub gateway: Gateway,
    pub service: Service,
    pub shop: Shop,
}

/// A key as it was made.
pub struct Key {
    pub id: String,
    pub text: String,
    pub masked: String,
}

impl Shop {
    pub fn open() -> Self {
        let place = Place::new();
        let config = example("swage.toml");
        let swage = place.start(&["demo", "--data", "data", "--config", config.to_str().unwrap()]);
        let admin = Client::new(swage.url(), &text(&swage.ready["keys"]["admin"]["apiKey"]));
        Self { place, swage, admin }
    }

    pub fn port(&self) -> u16 {
        self.swage.address().rsplit(':').next().unwrap().parse().unwrap()
    }

    /// A new key; all but these fields are the usual ones.
    pub fn key(&self, fields: Json) -> Key {
        let mut new = json!({ "name": "A key", "scopes": "read,write", "keyType": "full-access" });
        let Json::Object(fields) = fields else { panic!("{fields} is no object") };
        new.as_object_mut().unwrap().extend(fields);
        let made = self.post(KEYS, &new);
        let id = text(&made["_id"]);
        let list = self.admin.get(&format!("{KEYS}?limit=-1")).unwrap().body;
        let listed = list["items"].as_array().unwrap().iter().find(|key| key["_id"] == made["_id"]);
        Key { masked: text(&listed.unwrap()["apiKey"]), text: text(&made["apiKey"]), id }
    }

    /// Suspends, resumes or deletes a key.
    pub fn change(&self, key: &Key, how: &str) {
        self.post(&format!("{KEYS}/{}/{how}", key.id), &json!({}));
    }

    /// A bearer token for a key.
    pub fn token(&self, key: &Key) -> String {
        let exchange = json!({ "apiKey": key.text, "name": "A key", "grantType": "client_credentials" });
        text(&self.post("/security/v1/token", &exchange)["access_token"])
    }

    fn post(&self, path: &str, body: &Json) -> Json {
        let answer = self.admin.post(path, &[], body).unwrap();
        assert!(answer.status < 300, "{}", answer.body);
        answer.body
    }
}

impl Guarded {
    pub fn by(kind: Kind) -> Self {
        let (shop, service) = (Shop::open(), Service::start());
        let gateway = Gateway::start(kind, &shop.place, shop.port(), service.port);
        Self { gateway, service, shop }
    }

    /// Sends a request through the gateway.
    pub fn ask(&self, request: &Wire) -> Heard {
        request.send(self.gateway.port).expect("the gateway answers")
    }

    /// The request must reach the service.
    pub fn lets_in(&self, request: &Wire) {
        let heard = self.ask(request);
        assert_eq!((heard.status, heard.body.as_str()), (200, "served"));
        self.service.take_one();
    }

    /// The request must be answered with this status, and must not reach the service.
    pub fn refuses(&self, request: &Wire, status: u16, why: &str) -> Heard {
        let heard = self.ask(request);
        assert_eq!(heard.status, status, "{why}: {}", heard.body);
        assert!(self.service.take().is_empty(), "{why}: it reached the service");
        heard
    }
}
