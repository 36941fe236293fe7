//! How many rules in a row led to something: the second layer against loops, for what no analysis has foreseen.
//!
//! A report that says what a rule has commanded a moment ago was led to by that rule, and a command that follows from it
//! is one hop farther. What it is *not*: what a rule does after a time of its own, or by a message, begins anew.

use super::Core;
use super::alarms::Cause;
use super::commands::Wish;
use base::id::{CommandId, PointId};
use base::{Bilingual, Sample, Span, Timestamp};
use documents::alarm::{AlarmSeverity, AlarmSource};
use documents::{Act, Outcome, Reason, Refusal};
use things::PointSpec;

/// Most rules in a row; what one more asks for is refused.
pub const HOPS_MAX: u8 = 16;
/// How long a report counts as what a command has led to.
const LEADS: Span = Span::from_secs(60);
/// Code of the alarm that says so.
pub(super) const CODE: &str = "rule.loop";

impl Core {
    /// How many rules in a row led to these reports.
    pub(super) fn hops_to(&self, changed: &[(PointId, Sample)], now: Timestamp) -> u8 {
        let hops = |(point, sample): &(PointId, Sample)| {
            let flight = self.state.flights.get(self.state.last.get(point)?)?;
            let tolerance = self.world.point(*point).map_or(0.0, PointSpec::tolerance);
            let led = now - flight.command.at <= LEADS && sample.value.close_to(&flight.command.value, tolerance);
            led.then_some(flight.hops)
        };
        changed.iter().filter_map(hops).max().unwrap_or_default()
    }

    /// Refuses what would be one rule in a row too many, and says so; none where it may go on.
    pub(super) fn refuse_loop(
        &mut self,
        act: &Act,
        wish: &Wish<'_>,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) -> Option<CommandId> {
        let documents::Cause::Run { rule, .. } = wish.cause else { return None };
        if self.hops < HOPS_MAX {
            return None;
        }
        let name = self.state.rules.get(&rule).map_or_else(Bilingual::default, |r| r.graph.name.clone());
        let text = Bilingual::new(
            format!("规则互相触发已连续 {HOPS_MAX} 次，“{}”的命令被拒绝", name.zh),
            format!("{HOPS_MAX} rules in a row have triggered each other; the command of “{}” is refused", name.en),
        );
        let id = self.state.ids.next(now);
        self.refuse(id, act, wish, Refusal::new(Reason::Contradiction, text.clone()), now, out);
        let cause = Cause { code: CODE.into(), source: AlarmSource::Rule(rule), severity: AlarmSeverity::Major, text };
        self.raise(cause, now, out);
        Some(id)
    }
}
