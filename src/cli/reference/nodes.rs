//! The kinds of rule nodes, from the engine's catalogue.

use super::schema;
use super::writer::{Writer, code};
use engine::NodeSpec;
use serde_json::{Value as Json, json};

pub(super) fn write(w: &mut Writer) {
    w.title(
        "规则节点",
        "Rule nodes",
        "规则由这些节点组成。每种节点有端口、参数和例子；例子会作为测试运行。规则怎么用，见[规则](rules.md)。",
        "Rules are made of these nodes. Each has ports, parameters and examples; the examples run as tests. How rules are used \
         stands in [Rules](rules.md).",
    );
    for spec in engine::catalogue() {
        let title = w.both(&spec.title);
        w.heading(&format!("{title}{}`{}`{}", w.pick("（", " ("), spec.type_, w.pick("）", ")")));
        let doc = w.both(&spec.doc);
        w.paragraph(&doc);
        ports(w, &spec);
        let params = serde_json::to_value(&spec.params).unwrap();
        schema::fields(w, &params);
        examples(w, &spec);
    }
}

fn ports(w: &mut Writer, spec: &NodeSpec) {
    let mut rows = Vec::new();
    for (list, way) in [(spec.inputs, w.pick("输入", "in")), (spec.outputs, w.pick("输出", "out"))] {
        for port in list {
            let more = if port.many {
                "1, 2, …"
            } else if port.named {
                " …"
            } else {
                ""
            };
            let kind = json!(port.kind);
            let kind = match kind.as_str().unwrap_or_default() {
                "bool" => w.pick("真假", "true or false"),
                "event" => w.pick("事件", "event"),
                "message" => w.pick("消息", "message"),
                _ => w.pick("值", "value"),
            };
            rows.push(vec![
                format!("{}{more}", code(port.name)),
                way.to_owned(),
                kind.to_owned(),
                w.both(&port.doc.bilingual()),
            ]);
        }
    }
    let heads =
        [w.pick("端口", "port"), w.pick("方向", "way"), w.pick("内容", "carries"), w.pick("说明", "what it is")];
    w.table(&heads, &rows);
}

fn examples(w: &mut Writer, spec: &NodeSpec) {
    for example in spec.examples {
        let title = w.both(&example.title.bilingual());
        w.paragraph(&format!("{}{title}{}", w.pick("例：", "Example: "), w.pick("。", ".")));
        let params: Json = serde_json::from_str(example.params).unwrap();
        let inputs = example.inputs.iter().map(|(name, _)| *name);
        let outputs = spec.outputs.iter().map(|p| p.name);
        let heads: Vec<&str> = [w.pick("时间", "time")].into_iter().chain(inputs).chain(outputs).collect();
        w.code("text", &format!("{params}\n\n{}\n{}", heads.join(" | "), example.rows.join("\n")));
    }
}
