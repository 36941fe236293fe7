//! What devices, points, rooms and connections are called, so that the name tells which one is meant; and the other way.
//!
//! Names that several have are said with the room, else with the id.

use super::literal::{glue, plain, quoted, read_quoted};
use base::id::{ConnectionId, DeviceId, PointId, SceneId, ScheduleId, SpaceId};
use base::{Lang, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use things::{Names, PointKind, PointSpec, World, traits};

/// The names of a world in one language.
pub(crate) struct Index<'w> {
    pub(crate) world: &'w World,
    pub(crate) lang: Lang,
    /// Devices by display name.
    devices: BTreeMap<&'w str, Vec<DeviceId>>,
    /// Points that were asked for before.
    points: RefCell<BTreeMap<PointId, String>>,
}

impl<'w> Index<'w> {
    pub(crate) fn new(world: &'w World, lang: Lang) -> Index<'w> {
        let mut devices: BTreeMap<&str, Vec<DeviceId>> = BTreeMap::new();
        for device in world.devices() {
            devices.entry(device.names.display(lang)).or_default().push(device.id);
        }
        Index { world, lang, devices, points: RefCell::default() }
    }

    fn marked(&self, name: &str, mark: &str) -> String {
        glue(&[name, if self.lang == Lang::Zh { "" } else { " " }, mark], self.lang)
    }

    /// A device.
    pub(crate) fn device(&self, id: DeviceId) -> String {
        let Some(device) = self.world.device(id) else { return self.marked("", &quoted(&id.to_string(), self.lang)) };
        let name = device.names.display(self.lang);
        let alike = self.devices.get(name).map_or(&[][..], Vec::as_slice);
        if alike.len() < 2 && !name.is_empty() {
            return name.to_owned();
        }
        let room = |id: DeviceId| {
            let placement = self.world.device(id).and_then(|d| d.placements.last()).and_then(|p| p.space);
            placement.and_then(|s| self.world.space(s)).map(|s| s.names.display(self.lang))
        };
        match room(id).filter(|r| !name.is_empty() && alike.iter().filter(|d| room(**d) == Some(r)).count() == 1) {
            Some(room) if self.lang == Lang::Zh => format!("{name}（{room}）"),
            Some(room) => format!("{name} ({room})"),
            None => self.marked(name, &quoted(&id.to_string(), self.lang)),
        }
    }

    /// A point: device and property, or the device alone where it has but one.
    pub(crate) fn point(&self, id: PointId) -> String {
        if let Some(known) = self.points.borrow().get(&id) {
            return known.clone();
        }
        let plain = self.point_plainly(id);
        let alone = self.points_called(&plain).len() == 1;
        let words = if alone { plain } else { self.marked(&plain, &quoted(&id.to_string(), self.lang)) };
        self.points.borrow_mut().insert(id, words.clone());
        words
    }

    fn point_plainly(&self, id: PointId) -> String {
        let Some(spec) = self.world.point(id) else { return String::new() };
        let device = self.device(spec.device);
        if self.world.points_of(spec.device).count() == 1 {
            return device;
        }
        self.part(&device, spec.names.display(self.lang))
    }

    /// A property of something.
    pub(crate) fn part(&self, whole: &str, property: &str) -> String {
        match self.lang {
            Lang::Zh => glue(&[whole, "的", property], Lang::Zh),
            Lang::En => format!("{whole} {property}"),
        }
    }

    fn points_called(&self, words: &str) -> Vec<PointId> {
        let mut found = Vec::new();
        for (_, device) in self.devices_at(words) {
            found.extend(self.world.points_of(device).map(|p| p.id).filter(|p| self.point_plainly(*p) == words));
        }
        found
    }

    /// The device alone where its trait has words for states and no second point has the trait; else the point.
    pub(crate) fn short(&self, spec: &PointSpec) -> String {
        let stateful = trait_of(spec).is_some_and(|t| !t.states.is_empty() || !t.operations.is_empty());
        let alone = self.world.points_of(spec.device).filter(|p| p.trait_ == spec.trait_).count() == 1;
        if stateful && alone { self.device(spec.device) } else { self.point(spec.id) }
    }

    /// The devices whose names begin a text, and how long these are.
    pub(crate) fn devices_at(&self, text: &str) -> Vec<(usize, DeviceId)> {
        let mut found = Vec::new();
        let ends = text.char_indices().map(|(i, c)| i + c.len_utf8());
        for end in std::iter::once(0).chain(ends).take(NAME_CHARS_MAX) {
            let ids = text.get(..end).and_then(|name| self.devices.get(name));
            for id in ids.into_iter().flatten() {
                let said = self.device(*id);
                if text.starts_with(&said) {
                    found.push((said.len(), *id));
                }
            }
        }
        found
    }

    /// The points whose names begin a text.
    pub(crate) fn points_at(&self, text: &str) -> Vec<(usize, PointId)> {
        let mut found = Vec::new();
        for (_, device) in self.devices_at(text) {
            for spec in self.world.points_of(device) {
                if text.starts_with(&self.point_plainly(spec.id)) {
                    let said = self.point(spec.id);
                    found.extend(text.starts_with(&said).then_some((said.len(), spec.id)));
                }
            }
        }
        found
    }

    /// The points whose short names begin a text.
    pub(crate) fn short_at(&self, text: &str) -> Vec<(usize, &'w PointSpec)> {
        let mut found = Vec::new();
        for (len, device) in self.devices_at(text) {
            let said = text.get(..len);
            let short = self.world.points_of(device).filter(|s| Some(self.short(s).as_str()) == said);
            found.extend(short.map(|s| (len, s)));
        }
        found.extend(self.points_at(text).into_iter().filter_map(|(len, id)| Some((len, self.world.point(id)?))));
        found.dedup();
        found
    }

    /// A room.
    pub(crate) fn space(&self, id: SpaceId) -> String {
        self.alike(id, self.world.spaces().map(|s| (s.id, &s.names)))
    }
    /// The rooms whose names begin a text.
    pub(crate) fn spaces_at(&self, text: &str) -> Vec<(usize, SpaceId)> {
        self.at(text, self.world.spaces().map(|s| s.id), |id| self.space(id))
    }
    /// A connection, among those of the same driver.
    pub(crate) fn connection(&self, id: ConnectionId) -> String {
        let driver = self.world.connection(id).map(|c| c.driver.as_str());
        let same = self.world.connections().filter(|c| Some(c.driver.as_str()) == driver);
        self.alike(id, same.map(|c| (c.id, &c.names)))
    }
    /// The connections of a driver whose names begin a text.
    pub(crate) fn connections_at(&self, text: &str, driver: &str) -> Vec<(usize, ConnectionId)> {
        let same = self.world.connections().filter(|c| c.driver == driver);
        self.at(text, same.map(|c| c.id), |id| self.connection(id))
    }
    /// The connections of any driver whose names begin a text.
    pub(crate) fn any_connections_at(&self, text: &str) -> Vec<(usize, ConnectionId)> {
        self.at(text, self.world.connections().map(|c| c.id), |id| self.connection(id))
    }
    /// A scene.
    pub(crate) fn scene(&self, id: SceneId) -> String {
        self.alike(id, self.world.scenes().map(|s| (s.id, &s.names)))
    }
    /// The scenes whose names begin a text.
    pub(crate) fn scenes_at(&self, text: &str) -> Vec<(usize, SceneId)> {
        self.at(text, self.world.scenes().map(|s| s.id), |id| self.scene(id))
    }
    /// A schedule.
    pub(crate) fn schedule(&self, id: ScheduleId) -> String {
        self.alike(id, self.world.schedules().map(|s| (s.id, &s.names)))
    }
    /// The schedules whose names begin a text.
    pub(crate) fn schedules_at(&self, text: &str) -> Vec<(usize, ScheduleId)> {
        self.at(text, self.world.schedules().map(|s| s.id), |id| self.schedule(id))
    }
    /// A kind of device: the first product of the kind says it.
    pub(crate) fn kind(&self, kind: &str) -> String {
        let name = |kind: &str| {
            let first = self.world.products().find(|p| p.model.x.kind == kind);
            first.map(|p| p.model.x.names.display(self.lang)).filter(|n| !n.is_empty())
        };
        let said = name(kind);
        let alike = self.world.products().any(|p| p.model.x.kind != kind && name(&p.model.x.kind) == said);
        said.filter(|_| !alike).map_or_else(|| quoted(kind, self.lang), str::to_owned)
    }
    /// The kinds of devices whose names begin a text.
    pub(crate) fn kinds_at(&self, text: &str) -> Vec<(usize, String)> {
        let mut kinds: Vec<&str> = self.world.products().map(|p| p.model.x.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut found: Vec<(usize, String)> = kinds
            .into_iter()
            .map(|k| (self.kind(k), k))
            .filter(|(said, _)| text.starts_with(said.as_str()))
            .map(|(said, k)| (said.len(), k.to_owned()))
            .collect();
        found.extend(read_quoted(text, self.lang));
        found
    }

    fn alike<'n, I: Copy + PartialEq + ToString>(&self, id: I, all: impl Iterator<Item = (I, &'n Names)>) -> String {
        let all: Vec<(I, &Names)> = all.collect();
        let name = all.iter().find(|(i, _)| *i == id).map_or("", |(_, n)| n.display(self.lang));
        let same = all.iter().filter(|(_, n)| n.display(self.lang) == name).count();
        if same == 1 && !name.is_empty() {
            return name.to_owned();
        }
        self.marked(name, &quoted(&id.to_string(), self.lang))
    }

    fn at<I: Copy>(&self, text: &str, all: impl Iterator<Item = I>, said: impl Fn(I) -> String) -> Vec<(usize, I)> {
        let said = all.map(|id| (said(id), id)).filter(|(said, _)| !said.is_empty() && text.starts_with(said.as_str()));
        said.map(|(said, id)| (said.len(), id)).collect()
    }

    /// That a point which is true or false has this value, where there are words for it: "Front door is open".
    pub(crate) fn state(&self, spec: &PointSpec, value: bool) -> Option<String> {
        let t = trait_of(spec).filter(|t| spec.kind == PointKind::Bool && !t.states.is_empty())?;
        let words = spec.words(&Value::Bool(value));
        let (short, words) = (self.short(spec), words.get(self.lang));
        Some(match self.lang {
            Lang::Zh => format!("{short}{words}"),
            Lang::En => {
                let verb = if matches!(t.id, "motion" | "smoke" | "gas" | "problem") { "reports" } else { "is" };
                format!("{short} {verb} {words}")
            }
        })
    }

    /// The states that begin a text.
    pub(crate) fn states_at(&self, text: &str) -> Vec<(usize, PointId, bool)> {
        let mut found = Vec::new();
        for (_, spec) in self.short_at(text) {
            for value in [true, false] {
                let said = self.state(spec, value).filter(|said| text.starts_with(said.as_str()));
                found.extend(said.map(|said| (said.len(), spec.id, value)));
            }
        }
        found
    }

    /// A value of a point; none where the words would not tell which.
    pub(crate) fn value(&self, spec: &PointSpec, value: &Value) -> String {
        let plainly = |value: &Value| spec.words(value).get(self.lang).to_owned();
        let known = match (&spec.kind, value) {
            (PointKind::Bool, Value::Bool(b)) => plainly(value) != plainly(&Value::Bool(!b)),
            (PointKind::Enum { tokens }, Value::Text(t)) => {
                let same = |k: &&things::point::Token| plainly(&Value::text(&*k.token)) == plainly(value);
                tokens.iter().any(|k| k.token == *t) && tokens.iter().filter(same).count() == 1
            }
            _ => false,
        };
        match value {
            Value::Text(t) if !known => quoted(t, self.lang),
            value if !known => plain(&serde_json::to_value(value).unwrap_or_default(), self.lang),
            value => plainly(value),
        }
    }

    /// The values of a point, other than numbers, that begin a text.
    pub(crate) fn values_at(&self, spec: &PointSpec, text: &str) -> Vec<(usize, Value)> {
        let possible: Vec<Value> = match &spec.kind {
            PointKind::Bool => vec![Value::Bool(true), Value::Bool(false)],
            PointKind::Enum { tokens } => tokens.iter().map(|t| Value::text(&*t.token)).collect(),
            PointKind::Number { .. } | PointKind::Text { .. } | PointKind::Other | PointKind::Service => Vec::new(),
        };
        let mut found: Vec<(usize, Value)> = possible
            .into_iter()
            .map(|v| (self.value(spec, &v), v))
            .filter(|(said, _)| text.starts_with(said.as_str()))
            .map(|(said, v)| (said.len(), v))
            .collect();
        found.extend(read_quoted(text, self.lang).map(|(len, t)| (len, Value::text(t))));
        found
    }
}

/// Longest name that is looked for.
const NAME_CHARS_MAX: usize = 200;

pub(crate) fn trait_of(spec: &PointSpec) -> Option<&'static traits::Trait> {
    spec.trait_.as_deref().and_then(traits::by_id)
}
