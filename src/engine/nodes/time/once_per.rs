//! `once_per`: the first event of each hour, day, week, month or year.

use crate::analysis::{Meaning, Seen};
use crate::calendar::{Local, Period};
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `once_per`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Of which period the first event passes, as the calendar of the site has it.
    pub(crate) period: Period,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OncePer {
    period: Period,
    local: Local,
}

impl Kind for OncePer {
    const TYPE: &'static str = "once_per";
    const TITLE: Text = Text::new("每期一次", "Once per period");
    const DOC: Text = Text::new(
        "每小时、每天、每周（周一起）、每月或每年只放过第一个事件。期限按站点的时区：到当地的零点为一天，无论那天有 23 还是 25 小时。",
        "Lets only the first event of each hour, day, week (from Monday on), month or year through. Periods are those of the \
         site's time zone: a day ends at local midnight, whether it had 23 hours or 25.",
    );
    const INPUTS: &'static [PortSpec] = &[PortSpec::one("in", PortKind::Event, Text::new("事件", "the event"))];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("这一期的第一个事件", "the first event of the period"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("每小时一次", "once an hour"),
        params: r#"{"period": "hour"}"#,
        inputs: &[("in", Carries::Event)],
        rows: &["0:00 | - | -", "10:00 | ! | !", "59:59 | ! | -", "60:00 | ! | !", "61:00 | ! | -", "150:00 | ! | !"],
    }];
    const WORDS: &'static [Words] = &[
        Words::when(&[("period", "hour")], "一小时里首次{in}", "{in}, the first time in the hour"),
        Words::when(&[("period", "day")], "一天里首次{in}", "{in}, the first time in the day"),
        Words::when(&[("period", "week")], "一周里首次{in}", "{in}, the first time in the week"),
        Words::when(&[("period", "month")], "一月里首次{in}", "{in}, the first time in the month"),
        Words::when(&[("period", "year")], "一年里首次{in}", "{in}, the first time in the year"),
    ];

    type Params = Params;
    /// When the period began of which an event has passed.
    type State = Option<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<OncePer> {
        Some(OncePer { period: params.period, local: Local::of(scope.world.site()) })
    }

    fn init(&self) -> Option<Timestamp> {
        None
    }

    fn step(&self, passed: &mut Option<Timestamp>, io: &mut Io<'_>) {
        if !io.event(0) {
            return;
        }
        let period = self.local.begin(self.period, io.now);
        if passed.is_none_or(|t| t < period) {
            *passed = Some(period);
            io.fire(0);
        }
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Moment(seen.moment(0).sometimes())]
    }
}
