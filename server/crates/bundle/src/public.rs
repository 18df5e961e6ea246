//! The files in `public/`, served as they are: scripts that need no build, icons, `robots.txt`.

use crate::file::File;
use std::{fs, path::Path};

/// Asked for by others, who know only these addresses.
const FIXED: [&str; 2] = ["robots.txt", "favicon.ico"];

/// Every file of the folder, by name. Hidden ones are left out.
///
/// # Errors
/// The folder cannot be read, holds folders, or holds a file of unknown kind.
pub(crate) fn read(folder: &Path) -> Result<Vec<File>, String> {
    let refused = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(refused)? {
        let name = entry.map_err(refused)?.file_name();
        names.push(name.into_string().map_err(|name| format!("public/{} is no Unicode", name.display()))?);
    }
    names.retain(|name| !name.starts_with('.'));
    // Folders come in any order; the list must not change when nothing has.
    names.sort();
    names.iter().map(|name| read_one(folder, name)).collect()
}

fn read_one(folder: &Path, name: &str) -> Result<File, String> {
    let bytes = fs::read(folder.join(name)).map_err(|error| format!("public/{name}: {error}"))?;
    if FIXED.contains(&name) { File::fixed(name, bytes) } else { File::hashed(name, bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_others_look_for_keeps_its_address() {
        let folder = std::env::temp_dir().join(format!("bundle-public-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for name in ["robots.txt", "arrive.js", ".gitkeep"] {
            fs::write(folder.join(name), "//").unwrap();
        }
        let files = read(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let found: Vec<(&str, bool)> = files.iter().map(|file| (file.name.as_str(), file.immutable)).collect();
        assert_eq!(found, [("arrive.js", true), ("robots.txt", false)]);
    }

    #[test]
    fn a_missing_folder_is_named() {
        assert!(read(Path::new("/nowhere/public")).unwrap_err().contains("/nowhere/public"));
    }
}
