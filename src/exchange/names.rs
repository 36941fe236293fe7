//! What a name of another system means here: as the caller says, else the one device or point whose own name fits best.
//! Nothing is guessed in silence: each match is told with how it was found, and of several equally good ones none is
//! taken. Start at [`Finder`].

use base::id::{ConnectionId, DeviceId, PointId, SceneId, SpaceId};
use base::{Bilingual, Lang};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use things::{Device, PointKind, PointSpec, World, traits};

/// Most names that a finding lists.
const LISTED_MAX: usize = 4;

/// What names of the other system mean: `light.kitchen` is this point.
pub type Mapping = BTreeMap<String, Target>;

/// What a name can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "ImportTarget")]
pub enum Target {
    /// A point; where another property is meant, that of the same device.
    Point(PointId),
    /// A device.
    Device(DeviceId),
    /// A space.
    Space(SpaceId),
    /// A scene.
    Scene(SceneId),
    /// A connection to a broker or a web hook.
    Connection(ConnectionId),
}

/// How it was found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ImportMatchHow")]
pub enum How {
    /// The caller said so.
    Given,
    /// It has this name or key.
    Named,
    /// Its name is the nearest, and no other is as near.
    Nearest,
}

/// A name and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ImportMatch")]
pub struct Match {
    /// As it stands in the text.
    pub name: String,
    /// What it was taken for.
    pub target: Target,
    /// What that is called.
    pub called: Bilingual,
    /// How it was found out.
    pub how: How,
}

/// A name that has no meaning here yet; the mapping can say one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ImportUnmatched")]
pub struct Open {
    /// As it stands in the text.
    pub name: String,
    /// What it can mean.
    pub wanted: Wanted,
}

/// What a name can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ImportWanted")]
pub enum Wanted {
    /// A point, or its device.
    Point,
    /// A space.
    Space,
    /// A scene.
    Scene,
    /// A connection to a broker or a web hook.
    Connection,
}

/// Why a name has no meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unmatched {
    /// Nothing is called so.
    Unknown,
    /// Several are.
    Several(Vec<Bilingual>),
    /// What it means cannot do what is asked: its name.
    Unfit(Bilingual),
}

impl Unmatched {
    /// In words.
    pub(crate) fn words(&self, name: &str) -> Bilingual {
        match self {
            Unmatched::Unknown => Bilingual::new(
                format!("“{name}”对应哪个点位未知；请在 mapping 中给出"),
                format!("what `{name}` is here is not known; say it in `mapping`"),
            ),
            Unmatched::Several(names) => {
                let list = |lang| names.iter().map(|n| n.get(lang)).collect::<Vec<_>>().join(", ");
                let (zh, en) = (list(Lang::Zh), list(Lang::En));
                Bilingual::new(
                    format!("“{name}”可能是：{zh}；请在 mapping 中给出"),
                    format!("`{name}` can be several: {en}; say in `mapping` which one"),
                )
            }
            Unmatched::Unfit(called) => Bilingual::new(
                format!("“{name}”是“{}”，它没有所需的属性或服务", called.zh),
                format!("`{name}` is {}, which has no such property or service", called.en),
            ),
        }
    }
}

/// Finds what names mean.
pub(crate) struct Finder<'w> {
    world: &'w World,
    mapping: Mapping,
    matches: BTreeSet<Match>,
    open: BTreeSet<Open>,
    /// Names of devices taken apart, once.
    devices: Vec<(DeviceId, Vec<BTreeSet<String>>, BTreeSet<String>)>,
}

impl<'w> Finder<'w> {
    pub(crate) fn new(world: &'w World, mapping: &Mapping) -> Finder<'w> {
        let spaces = |device: &Device| {
            let path = device.space().map(|s| world.path_of(s)).unwrap_or_default();
            let names = path.iter().filter_map(|s| world.space(*s)).flat_map(|s| s.names.all());
            names.flat_map(words).collect::<BTreeSet<String>>()
        };
        let devices = world
            .devices()
            .filter(|d| !d.disabled)
            .map(|d| {
                let names = d.names.all().chain([d.key.as_str()]).map(|n| words(n).collect()).collect();
                (d.id, names, spaces(d))
            })
            .collect();
        Finder { world, mapping: mapping.clone(), matches: BTreeSet::new(), open: BTreeSet::new(), devices }
    }

    /// From here on this name means this.
    pub(crate) fn means(&mut self, name: &str, target: Target) {
        self.mapping.insert(name.into(), target);
    }

    /// Whether the caller said what a name means.
    pub(crate) fn is_given(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    /// What the caller said that a name means; an entity may be named without its domain.
    fn given(&self, name: &str) -> Option<Target> {
        let bare = || name.split_once('.').and_then(|(_, rest)| self.mapping.get(rest));
        self.mapping.get(name).or_else(bare).copied()
    }

    /// What was matched and what was not, by name.
    pub(crate) fn done(self) -> (Vec<Match>, Vec<Open>) {
        (self.matches.into_iter().collect(), self.open.into_iter().collect())
    }

    /// The point that a name means, with the first of these traits that its device has; any point when there are none.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn point(&mut self, name: &str, traits: &[&str]) -> Result<&'w PointSpec, Unmatched> {
        let world = self.world;
        let fits = |p: &PointSpec| traits.is_empty() || traits.iter().any(|t| p.is(t));
        if let Some(Target::Point(id)) = self.given(name)
            && let Some(spec) = world.point(id)
            && fits(spec)
        {
            self.tell(name, Target::Point(id), How::Given);
            return Ok(spec);
        }
        let device = self.device(name, &|d| world.points_of(d).any(fits))?;
        let said: BTreeSet<String> = words(name).collect();
        let fitting: Vec<&PointSpec> = world.points_of(device).filter(|p| fits(p)).collect();
        let by_trait = || traits.iter().find_map(|t| fitting.iter().find(|p| p.is(t)));
        let named = || fitting.iter().find(|p| called(p, &said));
        let chosen = by_trait().or_else(named).or(fitting.first());
        chosen.copied().ok_or_else(|| Unmatched::Unfit(self.called(Target::Device(device))))
    }

    /// The one number that a name means: of a device that measures several, its name says which.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn reading(&mut self, name: &str) -> Result<&'w PointSpec, Unmatched> {
        let world = self.world;
        if let Some(Target::Point(id)) = self.given(name)
            && let Some(spec) = world.point(id)
        {
            self.tell(name, Target::Point(id), How::Given);
            return Ok(spec);
        }
        let read = |p: &&PointSpec| !matches!(p.kind, PointKind::Service | PointKind::Other);
        let device = self.device(name, &|d| world.points_of(d).any(|p| read(&p)))?;
        let all: Vec<&PointSpec> = world.points_of(device).filter(read).collect();
        let said: BTreeSet<String> = words(name).collect();
        let named: Vec<&PointSpec> = all.iter().copied().filter(|p| called(p, &said)).collect();
        match (named.as_slice(), all.as_slice()) {
            ([one], _) | ([], [one]) => Ok(*one),
            _ => Err(self.several(name, Wanted::Point, all.iter().map(|p| Target::Point(p.id)))),
        }
    }

    /// The device that a name means, among those that can be meant.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn device(&mut self, name: &str, fits: &dyn Fn(DeviceId) -> bool) -> Result<DeviceId, Unmatched> {
        let given = self.given(name);
        let device = match given {
            Some(Target::Point(id)) => self.world.point(id).map(|p| p.device),
            Some(Target::Device(id)) => Some(id),
            _ => None,
        };
        if let Some((id, given)) = device.zip(given) {
            self.tell(name, given, How::Given);
            return if fits(id) { Ok(id) } else { Err(Unmatched::Unfit(self.called(Target::Device(id)))) };
        }
        let (domain, rest) = name.split_once('.').unwrap_or(("", name));
        let said: BTreeSet<String> = words(rest).collect();
        let mut best: (u8, Vec<DeviceId>) = (0, Vec::new());
        for (id, names, spaces) in &self.devices {
            let rank = names.iter().map(|own| rank(&said, own, spaces, || self.extra(*id, domain))).max().unwrap_or(0);
            if rank == 0 || rank < best.0 || !fits(*id) {
                continue;
            }
            if rank > best.0 {
                best = (rank, Vec::new());
            }
            best.1.push(*id);
        }
        match best.1.as_slice() {
            [] => Err(self.unknown(name, Wanted::Point)),
            [one] => {
                let id = *one;
                self.tell(name, Target::Device(id), if best.0 == EXACT { How::Named } else { How::Nearest });
                Ok(id)
            }
            several => Err(self.several(name, Wanted::Point, several.iter().map(|id| Target::Device(*id)))),
        }
    }

    /// The device of a product by both keys, as Alibaba names it, or by a name of the mapping.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn by_key(&mut self, product: &str, device: &str) -> Result<DeviceId, Unmatched> {
        let name = if product.is_empty() { device.to_owned() } else { format!("{product}/{device}") };
        if self.is_given(&name) {
            return self.device(&name, &|_| true);
        }
        if let Some(found) = self.world.device_by_key(product, device) {
            self.tell(&name, Target::Device(found.id), How::Named);
            return Ok(found.id);
        }
        self.device(device, &|_| true)
    }

    /// The space that a name means.
    ///
    /// # Errors
    /// There is none, or several.
    pub(crate) fn space(&mut self, name: &str) -> Result<SpaceId, Unmatched> {
        if let Some(Target::Space(id)) = self.given(name) {
            self.tell(name, Target::Space(id), How::Given);
            return Ok(id);
        }
        let said: BTreeSet<String> = words(name).collect();
        let named = self.world.spaces().filter(|s| s.names.all().any(|n| words(n).collect::<BTreeSet<_>>() == said));
        let found: Vec<Target> = named.map(|s| Target::Space(s.id)).collect();
        match self.only(name, Wanted::Space, &found)? {
            Target::Space(id) => Ok(id),
            _ => Err(Unmatched::Unknown),
        }
    }

    /// The scene that a name means.
    ///
    /// # Errors
    /// There is none, or several.
    pub(crate) fn scene(&mut self, name: &str) -> Result<SceneId, Unmatched> {
        if let Some(Target::Scene(id)) = self.given(name) {
            self.tell(name, Target::Scene(id), How::Given);
            return Ok(id);
        }
        let said: BTreeSet<String> = words(name.strip_prefix("scene.").unwrap_or(name)).collect();
        let named = self.world.scenes().filter(|s| s.names.all().any(|n| words(n).collect::<BTreeSet<_>>() == said));
        let found: Vec<Target> = named.map(|s| Target::Scene(s.id)).collect();
        match self.only(name, Wanted::Scene, &found)? {
            Target::Scene(id) => Ok(id),
            _ => Err(Unmatched::Unknown),
        }
    }

    /// The connection that a name means, among those of a driver.
    ///
    /// # Errors
    /// There is none, or several.
    pub(crate) fn connection(&mut self, name: &str, driver: &str) -> Result<ConnectionId, Unmatched> {
        if let Some(Target::Connection(id)) = self.given(name) {
            self.tell(name, Target::Connection(id), How::Given);
            return Ok(id);
        }
        let said: BTreeSet<String> = words(name).collect();
        let of_driver = self.world.connections().filter(|c| c.driver == driver);
        let named = of_driver.filter(|c| c.names.all().any(|n| words(n).collect::<BTreeSet<_>>() == said));
        let found: Vec<Target> = named.map(|c| Target::Connection(c.id)).collect();
        match self.only(name, Wanted::Connection, &found)? {
            Target::Connection(id) => Ok(id),
            _ => Err(Unmatched::Unknown),
        }
    }

    fn only(&mut self, name: &str, wanted: Wanted, found: &[Target]) -> Result<Target, Unmatched> {
        match found {
            [] => Err(self.unknown(name, wanted)),
            [one] => {
                self.tell(name, *one, How::Named);
                Ok(*one)
            }
            several => Err(self.several(name, wanted, several.iter().copied())),
        }
    }

    fn unknown(&mut self, name: &str, wanted: Wanted) -> Unmatched {
        self.open.insert(Open { name: name.into(), wanted });
        Unmatched::Unknown
    }

    fn several(&mut self, name: &str, wanted: Wanted, found: impl Iterator<Item = Target>) -> Unmatched {
        self.open.insert(Open { name: name.into(), wanted });
        Unmatched::Several(found.take(LISTED_MAX).map(|target| self.called(target)).collect())
    }

    /// Words that a name may have beside those of the device: what it is, and what its points are.
    fn extra(&self, device: DeviceId, domain: &str) -> BTreeSet<String> {
        let world = self.world;
        let of_points = world.points_of(device).flat_map(|p| {
            let of_trait = p.trait_.as_deref().and_then(traits::by_id).map_or(&[][..], |t| t.en);
            p.names
                .all()
                .chain(of_trait.iter().copied())
                .chain([p.identifier.as_str()])
                .flat_map(words)
                .collect::<Vec<_>>()
        });
        let kind = world.kind_of(device).into_iter().flat_map(words);
        of_points.chain(kind).chain(words(domain)).chain(words("sensor state device")).collect()
    }

    fn called(&self, target: Target) -> Bilingual {
        let names = match target {
            Target::Point(id) => return self.world.point_words(id),
            Target::Device(id) => self.world.device(id).map(|d| &d.names),
            Target::Space(id) => self.world.space(id).map(|s| &s.names),
            Target::Scene(id) => self.world.scene(id).map(|s| &s.names),
            Target::Connection(id) => self.world.connection(id).map(|c| &c.names),
        };
        names.map(|n| n.bilingual()).unwrap_or_default()
    }

    fn tell(&mut self, name: &str, target: Target, how: How) {
        let called = self.called(target);
        self.matches.insert(Match { name: name.into(), target, called, how });
    }
}

/// Whether a name says which point of its device is meant.
fn called(spec: &PointSpec, said: &BTreeSet<String>) -> bool {
    let of_trait = spec.trait_.as_deref().and_then(traits::by_id).map_or(&[][..], |t| t.en);
    let names = spec.names.all().chain(of_trait.iter().copied()).chain([spec.identifier.as_str()]);
    names.map(|n| words(n).collect::<BTreeSet<String>>()).any(|n| !n.is_empty() && n.is_subset(said))
}

const EXACT: u8 = 3;

/// How well the words of a name fit those of a device: all of them; with words of its room or of what it measures; or
/// only some of the device's.
fn rank(
    said: &BTreeSet<String>,
    own: &BTreeSet<String>,
    spaces: &BTreeSet<String>,
    extra: impl Fn() -> BTreeSet<String>,
) -> u8 {
    if said.is_empty() || own.is_empty() {
        return 0;
    }
    if said == own {
        return EXACT;
    }
    let known = || {
        let extra = extra();
        said.iter().all(|w| own.contains(w) || spaces.contains(w) || extra.contains(w))
    };
    if own.is_subset(said) {
        return if known() { 2 } else { 0 };
    }
    u8::from(said.iter().any(|w| own.contains(w)) && known())
}

/// The words of a name: letters and digits of one kind, in lower case; Chinese as it stands.
fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase)
}
