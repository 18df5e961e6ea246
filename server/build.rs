//! Makes the files browsers get before the server is compiled; `bundle` says how. `DINGDUTY_SKIP_WEB=1` leaves the slow
//! ones out.

fn main() {
    if let Err(problem) = bundle::build() {
        println!("cargo::error={problem}");
        std::process::exit(1);
    }
}
