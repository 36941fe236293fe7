//! The list of pages, in the order in which they are read. A page is a file in `web/docs/en` and one in
//! `web/docs/zh-CN`, and one line here.

use base::{Bilingual, Lang};

/// What a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// For the first hour.
    Begin,
    /// How devices get in.
    Connect,
    /// What happens by itself, and what has happened.
    Automate,
    /// For programs and those who write them.
    Programs,
    /// For who keeps it running.
    Operate,
    /// To look things up.
    Reference,
}

impl Group {
    /// All groups in their order.
    pub const ALL: &'static [Group] =
        &[Group::Begin, Group::Connect, Group::Automate, Group::Programs, Group::Operate, Group::Reference];

    /// What it is called.
    pub fn title(self) -> Bilingual {
        match self {
            Group::Begin => Bilingual::new("入门", "Begin"),
            Group::Connect => Bilingual::new("接入", "Connect"),
            Group::Automate => Bilingual::new("自动化", "Automate"),
            Group::Programs => Bilingual::new("程序接口", "Programs"),
            Group::Operate => Bilingual::new("运行维护", "Operate"),
            Group::Reference => Bilingual::new("参考", "Reference"),
        }
    }
}

/// A page in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Its name in addresses; that of its files.
    pub slug: &'static str,
    /// What it is for.
    pub group: Group,
    zh: &'static str,
    en: &'static str,
}

impl Page {
    /// Its text, in Markdown.
    pub fn text(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

macro_rules! page {
    ($group:ident $slug:literal) => {
        Page {
            slug: $slug,
            group: Group::$group,
            zh: include_str!(concat!("../../web/docs/zh-CN/", $slug, ".md")),
            en: include_str!(concat!("../../web/docs/en/", $slug, ".md")),
        }
    };
}

/// Every page, in the order in which they are read.
pub static PAGES: &[Page] = &[
    page!(Begin "start"),
    page!(Begin "talk"),
    page!(Begin "demo"),
    page!(Connect "devices"),
    page!(Connect "mqtt"),
    page!(Connect "modbus"),
    page!(Connect "messages"),
    page!(Connect "thing-models"),
    page!(Automate "rules"),
    page!(Automate "coming-from"),
    page!(Automate "later"),
    page!(Automate "scenes"),
    page!(Automate "webhooks"),
    page!(Automate "approvals"),
    page!(Automate "history"),
    page!(Automate "charts"),
    page!(Programs "api"),
    page!(Programs "mcp"),
    page!(Operate "security"),
    page!(Operate "backup"),
    page!(Operate "troubleshooting"),
    page!(Reference "glossary"),
    page!(Reference "benchmarks"),
    page!(Reference "evals"),
    page!(Reference "reference-configuration"),
    page!(Reference "reference-nodes"),
    page!(Reference "reference-traits"),
    page!(Reference "reference-templates"),
    page!(Reference "reference-tools"),
    page!(Reference "reference-errors"),
    page!(Reference "reference-metrics"),
];

/// The page of a name.
pub fn page(slug: &str) -> Option<&'static Page> {
    PAGES.iter().find(|p| p.slug == slug)
}
