//! The weather at the site as a function of seed and time: season, day, clouds, wind, rain and where the sun stands.
//!
//! What it is *not*: a forecast. It is shaped after a humid place at 31° north with hot summers and cool winters.

use super::calendar::Local;
use super::noise::smooth;
use core::f64::consts::PI;

/// Latitude of the site.
const LATITUDE: f64 = 31.2 * PI / 180.0;

/// What it is like outside.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Weather {
    /// °C.
    pub(crate) temperature: f64,
    /// Relative, in percent.
    pub(crate) humidity: f64,
    /// 0 clear to 1 covered.
    pub(crate) cloud: f64,
    /// m/s.
    pub(crate) wind: f64,
    /// mm in an hour.
    pub(crate) rain: f64,
    /// Direct sun on a surface that faces it, W/m².
    pub(crate) direct: f64,
    /// Light of the sky on the ground, W/m².
    pub(crate) diffuse: f64,
    /// Unit vector to the sun: east, south, up.
    pub(crate) sun: [f64; 3],
}

impl Weather {
    pub(super) fn at(seed: u64, local: Local) -> Weather {
        let hours = local.hours();
        let year = 2.0 * PI * (local.day_of_year() - 201.0) / 365.2425;
        let season = libm::cos(year);
        let cloud =
            (1.3 * (0.6 * smooth(seed, 11, hours / 19.0) + 0.4 * smooth(seed, 12, hours / 5.0)) - 0.15).clamp(0.0, 1.0);
        let daily = libm::cos(2.0 * PI * (local.hour - 15.0) / 24.0) * (4.5 - 2.5 * cloud);
        let fronts = (smooth(seed, 13, hours / 61.0) - 0.5) * 9.0 + (smooth(seed, 14, hours / 17.0) - 0.5) * 3.0;
        let rain = ((smooth(seed, 15, hours / 4.0) * cloud - 0.55) * 14.0).max(0.0);
        let gust = smooth(seed, 16, hours / 7.0);
        let noon = libm::sin(2.0 * PI * (local.hour - 9.0) / 24.0).max(0.0);
        let sun = sun(local);
        let up = sun[2].max(0.0);
        Weather {
            temperature: 17.0 + 11.5 * season + fronts + daily - rain.min(2.0),
            humidity: (60.0 + 26.0 * (cloud - 0.4) - 4.0 * daily + 14.0 * rain.min(1.0) + 6.0 * season)
                .clamp(18.0, 99.0),
            cloud,
            wind: 0.5 + 6.5 * gust * gust + 1.2 * noon,
            rain,
            direct: 880.0 * (1.0 - 0.92 * cloud) * up / (up + 0.12),
            diffuse: (80.0 + 170.0 * cloud) * libm::sqrt(up),
            sun,
        }
    }

    /// Sun and sky on a wall that faces a direction (east, south), W/m².
    pub(crate) fn on_wall(&self, facing: (f64, f64)) -> f64 {
        let straight = self.sun[0] * facing.0 + self.sun[1] * facing.1;
        let direct = if self.sun[2] > 0.0 { self.direct * straight.max(0.0) } else { 0.0 };
        direct + 0.5 * self.diffuse
    }

    /// Sun and sky on the ground, W/m².
    pub(crate) fn on_ground(&self) -> f64 {
        self.direct * self.sun[2].max(0.0) + self.diffuse
    }
}

/// Where the sun stands.
fn sun(local: Local) -> [f64; 3] {
    let declination = 23.44 * PI / 180.0 * libm::sin(2.0 * PI * (284.0 + local.day_of_year()) / 365.2425);
    let hour = (local.hour - 12.0) * PI / 12.0;
    let (sin_l, cos_l) = (libm::sin(LATITUDE), libm::cos(LATITUDE));
    let (sin_d, cos_d) = (libm::sin(declination), libm::cos(declination));
    let west = cos_d * libm::sin(hour);
    let south = libm::cos(hour) * cos_d * sin_l - sin_d * cos_l;
    let up = sin_l * sin_d + cos_l * cos_d * libm::cos(hour);
    [-west, south, up]
}
