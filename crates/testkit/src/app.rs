use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use api::{App, Origins, Parts, Settings};
use axum::Router;
use base::{Clock, Id, Line, Organization, Random, Timestamp};
use database::{Database, Engine, Scope, Vault};
use gate::{Gate, Secrets};
use keys::{
    Customer, ForwardedHeader, JwtKey, JwtKeys, MacKey, Peppers, SystemRole, TokenKeys, TrustedProxies,
};
use outbound::{
    http::{Courier, Rules},
    mail::Post,
};
use records::{
    Stamp,
    catalogue::SHARED_CATALOGUE,
    external_ids,
    organizations::OrganizationRow,
    roles,
    users::{self, UserRow},
};
use serde_json::{Value as Json, json};
use usecases::{
    Caller,
    access::WriteCustomers,
    customers::{self, NewCustomer},
    feed::DatabaseKeys,
    history::{Burden, History},
    jobs::{self, Runner},
    nodes::Nodes,
    organizations::{self, Administrator, Founding, Subscription},
    passwords,
    reporters::Reporters,
};

use crate::{Answer, Call, Store};

/// The whole application in this process.
pub struct TestApp {
    /// Its database.
    pub database: Database,
    /// The history of its calls.
    pub history: History,
    /// Its authority.
    pub gate: Arc<Gate>,
    /// It as a node among others.
    pub nodes: Arc<Nodes>,
    /// Its clock, which stands until it is advanced. It starts on 2026-01-01.
    pub clock: Clock,
    /// What does its jobs; nothing is done unless it is told to.
    pub runner: Runner,
    /// Where the database lives.
    pub store: Arc<Store>,
    pub(crate) router: Router,
    pub(crate) secrets: Arc<Mutex<Vec<String>>>,
    random: Mutex<Random>,
}

/// An organization to test with; enterprise unless made otherwise.
pub struct TestOrganization<'a> {
    /// Its id.
    pub id: Id<Organization>,
    /// Its eight letters.
    pub public_id: String,
    /// Its administrator's e-mail address.
    pub email: String,
    /// Its administrator's password.
    pub password: String,
    /// A key of type admin.
    pub admin: TestKey,
    app: &'a TestApp,
}

/// A key as the answer that made it tells it.
#[derive(Debug, Clone)]
pub struct TestKey {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl TestApp {
    /// An application with an empty database on this engine.
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(engine, |_| {}).await
    }

    /// The same, set up otherwise.
    pub async fn start_with(engine: Engine, change: impl FnOnce(&mut Settings)) -> Self {
        let clock = Clock::standing_at("2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap());
        Self::on(Arc::new(Store::new(engine)), &clock, 1, change).await
    }

    /// An application on a database that other nodes may share: of them, each
    /// needs a seed of its own. With a clock that runs, its gate must
    /// [`follow`](Gate::follow) what changes.
    pub async fn on(store: Arc<Store>, clock: &Clock, seed: u64, change: impl FnOnce(&mut Settings)) -> Self {
        let seed = 10 * (seed - 1);
        let database = store.open(clock.clone(), Random::seeded(seed + 1)).with_vault(Vault::new([3; 32]));
        let name = format!("node {seed}");
        let nodes = Arc::new(Nodes::new(&database, name, &mut Random::seeded(seed + 4)));
        let source = Arc::new(DatabaseKeys::new(&database).of_node(Arc::clone(&nodes)));
        let gate = Gate::open(secrets(), source, clock.clone()).await.unwrap();
        Self::assemble(store, database, (gate, nodes), clock, seed, change)
    }

    /// The same application at another gate.
    #[must_use]
    pub fn with_gate(&self, gate: Arc<Gate>) -> Self {
        let at = (gate, Arc::clone(&self.nodes));
        Self::assemble(Arc::clone(&self.store), self.database.clone(), at, &self.clock, 1_000, |_| {})
    }

    fn assemble(
        store: Arc<Store>,
        database: Database,
        (gate, nodes): (Arc<Gate>, Arc<Nodes>),
        clock: &Clock,
        seed: u64,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let mut settings = Settings {
            proxies: TrustedProxies::new([], ForwardedHeader::XForwardedFor),
            origins: Origins::Any,
            body_limit: 2 * 1024 * 1024,
            secure_cookies: false,
            key_environment: "test".parse().unwrap(),
            webhooks: Rules { allow_http: true, allow_private: true },
            public_url: "https://swage.example".into(),
            key_warning: Duration::from_hours(14 * 24),
            keys_read_back: true,
            reporters: None,
        };
        change(&mut settings);
        let key_warning = settings.key_warning;
        let courier = courier(settings.webhooks);
        let history = store.history(&database, &mut Random::seeded(seed + 4));
        let parts = Parts {
            database: database.clone(),
            history: history.clone(),
            gate: Arc::clone(&gate),
            nodes: Arc::clone(&nodes),
            clock: clock.clone(),
            random: Random::seeded(seed + 2),
            settings,
        };
        let outside = jobs::Parts {
            post: Post::Folder(store.folder.path().join("mail")),
            sender: "Swage <swage@swage.example>".parse().unwrap(),
            courier,
            deliveries_kept: Duration::from_hours(30 * 24),
            key_warning,
        };
        let runner = Runner::new(database.clone(), history.and_forget(jobs::kinds(outside)));
        let router = api::router(App::new(parts));
        Self {
            database,
            history,
            gate,
            nodes,
            clock: clock.clone(),
            runner,
            store,
            router,
            secrets: Arc::default(),
            random: Mutex::new(Random::seeded(seed + 3)),
        }
    }

    /// A new enterprise organization with an administrator and an admin key.
    pub async fn organization(&self, name: &str) -> TestOrganization<'_> {
        self.organization_with(name, Subscription::Enterprise).await
    }

    /// A new organization with this subscription.
    pub async fn organization_with(&self, name: &str, subscription: Subscription) -> TestOrganization<'_> {
        let email = format!("admin@{}.example", name.to_lowercase().replace(' ', "-"));
        let password = passwords::generate(&mut self.random.lock().unwrap()).to_string();
        self.organization_of(name, subscription, &email, password).await
    }

    /// The same, with this administrator.
    pub async fn organization_of(
        &self,
        name: &str,
        subscription: Subscription,
        email: &str,
        password: String,
    ) -> TestOrganization<'_> {
        let administrator = self.administrator(email, &password);
        let (id, public_id) = {
            let mut random = self.random.lock().unwrap();
            let id = Id::new(self.clock.now(), &mut random);
            let letters: String =
                (0..8).map(|_| char::from(b'a' + u8::try_from(random.below(26)).unwrap())).collect();
            (id, letters)
        };
        let name = Line::new(name).unwrap();
        let founding = Founding { id, public_id, name, subscription, administrator };
        let by = Caller::system(id, "test");
        let found = move |tx: &mut database::Tx<'_>| organizations::found(tx, &by, &founding);
        let made = self.database.write(Scope::Organization(id), found).await.unwrap();
        self.opened(made, email, password).await
    }

    /// The organization of the shared catalogue, with an administrator and an admin key.
    pub async fn operator(&self) -> TestOrganization<'_> {
        let (email, password) = ("operator@swage.example", "An operator's passw0rd");
        let (by, administrator) =
            (Caller::system(SHARED_CATALOGUE, "test"), self.administrator(email, password));
        let found = move |tx: &mut database::Tx<'_>| organizations::found_shared(tx, &by, &administrator);
        let made = self.database.write(Scope::Organization(SHARED_CATALOGUE), found).await.unwrap();
        self.opened(made, email, password.to_owned()).await
    }

    fn administrator(&self, email: &str, password: &str) -> Administrator {
        let password_hash = passwords::hash(password, &mut self.random.lock().unwrap()).unwrap();
        Administrator { email: Line::new(email).unwrap(), password_hash }
    }

    /// An organization that was founded, with an admin key.
    async fn opened(&self, made: OrganizationRow, email: &str, password: String) -> TestOrganization<'_> {
        let OrganizationRow { id, public_id, .. } = made;
        let admin = self.system_key(id).await;
        self.secrets.lock().unwrap().push(password.clone());
        TestOrganization { id, public_id, email: email.to_owned(), password, admin, app: self }
    }

    /// An admin key that no caller made.
    async fn system_key(&self, organization: Id<Organization>) -> TestKey {
        use usecases::api_keys::{self, Essentials, Minted, NewKey};
        let peppers = &self.gate.secrets().peppers;
        let (text, minted) = {
            let mut random = self.random.lock().unwrap();
            Minted::draw(peppers, "test".parse().unwrap(), false, self.clock.now(), &mut random).unwrap()
        };
        let new = NewKey::new(Essentials {
            name: Line::new("Test admin").unwrap(),
            scopes: "read,write".parse().unwrap(),
            key_type: keys::KeyType::Admin,
        });
        let caller = Caller::system(organization, "test").allow().unwrap();
        // A free organization may have none: its tests sign in.
        let made = self
            .database
            .write(Scope::Organization(organization), move |tx| api_keys::create(tx, &caller, &minted, &new))
            .await;
        self.gate.catch_up().await.unwrap();
        let key =
            TestKey { id: text.id().to_string(), name: "Test admin".into(), text: text.expose().to_string() };
        if made.is_ok() {
            self.secrets.lock().unwrap().push(key.text.clone());
        }
        key
    }

    /// A call with GET.
    pub fn get(&self, path: impl Into<String>) -> Call<'_> {
        Call::new(self, "GET", path.into())
    }

    /// A call with POST.
    pub fn post(&self, path: impl Into<String>) -> Call<'_> {
        Call::new(self, "POST", path.into())
    }

    /// A call with any method.
    pub fn call(&self, method: &str, path: impl Into<String>) -> Call<'_> {
        Call::new(self, method, path.into())
    }

    /// Moves the clock forward.
    pub fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Exchanges a key for a bearer token.
    pub async fn token(&self, key: &TestKey) -> String {
        let body = json!({ "apiKey": key.text, "name": key.name, "grantType": "client_credentials" });
        let answer = self.post("/security/v1/token").json(&body).shows_secret().expect(200).await;
        answer.json["securityToken"].as_str().unwrap().to_owned()
    }

    /// Writes every call so far into the history.
    pub async fn write_history(&self) {
        self.history.write(Burden::Full).await.unwrap();
    }

    /// The token in the last link that was mailed to this address.
    pub async fn mailed_link(&self, to: &str) -> String {
        let mails = self.mails_to(to).await;
        let text = mails.last().expect("something was mailed");
        let (_, rest) = text.split_once("https://swage.example/password#").expect("a link was mailed");
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// No later answer may show the key that this one shows.
    pub fn keep_secret(&self, answer: &Answer) {
        self.secrets.lock().unwrap().push(answer.json["apiKey"].as_str().unwrap().to_owned());
    }

    /// Whether a credential is let in.
    pub async fn lets_in(&self, credential: &str) -> bool {
        self.get("/security/v1/verify").credential(credential).send().await.status == 200
    }
}

impl TestOrganization<'_> {
    /// The application it is in.
    pub fn app(&self) -> &TestApp {
        self.app
    }

    /// Makes a key of this type, with every scope, over HTTP.
    pub async fn key(&self, key_type: &str) -> TestKey {
        self.key_with(json!({ "keyType": key_type })).await
    }

    /// Makes a key with these fields over HTTP; name, scopes and type may be left out.
    pub async fn key_with(&self, fields: Json) -> TestKey {
        let answer = self.new_key(fields).expect(201).await;
        let text = |field: &str| answer.json[field].as_str().unwrap().to_owned();
        self.app.keep_secret(&answer);
        TestKey { id: text("_id"), name: text("name"), text: text("apiKey") }
    }

    /// The call that makes a key with these fields; name, scopes and type may be left out.
    pub fn new_key(&self, fields: Json) -> Call<'_> {
        let body = with_usual(fields);
        let call = self.app.post("/api/v1/organization/apikeys").credential(&self.admin.text);
        call.json(&body).shows_secret()
    }

    /// Makes a project; answers its eight letters.
    pub async fn project(&self, name: &str) -> String {
        let path = format!("/api/organizations/{}/projects", self.id);
        let call = self.app.post(path).credential(&self.admin.text).json(&json!({ "name": name }));
        call.expect(200).await.json["result"]["publicProjectId"].as_str().unwrap().to_owned()
    }

    /// The letters of the project that is number 2; makes it if there is none.
    pub async fn second_project(&self) -> String {
        let found = self.app.get("/api/projects/2").credential(&self.admin.text).send().await;
        match found.json["result"]["publicProjectId"].as_str() {
            Some(letters) => letters.to_owned(),
            None => self.project("Another").await,
        }
    }

    /// Makes a key of this role, by its number, that is limited to these projects.
    pub async fn key_in(&self, projects: &[&str], role: i32) -> TestKey {
        let body =
            json!({ "listProjectsId": projects, "roleId": role, "userApiKey": { "apiName": "A key" } });
        let path = format!("/api/organizations/{}/api-keys", self.id);
        let call = self.app.post(path).credential(&self.admin.text).json(&body).shows_secret();
        let made = call.expect(200).await.json["result"].clone();
        let text = made["apiKey"].as_str().unwrap().to_owned();
        self.app.secrets.lock().unwrap().push(text.clone());
        TestKey { id: made["id"].to_string(), name: "A key".into(), text }
    }

    /// The call that changes a key; name, scopes and type are the usual ones where they are left out.
    pub fn change(&self, key: &str, fields: Json) -> Call<'_> {
        let body = with_usual(fields);
        let path = format!("/api/v1/organization/apikeys/{key}/update");
        self.app.post(path).credential(&self.admin.text).json(&body)
    }

    /// Rotates a key, with a grace of a day; answers it with its new text.
    pub async fn rotate(&self, key: &TestKey) -> TestKey {
        self.rotate_with(key, json!({})).await
    }

    /// Rotates a key as the body says; answers it with its new text.
    pub async fn rotate_with(&self, key: &TestKey, body: Json) -> TestKey {
        let path = format!("/api/v1/organization/apikeys/{}/rotate", key.id);
        let call = self.app.post(path).credential(&self.admin.text).json(&body);
        let answer = call.shows_secret().expect(200).await;
        self.app.keep_secret(&answer);
        TestKey { text: answer.json["apiKey"].as_str().unwrap().to_owned(), ..key.clone() }
    }

    /// Says whether keys that are made from then on can be read back.
    pub async fn allow_reading_back(&self, allow: bool) {
        let body = json!({ "allowReadingKeysBack": allow });
        let update = self.app.post("/api/v1/organization/update").credential(&self.admin.text);
        update.json(&body).expect(200).await;
    }

    /// The call that deletes a key.
    pub fn delete(&self, key: &str) -> Call<'_> {
        let path = format!("/api/v1/organization/apikeys/{key}/delete");
        self.app.post(path).credential(&self.admin.text)
    }

    /// One page of its keys; `query` is empty or starts with `?`.
    pub async fn keys(&self, query: &str) -> Answer {
        let path = format!("/api/v1/organization/apikeys{query}");
        self.app.get(path).credential(&self.admin.text).expect(200).await
    }

    /// The document of a key as the list has it, deleted or not.
    pub async fn document(&self, key: &str) -> Json {
        let list = self.keys("?limit=-1&includeDeleted=true").await.json;
        let found = list["items"].as_array().unwrap().iter().find(|item| item["_id"] == key);
        found.expect("the key is in the list").clone()
    }

    /// A bearer token of a new key.
    pub async fn token(&self) -> String {
        self.app.token(&self.key("full-access").await).await
    }

    /// Adds a user with this system role; answers the address and the password.
    pub async fn user(&self, role: SystemRole) -> (String, String) {
        let email = format!("{}@{}.example", role.word(), self.id);
        let (id, password, hash) = {
            let mut random = self.app.random.lock().unwrap();
            let password = passwords::generate(&mut random).to_string();
            let hash = passwords::hash(&password, &mut random).unwrap();
            (Id::new(self.app.clock.now(), &mut random), password, hash)
        };
        let stamp = Stamp::new(self.app.clock.now(), "system:test");
        let row = UserRow {
            password_hash: Some(hash),
            confirmed: Some(self.app.clock.now()),
            ..UserRow::new(self.id, id, &email, role.word(), stamp)
        };
        let insert = move |tx: &mut database::Tx<'_>| {
            let role = roles::find_system(tx, role.word())?.id;
            users::insert(tx, &row, &[role])?;
            external_ids::number(tx, row.id).map(drop)
        };
        self.app.database.write(Scope::Organization(self.id), insert).await.unwrap();
        (email, password)
    }

    /// Adds a customer.
    pub async fn customer(&self, name: &str) -> Id<Customer> {
        let id = Id::new(self.app.clock.now(), &mut self.app.random.lock().unwrap());
        let new = NewCustomer { id, name: Line::new(name).unwrap(), domain: None };
        let caller = Caller::system(self.id, "test").allow::<WriteCustomers>().unwrap();
        let create = move |tx: &mut database::Tx<'_>| customers::create(tx, &caller, &new);
        self.app.database.write(Scope::Organization(self.id), create).await.unwrap();
        id
    }

    /// An address that no user has.
    pub fn unused_email(&self) -> String {
        let id: Id<Organization> = Id::new(self.app.clock.now(), &mut self.app.random.lock().unwrap());
        format!("{id}@shop.example")
    }

    /// Invites a person over HTTP; answers the user's id.
    pub async fn invited(&self) -> String {
        let body = json!({ "emailAddresses": [{ "email": self.unused_email() }] });
        let invite = self.app.post("/api/v1/organization/users/invite").credential(&self.admin.text);
        let answer = invite.json(&body).expect(201).await;
        answer.json["items"][0]["_id"].as_str().unwrap().to_owned()
    }

    /// The token of a link that was mailed to a person who was just invited.
    pub async fn link(&self) -> String {
        let user = self.invited().await;
        let list = self.app.get("/api/v1/organization/users?limit=-1").credential(&self.admin.text);
        let list = list.expect(200).await.json;
        let user = list["items"].as_array().unwrap().iter().find(|item| item["_id"] == user).unwrap();
        self.app.mailed_link(user["email"].as_str().unwrap()).await
    }

    /// Signs the administrator in; answers the session's token.
    pub async fn sign_in(&self) -> String {
        let body = json!({ "email": self.email, "password": self.password });
        let answer = self.app.post("/security/v1/login").json(&body).expect(200).await;
        answer.json["token"].as_str().unwrap().to_owned()
    }
}

/// A key's fields, with usual ones for those that must be given.
fn with_usual(fields: Json) -> Json {
    let mut body = json!({ "name": "A key", "scopes": "read,write", "keyType": "full-access" });
    let Json::Object(fields) = fields else { return fields };
    body.as_object_mut().unwrap().extend(fields);
    body
}

/// Those who may report leaked keys, whose public keys are at this address on this machine.
pub fn reporters(url: &str) -> Arc<Reporters> {
    let rules = Rules { allow_http: true, allow_private: true };
    Arc::new(Reporters::new(courier(rules), rules.target(url).unwrap()))
}

fn secrets() -> Secrets {
    Secrets {
        peppers: Peppers::new([MacKey { version: 1, key: [1; 32] }]).unwrap(),
        tokens: TokenKeys::new([MacKey { version: 1, key: [2; 32] }]).unwrap().with_jwt(jwt_keys()),
    }
}

/// For JWTs of ten minutes, of the issuer that the settings have.
fn jwt_keys() -> JwtKeys {
    let key = JwtKey { seed: MacKey { version: 1, key: [3; 32] }, signs_from: None };
    JwtKeys::new("https://swage.example".into(), Duration::from_mins(10), [key]).unwrap()
}

/// A courier to servers of this machine: it asks nobody for the addresses of our examples, and trusts no authority,
/// since reading them all takes every test a while.
fn courier(rules: Rules) -> Courier {
    Courier::new(rules, Some(b"")).unwrap().with_names_made_up(".example")
}
