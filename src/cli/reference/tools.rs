//! The assistant's tools, from the golden files of their specifications.

use super::root;
use super::schema;
use super::writer::Writer;
use serde_json::Value as Json;

pub(super) fn write(w: &mut Writer) {
    w.title(
        "工具",
        "Tools",
        "助手、语言模型和 MCP 客户端用这些工具做事。每次调用都按形式检查，并经过同一张策略表；被问到的由人批准。",
        "The assistant, language models and MCP clients work by these tools. Each call is checked by its form and by the one table \
         of policy; what is asked for is approved by a person.",
    );
    for spec in specs() {
        w.heading(spec["name"].as_str().unwrap_or_default());
        for paragraph in spec["description"].as_str().unwrap_or_default().split("\n\n") {
            // A list in a description is the catalogue of nodes, which has a page of its own.
            let said = if paragraph.starts_with("- ") {
                w.pick("见[规则节点](reference-nodes.md)。", "See [Rule nodes](reference-nodes.md).").to_owned()
            } else {
                w.said(paragraph)
            };
            w.paragraph(&said);
        }
        let effect = match spec["effect"].as_str().unwrap_or_default() {
            "read" => w.pick("只读取。", "It reads only."),
            "propose" => w.pick("可以提案。", "It can propose."),
            "actuate" => w.pick("可以控制设备。", "It can act on devices."),
            "configure" => w.pick("可以改变配置。", "It can change the configuration."),
            "approve" => w.pick("可以批准。", "It can approve."),
            _ => w.pick("可以管理。", "It can administer."),
        };
        let effect = effect.to_owned();
        w.paragraph(&effect);
        schema::fields(w, &spec["inputSchema"]);
        for example in spec["examples"].as_array().into_iter().flatten() {
            w.code("json", &serde_json::to_string(&example["input"]).unwrap());
        }
    }
}

/// The specifications, in the order of their names. `tools/tests/examples.rs` holds these files to the code.
fn specs() -> Vec<Json> {
    let folder = root().join("tools/snapshots");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".snap"))
        .collect();
    names.sort();
    let read = |name: &String| {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let (_, json) = text.trim_start_matches("---\n").split_once("---\n").unwrap();
        serde_json::from_str(json).unwrap()
    };
    names.iter().map(read).collect()
}
