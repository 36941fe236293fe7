//! Schedules: a value for every time, by a programme of the week, with exceptions, and what follows that value.
//!
//! Periods lie over single times: what a period says counts until it ends; outside of every period the last single
//! time counts, also over midnight, and before all of them [`Schedule::otherwise`].
//!
//! What it is *not*: it writes nothing. What follows a schedule is a rule that the engine runs. Start at [`Schedule`];
//! when it says what, in [`course`].

pub mod course;
mod times;

#[cfg(test)]
mod tests;

pub use course::{Local, Step};
pub use times::{Day, Days, TimeOfDay, Weekday};

use crate::{Names, PointKind, PointSpec, World};
use base::id::{PointId, SceneId, ScheduleId, SpaceId};
use base::{Bilingual, Diagnostic, Diagnostics, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most schedules of one world.
pub const SCHEDULES_MAX: usize = 1_000;
/// Most entries of a week, and of one exception.
pub const ENTRIES_MAX: usize = 100;
/// Most exceptions of a schedule.
pub const EXCEPTIONS_MAX: usize = 100;
/// Most things that follow a schedule.
pub const FOLLOWERS_MAX: usize = 50;
/// Most values, and most tokens, that a schedule can say.
pub const VALUES_MAX: usize = 32;

/// What a schedule says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// On or off.
    Switch,
    /// A number of this unit.
    Number(Unit),
    /// One of these tokens.
    Token(Vec<String>),
}

/// A value for every time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Its id.
    pub id: ScheduleId,
    /// What it is called.
    pub names: Names,
    /// Where it belongs; none for the whole site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// What kind of value it says.
    pub says: Says,
    /// What it says where nothing else counts.
    pub otherwise: Value,
    /// The programme of the week.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = ENTRIES_MAX))]
    pub week: Vec<Entry>,
    /// Days with a programme of their own; of several that fit a day the first counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = EXCEPTIONS_MAX))]
    pub exceptions: Vec<Exception>,
    /// The first day on which it counts; before it says `otherwise`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Day>,
    /// The last day on which it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Day>,
    /// What is set when the value changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = FOLLOWERS_MAX))]
    pub followers: Vec<Follower>,
    /// A disabled schedule still has its value, but nothing follows it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
}

/// A part of the week's programme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// On which days it begins.
    pub days: Days,
    /// When it begins.
    pub from: TimeOfDay,
    /// When it ends, on the next day where that is not after `from`; until the next single time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<TimeOfDay>,
    /// What it says.
    pub value: Value,
}

/// A part of one day's programme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// When it begins.
    pub from: TimeOfDay,
    /// When it ends, on the next day where that is not after `from`; until the next single time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<TimeOfDay>,
    /// What it says.
    pub value: Value,
}

/// Days with a programme of their own in place of the week's: of this kind, and within these dates, where they are given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Of which kind the days are: `days_off`; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Days>,
    /// The first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Day>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Day>,
    /// Their programme; empty: nothing begins on such a day.
    #[serde(default)]
    #[schemars(length(max = ENTRIES_MAX))]
    pub slots: Vec<Slot>,
}

/// What is set when the value of a schedule changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Follower {
    /// A point becomes what the schedule says, in the point's own unit.
    Point(PointId),
    /// A scene is run when the schedule begins to say this.
    Scene {
        /// Which.
        scene: SceneId,
        /// At which value.
        at: Value,
    },
}

impl Says {
    /// Whether a value is of this kind.
    pub fn admits(&self, value: &Value) -> bool {
        match (self, value) {
            (Says::Switch, Value::Bool(_)) => true,
            (Says::Number(_), Value::Number(n)) => n.is_finite(),
            (Says::Token(tokens), Value::Text(t)) => tokens.contains(t),
            _ => false,
        }
    }

    /// A value in words.
    pub fn words(&self, value: &Value) -> Bilingual {
        match (self, value) {
            (_, Value::Bool(true)) => Bilingual::new("开", "on"),
            (_, Value::Bool(false)) => Bilingual::new("关", "off"),
            (Says::Number(unit), Value::Number(n)) => Bilingual::same(base::Quantity::new(*n, *unit).to_string()),
            (_, other) => Bilingual::same(other.to_string()),
        }
    }
}

impl Schedule {
    /// All values that it can say, each once, `otherwise` first.
    pub fn values(&self) -> Vec<&Value> {
        let slots = self.exceptions.iter().flat_map(|e| &e.slots).map(|s| &s.value);
        let mut values = vec![&self.otherwise];
        for value in self.week.iter().map(|e| &e.value).chain(slots) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        values
    }

    /// What a point becomes when the schedule says a value; none when it cannot become that.
    pub fn value_for(&self, value: &Value, point: &PointSpec) -> Option<Value> {
        let value = match (&self.says, value, point.unit()) {
            (Says::Number(unit), Value::Number(n), Some(own)) => Value::Number(unit.convert(*n, own)?),
            (_, value, _) => value.clone(),
        };
        (point.kind != PointKind::Service && point.writable && point.check(&value).is_ok()).then(|| point.settle(value))
    }

    /// The points that follow it, by themselves or in a scene.
    pub fn points<'a>(&'a self, world: &'a World) -> impl Iterator<Item = PointId> + 'a {
        self.followers.iter().flat_map(|follower| match follower {
            Follower::Point(point) => vec![*point],
            Follower::Scene { scene, .. } => {
                world.scene(*scene).map(|s| s.acts.iter().map(|a| a.point).collect()).unwrap_or_default()
            }
        })
    }

    /// What of it is wrong; paths begin in the schedule: `/week/0/value`.
    pub fn check(&self, world: &World) -> Diagnostics {
        let mut found = self.check_form();
        for (i, follower) in self.followers.iter().enumerate() {
            found.extend(self.check_follower(follower, &format!("/followers/{i}"), world));
        }
        found
    }

    /// What is wrong with it by itself, whatever exists.
    fn check_form(&self) -> Diagnostics {
        let mut found = Diagnostics::new();
        let limits = [
            (self.week.len(), ENTRIES_MAX, "/week".to_owned()),
            (self.exceptions.len(), EXCEPTIONS_MAX, "/exceptions".to_owned()),
            (self.followers.len(), FOLLOWERS_MAX, "/followers".to_owned()),
        ];
        let of_exceptions = self
            .exceptions
            .iter()
            .enumerate()
            .map(|(i, e)| (e.slots.len(), ENTRIES_MAX, format!("/exceptions/{i}/slots")));
        for (_, most, path) in limits.into_iter().chain(of_exceptions).filter(|(n, most, _)| n > most) {
            found.push(fault(
                "schedule.limit",
                &path,
                format!("最多 {most} 项"),
                format!("at most {most} are possible"),
            ));
        }
        if let Says::Token(tokens) = &self.says
            && (tokens.is_empty()
                || tokens.len() > VALUES_MAX
                || tokens.iter().collect::<BTreeSet<_>>().len() < tokens.len())
        {
            let (zh, en) = (
                format!("取值须有 1 到 {VALUES_MAX} 个，且各不相同"),
                format!("it says one of 1 to {VALUES_MAX} tokens, each another"),
            );
            found.push(fault("schedule.tokens", "/says/token", zh, en));
        }
        let weekly = self.week.iter().enumerate().map(|(i, e)| (&e.value, format!("/week/{i}/value")));
        let special = self.exceptions.iter().enumerate().flat_map(|(i, e)| {
            e.slots.iter().enumerate().map(move |(k, s)| (&s.value, format!("/exceptions/{i}/slots/{k}/value")))
        });
        let fallback = std::iter::once((&self.otherwise, "/otherwise".to_owned()));
        for (_, path) in fallback.chain(weekly).chain(special).filter(|(value, _)| !self.says.admits(value)) {
            found.push(fault("schedule.value", &path, "该时间表不能取此值", "the schedule does not say such a value"));
        }
        if self.values().len() > VALUES_MAX {
            let (zh, en) = (format!("最多 {VALUES_MAX} 个不同的值"), format!("it says at most {VALUES_MAX} values"));
            found.push(fault("schedule.limit", "/week", zh, en));
        }
        for (i, entry) in self.week.iter().enumerate().filter(|(_, e)| e.days.is_empty()) {
            let path = format!("/week/{i}/days");
            found.push(fault("schedule.days", &path, format!("没有任何一天：{}", entry.from), "it is on no day"));
        }
        for (i, exception) in self.exceptions.iter().enumerate() {
            let path = format!("/exceptions/{i}");
            if exception.days.is_none() && exception.first.is_none() && exception.last.is_none() {
                found.push(fault(
                    "schedule.exception",
                    &path,
                    "例外须写明是哪些天",
                    "an exception says which days it is for",
                ));
            }
            found.extend(order(exception.first, exception.last, &path));
        }
        found.extend(order(self.first, self.last, ""));
        found
    }

    fn check_follower(&self, follower: &Follower, path: &str, world: &World) -> Option<Diagnostic> {
        match follower {
            Follower::Point(id) => {
                let path = format!("{path}/point");
                let Some(spec) = world.point(*id) else {
                    return Some(fault("schedule.point", &path, "点位不存在", "there is no such point"));
                };
                let values = self.values();
                let misfit = values.iter().find(|v| self.value_for(v, spec).is_none())?;
                let (name, value) = (world.point_words(*id), self.says.words(misfit));
                let (zh, en) =
                    (format!("{}不接受“{}”", name.zh, value.zh), format!("{} does not take {}", name.en, value.en));
                Some(fault("schedule.misfit", &path, zh, en))
            }
            Follower::Scene { scene, .. } if world.scene(*scene).is_none() => {
                Some(fault("schedule.scene", &format!("{path}/scene/scene"), "场景不存在", "there is no such scene"))
            }
            Follower::Scene { at, .. } => (!self.says.admits(at)).then(|| {
                let path = format!("{path}/scene/at");
                fault("schedule.value", &path, "该时间表不能取此值", "the schedule does not say such a value")
            }),
        }
    }
}

/// Dates in the wrong order.
fn order(first: Option<Day>, last: Option<Day>, path: &str) -> Option<Diagnostic> {
    let (first, last) = (first?, last?);
    (last < first).then(|| {
        fault("schedule.dates", &format!("{path}/last"), "结束日期早于开始日期", "the last day is before the first one")
    })
}

fn fault(code: &str, path: &str, zh: impl Into<String>, en: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, path, Bilingual::new(zh, en))
}

/// What is wrong with the schedules of a world as a whole, and, as warnings, what of them no longer fits it: a schedule
/// outlives the removal of a device.
pub(crate) fn check_all(world: &World) -> Diagnostics {
    let mut found = Diagnostics::new();
    let schedules = &world.doc().schedules;
    if schedules.len() > SCHEDULES_MAX {
        let (zh, en) =
            (format!("最多 {SCHEDULES_MAX} 个时间表"), format!("at most {SCHEDULES_MAX} schedules are possible"));
        found.push(fault("world.limit", "/schedules", zh, en));
    }
    let mut ids = BTreeSet::new();
    for (i, schedule) in schedules.iter().enumerate() {
        let path = format!("/schedules/{i}");
        if !ids.insert(schedule.id) {
            found.push(fault("world.duplicate", &format!("{path}/id"), "时间表 id 重复", "two schedules have this id"));
        }
        if schedule.space.is_some_and(|s| world.space(s).is_none()) {
            let (zh, en) = ("时间表所在的空间不存在", "the space of the schedule does not exist");
            found.push(fault("world.schedule_space", &format!("{path}/space"), zh, en));
        }
        found.extend(
            schedule.check(world).into_iter().map(|d| Diagnostic {
                path: format!("{path}{}", d.path),
                ..Diagnostic::warning(d.code, "", d.message)
            }),
        );
    }
    found
}
