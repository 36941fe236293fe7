//! `rule_get`: one rule in words and as a graph.

use crate::shared::{host, rule_words, sees, unknown_rule, unseen};
use crate::trace_get::because;
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::id::{PointId, RuleId};
use base::{Bilingual, Timestamp};
use documents::{RuleAsk, RuleGraph, RuleState, Trace, TraceClass};
use language::{recall, render};
use policy::Effect;
use runtime::{Core, Handle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most present values that are told of what a rule looks at.
const VALUES_MAX: usize = 5;

/// Reads one rule: what it does in plain words, how far it is in use, who asked for and approved it, and its graph.
/// `rule_list` finds ids.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Which rule.
    pub rule: RuleId,
    /// What the text shall answer: what it does, when it begins next, or why it acted last or did not.
    #[serde(default)]
    pub ask: Option<RuleAsk>,
}

/// A rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Rule {
    /// Its id.
    pub rule: RuleId,
    /// What it is called.
    pub name: Bilingual,
    /// How far it is in use.
    pub state: RuleState,
    /// Whether it runs now.
    pub runs: bool,
    /// What it does, made by code from the graph.
    pub explanation: Bilingual,
    /// When it begins by itself next; absent where it begins at no times.
    pub due: Option<Timestamp>,
    /// When it acted last, as far as that is on record.
    pub acted: Option<Timestamp>,
    /// Who asked for it.
    pub author: String,
    /// The person who approved exactly this content.
    pub approved_by: Option<String>,
    /// The graph.
    pub graph: RuleGraph,
}

/// The rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words.
    pub text: Bilingual,
    /// The rule.
    pub rule: Rule,
}

/// The tool.
pub struct RuleGet(pub(crate) Handle);

#[async_trait]
impl Tool for RuleGet {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "rule_get";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[Example {
        name: "one rule with its graph",
        input: r#"{"rule": "ru_51b05e94c9ac849992fad751e28cbb1b"}"#,
        expect: &[("/rule/state", "\"live\""), ("/rule/approved_by", "\"Li\""), ("/rule/graph/nodes/0/id", "\"co2\"")],
    }];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let (caller, now) = (caller.clone(), self.0.now());
        self.0.read(move |core| read(core, &caller, &input, now)).await.map_err(|e| host(&e))?
    }
}

fn read(core: &Core, caller: &Caller, input: &Input, now: Timestamp) -> Result<Output, ToolError> {
    let id = input.rule;
    let found = core.rules().get(&id).ok_or_else(unknown_rule)?;
    let rule = Rule {
        rule: id,
        name: found.graph.name.clone(),
        state: found.graph.state,
        runs: core.rule_runs(id),
        explanation: engine::explain(&found.graph, core.world()),
        due: core.rule_due(id),
        acted: last_act(core, id).map(|t| t.at),
        author: found.by.name.clone(),
        approved_by: found.approved_by.as_ref().map(|a| a.name.clone()),
        graph: found.graph.clone(),
    };
    let state = rule_words(found);
    let text = match input.ask {
        Some(RuleAsk::When) => next(&rule, core, now),
        Some(RuleAsk::Why) => why(&rule, core, caller, now),
        _ => rule.explanation.clone(),
    };
    let text = Bilingual::new(format!("{}{}", state.zh, text.zh), format!("{} {}", state.en, text.en));
    Ok(Output { text, rule })
}

fn last_act(core: &Core, rule: RuleId) -> Option<&Trace> {
    core.traces_of(rule).find(|t| matches!(t.class, Some(TraceClass::Acted | TraceClass::Failed)))
}

/// When it begins next: at a time, or by what it looks at.
fn next(rule: &Rule, core: &Core, now: Timestamp) -> Bilingual {
    match rule.due.filter(|_| rule.state != RuleState::Draft) {
        Some(at) => {
            let at = recall::moment(at, now, &core.world().site().time_zone);
            Bilingual::new(format!("下次在{}。", at.zh), format!("Its next time is {}.", at.en))
        }
        None => rule.explanation.clone(),
    }
}

/// When and by what it acted last, what it waits for, and how that is now.
fn why(rule: &Rule, core: &Core, caller: &Caller, now: Timestamp) -> Bilingual {
    let world = core.world();
    let open = unseen(&rule.graph, world, caller).is_empty();
    let acted = match last_act(core, rule.rule) {
        Some(trace) => {
            let (at, why) =
                (recall::moment(trace.at, now, &world.site().time_zone), because(core, caller, trace, open));
            Bilingual::new(
                format!("它最近一次动作是{}，因为{}。", at.zh, why.zh),
                format!("It acted last {}, because {}.", at.en, why.en),
            )
        }
        None => Bilingual::new("记录里它没有动作过。", "There is no record that it acted."),
    };
    let (plans, _) = engine::compile(&rule.graph, world);
    let (reads, _) = engine::touched(&plans);
    let value = |p: &PointId| {
        let sample = core.states().get(p)?;
        world.point(*p).filter(|spec| sees(caller, spec))?;
        Some(render::point_value(*p, &sample.value, world))
    };
    let values: Vec<Bilingual> = reads.iter().filter(|_| open).filter_map(value).take(VALUES_MAX).collect();
    let now = match values.is_empty() {
        true => Bilingual::default(),
        false => {
            let list = render::list(&values);
            Bilingual::new(format!("现在：{}。", list.zh), format!(" Now: {}.", list.en))
        }
    };
    Bilingual::new(
        format!("{}{}{}", acted.zh, rule.explanation.zh, now.zh),
        format!("{} {}{}", acted.en, rule.explanation.en, now.en),
    )
}
