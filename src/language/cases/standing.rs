//! Rules that exist: pointing at them, changing them, asking about them.

use super::{FIXTURE, hear, now};
use crate::standing::{KnownRule, read};
use crate::{Dialogue, Utterance};
use base::Bilingual;
use base::id::RuleId;
use documents::{Draft, RuleAct, RuleGraph, RuleState, Understanding, Verdict};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use things::States;

/// Key, name in both languages, whether it is in use, and the words that make it.
const RULES: &[(&str, &str, &str, bool, &str)] = &[
    (
        "air",
        "餐厅换气",
        "Fresh canteen",
        true,
        "when the canteen co2 is above 1000 for five minutes turn on the canteen ventilation",
    ),
    ("hood", "开窗停通风橱", "Fume guard", true, "when the lab window opens turn off the fume hood"),
    ("night", "夜间熄灯", "Night lights out", true, "every night at 11 pm turn off the kitchen light"),
    ("leak", "水浸报警", "Leak alert", false, "when the kitchen leak sensor is wet, tell me"),
    ("shade", "遮阳", "Sun shade", true, "when the greenhouse illuminance is above 20000 close the greenhouse shade"),
    ("pump", "浇水", "Watering", true, "when the greenhouse temperature is above 30 turn on the irrigation pump"),
    (
        "movement",
        "有人开灯",
        "Kitchen movement",
        true,
        "when motion is detected in the kitchen turn on the kitchen light for 5 minutes",
    ),
];

fn id(key: &str) -> RuleId {
    RuleId::of_name(key)
}

fn key(rule: RuleId) -> &'static str {
    RULES.iter().map(|r| r.0).find(|k| id(k) == rule).unwrap_or("?")
}

static KNOWN: LazyLock<Vec<KnownRule>> = LazyLock::new(|| {
    let rule = |(key, zh, en, live, said): &(&str, &str, &str, bool, &str)| {
        let u = hear(said, "", &Dialogue::default());
        let [part] = u.parts.as_slice() else { panic!("{said}: {u:?}") };
        let Verdict::Draft(Draft::Rule(graph)) = &part.verdict else { panic!("{said}: {u:?}") };
        let mut graph = (**graph).clone();
        (graph.id, graph.name) = (id(key), Bilingual::new(*zh, *en));
        graph.state = if *live { RuleState::Live } else { RuleState::Draft };
        let points = |command: bool| -> BTreeSet<_> {
            let nodes = graph.nodes.iter().filter(|n| (n.type_ == "command") == command);
            nodes.filter_map(|n| n.params.get("point").and_then(Json::as_str)?.parse().ok()).collect()
        };
        let (reads, writes) = (points(false), points(true));
        KnownRule { graph, reads, writes }
    };
    RULES.iter().map(rule).collect()
});

/// An act about rules in one line.
pub(super) fn shown(act: &RuleAct) -> String {
    match act {
        RuleAct::Ask { rules, ask } => {
            let rules: Vec<&str> = rules.iter().map(|r| key(*r)).collect();
            format!("{ask:?} {}", if rules.len() == RULES.len() { "all".into() } else { rules.join(",") })
                .to_lowercase()
        }
        RuleAct::Switch { rule, state } => format!("{state:?} {}", key(*rule)).to_lowercase(),
        RuleAct::Remove(rule) => format!("remove {}", key(*rule)),
        RuleAct::Run(rule) => format!("run {}", key(*rule)),
    }
}

fn said(text: &str, dialogue: &Dialogue) -> Option<Understanding> {
    let u = Utterance::new(text, now());
    read(&u, dialogue, &KNOWN, &FIXTURE.world, &FIXTURE.lexicon, &States::new())
}

/// What differs of a rule: nodes that are new or another.
fn difference(new: &RuleGraph) -> String {
    let Some(old) = KNOWN.iter().find(|r| r.graph.id == new.id) else { return "no such rule".into() };
    let mut out = vec![format!("change {}", key(new.id))];
    if new.name != old.graph.name {
        out.push(format!("called {}", new.name.en));
    }
    for n in new.nodes.iter().filter(|n| !old.graph.nodes.contains(n)) {
        out.push(format!("{}{}", n.type_, serde_json::to_string(&n.params).unwrap()));
    }
    out.join(" ")
}

fn line(u: Option<&Understanding>) -> String {
    let Some([part]) = u.map(|u| u.parts.as_slice()) else { return "-".into() };
    match &part.verdict {
        Verdict::Draft(Draft::Rule(g)) => difference(g),
        Verdict::Draft(Draft::Rules(a)) => shown(a),
        Verdict::Draft(d) => format!("{d:?}"),
        Verdict::Question(q) => format!("ask {}", q.options.len()),
        Verdict::Refusal(r) => format!("no {}", r.reason.code()),
    }
}

/// Compares the beginnings of what sentences come to, after what was said before.
fn check(before: &str, table: &[(&str, &str)]) {
    let mut dialogue = Dialogue::default();
    if !before.is_empty() {
        let u = said(before, &dialogue).unwrap_or_else(|| panic!("{before}"));
        dialogue.remember(&Utterance::new(before, now()), &u);
    }
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let got = line(said(text, &dialogue).as_ref());
        let parts: Vec<&str> = expected.split(" .. ").collect();
        let whole = parts.len() == 1 && !expected.contains('{') && !expected.starts_with("change");
        if whole && got != *expected || !got.starts_with(parts[0]) || parts.iter().any(|p| !got.contains(p)) {
            wrong.push(format!("{text}\n    expected {expected}\n    got      {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_are_pointed_at() {
    check(
        "",
        &[
            ("pause the night lights out rule", "draft night"),
            ("pause the night rule", "draft night"),
            ("disable fume guard", "draft hood"),
            ("turn off the rule that turns on the irrigation pump", "draft pump"),
            ("switch the leak rule on", "live leak"),
            ("turn the watering rule off", "draft pump"),
            ("delete the rule about the greenhouse shade", "remove shade"),
            ("what does the rule for the fume hood do", "what hood"),
            ("pause the kitchen light rule", "ask 2"),
            ("delete the garage rule", "no unknown_device"),
            ("delete rule 2", "remove hood"),
            ("停用夜间熄灯", "draft night"),
            ("把开窗停通风橱那条停了", "draft hood"),
            ("暂停打开灌溉泵的规则", "draft pump"),
            ("启用水浸的规则", "live leak"),
            ("删除遮阳那条规则", "remove shade"),
            ("把第二条规则删掉", "remove hood"),
            ("停用车库的规则", "no unknown_device"),
            ("开灯的那条规则是干什么的", "what movement"),
            ("暂停厨房灯的规则", "ask 2"),
        ],
    );
}

#[test]
fn rules_are_changed() {
    check(
        "",
        &[
            ("change the threshold of the canteen rule to 1200", "change air compare .. 1200"),
            ("make the watering rule only run on weekdays", "change pump .. workdays"),
            ("don't run the watering rule on weekends", "change pump .. sat"),
            ("let the hood rule wait ten minutes first", "change hood .. delay{\"span_ms\":600000}"),
            ("have the watering rule also turn off the kitchen fan", "change pump .. command"),
            ("rename the shade rule to Blinds down", "change shade called Blinds down"),
            ("change the time of the night rule to 10 pm", "change night .. 22:00"),
            ("set the delay of the kitchen movement rule to ten minutes", "change movement delay{\"span_ms\":600000}"),
            ("把餐厅换气那条规则的阈值改成1200", "change air compare .. 1200"),
            ("把浇水那条改成只在工作日执行", "change pump .. workdays"),
            ("浇水的规则周末不要执行", "change pump .. sat"),
            ("让开窗停通风橱那条先等十分钟再执行", "change hood .. 600000"),
            ("让浇水的规则还要关掉厨房排风扇", "change pump .. command"),
            ("把遮阳的规则改名为放下帘子", "change shade called 放下帘子"),
            ("把夜间熄灯的时间改成晚上十点", "change night .. 22:00"),
            ("把夜间熄灯改成晚上十点", "change night .. 22:00"),
        ],
    );
}

#[test]
fn the_rule_that_was_spoken_of() {
    check(
        "what does the watering rule do",
        &[
            ("pause it", "draft pump"),
            ("delete that rule", "remove pump"),
            ("make it 32 instead", "change pump compare .. 32"),
            ("only on weekdays", "change pump .. workdays"),
            ("also turn off the kitchen fan", "change pump .. command"),
            ("call it Thirsty plants", "change pump called Thirsty plants"),
            ("wait ten minutes first", "change pump .. delay"),
            ("turn on the kitchen light", "-"),
            ("turn it off", "draft pump"),
            ("when does it run next", "when pump"),
            ("why did it not fire", "why pump"),
        ],
    );
    check(
        "浇水那条规则是干什么的",
        &[
            ("先停了它", "-"),
            ("停用它", "draft pump"),
            ("删掉那条规则", "remove pump"),
            ("改成32", "change pump compare .. 32"),
            ("只在工作日执行", "change pump .. workdays"),
            ("周末不要执行", "change pump .. sat"),
            ("还要关掉厨房排风扇", "change pump .. command"),
            ("打开厨房灯", "-"),
            ("它什么时候执行", "when pump"),
        ],
    );
    check("which rules turn on lights", &[("what does the first one do", "what movement")]);
    check("有哪些规则", &[("停用第三条", "draft night"), ("第二条是干什么的", "what hood")]);
}

#[test]
fn rules_are_asked_about() {
    check(
        "",
        &[
            ("what rules are there", "which all"),
            ("list my rules", "which all"),
            ("how many rules are there", "count all"),
            ("how many rules are off", "count leak"),
            ("which rules are paused", "which leak"),
            ("which rules use the kitchen light", "which night,movement"),
            ("which rules turn on lights", "which movement"),
            ("which rules have to do with the greenhouse", "which shade,pump"),
            ("what happens when the lab window opens", "what hood"),
            ("what happens if there is a leak in the kitchen", "what leak"),
            ("what does the night rule do", "what night"),
            ("when does the night rule run next", "when night"),
            ("why didn't the watering rule fire", "why pump"),
            ("did the watering rule run today", "why pump"),
            ("有哪些规则", "which all"),
            ("一共有几条规则", "count all"),
            ("有几条规则停用了", "count leak"),
            ("哪些规则是停用的", "which leak"),
            ("有哪些规则会开灯", "which movement"),
            ("哪些规则会用到厨房灯", "which night,movement"),
            ("跟花房有关的规则有哪些", "which shade,pump"),
            ("实验室窗户打开的时候会怎么样", "what hood"),
            ("夜间熄灯那条规则是做什么的", "what night"),
            ("夜间熄灯那条规则什么时候执行", "when night"),
            ("浇水的规则为什么没执行", "why pump"),
        ],
    );
}

#[test]
fn what_is_about_something_else_is_left_alone() {
    check(
        "",
        &[
            ("turn off the kitchen light", "-"),
            ("create a rule that turns on the kitchen light at 8 pm", "-"),
            ("add a rule: when the lab window opens turn off the fume hood", "-"),
            ("when the lab window opens turn off the fume hood", "-"),
            ("新建规则：晚上十点关厨房灯", "-"),
            ("明天会怎么样", "-"),
            ("关掉厨房灯", "-"),
            ("把那条灯带关了", "-"),
            ("关掉所有规则", "no ambiguous"),
            ("turn off all the rules", "no ambiguous"),
            ("what is the rule of three", "-"),
        ],
    );
}

#[test]
fn what_is_said_of_a_rule_is_never_done_to_devices() {
    for text in ["把打开厨房灯的规则往后挪", "think about the rule turn on the kitchen light"] {
        let mut u = hear(text, "", &Dialogue::default());
        crate::never_acts(&Utterance::new(text, now()), &mut u);
        assert!(!u.parts.iter().any(|p| matches!(p.verdict, Verdict::Draft(Draft::Commands(_)))), "{text}: {u:?}");
    }
}
