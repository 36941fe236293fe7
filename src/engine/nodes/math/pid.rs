//! `pid`: closed-loop control with proportional, integral and derivative parts.

use crate::analysis::{Meaning, Seen};
use crate::checks::known;
use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::quantities::Affine;
use crate::words::Words;
use base::{Span, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which way the output goes when the measured value rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    /// The output falls: heating.
    #[default]
    Reverse,
    /// The output rises: cooling.
    Direct,
}

/// Parameters of `pid`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Gain: by how much the output changes for a deviation of 1 in the unit of the measured value.
    #[schemars(range(min = 0.0))]
    pub(crate) kp: f64,
    /// Integral time; without it there is no integral part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ti_ms: Option<Span>,
    /// Derivative time; without it there is no derivative part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) td_ms: Option<Span>,
    /// The lowest output; 0 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<f64>,
    /// The highest output; 100 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<f64>,
    /// Unit of the output; percent when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<Unit>,
    /// Which way the output goes when the measured value rises: `reverse` (heating), `direct` (cooling); `reverse` when absent.
    #[serde(default, skip_serializing_if = "is_reverse")]
    pub(crate) action: Action,
    /// Deviations up to this count as none, in the unit of the measured value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub(crate) dead_band: Option<f64>,
    /// The time from one calculation to the next; 10 seconds when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) every_ms: Option<Span>,
}

fn is_reverse(action: &Action) -> bool {
    *action == Action::Reverse
}

/// The node in a plan: times are in seconds, the target is brought into the unit of the measured value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pid {
    kp: f64,
    ti: Option<f64>,
    td: f64,
    min: f64,
    max: f64,
    action: Action,
    dead_band: f64,
    every: Span,
    target: Affine,
    /// Whether something arrives at `enable`.
    switched: bool,
}

/// What it remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// The time of the last calculation; none while it does not control.
    at: Option<Timestamp>,
    integral: f64,
    measured: f64,
    /// The last output.
    out: Option<f64>,
}

const MEASURED: usize = 0;
const TARGET: usize = 1;
const ENABLE: usize = 2;
const TRACK: usize = 3;
/// What is calculated when nothing else is said, in milliseconds.
const EVERY_MS: i64 = 10_000;

impl Kind for Pid {
    const TYPE: &'static str = "pid";
    const TITLE: Text = Text::new("PID 控制", "PID control");
    const DOC: Text = Text::new(
        "PID 控制器：使 in 接近 target。每 every_ms 计算一次；输出限制在 min 与 max 之间，到限时积分停止（抗饱和）；\
         微分只看测量值，改目标不会冲击。enable 不成立或未知时不控制：输出跟随 track（实际的手动值），未连接则保持；\
         再次启用时从那里平稳接续。间隔过长（例如重启之后）按一个周期计。测量值或目标未知时输出未知。",
        "Brings `in` to `target`. Calculates every `every_ms`; the output stays within `min` and `max`, and the integral stops \
         there (anti-windup); the derivative looks at the measured value only, so a new target gives no kick. While `enable` \
         does not hold, or is unknown, it does not control: the output follows `track`, the value that is set by hand, or stays; \
         from there it goes on without a bump. A long pause, as after a restart, counts as one period. Unknown when the \
         measured value or the target is.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Value, Text::new("测量值", "the measured value")),
        PortSpec::one("target", PortKind::Value, Text::new("目标值", "the target")),
        PortSpec::optional("enable", PortKind::Bool, Text::new("是否控制", "whether it controls")),
        PortSpec::optional("track", PortKind::Value, Text::new("不控制时的实际输出", "the output while it does not")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("控制输出", "the output"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: Text::new("比例积分供暖，到限不再积分", "proportional-integral heating; no windup at the limit"),
            params: r#"{"kp": 20, "ti_ms": 100000}"#,
            inputs: &[("in", Carries::Number("Cel")), ("target", Carries::Number("Cel"))],
            rows: &[
                "0:00 | 20 | 22 | 40",
                "0:05 | 20 | 22 | 40",
                "0:10 | 20 | 22 | 44",
                "0:20 | 20 | 22 | 48",
                "0:30 | 10 | 22 | 100",
                "0:40 | 22 | 22 | 8",
                "0:50 | ? | 22 | ?",
            ],
        },
        Example {
            title: Text::new("制冷，死区 0.5 K", "cooling with a dead band of 0.5 K"),
            params: r#"{"kp": 10, "action": "direct", "dead_band": 0.5}"#,
            inputs: &[("in", Carries::Number("Cel")), ("target", Carries::Number("Cel"))],
            rows: &["0:00 | 26 | 24 | 20", "0:10 | 24.5 | 24 | 0", "0:20 | 23 | 24 | 0"],
        },
        Example {
            title: Text::new("手动值平稳接续", "taking over from a value set by hand without a bump"),
            params: r#"{"kp": 10, "ti_ms": 100000}"#,
            inputs: &[
                ("in", Carries::Number("Cel")),
                ("target", Carries::Number("Cel")),
                ("enable", Carries::Bool),
                ("track", Carries::Number("%")),
            ],
            rows: &[
                "0:00 | 20 | 21 | false | 60 | 60",
                "0:10 | 20 | 21 | true | 60 | 60",
                "0:20 | 20 | 21 | true | 60 | 61",
                "0:30 | 20 | 21 | ? | 30 | 30",
            ],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("action", "direct")],
            "使{in}降到{target}的 PID 输出（增益 {kp}[，积分时间 {ti_ms:span}][，微分时间 {td_ms:span}][，最小 {min}][，最大 {max}][，单位 {unit}][，死区 {dead_band}][，每 {every_ms:span}计算][，仅当{enable}][，否则跟随{track}]）",
            "the PID output that brings {in} down to {target} (gain {kp}[, integral time {ti_ms:span}][, derivative time {td_ms:span}][, at least {min}][, at most {max}][, unit {unit}][, dead band {dead_band}][, every {every_ms:span}][, only while {enable}][, else as {track}])",
        ),
        Words::new(
            "使{in}升到{target}的 PID 输出（增益 {kp}[，积分时间 {ti_ms:span}][，微分时间 {td_ms:span}][，最小 {min}][，最大 {max}][，单位 {unit}][，死区 {dead_band}][，每 {every_ms:span}计算][，仅当{enable}][，否则跟随{track}]）",
            "the PID output that brings {in} up to {target} (gain {kp}[, integral time {ti_ms:span}][, derivative time {td_ms:span}][, at least {min}][, at most {max}][, unit {unit}][, dead band {dead_band}][, every {every_ms:span}][, only while {enable}][, else as {track}])",
        ),
    ];

    type Params = Params;
    type State = Memory;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Pid> {
        let unit = params.unit.or_else(|| Unit::by_code("%"))?;
        scope.produces(0, PortType::Number(unit));
        let mut sound = scope.lasting(MEASURED, "") & scope.lasting(TARGET, "") & scope.lasting(ENABLE, "");
        let (min, max) = (params.min.unwrap_or(0.0), params.max.unwrap_or(100.0));
        sound &= scope.ordered("min", Some(min), Some(max));
        let mut seconds = |field: &str, span: Option<Span>| match span {
            Some(span) => scope.checked_span(field, span).map(|s| Some(s.as_micros() as f64 / 1e6)),
            None => Some(None),
        };
        let (ti, td) = (seconds("ti_ms", params.ti_ms), seconds("td_ms", params.td_ms));
        let every = scope.checked_span("every_ms", params.every_ms.unwrap_or(Span::from_millis(EVERY_MS)));
        let kp = scope.positive("kp", params.kp);
        let dead_band = params.dead_band.unwrap_or(0.0);
        if dead_band < 0.0 {
            sound &= scope.positive("dead_band", dead_band).is_some();
        }
        let (own, wanted) = (scope.number(MEASURED, "in"), scope.number(TARGET, "target"));
        let tracked = if scope.connected(TRACK) { scope.number(TRACK, "track") } else { Some(unit) };
        let (own, wanted, tracked) = (own?, wanted?, tracked?);
        if tracked != unit {
            scope.wrong_unit("unit", unit, tracked);
            sound = false;
        }
        let Some(target) = Affine::between(wanted, own) else {
            scope.wrong_unit("", wanted, own);
            return None;
        };
        let (kp, ti, td, every) = (kp?, ti?, td?.unwrap_or(0.0), every?);
        let switched = scope.connected(ENABLE);
        let action = params.action;
        sound.then_some(Pid { kp, ti, td, min, max, action, dead_band, every, target, switched })
    }

    fn init(&self) -> Memory {
        Memory { at: None, integral: 0.0, measured: 0.0, out: None }
    }

    fn step(&self, memory: &mut Memory, io: &mut Io<'_>) {
        let number = |port: usize| io.value(port).and_then(Value::as_number);
        let enabled = !self.switched || io.value(ENABLE).and_then(Value::as_bool) == Some(true);
        let (measured, target) = (number(MEASURED), number(TARGET).map(|t| self.target.of(t)));
        if !enabled {
            memory.at = None;
            memory.out = number(TRACK).or(memory.out).map(|n| n.clamp(self.min, self.max));
            return io.set(0, memory.out.and_then(known));
        }
        let Some((measured, target)) = measured.zip(target) else {
            memory.at = None;
            return io.set(0, None);
        };
        self.calculate(memory, measured, target, io.now);
        io.set(0, memory.out.and_then(known));
    }

    fn deadline(&self, memory: &Memory) -> Option<Timestamp> {
        memory.at.map(|at| at + self.every)
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![seen.bounded((self.min, self.max))]
    }
}

impl Pid {
    fn calculate(&self, memory: &mut Memory, measured: f64, target: f64, now: Timestamp) {
        if memory.at.is_some_and(|at| now < at + self.every) {
            return;
        }
        let upwards = if self.action == Action::Reverse { 1.0 } else { -1.0 };
        let deviation = Some(upwards * (target - measured)).filter(|d| d.abs() > self.dead_band).unwrap_or(0.0);
        let proportional = self.kp * deviation;
        let mut derivative = 0.0;
        match (memory.at, memory.out) {
            (Some(at), _) => {
                let period = self.every.as_micros() as f64 / 1e6;
                let passed = (now - at).as_micros() as f64 / 1e6;
                let passed = if passed > 2.0 * period { period } else { passed };
                derivative = -upwards * self.kp * self.td * (measured - memory.measured) / passed;
                let integral = memory.integral + self.ti.map_or(0.0, |ti| proportional * passed / ti);
                let out = proportional + integral + derivative;
                // At a limit it does not go on in that direction.
                if !(out > self.max && deviation > 0.0 || out < self.min && deviation < 0.0) {
                    memory.integral = integral.clamp(self.min.min(0.0), self.max.max(0.0));
                }
            }
            // It takes over from where the output is.
            (None, Some(out)) if self.ti.is_some() => {
                memory.integral = (out - proportional).clamp(self.min.min(0.0), self.max.max(0.0));
            }
            (None, _) => {}
        }
        let out = proportional + memory.integral + derivative;
        if out.is_nan() || memory.integral.is_nan() {
            *memory = self.init();
            return;
        }
        *memory =
            Memory { at: Some(now), integral: memory.integral, measured, out: Some(out.clamp(self.min, self.max)) };
    }
}
