//! `timer_start`: sets a timer, a reminder, or commands that are done later.

use crate::shared::devices::space_called;
use crate::shared::timers::{Listed, listed, moment_words, name_words, span_words};
use crate::shared::{Came, check_acts, host};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::{Bilingual, Timestamp, limits};
use documents::timer::{End, Purpose, TIMER_TEXT_MAX};
use documents::{Act, Event, NewTimer, Refusal, Timer};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Sets something that happens once: a timer that runs for a while, a reminder that tells people `text`, or commands that
/// are done then. Commands go through policy and arbitration when they are due, so a receipt exists only then; until then
/// they can be seen, asked about and cancelled. What happens again and again is a rule: use `rule_propose`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What it is for.
    pub purpose: Purpose,
    /// When it is over: `{"after_ms": 600000}` or `{"at": "2026-11-21T18:00:00Z"}`.
    pub end: End,
    /// What the timer is called, what the reminder says, or the words that asked for the commands.
    #[serde(default)]
    #[schemars(length(max = TIMER_TEXT_MAX))]
    pub text: String,
    /// Where it belongs: id or name of a space.
    #[serde(default)]
    #[schemars(length(min = 1, max = limits::NAME_CHARS_MAX))]
    pub space: Option<String>,
    /// What is done then; only of purpose `commands`.
    #[serde(default)]
    #[schemars(length(max = limits::COMMANDS_PER_REQUEST_MAX))]
    pub acts: Vec<Act>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Option<Bilingual>,
    /// The timer.
    pub timers: Vec<Listed>,
    /// What is not done, and why.
    pub refusals: Vec<Refusal>,
}

/// The tool.
pub struct TimerStart(pub(crate) Handle);

#[async_trait]
impl Tool for TimerStart {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "timer_start";
    const EFFECT: Effect = Effect::Actuate;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "ten minutes for the eggs",
            input: r#"{"purpose": "timer", "end": {"after_ms": 600000}, "text": "eggs"}"#,
            expect: &[
                ("/timers/0/left_ms", "600000"),
                ("/timers/0/timer/text", "\"eggs\""),
                ("/text/en", "\"The “eggs” timer runs for 10 minutes.\""),
            ],
        },
        Example {
            name: "a moment that has passed is refused",
            input: r#"{"purpose": "reminder", "end": {"at": "2020-01-01T00:00:00Z"}, "text": "call"}"#,
            expect: &[("/timers", "[]"), ("/refusals/0/reason", "\"out_of_range\"")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let (who, acts, place) = (caller.clone(), input.acts.clone(), input.space.clone());
        let look = move |core: &Core| {
            let found = check_acts(&acts, core.world(), &who);
            if !found.is_empty() {
                return Err(ToolError::input(found));
            }
            place.as_deref().map(|s| space_called(s, core.world())).transpose().map_err(ToolError::input)
        };
        let space = self.0.read(look).await.map_err(|e| host(&e))??;
        let Input { purpose, end, text, acts, .. } = input;
        let timer = Box::new(NewTimer { purpose, end, text, space, acts });
        let event = Event::TimerStart { actor: caller.actor.clone(), turn: Some(caller.turn), timer };
        let came = Came::of(self.0.apply(event).await.map_err(|e| host(&e))?);
        let now = self.0.now();
        let (timers, refusals) = (came.timers, came.refusals);
        self.0
            .read(move |core| Output {
                text: timers.first().map(|t| words(t, now, core)),
                timers: timers.iter().map(|t| listed(t, core, now)).collect(),
                refusals,
            })
            .await
            .map_err(|e| host(&e))
    }
}

fn words(timer: &Timer, now: Timestamp, core: &Core) -> Bilingual {
    let (name, length) = (name_words(timer, core), span_words(timer.length_ms));
    let at = timer.due().map(|d| moment_words(d, now, core.world())).unwrap_or_default();
    match timer.purpose {
        Purpose::Timer if timer.text.is_empty() && timer.space.is_none() => {
            Bilingual::new(format!("计时开始：{}。", length.zh), format!("The timer runs for {}.", length.en))
        }
        Purpose::Timer => {
            let en = name.en.strip_prefix("the ").unwrap_or(&name.en).to_owned();
            Bilingual::new(format!("{}开始：{}。", name.zh, length.zh), format!("The {en} runs for {}.", length.en))
        }
        Purpose::Reminder if timer.text.is_empty() => {
            Bilingual::new(format!("好的，{}提醒。", at.zh), format!("I will remind you {}.", at.en))
        }
        Purpose::Reminder => {
            let text = &timer.text;
            Bilingual::new(format!("好的，{}提醒：{text}。", at.zh), format!("I will remind you {}: {text}.", at.en))
        }
        Purpose::Commands => {
            let acts = core.acts_in_words(&timer.acts);
            Bilingual::new(
                format!("{}（{}后）执行：{}。", at.zh, length.zh, acts.zh),
                format!("It will be done {} (in {}): {}.", at.en, length.en, acts.en),
            )
        }
    }
}
