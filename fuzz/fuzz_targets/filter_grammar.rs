#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| diwan_content::fuzzing::filters(bytes));
