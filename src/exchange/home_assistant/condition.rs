//! Conditions: what has to hold for the rest to be done.

use super::{Automation, Flow, Object, field, items, number, span_ms, text, texts};
use crate::sketch::Wire;
use base::Value;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// A condition that could be taken: which triggers it asks for, and what has to hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    /// Only events of these triggers; none for all.
    triggers: Option<BTreeSet<String>>,
    /// What has to hold; none where nothing has to.
    holds: Option<Wire>,
}

impl Automation<'_, '_> {
    /// What is left of a flow behind conditions, all of which have to hold.
    pub(super) fn guarded(&mut self, flow: Flow, conditions: Option<&Json>, path: &str) -> Flow {
        match self.conditions(conditions, path) {
            Some(held) => self.passing(&flow, &held),
            None => Flow::default(),
        }
    }

    /// All of a list of conditions. None where one could not be taken; that is told.
    pub(super) fn conditions(&mut self, list: Option<&Json>, path: &str) -> Option<Held> {
        let found: Vec<Option<Held>> =
            items(list, path).into_iter().map(|(item, path)| self.condition(item, &path)).collect();
        let found: Vec<Held> = found.into_iter().collect::<Option<_>>()?;
        Some(self.both(found))
    }

    /// The part of a flow for which a condition holds.
    pub(super) fn passing(&mut self, flow: &Flow, held: &Held) -> Flow {
        let meant = flow
            .groups()
            .into_iter()
            .filter(|(id, _)| held.triggers.as_ref().is_none_or(|ids| id.as_ref().is_some_and(|id| ids.contains(id))));
        let mut out = Vec::new();
        for (id, wires) in meant {
            match &held.holds {
                None => out.extend(wires.into_iter().map(|w| (id.clone(), w))),
                Some(holds) => {
                    let gate = self.gate(&wires, holds);
                    out.push((id, gate));
                }
            }
        }
        Flow(out)
    }

    /// The part of a flow for which it does not hold.
    pub(super) fn failing(&mut self, flow: &Flow, held: &Held) -> Flow {
        let mut out = Vec::new();
        for (id, wires) in flow.groups() {
            let meant = held.triggers.as_ref().is_none_or(|ids| id.as_ref().is_some_and(|id| ids.contains(id)));
            match (&held.holds, meant) {
                (_, false) => out.extend(wires.into_iter().map(|w| (id.clone(), w))),
                (None, true) => {}
                (Some(holds), true) => {
                    let not = self.sketch.not(holds);
                    let gate = self.gate(&wires, &not);
                    out.push((id, gate));
                }
            }
        }
        Flow(out)
    }

    fn gate(&mut self, wires: &[Wire], holds: &Wire) -> Wire {
        self.sketch.value("gate", serde_json::json!({}), &[("in", wires), ("if", std::slice::from_ref(holds))])
    }

    fn both(&mut self, all: Vec<Held>) -> Held {
        let mut triggers: Option<BTreeSet<String>> = None;
        let mut wires = Vec::new();
        for held in all {
            triggers = match (triggers, held.triggers) {
                (Some(a), Some(b)) => Some(a.intersection(&b).cloned().collect()),
                (a, b) => a.or(b),
            };
            wires.extend(held.holds);
        }
        Held { triggers, holds: self.sketch.all(&wires) }
    }

    /// One condition; a text is a template.
    pub(super) fn condition(&mut self, json: &Json, path: &str) -> Option<Held> {
        let Some(map) = json.as_object() else {
            if let Some(template) = json.as_str() {
                return self.template_holds(template, path);
            }
            self.unsound(path, "看不懂的条件", "this is no condition");
            return None;
        };
        if map.get("enabled").and_then(Json::as_bool) == Some(false) {
            return Some(Held::default());
        }
        for (key, join) in [("and", "and"), ("or", "or"), ("not", "not")] {
            if let Some(inner) = map.get(key) {
                return self.joined(join, Some(inner), &format!("{path}/{key}"));
            }
        }
        let kind = map.get("condition").and_then(Json::as_str).unwrap_or("");
        match kind {
            "and" | "or" | "not" => self.joined(kind, map.get("conditions"), &format!("{path}/conditions")),
            "state" => self.state_holds(map, path),
            "numeric_state" => {
                let wires = self.numeric(map, path);
                if wires.is_none() {
                    self.sound = false;
                }
                self.sketch.all(&wires?).map(held)
            }
            "template" => {
                let template = text(map.get("value_template")).unwrap_or_default();
                self.template_holds(&template, &format!("{path}/value_template"))
            }
            "trigger" => Some(Held { triggers: Some(texts(map.get("id")).into_iter().collect()), holds: None }),
            "time" => self.time_holds(map, path),
            "sun" => self.sun_holds(map, path),
            other => {
                self.unsound(path, format!("不支持条件“{other}”"), format!("condition `{other}` is not supported"));
                None
            }
        }
    }

    fn joined(&mut self, join: &str, list: Option<&Json>, path: &str) -> Option<Held> {
        if join == "and" {
            return self.conditions(list, path);
        }
        let found: Vec<Option<Held>> =
            items(list, path).into_iter().map(|(item, path)| self.condition(item, &path)).collect();
        let found: Vec<Held> = found.into_iter().collect::<Option<_>>()?;
        if found.iter().all(|h| h.holds.is_none() && h.triggers.is_some()) && join == "or" && !found.is_empty() {
            let ids = found.into_iter().filter_map(|h| h.triggers).flatten().collect();
            return Some(Held { triggers: Some(ids), holds: None });
        }
        if found.iter().any(|h| h.triggers.is_some()) {
            self.unsound(
                path,
                "触发器条件不能与其他条件用 or 或 not 合并",
                "a condition on the trigger cannot be joined with others by `or` or `not`",
            );
            return None;
        }
        let wires: Vec<Wire> = found.into_iter().filter_map(|h| h.holds).collect();
        let any = self.sketch.any(&wires);
        let holds = if join == "not" { any.map(|w| self.sketch.not(&w)) } else { any };
        Some(Held { triggers: None, holds })
    }

    fn state_holds(&mut self, map: &Object, path: &str) -> Option<Held> {
        let states = texts(map.get("state"));
        let attribute = text(map.get("attribute"));
        let entities = texts(field(map, &["entity_id", "entity"]).0);
        let ms = match map.get("for").map(span_ms) {
            None => 0,
            Some(Some(ms)) => ms,
            Some(None) => {
                self.unsound(&format!("{path}/for"), "看不懂的时长", "this is no length of time");
                return None;
            }
        };
        let mut per_entity = Vec::new();
        for entity in &entities {
            let mut any = Vec::new();
            for state in &states {
                match self.is_in(entity, attribute.as_deref(), state) {
                    Ok(wire) => any.push(wire),
                    Err((zh, en)) => {
                        self.unsound(path, zh, en);
                        return None;
                    }
                }
            }
            let wire = self.sketch.any(&any)?;
            per_entity.push(self.sketch.lasting(&wire, ms));
        }
        let any = map.get("match").and_then(Json::as_str) == Some("any");
        let holds = if any { self.sketch.any(&per_entity) } else { self.sketch.all(&per_entity) };
        if holds.is_none() {
            self.unsound(path, "缺少实体或状态", "an entity or a state is missing");
        }
        holds.map(held)
    }

    /// One condition an entity: its number is above and below what is given.
    pub(super) fn numeric(&mut self, map: &Object, path: &str) -> Option<Vec<Wire>> {
        if map.contains_key("value_template") {
            let (zh, en) = ("数值模板不支持", "a template of the value is not supported");
            self.leave(&format!("{path}/value_template"), zh, en);
            return None;
        }
        let attribute = text(map.get("attribute"));
        let mut all = Vec::new();
        for entity in texts(field(map, &["entity_id", "entity"]).0) {
            let spec = match self.point(&entity, attribute.as_deref()) {
                Ok(spec) => spec,
                Err(why) => {
                    let words = why.words(&entity);
                    self.leave(path, words.zh, words.en);
                    return None;
                }
            };
            let level = self.level(&spec);
            let mut bounds = Vec::new();
            for (key, op) in [("above", ">"), ("below", "<")] {
                let Some(bound) = map.get(key) else { continue };
                let Some(limit) = number(bound) else {
                    let (zh, en) = ("界限要是数值", "the bound has to be a number");
                    self.leave(&format!("{path}/{key}"), zh, en);
                    return None;
                };
                bounds.push(self.sketch.compare(&level, op, &Value::Number(limit)));
            }
            let Some(wire) = self.sketch.all(&bounds) else {
                self.leave(path, "缺少 above 或 below", "`above` or `below` is missing");
                return None;
            };
            all.push(wire);
        }
        if all.is_empty() {
            self.leave(path, "缺少实体", "an entity is missing");
        }
        (!all.is_empty()).then_some(all)
    }

    fn template_holds(&mut self, template: &str, path: &str) -> Option<Held> {
        match self.template(template) {
            Ok(wire) => Some(held(wire)),
            Err((zh, en)) => {
                self.unsound(path, zh, en);
                None
            }
        }
    }

    fn time_holds(&mut self, map: &Object, path: &str) -> Option<Held> {
        let end = |key: &str| match map.get(key) {
            None => Some("00:00".to_owned()),
            Some(json) => text(Some(json)).and_then(|t| super::time_of_day(&t)),
        };
        match end("after").zip(end("before")) {
            Some((from, to)) => {
                // From midnight to midnight is the whole day, which only its days restrict.
                let to = if from == to { "23:59:59".into() } else { to };
                Some(held(self.sketch.time_window(&from, &to, &texts(map.get("weekday")))))
            }
            None => {
                self.unsound(path, "由实体给出的时刻不支持", "times given by an entity are not supported");
                None
            }
        }
    }

    fn sun_holds(&mut self, map: &Object, path: &str) -> Option<Held> {
        let end = |key: &str, offset: &str| match text(map.get(key)) {
            None => Some("00:00".to_owned()),
            Some(event) if event == "sunrise" || event == "sunset" => super::sun_at(&event, map.get(offset)),
            Some(_) => None,
        };
        match end("after", "after_offset").zip(end("before", "before_offset")) {
            Some((from, to)) if from != to => Some(held(self.sketch.time_window(&from, &to, &[]))),
            _ => {
                self.unsound(path, "这个太阳条件不能表示", "this condition on the sun cannot be said here");
                None
            }
        }
    }
}

pub(super) fn held(wire: Wire) -> Held {
    Held { triggers: None, holds: Some(wire) }
}
