#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hose::replay::part_number(data));
