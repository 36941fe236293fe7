//! What is wrong with one rule alone: conditions that never or always hold, actions that can never happen, writes that
//! open or unlock something on one report, and points that are hidden from the assistant.
//!
//! A write to a point of class security or life is *guarded* where no single source is enough: something else is asked
//! too (an `and`, a `gate`), or the condition has to last (`for_duration`). What shuts, locks or sounds an alarm needs no
//! guard. Start at [`check`].

use super::effects::{Doing, Outline};
use super::meaning::{Chance, Meaning, Occasion};
use super::region::{Cell, Region, Var};
use super::simulate::{Stage, begin, show, situations};
use super::{Draft, Findings, Survey, words};
use crate::plan::Wake;
use base::diagnostic::Severity;
use base::id::PointId;
use base::{Bilingual, Value};
use documents::rule_finding::Certainty;
use documents::{RuleFinding, RuleFindingKind, Setting};
use std::collections::BTreeSet;
use things::{Assistant, PointSpec, Safety, World};

/// Most situations in which a simulation looks whether something holds that never should, and those that are shown.
const TRIES_MAX: usize = 32;
const SHOWN_MAX: usize = 4;

/// Looks at each rule.
pub(super) fn check(survey: &Survey<'_>, all: &mut Findings) {
    for (_, outline) in survey.asked() {
        constant(outline, survey.world).into_iter().for_each(|found| all.add(found));
        for doing in &outline.doings {
            if let Some(found) = unguarded(outline, doing, survey.world) {
                all.add(found);
            }
        }
        if let Some(found) = hidden(outline, survey.world) {
            all.add(found);
        }
    }
}

/// What never or always holds, or never happens: the first node of each chain where it is so.
fn constant(outline: &Outline<'_>, world: &World) -> Vec<RuleFinding> {
    let mut found = Vec::new();
    // Outputs that follow from what was told already.
    let mut told: BTreeSet<usize> = BTreeSet::new();
    for (index, node) in outline.plan.nodes.iter().enumerate() {
        let slots = node.output..node.output + node.op.outputs().len();
        let follows = node.inputs.all().any(|s| told.contains(&s));
        let reads = node.inputs.all().next().is_some();
        let kind = match slots.clone().next().and_then(|s| outline.meanings.get(s)) {
            Some(Meaning::Condition(c)) if c.yes.is_empty() => Some((RuleFindingKind::Never, true)),
            Some(Meaning::Condition(c)) if c.no.is_empty() => Some((RuleFindingKind::Always, true)),
            Some(Meaning::Moment(m)) if m.cases.is_empty() => Some((RuleFindingKind::Never, false)),
            _ => None,
        };
        let Some((kind, condition)) = kind.filter(|_| reads) else { continue };
        told.extend(slots);
        if !follows && is_so(outline, index, kind, world) {
            found.push(constant_finding(outline, index, kind, condition, world));
        }
    }
    found
}

/// Whether the engine agrees in the situations that matter: no value to the contrary, no event.
fn is_so(outline: &Outline<'_>, index: usize, kind: RuleFindingKind, world: &World) -> bool {
    let regions = regions(outline);
    let id = outline.node(index);
    let mut stage: Option<Stage<'_>> = None;
    for situation in situations(&[outline], &regions, world).take(TRIES_MAX) {
        let stage = stage.get_or_insert_with(|| Stage::new(&[outline], &situation, begin(world), world));
        stage.report(&situation.into_iter().collect::<Vec<_>>());
        let contrary = Value::Bool(kind == RuleFindingKind::Never);
        if stage.values(outline).iter().any(|v| v.node == id && v.value.as_ref() == Some(&contrary)) {
            return false;
        }
    }
    true
}

fn regions<'o>(outline: &'o Outline<'_>) -> Vec<&'o Region> {
    let of = |m: &'o Meaning| -> Vec<&'o Region> {
        match m {
            Meaning::Condition(c) => vec![&c.yes, &c.no],
            Meaning::Moment(m) => m.regions().collect(),
            Meaning::Value(_) => Vec::new(),
        }
    };
    outline.meanings.iter().flat_map(of).collect()
}

fn constant_finding(
    outline: &Outline<'_>,
    index: usize,
    kind: RuleFindingKind,
    condition: bool,
    world: &World,
) -> RuleFinding {
    let (name, node) = (words::name(outline), outline.node(index));
    let message = match (kind, condition) {
        (RuleFindingKind::Always, _) => Bilingual::new(
            format!("规则{}的条件“{node}”始终成立", name.zh),
            format!("The condition `{node}` of rule {} always holds", name.en),
        ),
        (_, true) => Bilingual::new(
            format!("规则{}的条件“{node}”永远不会成立", name.zh),
            format!("The condition `{node}` of rule {} can never hold", name.en),
        ),
        (_, false) => Bilingual::new(
            format!("规则{}的“{node}”永远不会触发", name.zh),
            format!("`{node}` of rule {} can never happen", name.en),
        ),
    };
    let help = Bilingual::new(
        "核对比较的值、单位和点位的取值范围，以及相互排斥的条件",
        "check the values, their units and the range of the point, and conditions that exclude each other",
    );
    let mut stage: Option<Stage<'_>> = None;
    for situation in situations(&[outline], &regions(outline), world).take(SHOWN_MAX) {
        let stage = stage.get_or_insert_with(|| Stage::new(&[outline], &situation, begin(world), world));
        stage.report(&situation.into_iter().collect::<Vec<_>>());
    }
    let draft = Draft {
        kind,
        severity: Severity::Warning,
        certainty: Certainty::Certain,
        points: outline.plan.reads().collect(),
        message,
        help,
        witness: stage.map(Stage::witness).unwrap_or_default(),
    };
    draft.about([(outline, index)])
}

/// A write that one source alone can cause, shown by the report that does.
fn unguarded(outline: &Outline<'_>, doing: &Doing, world: &World) -> Option<RuleFinding> {
    let points: Vec<PointId> = doing
        .writes
        .iter()
        .filter(|(point, setting)| world.point(*point).is_some_and(|spec| is_dangerous(spec, setting.as_ref())))
        .map(|(point, _)| *point)
        .collect();
    if points.is_empty() {
        return None;
    }
    let case = doing.moment.cases.iter().find_map(|case| {
        let event = usize::from(matches!(case.occasion, Occasion::Event(_) | Occasion::Heard(..)));
        let sources = |cell: &Cell| event + cell.iter().filter(|(v, _)| !matches!(v, Var::Derived(_))).count();
        Some((case, case.region.cells().iter().find(|c| sources(c) < 2)?))
    });
    let (case, cell) = case?;
    let chance = Chance { occasions: vec![case.occasion.clone()], cell: cell.clone() };
    let shown = show(&[outline], &[(outline, doing)], &chance, world);
    // What depends on something that is not looked into may ask for more than one report.
    let opaque = cell.iter().any(|(v, _)| matches!(v, Var::Hidden(_) | Var::Derived(_) | Var::Wait(_)));
    if opaque && !shown.all() {
        return None;
    }
    let what = words::points(&points, world);
    let name = words::name(outline);
    let by = match case.occasion {
        Occasion::Clock => Bilingual::new("到了时间", "the time alone"),
        Occasion::Heard(..) => Bilingual::new("单独一条消息", "a single message"),
        Occasion::Level | Occasion::Event(_) => Bilingual::new("单独一条上报", "a single report"),
    };
    let message = Bilingual::new(
        format!("规则{}仅凭{}就会操作{}（安全相关），没有其他条件把关", name.zh, by.zh, what.zh),
        format!(
            "In rule {}, {} is enough to operate {}, which is a matter of safety; nothing guards it",
            name.en, by.en, what.en
        ),
    );
    let help = Bilingual::new(
        "加上来自另一个点位的条件（and 或 gate），或要求条件持续一段时间（for_duration）",
        "ask for a condition on another point too (`and` or `gate`), or let the condition last for a time (`for_duration`)",
    );
    let draft = Draft {
        kind: RuleFindingKind::Unguarded,
        severity: Severity::Warning,
        certainty: if shown.all() { Certainty::Certain } else { Certainty::Possible },
        points,
        message,
        help,
        witness: shown.stage.witness(),
    };
    Some(draft.about([(outline, doing.node)]))
}

/// Whether a write to a point can open, unlock or endanger something. What shuts, locks, stops or sounds does not.
fn is_dangerous(spec: &PointSpec, setting: Option<&Setting>) -> bool {
    if spec.safety < Safety::Security {
        return false;
    }
    match (spec.trait_.as_deref(), setting) {
        (Some("stop"), _) => false,
        (Some("lock" | "on_off"), Some(Setting::To(Value::Bool(on)))) => !on,
        (Some("opening"), Some(Setting::To(Value::Bool(open)))) => *open,
        (Some("position" | "opening"), Some(Setting::To(Value::Number(n)))) => *n > 0.0,
        _ => true,
    }
}

/// A rule that looks at what is hidden from the assistant.
fn hidden(outline: &Outline<'_>, world: &World) -> Option<RuleFinding> {
    let is_hidden = |p: &PointId| world.point(*p).is_some_and(|spec| spec.assistant == Assistant::Hidden);
    let points: Vec<PointId> = outline.plan.reads().filter(is_hidden).collect();
    let first = points.first()?;
    let known = situations(&[outline], &regions(outline), world).next().unwrap_or_default();
    let mut stage = Stage::new(&[outline], &known, begin(world), world);
    if let Some(value) = known.get(first) {
        stage.report(&[(*first, value.clone())]);
    }
    let (name, what) = (words::name(outline), words::points(&points, world));
    let message = Bilingual::new(
        format!("规则{}读取对助手隐藏的点位：{}", name.zh, what.zh),
        format!("Rule {} reads what is hidden from the assistant: {}", name.en, what.en),
    );
    let help = Bilingual::new(
        "改用助手可读的点位，或在物模型里放开该点位（x.assistant）",
        "take a point that the assistant may read, or open this one in its thing model (`x.assistant`)",
    );
    let places = outline.plan.nodes.iter().enumerate();
    let nodes: Vec<usize> = places
        .filter(|(_, n)| n.op.wakes().iter().any(|w| matches!(w, Wake::Point(p) if points.contains(p))))
        .map(|(i, _)| i)
        .collect();
    let draft = Draft {
        kind: RuleFindingKind::Hidden,
        severity: Severity::Warning,
        certainty: Certainty::Certain,
        points,
        message,
        help,
        witness: stage.witness(),
    };
    Some(draft.about(nodes.into_iter().map(|n| (outline, n))))
}
