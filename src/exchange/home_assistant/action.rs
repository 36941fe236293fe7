//! Actions in their order. What waits and cannot be taken ends what follows it: it would come too early.

use super::{Automation, Flow, Object, field, items, span_ms, text, texts};
use crate::limits::{UNROLLED_MAX, UNROLLED_SUM_MAX};
use base::Bilingual;
use base::limits::RULE_NODES_MAX;
use engine::limits::SPAN_MS_MAX;
use serde_json::{Value as Json, json};

impl Automation<'_, '_> {
    /// A sequence; what comes out is the flow behind it.
    pub(super) fn sequence(&mut self, flow: Flow, actions: Option<&Json>, path: &str) -> Flow {
        let mut flow = flow;
        let list = items(actions, path);
        for (i, (item, path)) in list.iter().enumerate() {
            if flow.is_empty() {
                return flow;
            }
            if self.sketch.len() > RULE_NODES_MAX {
                self.leave(path, "规则太大", "the rule becomes too large");
                return Flow::default();
            }
            match self.action(flow, item, path) {
                Ok(next) => flow = next,
                Err(why) => {
                    let rest = list.len() - i - 1;
                    let after =
                        |zh: &str, en: &str| if rest > 0 { (zh.to_owned(), en.to_owned()) } else { Default::default() };
                    let (zh, en) = after("；其后的动作也不执行", "; what follows it is left out too");
                    self.leave(path, why.zh + &zh, why.en + &en);
                    return Flow::default();
                }
            }
        }
        flow
    }

    /// One action.
    ///
    /// # Errors
    /// It cannot be taken, and nothing may follow it.
    fn action(&mut self, flow: Flow, json: &Json, path: &str) -> Result<Flow, Bilingual> {
        let Some(map) = json.as_object() else {
            return match json {
                Json::String(_) => Ok(self.guarded(flow, Some(json), path)),
                _ => Err(Bilingual::new("看不懂的动作", "this is no action")),
            };
        };
        if map.get("enabled").and_then(Json::as_bool) == Some(false) {
            return Ok(flow);
        }
        let has = |key: &str| map.contains_key(key);
        if has("action") || has("service") {
            self.call(&flow, map, path);
        } else if has("scene") {
            let entities = texts(map.get("scene"));
            self.scenes(&flow, &entities, path);
        } else if has("delay") {
            return self.waits(&flow, map.get("delay"));
        } else if has("choose") {
            return Ok(self.choose(flow, map, path));
        } else if has("if") {
            let held = self.conditions(map.get("if"), &format!("{path}/if"));
            let Some(held) = held else { return Ok(Flow::default()) };
            let (yes, no) = (self.passing(&flow, &held), self.failing(&flow, &held));
            let after_yes = self.sequence(yes.clone(), map.get("then"), &format!("{path}/then"));
            let after_no = self.sequence(no.clone(), map.get("else"), &format!("{path}/else"));
            // Where neither branch waits or ends, what follows needs no condition.
            let straight = after_yes.0 == yes.0 && after_no.0 == no.0;
            return Ok(if straight { flow } else { Flow::joined([after_yes, after_no]) });
        } else if has("repeat") {
            return self.repeat(flow, map, path);
        } else if has("parallel") {
            return self.parallel(flow, map, path);
        } else if has("sequence") {
            return Ok(self.sequence(flow, map.get("sequence"), &format!("{path}/sequence")));
        } else if has("wait_template") || has("wait_for_trigger") {
            return self.wait(&flow, map, path);
        } else if has("stop") {
            return Ok(Flow::default());
        } else if has("device_id") && has("type") && !has("condition") {
            self.device_action(&flow, map, path);
        } else if has("condition") || has("and") || has("or") || has("not") {
            return Ok(self.guarded(flow, Some(json), path));
        } else if let Some((key, _)) =
            map.iter().find(|(k, _)| !["alias", "enabled", "continue_on_error"].contains(&k.as_str()))
        {
            let key = key.clone();
            self.leave(&format!("{path}/{key}"), format!("不支持“{key}”"), format!("`{key}` is not supported"));
        }
        Ok(flow)
    }

    fn waits(&mut self, flow: &Flow, span: Option<&Json>) -> Result<Flow, Bilingual> {
        let ms = span
            .and_then(span_ms)
            .ok_or_else(|| Bilingual::new("时长不是固定的时间", "the length of this delay is no fixed time"))?;
        if ms == 0 {
            return Ok(flow.clone());
        }
        let delayed = |(id, wires): (Option<String>, Vec<_>)| {
            (id, self.sketch.value("delay", json!({ "span_ms": ms }), &[("in", &wires)]))
        };
        Ok(Flow(flow.groups().into_iter().map(delayed).collect()))
    }

    fn choose(&mut self, flow: Flow, map: &Object, path: &str) -> Flow {
        let (mut open, mut ends, mut straight) = (flow.clone(), Vec::new(), true);
        for (item, path) in items(map.get("choose"), &format!("{path}/choose")) {
            let Some(option) = item.as_object() else { continue };
            let (conditions, at) = field(option, &["conditions", "condition"]);
            let Some(held) = self.conditions(conditions, &format!("{path}/{at}")) else { return Flow::default() };
            let chosen = self.passing(&open, &held);
            open = self.failing(&open, &held);
            let end = self.sequence(chosen.clone(), option.get("sequence"), &format!("{path}/sequence"));
            straight &= end.0 == chosen.0;
            ends.push(end);
        }
        let end = self.sequence(open.clone(), map.get("default"), &format!("{path}/default"));
        straight &= end.0 == open.0;
        ends.push(end);
        // Where no branch waits or ends, what follows needs no condition.
        if straight { flow } else { Flow::joined(ends) }
    }

    fn repeat(&mut self, flow: Flow, map: &Object, path: &str) -> Result<Flow, Bilingual> {
        let inner = map.get("repeat").and_then(Json::as_object);
        let count = inner.and_then(|r| r.get("count")).and_then(Json::as_u64).filter(|n| *n <= UNROLLED_MAX);
        let (Some(inner), Some(count)) = (inner, count) else {
            return Err(Bilingual::new(
                format!("只有固定且不超过 {UNROLLED_MAX} 次的重复可以展开"),
                format!("only a fixed number of repeats, at most {UNROLLED_MAX}, can be written out"),
            ));
        };
        let mut flow = flow;
        for _ in 0..count {
            self.unrolled += 1;
            if self.unrolled > UNROLLED_SUM_MAX {
                return Err(Bilingual::new(
                    format!("重复总共最多展开 {UNROLLED_SUM_MAX} 次"),
                    format!("repeats are written out at most {UNROLLED_SUM_MAX} times in all"),
                ));
            }
            flow = self.sequence(flow, inner.get("sequence"), &format!("{path}/repeat/sequence"));
        }
        Ok(flow)
    }

    fn parallel(&mut self, flow: Flow, map: &Object, path: &str) -> Result<Flow, Bilingual> {
        let mut waits = false;
        for (item, path) in items(map.get("parallel"), &format!("{path}/parallel")) {
            let end = self.sequence(flow.clone(), Some(item), &path);
            waits |= end.wires() != flow.wires();
        }
        if waits {
            return Err(Bilingual::new(
                "并行的分支里有等待，之后无法汇合",
                "branches that wait do not come together again afterwards",
            ));
        }
        Ok(flow)
    }

    fn wait(&mut self, flow: &Flow, map: &Object, path: &str) -> Result<Flow, Bilingual> {
        let timeout = match map.get("timeout") {
            None => None,
            Some(json) => {
                Some(span_ms(json).ok_or_else(|| Bilingual::new("看不懂的时长", "this is no length of time"))?)
            }
        };
        let goes_on = map.get("continue_on_timeout").and_then(Json::as_bool) != Some(false);
        let until = match map.get("wait_template") {
            Some(template) => {
                let template = text(Some(template)).unwrap_or_default();
                let wire = self.template(&template).map_err(|(zh, en)| Bilingual::new(zh, en))?;
                vec![self.sketch.rising(&wire)]
            }
            None => self.triggers(map.get("wait_for_trigger"), &format!("{path}/wait_for_trigger")).wires(),
        };
        if until.is_empty() {
            return Err(Bilingual::new("没有可以等待的事件", "there is nothing that it could wait for"));
        }
        let wires = flow.wires();
        let timeout = timeout.filter(|ms| *ms > 0);
        if timeout.is_none() {
            let days = SPAN_MS_MAX / 86_400_000;
            self.leave(
                path,
                format!("没有超时时间的等待在 {days} 天后结束，其后的动作不再执行"),
                format!("a wait without a timeout ends after {days} days, and nothing follows it then"),
            );
        }
        let (happened, late) = self.sketch.wait(&wires, &until, timeout.unwrap_or(SPAN_MS_MAX));
        let late = (goes_on && timeout.is_some()).then_some(late);
        Ok(Flow::joined([Some(happened), late].into_iter().flatten().map(Flow::of)))
    }
}
