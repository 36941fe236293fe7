//! A page of Markdown as an article: its HTML, its headings, and its sections as plain text for the search.
//!
//! A comment `<!-- asked: restore a backup; move to another computer -->` below a heading says in which other words
//! people ask for that section; the search reads it and nobody sees it.
//!
//! What it is *not*: other HTML in a page is shown as text; a page is written in Markdown alone.

use crate::html::escape;
use crate::pages::{PAGES, Page, page};
use base::Lang;
use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 for the title of the page.
    pub level: u8,
    /// Its text.
    pub title: String,
    /// Its name in addresses.
    pub anchor: String,
}

/// What a piece of text stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A paragraph.
    Paragraph,
    /// An item of a list.
    Item,
    /// A row of a table.
    Row,
    /// Something to type or to read as it is.
    Code,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it stands in.
    pub form: Form,
    /// The text, without marks.
    pub text: String,
}

/// What stands below one heading, up to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: Heading,
    /// In which other words people ask for it.
    pub asked: Vec<String>,
    /// What it says.
    pub pieces: Vec<Piece>,
}

/// A page, ready to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its title.
    pub title: String,
    /// Its text in HTML, the title included.
    pub html: String,
    /// What it is made of; the first section is the title's.
    pub sections: Vec<Section>,
    /// Where its links go, as they are written.
    pub links: Vec<String>,
}

impl Section {
    /// What the section says first: its first paragraph with the list after it, or what there is instead.
    pub fn lead(&self, chars_max: usize) -> String {
        let mut lead = String::new();
        for piece in self.pieces.iter().filter(|p| p.form != Form::Row) {
            let chars = lead.chars().count() + piece.text.chars().count();
            if !lead.is_empty() && (chars > chars_max || piece.form == Form::Paragraph) {
                break;
            }
            if !lead.is_empty() {
                lead.push('\n');
            }
            if piece.form == Form::Item {
                lead.push_str("- ");
            }
            lead.push_str(&piece.text);
        }
        cut(&lead, chars_max)
    }
}

/// The beginning of a text, up to the end of a sentence or at least of a word.
pub(crate) fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let head: String = text.chars().take(chars_max).collect();
    let ends = |c: char| matches!(c, '。' | '；' | '！' | '？' | '\n');
    let sentence = head
        .char_indices()
        .filter(|(i, c)| ends(*c) || (*c == '.' && head.get(i + 1..i + 2).is_none_or(|next| next == " ")))
        .map(|(i, c)| i + c.len_utf8())
        .next_back();
    match sentence {
        Some(end) if end > head.len() / 3 => head.get(..end).unwrap_or_default().trim_end().to_owned(),
        _ => {
            let word = head.rfind([' ', '，', '、']).filter(|end| *end > head.len() / 2);
            format!("{}…", head.get(..word.unwrap_or(head.len())).unwrap_or_default().trim_end())
        }
    }
}

static ARTICLES: LazyLock<BTreeMap<(&'static str, Lang), Article>> = LazyLock::new(|| {
    let both = |p: &'static Page| [Lang::Zh, Lang::En].map(|lang| ((p.slug, lang), read(p.text(lang), lang)));
    PAGES.iter().flat_map(both).collect()
});

/// The article of a page.
pub fn article(slug: &str, lang: Lang) -> Option<&'static Article> {
    ARTICLES.get(&(page(slug)?.slug, lang))
}

/// Reads a page.
pub fn read(text: &str, lang: Lang) -> Article {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut reader = Reader { lang, ..Reader::default() };
    for event in Parser::new_ext(text, options) {
        reader.take(event);
    }
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, reader.events.into_iter());
    let title = reader.sections.first().map(|s| s.heading.title.clone()).unwrap_or_default();
    Article { title, html, sections: reader.sections, links: reader.links }
}

/// Goes through a page once, and notes what it needs.
struct Reader<'a> {
    lang: Lang,
    events: Vec<Event<'a>>,
    sections: Vec<Section>,
    links: Vec<String>,
    anchors: BTreeMap<String, usize>,
    /// The events of the heading that is open, with its level.
    heading: Option<(u8, Vec<Event<'a>>)>,
    form: Form,
    text: String,
    head: bool,
}

impl Default for Reader<'_> {
    fn default() -> Self {
        Reader {
            lang: Lang::En,
            events: Vec::new(),
            sections: Vec::new(),
            links: Vec::new(),
            anchors: BTreeMap::new(),
            heading: None,
            form: Form::Paragraph,
            text: String::new(),
            head: false,
        }
    }
}

impl<'a> Reader<'a> {
    fn take(&mut self, event: Event<'a>) {
        match &event {
            Event::Text(text) | Event::Code(text) => self.text.push_str(text),
            Event::SoftBreak | Event::HardBreak => self.gap(),
            _ => {}
        }
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                self.end_of_piece();
                self.heading = Some((depth(level), Vec::new()));
            }
            Event::End(TagEnd::Heading(_)) => self.close_heading(),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                self.links.push(dest_url.to_string());
                let dest_url = CowStr::from(target(&dest_url, self.lang));
                self.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            Event::Html(text) if asked(&text).is_some() => {
                if let Some(section) = self.sections.last_mut() {
                    section.asked.extend(asked(&text).into_iter().flatten().map(str::to_owned));
                }
            }
            Event::Html(text) | Event::InlineHtml(text) => {
                self.text.push_str(&text);
                self.push(Event::Text(text));
            }
            Event::Start(Tag::Table(columns)) => {
                self.end_of_piece();
                self.push(raw("<div class=\"table\" tabindex=\"0\">"));
                // Alignment would be written as a style.
                self.push(Event::Start(Tag::Table(vec![Alignment::None; columns.len()])));
            }
            Event::End(TagEnd::Table) => {
                self.push(Event::End(TagEnd::Table));
                self.push(raw("</div>"));
            }
            event => {
                self.note(&event);
                self.push(event);
            }
        }
    }

    /// Keeps the text of the search in step with what opens and closes.
    fn note(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::Item) => {
                self.end_of_piece();
                self.form = Form::Item;
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented)) => {
                self.end_of_piece();
                self.form = Form::Code;
            }
            Event::Start(Tag::TableHead) => self.head = true,
            Event::Start(Tag::TableRow) => {
                self.end_of_piece();
                self.form = Form::Row;
            }
            Event::End(TagEnd::TableCell) => self.text.push_str(if self.head { "" } else { " · " }),
            Event::End(TagEnd::TableHead) => {
                self.head = false;
                self.text.clear();
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock | TagEnd::TableRow) => self.end_of_piece(),
            _ => {}
        }
    }

    /// Lines of one paragraph are one text; Chinese has no space between them.
    fn gap(&mut self) {
        let chinese = self.text.chars().next_back().is_some_and(|c| !c.is_ascii());
        if !(chinese && self.lang == Lang::Zh) {
            self.text.push(' ');
        }
    }

    fn end_of_piece(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim().trim_end_matches('·').trim_end().to_owned();
        let form = std::mem::replace(&mut self.form, Form::Paragraph);
        if let Some(section) = self.sections.last_mut().filter(|_| !text.is_empty()) {
            section.pieces.push(Piece { form, text });
        }
    }

    fn close_heading(&mut self) {
        let Some((level, events)) = self.heading.take() else { return };
        let title = std::mem::take(&mut self.text).trim().to_owned();
        let plain = slug(&title);
        let count = self.anchors.entry(plain.clone()).or_default();
        let anchor = if *count == 0 { plain } else { format!("{plain}-{count}") };
        *count += 1;
        let place = escape(&anchor);
        if level == 1 {
            self.push(raw(&format!("<h1 id=\"{place}\">")));
        } else {
            self.push(raw(&format!("<h{level} id=\"{place}\"><a class=\"here\" href=\"#{place}\">")));
        }
        self.events.extend(events);
        let link = if level == 1 { "" } else { "</a>" };
        self.push(raw(&format!("{link}</h{level}>\n")));
        self.sections.push(Section {
            heading: Heading { level, title, anchor },
            asked: Vec::new(),
            pieces: Vec::new(),
        });
    }

    fn push(&mut self, event: Event<'a>) {
        match &mut self.heading {
            Some((_, events)) => events.push(event),
            None => self.events.push(event),
        }
    }
}

/// The questions of a comment that holds some.
fn asked(html: &str) -> Option<impl Iterator<Item = &str>> {
    let list = html.trim().strip_prefix("<!-- asked:")?.strip_suffix("-->")?;
    Some(list.split(';').map(str::trim).filter(|question| !question.is_empty()))
}

fn raw(html: &str) -> Event<'static> {
    Event::Html(CowStr::from(html.to_owned()))
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// The anchor of a heading, as code hosts make it, so that a link works there and here.
pub fn slug(title: &str) -> String {
    let kept = title.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Where a link of a page leads to once it is served: `modbus.md#a` is the page `modbus`.
fn target(written: &str, lang: Lang) -> String {
    let (file, anchor) = written.split_once('#').unwrap_or((written, ""));
    match file.strip_suffix(".md").filter(|slug| page(slug).is_some()) {
        Some(slug) => crate::address(lang, slug, anchor),
        None => written.to_owned(),
    }
}
