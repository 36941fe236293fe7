//! Checks of parameters that many kinds of nodes share: numbers in units, lists, names of ports.
//!
//! What it is *not*: it knows no kind. Start at [`Scope`], in `compile.rs`.

use crate::compile::{Scope, suggestion, tidy};
use crate::limits::{PATH_CHARS_MAX, SUGGESTIONS_MAX, TICK_MS_MIN};
use crate::ports::PortType;
use base::diagnostic::nearest;
use base::id::DeviceId;
use base::{Bilingual, Span, Unit, Value};
use things::{PointKind, PointSpec};

impl Scope<'_> {
    /// The unit of the number that arrives at an input. What is no number is reported; of what is not known nothing is said.
    pub(crate) fn number(&mut self, port: usize, name: &str) -> Option<Unit> {
        match self.input(port)? {
            PortType::Number(unit) => Some(*unit),
            other => {
                let words = other.words();
                self.fault(
                    "rule.value_kind",
                    "",
                    Bilingual::new(
                        format!("输入 {name} 需要数值，而不是{}", words.zh),
                        format!("input `{name}` takes a number, not {}", words.en),
                    ),
                );
                None
            }
        }
    }

    /// The steps of a JSON Pointer.
    pub(crate) fn pointer(&mut self, field: &str, path: &str) -> Option<Vec<String>> {
        let steps = steps(path);
        if steps.is_none() {
            let message = Bilingual::new(
                format!("“{path}”不是 JSON Pointer：以 / 开头，如 /t 或 /values/0"),
                format!("`{path}` is no JSON Pointer: it starts with `/`, as in `/t` or `/values/0`"),
            );
            self.fault("rule.path", field, message);
        }
        steps
    }

    /// Whether something arrives at an input.
    pub(crate) fn connected(&self, port: usize) -> bool {
        !self.names(port).is_empty()
    }

    /// A number of the parameters in the unit of what arrives. `written` is its own unit, if it has one.
    pub(crate) fn converted(&mut self, field: &str, n: f64, written: Option<Unit>, own: Unit) -> Option<f64> {
        let from = written.unwrap_or(own);
        let Some(n) = from.convert(n, own) else {
            self.wrong_unit("unit", from, own);
            return None;
        };
        self.checked_number(field, tidy(n))
    }

    /// A difference of the parameters in the unit of what arrives.
    pub(crate) fn converted_delta(&mut self, field: &str, n: f64, written: Option<Unit>, own: Unit) -> Option<f64> {
        let from = written.unwrap_or(own);
        let Some(n) = from.convert_delta(n, own) else {
            self.wrong_unit("unit", from, own);
            return None;
        };
        self.checked_number(field, tidy(n))
    }

    /// How often a value follows.
    pub(crate) fn checked_tick(&mut self, field: &str, span: Span) -> Option<Span> {
        let span = self.checked_span(field, span)?;
        let slow = span.as_millis() >= TICK_MS_MIN;
        if !slow {
            let (zh, en) = (format!("至少为 {TICK_MS_MIN} 毫秒"), format!("takes {TICK_MS_MIN} milliseconds at least"));
            self.fault("rule.span", field, Bilingual::new(zh, en));
        }
        slow.then_some(span)
    }
    /// Reports that nobody knows where the sun is.
    pub(crate) fn no_place(&mut self, field: &str) {
        let message = Bilingual::new("不知道站点的经纬度", "nobody knows where on Earth the site is");
        self.fault("rule.place", field, message);
        self.help("在站点的设置里写明纬度和经度", "give the site its latitude and longitude");
    }
    /// Whether there is such a device; says so if not.
    pub(crate) fn known_device(&mut self, field: &str, device: DeviceId) -> bool {
        let known = self.world.device(device).is_some();
        if !known {
            let message = Bilingual::new(format!("没有设备 {device}"), format!("there is no device {device}"));
            self.fault("rule.unknown_device", field, message);
            self.help("用设备查询得到现有的 id", "search the devices for the ids that exist");
        }
        known
    }
    /// Reports a unit of what is no number.
    pub(crate) fn no_unit(&mut self) {
        self.fault("rule.unit", "unit", Bilingual::new("只有数值才有单位", "only numbers have a unit"));
    }
    /// A number that is not beyond all bounds.
    pub(crate) fn checked_number(&mut self, field: &str, n: f64) -> Option<f64> {
        if !n.is_finite() {
            self.fault("rule.params", field, Bilingual::new("应为有限的数", "takes a finite number"));
        }
        n.is_finite().then_some(n)
    }

    /// A number above zero.
    pub(crate) fn positive(&mut self, field: &str, n: f64) -> Option<f64> {
        if !n.is_finite() || n <= 0.0 {
            self.fault("rule.params", field, Bilingual::new("应大于 0", "takes a number above 0"));
            return None;
        }
        Some(n)
    }

    /// Whether a list has from `least` to `most` items.
    pub(crate) fn counted(&mut self, field: &str, count: usize, least: usize, most: usize) -> bool {
        let fits = (least..=most).contains(&count);
        if !fits {
            self.fault(
                "rule.limit",
                field,
                Bilingual::new(
                    format!("应有 {least} 到 {most} 项，现有 {count} 项"),
                    format!("takes {least} to {most} items, there are {count}"),
                ),
            );
        }
        fits
    }

    /// Whether a lower limit, where there is one, lies below the upper one.
    pub(crate) fn ordered(&mut self, field: &str, low: Option<f64>, high: Option<f64>) -> bool {
        let fits = low.zip(high).is_none_or(|(low, high)| low < high);
        if !fits {
            self.fault(
                "rule.params",
                field,
                Bilingual::new("下限应小于上限", "the lower limit must be below the upper"),
            );
        }
        fits
    }

    /// Reports a name that is none of these.
    pub(crate) fn unknown_name(&mut self, field: &str, name: &str, all: &[&str]) {
        self.fault("rule.token", field, Bilingual::new(format!("没有“{name}”"), format!("there is no `{name}` here")));
        let help = suggestion(&nearest(name, all.iter().copied(), SUGGESTIONS_MAX), all);
        self.help(help.zh, help.en);
    }

    /// What several values of the parameters are together: all numbers in this unit, all true or false, or tokens.
    pub(crate) fn type_of<'v>(
        &mut self,
        field: &str,
        unit: Option<Unit>,
        values: impl Iterator<Item = &'v Value>,
    ) -> Option<PortType> {
        let mut type_: Option<PortType> = None;
        for value in values {
            let one = match value {
                Value::Bool(_) => PortType::Bool,
                Value::Number(_) => PortType::Number(unit.unwrap_or(Unit::one())),
                Value::Text(token) => PortType::Enum(vec![token.clone()]),
                Value::List(_) | Value::Map(_) => {
                    self.fault(
                        "rule.value_kind",
                        field,
                        Bilingual::new("应为数值、布尔值或文本", "takes a number, true or false, or a text"),
                    );
                    return None;
                }
            };
            type_ = Some(match (type_, one) {
                (None, one) => one,
                (Some(a), b) => match joined(&a, &b) {
                    Some(both) => both,
                    None => {
                        self.fault(
                            "rule.value_kind",
                            field,
                            Bilingual::new("值的类型不一致", "the values differ in kind"),
                        );
                        return None;
                    }
                },
            });
        }
        if unit.is_some() && !matches!(type_, None | Some(PortType::Number(_))) {
            self.fault("rule.unit", "unit", Bilingual::new("只有数值才有单位", "only numbers have a unit"));
            return None;
        }
        type_
    }

    /// Whether what arrives can be written to a point, or be an argument of a service, and the unit of a number.
    pub(crate) fn fitting(
        &mut self,
        field: &str,
        (spec, name): (&PointSpec, &Bilingual),
        type_: &PortType,
    ) -> Option<Option<Unit>> {
        match (&spec.kind, type_) {
            (PointKind::Number { unit: own, .. }, PortType::Number(unit)) => {
                if unit.dimension() == own.dimension() {
                    return Some(Some(*unit));
                }
                self.wrong_unit(field, *unit, *own);
                None
            }
            (PointKind::Bool, PortType::Bool) | (PointKind::Text { .. }, PortType::Text | PortType::Enum(_)) => {
                Some(None)
            }
            (PointKind::Enum { tokens }, PortType::Enum(given)) => {
                let all: Vec<&str> = tokens.iter().map(|t| t.token.as_str()).collect();
                let odd: Vec<&String> = given.iter().filter(|g| !all.contains(&g.as_str())).collect();
                for token in &odd {
                    self.unknown_name(field, token, &all);
                }
                odd.is_empty().then_some(None)
            }
            // What text it is, is known only then.
            (PointKind::Enum { .. }, PortType::Text) => Some(None),
            _ => {
                let words = type_.words();
                let message = Bilingual::new(
                    format!("“{}”不接受{}", name.zh, words.zh),
                    format!("`{}` does not take {}", name.en, words.en),
                );
                self.fault("rule.value_kind", field, message);
                None
            }
        }
    }

    /// The type of what is one of the values that arrive at an input, all in one unit.
    pub(crate) fn joined_type(&mut self, port: usize) -> Option<PortType> {
        let types = self.types(port).to_vec();
        let mut all = types.iter();
        let mut type_ = all.next()?.clone();
        for other in all {
            let Some(both) = joined(&type_, other) else {
                let (a, b) = (type_.words(), other.words());
                self.fault(
                    "rule.value_kind",
                    "",
                    Bilingual::new(
                        format!("几个输入应为同一种值，现有{}和{}", a.zh, b.zh),
                        format!("the inputs must be of one kind, there are {} and {}", a.en, b.en),
                    ),
                );
                self.help("用 convert 节点统一单位", "a `convert` node brings them into one unit");
                return None;
            };
            type_ = both;
        }
        Some(type_)
    }
}

/// The type of what is the one or the other.
fn joined(a: &PortType, b: &PortType) -> Option<PortType> {
    match (a, b) {
        (PortType::Enum(a), PortType::Enum(b)) => {
            let more = b.iter().filter(|token| !a.contains(token));
            Some(PortType::Enum(a.iter().chain(more).cloned().collect()))
        }
        (PortType::Text, PortType::Enum(_)) | (PortType::Enum(_), PortType::Text) => Some(PortType::Text),
        (a, b) => (a == b).then(|| a.clone()),
    }
}

/// A value in the unit of a point; `unit` is its own, where it is a number.
pub(crate) fn in_unit_of(spec: &PointSpec, unit: Option<Unit>, value: &Value) -> Option<Value> {
    match (value, unit.zip(spec.unit())) {
        (Value::Number(n), Some((from, own))) => Some(Value::Number(tidy(from.convert(*n, own)?))),
        (other, _) => Some(other.clone()),
    }
}

/// A value as a point takes it; none where it does not.
pub(crate) fn taken(spec: &PointSpec, value: Value) -> Option<Value> {
    let value = spec.settle(value);
    spec.check(&value).is_ok().then_some(value)
}

/// A number that a node gives; none where it is beyond all bounds.
pub(crate) fn known(n: f64) -> Option<Value> {
    n.is_finite().then_some(Value::Number(n))
}

fn steps(path: &str) -> Option<Vec<String>> {
    if path.is_empty() {
        return Some(Vec::new());
    }
    let escapes = path.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
    let rest = path.strip_prefix('/').filter(|_| escapes && path.chars().count() <= PATH_CHARS_MAX)?;
    Some(rest.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect())
}
