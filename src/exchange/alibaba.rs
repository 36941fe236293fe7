//! Scene rules of Alibaba Cloud IoT: `RuleContent`, a JSON document of a trigger, a condition and actions.
//!
//! There a trigger on a property fires with every report that fits; here it fires once, when the comparison becomes
//! true. Booleans and enumerations are codes there, and words here. Start at [`read`] and [`write`].

use crate::outline::{Outline, Shape, Step, blocked, param, text, value};
use crate::report::Reader;
use crate::sketch::{Sketch, Wire};
use base::id::{DeviceId, PointId};
use base::{Bilingual, Diagnostic, Diagnostics, Value};
use documents::{Node, RuleGraph, Setting};
use serde_json::{Map, Value as Json, json};
use things::{PointKind, PointSpec, World};

type Object = Map<String, Json>;

/// Reads one rule, a list, or an answer of its API with `RuleContent` inside.
pub(crate) fn read(text: &str, reader: &mut Reader<'_>) {
    match serde_json::from_str::<Json>(text) {
        Ok(Json::Array(items)) => {
            for (i, item) in items.iter().enumerate() {
                rule(item, &format!("/{i}"), reader);
            }
        }
        Ok(json) => rule(&json, "", reader),
        Err(e) => reader.refuse("import.json", "", format!("不是 JSON：{e}"), format!("it is no JSON: {e}")),
    }
}

fn rule(json: &Json, path: &str, reader: &mut Reader<'_>) {
    let name = ["RuleName", "name", "Name"].into_iter().find_map(|k| json.get(k).and_then(Json::as_str));
    // Its API gives the rule as a text within the answer.
    let inner = ["RuleContent", "ruleContent"].into_iter().find_map(|k| json.get(k));
    let parsed: Option<Json> = inner.and_then(Json::as_str).and_then(|text| serde_json::from_str(text).ok());
    let content = parsed.as_ref().or(inner).unwrap_or(json);
    let Some(content) = content.as_object() else {
        return reader.refuse("import.form", path, "RuleContent 应为对象", "a `RuleContent` is an object");
    };
    let kind = content.get("type").and_then(Json::as_str);
    if kind.is_some_and(|k| k != "IFTTT") {
        return reader.refuse(
            "import.form",
            &format!("{path}/type"),
            "只支持 IFTTT 类型",
            "only rules of type IFTTT are read",
        );
    }
    let origin =
        content.get("sid").and_then(Json::as_str).or(name).map_or_else(|| format!("rule{path}"), str::to_owned);
    let sketch = Sketch::new(&format!("alibaba:{origin}"), Bilingual::same(name.unwrap_or("RuleContent")));
    let mut reading = Reading { reader, sketch };
    let triggers = reading.triggers(content.get("trigger"), &format!("{path}/trigger"));
    let mut conditions = Vec::new();
    let mut sound = true;
    for (item, path) in items(content.get("condition"), "logical/and", &format!("{path}/condition")) {
        match reading.condition(item) {
            Ok(wire) => conditions.push(wire),
            Err(why) => {
                sound = false;
                reading.reader.refuse("import.condition", &path, why.zh, why.en);
            }
        }
    }
    let Some(mut events) = Some(triggers).filter(|t| !t.is_empty() && sound) else {
        let (zh, en) = if sound {
            ("没有可用的触发器", "no trigger is left")
        } else {
            (
                "缺少一个条件就会做得更多，因此不生成这条规则",
                "without one of its conditions it would do more than it should, so there is no rule",
            )
        };
        return reading.reader.refuse("import.rule", path, zh, en);
    };
    if let Some(holds) = reading.sketch.all(&conditions) {
        events = vec![reading.sketch.node("gate", json!({}), &[("in", &events), ("if", &[holds])])];
    }
    for (i, item) in content.get("action").and_then(Json::as_array).into_iter().flatten().enumerate() {
        if let Err(why) = reading.action(item, &events) {
            reading.reader.leave("import.left_out", &format!("{path}/action/{i}"), why.zh, why.en);
        }
    }
    let Reading { reader, sketch } = reading;
    if !sketch.acts() {
        return reader.refuse("import.empty", path, "没有留下任何动作", "nothing is left that it would do");
    }
    reader.rule(path, sketch.done());
}

/// The items of a node that joins several, or the one that stands alone.
fn items<'a>(json: Option<&'a Json>, join: &str, path: &str) -> Vec<(&'a Json, String)> {
    let Some(map) = json.and_then(Json::as_object).filter(|m| !m.is_empty()) else { return Vec::new() };
    match map.get("items").and_then(Json::as_array) {
        Some(list) if map.get("uri").and_then(Json::as_str) == Some(join) => {
            list.iter().enumerate().map(|(i, item)| (item, format!("{path}/items/{i}"))).collect()
        }
        _ => json.into_iter().map(|j| (j, path.to_owned())).collect(),
    }
}

struct Reading<'r, 'w> {
    reader: &'r mut Reader<'w>,
    sketch: Sketch,
}

/// Kind and parameters of a node.
fn parts(json: &Json) -> Result<(&str, &Object), Bilingual> {
    let uri = json.get("uri").and_then(Json::as_str);
    let params = json.get("params").and_then(Json::as_object);
    uri.zip(params).ok_or_else(|| Bilingual::new("缺少 uri 或 params", "`uri` or `params` is missing"))
}

fn unsupported(uri: &str) -> Bilingual {
    Bilingual::new(format!("不支持“{uri}”"), format!("`{uri}` is not supported"))
}

fn said<'a>(params: &'a Object, key: &str) -> &'a str {
    params.get(key).and_then(Json::as_str).unwrap_or("")
}

impl Reading<'_, '_> {
    fn triggers(&mut self, json: Option<&Json>, path: &str) -> Vec<Wire> {
        let mut out = Vec::new();
        for (item, path) in items(json, "logical/or", path) {
            match self.trigger(item) {
                Ok(wire) => out.push(wire),
                Err(why) => self.reader.leave("import.left_out", &path, why.zh, why.en),
            }
        }
        out
    }

    fn trigger(&mut self, json: &Json) -> Result<Wire, Bilingual> {
        let (uri, params) = parts(json)?;
        match uri {
            "trigger/device/property" if params.contains_key("compareType") => {
                let holds = self.compared(params)?;
                Ok(self.sketch.rising(&holds))
            }
            "trigger/device/property" => {
                let spec = self.point(params, said(params, "propertyName"))?;
                let level = self.sketch.value("point", json!({ "point": spec.id }), &[]);
                if !matches!(spec.kind, PointKind::Number { .. }) {
                    return Err(unsupported("trigger/device/property without compareType"));
                }
                Ok(self.sketch.changed(&level))
            }
            "trigger/device/event" if said(params, "compareType").is_empty() => {
                let device = self.device(params)?;
                let event = ["eventCode", "eventName"].into_iter().map(|k| said(params, k)).find(|e| !e.is_empty());
                let event = event.ok_or_else(|| unsupported(uri))?;
                Ok(self.sketch.device_event(device, event))
            }
            "trigger/device/statusChange" => {
                let device = self.device(params)?;
                let online = match said(params, "status") {
                    "online" => true,
                    "offline" => false,
                    _ => {
                        return Err(Bilingual::new(
                            "status 应为 online 或 offline",
                            "`status` is `online` or `offline`",
                        ));
                    }
                };
                let level = self.sketch.online(device);
                let on = if online { "rising" } else { "falling" };
                Ok(self.sketch.value("edge", json!({ "on": on }), &[("in", &[level])]))
            }
            "trigger/timer" => {
                let cron = cron(said(params, "cron"), said(params, "cronType"))
                    .ok_or_else(|| Bilingual::new("看不懂的 cron 表达式", "this is no cron expression"))?;
                self.zone(params)?;
                Ok(self.sketch.cron(&cron))
            }
            other => Err(unsupported(other)),
        }
    }

    /// Times are those of the site.
    fn zone(&self, params: &Object) -> Result<(), Bilingual> {
        let zone = ["timezoneID", "timezoneId"].into_iter().map(|k| said(params, k)).find(|z| !z.is_empty());
        let site = &self.reader.world.site().time_zone;
        match zone {
            Some(zone) if zone != site.as_str() => Err(Bilingual::new(
                format!("时区是 {zone}，而站点的时区是 {site}"),
                format!("its time zone is {zone}, and that of the site is {site}"),
            )),
            _ => Ok(()),
        }
    }

    fn condition(&mut self, json: &Json) -> Result<Wire, Bilingual> {
        let (uri, params) = parts(json)?;
        match uri {
            "condition/device/property" => self.compared(params),
            "condition/timeRange" if params.contains_key("beginDate") => {
                self.zone(params)?;
                let days: Vec<String> = said(params, "repeat")
                    .split(',')
                    .map(str::trim)
                    .filter(|d| !d.is_empty())
                    .map(|d| weekday(d).map(str::to_owned))
                    .collect::<Option<_>>()
                    .ok_or_else(|| Bilingual::new("repeat 应为 1 到 7", "`repeat` has days 1 to 7"))?;
                let (from, to) = (said(params, "beginDate"), said(params, "endDate"));
                Ok(self.sketch.time_window(from, to, &days))
            }
            other => Err(unsupported(other)),
        }
    }

    fn device(&mut self, params: &Object) -> Result<DeviceId, Bilingual> {
        let (product, device) = (said(params, "productKey"), said(params, "deviceName"));
        let device = if device.is_empty() { said(params, "iotId") } else { device };
        self.reader.finder.by_key(product, device).map_err(|why| why.words(device))
    }

    fn point(&mut self, params: &Object, identifier: &str) -> Result<PointSpec, Bilingual> {
        let device = self.device(params)?;
        let found = self.reader.world.points_of(device).find(|p| p.identifier == identifier);
        found.cloned().ok_or_else(|| {
            Bilingual::new(
                format!("设备“{}”没有“{identifier}”", said(params, "deviceName")),
                format!("device `{}` has no `{identifier}`", said(params, "deviceName")),
            )
        })
    }

    fn compared(&mut self, params: &Object) -> Result<Wire, Bilingual> {
        let spec = self.point(params, said(params, "propertyName"))?;
        let level = self.sketch.value("point", json!({ "point": spec.id }), &[]);
        let with = params.get("compareValue").unwrap_or(&Json::Null);
        let one = |json: &Json| {
            decoded(&spec, json).ok_or_else(|| {
                Bilingual::new(format!("“{json}”不是该属性的值"), format!("`{json}` is no value of this property"))
            })
        };
        let op = said(params, "compareType");
        match op {
            "==" | "=" => Ok(self.sketch.compare(&level, "=", &one(with)?)),
            "!=" | ">" | ">=" | "<" | "<=" => Ok(self.sketch.compare(&level, op, &one(with)?)),
            "in" => {
                let values = with.as_array().into_iter().flatten().map(one).collect::<Result<Vec<_>, _>>()?;
                let any: Vec<Wire> = values.iter().map(|v| self.sketch.compare(&level, "=", v)).collect();
                self.sketch.any(&any).ok_or_else(|| unsupported("in"))
            }
            other => Err(unsupported(other)),
        }
    }

    fn action(&mut self, json: &Json, events: &[Wire]) -> Result<(), Bilingual> {
        let (uri, params) = parts(json)?;
        match uri {
            "action/device/setProperty" => {
                let mut wanted = params.get("propertyItems").and_then(Json::as_object).cloned().unwrap_or_default();
                if let Some(value) = params.get("propertyValue") {
                    wanted.insert(said(params, "propertyName").into(), value.clone());
                }
                for (identifier, json) in &wanted {
                    let spec = self.point(params, identifier)?;
                    let value = decoded(&spec, json).ok_or_else(|| {
                        Bilingual::new(
                            format!("“{json}”不是“{identifier}”的值"),
                            format!("`{json}` is no value of `{identifier}`"),
                        )
                    })?;
                    let params = json!({ "point": spec.id, "setting": Setting::To(value) });
                    self.sketch.node("command", params, &[("in", events)]);
                }
                Ok(())
            }
            "action/device/invokeService" => {
                let name = ["serviceName", "serviceCode"].into_iter().map(|k| said(params, k)).find(|n| !n.is_empty());
                let spec = self.point(params, name.unwrap_or(""))?;
                let arguments = params.get("serviceArgs").cloned().unwrap_or(json!({}));
                let arguments: Value = serde_json::from_value(arguments).map_err(|e| Bilingual::same(e.to_string()))?;
                let params = json!({ "point": spec.id, "setting": Setting::Call(arguments) });
                self.sketch.node("command", params, &[("in", events)]);
                Ok(())
            }
            other => Err(unsupported(other)),
        }
    }
}

/// What a device writes as a value of ours: 0 and 1 are booleans, a code is a token.
fn decoded(spec: &PointSpec, json: &Json) -> Option<Value> {
    let number = json.as_f64().or_else(|| json.as_str()?.trim().parse().ok());
    match &spec.kind {
        PointKind::Bool => match (json.as_bool(), number) {
            (Some(b), _) => Some(Value::Bool(b)),
            (None, Some(n)) if [0.0, 1.0].iter().any(|one: &f64| one.total_cmp(&n).is_eq()) => {
                Some(Value::Bool(n > 0.5))
            }
            _ => None,
        },
        PointKind::Number { .. } => number.filter(|n| n.is_finite()).map(Value::Number),
        PointKind::Enum { tokens } => {
            let found = tokens.iter().find(|t| {
                json.as_str() == Some(&t.token) || number.is_some_and(|n| n.total_cmp(&(t.code as f64)).is_eq())
            });
            found.map(|t| Value::text(t.token.as_str()))
        }
        PointKind::Text { .. } => json.as_str().map(Value::text),
        PointKind::Other | PointKind::Service => None,
    }
}

/// What we hold as a device writes it.
fn encoded(spec: &PointSpec, value: &Value) -> Json {
    match (&spec.kind, value) {
        (PointKind::Bool, Value::Bool(b)) => json!(i32::from(*b)),
        (PointKind::Enum { tokens }, Value::Text(token)) => {
            tokens.iter().find(|t| t.token == **token).map_or(json!(value), |t| json!(t.code))
        }
        _ => json!(value),
    }
}

/// A cron expression, with seconds where it has them. Quartz has them and a `?` for "any"; Linux has neither.
fn cron(text: &str, kind: &str) -> Option<String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    match (kind, fields.len()) {
        ("linux" | "", 5) => Some(fields.join(" ")),
        // Quartz counts its days of the week from Sunday as 1; only names and "any" mean the same in both.
        ("quartz_cron", 6) if fields.last().is_some_and(|d| !d.contains(|c: char| c.is_ascii_digit())) => {
            Some(fields.join(" ").replace('?', "*"))
        }
        _ => None,
    }
}

fn weekday(text: &str) -> Option<&'static str> {
    Some(match text {
        "1" => "mon",
        "2" => "tue",
        "3" => "wed",
        "4" => "thu",
        "5" => "fri",
        "6" => "sat",
        "7" | "0" => "sun",
        _ => return None,
    })
}

/// Writes a rule: one sequence, at most one condition in front of it, no waits.
///
/// # Errors
/// The nodes that have no counterpart.
pub(crate) fn write(graph: &RuleGraph, world: &World) -> Result<String, Diagnostics> {
    let outline = Outline::of(graph)?;
    let [start] = outline.starts.as_slice() else {
        let message = Bilingual::new("只能有一个开始", "there has to be one start");
        return Err(vec![Diagnostic::error("export.form", "/nodes", message)]);
    };
    let writing = Writing { graph, world, shape: Shape::new(graph) };
    let mut found = Diagnostics::new();
    let mut taken = |result: Result<Json, Diagnostics>| result.map_err(|d| found.extend(d)).ok();
    let triggers: Vec<Json> = start.triggers.iter().filter_map(|n| taken(writing.trigger(n))).collect();
    let (condition, steps) = match start.steps.as_slice() {
        [Step::If(gate, inner)] => (writing.shape.input(gate, "if"), inner.as_slice()),
        steps => (None, steps),
    };
    let mut conditions = Vec::new();
    for node in condition.map_or_else(Vec::new, |n| if n.type_ == "and" { writing.shape.inputs(n) } else { vec![n] }) {
        conditions.extend(taken(writing.compared(node, "condition/device/property")));
    }
    let mut actions = Vec::new();
    for step in steps {
        match step {
            Step::Do(node) => actions.extend(taken(writing.action(node))),
            Step::If(node, _) | Step::Wait(node, _) => {
                _ = taken(Err(vec![blocked(
                    graph,
                    node,
                    "这里不能有条件或等待",
                    "a condition or a wait cannot stand here",
                )]));
            }
        }
    }
    if !found.is_empty() {
        return Err(found);
    }
    let joined = |uri: &str, mut list: Vec<Json>| match list.len() {
        0 => json!({}),
        1 => list.remove(0),
        _ => json!({ "uri": uri, "items": list }),
    };
    let content = json!({
        "type": "IFTTT",
        "trigger": joined("logical/or", triggers),
        "condition": joined("logical/and", conditions),
        "action": actions,
    });
    base::canonical::to_string_pretty(&content)
        .map_err(|e| vec![Diagnostic::error("export.json", "", Bilingual::same(e.to_string()))])
}

struct Writing<'g> {
    graph: &'g RuleGraph,
    world: &'g World,
    shape: Shape<'g>,
}

impl Writing<'_> {
    fn none(&self, node: &Node) -> Diagnostics {
        let kind = &node.type_;
        vec![blocked(self.graph, node, &format!("“{kind}”没有对应的写法"), &format!("`{kind}` has no counterpart"))]
    }

    fn trigger(&self, node: &Node) -> Result<Json, Diagnostics> {
        match node.type_.as_str() {
            "edge" if text(node, "on") != Some("falling") && text(node, "on") != Some("both") => {
                let held = self.shape.input(node, "in").ok_or_else(|| self.none(node))?;
                self.compared(held, "trigger/device/property")
            }
            "cron" => {
                let cron = text(node, "expression").filter(|c| c.split_whitespace().count() == 5);
                let cron = cron.ok_or_else(|| self.none(node))?;
                let zone = self.world.site().time_zone.as_str();
                let params = json!({ "cron": cron, "cronType": "linux", "timezoneID": zone });
                Ok(json!({ "uri": "trigger/timer", "params": params }))
            }
            _ => Err(self.none(node)),
        }
    }

    fn compared(&self, node: &Node, uri: &str) -> Result<Json, Diagnostics> {
        let point = self.shape.input(node, "in").filter(|n| n.type_ == "point" && node.type_ == "compare");
        let plain = param(node, "hysteresis").is_none() && param(node, "unit").is_none();
        let spec = point.and_then(|p| self.spec(p)).filter(|_| plain).ok_or_else(|| self.none(node))?;
        let with = value(node, "value").ok_or_else(|| self.none(node))?;
        let op = match text(node, "op").unwrap_or("=") {
            "=" => "==",
            other => other,
        };
        let mut params = self.named(spec);
        params.insert("propertyName".into(), json!(spec.identifier));
        params.insert("compareType".into(), json!(op));
        params.insert("compareValue".into(), encoded(spec, &with));
        Ok(json!({ "uri": uri, "params": params }))
    }

    fn action(&self, node: &Node) -> Result<Json, Diagnostics> {
        let plain = node.type_ == "command" && param(node, "unit").is_none();
        let spec = self.spec(node).filter(|_| plain).ok_or_else(|| self.none(node))?;
        let setting = param(node, "setting").and_then(|s| serde_json::from_value::<Setting>(s.clone()).ok());
        let mut params = self.named(spec);
        match setting {
            Some(Setting::To(value)) => {
                let mut items = Object::new();
                items.insert(spec.identifier.clone(), encoded(spec, &value));
                params.insert("propertyItems".into(), Json::Object(items));
                Ok(json!({ "uri": "action/device/setProperty", "params": params }))
            }
            Some(Setting::Call(arguments)) => {
                params.insert("serviceName".into(), json!(spec.identifier));
                params.insert("serviceArgs".into(), json!(arguments));
                Ok(json!({ "uri": "action/device/invokeService", "params": params }))
            }
            Some(Setting::By(_) | Setting::Toggle) | None => Err(self.none(node)),
        }
    }

    fn spec(&self, node: &Node) -> Option<&PointSpec> {
        self.world.point(PointId::parse(text(node, "point")?).ok()?)
    }

    fn named(&self, spec: &PointSpec) -> Object {
        let device = self.world.device(spec.device);
        let product = device.and_then(|d| self.world.product(d.product));
        let mut params = Object::new();
        params.insert("productKey".into(), json!(product.map(|p| &p.key)));
        params.insert("deviceName".into(), json!(device.map(|d| &d.key)));
        params
    }
}
