//! `cron`: times as cron writes them.

use crate::analysis::{Meaning, Seen, week};
use crate::calendar::Local;
use crate::calendar::cron::{CHARS_MAX, Cron as Expression};
use crate::compile::Scope;
use crate::nodes::source::schedule::Missed;
use crate::nodes::{Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `cron`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Minute, hour, day of the month, month, day of the week; with six fields, seconds first. `*`, `1-5`, `1,3`, `*/15`,
    /// names such as `mon` and `jan`, `@daily`.
    #[schemars(length(min = 1, max = CHARS_MAX))]
    pub(crate) expression: String,
    /// What becomes of a time at which Castellan did not run: `skip`, or `once` to make up for it.
    #[serde(default, skip_serializing_if = "Missed::is_skip")]
    pub(crate) missed: Missed,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cron {
    expression: Expression,
    missed: Missed,
    local: Local,
}

impl Kind for Cron {
    const TYPE: &'static str = "cron";
    const TITLE: Text = Text::new("Cron", "Cron expression");
    const DOC: Text = Text::new(
        "按 cron 表达式发出事件，用站点的时区。五项为分、时、日、月、周；六项时前面是秒。日和周都写明时满足其一即可。\
         小时写明时，每个钟点一天算一次（夏令时跳过的顺延，重复的算第一次）；小时为 * 时，重复的那一小时照样再走一遍。\
         错过的时刻与 schedule 相同。",
        "An event at the times of a cron expression, in the site's zone. Five fields are minute, hour, day, month and weekday; with \
         six, seconds come first. Where day and weekday are both given, either is enough. Where hours are named each comes once a \
         day (later when clocks skip it, the first time when they show it twice); where the hour is `*` an hour that comes twice \
         is gone through twice. What is missed is treated as by `schedule`.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("到点的时刻", "the moment at which it is time"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("每一刻钟", "every quarter of an hour"),
        params: r#"{"expression": "*/15 * * * *"}"#,
        inputs: &[],
        rows: &["0:00 | -", "15:00 | !", "20:00 | -", "30:20 | !", "48:00 | -", "60:00 | !"],
    }];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("missed", "once")],
            "到了 cron {expression}，错过则补一次",
            "cron {expression} comes due, made up for once if missed",
        ),
        Words::new("到了 cron {expression}", "cron {expression} comes due"),
    ];

    type Params = Params;
    /// When it is time next.
    type State = Option<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Cron> {
        match Expression::parse(&params.expression) {
            Ok(expression) => Some(Cron { expression, missed: params.missed, local: Local::of(scope.world.site()) }),
            Err(why) => {
                scope.fault("rule.cron", "expression", why);
                None
            }
        }
    }

    fn init(&self) -> Option<Timestamp> {
        None
    }

    fn step(&self, due: &mut Option<Timestamp>, io: &mut Io<'_>) {
        if let Some(late) = due.filter(|t| *t <= io.now).map(|t| io.now - t)
            && self.missed.counts(late)
        {
            io.fire(0);
        }
        if due.is_none_or(|t| t <= io.now) {
            *due = self.expression.next(io.now, &self.local);
        }
    }

    fn deadline(&self, due: &Option<Timestamp>) -> Option<Timestamp> {
        *due
    }

    fn meaning(&self, _: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Moment(week::cron(&self.expression))]
    }
}
