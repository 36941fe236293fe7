//! What was understood, in words, before anything happens.
//!
//! What it is *not*: the reply of a turn says what became of it; this says what was meant. Start at [`words`].

use base::{Bilingual, Timestamp};
use documents::{DialogueAct, Draft, RuleAct, RuleState, TimerAct, Verdict};
use language::render;
use things::{Selector, World};

/// What a clause means, a line for each thing.
pub(crate) fn words(verdict: &Verdict, world: &World, now: Timestamp) -> Vec<Bilingual> {
    let about = |zh: &str, en: &str| Bilingual::new(zh, en);
    match verdict {
        Verdict::Question(question) => vec![render::question(question)],
        Verdict::Refusal(refusal) => vec![refusal.text.clone()],
        Verdict::Draft(draft) => match draft {
            Draft::Commands(acts) => acts.iter().map(|a| render::act(a, world)).collect(),
            Draft::Query(query) => {
                let names = names(&query.select, world, now);
                vec![Bilingual::new(format!("询问：{}", names.zh), format!("asks about: {}", names.en))]
            }
            Draft::Past(query) => {
                let names = names(&query.select, world, now);
                vec![Bilingual::new(format!("询问过去：{}", names.zh), format!("asks about the past of: {}", names.en))]
            }
            Draft::Rule(rule) => vec![engine::explain(rule, world)],
            Draft::Rules(act) => vec![match act {
                RuleAct::Ask { .. } => about("询问规则", "asks about rules"),
                RuleAct::Switch { state: RuleState::Draft, .. } => about("停用规则", "takes a rule out of use"),
                RuleAct::Switch { .. } => about("启用规则", "puts a rule into use"),
                RuleAct::Remove(_) => about("删除规则", "deletes a rule"),
                RuleAct::Run(_) => about("手动运行规则", "runs a rule by hand"),
            }],
            Draft::Chart(_) => vec![about("画图", "draws a chart")],
            Draft::Device(_) => vec![about("更改有哪些设备", "changes which devices there are")],
            Draft::SaveScene { names, .. } => {
                let names = names.bilingual();
                vec![Bilingual::new(format!("保存场景“{}”", names.zh), format!("saves the scene “{}”", names.en))]
            }
            Draft::Timer(TimerAct::Start(timer)) if timer.acts.is_empty() => vec![about("设定计时", "sets a timer")],
            Draft::Timer(TimerAct::Start(timer)) => {
                let later = |a: Bilingual| Bilingual::new(format!("到时：{}", a.zh), format!("later: {}", a.en));
                timer.acts.iter().map(|a| later(render::act(a, world))).collect()
            }
            Draft::Timer(TimerAct::Change { .. }) => vec![about("更改计时", "changes a timer")],
            Draft::Timer(TimerAct::Ask(_)) => vec![about("询问计时", "asks about timers")],
            Draft::List(act) if act.change.is_some() => vec![about("更改清单", "changes a list")],
            Draft::List(_) => vec![about("询问清单", "asks about a list")],
            Draft::Clock(_) => vec![about("询问时间", "asks about the clock")],
            Draft::Dialogue(act) => vec![match act {
                DialogueAct::Undo => about("撤销", "takes back"),
                DialogueAct::Confirm => about("确认", "says yes"),
                DialogueAct::Cancel => about("取消", "says no"),
                DialogueAct::Why(point) => {
                    let name = world.point_words(*point);
                    Bilingual::new(format!("询问原因：{}", name.zh), format!("asks why: {}", name.en))
                }
                DialogueAct::SmallTalk => about("寒暄", "small talk"),
            }],
        },
    }
}

/// What the selected points are called.
fn names(select: &Selector, world: &World, now: Timestamp) -> Bilingual {
    let names: Vec<Bilingual> = select.points(world, now).iter().map(|p| world.point_words(*p)).collect();
    render::list(&names)
}
