//! The inputs that fuzzing has collected, for the tests that replay them on any compiler. Those tests take this
//! file in by its path: a crate of it would have every crate depend on one more.

use std::{fs, path::Path};

/// The inputs of a target. Each is named before it is given, so that a test that fails says by which.
pub fn inputs(target: &str) -> impl Iterator<Item = Vec<u8>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let entries = fs::read_dir(&corpus).expect("the corpus is there");
    let paths: Vec<_> = entries.map(|entry| entry.expect("the corpus can be listed").path()).collect();
    assert!(paths.len() >= 10, "only {} inputs in {}", paths.len(), corpus.display());
    paths.into_iter().map(|path| {
        println!("{}", path.display());
        fs::read(path).expect("the input can be read")
    })
}
