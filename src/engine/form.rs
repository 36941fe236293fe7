//! The canonical form of a rule: what it does, whatever its nodes are called and in whichever order they are written.
//!
//! Equal nodes that are fed equally are one. `not` goes inwards until it meets something that has no opposite, `and` and
//! `or` are flat, an edge that falls is one that rises on the opposite, and gates are conditions of what they let
//! through. Each of these steps changes nothing that the engine does. What it is *not*: words; those are in `speech/`,
//! which says and builds this form. Start at [`Form::of`].

use crate::nodes::{self, Registration};
use crate::ports::{PortKind, PortSpec};
use crate::subgraph::Flat;
use crate::wiring::{self, Arrival};
use crate::words;
use base::id::{PointId, RuleId};
use base::{Bilingual, Diagnostics, Unit, canonical};
use documents::{Comparison, RuleGraph, RuleMode};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use things::{Each, Here, PointSpec, Selector, World};

/// From here on the number of a node is that of a name which is explained elsewhere.
pub(crate) const NAMES: usize = 1 << 32;

/// An output of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Out {
    pub(crate) node: usize,
    pub(crate) port: usize,
}

impl Out {
    /// The first output of a node.
    pub(crate) const fn of(node: usize) -> Out {
        Out { node, port: 0 }
    }
}

/// What arrives at an input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Feed {
    pub(crate) from: Out,
    /// What has to hold at that moment.
    pub(crate) gate: Option<Out>,
    /// The name of the port, where the graph names it.
    pub(crate) name: String,
}

impl Feed {
    pub(crate) const fn of(from: Out) -> Feed {
        Feed { from, gate: None, name: String::new() }
    }
}

/// A node. Without a kind it is something that nobody knows.
#[derive(Debug, Clone)]
pub(crate) struct Knot {
    pub(crate) kind: Option<&'static Registration>,
    pub(crate) params: Map<String, Json>,
    pub(crate) inputs: Vec<Vec<Feed>>,
    /// A condition that already holds when the rule is enabled counts.
    pub(crate) start: bool,
    /// Counts sources that are alike but stand apart.
    pub(crate) nth: usize,
}

impl Knot {
    /// Whether it is of this kind.
    pub(crate) fn is(&self, type_: &str) -> bool {
        self.kind.is_some_and(|k| k.type_ == type_)
    }
    /// What its output carries.
    pub(crate) fn carries(&self, port: usize) -> Option<PortKind> {
        self.kind.and_then(|k| k.outputs.get(port)).map(|o| o.kind)
    }
    /// A parameter that is a text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.params.get(name).and_then(Json::as_str).unwrap_or_default()
    }
}

/// A rule in canonical form.
#[derive(Debug, Default)]
pub(crate) struct Form {
    pub(crate) knots: Vec<Knot>,
    /// What acts, and what happens without being used, in the order of the document.
    pub(crate) roots: Vec<usize>,
    pub(crate) mode: RuleMode,
    /// What it stands for one by one.
    pub(crate) each: Option<Each>,
    /// Those that there are.
    pub(crate) places: Vec<Here>,
    /// What names stand for.
    pub(crate) names: BTreeMap<usize, Out>,
    known: BTreeMap<String, usize>,
    /// Delays that are fed by what follows them.
    loops: usize,
}

/// What a node of the document has become.
#[derive(Clone)]
enum Stands {
    Node(usize),
    Out(Out),
    Events(Vec<Feed>),
}

impl Form {
    /// Of a graph. Graphs with faults have a form too, as far as they can be read.
    pub(crate) fn of(graph: &RuleGraph, world: &World) -> Form {
        let flat = Flat::of(graph, &mut Diagnostics::new());
        let graph = flat.graph();
        let kinds: Vec<Option<&'static Registration>> = graph.nodes.iter().map(|n| nodes::by_type(&n.type_)).collect();
        let wiring = wiring::check(graph, &kinds, &mut Diagnostics::new());
        let mut form = Form { mode: graph.mode, ..Form::default() };
        form.stand_for(graph.each.clone(), world);
        let mut stands: Vec<Option<Stands>> = vec![None; graph.nodes.len()];
        let mut fires = vec![false; graph.nodes.len()];
        let mut left: BTreeSet<usize> = wiring.order.iter().copied().collect();
        let mut looped: Vec<(usize, usize)> = Vec::new();
        while !left.is_empty() {
            let ready = |i: &usize| wiring.arriving(*i).iter().flatten().all(|a| !left.contains(&a.node));
            let delays = |i: &usize| kinds.get(*i).copied().flatten().is_some_and(|k| k.delays);
            let Some(i) = left.iter().copied().find(ready).or_else(|| left.iter().copied().find(delays)) else { break };
            let closes = !ready(&i);
            left.remove(&i);
            let (Some(node), Some(Some(kind))) = (graph.nodes.get(i), kinds.get(i)) else { continue };
            let Some(params) = (kind.normal)(&node.params) else { continue };
            let fire = params.get("initial").and_then(Json::as_str) == Some("fire");
            let events = kind.outputs.iter().all(|o| o.kind.is_event());
            let above = wiring.arriving(i).iter().flatten().any(|a| fires.get(a.node) == Some(&true));
            if let Some(place) = fires.get_mut(i) {
                *place = !events && (above || fire);
            }
            let stand = if closes {
                let at = form.fresh(kind, params, Vec::new());
                form.loops += 1;
                looped.push((i, at));
                Stands::Node(at)
            } else {
                let inputs = form.arriving(graph, &stands, kind, wiring.arriving(i));
                form.stand(kind, params, inputs, events && above, world)
            };
            if let Some(place) = stands.get_mut(i) {
                *place = Some(stand);
            }
        }
        for (i, at) in looped {
            let Some(Some(kind)) = kinds.get(i) else { continue };
            let inputs = form.arriving(graph, &stands, kind, wiring.arriving(i));
            if let Some(knot) = form.knots.get_mut(at) {
                knot.inputs = inputs;
            }
        }
        form.find_roots(&stands, graph.nodes.len());
        form
    }

    /// What it stands for one by one.
    pub(crate) fn stand_for(&mut self, each: Option<Each>, world: &World) {
        self.each = each.map(|each| match each {
            Each::Devices(select) => Each::Devices(tidy_selector(select)),
            spaces @ Each::Spaces(_) => spaces,
        });
        self.places = self.each.as_ref().map_or_else(Vec::new, |each| each.all(world));
    }

    /// What arrives at the inputs of a node, in the order of its ports.
    fn arriving(
        &mut self,
        graph: &RuleGraph,
        stands: &[Option<Stands>],
        kind: &Registration,
        arriving: &[Vec<Arrival>],
    ) -> Vec<Vec<Feed>> {
        let mut inputs = Vec::new();
        for (spec, arrivals) in kind.inputs.iter().zip(arriving) {
            let port = |a: &Arrival| graph.edges.get(a.edge).map_or("", |e| e.to.port.as_str());
            let mut arrivals: Vec<&Arrival> = arrivals.iter().collect();
            if spec.many && !spec.named && !spec.kind.is_event() {
                arrivals
                    .sort_by_key(|a| port(a).trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<usize>().ok());
            }
            let mut feeds: Vec<Feed> = Vec::new();
            for arrival in arrivals {
                let name = if spec.named { port(arrival).to_owned() } else { String::new() };
                let found = match stands.get(arrival.node).and_then(Option::as_ref) {
                    None => vec![Feed::of(self.unknown())],
                    Some(Stands::Node(node)) => vec![Feed::of(Out { node: *node, port: arrival.port })],
                    Some(Stands::Out(out)) => vec![Feed::of(*out)],
                    Some(Stands::Events(feeds)) => feeds.clone(),
                };
                for feed in found {
                    let feed = Feed { name: name.clone(), ..feed };
                    if !(spec.kind.is_event() && feeds.contains(&feed)) {
                        feeds.push(feed);
                    }
                }
            }
            inputs.push(feeds);
        }
        inputs
    }

    /// What a node of the document becomes.
    fn stand(
        &mut self,
        kind: &'static Registration,
        params: Map<String, Json>,
        inputs: Vec<Vec<Feed>>,
        start: bool,
        world: &World,
    ) -> Stands {
        let bools = |form: &mut Form, port: usize| -> Vec<Out> {
            let list: Vec<Out> = inputs.get(port).into_iter().flatten().map(|f| f.from).collect();
            if list.is_empty() { vec![form.unknown()] } else { list }
        };
        let first = |list: &[Out]| list.first().copied().unwrap_or(Out::of(0));
        match kind.type_ {
            "not" => {
                let all = bools(self, 0);
                Stands::Out(self.negated(first(&all)))
            }
            "and" | "or" => {
                let all = bools(self, 0);
                Stands::Out(self.joined(kind.type_ == "and", &all))
            }
            "compare" => {
                let all = bools(self, 0);
                Stands::Out(self.compared(params, first(&all), world))
            }
            "edge" => {
                let all = bools(self, 0);
                let on = params.get("on").and_then(Json::as_str).unwrap_or_default().to_owned();
                Stands::Out(self.edge(&on, first(&all), start))
            }
            "gate" => {
                let conditions = bools(self, 1);
                let events = inputs.into_iter().next().unwrap_or_default();
                Stands::Events(events.into_iter().map(|feed| self.gated(feed, first(&conditions))).collect())
            }
            _ => Stands::Node(self.put(kind, params, inputs, start, world)),
        }
    }

    /// What acts, and what happens without being used.
    fn find_roots(&mut self, stands: &[Option<Stands>], nodes: usize) {
        let used: BTreeSet<usize> = self.knots.iter().flat_map(|k| &k.inputs).flatten().map(|f| f.from.node).collect();
        for stand in stands.iter().take(nodes).flatten() {
            let at = match stand {
                Stands::Node(at) => *at,
                Stands::Out(out) => out.node,
                Stands::Events(_) => continue,
            };
            let Some(knot) = self.knots.get(at) else { continue };
            let Some(kind) = knot.kind else { continue };
            let idle = kind.outputs.iter().any(|o| o.kind == PortKind::Event) && !used.contains(&at);
            if (kind.outputs.is_empty() || idle) && !self.roots.contains(&at) {
                self.roots.push(at);
            }
        }
        for feed in
            stands.iter().flatten().filter_map(|s| if let Stands::Events(f) = s { Some(f) } else { None }).flatten()
        {
            let at = feed.from.node;
            let silent = self.knots.get(at).is_none_or(|k| k.carries(feed.from.port) != Some(PortKind::Event));
            if !silent && !used.contains(&at) && !self.roots.contains(&at) {
                self.roots.push(at);
            }
        }
    }

    /// Something that nobody knows.
    pub(crate) fn unknown(&mut self) -> Out {
        let knot = Knot { kind: None, params: Map::new(), inputs: Vec::new(), start: false, nth: 0 };
        Out::of(self.interned("?".into(), knot))
    }

    fn interned(&mut self, key: String, knot: Knot) -> usize {
        let next = self.knots.len();
        let at = *self.known.entry(key).or_insert(next);
        if at == next {
            self.knots.push(knot);
        }
        at
    }

    fn fresh(&mut self, kind: &'static Registration, params: Map<String, Json>, inputs: Vec<Vec<Feed>>) -> usize {
        self.knots.push(Knot { kind: Some(kind), params, inputs, start: false, nth: 0 });
        self.knots.len() - 1
    }

    /// A node, one for all that are equal; what acts always stands for itself.
    pub(crate) fn put(
        &mut self,
        kind: &'static Registration,
        params: Map<String, Json>,
        inputs: Vec<Vec<Feed>>,
        start: bool,
        world: &World,
    ) -> usize {
        let params = self.tidied(kind, params, &inputs, world);
        if kind.outputs.is_empty() {
            return self.fresh(kind, params, inputs);
        }
        let nth = if is_source(kind) {
            let same = |k: &&Knot| k.is(kind.type_) && k.params == params;
            self.knots.iter().filter(same).count()
        } else {
            0
        };
        self.put_nth(kind, params, inputs, start, nth)
    }

    /// One of several sources that are alike.
    pub(crate) fn put_nth(
        &mut self,
        kind: &'static Registration,
        params: Map<String, Json>,
        inputs: Vec<Vec<Feed>>,
        start: bool,
        nth: usize,
    ) -> usize {
        let written = canonical::to_string(&params).unwrap_or_default();
        let sorted: Vec<Vec<Feed>> = kind
            .inputs
            .iter()
            .zip(&inputs)
            .map(|(spec, feeds)| {
                let mut feeds = feeds.clone();
                if is_set(kind, spec) {
                    feeds.sort();
                }
                feeds
            })
            .collect();
        let key = format!("{} {written} {sorted:?} {start} {nth}", kind.type_);
        self.interned(key, Knot { kind: Some(kind), params, inputs, start, nth })
    }

    /// Parameters without what counts anyway: the input's own unit, "everything" beside a description.
    pub(crate) fn tidied(
        &self,
        kind: &Registration,
        mut params: Map<String, Json>,
        inputs: &[Vec<Feed>],
        world: &World,
    ) -> Map<String, Json> {
        params.remove("initial");
        let select: Option<Selector> = params.get("select").and_then(|s| serde_json::from_value(s.clone()).ok());
        if let Some(select) = select {
            params.insert("select".into(), json!(tidy_selector(select)));
        }
        let Some(unit) = params.get("unit").and_then(Json::as_str) else { return params };
        let counts = if kind.type_ == "command" {
            let points = commanded(&params, &self.places, world);
            let own = |p: &PointId| world.point(*p).and_then(PointSpec::unit).is_some_and(|u| u.code() == unit);
            !points.is_empty() && points.iter().all(own)
        } else if kind.type_ == "compare" || words::takes_unit(kind.words) {
            let own = inputs.first().and_then(|f| f.first()).and_then(|f| self.unit(f.from, world));
            own.map_or(unit == "1", |own| own.code() == unit)
        } else {
            false
        };
        if counts {
            params.remove("unit");
        }
        params
    }

    /// The unit of a value, where its source says so.
    pub(crate) fn unit(&self, out: Out, world: &World) -> Option<Unit> {
        let knot = self.knots.get(out.node)?;
        if knot.is("json_field") {
            return Unit::by_code(knot.text("unit"));
        }
        world.point(self.point(out)?)?.unit()
    }

    /// The point that an output is.
    pub(crate) fn point(&self, out: Out) -> Option<PointId> {
        let knot = self.knots.get(out.node).filter(|k| k.is("point"))?;
        knot.text("point").parse().ok()
    }

    /// The opposite.
    pub(crate) fn negated(&mut self, out: Out) -> Out {
        let Some(knot) = self.knots.get(out.node).cloned() else { return self.lone("not", out) };
        match knot.kind.map_or("", |k| k.type_) {
            "not" => knot.inputs.iter().flatten().next().map_or(out, |f| f.from),
            type_ @ ("and" | "or") => {
                let parts: Vec<Out> = knot.inputs.iter().flatten().map(|f| f.from).collect();
                let parts: Vec<Out> = parts.into_iter().map(|p| self.negated(p)).collect();
                self.joined(type_ == "or", &parts)
            }
            "compare" if !knot.params.contains_key("hysteresis") => {
                let mut params = knot.params;
                let op = params.get("op").and_then(|op| serde_json::from_value::<Comparison>(op.clone()).ok());
                params.insert("op".into(), json!(op.map(Comparison::negated)));
                nodes::by_type("compare").map_or(out, |kind| Out::of(self.put_nth(kind, params, knot.inputs, false, 0)))
            }
            _ => self.lone("not", out),
        }
    }

    fn lone(&mut self, type_: &str, input: Out) -> Out {
        let Some(kind) = nodes::by_type(type_) else { return input };
        Out::of(self.put_nth(kind, Map::new(), vec![vec![Feed::of(input)]], false, 0))
    }

    /// Several conditions, all of which hold, or one of them.
    pub(crate) fn joined(&mut self, and: bool, parts: &[Out]) -> Out {
        let type_ = if and { "and" } else { "or" };
        let mut flat: Vec<Feed> = Vec::new();
        for part in parts {
            let within = self.knots.get(part.node).filter(|k| k.is(type_)).map(|k| k.inputs.concat());
            for feed in within.unwrap_or_else(|| vec![Feed::of(*part)]) {
                if !flat.contains(&feed) {
                    flat.push(feed);
                }
            }
        }
        match (flat.as_slice(), nodes::by_type(type_)) {
            ([], _) => self.unknown(),
            ([one], _) => one.from,
            (_, Some(kind)) => Out::of(self.put_nth(kind, Map::new(), vec![flat], false, 0)),
            ([one, ..], None) => one.from,
        }
    }

    /// A comparison; with true or false it is the condition itself or its opposite.
    pub(crate) fn compared(&mut self, mut params: Map<String, Json>, input: Out, world: &World) -> Out {
        let op = params.get("op").and_then(Json::as_str).unwrap_or_default();
        if let (Some(Json::Bool(b)), "=" | "!=") = (params.get("value"), op) {
            return if *b == (op == "=") { input } else { self.negated(input) };
        }
        if params.get("hysteresis").is_some_and(|h| h.as_f64().is_none_or(|h| h <= 0.0)) {
            params.remove("hysteresis");
        }
        let Some(kind) = nodes::by_type("compare") else { return input };
        Out::of(self.put(kind, params, vec![vec![Feed::of(input)]], false, world))
    }

    /// The moment at which a condition changes.
    pub(crate) fn edge(&mut self, on: &str, input: Out, start: bool) -> Out {
        let (on, input) = match on {
            "falling" => ("rising", self.negated(input)),
            "both" => {
                let not = self.knots.get(input.node).filter(|k| k.is("not"));
                ("both", not.and_then(|k| k.inputs.first()?.first()).map_or(input, |f| f.from))
            }
            _ => ("rising", input),
        };
        let params = Map::from_iter([("on".to_owned(), json!(on))]);
        nodes::by_type("edge")
            .map_or(input, |kind| Out::of(self.put_nth(kind, params, vec![vec![Feed::of(input)]], start, 0)))
    }

    /// An event that only counts while a condition holds.
    pub(crate) fn gated(&mut self, feed: Feed, condition: Out) -> Feed {
        let all: Vec<Out> = feed.gate.into_iter().chain([condition]).collect();
        Feed { gate: Some(self.joined(true, &all)), ..feed }
    }

    /// The nodes that lead to a root.
    pub(crate) fn said(&self) -> BTreeSet<usize> {
        let mut said = BTreeSet::new();
        let mut open = self.roots.clone();
        while let Some(at) = open.pop() {
            let Some(knot) = self.knots.get(at).filter(|_| said.insert(at)) else { continue };
            open.extend(knot.inputs.iter().flatten().flat_map(|f| f.gate.into_iter().chain([f.from])).map(|o| o.node));
        }
        said
    }

    /// Hash of what the rule does.
    pub(crate) fn hash(&self) -> String {
        let plain = self.colours(None);
        let mut alike: Vec<String> = Vec::new();
        let said = self.said();
        let sources = self.knots.iter().enumerate().filter(|(i, k)| said.contains(i) && k.kind.is_some_and(is_source));
        for (i, knot) in sources {
            let same = |k: &&Knot| k.kind.map(|k| k.type_) == knot.kind.map(|k| k.type_) && k.params == knot.params;
            if self.knots.iter().filter(same).count() > 1 {
                alike.push(self.colours(Some(i)).join(" "));
            }
        }
        alike.sort();
        let waits = self.waits().then_some(self.mode);
        let whole = match &self.each {
            None => json!([waits, plain, alike]),
            Some(each) => json!([waits, plain, alike, each]),
        };
        canonical::hash(&whole).unwrap_or_default()
    }

    /// Whether something waits, so that the mode matters.
    pub(crate) fn waits(&self) -> bool {
        let said = self.said();
        self.knots.iter().enumerate().any(|(i, k)| said.contains(&i) && k.kind.is_some_and(|k| k.delays))
    }

    /// What each root is, in order; one node can be marked.
    fn colours(&self, marked: Option<usize>) -> Vec<String> {
        let mut colours: Vec<String> = vec![String::new(); self.knots.len()];
        // Every pass carries what is known once around each loop.
        for _ in 0..=self.loops {
            for (i, knot) in self.knots.iter().enumerate() {
                let colour = self.colour(knot, &colours, marked == Some(i));
                if let Some(place) = colours.get_mut(i) {
                    *place = colour;
                }
            }
        }
        let mut roots: Vec<String> = self.roots.iter().filter_map(|r| colours.get(*r).cloned()).collect();
        roots.sort();
        roots
    }

    fn colour(&self, knot: &Knot, colours: &[String], marked: bool) -> String {
        let of = |out: Out| format!("{}.{}", colours.get(out.node).map_or("", String::as_str), out.port);
        let feed = |f: &Feed| format!("{} {} {}", of(f.from), f.gate.map(of).unwrap_or_default(), f.name);
        let specs = knot.kind.map_or(&[][..], |k| k.inputs);
        let inputs: Vec<Vec<String>> = specs
            .iter()
            .zip(&knot.inputs)
            .map(|(spec, feeds)| {
                let mut feeds: Vec<String> = feeds.iter().map(feed).collect();
                if knot.kind.is_some_and(|k| is_set(k, spec)) {
                    feeds.sort();
                }
                feeds
            })
            .collect();
        let kind = knot.kind.map(|k| (k.type_, k.version));
        canonical::hash(&json!([kind, knot.params, inputs, knot.start, marked])).unwrap_or_default()
    }

    /// As a graph that has this form.
    pub(crate) fn graph(&self, id: RuleId, name: Bilingual) -> RuleGraph {
        let mut writing =
            Writing { form: self, graph: RuleGraph::new(id, name), nodes: BTreeMap::new(), gates: BTreeMap::new() };
        writing.graph.mode = self.mode;
        writing.graph.each.clone_from(&self.each);
        for root in &self.roots {
            writing.node(Out::of(*root), false, 0);
        }
        writing.graph
    }
}

/// Whether each one that is written counts on its own.
pub(crate) fn is_source(kind: &Registration) -> bool {
    kind.inputs.is_empty() && kind.outputs.iter().any(|o| o.kind == PortKind::Message)
}

/// Whether the order of what arrives does not matter.
fn is_set(kind: &Registration, spec: &PortSpec) -> bool {
    spec.kind.is_event() || matches!(kind.type_, "and" | "or")
}

/// The points that a command writes.
fn commanded(params: &Map<String, Json>, places: &[Here], world: &World) -> Vec<PointId> {
    let read = |name: &str| params.get(name).filter(|v| !v.is_null()).cloned();
    if let Some(point) = read("point").and_then(|p| serde_json::from_value(p).ok()) {
        return vec![point];
    }
    let select: Option<Selector> = read("select").and_then(|s| serde_json::from_value(s).ok());
    let mut points = select.map_or_else(Vec::new, |s| s.points(world, base::Timestamp::MAX));
    if params.get("here") == Some(&Json::Bool(true)) {
        points.retain(|point| places.iter().any(|place| place.has_point(world, *point)));
    }
    points
}

/// A selection that says "everything" only where nothing else describes it.
fn tidy_selector(select: Selector) -> Selector {
    let rest = Selector { everything: false, ..select };
    let except = rest.except.iter().cloned().map(tidy_selector).collect();
    Selector { everything: select.everything && rest.is_empty(), except, ..rest }
}

/// A form that is written down as a graph.
struct Writing<'a> {
    form: &'a Form,
    graph: RuleGraph,
    /// By node, and whether what it reads counts at the start.
    nodes: BTreeMap<(usize, bool), String>,
    gates: BTreeMap<(String, String), String>,
}

/// Most names that stand for each other.
const NAMED_DEPTH_MAX: usize = 100;

impl Writing<'_> {
    fn port(&mut self, out: Out, fire: bool, depth: usize) -> String {
        let Some(out) = self.meant(out) else { return String::new() };
        let id = self.node(out, fire, depth + 1);
        let kind = self.form.knots.get(out.node).and_then(|k| k.kind);
        let port = kind.and_then(|k| k.outputs.get(out.port)).map_or("out", |o| o.name);
        format!("{id}.{port}")
    }

    /// What a name stands for.
    fn meant(&self, mut out: Out) -> Option<Out> {
        for _ in 0..NAMED_DEPTH_MAX {
            if out.node < NAMES {
                return Some(out);
            }
            out = *self.form.names.get(&out.node)?;
        }
        None
    }

    fn fresh(&self, type_: &str) -> String {
        let count = self.graph.nodes.iter().filter(|n| n.type_ == type_).count();
        if count == 0 { type_.to_owned() } else { format!("{type_}_{}", count + 1) }
    }

    fn node(&mut self, out: Out, fire: bool, depth: usize) -> String {
        let Some(knot) = self.form.knots.get(out.node) else { return String::new() };
        let Some(kind) = knot.kind else { return String::new() };
        let events = kind.outputs.iter().all(|o| o.kind.is_event());
        // What happens does not begin again with the rule: only levels before the next event do.
        let fire = fire && !events;
        if let Some(id) = self.nodes.get(&(out.node, fire)) {
            return id.clone();
        }
        let id = self.fresh(kind.type_);
        self.nodes.insert((out.node, fire), id.clone());
        let mut params = knot.params.clone();
        if fire && kind.type_ == "point" {
            params.insert("initial".into(), json!("fire"));
        }
        let place = self.graph.nodes.len();
        self.graph.node(&id, kind.type_, Json::Object(params));
        if let Some(node) = self.graph.nodes.get_mut(place) {
            node.type_version = kind.version;
        }
        let below = if events { knot.start } else { fire };
        for (spec, feeds) in kind.inputs.iter().zip(&knot.inputs) {
            for (n, feed) in feeds.iter().enumerate() {
                let mut from = self.port(feed.from, below && !spec.kind.is_event(), depth);
                if let Some(gate) = feed.gate {
                    let condition = self.port(gate, false, depth);
                    from = self.gate(from, condition);
                }
                let port = match (spec.named, spec.many) {
                    (true, _) => feed.name.clone(),
                    (false, true) => format!("{}{}", spec.name, n + 1),
                    (false, false) => spec.name.to_owned(),
                };
                self.graph.edge(&from, &format!("{id}.{port}"));
            }
        }
        id
    }

    fn gate(&mut self, event: String, condition: String) -> String {
        let key = (event.clone(), condition.clone());
        if let Some(id) = self.gates.get(&key) {
            return format!("{id}.out");
        }
        let id = self.fresh("gate");
        self.graph.node(&id, "gate", json!({}));
        self.graph.edge(&event, &format!("{id}.in")).edge(&condition, &format!("{id}.if"));
        self.gates.insert(key, id.clone());
        format!("{id}.out")
    }
}
