//! Rules that exist are spoken of: asked about, changed, paused, removed, in whole sentences by the forms of
//! `standing.toml`.
//!
//! Three parts, each a file: `pointed` (which rule is meant), `fits` (what a rule reads and does, compared with words),
//! `changes` (the rule as it is wanted now). What it is *not*: nothing is changed here, and a sentence that points at no
//! rule is left to everything else. Start at [`read`].

mod changes;
mod fits;
mod pointed;

use crate::answers::refuse;
use crate::dialogue::Dialogue;
use crate::forms::devices::placed;
use crate::forms::{Form, Gap, Gaps, TEXT_MAX};
use crate::phrases::link::Scene;
use crate::text::normalise::Text;
use crate::words::lexicon::Lexicon;
use crate::{Utterance, scene_of};
use base::Bilingual;
use base::id::{PointId, RuleId};
use documents::draft::{Choice, OPTIONS_MAX};
use documents::{
    Draft, Part, Question, Reason, Refusal, RuleAct, RuleAsk, RuleGraph, RuleState, Understanding, Verdict,
};
use pointed::Pointed;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use things::{States, World};

/// A rule that exists, with what it touches.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownRule {
    /// It.
    pub graph: RuleGraph,
    /// The points whose reports move it.
    pub reads: BTreeSet<PointId>,
    /// The points that it writes.
    pub writes: BTreeSet<PointId>,
}

/// What a form is about.
#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// All rules, or those in a state.
    All,
    /// Rules that do something.
    Does,
    /// Rules that something sets off.
    SetOff,
    /// Rules that have to do with something.
    Uses,
    /// A question about one rule.
    Ask,
    Pause,
    Resume,
    Trial,
    Remove,
    Run,
    Rename,
    Change,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lines {
    act: Kind,
    ask: Option<RuleAsk>,
    /// Only rules that are in use, or only those that are not.
    live: Option<bool>,
    /// What stands before the change that is said.
    #[serde(default)]
    before: String,
    #[serde(default)]
    en: Vec<String>,
    #[serde(default)]
    zh: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Mentions {
    /// Words for a rule.
    rule: Vec<String>,
    /// Words of which one stands in every sentence about rules that names none of those spoken of.
    words: Vec<String>,
    /// Beginnings of questions about what would happen.
    begins: Vec<String>,
    /// Beginnings of sentences that want a new rule.
    new: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    mention: Mentions,
    #[serde(default)]
    pointed: pointed::Words,
    form: Vec<Lines>,
}

struct Pattern {
    kind: Kind,
    ask: RuleAsk,
    live: Option<bool>,
    before: String,
    form: Form,
}

struct Table {
    mention: Mentions,
    pointed: pointed::Words,
    patterns: Vec<Pattern>,
}

fn file() -> Result<File, toml::de::Error> {
    toml::from_str(include_str!("standing.toml"))
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let File { mention, pointed, form } = file().unwrap_or_default();
    let mut patterns = Vec::new();
    for lines in form {
        for form in lines.en.iter().chain(&lines.zh).filter_map(|line| Form::read(line)).flatten() {
            let (ask, before) = (lines.ask.unwrap_or(RuleAsk::Which), lines.before.clone());
            patterns.push(Pattern { kind: lines.act, ask, live: lines.live, before, form });
        }
    }
    Table { mention, pointed, patterns }
});

/// One sentence while it is resolved.
struct Reader<'a> {
    rules: &'a [KnownRule],
    dialogue: &'a Dialogue,
    said: &'a [char],
    places: &'a [usize],
    text: &'a Text,
    original: &'a str,
    scene: Scene<'a>,
    /// Whether the word for rules stands in it.
    named: bool,
}

/// What a sentence says about rules that exist; none when it says nothing about them.
pub fn read(
    u: &Utterance,
    dialogue: &Dialogue,
    rules: &[KnownRule],
    world: &World,
    lexicon: &Lexicon,
    states: &States,
) -> Option<Understanding> {
    let text = Text::new(&u.text);
    if text.chars.len() > TEXT_MAX {
        return None;
    }
    let whole: String = text.chars.iter().collect();
    let table: &Table = &TABLE;
    let by_word = table.mention.words.iter().any(|w| whole.contains(w.as_str()));
    let named = by_word
        || table.mention.begins.iter().any(|w| whole.contains(w.as_str()))
        || rules.iter().any(|r| pointed::is_title(&whole, r));
    let known = dialogue.rules(u.now);
    if !named && (known.is_empty() || dialogue.pending(u.now).is_some()) {
        return None;
    }
    let (mut said, mut places) = placed(&text);
    while said.last().is_some_and(|c| matches!(c, '?' | ' ')) {
        said.pop();
        places.pop();
    }
    let begins: String = said.iter().collect();
    if table.mention.new.iter().any(|w| begins.starts_with(w.as_str())) {
        return None;
    }
    let scene = scene_of(u, dialogue, world, lexicon, states);
    let reader =
        Reader { rules, dialogue, said: &said, places: &places, text: &text, original: &u.text, scene, named: by_word };
    let verdict = reader.verdict(&table.patterns)?;
    let span = (0, u.text.chars().count());
    Some(Understanding { lang: u.answer_lang(), parts: vec![Part::new(span, verdict)], confidence: 1.0 })
}

/// What was said of a rule and not understood is not done to the devices that the words name: only a new rule is made of
/// such words.
pub fn never_acts(u: &Utterance, understood: &mut Understanding) {
    let whole = Text::form(&u.text);
    let mention = &TABLE.mention;
    if !mention.rule.iter().any(|w| whole.contains(w.as_str())) {
        return;
    }
    let acts = |v: &Verdict| matches!(v, Verdict::Draft(Draft::Commands(_)));
    for part in understood.parts.iter_mut().filter(|p| acts(&p.verdict)) {
        part.verdict = Verdict::Refusal(refuse::not_understood(std::slice::from_ref(&u.text)));
        part.words.clear();
    }
}

impl Reader<'_> {
    /// The first reading that can be done; else the first question, else the first refusal.
    fn verdict(&self, patterns: &[Pattern]) -> Option<Verdict> {
        let (mut asked, mut refused) = (None, None);
        for pattern in patterns {
            for gaps in pattern.form.fits(self.said) {
                match self.read(pattern, &gaps) {
                    Some(Verdict::Draft(draft)) => return Some(Verdict::Draft(draft)),
                    Some(question @ Verdict::Question(_)) => asked = asked.or(Some(question)),
                    Some(refusal) => refused = refused.or(Some(refusal)),
                    None => {}
                }
            }
        }
        asked.or(refused)
    }

    fn gap(&self, gaps: &Gaps, gap: Gap) -> Option<String> {
        let (from, to) = *gaps.get(&gap)?;
        let words: String = self.said.get(from..to)?.iter().collect();
        Some(words.trim().to_owned()).filter(|w| !w.is_empty())
    }

    /// What stands in a gap as it was written.
    fn written(&self, gaps: &Gaps, gap: Gap) -> Option<String> {
        let (from, to) = *gaps.get(&gap)?;
        let (first, last) = (*self.places.get(from)?, *self.places.get(to.checked_sub(1)?)?);
        let (a, b) = self.text.original(first, last + 1);
        let name: String = self.original.chars().skip(a).take(b - a).collect();
        let quotes = |c: char| c.is_whitespace() || "\"'“”‘’「」『』《》".contains(c);
        Some(name.trim_matches(quotes).to_owned()).filter(|n| !n.is_empty())
    }

    fn read(&self, pattern: &Pattern, gaps: &Gaps) -> Option<Verdict> {
        let ask = |rules, ask| Some(Verdict::Draft(Draft::Rules(RuleAct::Ask { rules, ask })));
        let live = |r: &&KnownRule| pattern.live.is_none_or(|live| live == (r.graph.state != RuleState::Draft));
        let all = || self.rules.iter().filter(live);
        let ids = |found: Vec<&KnownRule>| found.iter().map(|r| r.graph.id).collect::<Vec<_>>();
        let switch = |state| move |r: &KnownRule| RuleAct::Switch { rule: r.graph.id, state };
        match pattern.kind {
            Kind::All => ask(ids(all().collect()), pattern.ask),
            Kind::Does | Kind::SetOff | Kind::Uses => {
                let said = self.gap(gaps, Gap::Item)?;
                let role = match pattern.kind {
                    Kind::Does => fits::Role::Does,
                    Kind::SetOff => fits::Role::SetOff,
                    _ => fits::Role::Touches,
                };
                let words = fits::words(&said, self.scene.lexicon).filter(|w| !w.is_empty())?;
                // 明天会怎么样 is no question about rules.
                if !self.named && !words.iter().any(|t| t.entry.is_some()) {
                    return None;
                }
                ask(ids(all().filter(|r| fits::fits(&words, r, role, &self.scene)).collect()), pattern.ask)
            }
            Kind::Ask => {
                self.of_one(gaps, |r| Some(Draft::Rules(RuleAct::Ask { rules: vec![r.graph.id], ask: pattern.ask })))
            }
            Kind::Pause => self.act(gaps, switch(RuleState::Draft)),
            Kind::Resume => self.act(gaps, switch(RuleState::Live)),
            Kind::Trial => self.act(gaps, switch(RuleState::Shadow)),
            Kind::Remove => self.act(gaps, |r| RuleAct::Remove(r.graph.id)).or_else(|| self.unwanted(gaps)),
            Kind::Run => self.act(gaps, |r| RuleAct::Run(r.graph.id)),
            Kind::Rename => {
                let name = self.written(gaps, Gap::Name)?;
                self.of_one(gaps, |r| Some(changes::renamed(&r.graph, &name)))
            }
            Kind::Change => self.changed(pattern, gaps),
        }
    }

    fn act(&self, gaps: &Gaps, act: impl Fn(&KnownRule) -> RuleAct) -> Option<Verdict> {
        self.of_one(gaps, |r| Some(Draft::Rules(act(r))))
    }

    /// What is done with the rule in the gap, or asked when it can be several.
    fn of_one(&self, gaps: &Gaps, draft: impl Fn(&KnownRule) -> Option<Draft>) -> Option<Verdict> {
        match self.pointed(&self.gap(gaps, Gap::Item)?)? {
            Pointed::One(rule) => draft(rule).map(Verdict::Draft),
            Pointed::Several(rules) => Some(self.which(&rules, draft)),
            Pointed::None(refusal) => Some(Verdict::Refusal(refusal)),
        }
    }

    /// A rule that waits for approval is not wanted.
    fn unwanted(&self, gaps: &Gaps) -> Option<Verdict> {
        let spoken = self.dialogue.rules(self.scene.now);
        let ([rule], true) = (spoken, pointed::is_spoken(&self.gap(gaps, Gap::Item)?, &TABLE.pointed)) else {
            return None;
        };
        let known = self.rules.iter().any(|r| r.graph.id == *rule);
        (!known).then(|| Verdict::Draft(Draft::Rules(RuleAct::Remove(*rule))))
    }

    fn changed(&self, pattern: &Pattern, gaps: &Gaps) -> Option<Verdict> {
        let said = format!("{}{}", pattern.before, self.written(gaps, Gap::Change)?);
        let focus = self.gap(gaps, Gap::Name);
        let new = |r: &KnownRule| changes::changed(r, &said, focus.as_deref(), &self.scene);
        if !gaps.contains_key(&Gap::Item) {
            // Nothing is pointed at: the rule that was spoken of just now.
            return new(self.spoken()?);
        }
        match self.pointed(&self.gap(gaps, Gap::Item)?)? {
            Pointed::One(rule) => {
                new(rule).or_else(|| Some(Verdict::Refusal(refuse::not_understood(std::slice::from_ref(&said)))))
            }
            Pointed::Several(rules) => {
                let drafts = |r: &KnownRule| match new(r) {
                    Some(Verdict::Draft(draft)) => Some(draft),
                    _ => None,
                };
                rules.iter().any(|r| drafts(r).is_some()).then(|| self.which(&rules, drafts))
            }
            Pointed::None(refusal) => Some(Verdict::Refusal(refusal)),
        }
    }

    /// The one rule that was spoken of last.
    fn spoken(&self) -> Option<&KnownRule> {
        let [rule] = self.dialogue.rules(self.scene.now) else { return None };
        if !self.dialogue.about_rules(self.scene.now) {
            return None;
        }
        self.rules.iter().find(|r| r.graph.id == *rule)
    }

    fn pointed(&self, said: &str) -> Option<Pointed<'_>> {
        let spoken: Vec<RuleId> = self.dialogue.rules(self.scene.now).to_vec();
        pointed::pointed(said, self.rules, (&spoken, self.dialogue.about_rules(self.scene.now)), &self.scene)
    }

    /// Which of several is meant; with too many it has to be said better.
    fn which(&self, rules: &[&KnownRule], draft: impl Fn(&KnownRule) -> Option<Draft>) -> Verdict {
        let label = |r: &KnownRule| r.graph.name.clone();
        let options: Vec<Choice> =
            rules.iter().filter_map(|r| Some(Choice { label: label(r), draft: draft(r)? })).collect();
        if options.len() > OPTIONS_MAX {
            let text = Bilingual::new(
                format!("可能是 {} 条规则，请说得更具体", options.len()),
                format!("it can be any of {} rules; please say more of the one", options.len()),
            );
            let nearest = options.into_iter().take(OPTIONS_MAX).map(|o| o.label).collect();
            return Verdict::Refusal(Refusal { reason: Reason::Ambiguous, text, nearest, sought: None });
        }
        let text = Bilingual::new("您指的是哪条规则？", "Which rule do you mean?");
        Verdict::Question(Question { text, options })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_form() {
        let file = file().unwrap();
        for line in file.form.iter().flat_map(|l| l.en.iter().chain(&l.zh)) {
            assert!(Form::read(line).is_some_and(|f| !f.is_empty()), "{line}");
        }
    }
}
