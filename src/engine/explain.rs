//! Reads a whole graph back in sentences, by code: what a person approves is this text.
//!
//! It works on graphs with faults too, as far as they can be said.

use crate::nodes;
use crate::phrase::{Arrived, Moment, Phrase, View, both, glue};
use crate::wiring;
use base::{Bilingual, Diagnostics};
use documents::{RuleGraph, RuleMode};
use things::World;

/// A graph in words: "When Meeting room CO2 is above 1000 ppm for 5 minutes, turn on Meeting room fan."
pub fn explain(graph: &RuleGraph, world: &World) -> Bilingual {
    let kinds: Vec<_> = graph.nodes.iter().map(|n| nodes::by_type(&n.type_)).collect();
    let wiring = wiring::check(graph, &kinds, &mut Diagnostics::new());
    let mut phrases: Vec<Phrase> = vec![Phrase::Unknown; graph.nodes.len()];
    let mut waits = false;
    for i in wiring.explaining_order() {
        let (Some(node), Some(Some(kind))) = (graph.nodes.get(i), kinds.get(i)) else { continue };
        waits |= kind.delays;
        let arrived = |from: &wiring::Arrival| {
            let port = graph.edges.get(from.edge).map_or("", |e| e.to.port.as_str());
            Some(Arrived { node: from.node, port, phrase: phrases.get(from.node)? })
        };
        let arriving = |froms: &Vec<wiring::Arrival>| froms.iter().filter_map(arrived).collect();
        let view = View { world, inputs: wiring.arriving(i).iter().map(arriving).collect() };
        let phrase = (kind.explain)(&node.params, &view).shortened(&node.id);
        if let Some(place) = phrases.get_mut(i) {
            *place = phrase;
        }
    }
    let mut chains: Vec<Chain> = Vec::new();
    for (i, phrase) in phrases.iter().enumerate() {
        let Phrase::Action(action) = phrase else { continue };
        let incoming = wiring.arriving(i).iter().flatten().filter_map(|f| phrases.get(f.node)).cloned().collect();
        let moments = if let Phrase::Event(moments) = Phrase::any_of(incoming) { moments } else { Vec::new() };
        match chains.iter_mut().find(|c| c.moments == moments) {
            Some(chain) => chain.actions.push(action.clone()),
            None => chains.push(Chain { moments, actions: vec![action.clone()] }),
        }
    }
    sentences(&chains, waits.then_some(graph.mode))
}

/// What happens at the same moments.
struct Chain {
    moments: Vec<Moment>,
    actions: Vec<Bilingual>,
}

fn sentences(chains: &[Chain], mode: Option<RuleMode>) -> Bilingual {
    let mut all: Vec<Bilingual> = Vec::new();
    if chains.is_empty() {
        all.push(Bilingual::new("这条规则还没有动作。", "This rule does nothing yet."));
    }
    for (i, chain) in chains.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|b| chains.get(b));
        all.push(sentence(chain, before));
    }
    all.extend(mode.map(|mode| match mode {
        RuleMode::Single => {
            Bilingual::new("运行期间再次触发则忽略。", "While it is under way, further triggers are ignored.")
        }
        RuleMode::Restart => {
            Bilingual::new("运行期间再次触发则重新开始。", "If it is triggered again meanwhile, it starts over.")
        }
        RuleMode::Queued => Bilingual::new(
            "运行期间再次触发则排队等待。",
            "If it is triggered again meanwhile, that waits for its turn.",
        ),
        RuleMode::Parallel => {
            Bilingual::new("运行期间再次触发则同时进行。", "If it is triggered again meanwhile, both run.")
        }
    }));
    Bilingual::join(&all, &Bilingual::new("", " "))
}

fn sentence(chain: &Chain, before: Option<&Chain>) -> Bilingual {
    let when = match (chain.moments.as_slice(), before.map(|b| b.moments.as_slice())) {
        ([], _) => Bilingual::new("当（未知事件）发生时", "when (an unknown event) happens"),
        // The opposite of what the sentence before was about.
        ([moment], Some([opposite])) if !moment.plain && moment.is_bare() && reverses(moment, opposite) => {
            moment.words(true)
        }
        (moments, _) => {
            let words: Vec<Bilingual> = moments.iter().map(|m| m.words(false)).collect();
            Bilingual::join(&words, &Bilingual::new("，或", ", or "))
        }
    };
    let actions = listed(&chain.actions);
    let text = both(&[&when, &actions], |p| format!("{}，{}。", p[0], p[1]), |p| format!("{}, {}.", p[0], p[1]));
    Bilingual::new(text.zh, capitalised(&text.en))
}

fn reverses(moment: &Moment, before: &Moment) -> bool {
    matches!((moment.origin, before.origin), (Some((a, true)), Some((b, false))) if a == b)
}

/// "a, b and c"; a，b，并c.
fn listed(parts: &[Bilingual]) -> Bilingual {
    let Some((last, rest)) = parts.split_last() else { return Bilingual::default() };
    if rest.is_empty() {
        return last.clone();
    }
    let rest = Bilingual::join(rest, &Bilingual::new("，", ", "));
    both(&[&rest, last], |p| glue(&[p[0], "，并", p[1]]), |p| format!("{} and {}", p[0], p[1]))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
