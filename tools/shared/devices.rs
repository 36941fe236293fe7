//! What the tools about devices have in common: devices, places and products by what people call them, and what
//! changed, in words.

use super::{sees, unknown};
use agent::Caller;
use base::diagnostic::nearest;
use base::id::{DeviceId, SpaceId};
use base::{Bilingual, Diagnostic, Diagnostics, Lang};
use documents::Change;
use documents::journal::Configured;
use std::collections::BTreeSet;
use things::{Device, Names, Route, World, templates};

/// Most names that one finding suggests.
const NEAR_MAX: usize = 5;
/// Most devices that one text names.
const NAMED_MAX: usize = 5;

/// Whether a device exists for a caller: not when all of it is hidden from the assistant.
pub(crate) fn knows(caller: &Caller, device: DeviceId, world: &World) -> bool {
    let mut points = world.points_of(device).peekable();
    points.peek().is_none() || points.any(|p| sees(caller, p))
}

fn same(written: &str, names: &Names) -> bool {
    let written = written.trim().to_lowercase();
    names.all().any(|n| n.trim().to_lowercase() == written)
}

/// Those of one name, or what is wrong with it.
fn one<T: Copy>(
    found: &[T],
    (code, path): (&str, &str),
    (zh, en): (&str, &str),
    written: &str,
    known: &BTreeSet<&str>,
) -> Result<T, Diagnostics> {
    match found {
        [one] => Ok(*one),
        [] => {
            let near = nearest(written, known.iter().copied(), NEAR_MAX).join(", ");
            let text = Bilingual::new(format!("没有{zh}“{written}”"), format!("there is no {en} “{written}”"));
            let fault = Diagnostic::error(code, path, text);
            let help = Bilingual::new(format!("最接近的：{near}"), format!("the nearest are: {near}"));
            Err(vec![if near.is_empty() { fault } else { fault.help(help) }])
        }
        several => {
            let n = several.len();
            let text = Bilingual::new(
                format!("有 {n} 个{zh}叫“{written}”"),
                format!("{n} of them are called “{written}”: which {en} is meant?"),
            );
            Err(vec![Diagnostic::error("ambiguous", path, text).help(Bilingual::new("请给出 id", "give the id"))])
        }
    }
}

/// The device of an id or a name.
pub(crate) fn device_called<'a>(written: &str, world: &'a World, caller: &Caller) -> Result<&'a Device, Diagnostics> {
    let id = DeviceId::parse(written).ok();
    let known: Vec<&Device> = world.devices().filter(|d| knows(caller, d.id, world)).collect();
    let found: Vec<&Device> = known.iter().copied().filter(|d| Some(d.id) == id || same(written, &d.names)).collect();
    let names: BTreeSet<&str> = known.iter().flat_map(|d| d.names.all()).collect();
    one(&found, ("unknown_device", "/device"), ("设备", "device"), written, &names)
}

/// The places of an id or a name.
pub(crate) fn spaces_called(written: &str, world: &World) -> Vec<SpaceId> {
    let id = SpaceId::parse(written).ok();
    world.spaces().filter(|s| Some(s.id) == id || same(written, &s.names)).map(|s| s.id).collect()
}

/// The one place of an id or a name.
pub(crate) fn space_called(written: &str, world: &World) -> Result<SpaceId, Diagnostics> {
    let names: BTreeSet<&str> = world.spaces().flat_map(|s| s.names.all()).collect();
    let found = spaces_called(written, world);
    one(&found, ("unknown_place", "/space"), ("空间", "space"), written, &names)
}

/// The key of the product or shipped template of a key or a name.
pub(crate) fn product_called(written: &str, world: &World) -> Result<String, Diagnostics> {
    let mut all: Vec<(&str, &Names)> = world.products().map(|p| (p.key.as_str(), &p.names)).collect();
    for (name, model) in templates::all() {
        if !all.iter().any(|(key, _)| *key == name) {
            all.push((name, &model.x.names));
        }
    }
    if let Some((key, _)) = all.iter().find(|(key, _)| *key == written) {
        return Ok((*key).to_owned());
    }
    let found: Vec<&str> = all.iter().filter(|(_, names)| same(written, names)).map(|(key, _)| *key).collect();
    if found.len() > 1 {
        let list = found.join(", ");
        let text = Bilingual::new(format!("“{written}”可能是几种产品"), format!("“{written}” can be several products"));
        let help = Bilingual::new(format!("请给出键：{list}"), format!("give the key: {list}"));
        return Err(vec![Diagnostic::error("ambiguous", "/product", text).help(help)]);
    }
    let known: BTreeSet<&str> = all.iter().flat_map(|(key, names)| names.all().chain([*key])).collect();
    one(&found, ("unknown_product", "/product"), ("产品", "product"), written, &known).map(str::to_owned)
}

/// A removed device of an id or a name.
pub(crate) fn removed_called(written: &str, removed: &[Device]) -> Result<DeviceId, Diagnostics> {
    let id = DeviceId::parse(written).ok();
    let found: Vec<DeviceId> =
        removed.iter().filter(|d| Some(d.id) == id || same(written, &d.names)).map(|d| d.id).collect();
    let names: BTreeSet<&str> = removed.iter().flat_map(|d| d.names.all()).collect();
    one(&found, ("unknown_device", "/device"), ("可恢复的设备", "removed device"), written, &names)
}

/// Names in which the display names of `new` come first; those of a language that it does not have stay.
pub(crate) fn renamed(old: &Names, new: &Names) -> Names {
    let side = |lang| {
        let (old, new) = if lang == Lang::Zh { (&old.zh, &new.zh) } else { (&old.en, &new.en) };
        if new.is_empty() {
            return old.clone();
        }
        let aliases = old.iter().skip(1).filter(|n| !new.contains(n));
        new.iter().chain(aliases).cloned().collect()
    };
    Names { zh: side(Lang::Zh), en: side(Lang::En) }
}

/// What changed of the devices, in words. `before` is what existed before. Where a device has a secret now, the text
/// says where a person sees it; the secret itself is in no text.
pub(crate) fn changed_words(configured: &[Configured], before: &World) -> Option<Bilingual> {
    let changes = || configured.iter().flat_map(|c| &c.changes);
    let (mut added, mut changed, mut removed, mut logs_in) = (Vec::new(), Vec::new(), Vec::new(), false);
    for change in changes() {
        match change {
            Change::PutDevice(d) if before.device(d.id).is_none() => {
                logs_in |= d.route == Route::Direct;
                added.push(d.names.bilingual());
            }
            Change::PutDevice(d) => changed.push(d.names.bilingual()),
            Change::RemoveDevice { device, .. } => {
                removed.extend(before.device(*device).map(|d| d.names.bilingual()));
            }
            _ => {}
        }
    }
    let mut parts: Vec<Bilingual> = Vec::new();
    for (names, zh, en) in
        [(added, "已添加设备", "Added"), (changed, "已更改设备", "Changed"), (removed, "已删除设备", "Removed")]
    {
        if let Some(list) = list(&names) {
            parts.push(Bilingual::new(format!("{zh}{}。", list.zh), format!("{en} {}.", list.en)));
        }
    }
    if logs_in {
        parts.push(Bilingual::new(
            "密钥只显示一次：请在页面上打开该设备查看。",
            "The secret is shown once: open the device on the page to see it.",
        ));
    }
    if parts.is_empty() && changes().next().is_some() {
        parts.push(Bilingual::new("已更改配置。", "The configuration was changed."));
    }
    (!parts.is_empty()).then(|| Bilingual::join(&parts, &Bilingual::new("", " ")))
}

fn list(names: &[Bilingual]) -> Option<Bilingual> {
    if names.is_empty() {
        return None;
    }
    let shown: Vec<Bilingual> =
        names.iter().take(NAMED_MAX).map(|n| Bilingual::new(format!("“{}”", n.zh), format!("“{}”", n.en))).collect();
    let all = Bilingual::join(&shown, &Bilingual::new("、", ", "));
    Some(match names.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
        Some(more) => Bilingual::new(format!("{}等 {} 台", all.zh, names.len()), format!("{} and {more} more", all.en)),
        None => all,
    })
}

/// A finding that points at ids of devices.
pub(crate) fn no_device(path: String) -> Diagnostic {
    unknown("unknown_device", path, "设备不存在", "there is no such device")
}
