//! Replies made by code, in both languages: answers, receipts, refusals, questions, proposals.
//!
//! What it is *not*: no model writes here, and nothing is claimed that a receipt does not say.

use base::id::{DeviceId, PointId};
use base::{Bilingual, Lang, Quantity, Value};
use documents::query::{FrameResult, FrameRow};
use documents::{
    Act, Ask, Condition, DialogueAct, Frame, Proposal, Query, Question, Receipt, ReceiptState, Refusal, Setting,
};
use std::collections::BTreeMap;
use things::{PointKind, PointSpec, World};

/// Most devices that one sentence names; the rest are counted.
pub const NAMED_MAX: usize = 5;
/// Most devices that the answer to "how many" names.
const COUNTED_MAX: usize = 1;
/// Most groups of receipts that one reply tells.
const GROUPS_MAX: usize = 6;

/// The name of a device, with its place where others have the same name.
pub fn device(id: DeviceId, world: &World) -> Bilingual {
    let Some(device) = world.device(id) else { return Bilingual::new("未知设备", "unknown device") };
    let own = device.names.bilingual();
    let Some(place) = device.space().filter(|_| world.has_namesake(id)).and_then(|s| world.space(s)) else {
        return own;
    };
    let place = place.names.bilingual();
    Bilingual::new(format!("{}的{}", place.zh, own.zh), format!("{} {}", place.en, own.en))
}

/// A list of names: all of them up to [`NAMED_MAX`], then how many more.
pub fn list(names: &[Bilingual]) -> Bilingual {
    let shown: Vec<&Bilingual> = names.iter().take(NAMED_MAX).collect();
    let more = names.len().saturating_sub(NAMED_MAX);
    let zh: Vec<&str> = shown.iter().map(|n| n.zh.as_str()).collect();
    let en: Vec<&str> = shown.iter().map(|n| n.en.as_str()).collect();
    if more > 0 {
        return Bilingual::new(
            format!("{}等{}个", zh.join("、"), names.len()),
            format!("{} and {more} more", en.join(", ")),
        );
    }
    let en = match en.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => en.join(", "),
    };
    Bilingual::new(zh.join("、"), en)
}

/// Whether the value alone says what is meant: `on`, `open`, `locked`; a number needs its property.
fn speaks_for_itself(spec: &PointSpec) -> bool {
    matches!(spec.kind, PointKind::Bool) || spec.trait_.as_deref().is_some_and(|t| matches!(t, "playback" | "run"))
}

fn property(spec: &PointSpec) -> Bilingual {
    spec.trait_
        .as_deref()
        .and_then(things::traits::by_id)
        .map_or_else(|| spec.names.bilingual(), |t| t.names().bilingual())
}

/// A value with its property where the value alone would not say it: `on`, `brightness 50%`.
fn value(spec: &PointSpec, v: &Value) -> Bilingual {
    let words = spec.words(v);
    if speaks_for_itself(spec) {
        return words;
    }
    let p = property(spec);
    Bilingual::new(format!("{}{}", p.zh, words.zh), format!("{} {}", p.en, words.en))
}

/// The answer to a query.
pub fn frame(query: &Query, frame: &Frame, world: &World) -> Bilingual {
    if frame.points == 0 {
        match query.ask {
            Ask::Any(_) | Ask::All(_) => {
                return Bilingual::new("没有，那里没有这样的设备。", "No, there is no such device there.");
            }
            Ask::Count(_) => return Bilingual::new("0个。", "0."),
            _ => {}
        }
        return Bilingual::new("没有符合的设备。", "There is no such device.");
    }
    match (&query.ask, &frame.result) {
        (_, FrameResult::Nothing) => Bilingual::new("目前没有读数。", "There is no reading at present."),
        (Ask::All(c), FrameResult::Truth(truth)) => all(c, *truth, frame, world),
        (Ask::Any(c), FrameResult::Truth(true)) => {
            let found = sentence(c, frame, world);
            Bilingual::new(format!("是的，{}。", found.zh), format!("Yes, {}.", found.en))
        }
        (Ask::Any(_), FrameResult::Truth(_)) => Bilingual::new("没有，一个也没有。", "No, none."),
        (Ask::Count(_), FrameResult::Count(0)) => Bilingual::new("0个。", "0."),
        (_, FrameResult::Count(n)) if *n > COUNTED_MAX => Bilingual::new(format!("{n}个。"), format!("{n}.")),
        (_, FrameResult::Count(n)) => {
            let names = list(&row_names(frame, world));
            Bilingual::new(format!("{n}个：{}。", names.zh), format!("{n}: {}.", names.en))
        }
        (Ask::Which(c), _) => {
            if frame.rows.is_empty() {
                return Bilingual::new("没有。", "None.");
            }
            let found = sentence(c, frame, world);
            Bilingual::new(format!("{}。", found.zh), format!("{}.", capital(&found.en)))
        }
        (Ask::Highest | Ask::Lowest, _) => extreme(query.ask == Ask::Highest, frame, world),
        (Ask::Difference(_), FrameResult::Number(n)) => difference(*n, frame, world),
        (Ask::Than(_), FrameResult::Truth(truth)) => {
            let both = told(&frame.rows, world);
            if *truth {
                Bilingual::new(format!("是的，{}。", both.zh), format!("Yes, {}.", both.en))
            } else {
                Bilingual::new(format!("没有，{}。", both.zh), format!("No, {}.", both.en))
            }
        }
        (Ask::Place, _) => whereabouts(frame, world),
        (_, FrameResult::Number(n)) => number(&query.ask, *n, frame, world),
        _ => rows(frame, world),
    }
}

fn row_names(frame: &Frame, world: &World) -> Vec<Bilingual> {
    let mut names: Vec<Bilingual> = Vec::new();
    for name in frame.rows.iter().map(|r| subject(r, world)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Of whom a state is told: of a room, where its sensor says who is in it; of the device otherwise.
fn subject(r: &FrameRow, world: &World) -> Bilingual {
    let presence = world.point(r.point).is_some_and(|p| p.is("occupancy"));
    let room = world.device(r.device).and_then(|d| d.space()).and_then(|s| world.space(s));
    room.filter(|_| presence).map_or_else(|| device(r.device, world), |s| s.names.bilingual())
}

/// A state in words: a person is at home, a room is occupied; a cover is open as far as it is.
fn state(r: &FrameRow, spec: &PointSpec, v: &Value, world: &World) -> Bilingual {
    let person = spec.is("occupancy") && world.device(r.device).is_some_and(|d| d.space().is_none());
    match (v, person) {
        (Value::Bool(true), true) => Bilingual::new("在家", "at home"),
        (Value::Bool(false), true) => Bilingual::new("不在家", "not at home"),
        (Value::Number(n), _) if spec.is("position") => match n {
            n if *n <= 0.0 => Bilingual::new("关着", "closed"),
            n if *n >= 100.0 => Bilingual::new("开着", "open"),
            _ => Bilingual::new(format!("开到{}", spec.words(v).zh), format!("{} open", spec.words(v).en)),
        },
        _ => spec.words(v),
    }
}

/// "the lobby light is on", from the first row's value and everybody's names.
fn sentence(c: &Condition, frame: &Frame, world: &World) -> Bilingual {
    let names = row_names(frame, world);
    let spec = frame.rows.first().and_then(|r| world.point(r.point));
    let same = frame.rows.windows(2).all(|w| matches!(w, [a, b] if a.value == b.value));
    match (spec, frame.rows.first().and_then(|r| r.value.as_ref())) {
        (Some(spec), Some(v)) if same && (speaks_for_itself(spec) || spec.is("position")) => {
            let first = frame.rows.first();
            let (l, words) = (list(&names), first.map_or_else(|| spec.words(v), |r| state(r, spec, v, world)));
            let be = if names.len() == 1 { "is" } else { "are" };
            Bilingual::new(format!("{}{}", l.zh, words.zh), format!("{} {be} {}", l.en, words.en))
        }
        (Some(_), Some(_)) if matches!(c.value, Value::Number(_)) && frame.rows.len() <= NAMED_MAX => {
            told(&frame.rows, world)
        }
        _ => list(&names),
    }
}

fn all(c: &Condition, truth: bool, frame: &Frame, world: &World) -> Bilingual {
    let found = sentence(c, frame, world);
    if truth {
        Bilingual::new(format!("是的，{}。", found.zh), format!("Yes, {}.", found.en))
    } else {
        Bilingual::new(format!("没有，{}。", found.zh), format!("No, {}.", found.en))
    }
}

/// Rows with their values: `Hall: 21 °C, Office: 22 °C`.
fn told(rows: &[FrameRow], world: &World) -> Bilingual {
    let parts: Vec<Bilingual> = rows.iter().take(NAMED_MAX).map(|r| row(r, world)).collect();
    let mut out = Bilingual::join(&parts, &Bilingual::new("，", ", "));
    let more = rows.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        out = Bilingual::new(format!("{}，另有{more}个", out.zh), format!("{}, and {more} more", out.en));
    }
    out
}

fn row(r: &FrameRow, world: &World) -> Bilingual {
    let name = subject(r, world);
    let Some(spec) = world.point(r.point) else { return name };
    let Some(v) = &r.value else {
        return Bilingual::new(format!("{}没有读数", name.zh), format!("{} has no reading", name.en));
    };
    let words = state(r, spec, v, world);
    if speaks_for_itself(spec) || spec.is("position") {
        return Bilingual::new(format!("{}{}", name.zh, words.zh), format!("{} is {}", name.en, words.en));
    }
    // What only its name explains.
    if spec.trait_.is_none() && world.points_of(r.device).count() == 1 {
        return Bilingual::new(format!("{}是{}", name.zh, words.zh), format!("{} is {}", name.en, words.en));
    }
    let p = property(spec);
    // "Cellar temperature" already says what it measures.
    let zh = if name.zh.contains(&p.zh) {
        format!("{}是{}", name.zh, words.zh)
    } else {
        format!("{}的{}是{}", name.zh, p.zh, words.zh)
    };
    let en = if name.en.to_lowercase().contains(&p.en.to_lowercase()) {
        format!("{} is {}", name.en, words.en)
    } else {
        format!("{} {} is {}", name.en, p.en, words.en)
    };
    Bilingual::new(zh, en)
}

fn rows(frame: &Frame, world: &World) -> Bilingual {
    if frame.rows.is_empty() {
        return Bilingual::new("没有。", "None.");
    }
    let out = told(&frame.rows, world);
    Bilingual::new(format!("{}。", out.zh), format!("{}.", capital(&out.en)))
}

fn extreme(highest: bool, frame: &Frame, world: &World) -> Bilingual {
    let Some(first) = frame.rows.first() else {
        return Bilingual::new("目前没有读数。", "There is no reading at present.");
    };
    let place =
        world.device(first.device).and_then(|d| d.space()).and_then(|s| world.space(s)).map(|s| s.names.bilingual());
    let name = device(first.device, world);
    let words = world.point(first.point).zip(first.value.as_ref()).map_or_else(Bilingual::default, |(s, v)| s.words(v));
    let rank = if highest { Bilingual::new("最高", "highest") } else { Bilingual::new("最低", "lowest") };
    match place {
        Some(p) if !name.zh.contains(&p.zh) => Bilingual::new(
            format!("{}{}，{}，{}。", p.zh, rank.zh, words.zh, name.zh),
            format!("{} is {}: {} ({}).", capital(&p.en), rank.en, words.en, name.en),
        ),
        _ => Bilingual::new(
            format!("{}{}，{}。", name.zh, rank.zh, words.zh),
            format!("{} is {}: {}.", capital(&name.en), rank.en, words.en),
        ),
    }
}

/// "The garage is 4.1°C higher": how far the first of two is from the second.
fn difference(n: f64, frame: &Frame, world: &World) -> Bilingual {
    let [first, second] = frame.rows.as_slice() else { return rows(frame, world) };
    let unit = world.point(first.point).and_then(PointSpec::unit);
    let far = (n.abs() * 10.0).round() / 10.0;
    let far = unit.map_or_else(|| base::value::number_text(far), |u| Quantity::new(far, u).to_string());
    let (a, b) = (device(first.device, world), device(second.device, world));
    if first.device == second.device {
        let (now, set) = (row(first, world), row(second, world));
        return Bilingual::new(
            format!("相差{far}：{}，{}。", now.zh, set.zh),
            format!("{far} apart: {}, {}.", now.en, set.en),
        );
    }
    let (zh, en) = if n < 0.0 { ("低", "lower") } else { ("高", "higher") };
    Bilingual::new(format!("{}比{}{zh}{far}。", a.zh, b.zh), format!("{} is {far} {en} than {}.", capital(&a.en), b.en))
}

/// Where devices are.
fn whereabouts(frame: &Frame, world: &World) -> Bilingual {
    let told = |r: &FrameRow| {
        let name = device(r.device, world);
        match world.device(r.device).and_then(|d| d.space()).and_then(|s| world.space(s)).map(|s| s.names.bilingual()) {
            Some(place) => {
                Bilingual::new(format!("{}在{}", name.zh, place.zh), format!("{} is in {}", name.en, place.en))
            }
            None => Bilingual::new(format!("{}没有位置", name.zh), format!("{} has no place", name.en)),
        }
    };
    let parts: Vec<Bilingual> = frame.rows.iter().take(NAMED_MAX).map(told).collect();
    let all = Bilingual::join(&parts, &Bilingual::new("，", ", "));
    Bilingual::new(format!("{}。", all.zh), format!("{}.", capital(&all.en)))
}

fn number(ask: &Ask, n: f64, frame: &Frame, world: &World) -> Bilingual {
    let unit = frame.rows.first().and_then(|r| world.point(r.point)).and_then(PointSpec::unit);
    let text =
        unit.map_or_else(|| base::value::number_text(n), |u| Quantity::new((n * 10.0).round() / 10.0, u).to_string());
    match ask {
        Ask::Sum => Bilingual::new(format!("合计{text}。"), format!("{text} in all.")),
        _ => Bilingual::new(format!("平均{text}。"), format!("{text} on average.")),
    }
}

pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// What became of the commands. Says "done" only of what the device reported, or took when it never reports.
pub fn receipts(receipts: &[Receipt], world: &World) -> Bilingual {
    if receipts.is_empty() {
        return Bilingual::new("没有需要做的。", "There was nothing to do.");
    }
    let mut groups: BTreeMap<(Said, String), Group<'_>> = BTreeMap::new();
    for r in receipts {
        let spec = world.point(r.point);
        let said = Said::of(r, spec);
        let key = (
            said,
            format!("{:?}{}{:?}", spec.and_then(|s| s.trait_.as_deref()), r.value, r.reason.as_ref().map(|x| &x.text)),
        );
        groups
            .entry(key)
            .or_insert_with(|| Group { first: r, spec, devices: Vec::new() })
            .devices
            .push(device(r.device, world));
    }
    // What is done stands first in the order of `Said`, and is said to be done once.
    let done: Vec<Bilingual> =
        groups.iter().take(GROUPS_MAX).filter(|((kind, _), _)| *kind == Said::Done).map(|(_, g)| g.what()).collect();
    let mut said = Vec::new();
    if !done.is_empty() {
        let all = Bilingual::join(&done, &Bilingual::new("；", "; "));
        said.push(Bilingual::new(format!("好了，{}。", all.zh), format!("Done. {}.", all.en)));
    }
    for ((kind, _), group) in groups.iter().take(GROUPS_MAX).skip(done.len()) {
        said.push(group.tell(*kind));
    }
    let more = groups.len().saturating_sub(GROUPS_MAX);
    if more > 0 {
        said.push(Bilingual::new(format!("另有{more}项结果。"), format!("{more} more results.")));
    }
    Bilingual::join(&said, &Bilingual::new("", " "))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Done,
    Taken,
    Sent,
    TimedOut,
    Unknown,
    Refused,
}

impl Said {
    fn of(r: &Receipt, spec: Option<&PointSpec>) -> Said {
        match r.state {
            ReceiptState::Confirmed => Said::Done,
            ReceiptState::Acked if spec.is_some_and(|s| !s.feedback) => Said::Taken,
            ReceiptState::Acked | ReceiptState::Sent => Said::Sent,
            ReceiptState::TimedOut => Said::TimedOut,
            ReceiptState::Refused => Said::Refused,
            ReceiptState::Unknown => Said::Unknown,
        }
    }
}

struct Group<'a> {
    first: &'a Receipt,
    spec: Option<&'a PointSpec>,
    devices: Vec<Bilingual>,
}

impl Group<'_> {
    /// The devices and what they became: `Desk lamp: on`.
    fn what(&self) -> Bilingual {
        let names = list(&self.devices);
        let what = self.spec.map_or_else(Bilingual::default, |s| match s.kind {
            PointKind::Service => s.names.bilingual(),
            _ => value(s, &self.first.value),
        });
        Bilingual::new(format!("{}：{}", names.zh, what.zh), format!("{}: {}", names.en, what.en))
    }

    fn tell(&self, said: Said) -> Bilingual {
        let Bilingual { zh, en } = self.what();
        match said {
            Said::Done => Bilingual::new(format!("好了，{zh}。"), format!("Done. {en}.")),
            Said::Taken => Bilingual::new(
                format!("已执行，{zh}（设备不回报状态）。"),
                format!("Accepted. {en} (the device does not report back)."),
            ),
            Said::Sent => {
                Bilingual::new(format!("已发送，{zh}，尚未确认。"), format!("Sent, not yet confirmed. {en}."))
            }
            Said::TimedOut => Bilingual::new(format!("未得到确认，{zh}。"), format!("Not confirmed in time. {en}.")),
            Said::Unknown => Bilingual::new(format!("结果未知，{zh}。"), format!("Result unknown. {en}.")),
            Said::Refused => {
                let why =
                    self.first.reason.as_ref().map_or_else(|| Bilingual::new("被拒绝", "refused"), |r| r.text.clone());
                let names = list(&self.devices);
                Bilingual::new(
                    format!("没有执行，{}：{}。", names.zh, trim(&why.zh)),
                    format!("Not done. {}: {}.", names.en, trim(&why.en)),
                )
            }
        }
    }
}

fn trim(text: &str) -> &str {
    text.trim_end_matches(['。', '.'])
}

/// What an act does, in words: `Desk lamp: brightness 50%`.
pub fn act(act: &Act, world: &World) -> Bilingual {
    let Some(spec) = world.point(act.point) else { return Bilingual::new("未知点位", "unknown point") };
    let name = device(spec.device, world);
    let what = match &act.setting {
        Setting::To(v) => value(spec, v),
        Setting::By(n) => {
            let (p, sign) = (property(spec), if *n < 0.0 { "" } else { "+" });
            let q = Quantity::new(*n, spec.unit().unwrap_or_else(base::Unit::one));
            Bilingual::new(format!("{}{sign}{q}", p.zh), format!("{} {sign}{q}", p.en))
        }
        Setting::Toggle => Bilingual::new("切换", "toggle"),
        Setting::Call(_) => spec.names.bilingual(),
    };
    Bilingual::new(format!("{}：{}", name.zh, what.zh), format!("{}: {}", name.en, what.en))
}

/// A refusal with the nearest things that are possible.
pub fn refusal(refusal: &Refusal) -> Bilingual {
    let (zh, en) = (trim(&refusal.text.zh), capital(trim(&refusal.text.en)));
    if refusal.nearest.is_empty() {
        return Bilingual::new(format!("{zh}。"), format!("{en}."));
    }
    let near = list(&refusal.nearest);
    Bilingual::new(format!("{zh}。最接近的有：{}。", near.zh), format!("{en}. Nearest: {}.", near.en))
}

/// A question with its options.
pub fn question(question: &Question) -> Bilingual {
    if question.options.is_empty() {
        return question.text.clone();
    }
    let zh: Vec<String> =
        question.options.iter().enumerate().map(|(i, o)| format!("{}) {}", i + 1, o.label.zh)).collect();
    let en: Vec<String> =
        question.options.iter().enumerate().map(|(i, o)| format!("{}) {}", i + 1, o.label.en)).collect();
    Bilingual::new(format!("{} {}", question.text.zh, zh.join("；")), format!("{} {}", question.text.en, en.join("; ")))
}

/// A proposal that waits for approval.
pub fn proposal(proposal: &Proposal) -> Bilingual {
    Bilingual::new(
        format!("需要您确认：{}。{}。", trim(&proposal.readback.zh), trim(&proposal.why.zh)),
        format!("Please confirm: {}. {}.", trim(&proposal.readback.en), capital(trim(&proposal.why.en))),
    )
}

/// The reply to words about the conversation itself. What was undone or explained is the runtime's to say.
pub fn dialogue(act: &DialogueAct, lang: Lang) -> Option<String> {
    let text = match act {
        DialogueAct::SmallTalk => {
            Bilingual::new("您好，请告诉我要控制或查询什么。", "Hello. Tell me what to control or to look up.")
        }
        DialogueAct::Cancel => Bilingual::new("好的，不做了。", "All right, nothing will be done."),
        DialogueAct::Undo | DialogueAct::Confirm | DialogueAct::Why(_) => return None,
    };
    Some(text.get(lang).to_string())
}

/// The words of a point and its present value, for lists.
pub fn point_value(point: PointId, v: &Value, world: &World) -> Bilingual {
    let name = world.point_words(point);
    let words = world.point(point).map_or_else(|| Bilingual::same(v.to_string()), |s| s.words(v));
    Bilingual::new(format!("{}：{}", name.zh, words.zh), format!("{}: {}", name.en, words.en))
}
