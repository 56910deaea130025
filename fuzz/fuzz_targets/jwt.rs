#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keys::replay::jwt(data));
