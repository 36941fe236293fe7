//! What a turn came to, in the order of its parts, and the reply made from it. Receipts are told together: "three lights
//! are on" rather than three sentences.

use crate::tool::Shown;
use base::id::{ConversationId, TurnId};
use base::{Bilingual, Lang};
use documents::reply::{Link, ResponseType};
use documents::{Chart, Frame, Proposal, Question, Receipt, ReceiptState, Refusal, Reply, Words};
use language::render;
use things::World;

/// A piece of the text.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    /// All receipts of the turn.
    Receipts,
    /// Words.
    Words(Bilingual),
}

/// What a turn came to.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pieces: Vec<Piece>,
    receipts: Vec<Receipt>,
    proposals: Vec<Proposal>,
    words: Vec<Words>,
    questions: Vec<Question>,
    refusals: Vec<Refusal>,
    frames: Vec<Frame>,
    charts: Vec<Chart>,
    links: Vec<Link>,
}

impl Gathered {
    pub(crate) fn say(&mut self, text: Bilingual) {
        self.pieces.push(Piece::Words(text));
    }

    /// Which words of the request were read as what.
    pub(crate) fn read(&mut self, words: &[Words]) {
        self.words.extend_from_slice(words);
    }

    pub(crate) fn question(&mut self, question: Question) {
        self.say(render::question(&question));
        self.questions.push(question);
    }

    pub(crate) fn take(&mut self, shown: Shown) {
        if !shown.receipts.is_empty() && self.receipts.is_empty() {
            self.pieces.push(Piece::Receipts);
        }
        if let Some(text) = shown.text {
            self.say(text);
        }
        for p in &shown.proposals {
            self.say(render::proposal(p));
        }
        for r in &shown.refusals {
            self.say(render::refusal(r));
        }
        self.receipts.extend(shown.receipts);
        self.proposals.extend(shown.proposals);
        self.refusals.extend(shown.refusals);
        self.frames.extend(shown.frames);
        self.charts.extend(shown.charts);
        self.links.extend(shown.links);
    }

    /// The text, piece by piece; together they are the whole.
    pub(crate) fn pieces(&self, lang: Lang, world: &World) -> Vec<String> {
        let texts = self.pieces.iter().map(|piece| match piece {
            Piece::Receipts => render::receipts(&self.receipts, world).get(lang).to_owned(),
            Piece::Words(text) => text.get(lang).to_owned(),
        });
        let texts = texts.filter(|t| !t.is_empty()).enumerate();
        // Chinese sentences end in full-width marks and need no space between.
        texts.map(|(i, t)| if i > 0 && lang == Lang::En { format!(" {t}") } else { t }).collect()
    }

    pub(crate) fn reply(
        self,
        conversation: ConversationId,
        turn: TurnId,
        lang: Lang,
        can_undo: bool,
        world: &World,
    ) -> Reply {
        let text = self.pieces(lang, world).concat();
        let response_type = self.response_type();
        let Gathered { receipts, proposals, words, questions, refusals, frames, charts, links, .. } = self;
        Reply {
            conversation,
            turn,
            lang,
            response_type,
            text,
            receipts,
            proposals,
            words,
            questions,
            refusals,
            frames,
            charts,
            links,
            can_undo,
        }
    }

    fn response_type(&self) -> ResponseType {
        let done = self.receipts.iter().any(|r| r.state != ReceiptState::Refused) || !self.proposals.is_empty();
        let failed = !self.refusals.is_empty() || !self.receipts.is_empty();
        let answered =
            !self.questions.is_empty() || !self.frames.is_empty() || !self.charts.is_empty() || !self.links.is_empty();
        if done {
            ResponseType::ActionDone
        } else if failed && !answered {
            ResponseType::Error
        } else {
            ResponseType::QueryAnswer
        }
    }
}
