//! What was understood, in words, before anything happens.
//!
//! What it is *not*: the reply of a turn says what became of it; this says what was meant. Start at [`words`].

use base::{Bilingual, Timestamp};
use documents::{DialogueAct, Draft, Verdict};
use language::render;
use things::World;

/// What a clause means, a line for each thing.
pub(crate) fn words(verdict: &Verdict, world: &World, now: Timestamp) -> Vec<Bilingual> {
    let about = |zh: &str, en: &str| Bilingual::new(zh, en);
    match verdict {
        Verdict::Question(question) => vec![render::question(question)],
        Verdict::Refusal(refusal) => vec![refusal.text.clone()],
        Verdict::Draft(draft) => match draft {
            Draft::Commands(acts) => acts.iter().map(|a| render::act(a, world)).collect(),
            Draft::Query(query) => {
                let points = query.select.points(world, now);
                let names: Vec<Bilingual> = points.iter().map(|p| world.point_words(*p)).collect();
                let names = render::list(&names);
                vec![Bilingual::new(format!("询问：{}", names.zh), format!("asks about: {}", names.en))]
            }
            Draft::Rule(rule) => vec![engine::explain(rule, world)],
            Draft::Chart(_) => vec![about("画图", "draws a chart")],
            Draft::Device(_) => vec![about("更改有哪些设备", "changes which devices there are")],
            Draft::SaveScene { names, .. } => {
                let names = names.bilingual();
                vec![Bilingual::new(format!("保存场景“{}”", names.zh), format!("saves the scene “{}”", names.en))]
            }
            Draft::Dialogue(act) => vec![match act {
                DialogueAct::Undo => about("撤销", "takes back"),
                DialogueAct::Confirm => about("确认", "says yes"),
                DialogueAct::Cancel => about("取消", "says no"),
                DialogueAct::Why(point) => {
                    let name = world.point_words(*point);
                    Bilingual::new(format!("询问原因：{}", name.zh), format!("asks why: {}", name.en))
                }
                DialogueAct::Explain(_) => about("解释规则", "explains a rule"),
                DialogueAct::SmallTalk => about("寒暄", "small talk"),
            }],
        },
    }
}
