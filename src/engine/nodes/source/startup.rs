//! `startup`: Castellan has started.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::topic::Filter;
use crate::words::Words;
use base::id::ConnectionId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `startup`: none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Startup {
    topic: Filter,
}

impl Kind for Startup {
    const TYPE: &'static str = "startup";
    const TITLE: Text = Text::new("启动", "Start");
    const DOC: Text = Text::new(
        "系统启动完毕时触发一次：每次启动都算，启用规则不算。",
        "Castellan has started. Every start counts; enabling the rule does not.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("message", PortKind::Message, Text::new("系统已启动", "it has started"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("启动", "a start"),
        params: r#"{}"#,
        inputs: &[("message", Carries::Message("$started"))],
        rows: &["0:00 | - | -", r#"0:10 | $started {} | !"#, "0:20 | - | -"],
    }];
    const WORDS: &'static [Words] = &[Words::new("系统启动", "Castellan has started")];

    type Params = Params;
    type State = ();

    fn compile(_: Params, scope: &mut Scope<'_>) -> Option<Startup> {
        let topic = Filter::parse("$started").ok()?;
        scope.hears(&topic);
        Some(Startup { topic })
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
