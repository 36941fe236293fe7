//! The configuration of a Modbus connection: one type from which parser, schema, form and documentation come.
//!
//! What it is *not*: it looks at no device; [`super::check`] holds it against what exists. Start at [`Config`].

use super::csv;
use crate::form;
use base::{Bilingual, Diagnostic, Diagnostics, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use things::layout::{Bits, Codec, NumberType, Order};

/// Most registers of one device.
pub const REGISTERS_MAX: usize = 2_000;
/// Most devices of one connection.
pub const DEVICES_MAX: usize = 247;
/// Registers of one request that the protocol allows.
pub const WORDS_PER_REQUEST_MAX: u16 = 125;
/// Coils or discrete inputs of one request that the protocol allows.
pub const BITS_PER_REQUEST_MAX: u16 = 2_000;

/// How the devices of one Modbus bus are reached, and what their registers mean.
///
/// Addresses count from 0, as they are sent. A manual that counts `40001` (or `400001`) means holding register 0,
/// `30001` input register 0, `10001` discrete input 0 and `1` (or `00001`) coil 0: the first digit is the table, and the
/// rest is one more than the address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// By which way the bus is reached.
    #[schemars(title = "传输方式 / Transport")]
    pub transport: Transport,
    /// How long a device may take to answer, in milliseconds.
    #[serde(default = "timeout_ms")]
    #[schemars(title = "应答超时（毫秒） / Timeout (ms)", range(min = 10, max = 60_000))]
    pub timeout_ms: u32,
    /// Silence between two requests, in milliseconds. When absent: none on TCP; on a serial line the 3.5 characters of
    /// the standard, at least 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "请求间隔（毫秒） / Pause between requests (ms)", range(max = 10_000))]
    pub pause_ms: Option<u32>,
    /// How often a read without an answer is repeated before its next turn. A write is never repeated by itself.
    #[serde(default = "retries")]
    #[schemars(title = "读取重试次数 / Retries of a read", range(max = 5))]
    pub retries: u8,
    /// Requests in a row without an answer after which a device counts as offline.
    #[serde(default = "offline_after")]
    #[schemars(title = "判定离线的无应答次数 / Unanswered requests until offline", range(min = 1, max = 20))]
    pub offline_after: u8,
    /// How often registers are read, in milliseconds; devices and registers may say otherwise.
    #[serde(default = "poll_ms")]
    #[schemars(title = "轮询周期（毫秒） / Poll period (ms)", range(min = 50, max = 86_400_000))]
    pub poll_ms: u32,
    /// How often a value that does not change is reported again, in milliseconds.
    #[serde(default = "refresh_ms")]
    #[schemars(
        title = "不变值的上报周期（毫秒） / Report of unchanged values (ms)",
        range(min = 50, max = 86_400_000)
    )]
    pub refresh_ms: u32,
    /// Registers that one request reads at most. The protocol allows 125; some devices take fewer.
    #[serde(default = "max_registers")]
    #[schemars(title = "单次读取的寄存器上限 / Registers per request", range(min = 1, max = 125))]
    pub max_registers: u16,
    /// Coils or discrete inputs that one request reads at most. The protocol allows 2000.
    #[serde(default = "max_bits")]
    #[schemars(title = "单次读取的位上限 / Bits per request", range(min = 1, max = 2000))]
    pub max_bits: u16,
    /// Unused addresses between two registers that are read along rather than asking twice.
    #[serde(default = "max_gap")]
    #[schemars(title = "可跨越的空闲地址数 / Gap that is read along", range(max = 124))]
    pub max_gap: u16,
    /// Register maps by name, for devices that are alike.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(title = "共用寄存器表 / Shared register maps")]
    pub maps: BTreeMap<String, RegisterMap>,
    /// The devices on the bus.
    #[serde(default)]
    #[schemars(title = "设备 / Devices")]
    pub devices: Vec<Unit>,
}

/// By which way a bus is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Modbus TCP: a device with a network socket, or a gateway to a serial line.
    #[schemars(title = "Modbus TCP")]
    Tcp(Tcp),
    /// Modbus RTU: a serial line of this machine.
    #[schemars(title = "Modbus RTU")]
    Rtu(Rtu),
}

/// A peer on the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tcp {
    /// Name or address.
    #[schemars(title = "主机 / Host", length(min = 1, max = 255))]
    pub host: String,
    /// Port.
    #[serde(default = "port")]
    #[schemars(title = "端口 / Port", range(min = 1))]
    pub port: u16,
}

/// A serial line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rtu {
    /// Device file, such as `/dev/ttyUSB0`.
    #[schemars(title = "串口设备 / Serial device", length(min = 1, max = 255))]
    pub device: String,
    /// Bits per second.
    #[serde(default = "baud")]
    #[schemars(title = "波特率 / Baud rate", range(min = 300, max = 4_000_000))]
    pub baud: u32,
    /// Parity bit.
    #[serde(default)]
    #[schemars(title = "校验 / Parity")]
    pub parity: Parity,
    /// Data bits; RTU wants 8.
    #[serde(default = "data_bits")]
    #[schemars(title = "数据位 / Data bits", range(min = 7, max = 8))]
    pub data_bits: u8,
    /// Stop bits.
    #[serde(default = "stop_bits")]
    #[schemars(title = "停止位 / Stop bits", range(min = 1, max = 2))]
    pub stop_bits: u8,
}

/// Parity of a serial line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Parity {
    /// None.
    None,
    /// Even, the standard's default.
    #[default]
    Even,
    /// Odd.
    Odd,
}

/// A register map that several devices share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct RegisterMap {
    /// Registers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(title = "寄存器 / Registers")]
    pub registers: Vec<Register>,
    /// Further registers as CSV text with a header row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "寄存器表（CSV） / Register map (CSV)")]
    pub registers_csv: Option<String>,
}

/// A device on the bus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Key of its product.
    #[schemars(title = "产品键 / Product key")]
    pub product: String,
    /// Its key within the product.
    #[schemars(title = "设备键 / Device key")]
    pub device: String,
    /// Its address on the bus: 1 to 247; on TCP also 0 and 255.
    #[schemars(title = "从站地址 / Unit")]
    pub unit: u8,
    /// How often its registers are read, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "轮询周期（毫秒） / Poll period (ms)", range(min = 50, max = 86_400_000))]
    pub poll_ms: Option<u32>,
    /// Name of the register map that it shares with others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "共用寄存器表 / Shared register map")]
    pub map: Option<String>,
    /// Registers of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(title = "寄存器 / Registers")]
    pub registers: Vec<Register>,
    /// Registers of its own as CSV text with a header row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "寄存器表（CSV） / Register map (CSV)")]
    pub registers_csv: Option<String>,
}

/// One of the four tables of a Modbus device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Bits that can be written (`0xxxx`).
    Coil,
    /// Bits that can only be read (`1xxxx`).
    Discrete,
    /// Registers that can be written (`4xxxx`).
    #[default]
    Holding,
    /// Registers that can only be read (`3xxxx`).
    Input,
}

impl Table {
    /// Whether it holds bits rather than registers.
    pub fn is_bits(self) -> bool {
        matches!(self, Table::Coil | Table::Discrete)
    }
    /// Whether it can be written.
    pub fn is_writable(self) -> bool {
        matches!(self, Table::Coil | Table::Holding)
    }
}

/// How a register is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WriteFunction {
    /// Functions 5 and 6: one coil, one register.
    Single,
    /// Functions 15 and 16: several at once.
    Multiple,
    /// Function 22: some bits of one register, the others untouched.
    Mask,
}

/// What one register, or several that belong together, mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Identifier of the property in the thing model.
    #[schemars(title = "属性标识符 / Property")]
    pub identifier: String,
    /// Which table; `holding` when absent.
    #[serde(default)]
    #[schemars(title = "寄存器类别 / Table")]
    pub table: Table,
    /// First address, counted from 0.
    #[schemars(title = "地址（从 0 起，手册中的 40001 即 0） / Address (from 0; the 40001 of a manual is 0)")]
    pub address: u16,
    /// What stands there; `u16` when absent. Coils and discrete inputs have none.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "数据类型 / Type")]
    pub type_: Option<NumberType>,
    /// Order of the bytes: `big` (ABCD) when absent, `little` (DCBA), `big_swapped` (BADC), `little_swapped` (CDAB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "字节序 / Byte order")]
    pub order: Option<Order>,
    /// Multiplies what stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "系数 / Scale")]
    pub scale: Option<f64>,
    /// Is added after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "偏移 / Offset")]
    pub offset: Option<f64>,
    /// Only these bits of a whole number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "位段 / Bits")]
    pub bits: Option<Bits>,
    /// How often it is read, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "轮询周期（毫秒） / Poll period (ms)", range(min = 50, max = 86_400_000))]
    pub poll_ms: Option<u32>,
    /// How it is written. When absent: `single` for one register or coil, `multiple` for several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "写功能 / Write function")]
    pub write: Option<WriteFunction>,
    /// Whether it is read after a write, so that the device's own value confirms it; yes when absent.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    #[schemars(title = "写后回读 / Read back after a write")]
    pub read_back: bool,
}

fn timeout_ms() -> u32 {
    1_000
}
fn retries() -> u8 {
    1
}
fn offline_after() -> u8 {
    3
}
fn poll_ms() -> u32 {
    5_000
}
fn refresh_ms() -> u32 {
    300_000
}
fn max_registers() -> u16 {
    WORDS_PER_REQUEST_MAX
}
fn max_bits() -> u16 {
    BITS_PER_REQUEST_MAX
}
fn max_gap() -> u16 {
    8
}
fn port() -> u16 {
    502
}
fn baud() -> u32 {
    9_600
}
fn data_bits() -> u8 {
    8
}
fn stop_bits() -> u8 {
    1
}
fn yes() -> bool {
    true
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_yes(b: &bool) -> bool {
    *b
}

impl Register {
    /// How its value stands in bytes. A truth value fills a whole register here.
    pub fn codec(&self) -> Codec {
        let type_ = match self.type_ {
            None | Some(NumberType::Bool) => NumberType::U16,
            Some(type_) => type_,
        };
        Codec { type_, order: self.order, scale: self.scale, offset: self.offset, bits: self.bits }
    }

    /// How many registers or bits it spans.
    pub fn count(&self) -> u16 {
        if self.table.is_bits() {
            return 1;
        }
        u16::try_from(self.codec().width().div_ceil(2)).unwrap_or(u16::MAX)
    }

    /// The function that writes it.
    pub fn write_function(&self) -> WriteFunction {
        self.write.unwrap_or(if self.count() == 1 { WriteFunction::Single } else { WriteFunction::Multiple })
    }
}

/// A register with its place in the configuration, for faults.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The register.
    pub register: Register,
    /// JSON Pointer of the register, or of the CSV text.
    pub path: String,
    /// Row in the CSV text; the header is row 1.
    pub row: Option<usize>,
}

impl Placed {
    /// A fault of one of its fields.
    pub fn fault(&self, field: &str, code: &str, message: Bilingual) -> Diagnostic {
        match self.row {
            None => Diagnostic::error(code, format!("{}/{field}", self.path), message),
            Some(row) => Diagnostic::error(code, self.path.clone(), csv::at(row, Some(field), &message)),
        }
    }
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// All faults of its form at once.
    pub fn parse(config: &Map<String, Json>) -> Result<Config, Diagnostics> {
        form::read(config).map_err(|found| {
            let types = wrong_types(config);
            // The form says that there is no such type; this says where.
            if types.is_empty() {
                found
            } else {
                found.into_iter().filter(|d| !d.path.is_empty()).chain(types).collect()
            }
        })
    }

    /// The registers of a device: those of its shared map, its own, and those of its CSV text.
    pub fn registers(&self, index: usize, unit: &Unit) -> (Vec<Placed>, Diagnostics) {
        let mut found = Diagnostics::new();
        let mut out = Vec::new();
        let mut take = |path: &str, registers: &[Register], text: Option<&str>| {
            let place = |(i, r): (usize, &Register)| Placed {
                register: r.clone(),
                path: format!("{path}/registers/{i}"),
                row: None,
            };
            out.extend(registers.iter().enumerate().map(place));
            let (rows, faults) = csv::parse(text.unwrap_or_default(), &format!("{path}/registers_csv"));
            out.extend(rows);
            found.extend(faults);
        };
        if let Some((name, map)) = unit.map.as_ref().and_then(|name| self.maps.get_key_value(name)) {
            take(&format!("/maps/{}", escaped(name)), &map.registers, map.registers_csv.as_deref());
        }
        take(&format!("/devices/{index}"), &unit.registers, unit.registers_csv.as_deref());
        (out, found)
    }

    /// How often a register is read.
    pub fn period(&self, unit: &Unit, register: &Register) -> Span {
        Span::from_millis(i64::from(register.poll_ms.or(unit.poll_ms).unwrap_or(self.poll_ms)))
    }

    /// How long a device may take to answer.
    pub fn timeout(&self) -> Span {
        Span::from_millis(i64::from(self.timeout_ms))
    }

    /// Silence between two requests.
    pub fn pause(&self) -> Span {
        let standard = match &self.transport {
            Transport::Tcp(_) => Span::ZERO,
            // 3.5 characters of 11 bits, and 1.75 ms from 19,200 baud on.
            Transport::Rtu(rtu) => Span::from_micros((38_500_000 / i64::from(rtu.baud.max(1))).max(2_000)),
        };
        self.pause_ms.map_or(standard, |ms| Span::from_millis(i64::from(ms)))
    }
}

/// Part of a JSON Pointer (RFC 6901 section 3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Registers whose type has no such name.
fn wrong_types(config: &Map<String, Json>) -> Diagnostics {
    let list = |json: Option<&Json>| json.and_then(Json::as_array).cloned().unwrap_or_default();
    let units = list(config.get("devices")).into_iter().enumerate().map(|(i, unit)| (format!("/devices/{i}"), unit));
    let maps = config.get("maps").and_then(Json::as_object).cloned().unwrap_or_default();
    let maps = maps.into_iter().map(|(name, map)| (format!("/maps/{}", escaped(&name)), map));
    let mut found = Diagnostics::new();
    for (path, part) in maps.chain(units) {
        for (i, register) in list(part.get("registers")).iter().enumerate() {
            let wrong = register.get("type").and_then(Json::as_str).and_then(|name| name.parse::<NumberType>().err());
            found.extend(wrong.map(|e| {
                let words = Bilingual::new(format!("没有这种数据类型：{e}"), e.to_string());
                Diagnostic::error("modbus.type", format!("{path}/registers/{i}/type"), words)
            }));
        }
    }
    found
}

/// A configuration that parses: an air conditioner and a room sensor behind a gateway, their registers as CSV.
pub fn sample() -> Map<String, Json> {
    let air_conditioner = "identifier,table,address,type,scale,write\n\
                           power,coil,0,,,\n\
                           target_temperature,holding,10,i16,0.1,single\n\
                           mode,holding,11,,,\n\
                           current_temperature,input,0,i16,0.1,\n";
    let room_sensor = "identifier,table,address,type,order\n\
                       temperature,input,0,f32,little_swapped\n\
                       humidity,input,2,f32,little_swapped\n\
                       co2,input,4,u16,\n";
    let config = serde_json::json!({
        "transport": { "tcp": { "host": "127.0.0.1", "port": 502 } },
        "poll_ms": 5000,
        "devices": [
            { "product": "air_conditioner", "device": "ac-101", "unit": 1, "registers_csv": air_conditioner },
            { "product": "room_sensor", "device": "room-101", "unit": 2, "registers_csv": room_sensor },
        ],
    });
    config.as_object().cloned().unwrap_or_default()
}
