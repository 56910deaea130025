//! A server with a demo organization in a folder of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use cargo_metadata::MetadataCommand;
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use ureq::Agent;

use crate::Result;

/// Who calls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// The administrator, signed in: may do everything, also what is for people alone.
    SignedIn,
    /// A key of type full-access, which cannot reach its own record.
    Key,
}

/// The server; it is stopped, and its folder removed, when this is dropped.
pub struct Server {
    process: Child,
    folder: TempDir,
    ready: Json,
    agent: Agent,
}

impl Caller {
    pub fn words(self) -> &'static str {
        match self {
            Self::SignedIn => "an administrator who has signed in",
            Self::Key => "a key of type full-access",
        }
    }
}

impl Server {
    pub fn start() -> Result<Self> {
        let program = MetadataCommand::new().no_deps().exec()?.target_directory.join("debug/swage");
        let folder = tempfile::Builder::new().prefix("swage-schemathesis-").tempdir()?;
        let ready = folder.path().join("ready.json");
        let mut command = Command::new(program);
        command.args(["demo", "--data", "data", "--listen", "127.0.0.1:0", "--credentials-file"]).arg(&ready);
        command
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(File::create(folder.path().join("log"))?);
        let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
        let mut server = Self { process: command.spawn()?, folder, ready: Json::Null, agent };
        server.wait(&ready)?;
        Ok(server)
    }

    fn wait(&mut self, ready: &Path) -> Result {
        for _ in 0..600 {
            if let Ok(text) = fs::read_to_string(ready) {
                self.ready = serde_json::from_str(&text)?;
                return Ok(());
            }
            if self.process.try_wait()?.is_some() {
                break;
            }
            sleep(Duration::from_millis(100));
        }
        Err(format!("the server does not start:\n{}", fs::read_to_string(self.log())?).into())
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The address of the OpenAPI document.
    pub fn document(&self) -> String {
        self.url("/api/openapi.json")
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.ready["url"].as_str().unwrap_or_default())
    }

    pub fn credential(&self, caller: Caller) -> Result<String> {
        let text = match caller {
            Caller::Key => self.ready["keys"]["fullAccess"]["apiKey"].clone(),
            Caller::SignedIn => {
                let admin = &self.ready["admin"];
                let body = json!({ "email": admin["email"], "password": admin["password"] });
                let mut answer = self.agent.post(self.url("/security/v1/login")).send_json(body)?;
                answer.body_mut().read_json::<Json>()?["token"].clone()
            }
        };
        Ok(text.as_str().ok_or("the demo says no credential")?.to_owned())
    }

    /// What is answered to a GET; null if that fails.
    pub fn get(&self, path: &str, credential: &str) -> Result<Json> {
        let request = self.agent.get(self.url(path)).header("authorization", format!("Bearer {credential}"));
        let mut answer = request.call()?;
        Ok(if answer.status().is_success() { answer.body_mut().read_json()? } else { Json::Null })
    }

    /// Else most of the input may have met a closed door.
    pub fn still_lets_in(&self, credential: &str, caller: Caller) -> Result {
        if self.get("/security/v1/verify", credential)?.is_null() {
            return Err(format!(
                "an operation has ended the credential of {}; name it in ENDS_SESSION",
                caller.words()
            )
            .into());
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
