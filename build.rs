//! Tells the linker which functions of the command stand side by side.
#![allow(clippy::print_stdout, reason = "what a build script prints is what it tells cargo")]

use std::env::var;

/// By `benches/order`.
const ORDER: &str = "link/order.ld";

fn main() {
    println!("cargo::rerun-if-changed={ORDER}");
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| var(name).is_ok_and(|is| is == value);
    // The linker that Rust brings takes such a script beside its own layout; of another one that somebody chose, nobody knows.
    let chosen =
        var("RUSTC_LINKER").is_ok() || var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("link"));
    if is("PROFILE", "release")
        && is("TARGET", "x86_64-unknown-linux-gnu")
        && !chosen
        && let Ok(root) = var("CARGO_MANIFEST_DIR")
    {
        println!("cargo::rustc-link-arg-bins=-T{root}/{ORDER}");
    }
}
