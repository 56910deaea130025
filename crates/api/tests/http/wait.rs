//! `wait=all`: an answer that comes once every node feels the change.

use std::{sync::Arc, time::Duration};

use base::Stopwatch;
use gate::{Credential, Denied};
use keys::Refusal;
use rstest::rstest;
use serde_json::json;
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp, TestOrganization};
use tokio::{task::JoinSet, time::sleep};
use usecases::nodes::SILENT;

async fn another(app: &TestApp, seed: u64) -> TestApp {
    TestApp::on(Arc::clone(&app.store), &app.clock, seed, |_| {}).await
}

fn following<'a>(nodes: impl IntoIterator<Item = &'a TestApp>) -> JoinSet<()> {
    let gates = nodes.into_iter().map(|node| Arc::clone(&node.gate));
    gates.map(|gate| async move { gate.follow().await }).collect()
}

/// What a node knows, without asking anyone.
fn knows(node: &TestApp, text: &str) -> Result<(), Denied> {
    node.gate.verify(Credential::Key(text), None, None, None).map(drop)
}

fn act<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, what: &str) -> Call<'a> {
    app.post(format!("/api/v1/organization/apikeys{what}?wait=all")).credential(&shop.admin.text)
}

/// How many nodes have said so, and how many are silent.
fn confirmed(answer: &Answer) -> (usize, usize) {
    let header = answer.header("swage-confirmed-nodes");
    let (nodes, rest) = header.split_once(";silent=").unwrap_or_else(|| panic!("{header:?}"));
    let (silent, _) = rest.split_once(";ms=").unwrap();
    (nodes.parse().unwrap(), silent.parse().unwrap())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_waited_for_is_felt_on_every_node(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let others = match engine {
        Postgres => vec![another(&app, 2).await, another(&app, 3).await],
        Sqlite => Vec::new(),
    };
    let _following = following(others.iter().chain([&app]));
    let shop = app.organization("Shop").await;
    let body = json!({ "name": "A key", "scopes": "read,write", "keyType": "full-access" });
    let all = (1 + others.len(), 0);
    for _ in 0..10 {
        let made = act(&app, &shop, "").json(&body).shows_secret().expect(201).await;
        let (id, text) = (made.json["_id"].as_str().unwrap(), made.json["apiKey"].as_str().unwrap());
        assert_eq!(confirmed(&made), all);
        let steps = [
            ("suspend", Err(Denied::Refused(Refusal::Suspended))),
            ("resume", Ok(())),
            ("delete", Err(Denied::Unknown)),
        ];
        for node in &others {
            assert_eq!(knows(node, text), Ok(()));
        }
        for (step, known) in steps {
            let answer = act(&app, &shop, &format!("/{id}/{step}")).expect(200).await;
            // Looked at first, so that nothing has more time than it should.
            for node in &others {
                assert_eq!(knows(node, text), known, "{step}");
            }
            assert_eq!(confirmed(&answer), all);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_comes_before_a_node_that_is_late() {
    let app = TestApp::start(Postgres).await;
    let late = another(&app, 2).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    late.gate.catch_up().await.unwrap();

    let path = format!("/{}/delete", key.id);
    let deletion = async {
        let answer = act(&app, &shop, &path).expect(200).await;
        assert_eq!(knows(&late, &key.text), Err(Denied::Unknown), "it answered too early");
        answer
    };
    let read = async {
        sleep(Duration::from_millis(700)).await;
        assert_eq!(knows(&late, &key.text), Ok(()), "it has not read yet");
        late.gate.catch_up().await.unwrap();
    };
    let (answer, ()) = tokio::join!(deletion, read);
    assert_eq!(confirmed(&answer), (2, 0));
    assert_eq!(answer.json, json!("The API key \"A key\" was deleted."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_says_nothing_is_waited_for_until_it_must_have_closed() {
    let app = TestApp::start(Postgres).await;
    let gone = another(&app, 2).await;
    let _following = following([&app]);
    let shop = app.organization("Shop").await;
    let (first, second, third) =
        (shop.key("full-access").await, shop.key("full-access").await, shop.key("full-access").await);
    let delete = async |id: &str| {
        let begun = Stopwatch::start();
        let answer = act(&app, &shop, &format!("/{id}/delete")).expect(200).await;
        (confirmed(&answer), begun.elapsed())
    };
    app.nodes.watch().await.unwrap();
    assert_eq!(app.nodes.count(), 2);

    let (by, within) = delete(&first.id).await;
    assert_eq!(by, (1, 1));
    assert!(within >= SILENT && within < SILENT * 3, "{within:?}");

    // By now it is known to be silent.
    assert_eq!(app.nodes.count(), 1);
    let (by, within) = delete(&second.id).await;
    assert_eq!(by, (1, 1));
    assert!(within < SILENT, "{within:?}");

    // It is there again, and then takes its leave.
    gone.gate.catch_up().await.unwrap();
    app.nodes.watch().await.unwrap();
    assert_eq!(app.nodes.count(), 2);
    gone.nodes.leave().await.unwrap();
    let (by, within) = delete(&third.id).await;
    assert_eq!(by, (1, 0));
    assert!(within < SILENT, "{within:?}");
}

#[rstest]
#[tokio::test]
async fn only_all_can_be_waited_for(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    for what in ["suspend", "delete"] {
        let path = format!("/api/v1/organization/apikeys/{}/{what}?wait=some", key.id);
        let refused = app.post(path).credential(&shop.admin.text).expect(400).await;
        assert_eq!(refused.wrong_fields(), ["wait"]);
    }
    assert!(app.lets_in(&key.text).await, "nothing was done");
    let unasked = shop.delete(&key.id).expect(200).await;
    assert_eq!(unasked.header("swage-confirmed-nodes"), "");
}
