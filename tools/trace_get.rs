//! `trace_get`: what rules did, step by step.

use crate::shared::{host, sees, unknown_rule, unseen};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::id::{RuleId, RunId};
use base::{Bilingual, Timestamp};
use documents::trace::{TraceError, Trigger};
use documents::{Receipt, Trace, TraceClass, TraceEntry};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::PointSpec;

/// Most steps that are given.
const STEPS_MAX: usize = 50;
/// Steps that are given when no number is named.
const STEPS_DEFAULT: usize = 10;

/// Reads what rules did, the newest step first: the report that moved the rule, which outputs of its nodes changed, and
/// what became of its commands. From the record of the engine, never from guesses. `cause_explain` answers why one point
/// is as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Only steps of this rule.
    #[serde(default)]
    pub rule: Option<RuleId>,
    /// Only steps of this run.
    #[serde(default)]
    pub run: Option<RunId>,
    /// Only steps of which this came: `failed`, `acted`, `ran` or `changed`.
    #[serde(default)]
    pub class: Option<TraceClass>,
    /// How many, at most fifty; ten when absent.
    #[serde(default)]
    #[schemars(range(min = 1, max = STEPS_MAX))]
    pub limit: Option<usize>,
}

/// One step of one rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Step {
    /// The rule.
    pub rule: RuleId,
    /// What the rule is called.
    pub name: Bilingual,
    /// The run; none while only values change.
    pub run: Option<RunId>,
    /// When.
    pub at: Timestamp,
    /// The report that moved it; none for time, and where it is not open to you.
    pub trigger: Option<Trigger>,
    /// What happened, in words.
    pub text: Bilingual,
    /// What came of it.
    pub class: Option<TraceClass>,
    /// What failed in nodes.
    pub errors: Vec<TraceError>,
    /// Outputs that changed, in the order of evaluation.
    pub entries: Vec<TraceEntry>,
    /// What became of its commands.
    pub receipts: Vec<Receipt>,
}

/// What rules did.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Bilingual,
    /// The steps, newest first.
    pub steps: Vec<Step>,
    /// How many there are on record that fit.
    pub total: usize,
}

/// The tool.
pub struct TraceGet(pub(crate) Handle);

#[async_trait]
impl Tool for TraceGet {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "trace_get";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "what a rule did last: nothing yet",
            input: r#"{"rule": "ru_51b05e94c9ac849992fad751e28cbb1b", "limit": 1}"#,
            expect: &[("/total", "0"), ("/text/en", "\"There is nothing on record.\"")],
        },
        Example { name: "what rules did", input: "{}", expect: &[("/steps", "[]")] },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let caller = caller.clone();
        self.0.read(move |core| traces(core, &caller, &input)).await.map_err(|e| host(&e))?
    }
}

fn traces(core: &Core, caller: &Caller, input: &Input) -> Result<Output, ToolError> {
    if input.rule.is_some_and(|r| !core.rules().contains_key(&r)) {
        return Err(unknown_rule());
    }
    let fits = |t: &&Trace| {
        input.rule.is_none_or(|r| t.rule == r)
            && input.run.is_none_or(|r| t.run == Some(r))
            && input.class.is_none_or(|class| t.class == Some(class))
    };
    let total = core.traces().filter(fits).count();
    let newest = core.traces().rev().filter(fits).take(input.limit.unwrap_or(STEPS_DEFAULT).min(STEPS_MAX));
    let steps: Vec<Step> = newest.map(|trace| step(core, caller, trace)).collect();
    let text = if steps.is_empty() {
        Bilingual::new("没有这样的记录。", "There is nothing on record.")
    } else {
        let all: Vec<Bilingual> = steps.iter().map(|s| s.text.clone()).collect();
        Bilingual::join(&all, &Bilingual::new("", " "))
    };
    Ok(Output { text, steps, total })
}

fn step(core: &Core, caller: &Caller, trace: &Trace) -> Step {
    let world = core.world();
    let seen = |spec: &PointSpec| sees(caller, spec);
    let saved = core.rules().get(&trace.rule);
    let name = saved.map_or_else(Bilingual::default, |r| r.graph.name.clone());
    // Values of what is hidden stand in the outputs of its nodes, so a rule that touches it keeps them to itself.
    let open = saved.is_some_and(|r| unseen(&r.graph, world, caller).is_empty());
    let trigger = trace.trigger.clone().filter(|t| open && world.point(t.point).is_some_and(seen));
    let receipts: Vec<Receipt> = trace
        .commands
        .iter()
        .filter_map(|c| core.receipt(*c))
        .filter(|r| world.point(r.point).is_none_or(seen))
        .cloned()
        .collect();
    let because = because(core, caller, trace, open);
    let done = match receipts.len() {
        0 => Bilingual::new("没有命令", "no command"),
        1 => Bilingual::new("1 条命令", "one command"),
        n => Bilingual::new(format!("{n} 条命令"), format!("{n} commands")),
    };
    let failed = trace.errors.first().map(|e| &e.text);
    let done = failed.map_or(done.clone(), |why| {
        Bilingual::new(
            format!("{}，出错：{}", done.zh, why.zh),
            format!("{}, and something failed: {}", done.en, why.en),
        )
    });
    let text = Bilingual::new(
        format!("{}，规则“{}”：{}，{}。", trace.at, name.zh, because.zh, done.zh),
        format!("{}, rule “{}”: {}, {}.", trace.at, name.en, because.en, done.en),
    );
    let entries = if open { trace.entries.clone() } else { Vec::new() };
    let errors = if open { trace.errors.clone() } else { Vec::new() };
    let Trace { rule, run, at, class, .. } = *trace;
    Step { rule, name, run, at, trigger, text, class, errors, entries, receipts }
}

/// What led to a step, in words; `open` says whether the caller sees all that the rule touches.
pub(crate) fn because(core: &Core, caller: &Caller, trace: &Trace, open: bool) -> Bilingual {
    let world = core.world();
    let trigger = trace.trigger.as_ref().filter(|_| open);
    let moved = trigger.and_then(|t| {
        let spec = world.point(t.point).filter(|spec| sees(caller, spec))?;
        Some((world.point_words(t.point), spec.words(&t.value)))
    });
    match moved {
        Some((point, value)) => {
            Bilingual::new(format!("{}报告 {}", point.zh, value.zh), format!("{} reported {}", point.en, value.en))
        }
        None if open && trace.message.is_some() => Bilingual::new("收到消息", "a message came"),
        None if open => Bilingual::new("时间已到", "its time came"),
        None => Bilingual::new("原因不对你开放", "the cause is not open to you"),
    }
}
