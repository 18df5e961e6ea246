#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dingduty_fuzz::properties::robot::property(data));
