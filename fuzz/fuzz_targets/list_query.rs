#![no_main]

use std::sync::OnceLock;

use testkit::{Sqlite, TestApp, TestOrganization, list_query};

/// One shop for all inputs: lists are only read.
fn shop() -> &'static (tokio::runtime::Runtime, TestOrganization<'static>) {
    static SHOP: OnceLock<(tokio::runtime::Runtime, TestOrganization<'static>)> = OnceLock::new();
    SHOP.get_or_init(|| {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let shop = runtime.block_on(async {
            let app: &'static TestApp = Box::leak(Box::new(TestApp::start(Sqlite).await));
            app.organization("Shop").await
        });
        (runtime, shop)
    })
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let (runtime, shop) = shop();
    runtime.block_on(list_query(shop, data));
});
