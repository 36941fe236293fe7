//! How series, pieces of time and columns are called.
//!
//! What it is *not*: nothing is counted here. Start at [`Part`].

use super::plan::Dim;
use crate::history::calendar;
use base::id::{DeviceId, PointId, SpaceId};
use base::{Bilingual, Lang, Timestamp};
use documents::chart::{GroupBy, Shift};
use documents::chart_frame::{Column, ColumnRole};
use jiff::tz::TimeZone;
use things::{PointSpec, SpaceKind, World, traits};

/// A part of what one series is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Point(PointId),
    Device(DeviceId),
    Space(SpaceId),
    Elsewhere,
}

impl Part {
    /// What a point belongs to, as it was at a time; none for what is no place.
    pub(super) fn of(dim: Dim, spec: &PointSpec, world: &World, at: Timestamp) -> Option<Part> {
        let within = |kinds: &[SpaceKind]| {
            let space = world.device(spec.device).and_then(|d| d.space_at(at))?;
            world.path_of(space).into_iter().find(|s| world.space(*s).is_some_and(|s| kinds.contains(&s.kind)))
        };
        match dim {
            Dim::Each => Some(Part::Point(spec.id)),
            Dim::Place(GroupBy::Device) => Some(Part::Device(spec.device)),
            Dim::Place(GroupBy::Floor) => Some(within(&[SpaceKind::Floor]).map_or(Part::Elsewhere, Part::Space)),
            Dim::Place(_) => Some(within(&[SpaceKind::Room, SpaceKind::Zone]).map_or(Part::Elsewhere, Part::Space)),
            _ => None,
        }
    }

    /// Where it stands in the building's own order.
    pub(super) fn rank(self, world: &World) -> usize {
        let device = |id: DeviceId| world.doc().devices.iter().position(|d| d.id == id);
        let found = match self {
            Part::Point(id) => world.point(id).and_then(|p| device(p.device)),
            Part::Device(id) => device(id),
            Part::Space(id) => world.doc().spaces.iter().position(|s| s.id == id),
            Part::Elsewhere => None,
        };
        found.unwrap_or(usize::MAX)
    }

    /// Its name; `plain`: a device stands for its point, for each has one.
    pub(super) fn name(self, world: &World, plain: bool, lang: Lang) -> String {
        let device = |id: DeviceId| world.device(id).map_or_else(Bilingual::default, |d| d.names.bilingual());
        let name = match self {
            Part::Point(id) if plain => world.point(id).map_or_else(Bilingual::default, |p| device(p.device)),
            Part::Point(id) => world.point_words(id),
            Part::Device(id) => device(id),
            Part::Space(id) => world.space(id).map_or_else(Bilingual::default, |s| s.names.bilingual()),
            Part::Elsewhere => Bilingual::new("其他位置", "elsewhere"),
        };
        name.get(lang).to_owned()
    }
}

/// The column of what rows tell apart.
pub(super) fn column(dim: Dim, order: Vec<String>, lang: Lang) -> Column {
    let (name, zh, en) = match dim {
        Dim::Time => ("time", "时间", "Time"),
        Dim::Each | Dim::Place(GroupBy::Device) => ("device", "设备", "Device"),
        Dim::Place(GroupBy::Floor) => ("floor", "楼层", "Floor"),
        Dim::Place(_) => ("area", "房间", "Room"),
        Dim::Cycle(GroupBy::Hour) => ("hour", "小时", "Hour"),
        Dim::Cycle(GroupBy::Weekday) => ("weekday", "星期", "Weekday"),
        Dim::Cycle(_) => ("day", "日期", "Day"),
        Dim::State => ("state", "状态", "State"),
        Dim::Metric => ("metric", "指标", "Quantity"),
        Dim::Period => ("period", "时段", "Period"),
    };
    let role = if dim == Dim::Time { ColumnRole::Time } else { ColumnRole::Category };
    let title = Bilingual::new(zh, en).get(lang).to_owned();
    Column { name: name.into(), role, title, unit: None, order }
}

/// An instant with the site's own offset.
pub(super) fn instant(at: Timestamp, zone: &TimeZone) -> String {
    at.to_jiff().to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Which hour, day of the week or day an instant is in.
pub(super) fn cycle(group: GroupBy, at: Timestamp, zone: &TimeZone, lang: Lang) -> String {
    const DAYS: [(&str, &str); 7] = [
        ("周一", "Mon"),
        ("周二", "Tue"),
        ("周三", "Wed"),
        ("周四", "Thu"),
        ("周五", "Fri"),
        ("周六", "Sat"),
        ("周日", "Sun"),
    ];
    let there = at.to_jiff().to_zoned(zone.clone());
    match group {
        GroupBy::Hour => format!("{:02}", there.hour()),
        GroupBy::Weekday => {
            let at = usize::try_from(there.weekday().to_monday_zero_offset()).unwrap_or(0);
            let (zh, en) = DAYS.get(at).copied().unwrap_or_default();
            if lang == Lang::Zh { zh.into() } else { en.into() }
        }
        _ => there.strftime("%Y-%m-%d").to_string(),
    }
}

/// All hours or days of the week, in order; days are as they come.
pub(super) fn cycle_order(group: GroupBy, lang: Lang) -> Vec<String> {
    match group {
        GroupBy::Hour => (0..24).map(|h| format!("{h:02}")).collect(),
        GroupBy::Weekday => {
            // A week that begins on a Monday.
            let monday = Timestamp::from_millis(4 * 86_400_000);
            let day = |d: i64| monday + base::Span::from_secs(d * 86_400);
            (0..7).map(|d| cycle(GroupBy::Weekday, day(d), &TimeZone::UTC, lang)).collect()
        }
        _ => Vec::new(),
    }
}

/// This time and the earlier one.
pub(super) fn periods(shift: Shift, lang: Lang) -> [String; 2] {
    let before = match shift {
        Shift::Day => Bilingual::new("前一天", "a day earlier"),
        Shift::Week => Bilingual::new("一周前", "a week earlier"),
        Shift::Month => Bilingual::new("一个月前", "a month earlier"),
        Shift::Year => Bilingual::new("一年前", "a year earlier"),
    };
    [Bilingual::new("本期", "this period"), before].map(|b| b.get(lang).to_owned())
}

/// What the points of a quantity measure.
pub(super) fn quantity(specs: &[&PointSpec], lang: Lang) -> String {
    let Some(first) = specs.first() else { return String::new() };
    let trait_ = first.trait_.as_deref().and_then(traits::by_id);
    match trait_.filter(|t| specs.iter().all(|s| s.is(t.id))) {
        Some(t) => t.names().bilingual().get(lang).to_owned(),
        None => first.names.display(lang).to_owned(),
    }
}

/// The zone of the site.
pub(super) fn zone(world: &World) -> TimeZone {
    calendar::zone(&world.site().time_zone)
}
