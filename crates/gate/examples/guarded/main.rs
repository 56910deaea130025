//! A small service with the gate in its own process, its keys in a file.
//!
//! ```sh
//! guarded new keys.json "Night shift" hose:read     # prints a key, once
//! guarded serve keys.json 127.0.0.1:9000
//! curl -H 'x-api-key: swg_live_…' http://127.0.0.1:9000/
//! ```
//!
//! Whoever takes a key out of the file ends it within half a second.

mod file;

use std::{error::Error, net::SocketAddr, path::Path, sync::Arc};

use axum::{Extension, Router, extract::ConnectInfo, routing::get};
use base::{Clock, Random};
use gate::{Gate, Verified, tower::GuardLayer};
use keys::{Permission, Resource};

use file::FileKeys;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["new", file, name, scopes] => new(Path::new(file), name, scopes),
        ["serve", file, address] => serve(Path::new(file), address).await,
        _ => Err("usage: guarded new FILE NAME SCOPES | guarded serve FILE ADDRESS".into()),
    }
}

fn new(file: &Path, name: &str, scopes: &str) -> Result<(), Box<dyn Error>> {
    let text = file::add(file, name, scopes, &Clock::system(), &mut Random::system())?;
    println!("{}", *text);
    Ok(())
}

async fn serve(file: &Path, address: &str) -> Result<(), Box<dyn Error>> {
    let secrets = file::secrets(file, &mut Random::system())?;
    let gate = Gate::open(secrets, Arc::new(FileKeys::new(file)), Clock::system()).await?;
    let following = Arc::clone(&gate);
    tokio::spawn(async move { following.follow().await });

    let guard = GuardLayer::new(gate)
        .needs(Permission::read(Resource::Hose))
        .peer(|parts| Some(parts.extensions.get::<ConnectInfo<SocketAddr>>()?.ip()));
    let app = Router::new().route("/", get(hello)).layer(guard);
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?)
}

async fn hello(Extension(caller): Extension<Verified>) -> String {
    format!("Hello, {}!\n", caller.key.id)
}
