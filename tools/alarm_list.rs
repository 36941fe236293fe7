//! `alarm_list`: what somebody should know.

use crate::shared::{host, sees};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::Bilingual;
use documents::Alarm;
use documents::alarm::{AlarmSource, AlarmState};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most alarms of a list.
const ALARMS_MAX: usize = 100;
/// Most alarms that are named in the text.
const WORDS_MAX: usize = 5;

/// Lists alarms, the one that was raised last first: leaks, smoke, gas, devices that cannot be reached or say something
/// wrong, rules that no longer fit. An alarm is `active` until what raised it is over, and stays on the list until a
/// person has acknowledged it, which no tool can do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Only those that last (`active`) or that are over (`cleared`).
    #[serde(default)]
    pub state: Option<AlarmState>,
    /// Only those that a person has acknowledged, or nobody.
    #[serde(default)]
    pub acknowledged: Option<bool>,
}

/// The alarms.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Bilingual,
    /// The alarms, at most a hundred.
    pub alarms: Vec<Alarm>,
    /// How many there are in all.
    pub total: usize,
}

/// The tool.
pub struct AlarmList(pub(crate) Handle);

#[async_trait]
impl Tool for AlarmList {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "alarm_list";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "what is wrong now",
            input: r#"{"state": "active"}"#,
            expect: &[("/total", "1"), ("/alarms/0/code", "\"point.leak\""), ("/alarms/0/severity", "\"major\"")],
        },
        Example { name: "what a person has seen", input: r#"{"acknowledged": true}"#, expect: &[("/total", "0")] },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let caller = caller.clone();
        self.0.read(move |core| list(core, &caller, &input)).await.map_err(|e| host(&e))
    }
}

fn list(core: &Core, caller: &Caller, input: &Input) -> Output {
    let seen = |alarm: &&Alarm| match alarm.source {
        AlarmSource::Point(point) => core.world().point(point).is_none_or(|p| sees(caller, p)),
        AlarmSource::Device(_) | AlarmSource::Space(_) | AlarmSource::Rule(_) => true,
    };
    let all: Vec<&Alarm> = core
        .alarms()
        .rev()
        .filter(|a| input.state.is_none_or(|s| a.state == s))
        .filter(|a| input.acknowledged.is_none_or(|seen| a.acknowledged.is_some() == seen))
        .filter(seen)
        .collect();
    let total = all.len();
    let alarms: Vec<Alarm> = all.into_iter().take(ALARMS_MAX).cloned().collect();
    Output { text: in_words(&alarms, total), alarms, total }
}

fn in_words(alarms: &[Alarm], total: usize) -> Bilingual {
    if alarms.is_empty() {
        return Bilingual::new("没有告警。", "There are no alarms.");
    }
    let words = |alarm: &Alarm| {
        let severity = alarm.severity.words();
        let (zh, en) = match alarm.state {
            AlarmState::Active => ("", ""),
            AlarmState::Cleared => ("，已恢复", ", over"),
        };
        let text = &alarm.text;
        Bilingual::new(format!("{}（{}{zh}）", text.zh, severity.zh), format!("{} ({}{en})", text.en, severity.en))
    };
    let named: Vec<Bilingual> = alarms.iter().take(WORDS_MAX).map(words).collect();
    let list = Bilingual::join(&named, &Bilingual::new("；", "; "));
    let more = total - named.len();
    let (zh, en) = if more > 0 {
        (format!("，另有 {more} 个"), format!(", and {more} more"))
    } else {
        (String::new(), String::new())
    };
    let noun = if total == 1 { "alarm" } else { "alarms" };
    Bilingual::new(format!("{total} 个告警：{}{zh}。", list.zh), format!("{total} {noun}: {}{en}.", list.en))
}
