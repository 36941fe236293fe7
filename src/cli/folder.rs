//! Where the data folder is.

use super::args::Folder;
use super::failure::Failure;
use std::env;
use std::path::PathBuf;

/// The data folder: named, from the environment, or in the user's own data folder.
pub(super) fn path(folder: &Folder) -> Result<PathBuf, Failure> {
    let variable = |name: &str| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let user = || {
        let home = variable("HOME");
        if cfg!(target_os = "macos") {
            return home.map(|h| h.join("Library/Application Support/castellan"));
        }
        variable("XDG_DATA_HOME").or_else(|| home.map(|h| h.join(".local/share"))).map(|d| d.join("castellan"))
    };
    folder.data.clone().or_else(|| variable("CASTELLAN_DATA")).or_else(user).ok_or_else(|| {
        Failure::new("不知道数据文件夹在哪里", "it is not known where the data folder is")
            .help("用 --data 指定，或设置 CASTELLAN_DATA", "name it with --data, or set CASTELLAN_DATA")
    })
}
