//! `raise_alarm`: raises an alarm, until it is cleared.

use crate::compile::Scope;
use crate::nodes::action::notify::Told;
use crate::nodes::{Carries, Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::slots::EVENT;
use crate::words::Words;
use base::Bilingual;
use base::id::{DeviceId, PointId};
use base::limits::{NAME_CHARS_MAX, TEXT_CHARS_MAX};
use documents::Deed;
use documents::alarm::{AlarmSeverity, AlarmSource};
use documents::deed::Raise;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::Here;

/// Parameters of `raise_alarm`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Its code: small letters, digits, `.`, `-` and `_`. With what it is about, it makes it the same alarm again.
    #[schemars(length(min = 1, max = NAME_CHARS_MAX))]
    pub(crate) code: String,
    /// How bad it is: `critical`, `major`, `minor`, `warning`, `indeterminate`.
    pub(crate) severity: AlarmSeverity,
    /// What it says in Chinese. `{name}` is the value of the input `name`; `{{` and `}}` are braces.
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    pub(crate) zh: String,
    /// The same in English.
    #[schemars(length(min = 1, max = TEXT_CHARS_MAX))]
    pub(crate) en: String,
    /// The point that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) point: Option<PointId>,
    /// The device that it is about. Without either it is about the rule itself, or what the rule stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) device: Option<DeviceId>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RaiseAlarm {
    code: String,
    severity: AlarmSeverity,
    text: Told,
    source: Option<AlarmSource>,
}

impl Kind for RaiseAlarm {
    const TYPE: &'static str = "raise_alarm";
    const TITLE: Text = Text::new("产生告警", "Raise an alarm");
    const DOC: Text = Text::new(
        "每来一个事件就产生一个告警，直到 clear_alarm 清除它；同一代码、同一对象的告警还在时只更新。文字中英文各一份，\
         其中 {名称} 是同名输入的值。对象是点位、设备，都不写时是这条规则，为多处各立一份的规则则是那一处。规则停用时它的告警一并结束。",
        "For every event, raises an alarm until `clear_alarm` ends it; while one of the same code about the same thing is there, it \
         is that one. The text is in both languages, with values of inputs as `{name}`. It is about a point or a device, and \
         without either about the rule, or the room or device that the rule stands for. Alarms of a rule end with it.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("in", PortKind::Event, Text::new("何时产生", "when to raise it")),
        PortSpec::named("slot", PortKind::Value, Text::new("同名插槽的值", "the value of the slot of the same name")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("二氧化碳过高", "too much CO2"),
        params: r#"{"code": "air.bad", "severity": "major", "zh": "空气很差", "en": "The air is bad", "point": "pt_5e726e7cb0be8a7fbd15f673c8bbf7a3"}"#,
        inputs: &[("in", Carries::Event)],
        rows: &["0:00 | - | -", "0:10 | ! | raise major air.bad: 空气很差 / The air is bad"],
    }];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("severity", "critical")],
            "[就{point:point}][就设备{device:device}]产生紧急告警 {code}，内容为 {zh}（英文 {en}）[，其中 {slot}]",
            "raise the critical alarm {code}[ about {point:point}][ about the device {device:device}] that says {en} (Chinese {zh})[ with {slot}]",
        ),
        Words::when(
            &[("severity", "major")],
            "[就{point:point}][就设备{device:device}]产生重要告警 {code}，内容为 {zh}（英文 {en}）[，其中 {slot}]",
            "raise the major alarm {code}[ about {point:point}][ about the device {device:device}] that says {en} (Chinese {zh})[ with {slot}]",
        ),
        Words::when(
            &[("severity", "minor")],
            "[就{point:point}][就设备{device:device}]产生次要告警 {code}，内容为 {zh}（英文 {en}）[，其中 {slot}]",
            "raise the minor alarm {code}[ about {point:point}][ about the device {device:device}] that says {en} (Chinese {zh})[ with {slot}]",
        ),
        Words::when(
            &[("severity", "warning")],
            "[就{point:point}][就设备{device:device}]产生警告 {code}，内容为 {zh}（英文 {en}）[，其中 {slot}]",
            "raise the warning {code}[ about {point:point}][ about the device {device:device}] that says {en} (Chinese {zh})[ with {slot}]",
        ),
        Words::new(
            "[就{point:point}][就设备{device:device}]产生未定告警 {code}，内容为 {zh}（英文 {en}）[，其中 {slot}]",
            "raise the indeterminate alarm {code}[ about {point:point}][ about the device {device:device}] that says {en} (Chinese {zh})[ with {slot}]",
        ),
    ];

    type Params = Params;
    type State = ();

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<RaiseAlarm> {
        let code = checked_code(&params.code, scope);
        let source = checked_source(params.point, params.device, scope);
        let text = Told::checked(&params.zh, &params.en, scope)?;
        let source = source.filter(|_| code)?;
        Some(RaiseAlarm { code: params.code, severity: params.severity, text, source })
    }

    fn init(&self) {}

    fn step(&self, _: &mut (), io: &mut Io<'_>) {
        if io.event(EVENT) {
            let text = self.text.now(io);
            io.ask(Deed::Raise(Raise { code: self.code.clone(), severity: self.severity, text, source: self.source }));
        }
    }
}

/// Whether an alarm can have this code; says so if not.
pub(crate) fn checked_code(code: &str, scope: &mut Scope<'_>) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let sound = !code.is_empty() && code.len() <= NAME_CHARS_MAX && code.chars().all(fits);
    if !sound {
        let message = Bilingual::new(
            format!("代码由小写字母、数字、.、- 和 _ 组成，最多 {NAME_CHARS_MAX} 个"),
            format!("a code has small letters, digits, `.`, `-` and `_`, at most {NAME_CHARS_MAX}"),
        );
        scope.fault("rule.params", "code", message);
    }
    sound
}

/// What an alarm is about: a point, a device, or neither, which is the place of a rule that stands for several. None where something is wrong, which is said.
#[expect(clippy::option_option, reason = "the outer one says whether the parameters are sound")]
pub(crate) fn checked_source(
    point: Option<PointId>,
    device: Option<DeviceId>,
    scope: &mut Scope<'_>,
) -> Option<Option<AlarmSource>> {
    match (point, device) {
        (Some(_), Some(_)) => {
            let message = Bilingual::new("point 和 device 最多给出一个", "give `point` or `device`, not both");
            scope.fault("rule.params", "device", message);
            None
        }
        (Some(point), None) if scope.world.point(point).is_none() => {
            scope.unknown_point("point", point);
            None
        }
        (Some(point), None) => Some(Some(AlarmSource::Point(point))),
        (None, Some(device)) => scope.known_device("device", device).then_some(Some(AlarmSource::Device(device))),
        (None, None) => Some(scope.here.map(|here| match here {
            Here::Space(space) => AlarmSource::Space(space),
            Here::Device(device) => AlarmSource::Device(device),
        })),
    }
}
