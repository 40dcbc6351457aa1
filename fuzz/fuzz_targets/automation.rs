#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| transept_fuzzing::automation(bytes));
