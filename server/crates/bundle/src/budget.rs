//! How large the browser's part may grow.

use crate::Sizes;

/// The most the WebAssembly of the list page may weigh as it travels.
///
/// People open the page on a phone, woken at night, on whatever network there is. At 120 kB a slow 4G line has it two
/// thirds of a second after the text, which is there without it. There is one module for all pages, so its size is the
/// list page's and the whole product's.
pub const LIST_PAGE_BROTLI_BYTES_MAX: usize = 120_000;

/// Refuses what is larger than the budget.
///
/// # Errors
/// One sentence with both figures.
pub fn hold(sizes: &Sizes) -> Result<(), String> {
    if sizes.wasm_brotli_bytes <= LIST_PAGE_BROTLI_BYTES_MAX {
        return Ok(());
    }
    Err(format!(
        "the pages' WebAssembly is {} bytes as brotli, {} more than the budget of {LIST_PAGE_BROTLI_BYTES_MAX} \
         (server/crates/bundle/src/budget.rs)",
        sizes.wasm_brotli_bytes,
        sizes.wasm_brotli_bytes - LIST_PAGE_BROTLI_BYTES_MAX,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_the_last_size_that_passes() {
        let sizes = |wasm_brotli_bytes| Sizes {
            wasm_bytes: 400_000,
            wasm_brotli_bytes,
            wasm_gzip_bytes: 180_000,
            script_bytes: 40_000,
            script_brotli_bytes: 7_000,
        };
        assert_eq!(hold(&sizes(LIST_PAGE_BROTLI_BYTES_MAX)), Ok(()));
        let refused = hold(&sizes(LIST_PAGE_BROTLI_BYTES_MAX + 1)).unwrap_err();
        assert!(refused.contains("120001 bytes as brotli, 1 more"), "{refused}");
    }
}
