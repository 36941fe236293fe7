//! Changes of what exists: policy first, then all of them or none. A removed device can come back for a while.

use super::{Core, bound_queue, schedules};
use base::id::{DeviceId, ProductId, RevisionId, RuleId, SceneId, ScheduleId, SpaceId, TurnId};
use base::{Bilingual, Diagnostic, Diagnostics, Span, Timestamp, limits};
use documents::configuration::CHANGES_MAX;
use documents::journal::{Configured, Denial};
use documents::{Actor, Change, Outcome, ProposalDoc, Reason, Refusal};
use jiff::tz::TimeZone;
use policy::{Decision, Effect};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use things::schedule::Follower;
use things::{Connection, Device, Names, Product, Route, Safety, Scene, Schedule, Site, Space, World, WorldDoc};

/// How long a removed device can be restored.
pub const RESTORE_WINDOW: Span = Span::from_secs(24 * 3600);
/// Most removed devices that are remembered.
pub const REMOVED_MAX: usize = 10_000;
/// First levels of topics that are not a product's.
const RESERVED_KEYS: &[&str] = &["sys", "ota", "ext"];
/// Changes that are named one by one in a read-back.
const WORDS_MAX: usize = 20;
/// Users that are named of what cannot be removed.
const USERS_MAX: usize = 5;
/// Longest key of a product or device, in characters.
pub const KEY_CHARS_MAX: usize = 64;

/// A device that was removed and can come back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Removed {
    /// As it was.
    pub device: Device,
    /// When it was removed.
    pub at: Timestamp,
}

/// What changes come to, before they are adopted.
struct Outlook {
    doc: WorldDoc,
    /// As applied.
    changes: Vec<Change>,
    /// Each with what takes it back, the last one first.
    steps: Vec<Step>,
}

/// A change as it was applied, and what takes it back.
pub(super) type Step = (Change, Change);

impl Core {
    /// The devices that can be restored, oldest first.
    pub fn removed(&self) -> impl Iterator<Item = &Removed> {
        self.state.removed.iter()
    }

    /// The rules that read or write points of a device, in use or not.
    pub fn uses_of(&self, device: DeviceId) -> Vec<RuleId> {
        let touches = |rule: &&RuleId| {
            let Some(saved) = self.state.rules.get(rule) else { return false };
            let of_device = |point| self.world.point(point).is_some_and(|p| p.device == device);
            let (plans, _) = engine::compile(&saved.graph, &self.world);
            plans.iter().any(|plan| plan.reads().any(of_device) || plan.writes().iter().any(|(p, _)| of_device(*p)))
        };
        self.state.rules.keys().filter(touches).copied().collect()
    }

    pub(super) fn on_configure(
        &mut self,
        actor: &Actor,
        turn: Option<TurnId>,
        changes: &[Change],
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let (_, safety) = schedules::written(changes, &self.world);
        let verdict = self.verdict_in_general(actor, Effect::Configure, safety);
        match verdict.decision {
            Decision::Allow => self.configure(actor, None, turn, changes, now, out),
            Decision::Ask => {
                let document = ProposalDoc::Configuration(changes.to_vec());
                self.propose(actor, turn, document, verdict.why, now, out);
            }
            Decision::Deny => out.push(Outcome::Denied(Denial {
                refusal: Refusal::new(Reason::NotAllowed, verdict.why),
                safety: Safety::Comfort,
                diagnostics: Vec::new(),
            })),
        }
    }

    /// Changes what exists. Policy was asked before.
    pub(super) fn configure(
        &mut self,
        actor: &Actor,
        approved_by: Option<Actor>,
        turn: Option<TurnId>,
        changes: &[Change],
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) {
        let outlook = match self.outlook(changes, now) {
            Ok(outlook) => outlook,
            Err(denial) => return out.push(Outcome::Denied(denial)),
        };
        for change in &outlook.changes {
            match change {
                Change::RemoveDevice { device, .. } => {
                    if let Some(device) = self.world.device(*device).cloned() {
                        self.state.removed.push_back(Removed { device, at: now });
                    }
                }
                Change::PutDevice(device) => self.state.removed.retain(|r| r.device.id != device.id),
                _ => {}
            }
        }
        self.state.removed.retain(|r| now - r.at < RESTORE_WINDOW);
        bound_queue(&mut self.state.removed, REMOVED_MAX);
        self.release_schedules(&outlook.changes);
        self.adopt(outlook.doc, now, out);
        let revision: RevisionId = self.state.ids.next(now);
        if let Some(turn) = turn {
            self.turn_mut(turn, actor).changes.splice(0..0, outlook.steps);
        }
        let (changes, by) = (outlook.changes, actor.clone());
        self.follow_schedules(&changes, actor, approved_by.as_ref(), now, out);
        out.push(Outcome::Configured(Box::new(Configured { revision, changes, by, approved_by, turn, at: now })));
    }

    /// Whether changes could be made now.
    ///
    /// # Errors
    /// Everything that is wrong with them; paths begin with the number of the change: `/changes/0/key`.
    pub fn check_changes(&self, changes: &[Change], now: Timestamp) -> Result<(), Denial> {
        self.outlook(changes, now).map(|_| ())
    }

    /// Applies changes to a copy; all faults at once.
    fn outlook(&self, changes: &[Change], now: Timestamp) -> Result<Outlook, Denial> {
        let mut found = Diagnostics::new();
        if changes.len() > CHANGES_MAX {
            found.push(fault("configure.limit", "", format!("一次最多 {CHANGES_MAX} 项更改"), {
                format!("at most {CHANGES_MAX} changes are possible at once")
            }));
            return Err(denial(found));
        }
        let mut draft = Draft::of(&self.world);
        let mut outlook =
            Outlook { doc: WorldDoc::default(), changes: Vec::with_capacity(changes.len()), steps: Vec::new() };
        for (i, change) in changes.iter().enumerate() {
            let path = format!("/changes/{i}");
            match self.apply_change(&mut draft, change, now, &path, &mut found) {
                Some((applied, inverse)) => {
                    outlook.changes.push(applied.clone());
                    outlook.steps.push((applied, inverse));
                }
                None if found.is_empty() => found.push(unknown(&path)),
                None => {}
            }
        }
        outlook.steps.reverse();
        outlook.doc = draft.doc(self.world.doc());
        // What follows from a fault that is named already is not named again.
        if found.is_empty() {
            let (world, of_world) = World::build(outlook.doc.clone());
            found = of_world.into_iter().filter(Diagnostic::is_error).collect();
            for (i, change) in changes.iter().enumerate() {
                let own = match change {
                    Change::PutScene(scene) => scene.check(&world),
                    Change::PutSchedule(schedule) => schedule.check(&world),
                    _ => continue,
                };
                found.extend(own.into_iter().map(|d| Diagnostic { path: format!("/changes/{i}{}", d.path), ..d }));
            }
        }
        if base::diagnostic::has_errors(&found) { Err(denial(found)) } else { Ok(outlook) }
    }

    /// One change, as applied, and its inverse; none when it was refused.
    fn apply_change(
        &self,
        draft: &mut Draft,
        change: &Change,
        now: Timestamp,
        path: &str,
        found: &mut Diagnostics,
    ) -> Option<Step> {
        let inverse = match change {
            Change::PutProduct(product) => {
                check_key(&product.key, path, found);
                check_names(&product.names, path, found);
                draft.check_product_key(product, path, found);
                let before = draft.products.insert(product.id, (**product).clone());
                before.map_or(Change::RemoveProduct(product.id), |b| Change::PutProduct(Box::new(b)))
            }
            Change::PutSpace(space) => {
                check_names(&space.names, path, found);
                let before = draft.spaces.insert(space.id, (**space).clone());
                before.map_or(Change::RemoveSpace(space.id), |b| Change::PutSpace(Box::new(b)))
            }
            Change::PutDevice(device) => {
                check_key(&device.key, path, found);
                check_names(&device.names, path, found);
                let before = draft.devices.insert(device.id, (**device).clone());
                let gone = Change::RemoveDevice { device: device.id, force: true };
                before.map_or(gone, |b| Change::PutDevice(Box::new(b)))
            }
            Change::PutConnection(connection) => {
                check_names(&connection.names, path, found);
                let before = draft.connections.insert(connection.id, (**connection).clone());
                before.map_or(Change::RemoveConnection(connection.id), |b| Change::PutConnection(Box::new(b)))
            }
            Change::PutSite(site) => put_site(site, draft, path, found),
            Change::PutScene(scene) => {
                check_names(&scene.names, path, found);
                let before = draft.scenes.insert(scene.id, (**scene).clone());
                before.map_or(Change::RemoveScene(scene.id), |b| Change::PutScene(Box::new(b)))
            }
            Change::PutSchedule(schedule) => {
                check_names(&schedule.names, path, found);
                let before = draft.schedules.insert(schedule.id, (**schedule).clone());
                before.map_or(Change::RemoveSchedule(schedule.id), |b| Change::PutSchedule(Box::new(b)))
            }
            Change::RemoveScene(id) => {
                in_use(draft.schedules_that_run(*id), path, found);
                in_use(self.named_by(&id.to_string()), path, found);
                Change::PutScene(Box::new(draft.scenes.remove(id).or_else(|| missing(path, found))?))
            }
            Change::RemoveSchedule(id) => {
                in_use(self.named_by(&id.to_string()), path, found);
                Change::PutSchedule(Box::new(draft.schedules.remove(id).or_else(|| missing(path, found))?))
            }
            Change::RemoveProduct(id) => {
                in_use(draft.devices.values().filter(|d| d.product == *id).map(|d| d.names.bilingual()), path, found);
                Change::PutProduct(Box::new(draft.products.remove(id).or_else(|| missing(path, found))?))
            }
            Change::RemoveSpace(id) => {
                in_use(draft.what_is_in(*id), path, found);
                Change::PutSpace(Box::new(draft.spaces.remove(id).or_else(|| missing(path, found))?))
            }
            Change::RemoveConnection(id) => {
                let behind = draft.devices.values().filter(|d| d.route == Route::Via(*id));
                in_use(behind.map(|d| d.names.bilingual()), path, found);
                Change::PutConnection(Box::new(draft.connections.remove(id).or_else(|| missing(path, found))?))
            }
            Change::RemoveDevice { device, force } => {
                if !force {
                    self.used_by_rules(*device, path, found);
                }
                Change::PutDevice(Box::new(draft.devices.remove(device).or_else(|| missing(path, found))?))
            }
            Change::RestoreDevice(id) => {
                let device = self.removed_lately(*id, now).or_else(|| missing(path, found))?;
                draft.devices.insert(*id, device.clone());
                return Some((Change::PutDevice(Box::new(device)), Change::RemoveDevice { device: *id, force: true }));
            }
        };
        Some((change.clone(), inverse))
    }

    /// A device that was removed and can still come back.
    fn removed_lately(&self, id: DeviceId, now: Timestamp) -> Option<Device> {
        let removed = self.state.removed.iter().rev().find(|r| r.device.id == id)?;
        (now - removed.at < RESTORE_WINDOW).then(|| removed.device.clone())
    }

    /// Takes back what nobody changed since, and names what stays.
    pub(super) fn take_back(
        &mut self,
        actor: &Actor,
        steps: Vec<Step>,
        now: Timestamp,
        out: &mut Vec<Outcome>,
    ) -> Vec<Bilingual> {
        let (still, since): (Vec<Step>, Vec<Step>) = steps.into_iter().partition(|(made, _)| self.is_as_made(made));
        let inverse: Vec<Change> = still.into_iter().map(|(_, inverse)| inverse).collect();
        if !inverse.is_empty() {
            self.configure(actor, None, None, &inverse, now, out);
        }
        since
            .iter()
            .map(|(made, _)| {
                let what = self.change_in_words(made);
                Bilingual::new(
                    format!("之后又有更改，保持现状：{}", what.zh),
                    format!("changed since and stays as it is: {}", what.en),
                )
            })
            .collect()
    }

    /// Whether what a change made is still so.
    fn is_as_made(&self, change: &Change) -> bool {
        let world = &self.world;
        match change {
            Change::PutProduct(p) => world.product(p.id) == Some(p),
            Change::PutSpace(s) => world.space(s.id) == Some(s),
            Change::PutDevice(d) => world.device(d.id) == Some(d),
            Change::PutConnection(c) => world.connection(c.id) == Some(c),
            Change::PutSite(s) => world.site() == &**s,
            Change::PutScene(s) => world.scene(s.id) == Some(s),
            Change::PutSchedule(s) => world.schedule(s.id) == Some(s),
            Change::RemoveScene(id) => world.scene(*id).is_none(),
            Change::RemoveSchedule(id) => world.schedule(*id).is_none(),
            Change::RemoveProduct(id) => world.product(*id).is_none(),
            Change::RemoveSpace(id) => world.space(*id).is_none(),
            Change::RemoveDevice { device, .. } => world.device(*device).is_none(),
            Change::RestoreDevice(id) => world.device(*id).is_some(),
            Change::RemoveConnection(id) => world.connection(*id).is_none(),
        }
    }

    /// Changes in words, made by code.
    pub(super) fn changes_in_words(&self, changes: &[Change]) -> Bilingual {
        let mut parts: Vec<Bilingual> =
            changes.iter().take(WORDS_MAX).map(|change| self.change_in_words(change)).collect();
        if let Some(more) = changes.len().checked_sub(WORDS_MAX).filter(|n| *n > 0) {
            parts.push(Bilingual::new(format!("另有 {more} 项"), format!("{more} more")));
        }
        Bilingual::join(&parts, &Bilingual::new("；", "; "))
    }

    fn change_in_words(&self, change: &Change) -> Bilingual {
        let world = &self.world;
        let put = |there: bool, zh: &str, en: &str, names: &Names| {
            let name = names.bilingual();
            if there {
                Bilingual::new(format!("更改{zh}“{}”", name.zh), format!("change {en} “{}”", name.en))
            } else {
                Bilingual::new(format!("添加{zh}“{}”", name.zh), format!("add {en} “{}”", name.en))
            }
        };
        let remove = |zh: &str, en: &str, names: Option<&Names>| {
            let name = names.map_or_else(Bilingual::default, Names::bilingual);
            Bilingual::new(format!("删除{zh}“{}”", name.zh), format!("remove {en} “{}”", name.en))
        };
        match change {
            Change::PutProduct(p) => put(world.product(p.id).is_some(), "产品", "product", &p.names),
            Change::PutSpace(s) => put(world.space(s.id).is_some(), "空间", "space", &s.names),
            Change::PutDevice(d) => {
                let what = put(world.device(d.id).is_some(), "设备", "device", &d.names);
                let Some(space) = d.space().and_then(|s| world.space(s)).map(|s| s.names.bilingual()) else {
                    return what;
                };
                Bilingual::new(format!("{}（{}）", what.zh, space.zh), format!("{} in {}", what.en, space.en))
            }
            Change::PutConnection(c) => put(world.connection(c.id).is_some(), "连接", "connection", &c.names),
            Change::PutSite(s) => put(true, "站点", "the site", &s.names),
            Change::PutScene(s) => put(world.scene(s.id).is_some(), "场景", "scene", &s.names),
            Change::PutSchedule(s) => put(world.schedule(s.id).is_some(), "时间表", "schedule", &s.names),
            Change::RemoveSchedule(id) => remove("时间表", "schedule", world.schedule(*id).map(|s| &s.names)),
            Change::RemoveScene(id) => remove("场景", "scene", world.scene(*id).map(|s| &s.names)),
            Change::RemoveProduct(id) => remove("产品", "product", world.product(*id).map(|p| &p.names)),
            Change::RemoveSpace(id) => remove("空间", "space", world.space(*id).map(|s| &s.names)),
            Change::RemoveDevice { device, .. } => {
                let what = remove("设备", "device", world.device(*device).map(|d| &d.names));
                let scenes: Vec<Bilingual> = self.scenes_with(*device).map(|s| s.names.bilingual()).collect();
                if scenes.is_empty() {
                    return what;
                }
                let list = Bilingual::join(&scenes, &Bilingual::new("、", ", "));
                Bilingual::new(
                    format!("{}（场景{}将不再控制它）", what.zh, list.zh),
                    format!("{} (part of scenes: {})", what.en, list.en),
                )
            }
            Change::RemoveConnection(id) => remove("连接", "connection", world.connection(*id).map(|c| &c.names)),
            Change::RestoreDevice(id) => {
                let removed = self.state.removed.iter().find(|r| r.device.id == *id);
                let name = removed.map_or_else(Bilingual::default, |r| r.device.names.bilingual());
                Bilingual::new(format!("恢复设备“{}”", name.zh), format!("restore device “{}”", name.en))
            }
        }
    }

    /// The rules that name something, as they are called; those that are made of schedules do not count.
    fn named_by(&self, id: &str) -> impl Iterator<Item = Bilingual> {
        let rules = self.rules_naming(id).into_iter().filter_map(|rule| self.state.rules.get(&rule));
        rules.filter(|r| !schedules::is_made(&r.graph)).map(|r| r.graph.name.clone())
    }

    fn used_by_rules(&self, device: DeviceId, path: &str, found: &mut Diagnostics) {
        let rules = self.uses_of(device);
        let names: Vec<Bilingual> =
            rules.iter().filter_map(|r| self.state.rules.get(r)).map(|r| r.graph.name.clone()).collect();
        if names.is_empty() {
            return;
        }
        let list = Bilingual::join(&names, &Bilingual::new("、", ", "));
        found.push(
            fault(
                "configure.used",
                path,
                format!("该设备被规则使用：{}", list.zh),
                format!("rules use this device: {}", list.en),
            )
            .help(Bilingual::new("确认后可强制删除", "it can be removed all the same with `force`")),
        );
    }
}

/// What exists, by id, while it is being changed.
struct Draft {
    site: Site,
    products: BTreeMap<ProductId, Product>,
    spaces: BTreeMap<SpaceId, Space>,
    devices: BTreeMap<DeviceId, Device>,
    connections: BTreeMap<base::id::ConnectionId, Connection>,
    scenes: BTreeMap<SceneId, Scene>,
    schedules: BTreeMap<ScheduleId, Schedule>,
}

impl Draft {
    /// What stands in a space, or is part of it.
    fn what_is_in(&self, id: SpaceId) -> impl Iterator<Item = Bilingual> {
        let devices = self.devices.values().filter(move |d| d.space() == Some(id)).map(|d| &d.names);
        let spaces = self.spaces.values().filter(move |s| s.parent == Some(id)).map(|s| &s.names);
        let scenes = self.scenes.values().filter(move |s| s.space == Some(id)).map(|s| &s.names);
        let schedules = self.schedules.values().filter(move |s| s.space == Some(id)).map(|s| &s.names);
        devices.chain(spaces).chain(scenes).chain(schedules).map(Names::bilingual)
    }

    /// The schedules that run a scene.
    fn schedules_that_run(&self, id: SceneId) -> impl Iterator<Item = Bilingual> {
        let runs = move |f: &Follower| matches!(f, Follower::Scene { scene, .. } if *scene == id);
        self.schedules.values().filter(move |s| s.followers.iter().any(runs)).map(|s| s.names.bilingual())
    }

    fn of(world: &World) -> Draft {
        Draft {
            site: world.site().clone(),
            products: world.products().map(|p| (p.id, p.clone())).collect(),
            spaces: world.spaces().map(|s| (s.id, s.clone())).collect(),
            devices: world.devices().map(|d| (d.id, d.clone())).collect(),
            connections: world.connections().map(|c| (c.id, c.clone())).collect(),
            scenes: world.scenes().map(|s| (s.id, s.clone())).collect(),
            schedules: world.schedules().map(|s| (s.id, s.clone())).collect(),
        }
    }

    /// The key of a product is the first level of its devices' topics.
    fn check_product_key(&self, product: &Product, path: &str, found: &mut Diagnostics) {
        let path = format!("{path}/key");
        if RESERVED_KEYS.contains(&product.key.as_str()) {
            let (zh, en) = (format!("“{}”是保留字", product.key), format!("`{}` is a reserved word", product.key));
            found.push(fault("configure.reserved", &path, zh, en));
        }
        if self.products.values().any(|p| p.id != product.id && p.key == product.key) {
            let zh = format!("已有键为“{}”的产品", product.key);
            found.push(fault("configure.product_key", &path, zh, format!("there is a product `{}`", product.key)));
        }
    }

    /// The document: what was there keeps its place, so that lists do not jump.
    fn doc(mut self, before: &WorldDoc) -> WorldDoc {
        WorldDoc {
            site: self.site,
            products: ordered(before.products.iter().map(|p| p.id), &mut self.products),
            spaces: ordered(before.spaces.iter().map(|s| s.id), &mut self.spaces),
            devices: ordered(before.devices.iter().map(|d| d.id), &mut self.devices),
            connections: ordered(before.connections.iter().map(|c| c.id), &mut self.connections),
            scenes: ordered(before.scenes.iter().map(|s| s.id), &mut self.scenes),
            schedules: ordered(before.schedules.iter().map(|s| s.id), &mut self.schedules),
        }
    }
}

fn ordered<K: Ord + Copy, V>(before: impl Iterator<Item = K>, now: &mut BTreeMap<K, V>) -> Vec<V> {
    let mut list: Vec<V> = before.filter_map(|id| now.remove(&id)).collect();
    list.extend(std::mem::take(now).into_values());
    list
}

/// The site as applied; gives the inverse.
fn put_site(site: &Site, draft: &mut Draft, path: &str, found: &mut Diagnostics) -> Change {
    check_names(&site.names, path, found);
    check_zone(&site.time_zone, path, found);
    Change::PutSite(Box::new(std::mem::replace(&mut draft.site, site.clone())))
}

/// A time zone has to be one of those that are known; what is local time is worked out by its name.
fn check_zone(name: &str, path: &str, found: &mut Diagnostics) {
    if TimeZone::get(name).is_err() {
        let (zh, en) = (
            format!("没有时区“{name}”，写法如 Asia/Shanghai"),
            format!("there is no time zone `{name}`; write it as in Asia/Shanghai"),
        );
        found.push(fault("configure.time_zone", &format!("{path}/time_zone"), zh, en));
    }
}

fn fault(code: &'static str, path: &str, zh: impl Into<String>, en: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, path, Bilingual::new(zh, en))
}

fn unknown(path: &str) -> Diagnostic {
    fault("configure.unknown", path, "不存在", "there is no such thing")
}

fn missing<T>(path: &str, found: &mut Diagnostics) -> Option<T> {
    found.push(unknown(path));
    None
}

fn in_use(users: impl Iterator<Item = Bilingual>, path: &str, found: &mut Diagnostics) {
    let names: Vec<Bilingual> = users.take(USERS_MAX).collect();
    if names.is_empty() {
        return;
    }
    let list = Bilingual::join(&names, &Bilingual::new("、", ", "));
    found.push(fault(
        "configure.used",
        path,
        format!("仍在使用中：{}", list.zh),
        format!("it is still used by: {}", list.en),
    ));
}

/// Keys stand in topics, login names and file names.
fn check_key(key: &str, path: &str, found: &mut Diagnostics) {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.:@".contains(c);
    if key.is_empty() || key.chars().count() > KEY_CHARS_MAX || !key.chars().all(fits) {
        found.push(fault(
            "configure.key",
            &format!("{path}/key"),
            format!("键需为 1 到 {KEY_CHARS_MAX} 个字母、数字或 - _ . : @"),
            format!("a key has 1 to {KEY_CHARS_MAX} letters, digits or - _ . : @"),
        ));
    }
}

fn check_names(names: &Names, path: &str, found: &mut Diagnostics) {
    let mut all = names.zh.iter().chain(&names.en).peekable();
    let empty = all.peek().is_none();
    if empty || all.any(|n| n.trim().is_empty() || n.chars().count() > limits::NAME_CHARS_MAX) {
        found.push(fault(
            "configure.name",
            &format!("{path}/names"),
            format!("至少要有一个名称，每个 1 到 {} 个字符", limits::NAME_CHARS_MAX),
            format!("at least one name is needed, each of 1 to {} characters", limits::NAME_CHARS_MAX),
        ));
    }
}

fn denial(diagnostics: Diagnostics) -> Denial {
    let first = diagnostics.iter().find(|d| d.is_error()).map_or_else(Bilingual::default, |d| d.message.clone());
    let text = Bilingual::new(format!("未更改：{}", first.zh), format!("nothing was changed: {}", first.en));
    Denial { refusal: Refusal::new(Reason::Contradiction, text), safety: Safety::Comfort, diagnostics }
}
