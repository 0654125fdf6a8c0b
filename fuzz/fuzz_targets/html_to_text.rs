#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| diwan_arabic::fuzzing::html(bytes));
