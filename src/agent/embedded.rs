//! The embedded back end: `language` with the surface forms of the present world, renewed with each revision.

use crate::backend::{Backend, BackendError, BackendEvent, Inquiry};
use base::Lang;
use base::id::RuleId;
use documents::{Draft, Part, Understanding, Verdict};
use futures::stream::{self, BoxStream, StreamExt};
use language::{Lexicon, Utterance};
use std::sync::{Arc, Mutex, PoisonError};
use things::World;

/// The embedded back end.
#[derive(Default)]
pub struct Embedded {
    latest: Mutex<Option<(Arc<World>, Arc<Lexicon>)>>,
}

impl Embedded {
    /// The lexicon of a world; a revision is recognised by its snapshot.
    fn lexicon(&self, world: &Arc<World>) -> Arc<Lexicon> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let lexicon = match latest.as_ref() {
            Some((known, lexicon)) if Arc::ptr_eq(known, world) => return lexicon.clone(),
            Some((known, lexicon)) => Arc::new(lexicon.renewed(known, world)),
            None => Arc::new(Lexicon::build(world)),
        };
        *latest = Some((world.clone(), lexicon.clone()));
        lexicon
    }
}

impl Backend for Embedded {
    fn name(&self) -> &'static str {
        "embedded"
    }
    fn understand(&self, inquiry: Inquiry) -> BoxStream<'static, Result<BackendEvent, BackendError>> {
        let Inquiry { utterance, dialogue, snapshot } = inquiry;
        let lexicon = self.lexicon(&snapshot.world);
        let (world, states) = (&snapshot.world, &snapshot.states);
        let understood = read_back(&utterance, world)
            .or_else(|| language::understand_rules(&utterance, &dialogue, &snapshot.rules, world, &lexicon, states))
            .unwrap_or_else(|| {
                let mut understood = language::understand(&utterance, &dialogue, world, &lexicon, states);
                language::never_acts(&utterance, &mut understood);
                understood
            });
        let events = [BackendEvent::Stage("embedded"), BackendEvent::Understood(understood)];
        stream::iter(events.map(Ok)).boxed()
    }
}

/// A rule in the words in which rules are said is that very rule; none for other texts, and where it could not run.
fn read_back(utterance: &Utterance, world: &World) -> Option<Understanding> {
    let text = utterance.text.trim();
    // How the sentences of a read-back end tells the language: names in them can be of the other one.
    let lang = match text.chars().next_back()? {
        '。' => Lang::Zh,
        '.' => Lang::En,
        _ => return None,
    };
    let mut rule = engine::read(text, lang, world).ok()?;
    if engine::compile(&rule, world).0.is_empty() {
        return None;
    }
    rule.id = RuleId::of_name(&format!("{text}@{}", utterance.now));
    let span = (0, utterance.text.chars().count());
    let verdict = Verdict::Draft(Draft::Rule(Box::new(rule)));
    Some(Understanding { lang: utterance.answer_lang(), parts: vec![Part::new(span, verdict)], confidence: 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surroundings::Snapshot;
    use base::id::{DeviceId, ProductId};
    use base::{Bilingual, Timestamp};
    use documents::RuleGraph;
    use language::Dialogue;
    use serde_json::json;
    use things::{Device, Names, PointSpec, Product, Route, WorldDoc, templates};

    fn now() -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }

    /// A door and a light.
    fn world() -> World {
        let devices =
            [("door", "contact_door", "前门", "Front door"), ("light", "light_switch", "走廊灯", "Hall light")];
        let product = |t: &str| Product {
            id: ProductId::of_name(t),
            key: t.into(),
            names: Names::new(t, t),
            model: templates::by_name(t).unwrap().clone(),
        };
        let device = |(key, template, zh, en): (&str, &str, &str, &str)| Device {
            id: DeviceId::of_name(key),
            product: ProductId::of_name(template),
            key: key.into(),
            names: Names::new(zh, en),
            placements: Vec::new(),
            route: Route::Simulated,
            tags: Default::default(),
            disabled: false,
        };
        let doc = WorldDoc {
            products: devices.iter().map(|(_, t, ..)| product(t)).collect(),
            devices: devices.into_iter().map(device).collect(),
            ..WorldDoc::default()
        };
        let (world, found) = World::build(doc);
        assert_eq!(found, vec![]);
        world
    }

    /// The light stays on for five minutes after the door was open for one.
    fn rule() -> RuleGraph {
        let point = |device: &str, identifier: &str| PointSpec::id_of(DeviceId::of_name(device), identifier);
        let mut rule = RuleGraph::new(RuleId::of_name("hall"), Bilingual::same("hall"));
        rule.node("door", "point", json!({"point": point("door", "open")}))
            .node("long", "for_duration", json!({"span_ms": 60_000}))
            .node("start", "edge", json!({}))
            .node("late", "delay", json!({"span_ms": 300_000}))
            .node("on", "command", json!({"point": point("light", "power"), "setting": {"to": true}}))
            .node("off", "command", json!({"point": point("light", "power"), "setting": {"to": false}}))
            .edge("door.out", "long.in")
            .edge("long.out", "start.in")
            .edge("start.out", "on.in")
            .edge("start.out", "late.in")
            .edge("late.out", "off.in");
        rule
    }

    async fn drafted(text: &str, world: &Arc<World>) -> Option<RuleGraph> {
        let snapshot = Snapshot {
            world: world.clone(),
            states: Arc::default(),
            rules: Arc::default(),
            pending: Vec::new(),
            now: now(),
        };
        let inquiry = Inquiry { utterance: Utterance::new(text, now()), dialogue: Dialogue::default(), snapshot };
        let events: Vec<_> = Embedded::default().understand(inquiry).collect().await;
        let Ok(BackendEvent::Understood(understood)) = events.into_iter().next_back().unwrap() else { return None };
        understood.parts.into_iter().find_map(|part| match part.verdict {
            Verdict::Draft(Draft::Rule(rule)) => Some(*rule),
            _ => None,
        })
    }

    #[tokio::test]
    async fn the_words_of_a_rule_propose_that_rule() {
        let world = Arc::new(world());
        let (meant, words) = (engine::meaning_hash(&rule(), &world), engine::explain(&rule(), &world));
        for text in [&words.zh, &words.en, &format!("  {}\n", words.en)] {
            let found = drafted(text, &world).await.unwrap_or_else(|| panic!("{text}"));
            assert_eq!(engine::meaning_hash(&found, &world), meant, "{text}");
        }
    }

    #[tokio::test]
    async fn other_words_are_left_to_the_language() {
        let world = Arc::new(world());
        for text in ["打开走廊灯。", "Turn on Hall light.", "你好。", "."] {
            assert_eq!(drafted(text, &world).await, None, "{text}");
        }
        let loose = drafted("when the front door opens, turn on the hall light", &world).await;
        assert!(loose.is_some());
    }
}
