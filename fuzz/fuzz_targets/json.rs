//! The target `json` for cargo fuzz.
#![no_main]

#[path = "../case.rs"]
#[allow(dead_code, reason = "cases are only read here")]
mod case;
#[path = "../targets.rs"]
#[allow(dead_code, reason = "each program has one of the targets")]
mod targets;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Err(reason) = targets::json(&case::Case::read(text)) {
        panic!("{reason}");
    }
});
