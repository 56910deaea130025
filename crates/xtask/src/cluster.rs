//! A throw-away PostgreSQL server ("cluster" is PostgreSQL's own word for what one server keeps).

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Result;
use crate::programs::{postgres_folder, postgres_user};

/// Survives a crash of the machine, as in production.
const DURABLE: &str = "fsync = on\nfull_page_writes = on\nsynchronous_commit = on\n";

/// Never waits for the disk.
const FAST: &str = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n";

/// A running server in a folder of its own; dropping it stops the server and removes the folder.
///
/// The work of dropping is done by `guard.sh`, so that it is also done when this process is killed. What remains
/// is the case that the guard is killed too: then the server runs until someone removes its folder.
pub struct Cluster {
    guard: Child,
    programs: PathBuf,
    folder: PathBuf,
    user: Option<(u32, u32)>,
    port: u16,
    password: String,
}

impl Cluster {
    /// Starts a server, a durable one or a fast one.
    pub fn start(durable: bool) -> Result<Self> {
        let cluster = Self::reserve()?;
        cluster.create_data(durable)?;
        cluster.create_role()?;
        cluster.create_certificates()?;
        cluster.start_server()?;
        Ok(cluster)
    }

    /// Where tests connect: as a role that may create databases and nothing more, to the database `postgres`.
    pub fn url(&self) -> String {
        format!("postgres://swage:{}@127.0.0.1:{}/postgres", self.password, self.port)
    }

    /// The authority that vouches for the server.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.crt")
    }

    fn reserve() -> Result<Self> {
        let programs = postgres_folder().ok_or("there is no PostgreSQL here, run: cargo xtask setup")?;
        let user = postgres_user()?;
        let folder = tempfile::Builder::new().prefix("swage-postgres-").tempdir()?;
        if let Some((uid, gid)) = user {
            chown(folder.path(), Some(uid), Some(gid))?;
        }
        let guard = start_guard(&programs, folder.path(), user)?;
        let folder = folder.keep(); // from now on the guard removes it
        Ok(Self { guard, programs, folder, user, port: free_port()?, password: random_password()? })
    }

    fn create_data(&self, durable: bool) -> Result {
        let options = "--username=postgres --auth-local=trust --auth-host=scram-sha-256 \
                       --no-locale --encoding=UTF8 --no-sync";
        run(self.program("initdb").arg("--pgdata=data").args(options.split_whitespace()), "")?;

        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{}'\nmax_connections = 400\nssl = on\n{}",
            self.port,
            self.folder.display(),
            if durable { DURABLE } else { FAST },
        );
        let mut file = File::options().append(true).open(self.folder.join("data/postgresql.conf"))?;
        Ok(file.write_all(settings.as_bytes())?)
    }

    /// Before the server listens, so that no client program is needed.
    fn create_role(&self) -> Result {
        let role = format!(
            "CREATE ROLE swage LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS PASSWORD '{}';\n",
            self.password
        );
        let options = ["--single", "-D", "data", "-c", "exit_on_error=on", "postgres"];
        run(self.program("postgres").args(options), &role)
    }

    /// An authority, and a certificate of it for the server, each good for two days.
    fn create_certificates(&self) -> Result {
        let new = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
        let authority = "-subj /CN=Authority -keyout ca.key -out ca.crt";
        let server = "-subj /CN=Server -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=CA:FALSE \
                      -CA ca.crt -CAkey ca.key -keyout data/server.key -out data/server.crt";
        for options in [authority, server] {
            let mut openssl = Command::new("openssl");
            openssl.current_dir(&self.folder);
            as_user(&mut openssl, self.user);
            run(openssl.args(new.split_whitespace()).args(options.split_whitespace()), "")?;
        }
        Ok(())
    }

    fn start_server(&self) -> Result {
        let mut start = self.program("pg_ctl");
        start.args(["start", "--silent", "--wait", "--pgdata=data", "--log=log"]);
        start.stdin(Stdio::null()).stdout(Stdio::null());
        if start.status()?.success() {
            return Ok(());
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(format!("PostgreSQL does not start, its log ends with:\n{}", tail(&log)).into())
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(&self.folder);
        as_user(&mut command, self.user);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take()); // the guard waits for this
        if !self.guard.wait().is_ok_and(|status| status.success()) {
            eprintln!("xtask: could not remove PostgreSQL in {}", self.folder.display());
        }
    }
}

/// In a process group of its own, which Ctrl-C at a terminal does not reach.
fn start_guard(programs: &Path, folder: &Path, user: Option<(u32, u32)>) -> Result<Child> {
    let mut command = Command::new("sh");
    command.args(["-c", include_str!("guard.sh"), "guard"]).args([programs, folder]);
    command.current_dir("/").process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    as_user(&mut command, user);
    Ok(command.spawn()?)
}

fn as_user(command: &mut Command, user: Option<(u32, u32)>) {
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
}

/// Runs a short program with this input; its output is only shown when it fails.
fn run(command: &mut Command, input: &str) -> Result {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    let (said, why) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("{} failed:\n{said}{why}", command.get_program().display()).into())
}

/// Free now; nothing keeps it free, but the system hands out another one each time.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn random_password() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
