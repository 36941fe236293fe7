//! Running a table: the engine on a clock that goes from row to row, and to whatever is due in between.

use super::table::{folded, is_nothing};
use super::{Expected, Row, Scenario, What};
use crate::{Effect, Engine, Plan};
use base::diagnostic::has_errors;
use base::id::{DeviceId, PointId, RuleId};
use base::{Bilingual, Diagnostic, Diagnostics, IdGen, Quality, Sample, Timestamp, Value};
use documents::scenario::{STEPS_MAX, ScenarioAction, ScenarioRun, ScenarioStep};
use documents::{Act, Deed, Message, Payload, PortValue, RuleGraph, Setting};
use things::{States, World};

/// Seed of the ids of runs: the same table gives the same ids.
const SEED: u64 = 1;
/// How often points that were written are reported and wake the rule again within one moment; a loop ends there.
const ROUNDS_MAX: usize = 16;

impl Scenario {
    /// Runs a rule over the table.
    ///
    /// # Errors
    /// The faults of the rule.
    pub fn run(&self, graph: &RuleGraph, world: &World) -> Result<ScenarioRun, Diagnostics> {
        let mut bench = Bench {
            scenario: self,
            world,
            rule: graph.id,
            engine: Engine::default(),
            states: States::new(),
            ids: IdGen::new(SEED),
            steps: Vec::new(),
            differs: Diagnostics::new(),
        };
        let begin = self.rows.first().map(|r| r.at).unwrap_or_default();
        if let Some(first) = self.rows.first() {
            let known = first.reports.iter().filter(|(_, s)| s.quality != Quality::Bad);
            bench.states.extend(known.cloned());
        }
        let links = self.rows.first().map(|r| r.links.as_slice()).unwrap_or_default();
        let present = Present { states: &bench.states, links };
        let found = bench.engine.enable(graph, world, &present, begin);
        if has_errors(&found) {
            return Err(found);
        }
        let whole = self.rows.iter().enumerate().all(|(i, row)| bench.row(i + 1, row));
        Ok(bench.told(whole))
    }
}

/// What is known at the beginning: a device of which nobody says anything can be reached.
struct Present<'a> {
    states: &'a States,
    links: &'a [(DeviceId, bool)],
}

impl crate::Present for Present<'_> {
    fn sample(&self, point: PointId) -> Option<&Sample> {
        self.states.get(&point)
    }
    fn online(&self, device: DeviceId) -> Option<bool> {
        Some(self.links.iter().find(|(d, _)| *d == device).is_none_or(|(_, online)| *online))
    }
}

struct Bench<'a> {
    scenario: &'a Scenario,
    world: &'a World,
    rule: RuleId,
    engine: Engine,
    states: States,
    ids: IdGen,
    steps: Vec<ScenarioStep>,
    differs: Diagnostics,
}

impl Bench<'_> {
    /// What is due before a row, then the row. False: the limit was reached.
    fn row(&mut self, place: usize, row: &Row) -> bool {
        while let Some(due) = self.engine.deadline().filter(|due| *due < row.at) {
            if self.steps.len() >= STEPS_MAX {
                return false;
            }
            let effects = self.engine.step(&[], due, &mut self.ids);
            if let Some(step) = self.step(None, due, effects) {
                if !step.actions.is_empty() && self.scenario.expects {
                    self.unexpected(place, &step);
                }
                self.steps.push(step);
            }
        }
        // The values of the first row are known when the rule is enabled; nobody reports them.
        let reports: &[(PointId, Sample)] = if place == 1 { &[] } else { &row.reports };
        self.states.extend(reports.iter().cloned());
        let mut effects = self.engine.step(reports, row.at, &mut self.ids);
        for (device, online) in row.links.iter().filter(|_| place > 1) {
            effects.extend(self.engine.link(*device, *online, row.at, &mut self.ids));
        }
        for message in &row.messages {
            effects.extend(self.engine.message(message, row.at, &mut self.ids));
        }
        if let Some(step) = self.step(Some(place), row.at, effects) {
            row.expected.iter().for_each(|expected| self.compare(place, expected, &step));
            self.steps.push(step);
        }
        self.steps.len() < STEPS_MAX
    }

    /// What came of a moment, and of the points that do as they are told then. None where nothing did between two rows.
    fn step(&mut self, row: Option<usize>, at: Timestamp, effects: Vec<Effect>) -> Option<ScenarioStep> {
        let mut step = ScenarioStep { row, at, actions: Vec::new(), traces: Vec::new(), values: Vec::new() };
        let mut effects = effects;
        for _ in 0..ROUNDS_MAX {
            let mut obeyed: Vec<(PointId, Sample)> = Vec::new();
            for effect in effects {
                let asked = action(&effect, self.world, |point| self.states.get(&point).map(|s| &s.value));
                for act in spelled_out(&effect, self.world) {
                    let Some(spec) = self.world.point(act.point).filter(|p| p.feedback) else { continue };
                    let value = act.setting.value(spec, self.states.get(&act.point).map(|s| &s.value));
                    let Some(value) = value.filter(|_| !self.scenario.points.contains(&act.point)) else { continue };
                    let sample = Sample::good(value, at);
                    self.states.insert(act.point, sample.clone());
                    obeyed.push((act.point, sample));
                }
                if let Effect::Trace(trace) = effect {
                    step.traces.push(trace);
                }
                let Some(asked) = asked else { continue };
                step.actions.push(asked);
            }
            if obeyed.is_empty() {
                break;
            }
            effects = self.engine.step(&obeyed, at, &mut self.ids);
        }
        if row.is_none() && step.traces.is_empty() && step.actions.is_empty() {
            return None;
        }
        // Of a rule that stands for several those of the first.
        let first = self.engine.plans(self.rule).next().and_then(Plan::here);
        step.values = self.engine.values(self.rule, first).unwrap_or_default();
        Some(step)
    }

    fn unexpected(&mut self, place: usize, step: &ScenarioStep) {
        let done: Vec<&str> = step.actions.iter().map(|a| a.code.as_str()).collect();
        let done = done.join("; ");
        let text = Bilingual::new(
            format!("第 {place} 行之前，{} 时有未预期的动作：{done}", step.at),
            format!("before row {place}, at {}, it asks for what no row expects: {done}", step.at),
        );
        self.differs.push(Diagnostic::error("scenario.differs", format!("/rows/{place}/0"), text));
    }

    fn compare(&mut self, place: usize, expected: &Expected, step: &ScenarioStep) {
        let (wanted, got) = match &expected.what {
            What::Actions(wanted) => {
                let same = wanted.len() == step.actions.len()
                    && wanted.iter().zip(&step.actions).all(|(wanted, action)| is_called(action, wanted));
                if same {
                    return;
                }
                let got: Vec<&str> = step.actions.iter().map(|a| a.code.as_str()).collect();
                (wanted.join("; "), got.join("; "))
            }
            What::Port { node, port, cell } => match self.port(node, port, cell, step) {
                Ok(()) => return,
                Err(got) => (cell.clone(), got),
            },
        };
        let or_nothing = |text: String| if text.is_empty() { "-".to_owned() } else { text };
        let (wanted, got) = (or_nothing(wanted), or_nothing(got));
        let text = Bilingual::new(
            format!("第 {place} 行第 {} 列：期望 {wanted}，结果 {got}", expected.column + 1),
            format!("row {place}, column {}: expected {wanted}, got {got}", expected.column + 1),
        );
        self.differs.push(Diagnostic::error("scenario.differs", format!("/rows/{place}/{}", expected.column), text));
    }

    /// Whether an output is as a cell says; otherwise what it is.
    fn port(&self, node: &str, port: &str, cell: &str, step: &ScenarioStep) -> Result<(), String> {
        let fired = step.traces.iter().flat_map(|t| &t.entries).any(|e| e.node == node && e.port == port);
        let is = step.values.iter().find(|v| v.node == node && v.port == port);
        let Some(PortValue { value, .. }) = is else { return Err("no such output".into()) };
        let said = |yes: bool| if yes { "!" } else { "-" };
        match (cell, value) {
            ("!", _) if fired => Ok(()),
            ("!", _) => Err(said(false).into()),
            (cell, None) if is_nothing(cell) => {
                if fired {
                    Err(said(true).into())
                } else {
                    Ok(())
                }
            }
            (cell, Some(_)) if is_nothing(cell) => Ok(()),
            ("?", None) => Ok(()),
            (cell, Some(value)) if is_written(value, cell) => Ok(()),
            (_, value) => Err(value.as_ref().map_or("?".into(), Value::to_string)),
        }
    }

    fn told(self, whole: bool) -> ScenarioRun {
        let acted = self.steps.iter().filter(|s| !s.actions.is_empty()).count();
        let failed = self.steps.iter().flat_map(|s| &s.traces).filter(|t| !t.errors.is_empty()).count();
        let rows = self.scenario.rows.len();
        let mut parts = vec![Bilingual::new(
            format!("{rows} 行，规则动作 {acted} 次"),
            format!("over {rows} rows the rule acts {acted} {}", if acted == 1 { "time" } else { "times" }),
        )];
        if failed > 0 {
            parts.push(Bilingual::new(format!("出错 {failed} 次"), format!("something fails {failed} times")));
        }
        match self.differs.len() {
            0 if self.scenario.rows.iter().any(|r| !r.expected.is_empty()) => {
                parts.push(Bilingual::new("全部符合预期", "all is as expected"));
            }
            0 => {}
            n => parts.push(Bilingual::new(format!("有 {n} 处与预期不同"), format!("{n} cells are not as expected"))),
        }
        if !whole {
            parts.push(Bilingual::new(
                format!("在 {STEPS_MAX} 步处停止"),
                format!("it was stopped after {STEPS_MAX} steps"),
            ));
        }
        let text = Bilingual::join(&parts, &Bilingual::new("，", "; "));
        let text = Bilingual::new(format!("{}。", text.zh), format!("{}.", capitalised(&text.en)));
        ScenarioRun { text, steps: self.steps, differs: self.differs, whole }
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Whether a table means this action.
fn is_called(action: &ScenarioAction, wanted: &str) -> bool {
    [&action.code, &action.text.zh, &action.text.en].into_iter().any(|name| folded(name) == *wanted)
}

/// Whether a cell is how a value is written.
fn is_written(value: &Value, cell: &str) -> bool {
    match (value, cell.parse::<f64>()) {
        (Value::Number(n), Ok(wanted)) => (n - wanted).abs() <= 1e-6 * wanted.abs().max(1.0),
        (Value::Bool(b), _) => matches!(folded(cell).as_str(), "true" | "on" | "开" | "是") == *b,
        _ => folded(&value.to_string()) == folded(cell),
    }
}

/// The points that an effect writes, or whose service it calls: a scene is spelled out.
pub fn spelled_out(effect: &Effect, world: &World) -> Vec<Act> {
    match effect {
        Effect::Deed { deed: Deed::Act(act), .. } => vec![act.clone()],
        Effect::Deed { deed: Deed::Scene(scene), .. } => {
            world.scene(*scene).map(|s| Act::of_scene(s, world)).unwrap_or_default()
        }
        Effect::Deed { .. } | Effect::Trace(_) => Vec::new(),
    }
}

/// What a rule asks for, as tables and people write it; none for a trace. `present` is what points are now, from which
/// differences count.
pub fn action<'a>(
    effect: &Effect,
    world: &World,
    present: impl Fn(PointId) -> Option<&'a Value>,
) -> Option<ScenarioAction> {
    let Effect::Deed { run, node, deed, .. } = effect else { return None };
    let (point, (code, text, value)) = match deed {
        Deed::Act(act) => (Some(act.point), act_words(act, world, present(act.point))),
        other => {
            let (code, text) = deed_words(other, world);
            (None, (code, text, None))
        }
    };
    Some(ScenarioAction { run: *run, node: node.clone(), code, text, point, value })
}

fn deed_words(deed: &Deed, world: &World) -> (String, Bilingual) {
    match deed {
        Deed::Act(act) => (act.point.to_string(), world.point_words(act.point)),
        Deed::Publish(message) => message_words(message),
        Deed::Scene(id) => {
            let name = world.scene(*id).map_or_else(|| Bilingual::same(id.to_string()), |s| s.names.bilingual());
            let words = Bilingual::new(format!("执行场景“{}”", name.zh), format!("scene {}", name.en));
            (format!("scene {}", name.en), words)
        }
        Deed::Notify(notify) => {
            let text = &notify.text;
            let words = Bilingual::new(format!("通知：{}", text.zh), format!("notice: {}", text.en));
            (format!("notify {}", text.en), words)
        }
        Deed::Raise(raise) => {
            let text = &raise.text;
            let words = Bilingual::new(format!("告警：{}", text.zh), format!("alarm: {}", text.en));
            (format!("raise {}", raise.code), words)
        }
        Deed::Clear { code, .. } => {
            (format!("clear {code}"), Bilingual::new(format!("解除告警 {code}"), format!("alarm {code} is over")))
        }
        Deed::Post(post) => {
            let name = world.connection(post.connection).map_or_else(Bilingual::default, |c| c.names.bilingual());
            let words = Bilingual::new(format!("调用{}", name.zh), format!("call {}", name.en));
            (format!("post {} {}", post.path, post.body), words)
        }
    }
}

fn act_words(act: &Act, world: &World, present: Option<&Value>) -> (String, Bilingual, Option<Value>) {
    let name = world.point_words(act.point);
    let Some(spec) = world.point(act.point) else { return (act.point.to_string(), name, None) };
    let key = world.device(spec.device).map_or_else(String::new, |d| d.key.clone());
    let key = format!("{key}.{}", spec.identifier);
    let value = act.setting.value(spec, present);
    let (code, said) = match (&value, &act.setting) {
        (Some(value), _) => (format!("{key}={value}"), Some(spec.words(value))),
        (None, Setting::By(n)) => (format!("{key}{n:+}"), Some(Bilingual::same(format!("{n:+}")))),
        (None, Setting::Toggle) => (format!("{key}=toggle"), Some(Bilingual::new("切换", "toggle"))),
        (None, Setting::To(_) | Setting::Call(_)) => (format!("{key}()"), None),
    };
    let text = match said {
        Some(said) => Bilingual::new(format!("{}：{}", name.zh, said.zh), format!("{}: {}", name.en, said.en)),
        None => name,
    };
    (code, text, value)
}

fn message_words(message: &Message) -> (String, Bilingual) {
    let (Payload::Text(payload) | Payload::Base64(payload)) = &message.payload;
    let code = format!("publish {} {payload}", message.topic);
    let text = Bilingual::new(
        format!("发布到 {}：{payload}", message.topic),
        format!("publish to {}: {payload}", message.topic),
    );
    (code, text)
}
