//! `timer_update`: ends, pauses or resumes timers, makes them longer or shorter.

use crate::shared::timers::{Listed, listed, meant, name_words, span_words};
use crate::shared::{Came, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::id::TimerId;
use base::{Bilingual, Diagnostic, Timestamp};
use documents::timer::TimerState;
use documents::{Event, Refusal, Timer, TimerChange, TimerRef};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Ends a timer, a reminder or commands that wait (`"cancel"`), lets it stand still (`"pause"`) or go on (`"resume"`), or
/// makes it longer or shorter (`{"by_ms": 60000}`). Which one is meant is said by its id, or described; where several fit,
/// nothing is done unless `all` is set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which timer, by its id.
    #[serde(default)]
    pub timer: Option<TimerId>,
    /// Which timers, where no id is given.
    #[serde(default)]
    pub which: TimerRef,
    /// What shall become of them.
    pub change: TimerChange,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Option<Bilingual>,
    /// The timers that were changed.
    pub timers: Vec<Listed>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct TimerUpdate(pub(crate) Handle);

#[async_trait]
impl Tool for TimerUpdate {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "timer_update";
    const EFFECT: Effect = Effect::Actuate;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "five minutes more for the tea",
            input: r#"{"which": {"text": "tea"}, "change": {"by_ms": 300000}}"#,
            expect: &[("/timers/0/left_ms", "2100000"), ("/refusals", "[]")],
        },
        Example {
            name: "all of them are ended",
            input: r#"{"which": {"all": true}, "change": "cancel"}"#,
            expect: &[("/timers/0/left_ms", "0")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let (now, change, space) = (self.0.now(), input.change, caller.space);
        let look = move |core: &Core| match input.timer {
            Some(id) => core.timer(id).cloned().map(|t| vec![t]).ok_or_else(none),
            None => chosen(core, &input.which, change, (space, now)),
        };
        let timers: Vec<Timer> = self.0.read(look).await.map_err(|e| host(&e))??;
        let ids = timers.iter().map(|t| t.id).collect();
        let event = Event::TimerChange { actor: caller.actor.clone(), turn: Some(caller.turn), timers: ids, change };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        let (timers, refusals) = (came.timers, came.refusals);
        self.0
            .read(move |core| Output {
                text: words(&timers, change, now, core),
                timers: timers.iter().map(|t| listed(t, core, now)).collect(),
                refusals,
            })
            .await
            .map_err(|e| host(&e))
    }
}

/// The timers that a change is meant for: of several that fit, those that it can change.
fn chosen(
    core: &Core,
    which: &TimerRef,
    change: TimerChange,
    (space, now): (Option<base::id::SpaceId>, Timestamp),
) -> Result<Vec<Timer>, ToolError> {
    let mut found = meant(core, which, space, now);
    let fits = |t: &Timer| match change {
        TimerChange::Resume => matches!(t.state, TimerState::Paused { .. }),
        TimerChange::Pause => matches!(t.state, TimerState::Running { .. }),
        TimerChange::Cancel | TimerChange::ByMs(_) => true,
    };
    if found.len() > 1 && found.iter().any(fits) {
        found.retain(fits);
    }
    if found.len() > 1 && !which.all {
        let names: Vec<Bilingual> = found.iter().map(|t| name_words(t, core)).collect();
        let names = Bilingual::join(&names, &Bilingual::new("、", ", "));
        let text =
            Bilingual::new(format!("有几个，是哪一个？{}", names.zh), format!("which one is meant: {}?", names.en));
        return Err(ToolError::input(vec![Diagnostic::error("ambiguous", "/which", text)]));
    }
    if found.is_empty() { Err(none()) } else { Ok(found) }
}

fn none() -> ToolError {
    let text = Bilingual::new("没有这样的计时器", "there is no such timer");
    let help = Bilingual::new("用 timer_list 列出", "timer_list lists them");
    ToolError::input(vec![Diagnostic::error("nothing_to_do", "/which", text).help(help)])
}

fn words(timers: &[Timer], change: TimerChange, now: Timestamp, core: &Core) -> Option<Bilingual> {
    let one = |t: &Timer| {
        let (name, left) = (name_words(t, core), span_words(t.left(now)));
        match change {
            TimerChange::Cancel => Bilingual::new(format!("已取消{}。", name.zh), format!("Cancelled {}.", name.en)),
            TimerChange::Pause => Bilingual::new(
                format!("已暂停{}，还剩{}。", name.zh, left.zh),
                format!("Paused {}, {} left.", name.en, left.en),
            ),
            TimerChange::Resume => Bilingual::new(
                format!("{}继续，还剩{}。", name.zh, left.zh),
                format!("Resumed {}, {} left.", name.en, left.en),
            ),
            TimerChange::ByMs(_) => Bilingual::new(
                format!("{}现在还剩{}。", name.zh, left.zh),
                format!("Now {} left on {}.", left.en, name.en),
            ),
        }
    };
    match timers {
        [] => None,
        [timer] => Some(one(timer)),
        several => {
            let n = several.len();
            let (zh, en) = match change {
                TimerChange::Cancel => ("取消", "cancelled"),
                TimerChange::Pause => ("暂停", "paused"),
                TimerChange::Resume => ("恢复", "resumed"),
                TimerChange::ByMs(_) => ("调整", "changed"),
            };
            Some(Bilingual::new(format!("已{zh} {n} 个。"), format!("{n} of them are {en}.")))
        }
    }
}
