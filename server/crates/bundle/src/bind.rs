//! Turns the compiler's module into the two files a browser loads: the module proper and the script that starts it.

use crate::{Profile, file::File};
use std::{
    fs,
    path::{Path, PathBuf},
};
use wasm_bindgen_cli_support::Bindgen;

/// What a browser loads to make a page live.
pub struct Bound {
    /// An ES module whose default export starts the WebAssembly.
    pub(crate) script: File,
    /// The WebAssembly.
    pub(crate) wasm: File,
}

impl Bound {
    pub(crate) fn into_files(self) -> [File; 2] {
        [self.script, self.wasm]
    }

    fn compress(mut self, profile: Profile) -> Result<Self, String> {
        self.script.compress(profile)?;
        self.wasm.compress(profile)?;
        Ok(self)
    }
}

/// Runs wasm-bindgen on the module at `path`, with `folder` for its files.
///
/// # Errors
/// One sentence: wasm-bindgen's own, or that the script wants further files, which are not served.
pub(crate) fn bind(path: &Path, folder: &Path, profile: Profile) -> Result<Bound, String> {
    let folder = fresh(folder.join(format!("{profile:?}").to_lowercase()))?;
    generate(path, &folder, profile).map_err(|error| format!("wasm-bindgen: {error:#}"))?;
    if folder.join("snippets").exists() {
        return Err("a library brought scripts of its own (snippets), which server/src/web.rs does not serve".into());
    }
    let read =
        |name: &str| fs::read(folder.join(name)).map_err(|error| format!("wasm-bindgen made no {name}: {error}"));
    let (script, wasm) = (read("app.js")?, read("app_bg.wasm")?);
    Bound { script: File::hashed("app.js", script)?, wasm: File::hashed("app.wasm", wasm)? }.compress(profile)
}

fn generate(path: &Path, folder: &Path, profile: Profile) -> Result<(), impl std::fmt::Display + use<>> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(path)
        .out_name("app")
        .typescript(false)
        // The page names the module, whose name is made of its content.
        .omit_default_module_path(true)
        .keep_debug(false)
        .remove_producers_section(true)
        .remove_name_section(profile == Profile::Small);
    bindgen.web(true).and_then(|bindgen| bindgen.generate(folder))
}

/// An empty folder: what an earlier run left must not be taken for this run's.
fn fresh(folder: PathBuf) -> Result<PathBuf, String> {
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("cannot empty {}: {error}", folder.display()))?;
    }
    Ok(folder)
}
