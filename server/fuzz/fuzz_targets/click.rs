#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dingduty_fuzz::properties::click::property(data));
