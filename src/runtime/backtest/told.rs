//! What came of it, as a document and in words: points, energy, and what has to be known to judge it.

use super::run::Past;
use super::{BacktestError, Found, TIME_MAX};
use crate::findings::spans::hours;
use crate::findings::{self, CURRENCY, PRICE_PER_KWH};
use base::id::PointId;
use base::value::number_text;
use base::{Bilingual, Span, Timestamp};
use documents::Backtest;
use documents::backtest::{BacktestNote, BacktestPoint, EnergyChange, POINTS_MAX, PointRole};
use documents::finding::{EnergySource, Interval};
use engine::{Plan, touched};
use std::collections::BTreeSet;
use store::Store;
use things::World;

/// Points that a sentence names.
const NAMED_MAX: usize = 4;

/// What is known beside the course.
pub(super) struct Facts<'a> {
    pub(super) found: &'a Found,
    pub(super) plans: &'a [Plan],
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) whole: bool,
    pub(super) samples: u64,
}

/// Puts it together.
pub(super) async fn tell(
    store: &Store,
    facts: Facts<'_>,
    past: Past<'_>,
    took: Span,
) -> Result<Backtest, BacktestError> {
    let energy = energy(store, &facts, &past).await?;
    let notes = notes(&facts, &past);
    let Past { real, mut would, counts, firings, fired, actions, idle, errors, steps, .. } = past;
    let (reads, _) = touched(facts.plans);
    let world = &facts.found.world;
    let mut points: Vec<BacktestPoint> = Vec::new();
    for (point, course) in real {
        let after = would.remove(&point);
        let role = match (&after, reads.contains(&point)) {
            (None, _) => PointRole::Read,
            (Some(_), false) => PointRole::Written,
            (Some(_), true) => PointRole::Both,
        };
        points.push(BacktestPoint {
            point,
            name: world.point_words(point),
            role,
            unit: world.point(point).and_then(|p| p.unit()),
            samples: counts.get(&point).copied().unwrap_or_default(),
            gaps: course.gaps(),
            gap_ms: course.gap_time(),
            before: course.usage(),
            after: after.as_ref().map(|c| c.usage()),
            real: course.samples(),
            would: after.map(|c| c.samples()).unwrap_or_default(),
        });
    }
    points.sort_by_key(|p| (p.role == PointRole::Read, p.point));
    points.truncate(POINTS_MAX);
    let mut told = Backtest {
        rule: facts.found.graph.id,
        name: facts.found.graph.name.clone(),
        from: facts.from,
        to: facts.to,
        time_zone: world.site().time_zone.clone(),
        text: Bilingual::default(),
        fired,
        actions,
        idle,
        errors,
        firings: firings.into(),
        points,
        energy,
        notes,
        samples: facts.samples,
        steps,
        took_ms: took,
        whole: facts.whole,
    };
    told.text = in_words(&told);
    Ok(told)
}

/// Energy of the devices that the rule switches: what they used while they were on, and as much for each hour that they
/// would have been on.
async fn energy(store: &Store, facts: &Facts<'_>, past: &Past<'_>) -> Result<Option<EnergyChange>, BacktestError> {
    let world = &facts.found.world;
    let range = Interval { from: facts.from, to: facts.to };
    let mut change = EnergyChange {
        before_kwh: 0.0,
        after_kwh: 0.0,
        source: EnergySource::Measured,
        cost: 0.0,
        currency: CURRENCY.into(),
        unknown: 0,
    };
    let mut known = 0;
    for (point, would) in &past.would {
        let Some(spec) = world.point(*point).filter(|p| p.is("on_off")) else { continue };
        let Some(real) = past.real.get(point) else { continue };
        let used = findings::energy_of((store, world), range, spec.device, &real.on).await?;
        let (on, would_be_on) = (hours(&real.on), hours(&would.on));
        let per_hour = match &used {
            Some(energy) if on > 0.0 => Some(energy.kwh / on),
            _ => findings::usual_kw(world, spec.device),
        };
        let Some(per_hour) = per_hour else {
            change.unknown += 1;
            continue;
        };
        known += 1;
        change.before_kwh += per_hour * on;
        change.after_kwh += per_hour * would_be_on;
        if used.is_none_or(|e| e.source == EnergySource::Assumed || on <= 0.0) {
            change.source = EnergySource::Assumed;
        }
    }
    let tenth = |n: f64| (n * 10.0).round() / 10.0;
    change.cost = tenth((change.after_kwh - change.before_kwh) * PRICE_PER_KWH);
    (change.before_kwh, change.after_kwh) = (tenth(change.before_kwh), tenth(change.after_kwh));
    Ok((known > 0).then_some(change))
}

fn names(world: &World, points: &[PointId]) -> Bilingual {
    let mut words: Vec<Bilingual> = points.iter().take(NAMED_MAX).map(|p| world.point_words(*p)).collect();
    if points.len() > NAMED_MAX {
        words.push(Bilingual::new("等", "others"));
    }
    Bilingual::join(&words, &Bilingual::new("、", ", "))
}

fn notes(facts: &Facts<'_>, past: &Past<'_>) -> Vec<BacktestNote> {
    let world = &facts.found.world;
    let mut notes = Vec::new();
    let mut note = |code: &str, zh: String, en: String| {
        notes.push(BacktestNote { code: code.into(), text: Bilingual::new(zh, en) });
    };
    let reads: Vec<PointId> = touched(facts.plans).0.into_iter().filter(|p| !past.would.contains_key(p)).collect();
    if !past.would.is_empty() && !reads.is_empty() && past.fired > 0 {
        let near = influenced(world, &reads, past.would.keys().copied());
        let (zh, en) = (
            "开环回放：规则写的点位按它的命令变化，其他值照记录回放",
            "an open loop: what the rule writes follows it, everything else is as it was recorded",
        );
        match near.as_slice() {
            [] => note("open_loop", format!("{zh}。"), format!("This is {en}.")),
            near => {
                let names = names(world, near);
                note(
                    "open_loop",
                    format!("{zh}；规则若真的执行，{}会有所不同。", names.zh),
                    format!("This is {en}; {} would have been different had it really acted.", names.en),
                );
            }
        }
    }
    let silent: Vec<PointId> = reads.iter().copied().filter(|p| !past.counts.contains_key(p)).collect();
    let silent: Vec<PointId> =
        silent.into_iter().filter(|p| past.real.get(p).is_some_and(|c| c.value().is_none())).collect();
    if !silent.is_empty() {
        let names = names(world, &silent);
        note(
            "no_data",
            format!("这段时间没有{}的记录，规则什么也看不到。", names.zh),
            format!("Nothing is recorded of {} in this time; the rule saw nothing of it.", names.en),
        );
    }
    let gaps = reads.iter().filter(|p| !silent.contains(p)).filter_map(|p| Some((*p, past.real.get(p)?.gap_time())));
    for (point, time) in gaps.filter(|(_, time)| *time > Span::ZERO).take(NAMED_MAX) {
        let (name, time) = (world.point_words(point), hours_text(time));
        note(
            "gaps",
            format!("{}有 {time} 小时没有数据，规则当时什么也看不到。", name.zh),
            format!("Of {} nothing is known for {time} h; the rule saw nothing then.", name.en),
        );
    }
    if facts.plans.iter().any(|plan| !plan.listens().is_empty()) {
        note(
            "messages",
            "规则所听的消息不在历史记录里，没有回放。".into(),
            "The messages that the rule hears are not in the history; they are not replayed.".into(),
        );
    }
    if facts.plans.iter().any(|plan| plan.devices().next().is_some()) {
        note(
            "links",
            "设备何时离线没有记录，按一直在线回放。".into(),
            "When devices could not be reached is not recorded; they are taken to have been there.".into(),
        );
    }
    if let Some(since) = facts.found.live_since.filter(|since| *since < facts.to) {
        note(
            "own_past",
            format!("规则自 {since} 起已在运行：实际发生的一部分就是它做的。"),
            format!("The rule has been in use since {since}: part of what really happened is its own doing."),
        );
    }
    if !facts.whole {
        let seconds = TIME_MAX.as_millis() / 1_000;
        note(
            "limit",
            format!("数据太多，只看到 {}（最多 {seconds} 秒）。", facts.to),
            format!("There is too much of it: it was looked at up to {} only (at most {seconds} s).", facts.to),
        );
    }
    notes
}

/// What the rule reads in the rooms in which it writes.
fn influenced(world: &World, reads: &[PointId], writes: impl Iterator<Item = PointId>) -> Vec<PointId> {
    let room = |point: PointId| world.device(world.point(point)?.device)?.space();
    let rooms: BTreeSet<_> = writes.filter_map(room).collect();
    let number = |p: &PointId| world.point(*p).is_some_and(|p| p.unit().is_some());
    reads.iter().copied().filter(number).filter(|p| room(*p).is_some_and(|r| rooms.contains(&r))).collect()
}

fn hours_text(span: Span) -> String {
    let hours = span.as_micros() as f64 / 3.6e9;
    number_text(if hours >= 10.0 { hours.round() } else { (hours * 10.0).round() / 10.0 })
}

fn in_words(told: &Backtest) -> Bilingual {
    let days = hours_text(Span::from_micros((told.to - told.from).as_micros() / 24));
    let mut parts = vec![match told.fired {
        0 => Bilingual::new(
            format!("这 {days} 天里，它一次也不会动作。"),
            format!("In these {days} days it would not have acted."),
        ),
        n => Bilingual::new(
            format!("这 {days} 天里，它会动作 {n} 次。"),
            format!("In these {days} days it would have acted {n} {}.", if n == 1 { "time" } else { "times" }),
        ),
    }];
    if told.idle > 0 {
        parts.push(Bilingual::new(
            format!("{} 个命令里有 {} 个不会改变什么。", told.actions, told.idle),
            format!("Of its {} commands {} would have changed nothing.", told.actions, told.idle),
        ));
    }
    if told.errors > 0 {
        let n = told.errors;
        parts.push(Bilingual::new(format!("出错 {n} 次。"), format!("Something in it would have failed {n} times.")));
    }
    for point in told.points.iter().filter(|_| told.fired > 0).take(NAMED_MAX) {
        let Some(after) = point.after else { continue };
        let (before_h, after_h) = (hours_text(point.before.on_ms), hours_text(after.on_ms));
        let (name, from, to) = (&point.name, point.before.changes, after.changes);
        parts.push(if point.unit.is_some() {
            Bilingual::new(
                format!("{}变化 {to} 次，实际 {from} 次。", name.zh),
                format!("{}: {to} changes instead of {from}.", name.en),
            )
        } else {
            Bilingual::new(
                format!("{}开启 {after_h} 小时，实际 {before_h} 小时；切换 {to} 次，实际 {from} 次。", name.zh),
                format!(
                    "{}: on for {after_h} h instead of {before_h} h, switched {to} times instead of {from}.",
                    name.en
                ),
            )
        });
    }
    if let Some(energy) = told.energy.as_ref().filter(|_| told.fired > 0) {
        let (before, after, cost) =
            (number_text(energy.before_kwh), number_text(energy.after_kwh), number_text(energy.cost.abs()));
        let (zh, en) = match energy.source {
            EnergySource::Measured => ("电表实测", "as meters counted"),
            EnergySource::Assumed => ("按常见功率估算", "with the usual power"),
        };
        let (sign_zh, sign_en) = if energy.cost <= 0.0 { ("少花", "less") } else { ("多花", "more") };
        parts.push(Bilingual::new(
            format!("用电 {after} kWh，实际 {before} kWh（{zh}），{sign_zh}约 {cost} 元。"),
            format!("{after} kWh instead of {before} kWh ({en}), about {cost} {} {sign_en}.", energy.currency),
        ));
    }
    Bilingual::join(&parts, &Bilingual::new("", " "))
}
