//! Commands, selections and publishing: how they are said, and commands and selections found again in a text.

use super::literal::{by_symbol, eat, glue, object, quantity, quoted, read_json, read_quantity, read_quoted, whole};
use super::names::{Index, trait_of, traits_in};
use super::pick;
use crate::nodes::action::{command, publish};
use base::{Lang, Unit, Value};
use documents::Setting;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use things::traits::Write;
use things::{PointKind, PointSpec, Selector};

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

/// Ways to set a property: Chinese, English; the first `{}` is the property, the second the value.
const SETTINGS: [(&str, &str); 5] = [
    ("将{}设为{}", "set {} to {}"),
    ("将{}降低{}", "lower {} by {}"),
    ("将{}提高{}", "raise {} by {}"),
    ("切换{}", "toggle {}"),
    ("调用{}", "call {}"),
];

/// Between a property and what has it, in English.
const OF: &str = " of ";

/// Most parts of one selection that are read.
const PARTS_MAX: usize = 64;

/// A pattern with its places filled.
fn filled(pattern: &str, parts: &[&str], lang: Lang) -> String {
    let mut pieces: Vec<&str> = Vec::new();
    for (i, text) in pattern.split("{}").enumerate() {
        pieces.extend(i.checked_sub(1).and_then(|p| parts.get(p)));
        pieces.push(text);
    }
    glue(&pieces, lang)
}

/// A command in words, in the imperative.
pub(crate) fn command(index: &Index<'_>, params: &Map<String, Json>) -> String {
    let unknown = || pick(index.lang, "执行一个未知的命令", "do something unknown").to_owned();
    let read = serde_json::from_value::<command::Params>(Json::Object(params.clone()));
    let Ok(params) = read else { return unknown() };
    let first = match (&params.point, &params.select) {
        (Some(point), _) => index.world.point(*point),
        (None, Some(select)) => index.selected(select, params.here).first().copied(),
        (None, None) => None,
    };
    match first {
        Some(spec) => setting(index, &params, spec),
        None => unknown(),
    }
}

fn setting(index: &Index<'_>, params: &command::Params, spec: &PointSpec) -> String {
    let lang = index.lang;
    let (whole, property) = match &params.select {
        Some(select) if params.point.is_none() => {
            let devices = counted(index, (select, params.here), spec);
            let property = of(spec.names.display(lang), &devices, lang);
            (devices, property)
        }
        _ => (index.short(spec), index.point(spec.id)),
    };
    let operation = operation(spec, &params.setting).filter(|_| params.unit.is_none());
    if let Some((_, zh, en)) = operation.and_then(|name| VERBS.iter().find(|v| v.0 == name)) {
        return filled(pick(lang, zh, en), &[&whole], lang);
    }
    let value = |value: &Value| match value {
        Value::Number(n) => quantity(*n, params.unit, spec.unit()),
        other => index.value(spec, other),
    };
    let (way, value) = match &params.setting {
        Setting::To(to) => (0, value(to)),
        Setting::By(n) if *n < 0.0 => (1, value(&Value::Number(-n))),
        Setting::By(n) => (2, value(&Value::Number(*n))),
        Setting::Toggle => (3, String::new()),
        Setting::Call(arguments) => {
            let called = filled(pick(lang, SETTINGS[4].0, SETTINGS[4].1), &[&property], lang);
            let with = match arguments {
                Value::Map(map) if map.is_empty() => return called,
                other => serde_json::to_value(other).unwrap_or_default(),
            };
            return format!(
                "{called}{}{}",
                pick(lang, "，参数 ", " with "),
                base::canonical::to_string(&with).unwrap_or_default()
            );
        }
    };
    filled(pick(lang, SETTINGS[way].0, SETTINGS[way].1), &[&property, &value], lang)
}

/// "brightness of every light": 所有灯的亮度.
fn of(property: &str, whole: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => glue(&[whole, "的", property], lang),
        Lang::En => format!("{property} of {whole}"),
    }
}

/// The operation of the trait that makes this setting.
fn operation(spec: &PointSpec, setting: &Setting) -> Option<&'static str> {
    trait_of(spec)?.operations.iter().find(|o| makes(spec, o.write).as_ref() == Some(setting)).map(|o| o.name)
}

/// What an operation writes; none where the request gives it.
fn makes(spec: &PointSpec, write: Write) -> Option<Setting> {
    let (min, max) = match &spec.kind {
        PointKind::Number { min, max, .. } => (*min, *max),
        PointKind::Bool | PointKind::Enum { .. } | PointKind::Text { .. } | PointKind::Other | PointKind::Service => {
            (None, None)
        }
    };
    match write {
        Write::Bool(b) => Some(Setting::To(Value::Bool(b))),
        Write::Token(t) => Some(Setting::To(Value::text(t))),
        Write::Min => min.map(|n| Setting::To(Value::Number(n))),
        Write::Max => max.map(|n| Setting::To(Value::Number(n))),
        Write::Toggle => Some(Setting::Toggle),
        Write::Call => Some(Setting::Call(Value::no_arguments())),
        _ => None,
    }
}

/// Who a command selects: "every light in Living room (3 devices)", 客厅的所有灯（3 台设备）.
fn counted(index: &Index<'_>, (select, here): (&Selector, bool), first: &PointSpec) -> String {
    let count = index.selected(select, here).iter().map(|p| p.device).collect::<BTreeSet<_>>().len();
    let words = described(index, select);
    let words = match index.lang {
        _ if !here => words,
        Lang::Zh => format!("{}{words}", here_words(Lang::Zh)),
        Lang::En => format!("{words}{}", here_words(Lang::En)),
    };
    let any = select.trait_ != first.trait_;
    match index.lang {
        Lang::Zh => format!("{words}（{count} 台设备{}）", if any { "，不限特征" } else { "" }),
        Lang::En => {
            let devices = if count == 1 { "device" } else { "devices" };
            format!("{words} ({count} {devices}{})", if any { ", of any trait" } else { "" })
        }
    }
}

/// What is in the place that the rule stands for: before what it is in Chinese, behind it in English.
pub(crate) const fn here_words(lang: Lang) -> &'static str {
    pick(lang, "这里的", " here")
}

/// A selection by itself: "temperature of every sensor in Hall".
pub(crate) fn selection(index: &Index<'_>, select: &Selector) -> String {
    let words = described(index, select);
    match &select.trait_ {
        Some(t) => of(&traits_in(index.lang).words(t), &words, index.lang),
        None => words,
    }
}

pub(crate) fn list(parts: &[String], lang: Lang) -> String {
    parts.join(pick(lang, "、", " and "))
}

/// Which devices, without the trait.
pub(crate) fn described(index: &Index<'_>, select: &Selector) -> String {
    let lang = index.lang;
    let listed = !select.devices.is_empty() || !select.points.is_empty();
    let wide = !select.kinds.is_empty() || !select.spaces.is_empty();
    let known = select.devices.iter().all(|d| index.world.device(*d).is_some())
        && select.points.iter().all(|p| index.world.point(*p).is_some())
        && select.spaces.iter().all(|s| index.world.space(*s).is_some());
    if !known || (listed && (wide || select.everything)) {
        let bare = Selector { trait_: None, ..select.clone() };
        return format!(
            "{} {}",
            pick(lang, "选择", "the selection"),
            object(json!(bare).as_object().unwrap_or(&Map::new()))
        );
    }
    let mut words = if listed {
        let devices = select.devices.iter().map(|d| index.device(*d));
        let points = select.points.iter().map(|p| format!("{}{}", pick(lang, "点位", "point "), index.point(*p)));
        list(&devices.chain(points).collect::<Vec<_>>(), lang)
    } else {
        let kinds: Vec<String> = select.kinds.iter().map(|k| index.kinds().words(k)).collect();
        let what = if kinds.is_empty() { pick(lang, "设备", "device").to_owned() } else { list(&kinds, lang) };
        let spaces: Vec<String> = select.spaces.iter().map(|s| index.space(*s)).collect();
        match (spaces.is_empty(), lang) {
            (true, Lang::Zh) => glue(&["所有", &what], lang),
            (true, Lang::En) => format!("every {what}"),
            (false, Lang::Zh) => glue(&[&list(&spaces, lang), "的所有", &what], lang),
            (false, Lang::En) => format!("every {what} in {}", list(&spaces, lang)),
        }
    };
    if !select.tags.is_empty() {
        let tags = list(&select.tags.iter().map(|t| quoted(t, lang)).collect::<Vec<_>>(), lang);
        words = match lang {
            Lang::Zh => format!("带标签{tags}的{words}"),
            Lang::En => format!("{words} tagged {tags}"),
        };
    }
    if !select.except.is_empty() {
        let but: Vec<String> = select.except.iter().map(|e| selection(index, e)).collect();
        words = match lang {
            Lang::Zh => format!("{words}（{}除外）", list(&but, lang)),
            Lang::En => format!("{words} except {}", list(&but, lang)),
        };
    }
    words
}

/// A message that is published, in words: "publish `on` to `cmd/{1}/set` ({1} is …)".
pub(crate) fn publish(index: &Index<'_>, params: &Map<String, Json>, values: &[(String, String)]) -> String {
    let lang = index.lang;
    let Ok(params) = serde_json::from_value::<publish::Params>(Json::Object(params.clone())) else {
        return pick(lang, "发布一条未知的消息", "publish something unknown").to_owned();
    };
    let payload = match &params.payload {
        Json::String(text) => quoted(text, lang),
        // A text cannot be an object: its braces would be slots.
        Json::Object(object) => quoted(&base::canonical::to_string(object).unwrap_or_default(), lang),
        other => base::canonical::to_string(other).unwrap_or_default(),
    };
    let topic = quoted(&params.topic, lang);
    let place = match (params.connection.map(|id| index.connection(id)), lang) {
        (Some(name), Lang::Zh) => format!("{name}的{topic}"),
        (Some(name), Lang::En) => format!("{topic} of {name}"),
        (None, _) => topic,
    };
    let said = match lang {
        Lang::Zh => {
            let verb = if params.retain { "发布并保留" } else { "发布" };
            format!("向{place}{}{verb}{payload}", if params.qos > 0 { "确保送达地" } else { "" })
        }
        Lang::En => {
            let verb = if params.retain { "publish and retain" } else { "publish" };
            format!("{verb} {payload} to {place}{}", if params.qos > 0 { " at least once" } else { "" })
        }
    };
    let wildcard = |n: &usize| match lang {
        Lang::Zh => format!("{{{n}}} 为第 {n} 个通配符所匹配的"),
        Lang::En => format!("{{{n}}} is what wildcard {n} stood for"),
    };
    let value = |(name, said): &(String, String)| match lang {
        Lang::Zh => glue(&[&format!("{{{name}}} 为"), said], lang),
        Lang::En => format!("{{{name}}} is {said}"),
    };
    let written = publish::slots(&params);
    let slots: Vec<String> = written.iter().map(wildcard).chain(values.iter().map(value)).collect();
    match lang {
        _ if slots.is_empty() => said,
        Lang::Zh => format!("{said}（{}）", slots.join("，")),
        Lang::En => format!("{said} ({})", slots.join(" and ")),
    }
}

/// What a command acts on, as it stands in a text.
struct Target<'w> {
    len: usize,
    params: Map<String, Json>,
    spec: &'w PointSpec,
}

/// The commands that begin a text.
pub(crate) fn read_command(index: &Index<'_>, text: &str) -> Vec<(usize, Map<String, Json>)> {
    let lang = index.lang;
    let mut found: Vec<(usize, Map<String, Json>)> = Vec::new();
    let mut keep = |len: usize, mut params: Map<String, Json>, setting: &Setting, unit: Option<Unit>| {
        params.insert("setting".into(), json!(setting));
        if let Some(unit) = unit {
            params.insert("unit".into(), json!(unit));
        }
        let said = command(index, &params);
        // The number of devices is what it was when the text was made.
        if text.get(..len).is_some_and(|t| alike(&said, t)) {
            found.push((len, params));
        }
    };
    // Several ways begin with the same words.
    let mut known: BTreeMap<(usize, bool), Vec<Target<'_>>> = BTreeMap::new();
    for (name, zh, en) in VERBS {
        let (before, after) = pick(lang, *zh, *en).split_once("{}").unwrap_or_default();
        let Some(start) = eat(text, before, lang) else { continue };
        for target in known.entry((start, false)).or_insert_with(|| targets(index, text, start, false)) {
            let at = start + target.len;
            let Some(len) = eat(text.get(at..).unwrap_or_default(), after, lang) else { continue };
            let operation =
                trait_of(target.spec).and_then(|t| t.operation(name)).and_then(|o| makes(target.spec, o.write));
            if let Some(setting) = operation {
                keep(at + len, target.params.clone(), &setting, None);
            }
        }
    }
    for (way, (zh, en)) in SETTINGS.iter().enumerate() {
        let mut parts = pick(lang, zh, en).split("{}");
        let Some(start) = eat(text, parts.next().unwrap_or_default(), lang) else { continue };
        let middle = parts.next().unwrap_or_default();
        for target in known.entry((start, true)).or_insert_with(|| targets(index, text, start, true)) {
            let at = start + target.len;
            let rest = text.get(at..).unwrap_or_default();
            let Some(len) = eat(rest, middle, lang) else { continue };
            let rest = rest.get(len..).unwrap_or_default();
            for (more, setting, unit) in settings(index, way, target.spec, rest) {
                keep(at + len + more, target.params.clone(), &setting, unit);
            }
        }
    }
    found
}

/// Whether two texts are equal but for numbers of devices.
pub(crate) fn alike(a: &str, b: &str) -> bool {
    fn bare(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['(', '（']) {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            let mut chars = after.chars();
            out.extend(chars.next());
            let tail = chars.as_str();
            let digits = tail.trim_start_matches(|c: char| c.is_ascii_digit());
            let counts = [" 台设备", " device"].iter().any(|w| digits.starts_with(w)) && digits.len() < tail.len();
            let singular = digits.strip_prefix(" devices").or_else(|| digits.strip_prefix(" device"));
            rest = if counts { singular.unwrap_or(digits) } else { tail };
        }
        out.push_str(rest);
        out
    }
    a == b || bare(a) == bare(b)
}

/// What a setting can be, once it is known what is set.
fn settings(index: &Index<'_>, way: usize, spec: &PointSpec, text: &str) -> Vec<(usize, Setting, Option<Unit>)> {
    let lang = index.lang;
    let skipped = if lang == Lang::Zh { text.len() - text.trim_start_matches(' ').len() } else { 0 };
    let value = text.get(skipped..).unwrap_or_default();
    let numbers = || {
        read_quantity(value).into_iter().map(move |(len, n, symbol)| {
            let unit = by_symbol(symbol, spec.unit()).filter(|u| Some(*u) != spec.unit() && !symbol.is_empty());
            (len + skipped, n, unit)
        })
    };
    match way {
        0 => {
            let other = index.values_at(spec, value).into_iter().map(|(len, v)| (len + skipped, Setting::To(v), None));
            let json = read_json(value).and_then(|(len, v)| Some((len, serde_json::from_value(v).ok()?)));
            let structured = json.map(|(len, v)| (len + skipped, Setting::To(v), None));
            numbers()
                .map(|(len, n, unit)| (len, Setting::To(Value::Number(n)), unit))
                .chain(other)
                .chain(structured)
                .collect()
        }
        1 | 2 => {
            let sign = if way == 1 { -1.0 } else { 1.0 };
            numbers().map(|(len, n, unit)| (len, Setting::By(n * sign), unit)).collect()
        }
        3 => vec![(0, Setting::Toggle, None)],
        _ => {
            let mut found = vec![(0, Setting::Call(Value::no_arguments()), None)];
            let with = pick(lang, "，参数 ", " with ");
            let read = eat(text, with, lang).and_then(|at| {
                let (len, json) = read_json(text.get(at..)?)?;
                Some((at + len, Setting::Call(serde_json::from_value(json).ok()?), None))
            });
            found.extend(read);
            found
        }
    }
}

/// What a command can act on at a place of a text: a device, a point, or a selection.
fn targets<'w>(index: &Index<'w>, text: &str, start: usize, property: bool) -> Vec<Target<'w>> {
    let world = index.world;
    let text = text.get(start..).unwrap_or_default();
    let point = |len: usize, spec: &'w PointSpec| {
        let params = Map::from_iter([("point".to_owned(), json!(spec.id))]);
        Target { len, params, spec }
    };
    let skipped = if index.lang == Lang::Zh { text.len() - text.trim_start_matches(' ').len() } else { 0 };
    let inner = text.get(skipped..).unwrap_or_default();
    let mut found: Vec<Target<'w>> = if property {
        let points = index.points_at(inner).into_iter();
        points.filter_map(|(len, id)| Some(point(len + skipped, world.point(id)?))).collect()
    } else {
        index.short_at(inner).into_iter().map(|(len, spec)| point(len + skipped, spec)).collect()
    };
    found.extend(selected(index, inner, property).into_iter().map(|t| Target { len: t.len + skipped, ..t }));
    found
}

/// Selections with the number of their devices, and the property of them.
fn selected<'w>(index: &Index<'w>, text: &str, property: bool) -> Vec<Target<'w>> {
    let lang = index.lang;
    // In English the property comes first.
    let starts: Vec<(usize, Option<&str>)> = match lang {
        Lang::En if property => {
            let ofs = text.match_indices(OF).take(PARTS_MAX);
            ofs.map(|(at, of)| (at + of.len(), text.get(..at))).collect()
        }
        Lang::Zh | Lang::En => vec![(0, None)],
    };
    let mut found: Vec<Target<'w>> = Vec::new();
    for (start, before) in starts {
        for (len, select, here) in read_there(index, text.get(start..).unwrap_or_default()) {
            let at = start + len;
            let Some(count) = read_count(text.get(at..).unwrap_or_default(), lang) else { continue };
            let end = at + count;
            let points = index.selected(&select, here);
            let mut names: BTreeMap<&str, BTreeSet<Option<&str>>> = BTreeMap::new();
            for point in &points {
                let name = if property { point.names.display(lang) } else { "" };
                names.entry(name).or_insert_with(|| [None].into()).insert(point.trait_.as_deref());
            }
            for (name, traits) in names {
                let after = match before {
                    Some(before) => (before == name).then_some(0),
                    None if property => eat(text.get(end..).unwrap_or_default(), &format!("的{name}"), lang),
                    None => Some(0),
                };
                let Some(len) = after.map(|after| end + after) else { continue };
                for trait_ in traits {
                    let target = of_trait(len, (&select, here), &points, trait_);
                    found.extend(target.filter(|t| !found.iter().any(|f| f.len == t.len && f.params == t.params)));
                }
            }
        }
    }
    found
}

/// A selection of the points that have a trait.
fn of_trait<'w>(
    len: usize,
    (select, here): (&Selector, bool),
    points: &[&'w PointSpec],
    trait_: Option<&str>,
) -> Option<Target<'w>> {
    let spec = points.iter().find(|p| trait_.is_none_or(|t| p.is(t)))?;
    let mut select = Selector { trait_: trait_.map(str::to_owned), ..select.clone() };
    if select.everything && !(Selector { everything: false, ..select.clone() }).is_empty() {
        select.everything = false;
    }
    let mut params = Map::from_iter([("select".to_owned(), json!(select))]);
    if here {
        params.insert("here".into(), json!(true));
    }
    Some(Target { len, params, spec })
}

/// Selections at the beginning of a text, and whether they are of what is here.
fn read_there(index: &Index<'_>, text: &str) -> Vec<(usize, Selector, bool)> {
    let lang = index.lang;
    let mut found: Vec<(usize, Selector, bool)> =
        read_described(index, text, 0).into_iter().map(|(len, select)| (len, select, false)).collect();
    let words = here_words(lang);
    match lang {
        Lang::Zh => {
            if let Some(start) = eat(text, words, lang) {
                let read = read_described(index, text.get(start..).unwrap_or_default(), 0).into_iter();
                found.extend(read.map(|(len, select)| (start + len, select, true)));
            }
        }
        Lang::En => {
            let here = |(len, select, _): &(usize, Selector, bool)| {
                Some((len + eat(text.get(*len..)?, words, lang)?, select.clone(), true))
            };
            let more: Vec<_> = found.iter().filter_map(here).collect();
            found.extend(more);
        }
    }
    found
}

/// "(3 devices)".
fn read_count(text: &str, lang: Lang) -> Option<usize> {
    let open = eat(text, pick(lang, "（", " ("), lang)?;
    let rest = text.get(open..)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest.get(digits..).filter(|_| digits > 0)?;
    let words: &[&str] = match lang {
        Lang::Zh => &[" 台设备）", " 台设备，不限特征）"],
        Lang::En => &[" devices)", " device)", " devices, of any trait)", " device, of any trait)"],
    };
    let len = words.iter().find_map(|w| eat(after, w, lang))?;
    Some(open + digits + len)
}

/// Selections, with the trait, that begin a text.
pub(crate) fn read_selection(index: &Index<'_>, text: &str, depth: usize) -> Vec<(usize, Selector)> {
    let lang = index.lang;
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    let mut found = read_described(index, text, depth);
    let mut of_traits: Vec<(usize, String, Selector)> = Vec::new();
    match lang {
        Lang::En => {
            for (len, t) in traits_in(lang).at(text) {
                let Some(of) = eat(rest(len), OF, lang) else { continue };
                let read = read_described(index, rest(len + of), depth).into_iter();
                of_traits.extend(read.map(|(more, select)| (len + of + more, t.clone(), select)));
            }
        }
        Lang::Zh => {
            for (len, select) in &found {
                let Some(of) = eat(rest(*len), "的", lang) else { continue };
                let read = traits_in(lang).at(rest(len + of)).into_iter();
                of_traits.extend(read.map(|(more, t)| (len + of + more, t, select.clone())));
            }
        }
    }
    let of_trait = |(len, t, select)| (len, Selector { trait_: Some(t), everything: false, ..select });
    found.extend(of_traits.into_iter().map(of_trait));
    found.retain(|(len, s)| text.get(..*len).is_some_and(|t| selection(index, s) == t));
    found
}

/// Items of a list that begin a text, with every number of them.
pub(crate) fn read_list<T: Clone>(
    text: &str,
    lang: Lang,
    item: impl Fn(&str) -> Vec<(usize, T)>,
) -> Vec<(usize, Vec<T>)> {
    let mut open: Vec<(usize, Vec<T>)> = item(text).into_iter().map(|(len, t)| (len, vec![t])).collect();
    let mut found = Vec::new();
    while let Some((at, items)) = open.pop() {
        if items.len() >= PARTS_MAX || found.len() >= PARTS_MAX {
            break;
        }
        if let Some(len) = text.get(at..).and_then(|rest| eat(rest, pick(lang, "、", " and "), lang)) {
            for (more, next) in item(text.get(at + len..).unwrap_or_default()) {
                let mut items = items.clone();
                items.push(next);
                open.push((at + len + more, items));
            }
        }
        found.push((at, items));
    }
    found
}

/// Most selections within selections.
const EXCEPT_DEPTH_MAX: usize = 4;

/// Which devices, without the trait, at the beginning of a text.
fn read_described(index: &Index<'_>, text: &str, depth: usize) -> Vec<(usize, Selector)> {
    let lang = index.lang;
    if depth > EXCEPT_DEPTH_MAX {
        return Vec::new();
    }
    let mut found: Vec<(usize, Selector)> = Vec::new();
    if let Some((len, select)) = eat(text, pick(lang, "选择 ", "the selection "), lang).and_then(|at| {
        let (len, json) = read_json(text.get(at..)?)?;
        Some((at + len, serde_json::from_value(json).ok()?))
    }) {
        found.push((len, select));
    }
    let mut start = (0, Vec::new());
    if let (Lang::Zh, Some(at)) = (lang, eat(text, "带标签", lang)) {
        let tags = read_list(text.get(at..).unwrap_or_default(), lang, |t| read_quoted(t, lang).into_iter().collect());
        let of = |(len, tags): (usize, Vec<String>)| Some((at + len + eat(text.get(at + len..)?, "的", lang)?, tags));
        if let Some(read) = tags.into_iter().filter_map(of).next() {
            start = read;
        }
    }
    for (len, mut select) in read_who(index, text.get(start.0..).unwrap_or_default()) {
        select.tags.clone_from(&start.1);
        let mut end = start.0 + len;
        if let (Lang::En, Some(at)) = (lang, text.get(end..).and_then(|rest| eat(rest, " tagged ", lang))) {
            found.push((end, select.clone()));
            let tags = read_list(text.get(end + at..).unwrap_or_default(), lang, |t| {
                read_quoted(t, lang).into_iter().collect()
            });
            let Some((len, tags)) = tags.into_iter().max_by_key(|t| t.0) else { continue };
            end += at + len;
            select.tags = tags;
        }
        if select.everything && !select.tags.is_empty() {
            select.everything = false;
        }
        found.push((end, select.clone()));
        let Some(at) = text.get(end..).and_then(|rest| eat(rest, pick(lang, "（", " except "), lang)) else {
            continue;
        };
        let but = read_list(text.get(end + at..).unwrap_or_default(), lang, |t| read_selection(index, t, depth + 1));
        for (len, except) in but {
            let after = end + at + len;
            let close = if lang == Lang::Zh {
                text.get(after..).and_then(|rest| eat(rest, "除外）", lang))
            } else {
                Some(0)
            };
            found.extend(close.map(|close| (after + close, Selector { except, ..select.clone() })));
        }
    }
    found
}

/// Devices by name, or by kind and room.
fn read_who(index: &Index<'_>, text: &str) -> Vec<(usize, Selector)> {
    #[derive(Clone)]
    enum One {
        Device(base::id::DeviceId),
        Point(base::id::PointId),
    }
    let lang = index.lang;
    let one = |text: &str| {
        let mut found: Vec<(usize, One)> =
            index.devices_at(text).into_iter().map(|(len, d)| (len, One::Device(d))).collect();
        if let Some(at) = eat(text, pick(lang, "点位", "point "), lang) {
            let points = index.points_at(text.get(at..).unwrap_or_default());
            found.extend(points.into_iter().map(|(len, p)| (at + len, One::Point(p))));
        }
        found
    };
    let mut found: Vec<(usize, Selector)> = read_list(text, lang, one)
        .into_iter()
        .map(|(len, parts)| {
            let mut select = Selector::default();
            for part in parts {
                match part {
                    One::Device(d) => select.devices.push(d),
                    One::Point(p) => select.points.push(p),
                }
            }
            (len, select)
        })
        .collect();
    let spaces = |at: usize| read_list(text.get(at..).unwrap_or_default(), lang, |t| index.spaces_at(t));
    let kinds = |at: usize| -> Vec<(usize, Vec<String>)> {
        let rest = text.get(at..).unwrap_or_default();
        let mut kinds = read_list(rest, lang, |t| index.kinds().at(t));
        kinds.extend(eat(rest, pick(lang, "设备", "device"), lang).map(|len| (len, Vec::new())));
        kinds
    };
    let made = |kinds: &[String], spaces: &[base::id::SpaceId]| Selector {
        everything: kinds.is_empty() && spaces.is_empty(),
        kinds: kinds.to_vec(),
        spaces: spaces.to_vec(),
        ..Selector::default()
    };
    let every = pick(lang, "所有", "every ");
    if let Some(at) = eat(text, every, lang) {
        for (len, kinds) in kinds(at) {
            let end = at + len;
            found.push((end, made(&kinds, &[])));
            if let (Lang::En, Some(more)) = (lang, text.get(end..).and_then(|rest| eat(rest, " in ", lang))) {
                found.extend(spaces(end + more).into_iter().map(|(len, s)| (end + more + len, made(&kinds, &s))));
            }
        }
    }
    if lang == Lang::Zh {
        for (len, spaces) in spaces(0) {
            let Some(at) = text.get(len..).and_then(|rest| eat(rest, "的所有", lang)) else { continue };
            found.extend(kinds(len + at).into_iter().map(|(more, kinds)| (len + at + more, made(&kinds, &spaces))));
        }
    }
    found
}

/// A payload at the beginning of a text: a text in quotes, or JSON.
pub(crate) fn read_payload(text: &str, lang: Lang) -> Option<(usize, Json)> {
    if let Some((len, text)) = read_quoted(text, lang) {
        let object = serde_json::from_str(&text).ok().filter(Json::is_object);
        return Some((len, object.unwrap_or(Json::String(text))));
    }
    read_json(text).or_else(|| {
        let words = [("true", Json::Bool(true)), ("false", Json::Bool(false)), ("null", Json::Null)];
        let word = words.into_iter().find(|(word, _)| text.starts_with(word)).map(|(word, json)| (word.len(), json));
        word.or_else(|| super::literal::read_number(text).map(|(len, n)| (len, whole(n))))
    })
}
