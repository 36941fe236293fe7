//! `schedule`: times of the day on some days, where rules by the clock begin.

use crate::analysis::{Meaning, Seen, week};
use crate::calendar::{At, DaySet, Local};
use crate::compile::Scope;
use crate::nodes::{Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::schedule::Days;

/// Most times of one schedule.
const TIMES_MAX: usize = 48;
/// How late a time may be noticed and still count, in milliseconds.
pub(crate) const LATE_MS_MAX: i64 = 60_000;

/// What becomes of a time at which Castellan did not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Missed {
    /// It is left out.
    #[default]
    Skip,
    /// It is made up for once, as soon as Castellan runs again.
    Once,
}

impl Missed {
    /// Whether it is the default.
    pub(crate) fn is_skip(&self) -> bool {
        *self == Missed::Skip
    }
    /// Whether a time that is noticed so late counts.
    pub(crate) fn counts(self, late: Span) -> bool {
        self == Missed::Once || late <= Span::from_millis(LATE_MS_MAX)
    }
}

/// Parameters of `schedule`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The times: `07:30`, or `sunset`, `sunset-00:30`; there are `dawn`, `sunrise`, `sunset` and `dusk`.
    #[schemars(length(min = 1, max = TIMES_MAX))]
    pub(crate) times: Vec<At>,
    /// On which days; every day when absent.
    #[serde(default, skip_serializing_if = "Days::is_every")]
    pub(crate) days: Days,
    /// What becomes of a time at which Castellan did not run: `skip`, or `once` to make up for it.
    #[serde(default, skip_serializing_if = "Missed::is_skip")]
    pub(crate) missed: Missed,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Schedule {
    times: Vec<At>,
    days: DaySet,
    missed: Missed,
    local: Local,
}

impl Kind for Schedule {
    const TYPE: &'static str = "schedule";
    const TITLE: Text = Text::new("定时", "Schedule");
    const DOC: Text = Text::new(
        "在给定的时刻发出事件：钟点，或日出日落（sunrise、sunset）、晨昏（dawn、dusk）加减一段时间。days 为 everyday、\
         workdays（工作日，含调休）、days_off（休息日）或星期几。时刻按站点的时区；夏令时跳过的时刻顺延，重复的时刻算第一次。\
         停机期间错过的时刻默认略去（不超过一分钟的仍算）；missed 为 once 时，恢复后补一次，错过几个都只补一次。\
         时间段用 time_window。",
        "An event at the given times: by the clock, or by what the sun does (`dawn`, `sunrise`, `sunset`, `dusk`) with an offset. \
         `days` are `everyday`, `workdays` (days worked instead included), `days_off`, or days of the week. Times are those of \
         the site's zone; one that clocks skip comes as much later, one that they show twice counts the first time. What was \
         missed while Castellan did not run is left out, unless it is not older than a minute; with `missed: once` it is made up \
         for, once, however many times it were. For periods take `time_window`.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Event, Text::new("到点的时刻", "the moment at which it is time"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            // The example begins on Thursday, 1 January 1970, at 08:00 of the site.
            title: Text::new("每天两次", "twice a day"),
            params: r#"{"times": ["08:30", "20:00"]}"#,
            inputs: &[],
            rows: &["0:00 | -", "29:59 | -", "30:00 | !", "720:00 | !", "1470:00 | !"],
        },
        Example {
            title: Text::new("错过的略去", "what was missed is left out"),
            params: r#"{"times": ["08:30"]}"#,
            inputs: &[],
            rows: &["0:00 | -", "32:00 | -", "1470:30 | !"],
        },
        Example {
            title: Text::new("错过的补一次", "what was missed is made up for once"),
            params: r#"{"times": ["08:30", "09:00"], "days": {"weekdays": ["thu"]}, "missed": "once"}"#,
            inputs: &[],
            rows: &["0:00 | -", "90:00 | !", "91:00 | -", "1470:00 | -"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("missed", "once")],
            "到了{times:times}[（{days:days}）]，错过则补一次",
            "it is {times:times}[ on {days:days}], made up for once if missed",
        ),
        Words::new("到了{times:times}[（{days:days}）]", "it is {times:times}[ on {days:days}]"),
    ];

    type Params = Params;
    /// When it is time next.
    type State = Option<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Schedule> {
        let local = Local::of(scope.world.site());
        let known = local.knows(&params.times, "times", scope);
        let counted = scope.counted("times", params.times.len(), 1, TIMES_MAX);
        let days = DaySet::checked(params.days, scope)?;
        (known && counted).then_some(Schedule { times: params.times, days, missed: params.missed, local })
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
            *due = self.local.next(io.now, &self.days, &self.times);
        }
    }

    fn deadline(&self, due: &Option<Timestamp>) -> Option<Timestamp> {
        *due
    }

    fn meaning(&self, _: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Moment(week::times(&self.times, &self.days, &self.local))]
    }
}
