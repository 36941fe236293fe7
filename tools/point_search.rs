//! `point_search`: finds points by what people call them and where they are. The way from names to ids.

use crate::shared::devices::spaces_called;
use crate::shared::{host, sees, takes};
use agent::{Caller, Example, Tool, ToolError};
use async_trait::async_trait;
use base::bilingual::is_han;
use base::diagnostic::nearest;
use base::id::{DeviceId, PointId, SpaceId};
use base::{Bilingual, Diagnostic, Diagnostics, Timestamp, Value, limits};
use policy::Effect;
use runtime::Handle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use things::{Assistant, PointSpec, Safety, World, traits};

/// Most points that are given.
const FOUND_MAX: usize = 50;
/// Points that are given when nobody says how many.
const FOUND: usize = 20;
/// Most suggestions.
const SUGGESTIONS_MAX: usize = 5;
/// Words that say nothing about which point is meant.
const FILLERS_EN: &[&str] = &["the", "a", "an", "in", "of", "at", "all", "every", "my", "for", "and"];
const FILLERS_ZH: &[&str] = &["所有", "全部", "里面", "的", "里", "中", "在", "和"];

/// Finds points by names and aliases of devices, by kind, trait and space, in Chinese or English, and tells their ids,
/// present values and what they take. Every other tool wants these ids. When nothing fits, the nearest names are told.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Words: name of a device, a kind, a property, a place. All of them have to fit.
    #[serde(default)]
    #[schemars(length(max = limits::UTTERANCE_CHARS_MAX))]
    pub query: Option<String>,
    /// Only of devices of this kind, such as `light`.
    #[serde(default)]
    pub kind: Option<String>,
    /// Only with this trait, such as `on_off` or `measure.temperature`.
    #[serde(rename = "trait", default)]
    pub trait_: Option<String>,
    /// Only in this space or a part of it: its id or its name.
    #[serde(default)]
    pub space: Option<String>,
    /// Only points that can be written.
    #[serde(default)]
    pub writable: bool,
    /// How many at most.
    #[serde(default = "found")]
    #[schemars(range(min = 1, max = FOUND_MAX))]
    pub limit: usize,
}

fn found() -> usize {
    FOUND
}

/// A point that fits.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Found {
    /// Its id.
    pub point: PointId,
    /// Its device.
    pub device: DeviceId,
    /// Name of the device.
    pub name: Bilingual,
    /// Name of the property or service.
    pub property: Bilingual,
    /// Kind of the device.
    pub kind: String,
    /// What it means.
    #[serde(rename = "trait")]
    pub trait_: Option<String>,
    /// Where it is.
    pub space: Option<SpaceId>,
    /// What that place is called.
    pub place: Option<Bilingual>,
    /// Its present value.
    pub value: Option<Value>,
    /// The value in words, with its unit.
    pub words: Option<Bilingual>,
    /// Whether it can be written.
    pub writable: bool,
    /// Whether a person has to confirm a change.
    pub confirm: bool,
    /// What it takes.
    pub takes: Option<Bilingual>,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// The points that fit best, best first.
    pub points: Vec<Found>,
    /// How many fit in all.
    pub total: usize,
    /// The nearest names when nothing fits.
    pub suggestions: Vec<String>,
}

/// The tool.
pub struct PointSearch(pub(crate) Handle);

#[async_trait]
impl Tool for PointSearch {
    type Input = Input;
    type Output = Output;
    const NAME: &'static str = "point_search";
    const EFFECT: Effect = Effect::Read;
    const EXAMPLES: &'static [Example] = &[
        Example {
            name: "by name and property",
            input: r#"{"query": "lobby light brightness"}"#,
            expect: &[
                ("/total", "1"),
                ("/points/0/point", "\"pt_29a052481428811ba73d0301d2857882\""),
                ("/points/0/takes/en", "\"0% to 100%\""),
            ],
        },
        Example {
            name: "by place and kind, in Chinese",
            input: r#"{"query": "会议室的空调", "trait": "setpoint"}"#,
            expect: &[
                ("/total", "1"),
                ("/points/0/point", "\"pt_d1d1cce00aef8eb0ac72b92a2e8e4b52\""),
                ("/points/0/value", "25.0"),
            ],
        },
        Example {
            name: "every light of a floor",
            input: r#"{"kind": "light", "trait": "on_off", "space": "Second floor"}"#,
            expect: &[("/total", "7")],
        },
        Example {
            name: "a name that does not exist: the nearest",
            input: r#"{"query": "desk lanp"}"#,
            expect: &[("/points", "[]"), ("/suggestions/0", "\"Desk lamp\"")],
        },
    ];

    async fn run(&self, caller: &Caller, input: Input) -> Result<Output, ToolError> {
        let now = self.0.now();
        let world = self.0.read(|core| core.world().clone()).await.map_err(|e| host(&e))?;
        let filter = Filter::of(&input, &world).map_err(ToolError::input)?;
        let wanted = input.query.as_deref().map(units).unwrap_or_default();
        let mut fits: Vec<(usize, &PointSpec)> = world
            .points()
            .filter(|p| sees(caller, p) && filter.admits(p, &world, now))
            .filter_map(|p| Some((score(&wanted, p, &world)?, p)))
            .collect();
        fits.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.id.cmp(&b.1.id)));
        let total = fits.len();
        fits.truncate(input.limit.min(FOUND_MAX));
        let ids: Vec<PointId> = fits.iter().map(|(_, p)| p.id).collect();
        let look = move |core: &runtime::Core| -> Vec<Option<Value>> {
            ids.iter().map(|id| core.states().get(id).map(|s| s.value.clone())).collect()
        };
        let values = self.0.read(look).await.map_err(|e| host(&e))?;
        let points = fits.into_iter().zip(values).map(|((_, p), value)| describe(p, value, &world)).collect();
        let suggestions = if total == 0 { suggest(input.query.as_deref(), &world, caller) } else { Vec::new() };
        Ok(Output { points, total, suggestions })
    }
}

/// The fields that admit or refuse, resolved.
struct Filter {
    kind: Option<String>,
    trait_: Option<String>,
    spaces: Option<Vec<SpaceId>>,
    writable: bool,
}

impl Filter {
    fn of(input: &Input, world: &World) -> Result<Filter, Diagnostics> {
        let mut faults = Diagnostics::new();
        let kinds: BTreeSet<&str> = world.devices().filter_map(|d| world.kind_of(d.id)).collect();
        if let Some(kind) = input.kind.as_deref().filter(|k| !kinds.contains(k)) {
            let text =
                Bilingual::new(format!("没有种类为 {kind} 的设备"), format!("no device is of the kind `{kind}`"));
            faults.push(with_nearest(Diagnostic::error("unknown_kind", "/kind", text), kind, &kinds));
        }
        if let Some(id) = input.trait_.as_deref().filter(|t| traits::by_id(t).is_none()) {
            let known: BTreeSet<&str> = traits::ALL.iter().map(|t| t.id).collect();
            let text = Bilingual::new(format!("没有特征 {id}"), format!("there is no trait `{id}`"));
            faults.push(with_nearest(Diagnostic::error("unknown_trait", "/trait", text), id, &known));
        }
        let spaces = input.space.as_deref().map(|written| spaces_called(written, world));
        if let (Some(written), Some([])) = (&input.space, spaces.as_deref()) {
            let known: BTreeSet<&str> = world.spaces().flat_map(|s| s.names.all()).collect();
            let text = Bilingual::new(format!("没有空间“{written}”"), format!("there is no space called “{written}”"));
            faults.push(with_nearest(Diagnostic::error("unknown_place", "/space", text), written, &known));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Filter { kind: input.kind.clone(), trait_: input.trait_.clone(), spaces, writable: input.writable })
    }

    fn admits(&self, point: &PointSpec, world: &World, now: Timestamp) -> bool {
        let Some(device) = world.device(point.device).filter(|d| !d.disabled) else { return false };
        self.kind.as_deref().is_none_or(|k| world.kind_of(device.id) == Some(k))
            && self.trait_.as_deref().is_none_or(|t| point.is(t))
            && self.spaces.as_ref().is_none_or(|s| s.iter().any(|s| world.is_in(device, *s, now)))
            && (!self.writable || point.writable)
    }
}

fn with_nearest(fault: Diagnostic, written: &str, known: &BTreeSet<&str>) -> Diagnostic {
    let near = nearest(written, known.iter().copied(), SUGGESTIONS_MAX);
    let list = if near.is_empty() { known.iter().take(20).copied().collect() } else { near };
    let list = list.join(", ");
    fault.help(Bilingual::new(format!("可用：{list}"), format!("possible: {list}")))
}

/// A query in pieces that each have to fit: words between spaces, and runs of Chinese.
fn units(query: &str) -> Vec<String> {
    query
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty() && !FILLERS_EN.contains(w))
        .map(str::to_owned)
        .collect()
}

/// What a point can be called, and how much each kind of name counts.
fn surfaces(point: &PointSpec, world: &World) -> Vec<(usize, String)> {
    let mut all: Vec<(usize, String)> = Vec::new();
    let mut add = |weight: usize, name: &str| all.push((weight, name.to_lowercase()));
    if let Some(device) = world.device(point.device) {
        device.names.all().for_each(|n| add(3, n));
        for space in device.space().map(|s| world.path_of(s)).unwrap_or_default() {
            world.space(space).into_iter().flat_map(|s| s.names.all()).for_each(|n| add(1, n));
        }
    }
    if let Some(model) = world.model_of(point.device) {
        add(1, &model.x.kind);
        model.x.names.all().for_each(|n| add(1, n));
    }
    point.names.all().for_each(|n| add(2, n));
    if let Some(t) = point.trait_.as_deref().and_then(traits::by_id) {
        t.names().all().for_each(|n| add(2, n));
    }
    all
}

/// How well a point fits; none when a piece of the query does not.
fn score(wanted: &[String], point: &PointSpec, world: &World) -> Option<usize> {
    if wanted.is_empty() {
        return Some(0);
    }
    let mut surfaces = surfaces(point, world);
    surfaces.sort_by_key(|(weight, name)| (usize::MAX - name.chars().count(), usize::MAX - weight));
    wanted.iter().map(|w| if w.chars().any(is_han) { score_han(w, &surfaces) } else { score_word(w, &surfaces) }).sum()
}

fn score_word(word: &str, surfaces: &[(usize, String)]) -> Option<usize> {
    let bare = |w: &str| w.strip_suffix('s').unwrap_or(w).to_owned();
    let word = bare(word);
    let has = |name: &str| name.split(|c: char| !c.is_alphanumeric()).any(|w| bare(w) == word);
    surfaces.iter().filter(|(_, name)| has(name)).map(|(weight, _)| *weight).max()
}

/// Names are taken out of a run, longest first; what is left must be part of a name.
fn score_han(run: &str, surfaces: &[(usize, String)]) -> Option<usize> {
    let mut left = run.to_owned();
    let mut score = 0;
    for (weight, name) in surfaces.iter().filter(|(_, n)| !n.is_empty()) {
        if left.contains(name.as_str()) {
            left = left.replace(name.as_str(), " ");
            score += weight * name.chars().count();
        }
    }
    for filler in FILLERS_ZH {
        left = left.replace(filler, " ");
    }
    for piece in left.split_whitespace() {
        score += surfaces.iter().filter(|(_, n)| n.contains(piece)).map(|(weight, _)| *weight).max()?;
    }
    Some(score)
}

fn describe(p: &PointSpec, value: Option<Value>, world: &World) -> Found {
    let device = world.device(p.device);
    let space = device.and_then(|d| d.space());
    let confirm = p.writable && (p.assistant == Assistant::Confirm || p.safety > Safety::Comfort);
    Found {
        point: p.id,
        device: p.device,
        name: device.map(|d| d.names.bilingual()).unwrap_or_default(),
        property: p.names.bilingual(),
        kind: world.kind_of(p.device).unwrap_or_default().to_owned(),
        trait_: p.trait_.clone(),
        space,
        place: space.and_then(|s| world.space(s)).map(|s| s.names.bilingual()),
        words: value.as_ref().map(|v| p.words(v)),
        value,
        writable: p.writable,
        confirm,
        takes: p.writable.then(|| takes(p)),
    }
}

/// The names nearest to a query, of what the caller sees.
fn suggest(query: Option<&str>, world: &World, caller: &Caller) -> Vec<String> {
    let Some(query) = query else { return Vec::new() };
    let seen = |d: &&things::Device| world.points_of(d.id).any(|p| sees(caller, p));
    let devices: Vec<&str> = world.devices().filter(seen).flat_map(|d| d.names.all()).collect();
    let names = || devices.iter().copied().chain(world.spaces().flat_map(|s| s.names.all()));
    let mut near = nearest(query, names(), SUGGESTIONS_MAX);
    for unit in units(query) {
        near.extend(nearest(&unit, names(), SUGGESTIONS_MAX));
    }
    let mut said = BTreeSet::new();
    near.retain(|n| said.insert(*n));
    near.into_iter().take(SUGGESTIONS_MAX).map(str::to_owned).collect()
}
