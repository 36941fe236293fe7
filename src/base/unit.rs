//! Units of measure by their UCUM codes (ucum.org), with dimension, factor and offset to the coherent SI unit, and
//! the words people use for them.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// What is measured. Two units convert when their dimensions are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// A pure number.
    One,
    /// A share: percent, ppm.
    Ratio,
    /// Temperature.
    Temperature,
    /// Light falling on a surface.
    Illuminance,
    /// Power.
    Power,
    /// Energy.
    Energy,
    /// Electric potential.
    Voltage,
    /// Electric current.
    Current,
    /// Frequency.
    Frequency,
    /// Pressure.
    Pressure,
    /// Volume.
    Volume,
    /// Volume flow.
    Flow,
    /// Length.
    Length,
    /// Speed.
    Speed,
    /// Mass per volume, as of dust in air.
    Density,
    /// Sound level.
    SoundLevel,
    /// Time.
    Time,
    /// Correlated colour temperature. Its own dimension: 300 K of colour are not warmth.
    ColourTemperature,
    /// Plane angle.
    Angle,
}

/// One row of the table: `si = number * factor + offset`.
#[derive(Debug)]
pub struct UnitDef {
    /// UCUM code (case sensitive); `mired` alone is not UCUM.
    pub code: &'static str,
    /// What it measures.
    pub dimension: Dimension,
    /// Factor to the coherent unit.
    pub factor: f64,
    /// Offset to the coherent unit.
    pub offset: f64,
    /// Symbol for people.
    pub symbol: &'static str,
    /// Words in English, lower case, singular and plural.
    pub en: &'static [&'static str],
    /// Words in Chinese.
    pub zh: &'static [&'static str],
}

use Dimension as D;

const fn unit(
    code: &'static str,
    dimension: Dimension,
    factor: f64,
    symbol: &'static str,
    en: &'static [&'static str],
    zh: &'static [&'static str],
) -> UnitDef {
    UnitDef { code, dimension, factor, offset: 0.0, symbol, en, zh }
}

/// All units. The first of a dimension is its coherent unit.
pub static UNITS: &[UnitDef] = &[
    unit("1", D::One, 1.0, "", &[], &[]),
    unit("%", D::Ratio, 0.01, "%", &["%", "percent", "per cent", "pct"], &["%", "百分之", "个百分点"]),
    unit("[ppm]", D::Ratio, 1e-6, "ppm", &["ppm", "parts per million"], &["ppm"]),
    unit("K", D::Temperature, 1.0, "K", &["kelvin"], &["开尔文"]),
    UnitDef {
        offset: 273.15,
        ..unit(
            "Cel",
            D::Temperature,
            1.0,
            "°C",
            &["°c", "℃", "celsius", "degrees celsius", "degree celsius", "degrees c", "c"],
            &["摄氏度", "℃", "°c"],
        )
    },
    UnitDef {
        offset: 459.67 * 5.0 / 9.0,
        ..unit(
            "[degF]",
            D::Temperature,
            5.0 / 9.0,
            "°F",
            &["°f", "℉", "fahrenheit", "degrees fahrenheit", "degree fahrenheit", "degrees f", "f"],
            &["华氏度", "华氏", "℉", "°f"],
        )
    },
    unit("lx", D::Illuminance, 1.0, "lx", &["lx", "lux"], &["勒克斯", "lux", "流明"]),
    unit("W", D::Power, 1.0, "W", &["w", "watt", "watts"], &["瓦", "瓦特", "w"]),
    unit("kW", D::Power, 1e3, "kW", &["kw", "kilowatt", "kilowatts"], &["千瓦", "kw"]),
    unit("MW", D::Power, 1e6, "MW", &["megawatt", "megawatts"], &["兆瓦"]),
    unit("J", D::Energy, 1.0, "J", &["joule", "joules"], &["焦耳"]),
    unit("W.h", D::Energy, 3.6e3, "Wh", &["wh", "watt hour", "watt hours", "watt-hours"], &["瓦时"]),
    unit(
        "kW.h",
        D::Energy,
        3.6e6,
        "kWh",
        &["kwh", "kilowatt hour", "kilowatt hours", "kilowatt-hours"],
        &["千瓦时", "度电", "kwh"],
    ),
    unit("V", D::Voltage, 1.0, "V", &["v", "volt", "volts"], &["伏", "伏特"]),
    unit("A", D::Current, 1.0, "A", &["amp", "amps", "ampere", "amperes"], &["安", "安培"]),
    unit("Hz", D::Frequency, 1.0, "Hz", &["hz", "hertz"], &["赫兹"]),
    unit("Pa", D::Pressure, 1.0, "Pa", &["pa", "pascal", "pascals"], &["帕", "帕斯卡"]),
    unit("hPa", D::Pressure, 1e2, "hPa", &["hpa", "hectopascal", "hectopascals"], &["百帕"]),
    unit("kPa", D::Pressure, 1e3, "kPa", &["kpa", "kilopascal", "kilopascals"], &["千帕"]),
    unit("bar", D::Pressure, 1e5, "bar", &["bar", "bars"], &["巴"]),
    unit(
        "m3",
        D::Volume,
        1.0,
        "m³",
        &["m3", "cubic metre", "cubic metres", "cubic meter", "cubic meters"],
        &["立方米", "立方", "方"],
    ),
    unit("L", D::Volume, 1e-3, "L", &["l", "litre", "litres", "liter", "liters"], &["升"]),
    unit(
        "m3/h",
        D::Flow,
        1.0 / 3600.0,
        "m³/h",
        &["m3/h", "cubic metres per hour", "cubic meters per hour"],
        &["立方米每小时"],
    ),
    unit("m", D::Length, 1.0, "m", &["metre", "metres", "meter", "meters"], &["米"]),
    unit("m/s", D::Speed, 1.0, "m/s", &["m/s", "metres per second", "meters per second"], &["米每秒"]),
    unit(
        "km/h",
        D::Speed,
        1.0 / 3.6,
        "km/h",
        &["km/h", "kph", "kilometres per hour", "kilometers per hour"],
        &["公里每小时", "千米每小时"],
    ),
    unit(
        "ug/m3",
        D::Density,
        1e-9,
        "µg/m³",
        &["ug/m3", "µg/m³", "micrograms", "micrograms per cubic metre"],
        &["微克", "微克每立方米"],
    ),
    unit("dB", D::SoundLevel, 1.0, "dB", &["db", "decibel", "decibels"], &["分贝"]),
    unit("s", D::Time, 1.0, "s", &["s", "sec", "secs", "second", "seconds"], &["秒", "秒钟"]),
    unit("min", D::Time, 60.0, "min", &["min", "mins", "minute", "minutes"], &["分", "分钟"]),
    unit("h", D::Time, 3600.0, "h", &["h", "hr", "hrs", "hour", "hours"], &["小时", "钟头", "个小时", "个钟头"]),
    unit("d", D::Time, 86400.0, "d", &["day", "days"], &["天", "日"]),
    unit("[K_cct]", D::ColourTemperature, 1.0, "K", &["k", "kelvin"], &["k", "开", "开尔文"]),
    unit("deg", D::Angle, core::f64::consts::PI / 180.0, "°", &["°"], &["°"]),
];

/// A unit of the table.
#[derive(Clone, Copy)]
pub struct Unit(&'static UnitDef);

impl Unit {
    /// By UCUM code.
    pub fn by_code(code: &str) -> Option<Unit> {
        UNITS.iter().find(|u| u.code == code).map(Unit)
    }
    /// The pure number.
    pub fn one() -> Unit {
        Unit(&UNITS[0])
    }
    /// The row of the table.
    pub fn def(self) -> &'static UnitDef {
        self.0
    }
    /// UCUM code.
    pub fn code(self) -> &'static str {
        self.0.code
    }
    /// What it measures.
    pub fn dimension(self) -> Dimension {
        self.0.dimension
    }
    /// Symbol for people.
    pub fn symbol(self) -> &'static str {
        self.0.symbol
    }
    /// Converts a number in this unit to another. `None` when the dimensions differ.
    pub fn convert(self, number: f64, to: Unit) -> Option<f64> {
        if self.code() == to.code() {
            return Some(number);
        }
        (self.dimension() == to.dimension())
            .then(|| (number * self.0.factor + self.0.offset - to.0.offset) / to.0.factor)
    }
    /// Converts a difference ("5 degrees warmer"), where offsets do not count.
    pub fn convert_delta(self, number: f64, to: Unit) -> Option<f64> {
        (self.dimension() == to.dimension()).then(|| number * self.0.factor / to.0.factor)
    }
}

impl PartialEq for Unit {
    fn eq(&self, other: &Self) -> bool {
        self.code() == other.code()
    }
}
impl Eq for Unit {}
impl PartialOrd for Unit {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Unit {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}
impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unit({})", self.code())
    }
}
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}
impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}
impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(d)?;
        Unit::by_code(&code).ok_or_else(|| {
            de::Error::custom(format!("unknown unit `{code}`; units are UCUM codes such as Cel, %, lx, kW.h"))
        })
    }
}
impl JsonSchema for Unit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Unit".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let codes: Vec<&str> = UNITS.iter().map(|u| u.code).collect();
        schemars::json_schema!({ "type": "string", "enum": codes, "description": "UCUM code" })
    }
}

/// A number with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quantity {
    /// The number.
    pub number: f64,
    /// Its unit.
    pub unit: Unit,
}

impl Quantity {
    /// A number with its unit.
    pub fn new(number: f64, unit: Unit) -> Self {
        Quantity { number, unit }
    }
    /// In another unit of the same dimension.
    pub fn to(self, unit: Unit) -> Option<Quantity> {
        self.unit.convert(self.number, unit).map(|number| Quantity { number, unit })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = crate::value::number_text(self.number);
        match self.unit.symbol() {
            "" => f.write_str(&number),
            s @ ("%" | "°C" | "°F" | "°") => write!(f, "{number}{s}"),
            s => write!(f, "{number} {s}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_are_unique_and_conversions_known() {
        for (i, u) in UNITS.iter().enumerate() {
            assert!(UNITS.iter().skip(i + 1).all(|v| v.code != u.code), "{}", u.code);
        }
        let of = |code| Unit::by_code(code).unwrap();
        for (from, n, to, expected) in [
            ("[degF]", 212.0, "Cel", 100.0),
            ("Cel", 0.0, "K", 273.15),
            ("kW.h", 1.0, "J", 3.6e6),
            ("[ppm]", 10_000.0, "%", 1.0),
        ] {
            let got = of(from).convert(n, of(to)).unwrap();
            assert!((got - expected).abs() < 1e-6, "{n} {from} = {got} {to}");
        }
        assert_eq!(of("Cel").convert(1.0, of("lx")), None);
        assert!((of("[degF]").convert_delta(9.0, of("Cel")).unwrap() - 5.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn converting_back_is_the_identity(a in 0..UNITS.len(), b in 0..UNITS.len(), n in -1e6f64..1e6) {
            let (a, b) = (Unit(&UNITS[a]), Unit(&UNITS[b]));
            if let Some(x) = a.convert(n, b) {
                let back = b.convert(x, a).unwrap();
                prop_assert!((back - n).abs() <= 1e-6 * n.abs().max(1.0) + 1e-6, "{n} {a} {b} {back}");
            }
        }
    }
}
