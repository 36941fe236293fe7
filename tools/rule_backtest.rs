//! `rule_backtest`: what a rule would have done with the values that were recorded.

use crate::rule_explain::Graph;
use crate::shared::{host, sees, unknown_rule};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::id::{ProposalId, RuleId};
use base::{Bilingual, Diagnostic};
use documents::chart::Range;
use documents::{Backtest, RuleGraph};
use policy::Effect;
use runtime::Handle;
use runtime::backtest::{BacktestError, DAYS_MAX, Subject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Firings that are given, the newest.
const FIRINGS_MAX: usize = 10;

/// Runs a rule over recorded values: when it would have acted and what really happened then, how often and how long what
/// it switches was on and would have been, energy where it is known, and when nothing is known of what it reads. Takes a
/// saved rule, a proposal, or a graph that is only written down. Nothing is sent and nothing is changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// A saved rule.
    #[serde(default)]
    pub rule: Option<RuleId>,
    /// A proposal of a rule.
    #[serde(default)]
    pub proposal: Option<ProposalId>,
    /// A graph that is only written down. Give exactly one of `rule`, `proposal` and this.
    #[serde(default)]
    pub graph: Option<Graph>,
    /// Over which time; the last 30 days when absent.
    #[serde(default)]
    pub range: Option<Range>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// In words, with what has to be known to judge it.
    pub text: Bilingual,
    /// The numbers, with the newest firings; without courses for drawing.
    pub backtest: Backtest,
}

/// The tool.
pub struct RuleBacktest(pub(crate) Handle);

#[async_trait]
impl Tool for RuleBacktest {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "rule_backtest";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "a saved rule over the last week",
            input: r#"{"rule": "ru_51b05e94c9ac849992fad751e28cbb1b", "range": {"last": "7d"}}"#,
            expect: &[("/backtest/fired", "0"), ("/backtest/points/0/role", "\"written\"")],
        },
        Example {
            name: "a graph that is only written down",
            input: r#"{"graph": {
                "nodes": [
                    {"id": "co2", "type": "point", "params": {"point": "pt_bcde3a419c128f958ecbc0acafad775c"}},
                    {"id": "high", "type": "compare", "params": {"op": ">", "value": 800}}
                ],
                "edges": [{"from": {"node": "co2", "port": "out"}, "to": {"node": "high", "port": "in"}}]
            }}"#,
            expect: &[("/backtest/fired", "0"), ("/backtest/whole", "true")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let subject = match (input.rule, input.proposal, input.graph) {
            (Some(rule), None, None) => Subject::Rule(rule),
            (None, Some(proposal), None) => Subject::Proposal(proposal),
            (None, None, Some(given)) => {
                let mut graph = RuleGraph::new(RuleId::from_bits(0), Bilingual::default());
                (graph.each, graph.nodes, graph.edges) = (given.each, given.nodes, given.edges);
                Subject::Draft(Box::new(graph))
            }
            _ => {
                let text =
                    Bilingual::new("请给出 rule、proposal 或 graph 之一", "give one of `rule`, `proposal` and `graph`");
                return Err(ToolError::input(vec![Diagnostic::error("input.choice", "", text)]));
            }
        };
        let who = caller.clone();
        let done = self.0.backtest(subject, input.range, move |p| sees(&who, p)).await;
        let mut backtest = done.map_err(failed)?;
        let extra = backtest.firings.len().saturating_sub(FIRINGS_MAX);
        backtest.firings.drain(..extra);
        for point in &mut backtest.points {
            (point.real, point.would) = (Vec::new(), Vec::new());
        }
        let mut parts = vec![backtest.text.clone()];
        parts.extend(backtest.notes.iter().map(|n| n.text.clone()));
        Ok(Output { text: Bilingual::join(&parts, &Bilingual::new("", " ")), backtest })
    }
}

fn failed(error: BacktestError) -> ToolError {
    let told = |code: &str, path: &str, text| ToolError::input(vec![Diagnostic::error(code, path, text)]);
    match error {
        BacktestError::Unknown => unknown_rule(),
        BacktestError::NotARule => {
            told("backtest.not_a_rule", "/proposal", Bilingual::new("该提案不是规则", "the proposal is not of a rule"))
        }
        BacktestError::Hidden => told(
            "unknown_point",
            "",
            Bilingual::new("规则涉及不对你开放的点位", "the rule touches points that are not open to you"),
        ),
        BacktestError::Days => told(
            "backtest.range",
            "/range",
            Bilingual::new(format!("最多回放 {DAYS_MAX} 天"), format!("at most {DAYS_MAX} days are looked at")),
        ),
        BacktestError::Busy => ToolError::tell(
            "backtest.busy",
            Bilingual::new("其他回放正在进行，请稍后再试", "others are under way; try again in a moment"),
        ),
        BacktestError::Unfit(found) | BacktestError::Table(found) => ToolError::input(found),
        BacktestError::History(error) => match error.diagnostic() {
            Some(found) => ToolError::input(vec![found]),
            None => ToolError::stop("history.store", Bilingual::new("历史数据无法读取", "the history cannot be read")),
        },
        BacktestError::Host(error) => host(&error),
    }
}
