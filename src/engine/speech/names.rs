//! What devices, points, rooms and connections are called, so that the name tells which one is meant; and the other way.
//!
//! Names that several have are said with the room, else with the id.

use super::literal::{glue, plain, quoted, read_quoted};
use super::pick;
use base::id::{ConnectionId, DeviceId, PointId, SceneId, ScheduleId, SpaceId};
use base::{Lang, Timestamp, Value};
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::LazyLock;
use things::{Here, Names, PointKind, PointSpec, Selector, World, traits};

/// Names by what a text begins with.
#[derive(Debug)]
pub(crate) struct Called<'n, T> {
    by_name: BTreeMap<Cow<'n, str>, Vec<T>>,
    /// How long the names with this first character are.
    lengths: BTreeMap<char, BTreeSet<usize>>,
}

impl<'n, T: Copy> Called<'n, T> {
    pub(crate) fn new(all: impl Iterator<Item = (Cow<'n, str>, T)>) -> Called<'n, T> {
        let mut called = Called { by_name: BTreeMap::new(), lengths: BTreeMap::new() };
        for (name, one) in all {
            if let Some(first) = name.chars().next() {
                called.lengths.entry(first).or_default().insert(name.len());
            }
            called.by_name.entry(name).or_default().push(one);
        }
        called
    }

    fn of(all: impl Iterator<Item = (T, &'n Names)>, lang: Lang) -> Called<'n, T> {
        Called::new(all.map(|(one, names)| (Cow::Borrowed(names.display(lang)), one)))
    }

    /// What has exactly this name.
    fn named(&self, name: &str) -> &[T] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// What has a name that begins a text, and how long that is; what has no name begins every text.
    pub(crate) fn at(&self, text: &str) -> Vec<(usize, T)> {
        let lengths = text.chars().next().and_then(|first| self.lengths.get(&first));
        let mut found = Vec::new();
        for len in std::iter::once(0).chain(lengths.into_iter().flatten().copied()) {
            let named = text.get(..len).map_or(&[][..], |name| self.named(name));
            found.extend(named.iter().map(|one| (len, *one)));
        }
        found
    }
}

/// What some ids are called: by name where that tells which one it is, else by the id; and the other way.
pub(crate) struct Known<'n> {
    lang: Lang,
    said: BTreeMap<&'n str, String>,
    called: Called<'n, &'n str>,
}

impl<'n> Known<'n> {
    fn new(names: &BTreeMap<&'n str, &'n str>, lang: Lang) -> Known<'n> {
        let all = Called::new(names.iter().map(|(id, name)| (Cow::Borrowed(*name), *id)));
        let plain = |name: &str| !name.is_empty() && all.named(name).len() == 1;
        let said = |id: &str, name: &str| if plain(name) { name.to_owned() } else { quoted(id, lang) };
        Known {
            lang,
            said: names.iter().map(|(id, name)| (*id, said(id, name))).collect(),
            called: Called::new(
                names.iter().filter(|(_, name)| plain(name)).map(|(id, name)| (Cow::Borrowed(*name), *id)),
            ),
        }
    }
    /// What one is called.
    pub(crate) fn words(&self, id: &str) -> String {
        self.said.get(id).cloned().unwrap_or_else(|| quoted(id, self.lang))
    }
    /// Those that begin a text.
    pub(crate) fn at(&self, text: &str) -> Vec<(usize, String)> {
        let named = self.called.at(text).into_iter().map(|(len, id)| (len, id.to_owned()));
        named.chain(read_quoted(text, self.lang)).collect()
    }
}

static TRAITS: LazyLock<[Known<'static>; 2]> = LazyLock::new(|| {
    [Lang::Zh, Lang::En].map(|lang| {
        let name = |t: &traits::Trait| pick(lang, t.zh, t.en).first().copied().unwrap_or_default();
        Known::new(&traits::ALL.iter().map(|t| (t.id, name(t))).collect(), lang)
    })
});

/// The traits in a language.
pub(crate) fn traits_in(lang: Lang) -> &'static Known<'static> {
    let [zh, en] = &*TRAITS;
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// The points of a device with their names, which others can have too.
type Plain = Rc<[(PointId, String)]>;

/// The names of a world in one language. Tables are made when they are needed first.
pub(crate) struct Index<'w> {
    pub(crate) world: &'w World,
    pub(crate) lang: Lang,
    /// The rooms or devices that are `here`, where the rule stands for several.
    pub(crate) places: Vec<Here>,
    devices: OnceCell<Called<'w, DeviceId>>,
    spaces: OnceCell<Called<'w, SpaceId>>,
    connections: OnceCell<Called<'w, ConnectionId>>,
    scenes: OnceCell<Called<'w, SceneId>>,
    schedules: OnceCell<Called<'w, ScheduleId>>,
    kinds: OnceCell<Known<'w>>,
    /// Devices that were asked for before.
    plain: RefCell<BTreeMap<DeviceId, Plain>>,
    /// Points that were asked for before.
    points: RefCell<BTreeMap<PointId, String>>,
}

impl<'w> Index<'w> {
    pub(crate) fn new(world: &'w World, lang: Lang, places: &[Here]) -> Index<'w> {
        Index {
            world,
            lang,
            places: places.to_vec(),
            devices: OnceCell::new(),
            spaces: OnceCell::new(),
            connections: OnceCell::new(),
            scenes: OnceCell::new(),
            schedules: OnceCell::new(),
            kinds: OnceCell::new(),
            plain: RefCell::default(),
            points: RefCell::default(),
        }
    }

    /// The points that a selection means: all of them, or those in any of the places.
    pub(crate) fn selected(&self, select: &Selector, here: bool) -> Vec<&'w PointSpec> {
        let there = |p: &PointId| self.places.iter().any(|place| place.has_point(self.world, *p));
        let points = select.points(self.world, Timestamp::MAX).into_iter().filter(|p| !here || there(p));
        points.filter_map(|p| self.world.point(p)).collect()
    }

    fn marked(&self, name: &str, mark: &str) -> String {
        glue(&[name, if self.lang == Lang::Zh { "" } else { " " }, mark], self.lang)
    }

    /// By name where that tells which one is meant, else with the id.
    fn apart(&self, name: &str, alike: usize, id: impl ToString) -> String {
        if alike == 1 && !name.is_empty() {
            return name.to_owned();
        }
        self.marked(name, &quoted(&id.to_string(), self.lang))
    }

    /// Those of which the whole that is said begins a text.
    fn begin<I: Copy>(&self, called: &Called<'w, I>, text: &str, said: impl Fn(I) -> String) -> Vec<(usize, I)> {
        let mut found = Vec::new();
        for (_, id) in called.at(text) {
            let said = said(id);
            found.extend((!said.is_empty() && text.starts_with(&said)).then_some((said.len(), id)));
        }
        found
    }

    fn devices(&self) -> &Called<'w, DeviceId> {
        self.devices.get_or_init(|| Called::of(self.world.devices().map(|d| (d.id, &d.names)), self.lang))
    }
    fn spaces(&self) -> &Called<'w, SpaceId> {
        self.spaces.get_or_init(|| Called::of(self.world.spaces().map(|s| (s.id, &s.names)), self.lang))
    }
    fn connections(&self) -> &Called<'w, ConnectionId> {
        self.connections.get_or_init(|| Called::of(self.world.connections().map(|c| (c.id, &c.names)), self.lang))
    }
    fn scenes(&self) -> &Called<'w, SceneId> {
        self.scenes.get_or_init(|| Called::of(self.world.scenes().map(|s| (s.id, &s.names)), self.lang))
    }
    fn schedules(&self) -> &Called<'w, ScheduleId> {
        self.schedules.get_or_init(|| Called::of(self.world.schedules().map(|s| (s.id, &s.names)), self.lang))
    }
    /// The kinds of devices; the first product of a kind says what it is called.
    pub(crate) fn kinds(&self) -> &Known<'w> {
        self.kinds.get_or_init(|| {
            let mut names = BTreeMap::new();
            for product in self.world.products() {
                let name = product.model.x.names.display(self.lang);
                names.entry(product.model.x.kind.as_str()).or_insert(name);
            }
            Known::new(&names, self.lang)
        })
    }

    /// A device.
    pub(crate) fn device(&self, id: DeviceId) -> String {
        let Some(device) = self.world.device(id) else { return self.marked("", &quoted(&id.to_string(), self.lang)) };
        let name = device.names.display(self.lang);
        let alike = self.devices().named(name);
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
        let words = self.apart(&plain, self.points_called(&plain), id);
        self.points.borrow_mut().insert(id, words.clone());
        words
    }

    fn point_plainly(&self, id: PointId) -> String {
        let Some(spec) = self.world.point(id) else { return String::new() };
        let points = self.plainly(spec.device);
        points.iter().find(|(point, _)| *point == id).map_or_else(String::new, |(_, said)| said.clone())
    }

    /// The points of a device.
    fn plainly(&self, id: DeviceId) -> Plain {
        if let Some(known) = self.plain.borrow().get(&id) {
            return Rc::clone(known);
        }
        let device = self.device(id);
        let alone = self.world.points_of(id).count() == 1;
        let said = |p: &PointSpec| {
            if alone { device.clone() } else { self.part(&device, p.names.display(self.lang)) }
        };
        let points: Plain = self.world.points_of(id).map(|p| (p.id, said(p))).collect();
        self.plain.borrow_mut().insert(id, Rc::clone(&points));
        points
    }

    /// A property of something.
    pub(crate) fn part(&self, whole: &str, property: &str) -> String {
        match self.lang {
            Lang::Zh => glue(&[whole, "的", property], Lang::Zh),
            Lang::En => format!("{whole} {property}"),
        }
    }

    /// How many points are called this.
    fn points_called(&self, words: &str) -> usize {
        let devices = self.devices_at(words).into_iter();
        devices.map(|(_, device)| self.plainly(device).iter().filter(|(_, said)| said == words).count()).sum()
    }

    /// The device alone where its trait has words for states and no second point has the trait; else the point.
    pub(crate) fn short(&self, spec: &PointSpec) -> String {
        let stateful = trait_of(spec).is_some_and(|t| !t.states.is_empty() || !t.operations.is_empty());
        let alone = self.world.points_of(spec.device).filter(|p| p.trait_ == spec.trait_).count() == 1;
        if stateful && alone { self.device(spec.device) } else { self.point(spec.id) }
    }

    /// The devices whose names begin a text, and how long these are.
    pub(crate) fn devices_at(&self, text: &str) -> Vec<(usize, DeviceId)> {
        self.begin(self.devices(), text, |id| self.device(id))
    }

    /// The points whose names begin a text.
    pub(crate) fn points_at(&self, text: &str) -> Vec<(usize, PointId)> {
        let mut found = Vec::new();
        for (_, device) in self.devices_at(text) {
            for (id, _) in self.plainly(device).iter().filter(|(_, plain)| text.starts_with(plain.as_str())) {
                let said = self.point(*id);
                found.extend(text.starts_with(&said).then_some((said.len(), *id)));
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
        let name = self.world.space(id).map_or("", |s| s.names.display(self.lang));
        self.apart(name, self.spaces().named(name).len(), id)
    }
    /// The rooms whose names begin a text.
    pub(crate) fn spaces_at(&self, text: &str) -> Vec<(usize, SpaceId)> {
        self.begin(self.spaces(), text, |id| self.space(id))
    }
    /// A connection, among those of the same driver.
    pub(crate) fn connection(&self, id: ConnectionId) -> String {
        let driver = |id: ConnectionId| self.world.connection(id).map(|c| c.driver.as_str());
        let name = self.world.connection(id).map_or("", |c| c.names.display(self.lang));
        let alike = self.connections().named(name).iter().filter(|other| driver(**other) == driver(id));
        self.apart(name, alike.count(), id)
    }
    /// The connections of any driver whose names begin a text.
    pub(crate) fn any_connections_at(&self, text: &str) -> Vec<(usize, ConnectionId)> {
        self.begin(self.connections(), text, |id| self.connection(id))
    }
    /// The connections of a driver whose names begin a text.
    pub(crate) fn connections_at(&self, text: &str, driver: &str) -> Vec<(usize, ConnectionId)> {
        let mut found = self.any_connections_at(text);
        found.retain(|(_, id)| self.world.connection(*id).is_some_and(|c| c.driver == driver));
        found
    }
    /// A scene.
    pub(crate) fn scene(&self, id: SceneId) -> String {
        let name = self.world.scene(id).map_or("", |s| s.names.display(self.lang));
        self.apart(name, self.scenes().named(name).len(), id)
    }
    /// The scenes whose names begin a text.
    pub(crate) fn scenes_at(&self, text: &str) -> Vec<(usize, SceneId)> {
        self.begin(self.scenes(), text, |id| self.scene(id))
    }
    /// A schedule.
    pub(crate) fn schedule(&self, id: ScheduleId) -> String {
        let name = self.world.schedule(id).map_or("", |s| s.names.display(self.lang));
        self.apart(name, self.schedules().named(name).len(), id)
    }
    /// The schedules whose names begin a text.
    pub(crate) fn schedules_at(&self, text: &str) -> Vec<(usize, ScheduleId)> {
        self.begin(self.schedules(), text, |id| self.schedule(id))
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

pub(crate) fn trait_of(spec: &PointSpec) -> Option<&'static traits::Trait> {
    spec.trait_.as_deref().and_then(traits::by_id)
}
