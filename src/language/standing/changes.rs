//! A rule that exists as it is wanted now: what is said of it is read like what is said of one that was just proposed.
//!
//! What it is *not*: nothing is replaced by it; it becomes a proposal of the same rule. Start at [`changed`].

use super::KnownRule;
use crate::phrases::link::Scene;
use crate::rules::revise::{self, REVISES};
use crate::text::lattice;
use crate::text::normalise::Text;
use crate::text::numbered;
use base::Bilingual;
use documents::{Draft, RuleGraph, Verdict};
use serde_json::json;

/// The rule with the change that is said of it; none where the words are no change.
pub(super) fn changed(rule: &KnownRule, said: &str, focus: Option<&str>, scene: &Scene<'_>) -> Option<Verdict> {
    let text = numbered::spelled_out(&Text::new(said), scene.lexicon);
    let mut scene = scene.clone();
    // "it" is what the rule acts on.
    scene.salient = rule.writes.iter().filter_map(|p| scene.world.point(*p)).map(|p| p.device).collect();
    scene.salient.dedup();
    let covers = lattice::covers(&text, scene.lexicon);
    let new = covers.iter().find_map(|c| revise::revised(&rule.graph, &c.tokens, (said, focus), &mut scene));
    Some(match new? {
        Ok(graph) => Verdict::Draft(of(graph, &rule.graph)),
        Err(refusal) => Verdict::Refusal(refusal),
    })
}

/// The rule by another name.
pub(super) fn renamed(graph: &RuleGraph, name: &str) -> Draft {
    of(RuleGraph { name: Bilingual::same(name), ..graph.clone() }, graph)
}

/// A new version of a rule.
fn of(mut new: RuleGraph, old: &RuleGraph) -> Draft {
    new.id = old.id;
    new.meta.insert(REVISES.into(), json!(old.id));
    Draft::Rule(Box::new(new))
}
