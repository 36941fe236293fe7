//! Posts to web hooks of others: what failed is told in the run that asked for it, and is an alarm once it fails again and
//! again.
//!
//! What it is *not*: nothing is posted from here, and nothing is tried again; drivers do. Start at [`Core::on_posted`].

use super::Core;
use super::alarms;
use base::id::RuleId;
use base::{Bilingual, Timestamp};
use documents::alarm::{AlarmSeverity, AlarmSource};
use documents::trace::{Trace, TraceClass, TraceError};
use documents::{Cause, Outcome};

/// How many posts of a rule fail in a row before it is an alarm.
pub const FAILED_IN_A_ROW: u32 = 3;
/// Code of the alarm that says so.
const CODE: &str = "rule.posts_fail";
/// Code of the error in the trace.
const FAILED: &str = "post.failed";

impl Core {
    /// What became of a post. One that failed is a step of its run that failed.
    pub(super) fn on_posted(&mut self, cause: &Cause, failed: Option<&str>, now: Timestamp, out: &mut Vec<Outcome>) {
        let Cause::Run { rule, run, node } = cause else { return };
        let Some(name) = self.state.rules.get(rule).map(|r| r.graph.name.clone()) else { return };
        let Some(why) = failed else { return self.forget_posts(*rule, now, out) };
        self.state.traces.fail(*rule, *run);
        let text = Bilingual::new(format!("未能送达：{why}"), format!("it did not arrive: {why}"));
        let trace = Trace {
            rule: *rule,
            run: Some(*run),
            instance: String::new(),
            at: now,
            trigger: None,
            message: None,
            timers: Vec::new(),
            entries: Vec::new(),
            commands: Vec::new(),
            errors: vec![TraceError { node: node.clone(), code: FAILED.into(), text }],
            class: Some(TraceClass::Failed),
        };
        self.state.traces.keep(trace.clone());
        out.push(Outcome::Trace(trace));
        let count = self.state.unposted.entry(*rule).or_default();
        *count = count.saturating_add(1);
        if *count >= FAILED_IN_A_ROW {
            let text = Bilingual::new(
                format!("规则“{}”向外发送的请求接连失败：{why}", name.zh),
                format!("The requests that rule “{}” sends to others fail again and again: {why}", name.en),
            );
            let (source, severity) = (AlarmSource::Rule(*rule), AlarmSeverity::Minor);
            self.raise(alarms::Cause { code: CODE.into(), source, severity, text }, now, out);
        }
    }

    /// The posts of a rule arrive, or it has become another one.
    pub(super) fn forget_posts(&mut self, rule: RuleId, now: Timestamp, out: &mut Vec<Outcome>) {
        if self.state.unposted.remove(&rule).is_some() {
            self.clear(CODE, AlarmSource::Rule(rule), now, out);
        }
    }
}
