//! Which words of a request made which part of what was understood, so that a reader sees what was read in them.
//!
//! What it is *not*: nothing is understood here; what the draft means is settled before. Start at [`words`].

use crate::answers::render;
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::text::normalise::Text;
use crate::words::concept::Concept as C;
use crate::words::lexicon::{Entry, Lexicon};
use base::Bilingual;
use base::id::{DeviceId, PointId, SpaceId};
use documents::{Sense, Verdict, Words};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use things::{World, templates, traits};

/// What the words say that are neither names nor values; the more specific stand first.
#[rustfmt::skip]
const SAID: &[(C, Sense, &str, &str)] = &[
    (C::Unlock, Sense::Act, "开锁", "unlock"),
    (C::Lock, Sense::Act, "上锁", "lock"),
    (C::Unmute, Sense::Act, "取消静音", "unmute"),
    (C::Mute, Sense::Act, "静音", "mute"),
    (C::Brighten, Sense::Act, "调亮", "brighter"),
    (C::Dim, Sense::Act, "调暗", "dimmer"),
    (C::Warmer, Sense::Act, "调高温度", "warmer"),
    (C::Cooler, Sense::Act, "调低温度", "cooler"),
    (C::Louder, Sense::Act, "调高音量", "louder"),
    (C::Quieter, Sense::Act, "调低音量", "quieter"),
    (C::Faster, Sense::Act, "加快", "faster"),
    (C::Slower, Sense::Act, "减慢", "slower"),
    (C::Dock, Sense::Act, "回充", "back to its dock"),
    (C::Clean, Sense::Act, "清扫", "clean"),
    (C::Mow, Sense::Act, "割草", "mow"),
    (C::Next, Sense::Act, "下一个", "next"),
    (C::Previous, Sense::Act, "上一个", "previous"),
    (C::Halve, Sense::Act, "减半", "half as much"),
    (C::Double, Sense::Act, "加倍", "twice as much"),
    (C::OpenOrOn, Sense::Act, "打开", "open or switch on"),
    (C::CloseOrOff, Sense::Act, "关闭", "close or switch off"),
    (C::Set, Sense::Act, "设为", "set"),
    (C::TurnOn, Sense::Act, "打开", "switch on"),
    (C::TurnOff, Sense::Act, "关掉", "switch off"),
    (C::Open, Sense::Act, "打开", "open"),
    (C::Close, Sense::Act, "关上", "close"),
    (C::Increase, Sense::Act, "调高", "more"),
    (C::Decrease, Sense::Act, "调低", "less"),
    (C::Toggle, Sense::Act, "切换", "toggle"),
    (C::Stop, Sense::Act, "停止", "stop"),
    (C::Pause, Sense::Act, "暂停", "pause"),
    (C::Resume, Sense::Act, "继续", "go on"),
    (C::Play, Sense::Act, "播放", "play"),
    (C::Press, Sense::Act, "按下", "press"),
    (C::Start, Sense::Act, "启动", "start"),
    (C::Activate, Sense::Act, "启用", "activate"),
    (C::Undo, Sense::Act, "撤销", "take back"),
    (C::Confirm, Sense::Act, "是", "yes"),
    (C::Cancel, Sense::Act, "取消", "cancel"),
    (C::Notify, Sense::Act, "通知", "tell somebody"),
    (C::On, Sense::State, "开", "on"),
    (C::Off, Sense::State, "关", "off"),
    (C::TooHot, Sense::State, "太热", "too hot"),
    (C::TooCold, Sense::State, "太冷", "too cold"),
    (C::TooBright, Sense::State, "太亮", "too bright"),
    (C::TooDark, Sense::State, "太暗", "too dark"),
    (C::TooLoud, Sense::State, "太吵", "too loud"),
    (C::TooQuiet, Sense::State, "声音太小", "too quiet"),
    (C::Stuffy, Sense::State, "闷", "stuffy"),
    (C::TooDry, Sense::State, "太干", "too dry"),
    (C::TooHumid, Sense::State, "太潮", "too damp"),
    (C::Nobody, Sense::State, "没有人", "nobody"),
    (C::Somebody, Sense::State, "有人", "somebody"),
    (C::Maximum, Sense::Value, "最大", "the most"),
    (C::Minimum, Sense::Value, "最小", "the least"),
    (C::WarmWhite, Sense::Value, "暖白", "warm white"),
    (C::NeutralWhite, Sense::Value, "中性白", "neutral white"),
    (C::ColdWhite, Sense::Value, "冷白", "cold white"),
    (C::LevelHigh, Sense::Value, "高档", "high"),
    (C::LevelMedium, Sense::Value, "中档", "medium"),
    (C::LevelLow, Sense::Value, "低档", "low"),
    (C::ALot, Sense::Value, "很多", "a lot"),
    (C::ABit, Sense::Value, "一点", "a bit"),
    (C::Everything, Sense::Link, "全部", "everything"),
    (C::Everywhere, Sense::Link, "到处", "everywhere"),
    (C::OtherRooms, Sense::Link, "其他房间", "the other rooms"),
    (C::Other, Sense::Link, "其他", "the other"),
    (C::Except, Sense::Link, "除外", "except"),
    (C::Only, Sense::Link, "只", "only"),
    (C::Unless, Sense::Link, "除非", "unless"),
    (C::Until, Sense::Link, "直到", "until"),
    (C::While, Sense::Link, "期间", "while"),
    (C::Otherwise, Sense::Link, "否则", "otherwise"),
    (C::If, Sense::Link, "如果", "if"),
    (C::When, Sense::Link, "当", "when"),
    (C::Not, Sense::Link, "不", "not"),
    (C::WarmerThan, Sense::Link, "高于", "warmer than"),
    (C::ColderThan, Sense::Link, "低于", "colder than"),
    (C::BrighterThan, Sense::Link, "亮于", "brighter than"),
    (C::DarkerThan, Sense::Link, "暗于", "darker than"),
    (C::DamperThan, Sense::Link, "湿于", "damper than"),
    (C::DrierThan, Sense::Link, "干于", "drier than"),
    (C::LouderThan, Sense::Link, "响于", "louder than"),
    (C::AtLeast, Sense::Link, "至少", "at least"),
    (C::AtMost, Sense::Link, "至多", "at most"),
    (C::Above, Sense::Link, "高于", "above"),
    (C::Below, Sense::Link, "低于", "below"),
    (C::Between, Sense::Link, "介于", "between"),
    (C::HowMany, Sense::Link, "多少个", "how many"),
    (C::HowMuch, Sense::Link, "多少", "how much"),
    (C::HowHot, Sense::Property, "温度", "temperature"),
    (C::HowBright, Sense::Property, "亮度", "brightness"),
    (C::HowHumid, Sense::Property, "湿度", "humidity"),
    (C::HowLoud, Sense::Property, "音量", "loudness"),
    (C::HowManyPeople, Sense::Property, "人数", "people"),
    (C::Highest, Sense::Link, "最高", "the highest"),
    (C::Lowest, Sense::Link, "最低", "the lowest"),
    (C::Hottest, Sense::Link, "最热", "the hottest"),
    (C::Coldest, Sense::Link, "最冷", "the coldest"),
    (C::Brightest, Sense::Link, "最亮", "the brightest"),
    (C::Darkest, Sense::Link, "最暗", "the darkest"),
    (C::Dampest, Sense::Link, "最潮", "the dampest"),
    (C::Driest, Sense::Link, "最干", "the driest"),
    (C::Noisiest, Sense::Link, "最吵", "the noisiest"),
    (C::Quietest, Sense::Link, "最安静", "the quietest"),
    (C::Average, Sense::Link, "平均", "the mean"),
    (C::Total, Sense::Link, "合计", "the sum"),
    (C::Which, Sense::Link, "哪些", "which"),
    (C::Where, Sense::Link, "在哪里", "where"),
    (C::Why, Sense::Link, "为什么", "why"),
    (C::Any, Sense::Link, "任何", "any"),
    (C::All, Sense::Link, "所有", "all"),
    (C::Again, Sense::Link, "再", "again"),
    (C::Same, Sense::Link, "同样", "the same"),
    (C::Here, Sense::Place, "这里", "here"),
    (C::Them, Sense::Device, "它们", "those"),
    (C::It, Sense::Device, "它", "that one"),
];

/// What a verdict points at.
#[derive(Default)]
struct Meant {
    devices: BTreeSet<DeviceId>,
    spaces: BTreeSet<SpaceId>,
}

/// The words of a part `[from, to)` of the normal form, with what was read in them, in their order.
pub(crate) fn words(
    tokens: &[Token],
    (from, to): (usize, usize),
    verdict: &Verdict,
    text: &Text,
    world: &World,
    lexicon: &Lexicon,
) -> Vec<Words> {
    if matches!(verdict, Verdict::Refusal(_)) {
        return Vec::new();
    }
    let meant = Meant::of(verdict, world);
    let inside = tokens.iter().filter(|t| from <= t.from && t.to <= to && !t.punctuation());
    inside
        .filter_map(|t| {
            let (sense, read) = meant.sense(t, world, lexicon)?;
            Some(Words { span: text.original(t.from, t.to), sense, text: read })
        })
        .collect()
}

impl Meant {
    /// Every id that stands in it, whatever kind of draft it is.
    fn of(verdict: &Verdict, world: &World) -> Meant {
        let mut meant = Meant::default();
        meant.walk(&serde_json::to_value(verdict).unwrap_or_default(), world);
        let homes = meant.devices.iter().filter_map(|d| world.device(*d)?.space()).collect::<Vec<_>>();
        let around: Vec<SpaceId> = homes.into_iter().flat_map(|s| world.path_of(s)).collect();
        meant.spaces.extend(around);
        meant
    }

    fn walk(&mut self, json: &Json, world: &World) {
        match json {
            Json::String(id) => {
                if let Ok(point) = PointId::parse(id) {
                    self.devices.extend(world.point(point).map(|p| p.device));
                } else if let Ok(device) = DeviceId::parse(id) {
                    self.devices.insert(device);
                } else if let Ok(space) = SpaceId::parse(id) {
                    self.spaces.insert(space);
                }
            }
            Json::Array(list) => list.iter().for_each(|j| self.walk(j, world)),
            Json::Object(fields) => fields.values().for_each(|j| self.walk(j, world)),
            _ => {}
        }
    }

    fn sense(&self, t: &Token, world: &World, lexicon: &Lexicon) -> Option<(Sense, Bilingual)> {
        let entry = t.entry(lexicon);
        if let Some(found) = entry.and_then(|e| self.reference(e, world)) {
            return Some(found);
        }
        if let Some(literal) = &t.literal {
            return Some(value(literal, &t.text));
        }
        let said = SAID.iter().find(|(c, ..)| t.is(*c)).map(|(_, sense, zh, en)| (*sense, Bilingual::new(*zh, *en)));
        said.or_else(|| entry.and_then(|e| property(e, &t.text)))
    }

    /// What a name, a place or a kind stands for.
    fn reference(&self, entry: &Entry, world: &World) -> Option<(Sense, Bilingual)> {
        // "the light" with its place said apart is a device; "lights" of several devices is a kind.
        let parts = if self.devices.len() == 1 || entry.kinds.is_empty() { &entry.parts[..] } else { &[] };
        let named: Vec<DeviceId> = entry.devices.iter().chain(parts).copied().collect();
        if let Some(device) = self.one(&named, &self.devices) {
            return Some((Sense::Device, render::device(device, world)));
        }
        let places: Vec<SpaceId> = entry.spaces.iter().chain(&entry.group).copied().collect();
        if let Some(space) = self.one(&places, &self.spaces) {
            return world.space(space).map(|s| (Sense::Place, s.names.bilingual()));
        }
        let (kind, _) = entry.kinds.iter().min_by_key(|(_, rank)| *rank)?;
        let own = world.products().map(|p| &p.model).find(|m| m.x.kind == *kind);
        let model = own.or_else(|| templates::all().map(|(_, m)| m).find(|m| m.x.kind == *kind))?;
        Some((Sense::Kind, model.x.names.bilingual()))
    }

    /// The one that was meant, or the only one there is: an exception is in no draft.
    fn one<T: Copy + Ord>(&self, of: &[T], meant: &BTreeSet<T>) -> Option<T> {
        of.iter().find(|x| meant.contains(x)).or(if let [only] = of { Some(only) } else { None }).copied()
    }
}

/// A value as it was understood; times and durations in the words in which they were said.
fn value(literal: &Literal, text: &str) -> (Sense, Bilingual) {
    match literal {
        Literal::Number(n) => (Sense::Value, Bilingual::same(n.to_string())),
        Literal::Quantity(q) => (Sense::Value, Bilingual::same(q.to_string())),
        Literal::Degrees(n) => (Sense::Value, Bilingual::new(format!("{n} 度"), format!("{n} degrees"))),
        Literal::Duration(_) | Literal::When(_) => (Sense::Time, Bilingual::same(text)),
    }
}

fn property(entry: &Entry, text: &str) -> Option<(Sense, Bilingual)> {
    if let Some(t) = entry.traits.iter().find_map(|t| traits::by_id(t)) {
        return Some((Sense::Property, t.names().bilingual()));
    }
    (!entry.states.is_empty()).then(|| (Sense::State, Bilingual::same(text)))
}
