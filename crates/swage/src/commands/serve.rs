use base::Result;
use database::Scope;
use records::organizations;
use swage::server::Server;
use tracing::warn;

use super::{Context, Names, print, write_credentials};
use crate::cli::Serve;

pub async fn run(context: Context, arguments: Serve) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    let server = Server::prepare(settings, clock, &mut random).await?;
    let database = &server.assembled.store.database;
    let first = database.read(Scope::System, |tx| organizations::all(tx, 1)).await?.pop();
    if first.is_none() {
        warn!("there is no organization yet: `swage init` makes the first");
    }
    let names = first.map(|organization| Names {
        organization_id: organization.id,
        public_organization_id: organization.public_id,
    });
    server
        .run(async |ready| {
            print(&format!("Swage is ready at {}", ready.url))?;
            match &arguments.credentials_file {
                Some(path) => write_credentials(path, &ready, names, &mut random),
                None => Ok(()),
            }
        })
        .await
}
