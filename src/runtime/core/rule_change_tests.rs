//! Taking a saved rule out of use, or away, by a proposal.

use super::tests::{at, demo_core, operator, report, sent};
use super::*;
use crate::sim;
use base::id::RuleId;
use documents::{Channel, ProposalDoc, RuleChange, RuleGraph, RuleState};
use serde_json::json;

/// The fan goes on with the lobby light.
fn core_with_rule() -> (Core, RuleId) {
    let mut core = demo_core();
    let mut graph = RuleGraph::new(RuleId::of_name("fan"), Bilingual::same("fan"));
    graph
        .node("is", "point", json!({"point": sim::point("lobby_light", "power")}))
        .node("change", "edge", json!({}))
        .node("do", "command", json!({"point": sim::point("meeting_fan", "power"), "setting": {"to": true}}))
        .edge("is.out", "change.in")
        .edge("change.out", "do.in");
    let rule = graph.id;
    decided(&mut core, ProposalDoc::Rule(Box::new(graph)), None, true);
    (core, rule)
}

/// Proposes something in a chat and decides about it on the page.
fn decided(core: &mut Core, document: ProposalDoc, turn: Option<TurnId>, approve: bool) -> Vec<Outcome> {
    let out = core.apply(&Event::Propose { actor: operator(Channel::Chat), turn, document }, at(1));
    let [Outcome::Proposal(p)] = &out[..] else { return out };
    let (proposal, hash) = (p.id, p.hash.clone());
    core.apply(&Event::Decide { actor: operator(Channel::Ui), turn: None, proposal, hash, approve }, at(2))
}

/// Whether the rule acts when the light goes on.
fn acts(core: &mut Core, second: i64) -> bool {
    let (light, power) = (sim::device("lobby_light"), sim::point("lobby_light", "power"));
    core.apply(&report(light, power, false, second), at(second));
    !sent(&core.apply(&report(light, power, true, second + 1), at(second + 1))).is_empty()
}

#[test]
fn in_a_conversation_a_rule_is_paused_once_a_person_approves() {
    let (mut core, rule) = core_with_rule();
    let switch = Event::RuleSwitch { actor: operator(Channel::Chat), turn: None, rule, state: RuleState::Draft };
    let out = core.apply(&switch, at(3));
    let [Outcome::Proposal(p)] = &out[..] else { panic!("{out:?}") };
    assert_eq!(p.document, ProposalDoc::RuleChange { rule, change: RuleChange::Pause });
    assert!(core.rule_runs(rule) && acts(&mut core, 10));
    decided(&mut core, ProposalDoc::RuleChange { rule, change: RuleChange::Pause }, None, true);
    assert!(!core.rule_runs(rule) && !acts(&mut core, 20) && core.rules().contains_key(&rule));
}

#[test]
fn a_rule_is_removed_once_a_person_approves_and_comes_back_with_its_turn() {
    let (mut core, rule) = core_with_rule();
    let (turn, document) = (TurnId::of_name("t"), ProposalDoc::RuleChange { rule, change: RuleChange::Remove });
    decided(&mut core, document.clone(), Some(turn), false);
    assert!(core.rule_runs(rule));
    let out = decided(&mut core, document.clone(), Some(turn), true);
    assert!(matches!(&out[..], [Outcome::Proposal(_), Outcome::RuleGone(gone)] if *gone == rule), "{out:?}");
    assert!(!core.rule_runs(rule) && !core.rules().contains_key(&rule) && !acts(&mut core, 10));
    let out = decided(&mut core, document, None, true);
    assert!(matches!(&out[..], [Outcome::Denied(_)]), "{out:?}");
    core.apply(&Event::Undo { actor: operator(Channel::Chat), turn, within: None }, at(30));
    assert!(core.rule_runs(rule) && acts(&mut core, 40));
}
