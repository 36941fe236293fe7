//! probe
#![allow(clippy::unwrap_used, missing_docs)]
use base::id::SpaceId;
use base::Timestamp;
use things::*;
fn main() {
    let items: Vec<serde_json::Value> = serde_json::from_str(&std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap()).unwrap();
    for it in items {
        let mut doc = WorldDoc::default();
        doc.site.time_zone = "Etc/GMT-8".into();
        for a in it["areas"].as_array().unwrap() {
            let name = a.as_str().unwrap().to_owned();
            doc.spaces.push(Space { id: SpaceId::of_name(&name), names: Names { zh: vec![], en: vec![name] }, kind: SpaceKind::Room, ..serde_json::from_value(serde_json::json!({"id": SpaceId::of_name("x"), "names": {}, "kind": "room"})).unwrap() });
        }
        let (world, _) = World::build(doc);
        let lexicon = language::Lexicon::build(&world);
        let u = language::Utterance::new(it["text"].as_str().unwrap(), Timestamp::parse("2026-11-18T10:00:00+08:00").unwrap());
        let un = language::understand(&u, &language::Dialogue::default(), &world, &lexicon, &States::new());
        let parts: Vec<_> = un.parts.iter().map(|p| serde_json::to_value(&p.verdict).unwrap()).collect();
        println!("{}", serde_json::json!({"id": it["id"], "parts": parts}));
    }
}
