//! The codes of answers: the numbers that devices of this family know, each with one meaning here.

use base::Bilingual;
use things::ingest::Fault;
use things::model::DataKind;

/// A code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// Taken; single properties that were not are listed in `data`.
    Success,
    /// Too many messages.
    TooMany,
    /// The payload is no message of the protocol, is too large, or says nothing.
    Request,
    /// It could not be kept; it may be sent again.
    Internal,
    /// There is no such device.
    Device,
    /// More properties than one message may have.
    Properties,
    /// There is nothing on this topic.
    Topic,
    /// The device is disabled.
    Disabled,
    /// The thing model has nothing of this name.
    Unknown,
    /// No `int`, or out of its range.
    Int,
    /// No `float`, or out of its range.
    Float,
    /// Neither 0 nor 1.
    Bool,
    /// No code of the enumeration.
    Enum,
    /// No text, or too long.
    Text,
    /// Not the UTC milliseconds of a date.
    Date,
    /// No structure of the model.
    Struct,
    /// No `double`, or out of its range.
    Double,
    /// No array of the model, or too long.
    Array,
    /// No layout of the product fits the raw frame.
    Raw,
}

/// All codes: the number, and what it means.
const TABLE: &[(Code, u16, &str, &str)] = &[
    (Code::Success, 200, "成功", "success"),
    (Code::TooMany, 429, "请求过于频繁", "too many requests"),
    (Code::Request, 460, "请求参数错误", "request parameter error"),
    (Code::Internal, 500, "系统错误，可重发", "system error, send it again"),
    (Code::Device, 6100, "设备不存在", "there is no such device"),
    (Code::Properties, 6106, "一次上报的属性过多", "too many properties at once"),
    (Code::Topic, 6203, "无法识别该主题", "the topic is not understood"),
    (Code::Disabled, 6204, "设备已禁用", "the device is disabled"),
    (Code::Unknown, 6304, "物模型中没有该参数", "the thing model has no such parameter"),
    (Code::Int, 6306, "不符合 int 类型或其范围", "no int, or out of its range"),
    (Code::Float, 6307, "不符合 float 类型或其范围", "no float, or out of its range"),
    (Code::Bool, 6308, "布尔值应为 0 或 1", "a bool is 0 or 1"),
    (Code::Enum, 6309, "枚举中没有该值", "no value of the enumeration"),
    (Code::Text, 6310, "不是文本或过长", "no text, or too long"),
    (Code::Date, 6311, "日期应为 UTC 毫秒数", "a date is milliseconds of UTC"),
    (Code::Struct, 6312, "不符合结构体定义", "no structure of the model"),
    (Code::Double, 6322, "不符合 double 类型或其范围", "no double, or out of its range"),
    (Code::Array, 6328, "不符合数组定义或过长", "no array of the model, or too long"),
    (Code::Raw, 6450, "没有与原始数据相符的布局", "no layout fits the raw data"),
];

impl Code {
    /// All codes, by number.
    pub fn all() -> impl Iterator<Item = Code> {
        TABLE.iter().map(|row| row.0)
    }

    fn row(self) -> &'static (Code, u16, &'static str, &'static str) {
        TABLE.iter().find(|row| row.0 == self).unwrap_or(&TABLE[0])
    }

    /// Its number.
    pub fn number(self) -> u16 {
        self.row().1
    }

    /// What it means, for people; devices are answered in English.
    pub fn text(self) -> Bilingual {
        Bilingual::new(self.row().2, self.row().3)
    }

    /// The code of a fault.
    pub fn of(fault: &Fault) -> Code {
        match (fault.code, fault.type_) {
            ("ingest.unknown", _) => Code::Unknown,
            ("ingest.device", _) => Code::Device,
            ("ingest.limit", None) => Code::Properties,
            (_, None) => Code::Request,
            (_, Some(DataKind::Int)) => Code::Int,
            (_, Some(DataKind::Float)) => Code::Float,
            (_, Some(DataKind::Double)) => Code::Double,
            (_, Some(DataKind::Bool)) => Code::Bool,
            (_, Some(DataKind::Enum)) => Code::Enum,
            (_, Some(DataKind::Text)) => Code::Text,
            (_, Some(DataKind::Date)) => Code::Date,
            (_, Some(DataKind::Struct)) => Code::Struct,
            (_, Some(DataKind::Array)) => Code::Array,
        }
    }
}
