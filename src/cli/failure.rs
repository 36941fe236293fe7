//! What went wrong, for whoever typed the command: what, why, what to do, and the exit code.

use base::{Bilingual, Diagnostic, Lang};
use std::fmt::Display;
use std::io::Write;

/// The command failed.
pub(super) const FAILED: u8 = 1;
/// No server runs on the data folder.
pub(super) const NO_SERVER: u8 = 3;
/// The data folder is in use.
pub(super) const IN_USE: u8 = 4;

/// What went wrong.
#[derive(Debug)]
pub(super) struct Failure {
    /// What, and why.
    pub(super) what: Bilingual,
    /// What is wrong, one by one, where a document is at fault.
    pub(super) findings: Vec<Bilingual>,
    /// What to do about it.
    pub(super) help: Option<Box<Bilingual>>,
    /// The exit code.
    pub(super) exit: u8,
}

impl Failure {
    /// Something failed.
    pub(super) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Failure { what: Bilingual::new(zh, en), findings: Vec::new(), help: None, exit: FAILED }
    }
    /// Something failed, and another error says why.
    pub(super) fn system(zh: &str, en: &str, why: &dyn Display) -> Self {
        Failure::new(format!("{zh}：{why}"), format!("{en}: {why}"))
    }
    /// Says what to do.
    pub(super) fn help(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.help = Some(Box::new(Bilingual::new(zh, en)));
        self
    }
    /// Names what is wrong, one by one.
    pub(super) fn findings(mut self, found: &[Diagnostic]) -> Self {
        let line = |d: &Diagnostic| {
            let help = d.help.clone().unwrap_or_default();
            let part = |path: &str, message: &str, help: &str| {
                [path, message, help].iter().filter(|t| !t.is_empty()).copied().collect::<Vec<_>>().join("  ")
            };
            Bilingual::new(part(&d.path, &d.message.zh, &help.zh), part(&d.path, &d.message.en, &help.en))
        };
        self.findings = found.iter().map(line).collect();
        self
    }
    /// With an exit code of its own.
    pub(super) fn exit(mut self, code: u8) -> Self {
        self.exit = code;
        self
    }
    /// Writes it to standard error.
    pub(super) fn tell(&self, lang: Lang) {
        let mark = Bilingual::new("错误：", "error: ");
        let mut text = format!("{}{}\n", mark.get(lang), self.what.get(lang));
        for finding in &self.findings {
            text.push_str(&format!("  {}\n", finding.get(lang)));
        }
        if let Some(help) = &self.help {
            text.push_str(&format!("  {}\n", help.get(lang)));
        }
        drop(std::io::stderr().lock().write_all(text.as_bytes()));
    }
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        use store::StoreError as E;
        match &error {
            E::InUse { path } => Failure::new(
                format!("数据文件夹 {} 正被另一个进程使用", path.display()),
                format!("the data folder {} is in use by another process", path.display()),
            )
            .help("停止那个进程，或用 --data 指定另一个文件夹", "stop that process, or name another folder with --data")
            .exit(IN_USE),
            E::Newer { .. } => {
                Failure::system("数据由更新的版本写入", "the data was written by a newer version", &error)
                    .help("请使用更新的 Castellan", "use the newer Castellan")
            }
            E::Full(_) => Failure::system("磁盘已满", "the disk is full", &error)
                .help("清出空间后重试", "free some space and try again"),
            E::Folder { .. } => Failure::system("数据文件夹无法使用", "the data folder cannot be used", &error).help(
                "检查路径和权限，或用 --data 指定另一个文件夹",
                "check the path and its permissions, or name another with --data",
            ),
            _ => Failure::system("存储出错", "the store failed", &error)
                .help("运行 castellan doctor 查看详情", "`castellan doctor` says more"),
        }
    }
}
