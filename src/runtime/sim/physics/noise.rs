//! Chance without a random number: a hash of the seed, of what is asked about and of a number such as the minute.

/// What is asked about, so that the same number gives independent answers.
pub(super) type Channel = u64;

fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A number from 0 to below 1.
pub(super) fn unit(seed: u64, channel: Channel, n: i64) -> f64 {
    let bits = mix(mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)) ^ mix(channel) ^ n.cast_unsigned().rotate_left(17));
    // The upper 32 bits are exact in a float.
    let upper = u32::try_from(mix(bits) >> 32).unwrap_or(0);
    f64::from(upper) / 4_294_967_296.0
}

/// A number from 0 to 1 that changes smoothly and is independent from one whole number to the next but one.
pub(super) fn smooth(seed: u64, channel: Channel, x: f64) -> f64 {
    let floor = libm::floor(x);
    let at = whole(floor);
    let (a, b, t) = (unit(seed, channel, at), unit(seed, channel, at + 1), x - floor);
    a + (b - a) * t * t * (3.0 - 2.0 * t)
}

/// A float without a fraction as a whole number.
#[expect(clippy::cast_possible_truncation, reason = "times and their parts are far below 2^53")]
pub(super) fn whole(x: f64) -> i64 {
    x as i64
}
