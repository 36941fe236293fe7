//! `sun_position`: how high the sun stands, and in which direction.

use crate::analysis::{Meaning, Seen};
use crate::calendar::{Local, sun};
use crate::compile::Scope;
use crate::limits::TICK_MS_MIN;
use crate::nodes::{Example, Kind};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, PortType, Text};
use crate::words::Words;
use base::{Span, Timestamp, Unit, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which angle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Angle {
    /// Above the horizon; below it less than zero.
    Elevation,
    /// From north by way of east: 90 is east, 180 south, 270 west.
    Azimuth,
}

/// Parameters of `sun_position`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Which angle: `elevation` above the horizon, `azimuth` from north by way of east.
    pub(crate) angle: Angle,
    /// How often the value follows, in milliseconds; at least a second.
    #[schemars(range(min = TICK_MS_MIN))]
    pub(crate) every_ms: Span,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SunPosition {
    angle: Angle,
    every_ms: Span,
    local: Local,
}

impl Kind for SunPosition {
    const TYPE: &'static str = "sun_position";
    const TITLE: Text = Text::new("太阳位置", "Position of the sun");
    const DOC: Text = Text::new(
        "太阳的高度角（elevation，地平线以下为负）或方位角（azimuth，90 为东，180 为南，270 为西），单位度，保留一位小数，\
         按站点的经纬度，每隔 every_ms 更新。适合百叶窗和遮阳。不计大气折射。",
        "The angle of the sun above the horizon (`elevation`, negative below it) or from north by way of east (`azimuth`: 90 is \
         east, 180 south, 270 west), in degrees with one decimal, at the site's latitude and longitude, brought up to date every \
         `every_ms`. Made for blinds and awnings. Refraction is left out.",
    );
    const INPUTS: &'static [PortSpec] = &[];
    const OUTPUTS: &'static [PortSpec] = &[PortSpec::one("out", PortKind::Value, Text::new("角度", "the angle"))];
    const EXAMPLES: &'static [Example] = &[
        Example {
            // The example begins on Thursday, 1 January 1970, at 08:00 of the site: 31.2 north, 121.5 east.
            title: Text::new("高度角", "above the horizon"),
            params: r#"{"angle": "elevation", "every_ms": 3600000}"#,
            inputs: &[],
            rows: &["0:00 | 11.4", "30:00 | 11.4", "60:00 | 21.1", "240:00 | 35.7"],
        },
        Example {
            title: Text::new("方位角", "from north by way of east"),
            params: r#"{"angle": "azimuth", "every_ms": 3600000}"#,
            inputs: &[],
            rows: &["0:00 | 126.1", "240:00 | 180.7"],
        },
    ];
    const WORDS: &'static [Words] = &[
        Words::when(
            &[("angle", "azimuth")],
            "太阳的方位角（每{every_ms:span}更新）",
            "the direction of the sun (looked at every {every_ms:span})",
        ),
        Words::when(
            &[("angle", "elevation")],
            "太阳的高度角（每{every_ms:span}更新）",
            "the height of the sun (looked at every {every_ms:span})",
        ),
    ];

    type Params = Params;
    /// When the value follows next.
    type State = Option<Timestamp>;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<SunPosition> {
        scope.produces(0, PortType::Number(Unit::by_code("deg").unwrap_or(Unit::one())));
        let local = Local::of(scope.world.site());
        if local.place().is_none() {
            scope.no_place("angle");
        }
        let every_ms = scope.checked_tick("every_ms", params.every_ms)?;
        local.place().is_some().then_some(SunPosition { angle: params.angle, every_ms, local })
    }

    fn init(&self) -> Option<Timestamp> {
        None
    }

    fn step(&self, due: &mut Option<Timestamp>, io: &mut Io<'_>) {
        if due.is_some_and(|t| t > io.now) {
            return;
        }
        *due = Some(io.now + self.every_ms);
        let angle = self.local.place().map(|place| {
            let (elevation, azimuth) = sun::position(io.now, place);
            if self.angle == Angle::Elevation { elevation } else { azimuth }
        });
        io.set(0, angle.map(|a| Value::Number(libm::round(a * 10.0) / 10.0)));
    }

    fn deadline(&self, due: &Option<Timestamp>) -> Option<Timestamp> {
        *due
    }

    fn meaning(&self, seen: &Seen<'_>) -> Vec<Meaning> {
        vec![seen.bounded(if self.angle == Angle::Elevation { (-90.0, 90.0) } else { (0.0, 360.0) })]
    }
}
