use database::{Scope, Statement, Tx, params};
use testkit::{Engine, PICTURE, TestApp, TestOrganization};

/// An organization with rows for every list, and another beside it. The same
/// calls make the same ids on both engines.
pub(crate) async fn filled(engine: Engine) -> TestApp {
    let app = TestApp::start(engine).await;
    let other = app.organization("Other").await;
    other.key_with(serde_json::json!({ "name": "not ours" })).await;
    let shop = app.organization("Shop").await;
    let names = [
        "Zulu",
        "alpha",
        "Alpha ",
        "ALPHA",
        "été",
        "Été",
        "e\u{301}te",
        "_under",
        "100%",
        "100!",
        "a b",
        "Ω",
        "ß",
        "ss",
        "10",
        "9",
        "🔩",
        "delta",
    ];
    shop.webhook("https://shop.example/keys", &["apiKey.*"]).await;
    for (n, name) in names.into_iter().enumerate() {
        let key_type = ["admin", "full-access", "read-only", "customer"][n % 4];
        let mut fields = serde_json::json!({ "name": name, "keyType": key_type });
        if key_type == "customer" {
            fields["customerId"] = serde_json::json!(shop.customer(name).await);
            fields["approvedIpAddresses"] = serde_json::json!([{ "ipAddress": "10.0.0.0/8" }]);
            fields["expires"] = serde_json::json!("2027-01-01T00:00:00Z");
        }
        let key = shop.key_with(fields).await;
        if n % 5 == 4 {
            let delete = format!("/api/v1/organization/apikeys/{}/delete", key.id);
            app.post(delete).credential(&shop.admin.text).expect(200).await;
        }
        if n % 2 == 0 {
            shop.webhook("https://shop.example/nothing", &["webhook.none"]).await;
        }
        app.get("/security/v1/verify").credential(&key.text).send().await;
        let address = format!("{}{n}@Shop.example", ["b", "A", "é", "_"][n % 4]);
        let invited = serde_json::json!({ "emailAddresses": [{ "email": address, "name": name }] });
        let invite = app.post("/api/v1/organization/users/invite").credential(&shop.admin.text);
        invite.json(&invited).expect(201).await;
        let join = app.post("/api/projects/1/users").credential(&shop.admin.text);
        join.json(&serde_json::json!({ "user": { "email": address } })).expect(200).await;
        // Some are made at the same moment: then their ids decide.
        if n % 3 == 0 {
            app.pass(std::time::Duration::from_mins(1));
        }
        if n == 9 {
            app.pass(std::time::Duration::from_hours(24));
        }
    }
    fill_catalogue(&shop).await;
    for name in ["Elbow", "elbow-2", "LPH%25", "%C3%89cran", "a_b", "Zz!", "10", "9", "'x' y", "%C3%9F"] {
        shop.bring(&format!("images?name={}", name.replace(' ', "%20")), PICTURE).expect(201).await;
    }
    app.write_history().await;
    app
}

/// Parts of every type, the shop's own, shared ones, and some that wait.
async fn fill_catalogue(shop: &TestOrganization<'_>) {
    let pick = |words: &[&str], n: u32| words[n as usize % words.len()].to_owned();
    let supplier = serde_json::json!({ "name": "Ø & Sønn" });
    let suppliers = "/api/v1/organization/suppliers/update";
    shop.app().post(suppliers).credential(&shop.admin.text).json(&supplier).expect(200).await;
    for (n, number) in (0u32..).zip(["A-10", "a 11", "B_2.1", "%%", "ABC/1", "10", "Ω-9", "ss-ß", "X\"Y\"Z"])
    {
        shop.part("hoses", &serde_json::json!({
            "partNumber": number, "brand": pick(&["One", "Two"], n), "size": format!("-{:02}", 4 + n),
            "series": pick(&["K", "k2", "É"], n), "spec": format!("SAE 100R{n}"),
            "workingPressure": { "value": 100 + n, "unit": "bar" }, "colourHose": pick(&["black", "Red"], n),
            "orgPartNumber": (n % 2 == 0).then(|| format!("own-{n}{n}{n}")),
            "description": (n % 3 > 0).then(|| format!("Schlauch {n}, 100% {number}")),
            "available": n % 4 > 0, "supplier": "Ø & Sønn", "cost": n,
        }))
        .await;
        shop.part("crimpfittings", &serde_json::json!({
            "partNumber": format!("F{number}"), "brand": "One", "hoseSize": 8, "dashSize": 4 + n, "series": "K",
            "style": pick(&["JIC", "ORFS"], n), "gender": pick(&["male", "female"], n),
            "shape": pick(&["straight", "elbow90"], n), "material": pick(&["steel", "Brass"], n),
        }))
        .await;
        shop.part("wraps", &serde_json::json!({
            "partNumber": format!("W{number}"), "brand": "One", "wrapType": pick(&["nylonSleeve", "springGuard"], n),
        }))
        .await;
        shop.shared_part(
            "otheritems",
            serde_json::json!({ "partNumber": format!("S{number}"), "itemType": "clamp" }),
        )
        .await;
        if n < 8 {
            shop.pending_part(&format!("P{number}")).await;
        }
        let file = format!("partNumber\r\nI-{n}\r\n");
        let look = if n % 2 == 0 { "true" } else { "false" };
        let import = shop.app().post("/api/v1/components/import").credential(&shop.admin.text);
        import.upload("otherItem.csv", file.as_bytes(), &[("dryRun", look)]).expect(200).await;
    }
}

/// The organization that [`filled`] fills.
pub(crate) async fn scope(app: &TestApp) -> Scope {
    static SHOP: Statement =
        Statement::system("test.shop", "SELECT id FROM organization WHERE name = 'Shop'");
    let find = |tx: &mut Tx<'_>| tx.fetch_one(&SHOP, params![], |row| row.get("id"));
    Scope::Organization(app.database.read(Scope::System, find).await.unwrap())
}
