//! A configuration held against what exists: every fault at once, each with path, message and help.
//!
//! What it is *not*: the reading of the configuration, which is [`Config::parse`]. Start at [`check`].

use super::config::{self, Config, DEVICES_MAX, Placed, REGISTERS_MAX, Transport, Unit, WriteFunction};
use base::{Bilingual, Diagnostic, Diagnostics, Severity, diagnostic};
use serde_json::{Map, Value as Json};
use things::layout::NumberType;
use things::{Access, PointKind, Product, World};

/// Units of a serial line.
const UNITS: std::ops::RangeInclusive<u8> = 1..=247;
/// What some devices on TCP want instead.
const TCP_UNITS: [u8; 2] = [0, 255];

/// All faults of a configuration.
pub fn check(config: &Map<String, Json>, world: &World) -> Diagnostics {
    let config = match Config::parse(config) {
        Ok(config) => config,
        Err(found) => return found,
    };
    let mut found = Diagnostics::new();
    let (field, text) = match &config.transport {
        Transport::Tcp(tcp) => ("tcp/host", &tcp.host),
        Transport::Rtu(rtu) => ("rtu/device", &rtu.device),
    };
    if text.trim().is_empty() {
        let words = Bilingual::new("不能为空", "is empty");
        found.push(Diagnostic::error("modbus.empty", format!("/transport/{field}"), words));
    }
    if config.devices.len() > DEVICES_MAX {
        let words = Bilingual::new(format!("最多 {DEVICES_MAX} 台设备"), format!("at most {DEVICES_MAX} devices"));
        found.push(Diagnostic::error("modbus.limit", "/devices", words));
    }
    let mut written = Written::default();
    for (i, unit) in config.devices.iter().enumerate() {
        check_unit(&config, i, unit, world, &mut written, &mut found);
    }
    // A map that devices share is looked at for each of them.
    let mut once = Diagnostics::new();
    for fault in found {
        if !once.contains(&fault) {
            once.push(fault);
        }
    }
    once
}

fn check_unit(
    config: &Config,
    index: usize,
    unit: &Unit,
    world: &World,
    written: &mut Written,
    found: &mut Diagnostics,
) {
    let path = format!("/devices/{index}");
    let error = |field: &str, code: &str, words| Diagnostic::error(code, format!("{path}/{field}"), words);
    let tcp = matches!(config.transport, Transport::Tcp(_));
    let fits = UNITS.contains(&unit.unit) || (tcp && TCP_UNITS.contains(&unit.unit));
    if !fits {
        let words = Bilingual::new(
            format!("从站地址应为 1 到 247，而不是 {}", unit.unit),
            format!("a unit is 1 to 247, not {}", unit.unit),
        );
        let help = Bilingual::new("Modbus TCP 还可用 0 和 255", "on Modbus TCP 0 and 255 are possible, too");
        found.push(error("unit", "modbus.unit", words).help(help));
    }
    let same = |other: &&Unit| other.product == unit.product && other.device == unit.device;
    if config.devices.iter().take(index).any(|other| same(&other)) {
        let words =
            Bilingual::new(format!("设备“{}”重复", unit.device), format!("device `{}` stands here twice", unit.device));
        found.push(error("device", "modbus.device_twice", words));
    }
    if let Some(name) = unit.map.as_ref().filter(|name| !config.maps.contains_key(*name)) {
        let words = Bilingual::new(format!("没有寄存器表“{name}”"), format!("there is no register map `{name}`"));
        found.push(did_you_mean(error("map", "modbus.map", words), name, config.maps.keys().map(String::as_str)));
    }
    let product = world.product_by_key(&unit.product);
    if product.is_none() {
        let words =
            Bilingual::new(format!("没有产品“{}”", unit.product), format!("there is no product `{}`", unit.product));
        let fault = error("product", "modbus.product", words);
        found.push(did_you_mean(fault, &unit.product, world.products().map(|p| p.key.as_str())));
    } else if world.device_by_key(&unit.product, &unit.device).is_none() {
        let words = Bilingual::new(
            format!("产品“{}”没有设备“{}”", unit.product, unit.device),
            format!("product `{}` has no device `{}`", unit.product, unit.device),
        );
        let of_product = world.devices().filter(|d| product.is_some_and(|p| p.id == d.product));
        let fault = error("device", "modbus.device", words);
        found.push(did_you_mean(fault, &unit.device, of_product.map(|d| d.key.as_str())));
    }
    let (registers, faults) = config.registers(index, unit);
    found.extend(faults);
    if registers.len() > REGISTERS_MAX {
        let words = Bilingual::new(
            format!("每台设备最多 {REGISTERS_MAX} 个寄存器"),
            format!("a device has at most {REGISTERS_MAX} registers"),
        );
        found.push(error("registers", "modbus.limit", words));
    }
    for (i, placed) in registers.iter().enumerate() {
        let r = &placed.register;
        if registers.iter().take(i).any(|other| other.register.identifier == r.identifier) {
            let words = Bilingual::new(
                format!("属性“{}”重复", r.identifier),
                format!("property `{}` stands here twice", r.identifier),
            );
            found.push(placed.fault("identifier", "modbus.identifier_twice", words));
        }
        check_form(config, placed, found);
        if let Some(product) = product
            && check_property(placed, product, found)
        {
            written.take(unit.unit, placed, found);
        }
    }
}

/// What is wrong with a register by itself.
fn check_form(config: &Config, placed: &Placed, found: &mut Diagnostics) {
    let r = &placed.register;
    let count = r.count();
    if u32::from(r.address) + u32::from(count) > 65_536 {
        let words = Bilingual::new(
            format!("从地址 {} 起的 {count} 个寄存器超过 65535", r.address),
            format!("{count} registers from address {} go beyond 65535", r.address),
        );
        found.push(placed.fault("address", "modbus.address", words));
    }
    if r.table.is_bits() {
        let others = [
            ("type", r.type_.is_some_and(|t| t != NumberType::Bool)),
            ("order", r.order.is_some()),
            ("scale", r.scale.is_some()),
            ("offset", r.offset.is_some()),
            ("bits", r.bits.is_some()),
        ];
        for (field, _) in others.into_iter().filter(|(_, there)| *there) {
            let words = Bilingual::new(
                "线圈和离散输入只有一位，没有此项",
                "a coil or discrete input is one bit and has none of this",
            );
            found.push(placed.fault(field, "modbus.bit", words));
        }
        if r.write == Some(WriteFunction::Mask) {
            found.push(placed.fault("write", "modbus.write", mask_words()));
        }
        return;
    }
    let odd = matches!(r.type_, Some(NumberType::U8 | NumberType::I8)) || r.codec().width() % 2 == 1;
    if odd {
        let words = Bilingual::new("值应占满整个寄存器", "a value fills whole registers");
        let help = Bilingual::new(
            "单字节请用 u16 加位段（低字节 0-7，高字节 8-15），文本长度取偶数",
            "for a byte take `u16` with bits (0-7 low, 8-15 high); a text has an even length",
        );
        found.push(placed.fault("type", "modbus.type", words).help(help));
    } else if count > config.max_registers {
        let words = Bilingual::new(
            format!("一次最多读 {} 个寄存器，此处为 {count} 个", config.max_registers),
            format!("one request reads at most {} registers, and this has {count}", config.max_registers),
        );
        found.push(placed.fault("type", "modbus.width", words));
    }
    let mut layout = Diagnostics::new();
    r.codec().check("", &mut layout);
    for fault in layout {
        let field = fault.path.trim_start_matches('/').to_owned();
        found.push(Diagnostic { help: fault.help, ..placed.fault(&field, &fault.code, fault.message) });
    }
    let fault = match r.write {
        Some(WriteFunction::Single) if count > 1 => Some(Bilingual::new(
            format!("该值占 {count} 个寄存器，不能用单个写入"),
            format!("the value has {count} registers, which `single` does not write"),
        )),
        Some(WriteFunction::Mask) if r.bits.is_none() || count > 1 => Some(mask_words()),
        _ => None,
    };
    found.extend(fault.map(|words| placed.fault("write", "modbus.write", words)));
}

fn mask_words() -> Bilingual {
    Bilingual::new("掩码写入只用于单个保持寄存器的位段", "`mask` is for bits of one holding register")
}

/// What is wrong with a register as that property; whether it can be written.
fn check_property(placed: &Placed, product: &Product, found: &mut Diagnostics) -> bool {
    let r = &placed.register;
    let Some(property) = product.model.properties.iter().find(|p| p.identifier == r.identifier) else {
        let words = Bilingual::new(
            format!("产品“{}”没有属性“{}”", product.key, r.identifier),
            format!("product `{}` has no property `{}`", product.key, r.identifier),
        );
        let names = product.model.properties.iter().map(|p| p.identifier.as_str());
        found.push(did_you_mean(placed.fault("identifier", "modbus.identifier", words), &r.identifier, names));
        return false;
    };
    let Ok(kind) = PointKind::of_property(property) else { return false };
    let text = matches!(r.type_, Some(NumberType::Text(_)));
    let scaled = r.scale.is_some() || r.offset.is_some();
    let float = matches!(r.type_, Some(NumberType::F32 | NumberType::F64));
    let fits = match kind {
        PointKind::Bool => !text && !scaled,
        PointKind::Number { .. } => !text && !r.table.is_bits() && r.type_ != Some(NumberType::Bool),
        PointKind::Enum { .. } => !text && !scaled && !float,
        PointKind::Text { .. } => text,
        PointKind::Other | PointKind::Service => false,
    };
    if !fits {
        let got = if r.table.is_bits() { "bool".to_owned() } else { r.codec().type_.to_string() };
        let words = Bilingual::new(
            format!("属性“{}”的类型与 {got} 不符", r.identifier),
            format!("property `{}` takes {}, which is not in {got} as it is here", r.identifier, kind.expects()),
        );
        let help = Bilingual::new(
            "布尔和枚举不带系数；文本用 text(n)；结构和数组不能映射到寄存器",
            "truth values and enumerations have no scale; texts are `text(n)`; structures have no registers",
        );
        found.push(placed.fault("type", "modbus.type", words).help(help));
    }
    if property.access_mode != Access::Read && !r.table.is_writable() {
        let words = Bilingual::new(
            format!("属性“{}”可写，而该寄存器只读，写入会被拒绝", r.identifier),
            format!("property `{}` can be written and this table cannot; commands will be refused", r.identifier),
        );
        found.push(Diagnostic { severity: Severity::Warning, ..placed.fault("table", "modbus.read_only", words) });
    }
    property.access_mode.writable() && r.table.is_writable()
}

fn did_you_mean<'a>(fault: Diagnostic, written: &str, names: impl Iterator<Item = &'a str>) -> Diagnostic {
    match diagnostic::nearest(written, names, 3).join(", ") {
        near if near.is_empty() => fault,
        near => fault.help(Bilingual::new(format!("是否指 {near}？"), format!("did you mean {near}?"))),
    }
}

/// What can be written so far: two properties that write the same bits would undo each other.
#[derive(Default)]
struct Written(Vec<(u8, Placed)>);

impl Written {
    fn take(&mut self, unit: u8, placed: &Placed, found: &mut Diagnostics) {
        let r = &placed.register;
        let ends = |p: &Placed| {
            let start = u32::from(p.register.address);
            (start, start + u32::from(p.register.count()))
        };
        let (start, end) = ends(placed);
        let clash = self.0.iter().find(|(other, p)| {
            let (from, to) = ends(p);
            *other == unit && p.register.table == r.table && from < end && start < to && !apart(&p.register, r)
        });
        if let Some((_, other)) = clash.filter(|(_, p)| p.register.identifier != r.identifier) {
            let name = &other.register.identifier;
            let words = Bilingual::new(
                format!("与属性“{name}”写入相同的寄存器"),
                format!("writes what property `{name}` writes, too"),
            );
            let help = Bilingual::new("地址错开，或使用互不重叠的位段", "move one of them, or give each its own bits");
            found.push(placed.fault("address", "modbus.overlap", words).help(help));
        }
        self.0.push((unit, placed.clone()));
    }
}

/// Whether two registers at the same place have no bit in common.
fn apart(a: &config::Register, b: &config::Register) -> bool {
    let (Some(x), Some(y)) = (a.bits, b.bits) else { return false };
    let alike = a.address == b.address && a.count() == b.count() && a.order == b.order;
    alike && (x.from.saturating_add(x.count) <= y.from || y.from.saturating_add(y.count) <= x.from)
}
