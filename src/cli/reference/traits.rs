//! The closed list of traits.

use super::writer::{Writer, code};
use base::unit::UNITS;
use things::Safety;
use things::traits::{ALL, Shape, Trait};

pub(super) fn write(w: &mut Writer) {
    w.title(
        "特征",
        "Traits",
        "点位的含义，封闭列表。物模型在 `x.trait` 里写明；句子、规则和工具按特征找到点位。",
        "What points mean: a closed list. A thing model says it in `x.trait`; sentences, rules and tools find points by it.",
    );
    for t in ALL {
        let (zh, en) = (t.zh.first().copied().unwrap_or(t.id), t.en.first().copied().unwrap_or(t.id));
        let name = w.pick(zh, en).to_owned();
        w.heading(&format!("{name}{}`{}`{}", w.pick("（", " ("), t.id, w.pick("）", ")")));
        facts(w, t);
    }
}

fn facts(w: &mut Writer, t: &Trait) {
    let value = match t.shape {
        Shape::Bool => w.pick("真假", "true or false").to_owned(),
        Shape::Token => w.pick("枚举", "one of an enumeration").to_owned(),
        Shape::Service => w.pick("服务，可以调用", "a service that is called").to_owned(),
        Shape::Number(dimension) => {
            let units: Vec<String> = UNITS.iter().filter(|u| u.dimension == dimension).map(|u| code(u.code)).collect();
            format!("{}{}", w.pick("数值，单位：", "a number in "), units.join(", "))
        }
    };
    let safety = match t.safety {
        Safety::None => w.pick("无", "none"),
        Safety::Comfort => w.pick("舒适", "comfort"),
        Safety::Security => w.pick("安防", "security"),
        Safety::Life => w.pick("生命安全", "life"),
    };
    let mut rows = vec![
        vec![w.pick("取值", "value").to_owned(), value],
        vec![w.pick("中文说法", "said in Chinese").to_owned(), t.zh.join("、")],
        vec![w.pick("英文说法", "said in English").to_owned(), t.en.join(", ")],
        vec![w.pick("安全等级", "safety class").to_owned(), safety.to_owned()],
    ];
    if !t.operations.is_empty() {
        let names: Vec<String> = t.operations.iter().map(|o| code(o.name)).collect();
        rows.push(vec![w.pick("操作", "operations").to_owned(), names.join(", ")]);
    }
    for state in t.states {
        let words = w.pick("状态", "state").to_owned();
        rows.push(vec![
            format!("{words} `{}`", state.value),
            format!("{} · {}", state.zh.join("、"), state.en.join(", ")),
        ]);
    }
    let heads = [w.pick("项", "what"), w.pick("内容", "is")];
    w.table(&heads, &rows);
}
