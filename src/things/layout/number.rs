//! One value in bytes: its type, the order of its bytes, its scale and offset, and the bits it has of them.
//!
//! Reading and writing are exact to the resolution of the type: `read(write(v))` is `v` rounded to it. What does not
//! fit is refused; nothing wraps, saturates or is cut off.

use base::{Bilingual, Diagnostic, Diagnostics, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// Longest text, in bytes.
pub const TEXT_BYTES_MAX: usize = 256;
/// Largest whole number that a value holds exactly (2^53); larger ones are refused in both directions.
pub const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
/// Most decimals of a scale and an offset that are computed without dust in the last digits.
const DECIMALS_MAX: u32 = 9;

/// What stands in the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberType {
    /// One byte: 0 is false, anything else is true; true is written as 1.
    Bool,
    /// 8 bits without sign.
    U8,
    /// 8 bits, two's complement.
    I8,
    /// 16 bits without sign.
    U16,
    /// 16 bits, two's complement.
    I16,
    /// 32 bits without sign.
    U32,
    /// 32 bits, two's complement.
    I32,
    /// 64 bits without sign.
    U64,
    /// 64 bits, two's complement.
    I64,
    /// IEEE 754, 32 bits. Read as the shortest decimal that means it: `21.1`, not `21.100000381…`.
    F32,
    /// IEEE 754, 64 bits.
    F64,
    /// Four decimal digits of four bits each.
    Bcd16,
    /// Eight decimal digits of four bits each.
    Bcd32,
    /// UTF-8 in so many bytes, filled up with zeros; zeros and spaces at the end are not part of it.
    Text(usize),
}

/// Types with a fixed name.
const NAMES: &[(NumberType, &str)] = &[
    (NumberType::Bool, "bool"),
    (NumberType::U8, "u8"),
    (NumberType::I8, "i8"),
    (NumberType::U16, "u16"),
    (NumberType::I16, "i16"),
    (NumberType::U32, "u32"),
    (NumberType::I32, "i32"),
    (NumberType::U64, "u64"),
    (NumberType::I64, "i64"),
    (NumberType::F32, "f32"),
    (NumberType::F64, "f64"),
    (NumberType::Bcd16, "bcd16"),
    (NumberType::Bcd32, "bcd32"),
];

/// A name that is no type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no number type; there are bool, u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, bcd16, bcd32 and text(1..256)"
)]
pub struct NoSuchType;

impl NumberType {
    /// How many bytes it takes.
    pub fn width(self) -> usize {
        match self {
            NumberType::Bool | NumberType::U8 | NumberType::I8 => 1,
            NumberType::U16 | NumberType::I16 | NumberType::Bcd16 => 2,
            NumberType::U32 | NumberType::I32 | NumberType::F32 | NumberType::Bcd32 => 4,
            NumberType::U64 | NumberType::I64 | NumberType::F64 => 8,
            NumberType::Text(bytes) => bytes,
        }
    }

    /// Whether it is a binary whole number, of which single bits can be taken.
    pub fn is_whole(self) -> bool {
        !matches!(
            self,
            NumberType::Bool
                | NumberType::F32
                | NumberType::F64
                | NumberType::Bcd16
                | NumberType::Bcd32
                | NumberType::Text(_)
        )
    }

    fn is_signed(self) -> bool {
        matches!(self, NumberType::I8 | NumberType::I16 | NumberType::I32 | NumberType::I64)
    }
}

impl fmt::Display for NumberType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, NAMES.iter().find(|(t, _)| t == self)) {
            (NumberType::Text(bytes), _) => write!(f, "text({bytes})"),
            (_, Some((_, name))) => f.write_str(name),
            (_, None) => Ok(()),
        }
    }
}

impl FromStr for NumberType {
    type Err = NoSuchType;
    fn from_str(text: &str) -> Result<Self, NoSuchType> {
        if let Some((t, _)) = NAMES.iter().find(|(_, name)| *name == text) {
            return Ok(*t);
        }
        let length = text.strip_prefix("text(").and_then(|t| t.strip_suffix(')')).ok_or(NoSuchType)?;
        let bytes = length.parse().ok().filter(|n| (1..=TEXT_BYTES_MAX).contains(n)).ok_or(NoSuchType)?;
        Ok(NumberType::Text(bytes))
    }
}

impl Serialize for NumberType {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for NumberType {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}
impl JsonSchema for NumberType {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "NumberType".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names: Vec<&str> = NAMES.iter().map(|(_, name)| *name).collect();
        schemars::json_schema!({
            "type": "string",
            "pattern": format!("^({}|text\\([0-9]{{1,3}}\\))$", names.join("|")),
            "description": "type of a value in bytes"
        })
    }
}

/// In which order the bytes of a value stand; `A` is the most significant. A word is two bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// `ABCD`.
    #[default]
    Big,
    /// `DCBA`.
    Little,
    /// `BADC`: big, with the bytes of each word swapped.
    BigSwapped,
    /// `CDAB`: little, with the bytes of each word swapped.
    LittleSwapped,
}

impl Order {
    /// All orders.
    pub const ALL: [Order; 4] = [Order::Big, Order::Little, Order::BigSwapped, Order::LittleSwapped];

    /// From this order to [`Order::Big`]; and, each being its own inverse, back again.
    fn arrange(self, bytes: &mut [u8]) {
        if matches!(self, Order::Little | Order::LittleSwapped) {
            bytes.reverse();
        }
        if matches!(self, Order::BigSwapped | Order::LittleSwapped) {
            swap_words(bytes);
        }
    }

    /// Texts run through their words from front to back in every order; only the bytes of a word may be swapped.
    fn arrange_text(self, bytes: &mut [u8]) {
        if matches!(self, Order::Little | Order::BigSwapped) {
            swap_words(bytes);
        }
    }
}

fn swap_words(bytes: &mut [u8]) {
    for word in bytes.chunks_exact_mut(2) {
        word.reverse();
    }
}

/// Part of a whole number: so many bits upward from one of them. In signed types it has a sign of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bits {
    /// The lowest; 0 is the least significant.
    pub from: u32,
    /// How many.
    pub count: u32,
}

/// How one value stands in bytes: `value = raw * scale + offset`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Codec {
    /// What stands there.
    #[serde(rename = "type")]
    pub type_: NumberType,
    /// In which order; `big` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Multiplies what stands there; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// Is added after; 0 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<f64>,
    /// Only these bits of a whole number; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits: Option<Bits>,
}

/// Why bytes are no value, or a value does not go into bytes.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Unfit {
    /// Fewer bytes than the type has.
    #[error("{need} bytes are needed, there are {got}")]
    Short {
        /// How many it takes.
        need: usize,
        /// How many there are.
        got: usize,
    },
    /// Another kind of value.
    #[error("{type_} takes {expected}, not {got}")]
    Kind {
        /// The type.
        type_: NumberType,
        /// What it takes.
        expected: &'static str,
        /// What came.
        got: &'static str,
    },
    /// Outside of what the type holds.
    #[error("{got} is outside of {min}..{max}")]
    Range {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// What came.
        got: f64,
    },
    /// A group of four bits that is no decimal digit.
    #[error("a decimal digit is above 9")]
    Digit,
    /// Not a finite number.
    #[error("not a finite number")]
    NotFinite,
    /// A text that is not UTF-8, is too long, has a zero in it or ends in a space.
    #[error("the text is not UTF-8, is longer than {max} bytes, has a zero in it or ends in a space")]
    Text {
        /// How many bytes it may have.
        max: usize,
    },
    /// Scale, offset or bits that no value can have; [`Codec::check`] says which.
    #[error("scale, offset or bits do not fit the type")]
    Layout,
}

impl Unfit {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Unfit::Short { .. } => "layout.short",
            Unfit::Kind { .. } => "layout.kind",
            Unfit::Range { .. } => "layout.range",
            Unfit::Digit => "layout.digit",
            Unfit::NotFinite => "layout.not_finite",
            Unfit::Text { .. } => "layout.text",
            Unfit::Layout => "layout.layout",
        }
    }

    /// What it means, for people.
    pub fn text(&self) -> Bilingual {
        let zh = match self {
            Unfit::Short { need, got } => format!("需要 {need} 字节，只有 {got} 字节"),
            Unfit::Kind { type_, got, .. } => format!("{type_} 不能写入 {got} 类型的值"),
            Unfit::Range { min, max, got } => format!("{got} 超出范围 {min}..{max}"),
            Unfit::Digit => "BCD 码中有大于 9 的数位".into(),
            Unfit::NotFinite => "不是有限的数值".into(),
            Unfit::Text { max } => format!("文本不是 UTF-8、超过 {max} 字节、含有零字节或以空格结尾"),
            Unfit::Layout => "系数、偏移或位段与类型不符".into(),
        };
        Bilingual::new(zh, self.to_string())
    }
}

/// `value = (raw * factor + shift) / power`, with whole numbers where the scale and offset are decimal.
struct Linear {
    factor: f64,
    shift: f64,
    power: f64,
}

impl Linear {
    fn of(scale: f64, offset: f64) -> Option<Linear> {
        if !scale.is_finite() || !offset.is_finite() || scale.abs() < f64::MIN_POSITIVE {
            return None;
        }
        let mut power = 1.0;
        for _ in 0..=DECIMALS_MAX {
            if let (Some(factor), Some(shift)) = (whole(scale * power), whole(offset * power))
                && factor.abs() >= 1.0
            {
                return Some(Linear { factor, shift, power });
            }
            power *= 10.0;
        }
        Some(Linear { factor: scale, shift: offset, power: 1.0 })
    }

    fn value(&self, raw: f64) -> f64 {
        (raw * self.factor + self.shift) / self.power
    }

    fn raw(&self, value: f64) -> f64 {
        (value * self.power - self.shift) / self.factor
    }
}

/// The whole number that this is but for the last bits of a float.
fn whole(x: f64) -> Option<f64> {
    let near = x.round();
    (x.abs() <= WHOLE_MAX && (x - near).abs() <= 4.0 * f64::EPSILON * x.abs()).then_some(near)
}

impl Codec {
    /// A type as it is: big, unscaled, all bits.
    pub fn new(type_: NumberType) -> Codec {
        Codec { type_, order: None, scale: None, offset: None, bits: None }
    }

    /// How many bytes it takes.
    pub fn width(&self) -> usize {
        self.type_.width()
    }

    /// Distance of neighbouring values; 0 for floats, truths and texts.
    pub fn resolution(&self) -> f64 {
        let steps = self.type_.is_whole() || matches!(self.type_, NumberType::Bcd16 | NumberType::Bcd32);
        if steps { self.scale.unwrap_or(1.0).abs() } else { 0.0 }
    }

    /// All faults of it, with their place.
    pub fn check(&self, path: &str, found: &mut Diagnostics) {
        let scaled = self.scale.is_some() || self.offset.is_some();
        if scaled && matches!(self.type_, NumberType::Bool | NumberType::Text(_)) {
            found.push(Diagnostic::error(
                "layout.scale",
                format!("{path}/type"),
                Bilingual::new(
                    format!("{} 没有系数和偏移", self.type_),
                    format!("`{}` has no scale and no offset", self.type_),
                ),
            ));
        }
        if Linear::of(self.scale.unwrap_or(1.0), self.offset.unwrap_or(0.0)).is_none() {
            found.push(Diagnostic::error(
                "layout.scale",
                format!("{path}/scale"),
                Bilingual::new(
                    "系数须为非零的有限数，偏移须为有限数",
                    "the scale is finite and not 0, the offset finite",
                ),
            ));
        }
        if self.bits.is_some() && self.place().is_none() {
            found.push(
                Diagnostic::error(
                    "layout.bits",
                    format!("{path}/bits"),
                    Bilingual::new(
                        format!("{} 没有这些位", self.type_),
                        format!("`{}` does not have these bits", self.type_),
                    ),
                )
                .help(Bilingual::new(
                    "位段只用于整数类型，from 从 0 起，count 至少为 1",
                    "bits are of whole numbers only; `from` counts from 0, `count` is at least 1",
                )),
            );
        }
    }

    /// Reads the value that stands at the beginning of the bytes.
    ///
    /// # Errors
    /// When there are too few, or they are no value of this type.
    pub fn read(&self, bytes: &[u8]) -> Result<Value, Unfit> {
        let short = Unfit::Short { need: self.width(), got: bytes.len() };
        let mut own = bytes.get(..self.width()).ok_or(short)?.to_vec();
        let order = self.order.unwrap_or_default();
        if let NumberType::Text(max) = self.type_ {
            order.arrange_text(&mut own);
            let end = own.iter().position(|b| *b == 0).unwrap_or(own.len());
            own.truncate(end);
            let text = String::from_utf8(own).map_err(|_| Unfit::Text { max })?;
            return Ok(Value::text(text.trim_end_matches(' ')));
        }
        order.arrange(&mut own);
        let raw = own.iter().fold(0u64, |sum, b| sum << 8 | u64::from(*b));
        let number = match self.type_ {
            NumberType::Bool => return Ok(Value::Bool(raw != 0)),
            NumberType::F32 => shortest(f32::from_bits(u32::try_from(raw).map_err(|_| Unfit::Layout)?)),
            NumberType::F64 => f64::from_bits(raw),
            NumberType::Bcd16 | NumberType::Bcd32 => digits(&own)?,
            _ => self.exact(raw)?,
        };
        if !number.is_finite() {
            return Err(Unfit::NotFinite);
        }
        let value = self.linear()?.value(number);
        // Zero has one form.
        if value.is_finite() { Ok(Value::Number(value + 0.0)) } else { Err(Unfit::NotFinite) }
    }

    /// The bytes of a value. Where only some bits are used, the others are 0.
    ///
    /// # Errors
    /// When it is of another kind or does not fit.
    pub fn write(&self, value: &Value) -> Result<Vec<u8>, Unfit> {
        let mut bytes = vec![0; self.width()];
        self.write_into(value, &mut bytes)?;
        Ok(bytes)
    }

    /// Writes a value to the beginning of the bytes. Where only some bits are used, the others stay as they are.
    ///
    /// # Errors
    /// When it is of another kind or does not fit, or there are too few bytes. Nothing was changed then.
    pub fn write_into(&self, value: &Value, bytes: &mut [u8]) -> Result<(), Unfit> {
        let short = Unfit::Short { need: self.width(), got: bytes.len() };
        let place = bytes.get_mut(..self.width()).ok_or(short)?;
        let order = self.order.unwrap_or_default();
        let mut new = match (self.type_, value) {
            (NumberType::Text(max), Value::Text(text)) => {
                if text.len() > max || text.ends_with(' ') || text.contains('\0') {
                    return Err(Unfit::Text { max });
                }
                let mut filled = text.as_bytes().to_vec();
                filled.resize(max, 0);
                order.arrange_text(&mut filled);
                place.copy_from_slice(&filled);
                return Ok(());
            }
            (NumberType::Bool, Value::Bool(b)) => vec![u8::from(*b)],
            (NumberType::Bool | NumberType::Text(_), other) => return Err(self.kind(other)),
            (_, Value::Number(n)) if n.is_finite() => self.number(*n, place)?,
            (_, Value::Number(_)) => return Err(Unfit::NotFinite),
            (_, other) => return Err(self.kind(other)),
        };
        order.arrange(&mut new);
        place.copy_from_slice(&new);
        Ok(())
    }

    /// The bytes of a number, most significant first; `old` is what stands there now.
    fn number(&self, value: f64, old: &[u8]) -> Result<Vec<u8>, Unfit> {
        let raw = self.linear()?.raw(value);
        match self.type_ {
            NumberType::F32 => {
                #[expect(clippy::cast_possible_truncation, reason = "rounding to the type; overflow is looked for")]
                let single = raw as f32;
                if single.is_finite() {
                    Ok(single.to_be_bytes().to_vec())
                } else {
                    Err(self.range(f64::from(f32::MIN), f64::from(f32::MAX), value))
                }
            }
            NumberType::F64 if raw.is_finite() => Ok(raw.to_be_bytes().to_vec()),
            NumberType::F64 => Err(Unfit::NotFinite),
            NumberType::Bcd16 | NumberType::Bcd32 => {
                let max = if self.type_ == NumberType::Bcd16 { 9_999.0 } else { 99_999_999.0 };
                let mut rest = self.rounded(raw, 0.0, max, value)?.unsigned_abs();
                let mut bytes = vec![0; self.width()];
                for byte in bytes.iter_mut().rev() {
                    *byte = u8::try_from(rest % 10 + (rest / 10 % 10) * 16).map_err(|_| Unfit::Layout)?;
                    rest /= 100;
                }
                Ok(bytes)
            }
            _ => {
                let (from, count) = self.place().ok_or(Unfit::Layout)?;
                let (min, max) = self.bounds(count);
                let number = self.rounded(raw, min, max, value)?;
                let mut old = old.to_vec();
                self.order.unwrap_or_default().arrange(&mut old);
                let old = old.iter().fold(0u64, |sum, b| sum << 8 | u64::from(*b));
                let new = old & !(mask(count) << from) | (number.cast_unsigned() & mask(count)) << from;
                Ok(new.to_be_bytes().into_iter().skip(8 - self.width()).collect())
            }
        }
    }

    /// The bits of its bytes that it has.
    pub(super) fn footprint(&self) -> Vec<u8> {
        let Some((from, count)) = self.place() else { return vec![0xff; self.width()] };
        let bits = (mask(count) << from).to_be_bytes();
        let mut own: Vec<u8> = bits.into_iter().skip(8 - self.width()).collect();
        self.order.unwrap_or_default().arrange(&mut own);
        own
    }

    /// The nearest whole number, when it is between two others.
    fn rounded(&self, raw: f64, min: f64, max: f64, value: f64) -> Result<i64, Unfit> {
        let near = raw.round();
        if !(min..=max).contains(&near) {
            return Err(self.range(min, max, value));
        }
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53, as was looked for above")]
        Ok(near as i64)
    }

    /// The number of the bits that count.
    fn exact(&self, raw: u64) -> Result<f64, Unfit> {
        let (from, count) = self.place().ok_or(Unfit::Layout)?;
        let part = raw >> from & mask(count);
        let negative = self.type_.is_signed() && part >> (count - 1) & 1 == 1;
        let number = if negative { (part | !mask(count)).cast_signed() as f64 } else { part as f64 };
        if number.abs() <= WHOLE_MAX {
            Ok(number)
        } else {
            let (min, max) = self.bounds(count);
            Err(Unfit::Range { min, max, got: number })
        }
    }

    /// Lowest bit and number of bits; none where the type does not have them.
    fn place(&self) -> Option<(u32, u32)> {
        let all = u32::try_from(self.width() * 8).ok().filter(|_| self.type_.is_whole())?;
        let Bits { from, count } = self.bits.unwrap_or(Bits { from: 0, count: all });
        (count >= 1 && from.checked_add(count)? <= all).then_some((from, count))
    }

    /// Smallest and largest number of so many bits that a value holds exactly.
    fn bounds(&self, count: u32) -> (f64, f64) {
        if self.type_.is_signed() {
            let half = mask(count - 1) as f64;
            ((-half - 1.0).max(-WHOLE_MAX), half.min(WHOLE_MAX))
        } else {
            (0.0, (mask(count) as f64).min(WHOLE_MAX))
        }
    }

    fn linear(&self) -> Result<Linear, Unfit> {
        Linear::of(self.scale.unwrap_or(1.0), self.offset.unwrap_or(0.0)).ok_or(Unfit::Layout)
    }

    /// A range in the value's own measure.
    fn range(&self, min: f64, max: f64, got: f64) -> Unfit {
        let Ok(linear) = self.linear() else { return Unfit::Layout };
        let (a, b) = (linear.value(min), linear.value(max));
        Unfit::Range { min: a.min(b), max: a.max(b), got }
    }

    fn kind(&self, got: &Value) -> Unfit {
        let expected = match self.type_ {
            NumberType::Bool => "true or false",
            NumberType::Text(_) => "a text",
            _ => "a number",
        };
        Unfit::Kind { type_: self.type_, expected, got: got.kind() }
    }
}

/// So many ones.
fn mask(count: u32) -> u64 {
    u64::MAX.checked_shr(64 - count).unwrap_or(0)
}

fn shortest(single: f32) -> f64 {
    single.to_string().parse().unwrap_or(f64::NAN)
}

fn digits(bytes: &[u8]) -> Result<f64, Unfit> {
    bytes
        .iter()
        .flat_map(|b| [b >> 4, b & 15])
        .try_fold(0.0, |sum, digit| if digit > 9 { Err(Unfit::Digit) } else { Ok(sum * 10.0 + f64::from(digit)) })
}

#[cfg(test)]
mod tests;
