//! nginx and Caddy, started from the files in `examples/` as they are there, but for ports.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command},
    thread::sleep,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Place, set_mode};

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Nginx,
    Caddy,
}

/// A gateway that runs; it is stopped where a test drops it.
pub struct Gateway {
    pub port: u16,
    process: Child,
}

/// A file of the examples.
pub fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

/// An example's text with the ports of the test in the place of its own.
pub fn with_ports(name: &str, gateway: u16, swage: u16, service: u16) -> String {
    let mut text = fs::read_to_string(example(name)).unwrap();
    for (from, to) in [(8080, gateway), (8420, swage), (9000, service)] {
        let from = format!(":{from}");
        assert_eq!(text.matches(&from).count(), 1, "{from} stands once in {name}");
        text = text.replace(&from, &format!(":{to}"));
    }
    text
}

impl Gateway {
    pub fn start(kind: Kind, place: &Place, swage: u16, service: u16) -> Self {
        // Free now; nothing keeps it free, but the system hands out another one each time.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let home = place.path("gateway");
        fs::create_dir(&home).unwrap();
        let mut command = match kind {
            Kind::Nginx => {
                let file =
                    place.write("gateway/nginx.conf", &with_ports("nginx/nginx.conf", port, swage, service));
                // nginx's workers have fewer rights than root, and keep large bodies in its folder.
                set_mode(&place.path(""), 0o755);
                let mut command = Command::new(program("nginx"));
                command.arg("-p").arg(&home).arg("-c").arg(file).args(["-g", "daemon off;"]);
                command
            }
            Kind::Caddy => {
                let file =
                    place.write("gateway/Caddyfile", &with_ports("caddy/Caddyfile", port, swage, service));
                let mut command = Command::new(program("caddy"));
                command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
                command
            }
        };
        let log = home.join("log");
        command.env("HOME", &home).env("XDG_DATA_HOME", &home).env("XDG_CONFIG_HOME", &home);
        command.current_dir(&home).stdout(File::create(&log).unwrap()).stderr(File::create(&log).unwrap());
        let process = command.spawn().expect("the gateway is needed: cargo xtask setup installs it");
        let mut gateway = Self { port, process };
        gateway.wait_until_it_listens(&log);
        gateway
    }

    fn wait_until_it_listens(&mut self, log: &Path) {
        for _ in 0..600 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            if self.process.try_wait().unwrap().is_some() {
                break;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the gateway did not start: {}", fs::read_to_string(log).unwrap());
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // Not killed: nginx ends its workers first.
        let _ = kill_process(Pid::from_child(&self.process), Signal::TERM);
        let _ = self.process.wait();
    }
}

/// Where a program is: some distributions keep servers outside the PATH of ordinary users.
fn program(name: &str) -> PathBuf {
    let usual = Path::new("/usr/sbin").join(name);
    if usual.is_file() { usual } else { name.into() }
}
