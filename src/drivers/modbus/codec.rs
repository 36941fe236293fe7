//! What goes over the bus to one unit, and how registers become the value of a property and back. Pure.
//!
//! What it is *not*: frames, checksums and transaction numbers, which are the library's; types and byte orders, which
//! are [`things::layout`]'s. Start at [`Request`], [`read`] and [`write`].

use super::config::{Register, Table, WriteFunction};
use base::Value;
use base::value::number_text;
use things::layout::Unfit;
use things::point::Misfit;
use things::{PointKind, PointSpec};

/// One request to one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Reads registers or bits.
    Read {
        /// Where.
        table: Table,
        /// First address.
        start: u16,
        /// How many.
        count: u16,
    },
    /// Writes holding registers or coils.
    Write {
        /// First address.
        start: u16,
        /// What; the kind says the table.
        raw: Raw,
        /// By the function for several even if it is one.
        many: bool,
    },
    /// Writes some bits of one holding register: `(old & and) | (or & !and)`.
    Mask {
        /// Its address.
        address: u16,
        /// The bits that stay.
        and: u16,
        /// What the others become.
        or: u16,
    },
}

/// What stands in registers or bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// Coils or discrete inputs.
    Bits(Vec<bool>),
    /// Holding or input registers.
    Words(Vec<u16>),
}

impl Raw {
    /// How many registers or bits.
    pub fn len(&self) -> usize {
        match self {
            Raw::Bits(bits) => bits.len(),
            Raw::Words(words) => words.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Part of it, when it has that part.
    pub fn part(&self, from: usize, count: usize) -> Option<Raw> {
        let to = from.checked_add(count)?;
        Some(match self {
            Raw::Bits(bits) => Raw::Bits(bits.get(from..to)?.to_vec()),
            Raw::Words(words) => Raw::Words(words.get(from..to)?.to_vec()),
        })
    }
}

/// What a unit answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// What stands there.
    Raw(Raw),
    /// Written.
    Done,
    /// Refused, with the code of the protocol.
    Exception(u8),
}

/// An exception in words (Modbus Application Protocol V1.1b3 section 7).
pub fn exception(code: u8) -> String {
    let words = match code {
        1 => "illegal function",
        2 => "illegal data address",
        3 => "illegal data value",
        4 => "device failure",
        5 => "acknowledged, still at work",
        6 => "device busy",
        7 => "negative acknowledge",
        8 => "memory parity error",
        10 => "the gateway has no path to the device",
        11 => "the device behind the gateway does not answer",
        _ => "unknown exception",
    };
    format!("{words} (Modbus exception {code})")
}

/// Why registers are no value of the property, or a value does not go into them.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Misread {
    /// The registers do not hold such a value.
    #[error("{0}")]
    Unfit(#[from] Unfit),
    /// It is no value of the property.
    #[error("the property {0}")]
    Misfit(#[from] Misfit),
    /// The device answered something else than was asked for.
    #[error("the answer has another form than was asked for")]
    Form,
}

/// The value of a property from what stands in its registers.
///
/// # Errors
/// When it is no value of the property.
pub fn read(register: &Register, spec: &PointSpec, raw: &Raw) -> Result<Value, Misread> {
    let value = match raw {
        Raw::Bits(bits) => Value::Bool(*bits.first().ok_or(Misread::Form)?),
        Raw::Words(words) => {
            let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_be_bytes()).collect();
            register.codec().read(&bytes)?
        }
    };
    let value = match (&spec.kind, value) {
        (PointKind::Bool, Value::Number(n)) => Value::Bool(n != 0.0),
        (PointKind::Enum { .. }, Value::Bool(b)) => spec.decode(&u8::from(b).into())?,
        // A code, which is a whole number.
        (PointKind::Enum { .. }, Value::Number(n)) => {
            spec.decode(&number_text(n).parse::<i64>().map_err(|_| Misread::Form)?.into())?
        }
        (_, value) => value,
    };
    spec.check(&value)?;
    Ok(value)
}

/// Whether a write needs to know what stands there: other bits of the register shall stay as they are.
pub fn needs_present(register: &Register) -> bool {
    register.bits.is_some() && register.write_function() != WriteFunction::Mask
}

/// The request that writes a value. `present` is what stands in the registers now; it matters where only some bits are
/// the property's.
///
/// # Errors
/// When the value does not go into the registers.
pub fn write(register: &Register, spec: &PointSpec, value: &Value, present: Option<&Raw>) -> Result<Request, Misread> {
    let wire = match (&spec.kind, value) {
        (PointKind::Bool, Value::Bool(b)) if !register.table.is_bits() => Value::Number(f64::from(u8::from(*b))),
        (PointKind::Enum { .. }, value) => Value::from_json(&spec.encode(value)).ok_or(Misread::Form)?,
        (_, value) => value.clone(),
    };
    let many = register.write_function() == WriteFunction::Multiple;
    let start = register.address;
    if register.table.is_bits() {
        let on = match wire {
            Value::Bool(b) => b,
            Value::Number(n) => n != 0.0,
            _ => return Err(Misread::Form),
        };
        return Ok(Request::Write { start, raw: Raw::Bits(vec![on]), many });
    }
    let codec = register.codec();
    if register.write_function() == WriteFunction::Mask {
        if register.count() != 1 {
            return Err(Misread::Form);
        }
        let (mut zeros, mut ones) = (vec![0; codec.width()], vec![0xff; codec.width()]);
        codec.write_into(&wire, &mut zeros)?;
        codec.write_into(&wire, &mut ones)?;
        let [or, set] = [zeros, ones].map(|bytes| bytes.iter().fold(0u16, |sum, b| sum << 8 | u16::from(*b)));
        // The bits that came out the same are the property's.
        return Ok(Request::Mask { address: start, and: or ^ set, or });
    }
    let mut bytes = match present {
        Some(Raw::Words(words)) => words.iter().flat_map(|w| w.to_be_bytes()).collect(),
        _ => vec![0; codec.width()],
    };
    codec.write_into(&wire, &mut bytes)?;
    let words = bytes.chunks(2).map(|pair| pair.iter().fold(0u16, |sum, b| sum << 8 | u16::from(*b))).collect();
    Ok(Request::Write { start, raw: Raw::Words(words), many })
}
