//! `scheduled`: what a schedule of the site says, where rules by a shared programme begin.

use super::point::Initial;
use crate::analysis::{Meaning, Seen, week};
use crate::compile::{Scope, suggestion};
use crate::limits::SUGGESTIONS_MAX;
use crate::nodes::{Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::id::ScheduleId;
use base::{Bilingual, Span, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::schedule::course::LOOK_AHEAD_DAYS;
use things::schedule::{Local, Says};
use things::{Names, Schedule, Site};

/// Parameters of `scheduled`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which schedule.
    pub(crate) schedule: ScheduleId,
    /// What happens with a condition on its value that already holds when the rule is enabled.
    #[serde(default, skip_serializing_if = "Initial::is_hold")]
    pub(crate) initial: Initial,
}

/// The node in a plan: the schedule as it stands, and the site whose time it goes by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Scheduled {
    schedule: Box<Schedule>,
    site: Box<Site>,
}

impl Kind for Scheduled {
    const TYPE: &'static str = "scheduled";
    const TITLE: Text = Text::new("时间表的值", "Value of a schedule");
    const DOC: Text = Text::new(
        "给出站点的一个时间表此刻的值：开关、数字或取值。按站点的时区和日历计算，时间表更改后立即按新的内容给出。启用规则时条件已成立\
         不算触发，除非 initial 为 fire。",
        "Gives what a schedule of the site says at the moment: on or off, a number, a token. It goes by the zone and the \
         calendar of the site, and by the new programme as soon as the schedule is changed. A condition that already holds \
         when the rule is enabled triggers nothing, unless `initial` is `fire`.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] =
        &[PortSpec::one("out", PortKind::Value, Text::new("时间表的值", "what the schedule says"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("工作日 08:01 到 08:05，启用时为 08:00", "workdays from 08:01 to 08:05, enabled at 08:00"),
        params: r#"{"schedule": "sd_dce49082ca068a769708f8a64f666640"}"#,
        inputs: &[],
        rows: &["0:00 | false", "0:59 | false", "1:00 | true", "4:59 | true", "5:00 | false"],
    }];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("initial", "fire")],
            "时间表{schedule:schedule}的值（启用时也算）",
            "the value of schedule {schedule:schedule} (also at the start)",
        ),
        Words::new("时间表{schedule:schedule}的值", "the value of schedule {schedule:schedule}"),
    ];

    type Params = Params;
    /// When it says something else.
    type State = Option<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Scheduled> {
        let world = scope.world;
        let Some(schedule) = world.schedule(params.schedule) else {
            let id = params.schedule;
            let text = Bilingual::new(format!("没有时间表 {id}"), format!("there is no schedule {id}"));
            scope.fault("rule.unknown_schedule", "schedule", text);
            let known: Vec<String> = world.schedules().take(SUGGESTIONS_MAX).map(|s| s.id.to_string()).collect();
            if !known.is_empty() {
                let help = suggestion(&[], &known.iter().map(String::as_str).collect::<Vec<_>>());
                scope.help(help.zh, help.en);
            }
            return None;
        };
        scope.produces(
            0,
            match &schedule.says {
                Says::Switch => PortType::Bool,
                Says::Number(unit) => PortType::Number(*unit),
                Says::Token(tokens) => PortType::Enum(tokens.clone()),
            },
        );
        if params.initial == Initial::Fire {
            scope.fires_at_start();
        }
        // What it is called and what follows it makes no other plan.
        let schedule = Schedule {
            names: Names::default(),
            space: None,
            followers: Vec::new(),
            disabled: false,
            ..schedule.clone()
        };
        let site = Site { names: Names::default(), ..world.site().clone() };
        Some(Scheduled { schedule: Box::new(schedule), site: Box::new(site) })
    }

    fn init(&self) -> Option<Timestamp> {
        None
    }

    fn step(&self, next: &mut Option<Timestamp>, io: &mut Io<'_>) {
        if next.is_some_and(|at| io.now < at) {
            return;
        }
        let local = Local::of(&self.site);
        io.set(0, Some(self.schedule.value_at(io.now, &local).clone()));
        let change = self.schedule.changes(io.now, 1, &local).first().map(|step| step.at);
        let days = i64::try_from(LOOK_AHEAD_DAYS).unwrap_or(1);
        *next = Some(change.unwrap_or(io.now + Span::from_secs((days - 1) * 24 * 3600)));
    }

    fn deadline(&self, next: &Option<Timestamp>) -> Option<Timestamp> {
        *next
    }

    fn meaning(&self, _: &Seen<'_>) -> Vec<Meaning> {
        week::programme(&self.schedule, &self.site).map(Meaning::Value).into_iter().collect()
    }
}
