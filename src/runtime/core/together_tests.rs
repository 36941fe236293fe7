//! What a proposal says of a rule among others, and what stops a loop that runs.

use super::hops::HOPS_MAX;
use super::tests::{at, demo_core, operator, report, sent};
use super::*;
use crate::sim;
use documents::{Actor, Channel, ProposalDoc, RuleGraph};
use serde_json::{Value as Json, json};

/// When one switch changes in this way, another one is set.
fn follow(name: &str, (from, becomes): (&str, bool), (to, setting): (&str, Json)) -> RuleGraph {
    let mut graph = RuleGraph::new(RuleId::of_name(name), Bilingual::same(name));
    graph
        .node("is", "point", json!({"point": sim::point(from, "power")}))
        .node("change", "edge", json!({"on": if becomes { "rising" } else { "falling" }}))
        .node("do", "command", json!({"point": sim::point(to, "power"), "setting": setting}))
        .edge("is.out", "change.in")
        .edge("change.out", "do.in");
    graph
}

/// The fan does the opposite of the light, and the light what the fan does.
fn chase() -> [RuleGraph; 4] {
    let (light, fan) = ("lobby_light", "meeting_fan");
    [
        follow("a", (light, true), (fan, json!({"to": false}))),
        follow("b", (light, false), (fan, json!({"to": true}))),
        follow("c", (fan, true), (light, json!({"to": true}))),
        follow("d", (fan, false), (light, json!({"to": false}))),
    ]
}

/// Proposes and approves a rule; the codes of what was found about it.
fn install(core: &mut Core, graph: RuleGraph) -> Vec<String> {
    let actor = Actor::agent("helper", Channel::Mcp);
    let document = ProposalDoc::Rule(Box::new(graph));
    let out = core.apply(&Event::Propose { actor, turn: None, document }, at(1));
    let [Outcome::Proposal(p)] = &out[..] else { panic!("{out:?}") };
    let decide =
        Event::Decide { actor: operator(Channel::Ui), turn: None, proposal: p.id, hash: p.hash.clone(), approve: true };
    core.apply(&decide, at(2));
    p.diagnostics.iter().map(|d| d.code.clone()).collect()
}

#[test]
fn a_proposal_says_what_the_rule_does_among_the_others() {
    let mut core = demo_core();
    let [a, b, c, d] = chase();
    assert_eq!(install(&mut core, a), Vec::<String>::new());
    assert_eq!(install(&mut core, b), Vec::<String>::new());
    assert_eq!(install(&mut core, c), Vec::<String>::new());
    assert_eq!(install(&mut core, d), ["rules.loop"]);
}

#[test]
fn rules_that_chase_each_other_are_stopped() {
    let mut core = demo_core();
    chase().into_iter().for_each(|rule| _ = install(&mut core, rule));
    let (light, fan) = (sim::device("lobby_light"), sim::device("meeting_fan"));
    let mut out = core.apply(&report(fan, sim::point("meeting_fan", "power"), true, 10), at(10));
    out.extend(core.apply(&report(light, sim::point("lobby_light", "power"), true, 11), at(11)));
    let mut commands = 0;
    let mut second = 12;
    // Every command is done at once and reported.
    while let Some((point, value)) = sent(&out).pop() {
        commands += 1;
        assert!(commands < 100, "it is not stopped");
        let device = core.world().point(point).unwrap().device;
        out = core.apply(&report(device, point, value, second), at(second));
        second += 1;
    }
    assert!(commands >= usize::from(HOPS_MAX), "{commands}");
    let alarms: Vec<&str> =
        out.iter().filter_map(|o| if let Outcome::Alarm(a) = o { Some(&*a.code) } else { None }).collect();
    assert_eq!(alarms, ["rule.loop"]);
    // What a person does begins anew.
    let mut saved = Core::restore(&core.save()).unwrap();
    let out = saved.apply(&report(light, sim::point("lobby_light", "power"), true, 500), at(500));
    let out_2 = saved.apply(&report(light, sim::point("lobby_light", "power"), false, 501), at(501));
    assert!(!sent(&out).is_empty() || !sent(&out_2).is_empty());
}
