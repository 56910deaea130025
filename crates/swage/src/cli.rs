//! What the program can be told on the command line.

use std::path::PathBuf;

use base::Timestamp;
use clap::{Args, Parser, Subcommand};
use hose::demo::Scale;
use keys::{KeyType, Network, Scopes};
use swage::config::{Listen, Place};
use usecases::organizations::Subscription;

/// Swage, the platform for hydraulic hose shops.
#[derive(Debug, Parser)]
#[command(name = "swage", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    pub place: Place,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    Serve(Serve),

    /// Run the server with a demo organization, made at the first start
    Demo(Demo),

    /// Make the first organization and its administrator, or that of the shared catalogue
    Init(Init),

    /// List, make and revoke API keys
    Keys {
        #[command(subcommand)]
        command: Keys,
    },

    /// Look after those who sign in
    Users {
        #[command(subcommand)]
        command: Users,
    },

    /// Bring the database's schema up to date and do nothing else
    Migrate,

    /// Write every row of the database, as of one moment, to a file
    Backup(Backup),

    /// Put a backup into an empty store; stop the server first
    Restore(Restore),

    /// Show what is configured and what is amiss
    Doctor,

    /// Print the API document, OpenAPI 3.1 in JSON
    Openapi,
}

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub listen: Listen,
    /// Write where the server is, and what opens it, to this file once it answers requests
    #[arg(long, value_name = "FILE")]
    pub credentials_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    pub serve: Serve,
    /// How large the example catalogue is: tiny, s, m, l or xl [default: tiny]
    #[arg(long, value_parser = scale)]
    pub scale: Option<Scale>,
    /// What it is made from: the same number makes the same catalogue [default: 1]
    #[arg(long)]
    pub seed: Option<u64>,
}

fn scale(name: &str) -> Result<Scale, String> {
    Scale::parse(name).ok_or_else(|| "must be tiny, s, m, l or xl".to_owned())
}

#[derive(Debug, Args)]
pub struct Init {
    /// The organization's name
    #[arg(long, required_unless_present = "shared_catalogue")]
    pub name: Option<String>,
    /// The address its administrator signs in with
    #[arg(long)]
    pub email: String,
    /// free, professional or enterprise
    #[arg(long, default_value_t = Subscription::Enterprise)]
    pub subscription: Subscription,
    /// The file whose one line is the administrator's password [default: one is made and printed]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Make one more organization beside those that are there
    #[arg(long)]
    pub another: bool,
    /// Make the administrator of the shared catalogue, which every organization sees
    #[arg(long, conflicts_with_all = ["name", "subscription", "another"])]
    pub shared_catalogue: bool,
}

#[derive(Debug, Subcommand)]
pub enum Keys {
    /// List the keys of an organization
    List {
        #[command(flatten)]
        of: Of,
        /// Deleted ones too
        #[arg(long)]
        deleted: bool,
    },

    /// Make a key and print it, once, to the standard output
    Create(CreateKey),

    /// Give a key another secret under the same id, and print its text, once
    Rotate {
        #[command(flatten)]
        of: Of,
        /// Its id, as `keys list` shows it, or its number
        key: String,
        /// For how many hours the former secret stays good, at most 2160
        #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u64).range(..=2160))]
        grace: u64,
    },

    /// List the keys that were not used for long, never expire or can be used from anywhere
    Report {
        #[command(flatten)]
        of: Of,
        /// For how many days a key was neither used nor made
        #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
        unused_for: u32,
    },

    /// Revoke a key for good; a running server refuses it within half a second
    Revoke {
        #[command(flatten)]
        of: Of,
        /// Its id, as `keys list` shows it, or its number
        key: String,
    },
}

/// Whose.
#[derive(Debug, Args)]
pub struct Of {
    /// The organization's id or public id [default: the only one]
    #[arg(long, value_name = "ID")]
    pub organization: Option<String>,
}

#[derive(Debug, Args)]
pub struct CreateKey {
    #[command(flatten)]
    pub of: Of,
    /// Its name, which a token exchange must give
    #[arg(long)]
    pub name: String,
    /// admin, full-access, read-only or customer
    #[arg(long = "type", value_name = "TYPE")]
    pub key_type: KeyType,
    /// Such as read,hose:write [default: all that the type permits]
    #[arg(long)]
    pub scopes: Option<Scopes>,
    /// An address or network from which it may be used; may be repeated [default: from anywhere]
    #[arg(long = "address", value_name = "NETWORK")]
    pub addresses: Vec<Network>,
    /// The first moment it is good, as in 2026-01-31 or 2026-01-31T08:00:00Z
    #[arg(long, value_name = "TIME")]
    pub starts: Option<Timestamp>,
    /// The first moment it is over
    #[arg(long, value_name = "TIME")]
    pub expires: Option<Timestamp>,
    /// The customer it is pinned to, by id or number
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Users {
    /// List users: id, state, roles, address, name
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Keep a user from signing in, and end every session of theirs
    Suspend {
        #[command(flatten)]
        of: Of,
        /// The address they sign in with
        email: String,
    },
    /// Let a suspended user sign in again
    Resume {
        #[command(flatten)]
        of: Of,
        /// The address they sign in with
        email: String,
    },
    /// Set a new password and end every session of a user
    ResetPassword {
        #[command(flatten)]
        of: Of,
        /// The address they sign in with
        email: String,
        /// The file whose one line is the new password [default: one is made and printed]
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub struct Backup {
    /// The file to write; one that is there is replaced
    pub file: PathBuf,
    /// Write the secrets too, under a passphrase, to FILE.secrets
    #[arg(long, requires = "passphrase_file")]
    pub include_secrets: bool,
    /// The file whose one line is the passphrase
    #[arg(long, value_name = "FILE", requires = "include_secrets")]
    pub passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Restore {
    /// The file that `swage backup` wrote
    pub file: PathBuf,
    /// The file whose one line is the passphrase of FILE.secrets
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Replace all that is in the store, and its secrets
    #[arg(long)]
    pub replace: bool,
}
