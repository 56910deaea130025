use std::path::Path;

use base::{Random, Result};
use swage::files;
use usecases::passwords;
use zeroize::Zeroizing;

/// A password for somebody, and whether they must be told it.
pub struct Chosen {
    pub hash: String,
    /// `None` where its chooser knows it.
    pub told: Option<Zeroizing<String>>,
}

/// The password in the file, or a new one.
pub fn choose(file: Option<&Path>, random: &mut Random) -> Result<Chosen> {
    if let Some(file) = file {
        return Ok(Chosen { hash: passwords::hash(&files::read_line(file)?, random)?, told: None });
    }
    let password = passwords::generate(random);
    Ok(Chosen { hash: passwords::hash(&password, random)?, told: Some(password) })
}

impl Chosen {
    /// The line that tells a password that was made; empty where none was.
    pub fn line(&self) -> String {
        match &self.told {
            Some(password) => format!("password       {}   (shown this once)", **password),
            None => String::new(),
        }
    }
}
