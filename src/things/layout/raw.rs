//! Raw frames: what a device that speaks bytes sends and takes, as part of its thing model (`x.raw`).
//!
//! A frame is recognised by its length and the bytes that always stand in it, its checksum must be right, and each
//! field is a property (or a parameter of an event or service). What comes out is what a TSL device would have said,
//! so [`crate::ingest`] takes it from there; what goes in is what [`crate::ingest::outgoing`] makes. There is no script.

use super::number::{Codec, NumberType, Unfit};
use crate::ingest::Fault;
use crate::point::{plain, whole};
use base::canonical::hex;
use base::{Bilingual, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Longest frame, in bytes.
pub const FRAME_BYTES_MAX: usize = 1_024;
/// Most kinds of frames in each direction.
pub const FRAMES_MAX: usize = 100;
/// Most fields of a frame.
pub const FIELDS_MAX: usize = 200;
/// Most marks of a frame.
pub const MARKS_MAX: usize = 16;
/// Most bytes of a frame that are shown when it is refused.
const SHOWN_BYTES_MAX: usize = 16;

/// The frames of a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct RawLayout {
    /// What devices send. The first that fits is taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub up: Vec<Frame>,
    /// What devices take.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub down: Vec<Frame>,
}

/// One kind of frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RawFrame")]
pub struct Frame {
    /// The event that is sent with it, or the service that is called; its fields are properties when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Bytes that always stand in it, by which it is recognised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Mark>,
    /// How many bytes it has, with its checksum.
    pub length: usize,
    /// The checksum at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<Checksum>,
    /// What stands where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// Bytes that always stand in a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Number of bytes in front of it.
    pub at: usize,
    /// The bytes, in hexadecimal: `aa55`.
    pub equals: String,
}

impl Mark {
    /// Its bytes; none where they are not hexadecimal.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let digits: Option<Vec<u8>> =
            self.equals.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
        let digits = digits.filter(|d| !d.is_empty() && d.len() % 2 == 0)?;
        Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
    }
}

/// A checksum over all bytes in front of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Checksum {
    /// The sum of all bytes, its lowest byte.
    Sum8,
    /// All bytes by exclusive or.
    Xor8,
    /// CRC-16/MODBUS, low byte first.
    Crc16Modbus,
    /// CRC-16 of the polynomial 0x1021 from 0xFFFF on (CCITT-FALSE), high byte first.
    Crc16Ccitt,
}

impl Checksum {
    /// How many bytes it takes.
    pub fn width(self) -> usize {
        match self {
            Checksum::Sum8 | Checksum::Xor8 => 1,
            Checksum::Crc16Modbus | Checksum::Crc16Ccitt => 2,
        }
    }

    /// Its bytes over others.
    pub fn over(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Checksum::Sum8 => vec![bytes.iter().fold(0u8, |sum, b| sum.wrapping_add(*b))],
            Checksum::Xor8 => vec![bytes.iter().fold(0u8, |sum, b| sum ^ b)],
            Checksum::Crc16Modbus => {
                let step = |crc: u16, _| if crc & 1 == 1 { crc >> 1 ^ 0xa001 } else { crc >> 1 };
                let crc = bytes.iter().fold(0xffff_u16, |crc, b| (0..8).fold(crc ^ u16::from(*b), step));
                crc.to_le_bytes().to_vec()
            }
            Checksum::Crc16Ccitt => {
                let step = |crc: u16, _| if crc >> 15 == 1 { crc << 1 ^ 0x1021 } else { crc << 1 };
                let crc = bytes.iter().fold(0xffff_u16, |crc, b| (0..8).fold(crc ^ u16::from(*b) << 8, step));
                crc.to_be_bytes().to_vec()
            }
        }
    }
}

/// What stands at a place of a frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The property, or the parameter of the event or service.
    pub identifier: String,
    /// Number of bytes in front of it.
    pub at: usize,
    /// How it stands there.
    #[serde(flatten)]
    pub codec: Codec,
}

/// What a frame said.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// The event; properties when there is none.
    pub event: Option<String>,
    /// What it carries, as TSL writes it.
    pub params: Map<String, Json>,
    /// Fields that are no value, such as a sensor's mark for "broken".
    pub faults: Vec<Fault>,
}

/// Why a frame was not understood or could not be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RawFault {
    /// No layout has this length and these marks.
    #[error("no layout fits a frame of {length} bytes that begins with {begins}")]
    NoFrame {
        /// How long it is.
        length: usize,
        /// How it begins, in hexadecimal.
        begins: String,
    },
    /// The checksum is wrong.
    #[error("the checksum is {got}, it should be {expected}")]
    Checksum {
        /// The right one, in hexadecimal.
        expected: String,
        /// The one that stands there.
        got: String,
    },
    /// No frame takes what is to be told.
    #[error("no layout takes {identifiers}")]
    NoWay {
        /// What is to be told.
        identifiers: String,
    },
    /// A value does not go into its field.
    #[error("`{identifier}`: {unfit}")]
    Field {
        /// Which.
        identifier: String,
        /// Why.
        unfit: Unfit,
    },
}

impl RawFault {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            RawFault::NoFrame { .. } => "layout.no_frame",
            RawFault::Checksum { .. } => "layout.checksum",
            RawFault::NoWay { .. } => "layout.no_way",
            RawFault::Field { unfit, .. } => unfit.code(),
        }
    }

    /// What it means, for people.
    pub fn text(&self) -> Bilingual {
        let zh = match self {
            RawFault::NoFrame { length, begins } => format!("没有与这 {length} 字节（开头为 {begins}）相符的布局"),
            RawFault::Checksum { expected, got } => format!("校验和为 {got}，应为 {expected}"),
            RawFault::NoWay { identifiers } => format!("没有可下发 {identifiers} 的布局"),
            RawFault::Field { identifier, unfit } => format!("“{identifier}”：{}", unfit.text().zh),
        };
        Bilingual::new(zh, self.to_string())
    }
}

impl RawLayout {
    /// Reads a frame. Fields that are no value are left out and reported.
    ///
    /// # Errors
    /// When no layout fits, or the checksum is wrong.
    pub fn read(&self, bytes: &[u8]) -> Result<Heard, RawFault> {
        let Some(frame) = self.up.iter().find(|f| f.fits(bytes)) else {
            let begins = hex(bytes.get(..SHOWN_BYTES_MAX).unwrap_or(bytes));
            return Err(RawFault::NoFrame { length: bytes.len(), begins });
        };
        if let Some(checksum) = frame.checksum {
            let (body, got) = bytes.split_at(frame.body());
            let expected = checksum.over(body);
            if got != expected {
                return Err(RawFault::Checksum { expected: hex(&expected), got: hex(got) });
            }
        }
        let mut heard = Heard { event: frame.of.clone(), params: Map::new(), faults: Vec::new() };
        for field in &frame.fields {
            match field.codec.read(bytes.get(field.at..).unwrap_or_default()) {
                Ok(value) => {
                    heard.params.insert(field.identifier.clone(), plain(&value));
                }
                Err(unfit) => heard.faults.push(Fault::unfit(&field.identifier, &unfit)),
            }
        }
        Ok(heard)
    }

    /// The frames that set properties, whose values are written as TSL writes them. A frame is used when all its
    /// fields are set; of several the one with most of them.
    ///
    /// # Errors
    /// When a property is in no such frame, or a value does not go into its field. Nothing is to be sent then.
    pub fn set(&self, values: &Map<String, Json>) -> Result<Vec<Vec<u8>>, RawFault> {
        let mut open: Vec<&str> = values.keys().map(String::as_str).collect();
        let mut out = Vec::new();
        while !open.is_empty() {
            let of_properties = self.down.iter().filter(|f| f.of.is_none());
            let whole = of_properties.filter(|f| f.fields.iter().all(|g| values.contains_key(&g.identifier)));
            let gain = |f: &&Frame| f.fields.iter().filter(|g| open.contains(&g.identifier.as_str())).count();
            // Of equals, the first.
            let best = whole.rev().max_by_key(gain).filter(|f| gain(f) > 0);
            let frame = best.ok_or_else(|| RawFault::NoWay { identifiers: open.join(", ") })?;
            out.push(frame.write(values)?);
            open.retain(|id| frame.fields.iter().all(|f| f.identifier != *id));
        }
        Ok(out)
    }

    /// The frame that calls a service.
    ///
    /// # Errors
    /// When there is none with exactly these arguments, or one does not go into its field.
    pub fn call(&self, service: &str, arguments: &Map<String, Json>) -> Result<Vec<u8>, RawFault> {
        let exact = |f: &&Frame| {
            f.of.as_deref() == Some(service)
                && f.fields.len() == arguments.len()
                && f.fields.iter().all(|g| arguments.contains_key(&g.identifier))
        };
        let frame = self.down.iter().find(exact);
        frame.ok_or_else(|| RawFault::NoWay { identifiers: service.to_string() })?.write(arguments)
    }
}

impl Frame {
    /// How many bytes it has without its checksum.
    pub(super) fn body(&self) -> usize {
        self.length.saturating_sub(self.checksum.map_or(0, Checksum::width))
    }

    fn fits(&self, bytes: &[u8]) -> bool {
        let stands = |mark: &Mark| {
            mark.bytes().is_some_and(|expected| bytes.get(mark.at..).is_some_and(|rest| rest.starts_with(&expected)))
        };
        bytes.len() == self.length && self.when.iter().all(stands)
    }

    fn write(&self, values: &Map<String, Json>) -> Result<Vec<u8>, RawFault> {
        let mut bytes = vec![0; self.body().min(FRAME_BYTES_MAX)];
        for mark in &self.when {
            for (place, byte) in bytes.iter_mut().skip(mark.at).zip(mark.bytes().unwrap_or_default()) {
                *place = byte;
            }
        }
        for field in &self.fields {
            let place = bytes.get_mut(field.at..).unwrap_or_default();
            let said = values.get(&field.identifier).unwrap_or(&Json::Null);
            let written = field.codec.value(said).and_then(|value| field.codec.write_into(&value, place));
            written.map_err(|unfit| RawFault::Field { identifier: field.identifier.clone(), unfit })?;
        }
        if let Some(checksum) = self.checksum {
            bytes.extend(checksum.over(&bytes));
        }
        Ok(bytes)
    }
}

impl Codec {
    /// What TSL writes, as this type takes it: 0 and 1 are truths, and dates are texts of digits.
    fn value(&self, said: &Json) -> Result<Value, Unfit> {
        let null = Unfit::Kind { type_: self.type_, expected: "a value", got: "null" };
        match (self.type_, said) {
            (NumberType::Bool, Json::Number(n)) if matches!(whole(n), Some(0 | 1)) => {
                Ok(Value::Bool(whole(n) == Some(1)))
            }
            (NumberType::Bool | NumberType::Text(_), _) => Value::from_json(said).ok_or(null),
            (_, Json::String(digits)) => digits.parse().map(Value::Number).map_err(|_| null),
            _ => Value::from_json(said).ok_or(null),
        }
    }
}

#[cfg(test)]
mod tests;
