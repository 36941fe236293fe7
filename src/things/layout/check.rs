//! The checks of a raw layout against its thing model: everything that is wrong with it, with its place.

use super::number::NumberType;
use super::raw::{FIELDS_MAX, FRAME_BYTES_MAX, FRAMES_MAX, Field, Frame, MARKS_MAX, RawLayout};
use crate::ThingModel;
use crate::model::{DataKind, items, shape};
use base::{Bilingual, Diagnostic, Diagnostics};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// Reads a layout frame by frame and field by field, so that each fault is reported.
pub(crate) fn parse(json: Json, path: &str, found: &mut Diagnostics) -> RawLayout {
    let mut layout = RawLayout::default();
    let Json::Object(mut rest) = json else {
        found.push(fault("model.shape", path, "应为对象", "must be an object"));
        return layout;
    };
    for (key, frames) in [("up", &mut layout.up), ("down", &mut layout.down)] {
        for (i, mut frame) in items::<Map<String, Json>>(&mut rest, key, path, found).into_iter().enumerate() {
            let path = format!("{path}/{key}/{i}");
            let fields: Vec<Field> = items(&mut frame, "fields", &path, found);
            match serde_json::from_value::<Frame>(Json::Object(frame)) {
                Ok(frame) => frames.push(Frame { fields, ..frame }),
                Err(e) => found.push(shape(&path, &e)),
            }
        }
    }
    for key in rest.keys() {
        let (zh, en) = (format!("未知字段“{key}”"), format!("unknown field `{key}`"));
        found.push(fault("model.unknown_field", &format!("{path}/{key}"), &zh, &en));
    }
    layout
}

/// What can stand in a field: type, and whether it can be written.
type Members<'a> = BTreeMap<&'a str, (DataKind, bool)>;

pub(crate) fn check(layout: &RawLayout, model: &ThingModel, path: &str, found: &mut Diagnostics) {
    let properties: Members<'_> = model
        .properties
        .iter()
        .map(|p| (p.identifier.as_str(), (p.data_type.type_, p.access_mode.writable())))
        .collect();
    for (key, frames) in [("up", &layout.up), ("down", &layout.down)] {
        let path = format!("{path}/{key}");
        if frames.len() > FRAMES_MAX {
            let (zh, en) = (format!("最多 {FRAMES_MAX} 种帧"), format!("at most {FRAMES_MAX} frames are possible"));
            found.push(fault("model.limit", &path, &zh, &en));
        }
        for (i, frame) in frames.iter().enumerate() {
            let path = format!("{path}/{i}");
            let down = key == "down";
            if let Some(members) = members(frame, model, &properties, down, &path, found) {
                let named = Named { members: &members, written: down && frame.of.is_none() };
                fields(frame, &named, &path, found);
            }
            room(frame, down, &path, found);
            if !down && frames.iter().take(i).any(|earlier| shadows(earlier, frame)) {
                let (zh, en) =
                    ("前面的帧总是先匹配，此帧不会用到", "an earlier frame always fits first; it is never used");
                found.push(Diagnostic::warning("layout.shadowed", path.as_str(), Bilingual::new(zh, en)));
            }
        }
    }
}

/// What the fields of a frame may name.
fn members<'a>(
    frame: &Frame,
    model: &'a ThingModel,
    properties: &Members<'a>,
    down: bool,
    path: &str,
    found: &mut Diagnostics,
) -> Option<Members<'a>> {
    let Some(of) = frame.of.as_deref() else {
        if frame.fields.is_empty() {
            found.push(fault("layout.empty", &format!("{path}/fields"), "没有字段", "there are no fields"));
        }
        return Some(properties.clone());
    };
    let parameters = if down {
        model.services.iter().find(|s| s.identifier == of).map(|s| &s.input_data)
    } else {
        model.events.iter().find(|e| e.identifier == of).map(|e| &e.output_data)
    };
    if parameters.is_none() {
        let (zh, en) = if down { ("服务", "service") } else { ("事件", "event") };
        let (zh, en) = (format!("物模型没有{zh}“{of}”"), format!("the thing model has no {en} `{of}`"));
        found.push(fault("layout.of", &format!("{path}/of"), &zh, &en));
    }
    Some(parameters?.iter().map(|p| (p.identifier.as_str(), (p.data_type.type_, true))).collect())
}

struct Named<'a> {
    members: &'a Members<'a>,
    /// Whether the fields are properties that are set.
    written: bool,
}

/// What the fields name, and whether its type fits.
fn fields(frame: &Frame, named: &Named<'_>, path: &str, found: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for (i, field) in frame.fields.iter().enumerate() {
        let (id, path) = (&field.identifier, format!("{path}/fields/{i}"));
        if !seen.insert(id) {
            let (zh, en) = (format!("字段“{id}”重复"), format!("`{id}` is used twice"));
            found.push(fault("layout.duplicate", &format!("{path}/identifier"), &zh, &en));
        }
        match named.members.get(id.as_str()) {
            None => {
                let (zh, en) = (format!("物模型没有“{id}”"), format!("the thing model has no `{id}` there"));
                let near = base::diagnostic::nearest(id, named.members.keys().copied(), 3).join(", ");
                found.push(
                    fault("layout.identifier", &format!("{path}/identifier"), &zh, &en)
                        .help(Bilingual::new(format!("相近的有：{near}"), format!("nearest: {near}"))),
                );
            }
            Some((_, false)) if named.written => {
                let (zh, en) = (format!("属性“{id}”只读"), format!("`{id}` can only be read"));
                found.push(fault("layout.read_only", &format!("{path}/identifier"), &zh, &en));
            }
            Some((kind, _)) if !holds(field.codec.type_, *kind) => {
                let type_ = field.codec.type_;
                let (zh, en) =
                    (format!("{type_} 与“{id}”的数据类型不符"), format!("`{type_}` does not fit the type of `{id}`"));
                found.push(fault("layout.type", &format!("{path}/type"), &zh, &en));
            }
            Some(_) => {}
        }
        field.codec.check(&path, found);
    }
}

fn holds(type_: NumberType, kind: DataKind) -> bool {
    match kind {
        DataKind::Text => matches!(type_, NumberType::Text(_)),
        DataKind::Bool => !matches!(type_, NumberType::Text(_)),
        DataKind::Int | DataKind::Float | DataKind::Double | DataKind::Enum => {
            !matches!(type_, NumberType::Text(_) | NumberType::Bool)
        }
        DataKind::Date => !matches!(type_, NumberType::Bool),
        DataKind::Struct | DataKind::Array => false,
    }
}

/// Whether everything has room, and nothing stands on something else where it is written.
fn room(frame: &Frame, down: bool, path: &str, found: &mut Diagnostics) {
    let body = frame.body();
    if frame.length > FRAME_BYTES_MAX || body == 0 {
        let (zh, en) =
            (format!("长度应为 1 到 {FRAME_BYTES_MAX} 字节"), format!("a frame has 1 to {FRAME_BYTES_MAX} bytes"));
        found.push(fault("layout.length", &format!("{path}/length"), &zh, &en));
        return;
    }
    if frame.fields.len() > FIELDS_MAX || frame.when.len() > MARKS_MAX {
        let (zh, en) = (
            format!("最多 {FIELDS_MAX} 个字段、{MARKS_MAX} 个标记"),
            format!("at most {FIELDS_MAX} fields and {MARKS_MAX} marks are possible"),
        );
        found.push(fault("model.limit", path, &zh, &en));
    }
    let mut used = vec![0u8; body];
    let mut stand = |at: usize, bits: &[u8], path: String, found: &mut Diagnostics| {
        let Some(place) = at.checked_add(bits.len()).and_then(|end| used.get_mut(at..end)) else {
            let (zh, en) = ("超出帧长（不含校验和）", "reaches beyond the frame, without its checksum");
            found.push(fault("layout.beyond", &path, zh, en));
            return;
        };
        if down && place.iter().zip(bits).any(|(used, bits)| used & bits != 0) {
            found.push(fault("layout.overlap", &path, "与前面的内容重叠", "stands on something in front of it"));
        }
        for (used, bits) in place.iter_mut().zip(bits) {
            *used |= bits;
        }
    };
    for (i, mark) in frame.when.iter().enumerate() {
        match mark.bytes() {
            Some(bytes) => stand(mark.at, &vec![0xff; bytes.len()], format!("{path}/when/{i}"), found),
            None => {
                let (zh, en) = ("应为成对的十六进制数字", "must be pairs of hexadecimal digits");
                found.push(fault("layout.mark", &format!("{path}/when/{i}/equals"), zh, en));
            }
        }
    }
    for (i, field) in frame.fields.iter().enumerate() {
        stand(field.at, &field.codec.footprint(), format!("{path}/fields/{i}/at"), found);
    }
}

/// Whether every frame that fits the later layout fits the earlier one.
fn shadows(earlier: &Frame, later: &Frame) -> bool {
    let stands = |frame: &Frame| -> BTreeMap<usize, u8> {
        let bytes = |m: &super::raw::Mark| {
            let at = m.at;
            m.bytes().unwrap_or_default().into_iter().enumerate().map(move |(i, b)| (at.saturating_add(i), b))
        };
        frame.when.iter().flat_map(bytes).collect()
    };
    let later_bytes = stands(later);
    earlier.length == later.length && stands(earlier).iter().all(|(at, byte)| later_bytes.get(at) == Some(byte))
}

fn fault(code: &str, path: &str, zh: &str, en: &str) -> Diagnostic {
    Diagnostic::error(code, path, Bilingual::new(zh, en))
}
