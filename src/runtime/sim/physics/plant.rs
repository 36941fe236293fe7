//! What serves the whole building: warm water of the boiler, tap water, the sun on the roof.

/// State of the plant.
#[derive(Debug, Clone)]
pub(super) struct Plant {
    /// Warm water, °C.
    pub(super) supply: f64,
    /// Heat taken from it, W.
    pub(super) heat: f64,
    /// Water in the ground of the garden, percent.
    pub(super) soil: f64,
    /// Electric power of the site, W.
    pub(super) site: f64,
    /// Electric power of the sun, W.
    pub(super) sun: f64,
    /// Tap water, m³/h.
    pub(super) water: f64,
    /// Exhaust gas in the garage, ppm CO.
    pub(super) exhaust: f64,
}

impl Default for Plant {
    fn default() -> Self {
        Plant { supply: 50.0, heat: 0.0, soil: 45.0, site: 0.0, sun: 0.0, water: 0.0, exhaust: 2.0 }
    }
}

/// Most heat that the boiler makes, W.
pub(super) const BOILER_WATTS: f64 = 90_000.0;
/// What the panels give in full sun, W.
pub(super) const PANEL_WATTS: f64 = 20_000.0;
/// What a leak loses, m³/h.
pub(super) const LEAK: f64 = 0.36;
/// What an open tap gives, m³/h.
pub(super) const TAP: f64 = 0.3;

impl Plant {
    /// How much of its heat a radiator gives with the water as warm as it is, 0 to 1.
    pub(super) fn warmth(&self, pumped: bool) -> f64 {
        if pumped { ((self.supply - 28.0) / 20.0).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// One step: the boiler follows its setpoint, or the water cools down; the ground takes rain and gives it to the sun.
    pub(super) fn step(&mut self, boiler: Option<f64>, pumped: bool, outside: (f64, f64, f64), hours: f64) {
        let (temperature, rain, sun) = outside;
        let (goal, rate) = match boiler {
            Some(set) => (set, 4.0),
            None => (22.0, if pumped { 2.0 } else { 0.25 }),
        };
        self.supply = goal + (self.supply - goal) * libm::exp(-rate * hours);
        let dries = (0.15 + sun / 900.0 + (temperature - 15.0).max(0.0) / 60.0) * 0.4;
        // Wet ground passes water on, so that it stays within what ground holds.
        self.soil =
            (self.soil + (rain * 6.0 * (1.0 - self.soil / 70.0) - dries * self.soil / 60.0) * hours).clamp(8.0, 70.0);
    }
}
