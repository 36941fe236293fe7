//! `manual`: a person runs the rule by hand.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::topic::Filter;
use crate::words::Words;
use base::id::ConnectionId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `manual`: none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Manual {
    topic: Filter,
}

impl Kind for Manual {
    const TYPE: &'static str = "manual";
    const TITLE: Text = Text::new("手动", "By hand");
    const DOC: Text =
        Text::new("有人在页面上或通过接口运行这条规则时触发。", "A person runs this rule: on its page or by the API.");
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("message", PortKind::Message, Text::new("有人运行规则", "somebody runs it"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("按下“运行”", "somebody presses run"),
        params: r#"{}"#,
        inputs: &[("message", Carries::Message("$rules/+/run"))],
        rows: &["0:00 | - | -", r#"0:10 | $rules/ru_1/run {"by": "ann"} | !"#, "0:20 | - | -"],
    }];
    const WORDS: &'static [Words] = &[Words::new("有人手动运行本规则", "somebody runs this rule by hand")];

    type Params = Params;
    type State = ();

    fn compile(_: Params, scope: &mut Scope<'_>) -> Option<Manual> {
        let topic = Filter::parse(&format!("$rules/{}/run", scope.rule)).ok()?;
        scope.hears(&topic);
        Some(Manual { topic })
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
