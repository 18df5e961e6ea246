#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dingduty_fuzz::properties::webhook::property(data));
