//! Where the sun is, and when it rises and sets: the equations of NOAA's solar calculator, which are those of Jean Meeus,
//! *Astronomical Algorithms*. Between the polar circles they are within a minute of published tables.
//!
//! What it is *not*: it knows no zone. A day is the day of the sun at the place, noon to noon apart.

use super::Sun;
use base::{Span, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use things::registry::Place;

/// Degrees from the zenith at which the upper edge of the sun is at the horizon, refraction included.
const ZENITH_HORIZON: f64 = 90.833;
/// Degrees from the zenith at which civil twilight begins and ends.
const ZENITH_TWILIGHT: f64 = 96.0;
/// Julian day of 2000-01-01T12:00Z, and the seconds since the epoch then.
const J2000_SECONDS: f64 = 946_728_000.0;
const DAY_SECONDS: f64 = 86_400.0;

/// When the sun is highest on one of its days, as far as clocks are concerned.
pub(crate) fn noon(day: Date, place: Place) -> Timestamp {
    let start = utc_midnight(day);
    after(start, noon_minutes(start, place))
}

/// When the sun does this on one of its days; none where it does not.
pub(crate) fn event(event: Sun, day: Date, place: Place) -> Option<Timestamp> {
    let zenith = if matches!(event, Sun::Sunrise | Sun::Sunset) { ZENITH_HORIZON } else { ZENITH_TWILIGHT };
    let start = utc_midnight(day);
    let mut minutes = noon_minutes(start, place);
    // What the sun is like at noon is nearly what it is like then; once more with what was found is exact enough.
    for _ in 0..3 {
        let solar = Solar::at(after(start, minutes));
        let angle = solar.hour_angle(place.latitude, zenith)?;
        let angle = if event.is_morning() { -angle } else { angle };
        minutes = 720.0 + 4.0 * (angle - place.longitude) - solar.equation_of_time;
    }
    Some(after(start, minutes))
}

/// Degrees of the sun above the horizon, without refraction, and degrees from north by way of east.
pub(crate) fn position(at: Timestamp, place: Place) -> (f64, f64) {
    let solar = Solar::at(at);
    #[expect(clippy::cast_precision_loss, reason = "seconds of a day")]
    let minutes = at.as_micros().rem_euclid(86_400_000_000) as f64 / 60e6;
    let angle = rad((minutes + solar.equation_of_time + 4.0 * place.longitude) / 4.0 - 180.0);
    let (lat, decl) = (rad(place.latitude), solar.declination);
    let sine = libm::sin(lat) * libm::sin(decl) + libm::cos(lat) * libm::cos(decl) * libm::cos(angle);
    let elevation = libm::asin(sine.clamp(-1.0, 1.0));
    let east = -libm::cos(decl) * libm::sin(angle);
    let north = libm::sin(decl) * libm::cos(lat) - libm::cos(decl) * libm::sin(lat) * libm::cos(angle);
    let azimuth = libm::atan2(east, north).to_degrees();
    (elevation.to_degrees(), if azimuth < 0.0 { azimuth + 360.0 } else { azimuth })
}

/// What the sun is like at a moment.
struct Solar {
    /// Minutes by which a sundial is ahead of a clock.
    equation_of_time: f64,
    /// In radians.
    declination: f64,
}

impl Solar {
    fn at(at: Timestamp) -> Solar {
        #[expect(clippy::cast_precision_loss, reason = "a second is exact enough")]
        let t = (at.as_millis() as f64 / 1e3 - J2000_SECONDS) / DAY_SECONDS / 36_525.0;
        let mean_longitude = rad((280.46646 + t * (36_000.769_83 + 0.000_303_2 * t)) % 360.0);
        let mean_anomaly = rad(357.529_11 + t * (35_999.050_29 - 0.000_153_7 * t));
        let eccentricity = 0.016_708_634 - t * (0.000_042_037 + 0.000_000_126_7 * t);
        let sin = |n: f64| libm::sin(n * mean_anomaly);
        let centre = sin(1.0) * (1.914_602 - t * (0.004_817 + 0.000_014 * t))
            + sin(2.0) * (0.019_993 - 0.000_101 * t)
            + sin(3.0) * 0.000_289;
        let node = rad(125.04 - 1_934.136 * t);
        let longitude = mean_longitude + rad(centre - 0.005_69 - 0.004_78 * libm::sin(node));
        let seconds = 21.448 - t * (46.815 + t * (0.000_59 - t * 0.001_813));
        let obliquity = rad(23.0 + (26.0 + seconds / 60.0) / 60.0 + 0.002_56 * libm::cos(node));
        let half = libm::tan(obliquity / 2.0);
        let y = half * half;
        let equation = y * libm::sin(2.0 * mean_longitude) - 2.0 * eccentricity * sin(1.0)
            + 4.0 * eccentricity * y * sin(1.0) * libm::cos(2.0 * mean_longitude)
            - 0.5 * y * y * libm::sin(4.0 * mean_longitude)
            - 1.25 * eccentricity * eccentricity * sin(2.0);
        Solar {
            equation_of_time: 4.0 * equation.to_degrees(),
            declination: libm::asin(libm::sin(obliquity) * libm::sin(longitude)),
        }
    }

    /// Degrees that the Earth turns between noon and the moment at which the sun is this far from the zenith.
    fn hour_angle(&self, latitude: f64, zenith: f64) -> Option<f64> {
        let lat = rad(latitude);
        let cosine = libm::cos(rad(zenith)) / (libm::cos(lat) * libm::cos(self.declination))
            - libm::tan(lat) * libm::tan(self.declination);
        (-1.0..=1.0).contains(&cosine).then(|| libm::acos(cosine).to_degrees())
    }
}

/// Minutes after midnight UTC at which the sun is highest.
fn noon_minutes(start: Timestamp, place: Place) -> f64 {
    let about = 720.0 - 4.0 * place.longitude;
    about - Solar::at(after(start, about)).equation_of_time
}

fn utc_midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::default(), |z| Timestamp::from_jiff(z.timestamp()))
}

fn after(start: Timestamp, minutes: f64) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "minutes of two days")]
    let seconds = libm::round(minutes * 60.0) as i64;
    start + Span::from_secs(seconds)
}

fn rad(degrees: f64) -> f64 {
    degrees.to_radians()
}
