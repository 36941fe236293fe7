//! `time_window`: whether it is between two times of the day, on some days.

use crate::analysis::{Meaning, Seen, week};
use crate::calendar::{At, DaySet, Local, Sun};
use crate::compile::Scope;
use crate::nodes::{Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortSpec, Text};
use crate::words::Words;
use base::{Bilingual, Timestamp, Value};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::schedule::Days;

/// Parameters of `time_window`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// When it begins: `22:00`, or `sunset`, `sunset-00:30`; there are `dawn`, `sunrise`, `sunset` and `dusk`.
    pub(crate) from: At,
    /// When it ends, on the next day where that is earlier.
    pub(crate) to: At,
    /// On which days it begins; every day when absent.
    #[serde(default, skip_serializing_if = "Days::is_every")]
    pub(crate) days: Days,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TimeWindow {
    from: At,
    to: At,
    /// It ends on the next day.
    overnight: bool,
    days: DaySet,
    local: Local,
}

impl Kind for TimeWindow {
    const TYPE: &'static str = "time_window";
    const TITLE: Text = Text::new("时间段", "Time window");
    const DOC: Text = Text::new(
        "现在是否在两个时刻之间：含开始，不含结束。结束早于开始时跨过零点，属于开始的那一天。两端可以是钟点，\
         也可以是日出日落（sunrise、sunset）、晨昏（dawn、dusk）加减一段时间。days 为 everyday、workdays（工作日，含调休）、\
         days_off（休息日）或星期几。时刻按站点的时区；夏令时跳过的时刻顺延，重复的时刻算第一次。",
        "Whether it is between two times, the first included and the second not. Where the end is the earlier one it passes \
         midnight and belongs to the day on which it begins. Either can be a time by the clock or what the sun does (`dawn`, \
         `sunrise`, `sunset`, `dusk`) with an offset. `days` are `everyday`, `workdays` (days worked instead included), \
         `days_off`, or days of the week. Times are those of the site's zone; one that clocks skip comes as much later, one that \
         they show twice counts the first time.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否在时间段内", "whether it is"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            // The example begins on Thursday, 1 January 1970, at 08:00 of the site.
            title: Text::new("上班时间", "office hours"),
            params: r#"{"from": "09:00", "to": "18:00", "days": {"weekdays": ["mon", "tue", "wed", "thu", "fri"]}}"#,
            inputs: &[],
            rows: &[
                "0:00 | false",
                "60:00 | true",
                "599:59 | true",
                "600:00 | false",
                "1500:00 | true",
                "2940:00 | false",
            ],
        },
        Example {
            title: Text::new("跨过零点", "over midnight"),
            params: r#"{"from": "22:00", "to": "06:00"}"#,
            inputs: &[],
            rows: &["0:00 | false", "840:00 | true", "960:00 | true", "1319:00 | true", "1320:00 | false"],
        },
    ];
    const WORDS: &'static [Words] = &[Words::new(
        "在{from:time}到{to:time}之间[（{days:days}）]",
        "it is between {from:time} and {to:time}[ on {days:days}]",
    )];

    type Params = Params;
    /// When it changes next.
    type State = Option<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<TimeWindow> {
        let Params { from, to, days } = params;
        let local = Local::of(scope.world.site());
        let known = local.knows(&[from], "from", scope) && local.knows(&[to], "to", scope);
        if from == to {
            let message = Bilingual::new("开始与结束相同", "it ends when it begins");
            scope.fault("rule.params", "to", message);
            return None;
        }
        let days = DaySet::checked(days, scope)?;
        known.then_some(TimeWindow { from, to, overnight: overnight(from, to), days, local })
    }

    fn init(&self) -> Option<Timestamp> {
        None
    }

    fn step(&self, next: &mut Option<Timestamp>, io: &mut Io<'_>) {
        let today = self.local.date(io.now);
        let around = [today.yesterday(), Ok(today), today.tomorrow()];
        let within =
            around.into_iter().flatten().any(|date| self.window(date).is_some_and(|(a, b)| a <= io.now && io.now < b));
        *next = self.local.first(io.now, |date| self.window(date).into_iter().flat_map(|(a, b)| [a, b]).collect());
        io.set(0, Some(Value::Bool(within)));
    }

    fn deadline(&self, next: &Option<Timestamp>) -> Option<Timestamp> {
        *next
    }

    fn meaning(&self, _: &Seen<'_>) -> Vec<Meaning> {
        vec![Meaning::Condition(week::window((&self.from, &self.to), self.overnight, &self.days, &self.local))]
    }
}

impl TimeWindow {
    /// From when to when it is that of a day; none on other days, and where the sun leaves nothing of it.
    fn window(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        if !self.days.includes(date) {
            return None;
        }
        let last = if self.overnight { date.tomorrow().ok()? } else { date };
        let window = (self.local.instant(date, &self.from)?, self.local.instant(last, &self.to)?);
        (window.0 < window.1).then_some(window)
    }
}

/// Whether the end is meant to be on the next day. Sunrise is some time in the morning, sunset some time in the
/// afternoon or evening; which of two days is meant does not change with the season.
fn overnight(from: At, to: At) -> bool {
    let usual = |sun: Sun, offset: i64| {
        offset
            + 60 * match sun {
                Sun::Dawn => 330,
                Sun::Sunrise => 360,
                Sun::Sunset => 1_080,
                Sun::Dusk => 1_110,
            }
    };
    let (noon, three) = (12 * 3600, 3 * 3600);
    match (from, to) {
        (At::Clock(a), At::Clock(b)) => b <= a,
        (At::Sun(a, x), At::Sun(b, y)) => usual(b, y) <= usual(a, x),
        (At::Clock(a), At::Sun(sun, _)) => sun.is_morning() && a.seconds() >= noon,
        (At::Sun(sun, _), At::Clock(b)) => b.seconds() < if sun.is_morning() { three } else { noon },
    }
}
