//! `alarm`: an alarm is raised, cleared or acknowledged.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::topic::Filter;
use crate::words::Words;
use base::Bilingual;
use base::id::ConnectionId;
use base::limits::NAME_CHARS_MAX;
use documents::alarm::AlarmSeverity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What becomes of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Change {
    /// It is raised.
    Raised,
    /// It is over.
    Cleared,
    /// A person has seen it.
    Acknowledged,
}

/// Parameters of `alarm`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// What becomes of it: `raised`, `cleared`, `acknowledged`.
    pub(crate) change: Change,
    /// How bad it is; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) severity: Option<AlarmSeverity>,
    /// Its code, such as `device.offline`; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Alarm {
    topic: Filter,
}

impl Kind for Alarm {
    const TYPE: &'static str = "alarm";
    const TITLE: Text = Text::new("告警变化", "Alarm");
    const DOC: Text = Text::new(
        "告警产生、清除或被确认时触发，可按严重程度和代码筛选。消息的载荷是 {alarm, source, text}：source 是点位、设备或规则的 id，\
         用 json_field 取出后比较。",
        "An alarm is raised, cleared or acknowledged; severity and code say which. The payload of the message is `{alarm, source, \
         text}`: `source` is the id of a point, a device or a rule, to be taken out by `json_field` and compared.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("message", PortKind::Message, Text::new("告警", "the alarm"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("产生了紧急告警", "a critical alarm is raised"),
        params: r#"{"change": "raised", "severity": "critical"}"#,
        inputs: &[("message", Carries::Message("$alarms/raised/critical/+"))],
        rows: &["0:00 | - | -", r#"0:10 | $alarms/raised/critical/point.leak {"source": "pt_1"} | !"#, "0:20 | - | -"],
    }];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("change", "raised")],
            "产生[ {severity} 级]告警[ {code}]",
            "an alarm[ {code}][ of severity {severity}] is raised",
        ),
        Words::when(
            &[("change", "cleared")],
            "清除[ {severity} 级]告警[ {code}]",
            "an alarm[ {code}][ of severity {severity}] is cleared",
        ),
        Words::new("确认[ {severity} 级]告警[ {code}]", "an alarm[ {code}][ of severity {severity}] is acknowledged"),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Alarm> {
        let Params { change, severity, code } = params;
        let fits = |c: &String| !c.is_empty() && c.len() <= NAME_CHARS_MAX && !c.contains(['/', '+', '#', '\0']);
        if !code.as_ref().is_none_or(fits) {
            let message = Bilingual::new(
                "代码不能为空、过长或含 /、+、#",
                "a code is not empty, not too long, and has no `/`, `+`, `#`",
            );
            scope.fault("rule.params", "code", message);
            return None;
        }
        let level = |json: serde_json::Result<Json>| json.ok().and_then(|j| j.as_str().map(str::to_owned));
        let change = level(serde_json::to_value(change))?;
        let severity = severity.and_then(|s| level(serde_json::to_value(s))).unwrap_or("+".into());
        let topic = Filter::parse(&format!("$alarms/{change}/{severity}/{}", code.as_deref().unwrap_or("+"))).ok()?;
        scope.hears(&topic);
        Some(Alarm { topic })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if io.heard().is_some() {
            io.fire(0);
        }
    }

    fn listens(&self) -> Option<(Option<ConnectionId>, &Filter)> {
        Some((None, &self.topic))
    }
}
