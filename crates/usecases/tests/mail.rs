//! Mail: enqueued in a transaction, sent after it.

use std::time::Duration;

use base::{Error, Result};
use database::{Engine, Scope, Statement, Tx, job, params};
use outbound::{
    http::{Courier, Rules},
    mail::Post,
};
use rstest::rstest;
use testkit::{Postgres, Sqlite, TestApp};
use usecases::{
    jobs::{self, Parts, Runner},
    mail::{self, Mail},
};

const LINK: &str =
    "https://shop.example/reset/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn enqueue(tx: &mut Tx<'_>) -> Result<()> {
    let text = format!("Grüße!\n\n{LINK}\n");
    mail::enqueue(tx, &Mail { to: "ada@shop.example", subject: "Ihr neues Paßwort", text: &text })
}

/// What the table of jobs holds, as one text.
async fn stored(app: &TestApp) -> String {
    static JOBS: Statement = Statement::system("test.jobs", "SELECT payload, last_error FROM job");
    let read = |tx: &mut Tx<'_>| {
        tx.fetch_all(&JOBS, params![], |row| {
            let error: Option<String> = row.get("last_error")?;
            Ok(row.get::<String>("payload")? + &error.unwrap_or_default())
        })
    };
    app.database.read(Scope::System, read).await.unwrap().join("\n")
}

#[rstest]
#[tokio::test]
async fn a_mail_goes_out_after_the_commit_and_is_gone_from_the_store(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let undone = |tx: &mut Tx<'_>| enqueue(tx).and(Err::<(), _>(Error::conflict("undone")));
    assert!(app.database.write(Scope::Organization(shop.id), undone).await.is_err());
    assert_eq!((app.run_jobs().await, app.mails()), (0, Vec::new()));

    app.database.write(Scope::Organization(shop.id), enqueue).await.unwrap();
    let waiting = stored(&app).await;
    assert!(waiting.contains("sealed"), "{waiting}");
    for part in [LINK, "0123456789abcdef", "ada@", "Pa\u{df}wort"] {
        assert!(!waiting.contains(part), "{part} in {waiting}");
    }
    assert_eq!(app.run_jobs().await, 1);
    let mails = app.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].to.as_str(), mails[0].subject.as_str()), ("ada@shop.example", "Ihr neues Paßwort"));
    assert_eq!(mails[0].from, "Swage <swage@swage.example>");
    assert_eq!(mails[0].text, format!("Grüße!\n\n{LINK}\n"));
    assert_eq!((stored(&app).await, app.run_jobs().await), (String::new(), 0));
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_a_mail_is_refused_before_it_waits(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let long = "x".repeat(20_001);
    for (to, subject, text) in [
        ("ada", "Hello", ""),
        ("ada@shop.example\r\nBcc: eve@evil.example", "Hello", ""),
        ("ada@shop.example, eve@evil.example", "Hello", ""),
        ("ada@shop.example", "Hello\r\nBcc: eve@evil.example", ""),
        ("ada@shop.example", "", ""),
        ("ada@shop.example", "Hello", "\0"),
        ("ada@shop.example", "Hello", &long),
    ] {
        let (to, subject, text) = (to.to_owned(), subject.to_owned(), text.to_owned());
        let refused =
            move |tx: &mut Tx<'_>| mail::enqueue(tx, &Mail { to: &to, subject: &subject, text: &text });
        let outcome = app.database.write(Scope::System, refused).await;
        assert!(matches!(outcome, Err(Error::Invalid(_))), "{outcome:?}");
    }
    assert_eq!(stored(&app).await, "");
}

#[rstest]
#[tokio::test]
async fn where_no_mail_is_sent_it_is_set_aside_and_says_so(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    app.database.write(Scope::System, enqueue).await.unwrap();
    let parts = Parts {
        post: Post::Nowhere,
        sender: "swage@swage.example".parse().unwrap(),
        courier: Courier::new(Rules::default(), None).unwrap(),
        deliveries_kept: Duration::ZERO,
        key_warning: Duration::ZERO,
    };
    let runner = Runner::new(app.database.clone(), jobs::kinds(parts));
    assert_eq!(runner.run_due().await.unwrap(), 1);
    let dead = app.database.read(Scope::System, job::dead).await.unwrap();
    assert_eq!((dead[0].kind.as_str(), dead[0].count), ("mail", 1));
    assert!(dead[0].last_error.contains("mail.transport"), "{dead:?}");
    assert!(!stored(&app).await.contains("ada@"));
}
