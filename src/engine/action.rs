//! Commands in words: "turn on Meeting room fan", 将客厅所有灯的亮度设为 50%.

use crate::limits::LISTED_MAX;
use crate::limits::PHRASE_CHARS_MAX;
use crate::nodes::action::publish;
use crate::phrase::{Phrase, both, glue, joined_by, short_name, topic_words};
use base::id::PointId;
use base::{Bilingual, Quantity, Timestamp, Unit, Value};
use documents::Setting;
use things::traits::{self, Write};
use things::{PointKind, PointSpec, Selector, World};

/// What operations of traits are called; `{}` is what they are done to.
const VERBS: &[(&str, &str, &str)] = &[
    ("activate", "执行{}", "activate {}"),
    ("close", "关闭{}", "close {}"),
    ("dock", "让{}回充", "send {} to its dock"),
    ("lock", "锁上{}", "lock {}"),
    ("mute", "将{}静音", "mute {}"),
    ("next", "让{}播放下一个", "skip to the next on {}"),
    ("open", "打开{}", "open {}"),
    ("pause", "暂停{}", "pause {}"),
    ("play", "让{}开始播放", "start playing on {}"),
    ("press", "按一下{}", "press {}"),
    ("previous", "让{}播放上一个", "go to the previous on {}"),
    ("start", "启动{}", "start {}"),
    ("stop", "停止{}", "stop {}"),
    ("toggle", "切换{}", "toggle {}"),
    ("turn_off", "关闭{}", "turn off {}"),
    ("turn_on", "打开{}", "turn on {}"),
    ("unlock", "解锁{}", "unlock {}"),
    ("unmute", "取消{}的静音", "unmute {}"),
];

/// A command in words, in the imperative.
pub(crate) fn setting_words(
    point: Option<PointId>,
    select: Option<&Selector>,
    setting: &Setting,
    unit: Option<Unit>,
    world: &World,
) -> Bilingual {
    let points = match (point, select) {
        (Some(point), _) => vec![point],
        (None, Some(selector)) => selector.points(world, Timestamp::MAX),
        (None, None) => Vec::new(),
    };
    let Some(spec) = points.first().and_then(|p| world.point(*p)) else {
        return Bilingual::new("执行一个未知的命令", "do something unknown");
    };
    // Who is acted on by name of the device, and which property of whom where the device has several.
    let (whole, property) = match select {
        None => (short_name(spec, world), world.point_words(spec.id)),
        Some(selector) => {
            let devices = selection_words(selector, world);
            let name = spec.names.bilingual();
            let property = both(&[&devices, &name], |p| glue(&[p[0], "的", p[1]]), |p| format!("{} of {}", p[1], p[0]));
            (devices, property)
        }
    };
    if let Some((_, zh, en)) = operation(spec, setting).and_then(|name| VERBS.iter().find(|v| v.0 == name)) {
        let (before, after) = zh.split_once("{}").unwrap_or((zh, ""));
        return Bilingual::new(glue(&[before, &whole.zh, after]), en.replace("{}", &whole.en));
    }
    let value_words = |value: &Value| match (value, unit) {
        (Value::Number(n), Some(unit)) => Bilingual::same(Quantity::new(*n, unit).to_string()),
        _ => spec.words(value),
    };
    match setting {
        Setting::To(value) => both(
            &[&property, &value_words(value)],
            |p| glue(&["将", p[0], "设为", p[1]]),
            |p| format!("set {} to {}", p[0], p[1]),
        ),
        Setting::By(n) if *n < 0.0 => both(
            &[&property, &value_words(&Value::Number(-n))],
            |p| glue(&["将", p[0], "降低", p[1]]),
            |p| format!("lower {} by {}", p[0], p[1]),
        ),
        Setting::By(n) => both(
            &[&property, &value_words(&Value::Number(*n))],
            |p| glue(&["将", p[0], "提高", p[1]]),
            |p| format!("raise {} by {}", p[0], p[1]),
        ),
        Setting::Toggle => both(&[&property], |p| glue(&["切换", p[0]]), |p| format!("toggle {}", p[0])),
        Setting::Call(_) => both(&[&property], |p| glue(&["调用", p[0]]), |p| format!("call {}", p[0])),
    }
}

/// A message that is published, in words: "publish `on` to `cmd/{1}/set`, where {1} is …".
pub(crate) fn publishing_words(params: &publish::Params, values: &[(&str, &Phrase)], world: &World) -> Bilingual {
    let payload = params.payload.as_str().map_or_else(|| params.payload.to_string(), str::to_owned);
    let mut shown: String = payload.chars().take(PHRASE_CHARS_MAX).collect();
    if shown.len() < payload.len() {
        shown.push('…');
    }
    let payload = Bilingual::new(format!("“{shown}”"), format!("`{shown}`"));
    let topic = topic_words(&params.topic, params.connection, world);
    let (zh, en) = if params.retain { ("发布并保留", "publish and retain") } else { ("发布", "publish") };
    let said =
        both(&[&topic, &payload], |p| format!("向{}{zh}{}", p[0], p[1]), |p| format!("{en} {} to {}", p[1], p[0]));
    let written = publish::slots(params);
    let wildcard = |n: &usize| {
        Bilingual::new(format!("{{{n}}} 为第 {n} 个通配符所匹配的"), format!("{{{n}}} is what wildcard {n} stood for"))
    };
    let value = |(name, phrase): &(&str, &Phrase)| {
        both(
            &[&phrase.value_words()],
            |p| glue(&[&format!("{{{name}}} 为"), p[0]]),
            |p| format!("{{{name}}} is {}", p[0]),
        )
    };
    let slots: Vec<Bilingual> = written.iter().map(wildcard).chain(values.iter().map(value)).collect();
    if slots.is_empty() {
        return said;
    }
    both(
        &[&said, &joined_by(&slots, "，", " and ")],
        |p| format!("{}（{}）", p[0], p[1]),
        |p| format!("{} ({})", p[0], p[1]),
    )
}

/// The operation of the trait that makes this setting.
fn operation(spec: &PointSpec, setting: &Setting) -> Option<&'static str> {
    let at = |limit: Option<f64>, n: f64| limit.is_some_and(|l| (l - n).abs() < 1e-9);
    let (min, max) = match &spec.kind {
        PointKind::Number { min, max, .. } => (*min, *max),
        PointKind::Bool | PointKind::Enum { .. } | PointKind::Text { .. } | PointKind::Other | PointKind::Service => {
            (None, None)
        }
    };
    let t = spec.trait_.as_deref().and_then(traits::by_id)?;
    let made = |write: Write| match (write, setting) {
        (Write::Bool(a), Setting::To(Value::Bool(b))) => a == *b,
        (Write::Token(a), Setting::To(Value::Text(b))) => a == b,
        (Write::Min, Setting::To(Value::Number(n))) => at(min, *n),
        (Write::Max, Setting::To(Value::Number(n))) => at(max, *n),
        (Write::Toggle, Setting::Toggle) | (Write::Call, Setting::Call(_)) => true,
        _ => false,
    };
    t.operations.iter().find(|o| made(o.write)).map(|o| o.name)
}

/// Who a selection is: "every light in Living room (3 devices)", 客厅的所有灯（3 台设备）.
fn selection_words(selector: &Selector, world: &World) -> Bilingual {
    let count = selector.devices(world, Timestamp::MAX).len();
    let words = described(selector, world);
    let en_count = if count == 1 { "1 device".to_owned() } else { format!("{count} devices") };
    both(&[&words], |p| format!("{}（{count} 台设备）", p[0]), |p| format!("{} ({en_count})", p[0]))
}

pub(crate) fn described(selector: &Selector, world: &World) -> Bilingual {
    let listed = |parts: &[Bilingual]| joined_by(parts, "、", " and ");
    let named: Vec<Bilingual> = selector
        .devices
        .iter()
        .filter_map(|d| world.device(*d))
        .map(|d| d.names.bilingual())
        .chain(selector.points.iter().map(|p| world.point_words(*p)))
        .collect();
    let mut words = if !named.is_empty() && named.len() <= LISTED_MAX {
        listed(&named)
    } else {
        let kinds: Vec<Bilingual> = selector.kinds.iter().map(|k| kind_words(k, world)).collect();
        let what = if kinds.is_empty() { Bilingual::new("设备", "device") } else { listed(&kinds) };
        let spaces: Vec<Bilingual> =
            selector.spaces.iter().filter_map(|s| world.space(*s)).map(|s| s.names.bilingual()).collect();
        if spaces.is_empty() {
            both(&[&what], |p| glue(&["所有", p[0]]), |p| format!("every {}", p[0]))
        } else {
            both(
                &[&what, &listed(&spaces)],
                |p| glue(&[p[1], "的所有", p[0]]),
                |p| format!("every {} in {}", p[0], p[1]),
            )
        }
    };
    if !selector.tags.is_empty() {
        let tags = selector.tags.join(", ");
        words = both(&[&words], |p| format!("带标签 {tags} 的{}", p[0]), |p| format!("{} tagged {tags}", p[0]));
    }
    if !selector.except.is_empty() {
        let but: Vec<Bilingual> = selector.except.iter().map(|e| described(e, world)).collect();
        words = both(
            &[&words, &listed(&but)],
            |p| format!("{}（{}除外）", p[0], p[1]),
            |p| format!("{} except {}", p[0], p[1]),
        );
    }
    words
}

/// What a kind of device is called: the first product of the kind says it.
fn kind_words(kind: &str, world: &World) -> Bilingual {
    world
        .products()
        .find(|p| p.model.x.kind == kind)
        .map_or_else(|| Bilingual::same(kind), |p| p.model.x.names.bilingual())
}
