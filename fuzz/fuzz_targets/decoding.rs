//! Readers of sound files panic on some damage, and decoding makes an error of that. The fuzzer's hook would abort
//! before it can, so here is none; a panic that leaves the body still ends the fuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: std::panic::set_hook(Box::new(|_| ())),
    |bytes: &[u8]| transept_fuzzing::decoding(bytes)
);
