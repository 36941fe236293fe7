//! The pages of the manual as whole documents of HTML: a frame with the search and the list of guides around an
//! article. Nothing in them needs a script, and they name no style but the one sheet.

use crate::article::{Article, Heading, article};
use crate::html::{escape, query};
use crate::pages::{Group, PAGES, page};
use crate::search::search;
use crate::{address, openapi};
use base::{Bilingual, Lang};
use serde_json::Value as Json;

/// The style sheet.
pub const STYLE: &str = include_str!("style.css");
/// Where the style sheet is served.
pub const STYLE_ADDRESS: &str = "/docs/manual.css";
/// The name of the search in addresses.
pub const SEARCH: &str = "search";
/// The name of the description of the API in addresses; the guide of that name stands before it.
pub const API: &str = "api";
/// Most sections that the page of the search shows.
const FOUND_MAX: usize = 20;
/// From so many headings on, a page begins with a list of them.
const CONTENTS_MIN: usize = 3;
/// Most characters of what the list of guides says about each.
const ABOUT_CHARS_MAX: usize = 160;

/// What the frame is written around.
struct Frame<'a> {
    lang: Lang,
    /// The title of the window.
    title: &'a str,
    /// The name of the page in addresses; empty for the list of guides.
    slug: &'a str,
    /// What follows the address of the page in the other language.
    query: &'a str,
    /// What is in the field of the search.
    sought: &'a str,
    contents: &'a [Heading],
    body: &'a str,
}

fn words(zh: &'static str, en: &'static str, lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn other(lang: Lang) -> Lang {
    match lang {
        Lang::Zh => Lang::En,
        Lang::En => Lang::Zh,
    }
}

/// The list of all guides: where `/docs` leads to.
pub fn front(lang: Lang) -> String {
    let title = words("使用手册", "Manual", lang);
    let lead = words(
        "Castellan 的全部说明。直接搜索，或从下面挑一篇；在对话里也可以问“怎么接入 Modbus 电表？”。",
        "All there is to know about Castellan. Search, or take a guide below; you can also ask in the chat: “How do I connect a Modbus meter?”",
        lang,
    );
    let mut body = format!("<h1>{title}</h1>\n<p>{lead}</p>\n");
    for group in Group::ALL {
        let guides: Vec<String> =
            PAGES.iter().filter(|p| p.group == *group).filter_map(|p| guide(p.slug, lang)).collect();
        if !guides.is_empty() {
            let title = group.title();
            body.push_str(&format!(
                "<h2>{}</h2>\n<dl class=\"guides\">{}</dl>\n",
                escape(title.get(lang)),
                guides.concat()
            ));
        }
    }
    frame(&Frame { lang, title, slug: "", query: "", sought: "", contents: &[], body: &body })
}

fn guide(slug: &str, lang: Lang) -> Option<String> {
    let article = article(slug, lang)?;
    let about = article.sections.first().map(|s| s.lead(ABOUT_CHARS_MAX)).unwrap_or_default();
    let about = about.lines().next().unwrap_or_default().to_owned();
    let link = address(lang, slug, "");
    Some(format!("<dt><a href=\"{link}\">{}</a></dt><dd>{}</dd>", escape(&article.title), escape(&about)))
}

/// One guide.
pub fn guide_page(slug: &str, lang: Lang) -> Option<String> {
    let article = article(slug, lang)?;
    let contents = headings(article);
    let body = format!("{}{}", article.html, neighbours(slug, lang));
    Some(frame(&Frame { lang, title: &article.title, slug, query: "", sought: "", contents: &contents, body: &body }))
}

fn headings(article: &Article) -> Vec<Heading> {
    article.sections.iter().map(|s| s.heading.clone()).filter(|h| h.level == 2).collect()
}

/// The guides before and after.
fn neighbours(slug: &str, lang: Lang) -> String {
    let at = PAGES.iter().position(|p| p.slug == slug);
    let link = |n: Option<usize>, rel: &str, said: &str| {
        let page = n.and_then(|n| PAGES.get(n));
        let title = page.and_then(|p| article(p.slug, lang)).map(|a| escape(&a.title));
        page.zip(title).map_or(String::new(), |(p, title)| {
            format!("<a rel=\"{rel}\" href=\"{}\"><span>{said}</span> {title}</a>", address(lang, p.slug, ""))
        })
    };
    let before = link(at.and_then(|n| n.checked_sub(1)), "prev", words("上一篇", "Before", lang));
    let after = link(at.map(|n| n + 1), "next", words("下一篇", "Next", lang));
    let label = words("相邻的篇目", "Neighbouring guides", lang);
    format!("<nav class=\"neighbours\" aria-label=\"{label}\">{before}{after}</nav>")
}

/// What the search finds.
pub fn search_page(sought: &str, lang: Lang) -> String {
    let title = words("搜索", "Search", lang);
    let hits = if sought.trim().is_empty() { Vec::new() } else { search(sought, lang, FOUND_MAX) };
    let mut body = format!("<h1>{title}</h1>\n");
    if sought.trim().is_empty() {
        body.push_str(&format!("<p>{}</p>", words("请输入要找的内容。", "Write what you are looking for.", lang)));
    } else if hits.is_empty() {
        let nothing = match lang {
            Lang::Zh => format!("没有找到“{}”。换个说法，或看<a href=\"/docs/zh-CN\">全部篇目</a>。", escape(sought)),
            Lang::En => format!(
                "Nothing was found for “{}”. Try other words, or look at <a href=\"/docs/en\">all guides</a>.",
                escape(sought)
            ),
        };
        body.push_str(&format!("<p>{nothing}</p>"));
    } else {
        let found = match lang {
            Lang::Zh => format!("“{}”的结果，最相关的在前：", escape(sought)),
            Lang::En => format!("What fits “{}”, the best first:", escape(sought)),
        };
        body.push_str(&format!("<p>{found}</p>\n<ol class=\"found\">"));
        for hit in &hits {
            let page = if hit.page_title == hit.title {
                String::new()
            } else {
                format!("<span class=\"of\">{}</span> ", escape(&hit.page_title))
            };
            body.push_str(&format!(
                "<li>{page}<a href=\"{}\">{}</a><p>{}</p></li>",
                escape(&hit.url),
                escape(&hit.title),
                escape(&hit.snippet)
            ));
        }
        body.push_str("</ol>\n");
    }
    let query = if sought.is_empty() { String::new() } else { format!("?q={}", query(sought)) };
    frame(&Frame { lang, title, slug: SEARCH, query: &query, sought, contents: &[], body: &body })
}

/// The description of the API for reading, after the guide about it.
pub fn api_page(description: &Json, lang: Lang) -> String {
    let guide = article(API, lang);
    let described = openapi::describe(description, lang, guide.is_none());
    let mut contents = guide.map(headings).unwrap_or_default();
    contents.extend(described.contents);
    let title = guide.map_or(words("接口", "Interface for programs", lang), |a| a.title.as_str());
    let body = format!("{}{}", guide.map_or("", |a| a.html.as_str()), described.html);
    frame(&Frame { lang, title, slug: API, query: "", sought: "", contents: &contents, body: &body })
}

/// There is no page of this name: says so, and what may have been meant.
pub fn missing(slug: &str, lang: Lang) -> String {
    let title = words("没有这一页", "There is no such page", lang);
    let hits = search(slug, lang, 5);
    let links: String =
        hits.iter().map(|h| format!("<li><a href=\"{}\">{}</a></li>", escape(&h.url), escape(&h.title))).collect();
    let all = words("全部篇目", "All guides", lang);
    let body = format!("<h1>{title}</h1>\n<ul>{links}<li><a href=\"/docs/{}\">{all}</a></li></ul>", lang.tag());
    frame(&Frame { lang, title, slug: "", query: "", sought: "", contents: &[], body: &body })
}

/// Whether an address names a page.
pub fn exists(slug: &str) -> bool {
    slug == API || slug == SEARCH || page(slug).is_some()
}

fn frame(f: &Frame<'_>) -> String {
    let lang = f.lang;
    let (tag, other) = (lang.tag(), other(lang));
    let there = if f.slug.is_empty() {
        format!("/docs/{}", other.tag())
    } else {
        format!("{}{}", address(other, f.slug, ""), f.query)
    };
    let name = words("English", "中文", lang);
    let skip = words("跳到正文", "Skip to the text", lang);
    let label = words("搜索手册", "Search the manual", lang);
    let go = words("搜索", "Search", lang);
    let guides = words("全部篇目", "All guides", lang);
    let home = words("打开页面", "Open the page", lang);
    let title = if f.slug.is_empty() {
        f.title.to_owned()
    } else {
        format!("{} · {}", f.title, words("使用手册", "Manual", lang))
    };
    format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} · Castellan</title>\n\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"{STYLE_ADDRESS}\">\n\
         <link rel=\"alternate\" hreflang=\"{other_tag}\" href=\"{there}\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#text\">{skip}</a>\n<header>\n<a class=\"brand\" href=\"/docs/{tag}\">Castellan</a>\n\
         <form role=\"search\" action=\"/docs/{tag}/{SEARCH}\" method=\"get\">\n\
         <input type=\"search\" name=\"q\" aria-label=\"{label}\" placeholder=\"{label}\" maxlength=\"300\" value=\"{sought}\">\n\
         <button type=\"submit\">{go}</button>\n</form>\n\
         <nav class=\"ways\" aria-label=\"{ways}\"><a class=\"list\" href=\"#guides\">{guides}</a>\
         <a href=\"{there}\" hreflang=\"{other_tag}\" lang=\"{other_tag}\">{name}</a><a href=\"/\">{home}</a></nav>\n</header>\n\
         <div class=\"sheet\">\n{contents}<main id=\"text\">\n{body}\n</main>\n\
         <nav id=\"guides\" class=\"all\" aria-label=\"{guides}\">\n{list}</nav>\n</div>\n</body>\n</html>\n",
        title = escape(&title),
        other_tag = other.tag(),
        there = escape(&there),
        sought = escape(f.sought),
        ways = words("其他", "Ways", lang),
        contents = contents(f.contents, lang),
        body = f.body,
        list = list(f.slug, lang),
    )
}

/// The headings of a page.
fn contents(headings: &[Heading], lang: Lang) -> String {
    if headings.len() < CONTENTS_MIN {
        return String::new();
    }
    let links: String = headings
        .iter()
        .map(|h| format!("<li><a href=\"#{}\">{}</a></li>", escape(&h.anchor), escape(&h.title)))
        .collect();
    let label = words("本页内容", "On this page", lang);
    format!(
        "<nav class=\"contents\" aria-label=\"{label}\"><details><summary>{label}</summary><ul>{links}</ul></details></nav>\n"
    )
}

/// All guides, with the present one marked.
fn list(slug: &str, lang: Lang) -> String {
    let mut out = String::new();
    for group in Group::ALL {
        let link = |slug_: &'static str| {
            let title = article(slug_, lang).map(|a| a.title.clone()).unwrap_or_default();
            let here = if slug_ == slug { " aria-current=\"page\"" } else { "" };
            format!("<li><a href=\"{}\"{here}>{}</a></li>", address(lang, slug_, ""), escape(&title))
        };
        let mut links: String = PAGES.iter().filter(|p| p.group == *group).map(|p| link(p.slug)).collect();
        if *group == Group::Programs && page(API).is_none() {
            let here = if slug == API { " aria-current=\"page\"" } else { "" };
            let title = words("接口", "Interface for programs", lang);
            links.push_str(&format!("<li><a href=\"{}\"{here}>{title}</a></li>", address(lang, API, "")));
        }
        if !links.is_empty() {
            let title: Bilingual = group.title();
            out.push_str(&format!("<h2>{}</h2>\n<ul>{links}</ul>\n", escape(title.get(lang))));
        }
    }
    out
}
