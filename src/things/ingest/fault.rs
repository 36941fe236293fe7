//! What is wrong with something a device said, or with something it should be told.

use super::FAULTS_MAX;
use crate::PointKind;
use crate::layout::Unfit;
use crate::model::DataKind;
use crate::point::{Misfit, kind_of};
use base::value::number_text;
use base::{Bilingual, Severity};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

/// Most characters of what a device said that are shown in a message.
const SHOWN_CHARS_MAX: usize = 50;

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fault {
    /// Which property or parameter, with the way into it (`pos.lat`, `list[3]`); empty for the whole.
    pub identifier: String,
    /// Stable code such as `ingest.unknown`.
    pub code: &'static str,
    /// An error: it was left out. A warning: it was taken, but not as it was said.
    pub severity: Severity,
    /// What is wrong, for people.
    pub message: Bilingual,
    /// The type that the model asks for, where it asks for one.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<DataKind>,
}

/// The faults of one message: all are counted, the first are kept.
#[derive(Debug, Default)]
pub(super) struct Faults {
    list: Vec<Fault>,
    count: usize,
}

impl Faults {
    pub(super) fn push(&mut self, fault: Fault) {
        self.count += 1;
        if self.list.len() < FAULTS_MAX {
            self.list.push(fault);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn list(self) -> Vec<Fault> {
        self.list
    }
}

impl Fault {
    fn new(identifier: &str, code: &'static str, zh: &str, en: &str) -> Fault {
        let shown = shown(identifier);
        let message = if identifier.is_empty() {
            Bilingual::new(zh, en)
        } else {
            Bilingual::new(format!("“{shown}”{zh}"), format!("`{shown}` {en}"))
        };
        Fault { identifier: shown, code, severity: Severity::Error, message, type_: None }
    }

    /// Says what type the model asks for.
    pub(super) fn of(self, type_: DataKind) -> Fault {
        Fault { type_: Some(type_), ..self }
    }

    /// `ingest.unknown`: the model has nothing of this name.
    pub(super) fn unknown(identifier: &str) -> Fault {
        Fault::new(identifier, "ingest.unknown", "不在物模型中", "is not in the thing model")
    }

    /// `ingest.device`: nobody said it.
    pub(super) fn no_device() -> Fault {
        Fault::new("", "ingest.device", "设备不存在", "there is no such device")
    }

    /// `ingest.limit`: too many at once.
    pub(super) fn too_many(identifier: &str, got: usize, max: usize) -> Fault {
        let (zh, en) =
            (format!("最多 {max} 项，现有 {got} 项"), format!("at most {max} are possible, there are {got}"));
        Fault::new(identifier, "ingest.limit", &zh, &en)
    }

    /// `ingest.size`: too deep or too long.
    pub(super) fn size(identifier: &str) -> Fault {
        Fault::new(identifier, "ingest.size", "过长、层级过深或不是有限数", "is too long, too deep or not finite")
    }

    /// `ingest.type`: no object where there must be one.
    pub(super) fn no_object(identifier: &str, wire: &Json) -> Fault {
        let got = kind_of(wire);
        let (zh, en) = (format!("应为对象，而不是{}", kind_zh(got)), format!("takes a map, not {got}"));
        Fault::new(identifier, "ingest.type", &zh, &en)
    }

    /// `ingest.type`: no list where there must be one.
    pub(super) fn no_list(identifier: &str, got: &str) -> Fault {
        let (zh, en) = (format!("应为数组，而不是{}", kind_zh(got)), format!("takes a list, not {got}"));
        Fault::new(identifier, "ingest.type", &zh, &en)
    }

    /// `ingest.type`: a fraction where there must be a whole number.
    pub(super) fn not_whole(identifier: &str, got: f64) -> Fault {
        let (zh, en) = (format!("应为整数，而不是 {got}"), format!("takes a whole number, not {got}"));
        Fault::new(identifier, "ingest.type", &zh, &en)
    }

    /// `ingest.type`: no date.
    pub(super) fn no_date(identifier: &str) -> Fault {
        Fault::new(identifier, "ingest.type", "应为 UTC 毫秒数", "takes milliseconds of UTC")
    }

    /// `ingest.type`: another kind of value.
    pub(super) fn kind(identifier: &str, kind: &PointKind, got: &str) -> Fault {
        let zh = match kind {
            PointKind::Bool => "布尔值",
            PointKind::Number { .. } => "数值",
            PointKind::Enum { .. } => "枚举值",
            PointKind::Text { .. } => "文本",
            PointKind::Other => "结构",
            PointKind::Service => "参数表",
        };
        let (zh, en) = (format!("应为{zh}，而不是{}", kind_zh(got)), format!("takes {}, not {got}", kind.expects()));
        Fault::new(identifier, "ingest.type", &zh, &en)
    }

    /// `ingest.time`, a warning: the time cannot be, ours was taken.
    pub(super) fn time(identifier: &str, time: &Json) -> Fault {
        let time = shown(&time.to_string());
        let zh = format!("的时间 {time} 不是可信的毫秒时间，已改用到达时间");
        let en = format!("has the time {time}, which is not plausible in milliseconds; the time of arrival is used");
        Fault { severity: Severity::Warning, ..Fault::new(identifier, "ingest.time", &zh, &en) }
    }

    /// What stands in a raw frame is no value.
    pub(crate) fn unfit(identifier: &str, unfit: &Unfit) -> Fault {
        let text = unfit.text();
        Fault::new(identifier, unfit.code(), &format!("：{}", text.zh), &format!("is no value: {}", text.en))
    }

    /// `infer.left_out`, a warning: no property can be made of it.
    pub(crate) fn left_out(identifier: &str, zh: &str, en: &str) -> Fault {
        Fault { severity: Severity::Warning, ..Fault::new(identifier, "infer.left_out", zh, en) }
    }

    /// What the model says.
    pub(super) fn misfit(identifier: &str, kind: &PointKind, misfit: &Misfit) -> Fault {
        match misfit {
            Misfit::Kind { got, .. } => Fault::kind(identifier, kind, got),
            Misfit::Size | Misfit::ReadOnly => Fault::size(identifier),
            Misfit::Range { min, max, unit, got } => {
                let (got, range) = (number_text(*got), range(*min, *max, unit));
                let (zh, en) = (format!("应为{}，而不是 {got}", range.zh), format!("takes {}, not {got}", range.en));
                Fault::new(identifier, "ingest.range", &zh, &en)
            }
            Misfit::Token { allowed, got } => {
                let (allowed, got) = (shown(allowed), shown(got));
                let (zh, en) =
                    (format!("应为 {allowed} 之一，而不是 {got}"), format!("takes one of {allowed}, not {got}"));
                Fault::new(identifier, "ingest.token", &zh, &en)
            }
        }
    }
}

fn kind_zh(kind: &str) -> &'static str {
    match kind {
        "null" => "空值",
        "bool" => "布尔值",
        "number" => "数值",
        "text" => "文本",
        "list" => "数组",
        _ => "对象",
    }
}

fn range(min: f64, max: f64, unit: &str) -> Bilingual {
    let (low, high) = (number_text(min), number_text(max));
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    match (min.is_finite(), max.is_finite()) {
        (true, true) => Bilingual::new(format!(" {low}..{high}{unit}"), format!("{low}..{high}{unit}")),
        (true, false) => Bilingual::new(format!("不小于 {low}{unit}"), format!("at least {low}{unit}")),
        _ => Bilingual::new(format!("不大于 {high}{unit}"), format!("at most {high}{unit}")),
    }
}

/// The beginning of what a device said.
fn shown(text: &str) -> String {
    if text.chars().count() <= SHOWN_CHARS_MAX {
        return text.to_string();
    }
    text.chars().take(SHOWN_CHARS_MAX).chain(['…']).collect()
}
