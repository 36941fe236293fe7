//! `timer_list`: which timers, reminders and commands wait, and how far they are.

use crate::shared::host;
use crate::shared::timers::{Listed, listed, meant, state_words};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::{Bilingual, Timestamp};
use documents::TimerRef;
use documents::timer::Purpose;
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most timers of a list, and of a text.
const TIMERS_MAX: usize = 100;
const TOLD_MAX: usize = 5;

/// Lists the timers, reminders and commands that wait, the next one first, with what is left of each.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which of them; all when nothing is said.
    #[serde(default)]
    pub which: TimerRef,
}

/// What there is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Bilingual,
    /// The timers, at most a hundred.
    pub timers: Vec<Listed>,
}

/// The tool.
pub struct TimerList(pub(crate) Handle);

#[async_trait]
impl Tool for TimerList {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "timer_list";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[Example {
        name: "how long is left on the tea",
        input: r#"{"which": {"text": "tea"}}"#,
        expect: &[("/timers/0/left_ms", "1800000"), ("/text/en", "\"The “tea” timer: 30 minutes left.\"")],
    }];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let (now, space) = (self.0.now(), caller.space);
        self.0.read(move |core| list(core, &input.which, space, now)).await.map_err(|e| host(&e))
    }
}

fn list(core: &Core, which: &TimerRef, space: Option<base::id::SpaceId>, now: Timestamp) -> Output {
    let found = meant(core, which, space, now);
    let mut told: Vec<Bilingual> = found.iter().take(TOLD_MAX).map(|t| state_words(t, now, core)).collect();
    if let Some(more) = found.len().checked_sub(TOLD_MAX).filter(|n| *n > 0) {
        told.push(Bilingual::new(format!("另有 {more} 个"), format!("{more} more")));
    }
    let text = if told.is_empty() {
        let (zh, en) = match which.purpose {
            Some(Purpose::Reminder) => ("没有提醒", "There is no such reminder"),
            Some(Purpose::Commands) => ("没有等待执行的命令", "No command waits"),
            _ => ("没有正在运行的计时器", "No such timer is running"),
        };
        Bilingual::new(format!("{zh}。"), format!("{en}."))
    } else {
        let all = Bilingual::join(&told, &Bilingual::new("；", "; "));
        Bilingual::new(format!("{}。", all.zh), format!("{}.", upper(&all.en)))
    };
    Output { text, timers: found.iter().take(TIMERS_MAX).map(|t| listed(t, core, now)).collect() }
}

fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
