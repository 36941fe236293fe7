//! Contradictions inside one request: two rules that ask for opposite things at the same moment, a condition that can
//! never hold, wishes that exclude each other.
//!
//! What it is *not*: what contradicts a rule that already stands is found when it is proposed. Start at [`between`].

use crate::orders::commands::Found;
use crate::phrases::link::Scene;
use crate::questions::ground;
use crate::questions::predicate::Tree;
use crate::text::lattice::Token;
use crate::text::literals::Literal;
use crate::words::concept::Concept as C;
use base::Bilingual;
use base::id::PointId;
use documents::{Act, Comparison, Draft, Reason, Refusal, RuleGraph, Verdict};
use std::collections::BTreeMap;

/// Two rules of one request that begin alike and set one thing differently.
pub(super) fn between(parts: &[Found]) -> Option<Refusal> {
    let acting = |kind: &str| matches!(kind, "command" | "notify");
    let begins = |g: &RuleGraph| {
        let nodes = g.nodes.iter().filter(|n| !acting(&n.type_));
        nodes.map(|n| (n.type_.clone(), serde_json::Value::Object(n.params.clone()))).collect::<Vec<_>>()
    };
    let sets = |g: &RuleGraph| -> Vec<Act> {
        let commands = g.nodes.iter().filter(|n| n.type_ == "command");
        commands.filter_map(|n| serde_json::from_value(serde_json::Value::Object(n.params.clone())).ok()).collect()
    };
    let graphs: Vec<&RuleGraph> = parts
        .iter()
        .filter_map(|p| if let Verdict::Draft(Draft::Rule(g)) = &p.verdict { Some(g.as_ref()) } else { None })
        .collect();
    let differ = |a: &Act, b: &Act| a.point == b.point && a.setting != b.setting;
    let clash = graphs.iter().enumerate().any(|(i, a)| {
        graphs
            .iter()
            .skip(i + 1)
            .any(|b| begins(a) == begins(b) && sets(a).iter().any(|x| sets(b).iter().any(|y| differ(x, y))))
    });
    clash.then(|| {
        let text = Bilingual::new(
            "这两条规则在同一时刻要求相反的事，所以没有生成规则",
            "the two rules ask for opposite things at the same moment, so no rule was made",
        );
        Refusal::new(Reason::Contradiction, text)
    })
}

/// Comparisons that must all hold and leave no value: below 18 and above 26.
pub(super) fn within(all: &[Tree], scene: &Scene<'_>) -> Result<(), Refusal> {
    let mut bounds: BTreeMap<PointId, (f64, f64)> = BTreeMap::new();
    for tree in all {
        let Tree::One(p) = tree else { continue };
        let Ok(g) = ground::ground(p, scene) else { continue };
        let ([(point, test)], None, false) = (g.tests.as_slice(), &g.second, p.not) else { continue };
        let Some(number) = test.value.as_number() else { continue };
        let (low, high) = bounds.entry(*point).or_insert((f64::NEG_INFINITY, f64::INFINITY));
        match test.op {
            Comparison::Gt | Comparison::Ge => *low = low.max(number),
            Comparison::Lt | Comparison::Le => *high = high.min(number),
            Comparison::Eq | Comparison::Ne => {}
        }
    }
    match bounds.values().any(|(low, high)| low > high) {
        true => Err(impossible()),
        false => Ok(()),
    }
}

/// "never below 26 and never above 20": the words of a wish that nothing can fulfil.
pub(crate) fn wishes(tokens: &[Token]) -> Option<Refusal> {
    const APART_MAX: usize = 3;
    let number = |t: &Token| match &t.literal {
        Some(Literal::Number(n) | Literal::Degrees(n)) => Some(*n),
        Some(Literal::Quantity(q)) => Some(q.number),
        _ => None,
    };
    let forbidden = |c: C| {
        let at = |i: usize| {
            let near = tokens.get(i.saturating_sub(APART_MAX)..i).unwrap_or_default();
            let value = tokens.iter().skip(i + 1).take(APART_MAX).find_map(number);
            value.filter(|_| near.iter().any(|t| t.is(C::Not) && t.entry.is_none()))
        };
        let own = |t: &Token| t.is(c) && t.entry.is_none() && t.literal.is_none();
        tokens.iter().enumerate().filter(|(_, t)| own(t)).find_map(|(i, _)| at(i))
    };
    let (low, high) = (forbidden(C::Below)?, forbidden(C::Above)?);
    (low > high).then(impossible)
}

fn impossible() -> Refusal {
    let text = Bilingual::new(
        "这些条件互相矛盾，不可能同时成立，所以没有生成规则",
        "these conditions exclude each other, so no rule was made",
    );
    Refusal::new(Reason::Contradiction, text)
}
