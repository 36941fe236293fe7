//! What the tools say of themselves is true: examples run, schemas are golden, outputs read as documents.

use super::{building, caller, li};
use agent::{Shown, ToolSet};
use documents::Channel;
use serde_json::Value as Json;

#[tokio::test]
async fn every_example_gives_what_it_says() {
    // A building for each: an example may change something.
    let count = crate::list(&building().await).len();
    for n in 0..count {
        let examples = crate::list(&building().await)[n].examples();
        assert!(!examples.is_empty());
        for example in examples {
            let tools = crate::list(&building().await);
            let set = ToolSet::new(vec![tools[n].clone()]).unwrap();
            let input: Json = serde_json::from_str(example.input).unwrap_or_else(|e| panic!("{}: {e}", example.name));
            let name = tools[n].name();
            let output = set.call(name, &caller(li(Channel::Chat), 7), input).await;
            let output = output.unwrap_or_else(|e| panic!("{name}, {}: {:?}", example.name, e.fault()));
            for (place, expected) in example.expect {
                let expected: Json = serde_json::from_str(expected).unwrap();
                assert_eq!(output.pointer(place), Some(&expected), "{name}, {} at {place}: {output:#}", example.name);
            }
            serde_json::from_value::<Shown>(output.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
            let schema = serde_json::to_value(tools[n].spec().output_schema).unwrap();
            let faults = agent::validate::Checker::new(schema).unwrap().check(&output);
            assert_eq!(faults, vec![], "{name}, {}", example.name);
        }
    }
}

#[tokio::test]
async fn what_a_rule_did_is_told_step_by_step() {
    let handle = building().await;
    let co2 = runtime::sim::point("meeting_air", "co2");
    handle.measure(co2, 1200.0.into()).await.unwrap();
    let set = crate::all(&handle).unwrap();
    let who = caller(li(Channel::Chat), 8);
    let out = set.call("trace_get", &who, serde_json::json!({ "rule": super::rule().id })).await.unwrap();
    let step = &out["steps"][0];
    assert_eq!(
        (&step["name"]["en"], &step["trigger"]["point"]),
        (&"Fresh air".into(), &serde_json::json!(co2)),
        "{out}"
    );
    assert_eq!(step["receipts"][0]["point"], serde_json::json!(runtime::sim::point("meeting_fan", "power")));
    assert!(step["text"]["en"].as_str().unwrap().contains("CO2 reported 1200 ppm, one command"), "{out}");
    let run = set.call("trace_get", &who, serde_json::json!({ "run": step["run"] })).await.unwrap();
    assert!(run["total"].as_u64().unwrap() >= 1);
    assert_eq!(
        set.call("trace_get", &who, serde_json::json!({ "rule": base::id::RuleId::from_bits(1) }))
            .await
            .unwrap_err()
            .fault()
            .code,
        "unknown_rule"
    );
}

#[tokio::test]
async fn schemas_and_descriptions() {
    let set = crate::all(&building().await).unwrap();
    for spec in set.specs() {
        assert!(spec.description.chars().count() > 40, "{} says too little", spec.name);
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_json_snapshot!(spec.name, spec);
        });
    }
}

/// Who writes a graph over this tool has no other catalogue; a small model has room for so much of it.
#[tokio::test]
async fn the_words_about_graphs_name_every_node_and_what_it_needs() {
    /// About 3,000 tokens.
    const CHARS_MAX: usize = 9_000;
    let set = crate::all(&building().await).unwrap();
    let spec = set.specs().find(|s| s.name == "rule_propose").unwrap();
    assert!(spec.description.chars().count() <= CHARS_MAX, "{} characters", spec.description.chars().count());
    for node in engine::catalogue() {
        let head = format!("`{}` {{", node.type_);
        let said = spec.description.split_once(&head).unwrap_or_else(|| panic!("{} is not named", node.type_)).1;
        let (params, rest) = said.split_once('}').unwrap();
        let params: Vec<&str> = params.split(", ").map(|p| p.trim_end_matches('?')).collect();
        let schema = serde_json::to_value(&node.params).unwrap();
        for param in schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()) {
            assert!(params.contains(&param), "{param} of {} is not named", node.type_);
        }
        let ports = rest.split_once(')').unwrap().0;
        for port in node.inputs.iter().chain(node.outputs) {
            assert!(ports.contains(port.name), "{} of {} is not named", port.name, node.type_);
        }
    }
}

#[tokio::test]
async fn the_list_is_the_folder() {
    let mut files: Vec<String> = std::fs::read_dir(env!("CARGO_MANIFEST_DIR"))
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .filter_map(|f| f.strip_suffix(".rs").filter(|s| *s != "lib").map(str::to_owned))
        .collect();
    files.sort();
    let mut names: Vec<&str> = crate::list(&building().await).iter().map(|t| t.name()).collect();
    names.sort_unstable();
    assert_eq!(names, files);
}

#[tokio::test]
async fn faults_say_how_to_mend_them() {
    let handle = building().await;
    let set = crate::all(&handle).unwrap();
    let point = runtime::sim::point("meeting_ac", "target_temperature");
    let sensor = runtime::sim::point("meeting_air", "co2");
    for (tool, input, expected) in [
        (
            "command_propose",
            serde_json::json!({ "acts": [
                { "point": point, "setting": { "to": 99 } },
                { "point": sensor, "setting": { "to": 1 } },
                { "point": base::id::PointId::from_bits(1), "setting": "toggle" },
            ] }),
            vec![
                ("/acts/0/setting", "out_of_range", "it takes 16°C to 30°C"),
                ("/acts/1/setting", "no_capability", "it can only be read"),
                ("/acts/2/point", "unknown_point", "point_search finds ids"),
            ],
        ),
        (
            "point_search",
            serde_json::json!({ "kind": "lights", "trait": "onoff", "space": "Lobbi" }),
            vec![
                ("/kind", "unknown_kind", "possible: light"),
                ("/trait", "unknown_trait", "possible: on_off"),
                ("/space", "unknown_place", "possible: Lobby"),
            ],
        ),
        (
            "point_read",
            serde_json::json!({ "select": { "points": [base::id::PointId::from_bits(1)] } }),
            vec![("/select/points/0", "unknown_point", "point_search finds ids")],
        ),
    ] {
        let error = set.call(tool, &caller(li(Channel::Chat), 1), input).await.unwrap_err();
        let found: Vec<(&str, &str, &str)> = error
            .fault()
            .diagnostics
            .iter()
            .map(|d| (d.path.as_str(), d.code.as_str(), d.help.as_ref().map_or("", |h| h.en.as_str())))
            .collect();
        assert_eq!(found, expected, "{tool}");
    }
}
