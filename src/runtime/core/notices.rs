//! Notices: what rules have told people, kept until there are too many, and who has read it.
//!
//! What it is *not*: an alarm. A notice is said once; nothing is watched and nothing is over. Start at [`Core::notices`].

use super::{Core, bound};
use base::id::NoticeId;
use base::{Bilingual, Timestamp};
use documents::alarm::Acknowledgement;
use documents::{Actor, Notice, Outcome, Reason};
use policy::{Decision, Effect};
use things::Safety;

/// Most notices that are remembered; the oldest goes first.
pub const NOTICES_MAX: usize = 1_000;
/// Most notices that are marked as read at once.
pub const READ_MAX: usize = NOTICES_MAX;

impl Core {
    /// All notices, oldest first.
    pub fn notices(&self) -> impl DoubleEndedIterator<Item = &Notice> {
        self.state.notices.values()
    }

    /// A notice.
    pub fn notice(&self, id: NoticeId) -> Option<&Notice> {
        self.state.notices.get(&id)
    }

    /// Keeps what a rule told.
    pub(super) fn keep_notice(&mut self, notice: Notice, out: &mut Vec<Outcome>) {
        self.state.notices.insert(notice.id, notice.clone());
        bound(&mut self.state.notices, NOTICES_MAX, |_| true);
        out.push(Outcome::Notice(Box::new(notice)));
    }

    pub(super) fn on_notices_read(
        &mut self,
        actor: &Actor,
        notices: &[NoticeId],
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let verdict = self.verdict_in_general(actor, Effect::Actuate, Safety::None);
        if verdict.decision != Decision::Allow {
            return self.say(Reason::NotAllowed, verdict.why, out);
        }
        if !actor.may_approve() {
            let text = Bilingual::new("只有人可以将通知标为已读", "only a person marks notices as read");
            return self.say(Reason::NotAllowed, text, out);
        }
        for id in notices.iter().take(READ_MAX) {
            let Some(notice) = self.state.notices.get_mut(id) else { continue };
            if notice.read.is_none() {
                notice.read = Some(Acknowledgement { by: actor.clone(), at: now });
                out.push(Outcome::Notice(Box::new(notice.clone())));
            }
        }
    }
}
