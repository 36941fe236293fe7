//! `geofence`: whether a place is near another one.

use crate::compile::Scope;
use crate::nodes::{Carries, Example, Kind, bool_output};
use crate::plan::Io;
use crate::ports::{PortKind, PortSpec, Text};
use crate::words::Words;
use base::{Bilingual, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use things::registry::Place;

/// Mean radius of the Earth, in metres.
const EARTH_METRES: f64 = 6_371_008.8;
/// Largest radius: half around the Earth, in metres.
const RADIUS_METRES_MAX: f64 = 20_000_000.0;

/// Parameters of `geofence`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Degrees to the north of the middle; to the south below zero.
    #[schemars(range(min = -90.0, max = 90.0))]
    pub(crate) north: f64,
    /// Degrees to the east of the middle; to the west below zero.
    #[schemars(range(min = -180.0, max = 180.0))]
    pub(crate) east: f64,
    /// How far from the middle it still counts, in metres.
    #[schemars(range(min = 1.0, max = RADIUS_METRES_MAX))]
    pub(crate) radius_m: f64,
    /// How many metres further one has to go to be out again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub(crate) margin_m: Option<f64>,
}

/// The node in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Geofence {
    middle: Place,
    radius_m: f64,
    margin_m: f64,
}

const LATITUDE: usize = 0;
const LONGITUDE: usize = 1;

impl Kind for Geofence {
    const TYPE: &'static str = "geofence";
    const TITLE: Text = Text::new("地理围栏", "Geofence");
    const DOC: Text = Text::new(
        "由纬度和经度（度）判断是否在围栏之内：离中心不超过 radius_m。margin_m 使定位抖动时不反复进出。进入和离开的时刻接 edge 节点。\
         只说“在家”“离家”的设备用 one_of 或 compare。任一输入未知，或没有这样的地方时，输出未知。",
        "Whether a latitude and a longitude, in degrees, lie inside: not further than `radius_m` from the middle. `margin_m` keeps \
         an unsteady position from going in and out. Entering and leaving are an `edge` of it. Of a device that only says `home` \
         or `away` take `one_of` or `compare`. While an input is unknown, or there is no such place, so is the output.",
    );
    const INPUTS: &'static [PortSpec] = &[
        PortSpec::one("latitude", PortKind::Value, Text::new("纬度", "degrees to the north")),
        PortSpec::one("longitude", PortKind::Value, Text::new("经度", "degrees to the east")),
    ];
    const OUTPUTS: &'static [PortSpec] = &[bool_output(Text::new("是否在内", "whether it is inside"))];
    const EXAMPLES: &'static [Example] = &[Example {
        title: Text::new("离家 200 米以内", "within 200 m of home"),
        params: r#"{"north": 31.23, "east": 121.47, "radius_m": 200, "margin_m": 50}"#,
        inputs: &[("latitude", Carries::Number("1")), ("longitude", Carries::Number("1"))],
        rows: &[
            "0:00 | 31.25 | 121.47 | false",
            "0:10 | 31.2317 | 121.47 | true",
            "0:20 | 31.232 | 121.47 | true",
            "0:30 | 31.2323 | 121.47 | false",
            "0:40 | 31.232 | 121.47 | false",
            "0:50 | ? | 121.47 | ?",
            "1:00 | 131 | 121.47 | ?",
        ],
    }];
    const WORDS: &'static [Words] = &[Words::new(
        "{latitude}、{longitude}离北纬 {north}、东经 {east} 不超过 {radius_m} 米[（再远 {margin_m} 米才算离开）]",
        "{latitude} and {longitude} are within {radius_m} m of {north} north, {east} east[ (outside again after {margin_m} m more)]",
    )];

    type Params = Params;
    /// Whether it was inside when the inputs were last known.
    type State = bool;

    fn compile(params: Params, scope: &mut Scope<'_>) -> Option<Geofence> {
        let lasting =
            params.margin_m.is_none() || [LATITUDE, LONGITUDE].into_iter().all(|port| scope.lasting(port, "margin_m"));
        let middle = Place { latitude: params.north, longitude: params.east };
        let margin = params.margin_m.unwrap_or(0.0);
        let mut sound = lasting;
        if !middle.is_sound() {
            let message = Bilingual::new(
                "没有这样的地方：纬度 -90 到 90，经度 -180 到 180",
                "there is no such place: -90 to 90 north, -180 to 180 east",
            );
            scope.fault("rule.params", "north", message);
            sound = false;
        }
        let limits = [("radius_m", params.radius_m, 1.0), ("margin_m", margin, 0.0)];
        for (field, n, least) in limits.into_iter().filter(|(_, n, least)| !(*least..=RADIUS_METRES_MAX).contains(n)) {
            let message = Bilingual::new(
                format!("应在 {least} 到 {RADIUS_METRES_MAX} 之间，而不是 {n}"),
                format!("takes {least} to {RADIUS_METRES_MAX}, not {n}"),
            );
            scope.fault("rule.params", field, message);
            sound = false;
        }
        let numbers = [(LATITUDE, "latitude"), (LONGITUDE, "longitude")].map(|(port, name)| scope.number(port, name));
        (sound && numbers.iter().all(Option::is_some)).then_some(Geofence {
            middle,
            radius_m: params.radius_m,
            margin_m: margin,
        })
    }

    fn init(&self) -> bool {
        false
    }

    fn step(&self, inside: &mut bool, io: &mut Io<'_>) {
        let number = |port| io.value(port).and_then(Value::as_number);
        let place = number(LATITUDE).zip(number(LONGITUDE)).map(|(latitude, longitude)| Place { latitude, longitude });
        let Some(place) = place.filter(Place::is_sound) else { return io.set(0, None) };
        let radius = if *inside { self.radius_m + self.margin_m } else { self.radius_m };
        *inside = metres(self.middle, place) <= radius;
        io.set(0, Some(Value::Bool(*inside)));
    }
}

/// The distance along the Earth, by the haversine formula.
fn metres(a: Place, b: Place) -> f64 {
    let half = |degrees: f64| libm::sin(degrees.to_radians() / 2.0);
    let (north, east) = (half(b.latitude - a.latitude), half(b.longitude - a.longitude));
    let h = north * north + libm::cos(a.latitude.to_radians()) * libm::cos(b.latitude.to_radians()) * east * east;
    2.0 * EARTH_METRES * libm::asin(libm::sqrt(h.clamp(0.0, 1.0)))
}
