//! The manual: the guides of `web/docs` inside the binary, as pages that are read without a script, searched in both
//! languages, and quoted by the assistant.
//!
//! What it is *not*: it serves nothing (`api` does) and knows nothing of a building, so that all of it may be read by
//! anybody. Start at [`pages::PAGES`], then [`search`] and [`site`].

pub mod answer;
pub mod article;
pub mod chinese;
mod html;
mod openapi;
pub mod pages;
pub mod search;
pub mod site;
mod words;

#[cfg(test)]
mod tests;

pub use answer::{Answer, answer, asks};
pub use article::{Article, Heading, Section, article};
pub use pages::{Group, PAGES, Page, page};
pub use search::{Hit, search};

use base::Lang;

/// The address of a page, without its host.
pub fn address(lang: Lang, slug: &str, anchor: &str) -> String {
    let mark = if anchor.is_empty() { "" } else { "#" };
    format!("/docs/{}/{slug}{mark}{anchor}", lang.tag())
}
