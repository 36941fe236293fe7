//! Pages are in the list and in the folder, and what they link to is there.

use crate::article::{article, read, slug};
use crate::pages::{PAGES, page};
use crate::site;
use base::Lang;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

fn folder(lang: Lang) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/docs").join(lang.tag())
}

#[test]
fn the_list_is_the_folder() {
    for lang in LANGS {
        let files = std::fs::read_dir(folder(lang)).unwrap();
        let files: BTreeSet<String> = files
            .filter_map(|f| f.unwrap().file_name().into_string().unwrap().strip_suffix(".md").map(str::to_owned))
            .collect();
        let listed: BTreeSet<String> = PAGES.iter().map(|p| p.slug.to_owned()).collect();
        assert_eq!(files, listed, "{}: src/manual/pages.rs lists each file of web/docs once", lang.tag());
        assert_eq!(PAGES.len(), listed.len());
    }
}

#[test]
fn every_page_has_one_title_and_headings_that_can_be_linked() {
    for lang in LANGS {
        for page in PAGES {
            let article = article(page.slug, lang).unwrap();
            let titles = article.sections.iter().filter(|s| s.heading.level == 1).count();
            assert_eq!(titles, 1, "{} {}", lang.tag(), page.slug);
            assert!(article.sections.iter().all(|s| !s.heading.anchor.is_empty()), "{} {}", lang.tag(), page.slug);
        }
    }
}

/// Links between pages lead to pages and headings that exist; links out of the documentation are named in full.
#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    for lang in LANGS {
        for page in PAGES {
            let article = article(page.slug, lang).unwrap();
            for link in article.links.iter().filter(|l| !l.starts_with("https://")) {
                let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
                let to = match file.strip_suffix(".md") {
                    Some(slug) => crate::page(slug).map(|p| p.slug),
                    None if file.is_empty() => Some(page.slug),
                    None if file.starts_with("/docs/") || file == "/" => continue,
                    None => None,
                };
                let found = to
                    .and_then(|slug| crate::article(slug, lang))
                    .is_some_and(|to| anchor.is_empty() || to.sections.iter().any(|s| s.heading.anchor == anchor));
                if !found {
                    wrong.push(format!("web/docs/{}/{}.md: {link}", lang.tag(), page.slug));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn anchors_are_those_of_code_hosts() {
    assert_eq!(slug("How a device logs in"), "how-a-device-logs-in");
    assert_eq!(slug("HTTP & 令牌：`api.limits`"), "http--令牌apilimits");
}

#[test]
fn what_is_asked_for_is_read_and_not_shown() {
    let page = read("# Lamps\n\n<!-- asked: a dark hall; no light -->\n\nThey shine.\n\n<!-- a remark -->\n", Lang::En);
    assert_eq!(page.sections[0].asked, ["a dark hall", "no light"]);
    assert!(!page.html.contains("dark hall"), "{}", page.html);
    assert!(page.html.contains("&lt;!-- a remark"), "other HTML is text: {}", page.html);
    assert_eq!(page.sections[0].pieces[0].text, "They shine.");
}

#[test]
fn a_page_is_html_without_script_or_style() {
    let text = "# A <b>\n\nSee [the bus](modbus.md#registers) and <script>alert(1)</script>.\n\n## Same\n\n- one\n\n## Same\n\n| a | b |\n|---|---|\n| `x` | <i>y</i> |\n";
    let article = read(text, Lang::En);
    insta::assert_snapshot!("a_page", article.html);
    let anchors: Vec<&str> = article.sections.iter().map(|s| s.heading.anchor.as_str()).collect();
    assert_eq!(anchors, ["a-b", "same", "same-1"]);
    for lang in LANGS {
        for page in PAGES {
            let html = site::guide_page(page.slug, lang).unwrap();
            for bad in ["<script", "style=", "<style", "javascript:", " onclick"] {
                assert!(!html.contains(bad), "{} {}: {bad}", lang.tag(), page.slug);
            }
        }
    }
}

#[test]
fn the_frame_is_in_both_languages() {
    for lang in LANGS {
        let front = site::front(lang);
        assert!(front.starts_with("<!doctype html>") && front.contains(&format!("<html lang=\"{}\">", lang.tag())));
        for page in PAGES {
            assert!(front.contains(&format!("href=\"/docs/{}/{}\"", lang.tag(), page.slug)), "{}", page.slug);
        }
        let sought = site::search_page("<modbus> & \"寄存器\"", lang);
        assert!(sought.contains("value=\"&lt;modbus&gt; &amp; &quot;寄存器&quot;\""), "{sought}");
        assert!(site::missing("no-such", lang).contains("<h1>"));
    }
    assert!(page("no-such").is_none());
}
