//! A new migration file has the program built again.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
