//! The words of an announcement in full: announcements may use short ones, and `~` for a part that topics share.
//!
//! What it is *not*: it gives no word a meaning.

use serde_json::{Map, Value as Json};

/// Short words and what they stand for, as far as an entity is understood here. A short word that is not listed stays
/// as it is, and is then not understood.
const SHORT: &[(&str, &str)] = &[
    ("avty", "availability"),
    ("avty_mode", "availability_mode"),
    ("avty_t", "availability_topic"),
    ("avty_tpl", "availability_template"),
    ("bri", "brightness"),
    ("bri_cmd_t", "brightness_command_topic"),
    ("bri_cmd_tpl", "brightness_command_template"),
    ("bri_scl", "brightness_scale"),
    ("bri_stat_t", "brightness_state_topic"),
    ("bri_val_tpl", "brightness_value_template"),
    ("clr_temp_cmd_t", "color_temp_command_topic"),
    ("clr_temp_cmd_tpl", "color_temp_command_template"),
    ("clr_temp_k", "color_temp_kelvin"),
    ("clr_temp_stat_t", "color_temp_state_topic"),
    ("clr_temp_val_tpl", "color_temp_value_template"),
    ("cmd_t", "command_topic"),
    ("cmd_tpl", "command_template"),
    ("cmps", "components"),
    ("curr_temp_t", "current_temperature_topic"),
    ("curr_temp_tpl", "current_temperature_template"),
    ("dev", "device"),
    ("dev_cla", "device_class"),
    ("e", "encoding"),
    ("en", "enabled_by_default"),
    ("evt_typ", "event_types"),
    ("fan_mode_cmd_t", "fan_mode_command_topic"),
    ("fx_cmd_t", "effect_command_topic"),
    ("fx_list", "effect_list"),
    ("hs_cmd_t", "hs_command_topic"),
    ("max_k", "max_kelvin"),
    ("max_mirs", "max_mireds"),
    ("min_k", "min_kelvin"),
    ("min_mirs", "min_mireds"),
    ("mode_cmd_t", "mode_command_topic"),
    ("mode_cmd_tpl", "mode_command_template"),
    ("mode_stat_t", "mode_state_topic"),
    ("mode_stat_tpl", "mode_state_template"),
    ("o", "origin"),
    ("obj_id", "object_id"),
    ("off_dly", "off_delay"),
    ("ops", "options"),
    ("opt", "optimistic"),
    ("osc_cmd_t", "oscillation_command_topic"),
    ("p", "platform"),
    ("pct_cmd_t", "percentage_command_topic"),
    ("pct_cmd_tpl", "percentage_command_template"),
    ("pct_stat_t", "percentage_state_topic"),
    ("pct_val_tpl", "percentage_value_template"),
    ("pl", "payload"),
    ("pl_avail", "payload_available"),
    ("pl_cls", "payload_close"),
    ("pl_lock", "payload_lock"),
    ("pl_not_avail", "payload_not_available"),
    ("pl_off", "payload_off"),
    ("pl_on", "payload_on"),
    ("pl_open", "payload_open"),
    ("pl_prs", "payload_press"),
    ("pl_stop", "payload_stop"),
    ("pl_unlk", "payload_unlock"),
    ("pos_clsd", "position_closed"),
    ("pos_open", "position_open"),
    ("pos_t", "position_topic"),
    ("pos_tpl", "position_template"),
    ("pow_cmd_t", "power_command_topic"),
    ("pr_mode_cmd_t", "preset_mode_command_topic"),
    ("ret", "retain"),
    ("rgb_cmd_t", "rgb_command_topic"),
    ("rgbw_cmd_t", "rgbw_command_topic"),
    ("rgbww_cmd_t", "rgbww_command_topic"),
    ("set_pos_t", "set_position_topic"),
    ("set_pos_tpl", "set_position_template"),
    ("spd_rng_max", "speed_range_max"),
    ("spd_rng_min", "speed_range_min"),
    ("stat_cla", "state_class"),
    ("stat_closing", "state_closing"),
    ("stat_clsd", "state_closed"),
    ("stat_locked", "state_locked"),
    ("stat_off", "state_off"),
    ("stat_on", "state_on"),
    ("stat_open", "state_open"),
    ("stat_opening", "state_opening"),
    ("stat_t", "state_topic"),
    ("stat_unlocked", "state_unlocked"),
    ("stat_val_tpl", "state_value_template"),
    ("stype", "subtype"),
    ("sug_dsp_prc", "suggested_display_precision"),
    ("sup_clrm", "supported_color_modes"),
    ("swing_mode_cmd_t", "swing_mode_command_topic"),
    ("t", "topic"),
    ("temp_cmd_t", "temperature_command_topic"),
    ("temp_cmd_tpl", "temperature_command_template"),
    ("temp_hi_cmd_t", "temperature_high_command_topic"),
    ("temp_lo_cmd_t", "temperature_low_command_topic"),
    ("temp_stat_t", "temperature_state_topic"),
    ("temp_stat_tpl", "temperature_state_template"),
    ("temp_unit", "temperature_unit"),
    ("tilt_clsd_val", "tilt_closed_value"),
    ("tilt_cmd_t", "tilt_command_topic"),
    ("tilt_opnd_val", "tilt_opened_value"),
    ("tilt_status_t", "tilt_status_topic"),
    ("tilt_status_tpl", "tilt_status_template"),
    ("uniq_id", "unique_id"),
    ("unit_of_meas", "unit_of_measurement"),
    ("val_tpl", "value_template"),
];

/// Short words within the description of a device.
const SHORT_DEVICE: &[(&str, &str)] = &[
    ("cns", "connections"),
    ("cu", "configuration_url"),
    ("hw", "hw_version"),
    ("ids", "identifiers"),
    ("mdl", "model"),
    ("mdl_id", "model_id"),
    ("mf", "manufacturer"),
    ("sa", "suggested_area"),
    ("sn", "serial_number"),
    ("sw", "sw_version"),
];

fn long<'a>(table: &[(&'a str, &'a str)], word: &'a str) -> &'a str {
    table.iter().find(|(short, _)| *short == word).map_or(word, |(_, long)| long)
}

/// An announcement with its words in full and its topics complete.
pub(super) fn in_full(announced: &Map<String, Json>) -> Map<String, Json> {
    let base = announced.get("~").and_then(Json::as_str).map(str::to_string);
    expanded(announced, base.as_deref())
}

fn expanded(map: &Map<String, Json>, base: Option<&str>) -> Map<String, Json> {
    let mut out = Map::new();
    for (key, value) in map.iter().filter(|(key, _)| *key != "~") {
        let key = long(SHORT, key);
        let value = match value {
            Json::Object(device) if key == "device" => {
                Json::Object(device.iter().map(|(k, v)| (long(SHORT_DEVICE, k).to_string(), v.clone())).collect())
            }
            Json::Object(parts) if key == "components" => {
                let full = |(id, part): (&String, &Json)| {
                    (id.clone(), part.as_object().map_or(Json::Null, |p| Json::Object(expanded(p, base))))
                };
                Json::Object(parts.iter().map(full).collect())
            }
            Json::Array(list) if key == "availability" => {
                let full = |a: &Json| a.as_object().map_or(Json::Null, |a| Json::Object(expanded(a, base)));
                Json::Array(list.iter().map(full).collect())
            }
            Json::String(topic) if key.ends_with("topic") => Json::String(complete(topic, base)),
            other => other.clone(),
        };
        out.insert(key.to_string(), value);
    }
    out
}

/// A topic whose first or last sign stands for the base.
fn complete(topic: &str, base: Option<&str>) -> String {
    let Some(base) = base else { return topic.to_string() };
    match (topic.strip_prefix('~'), topic.strip_suffix('~')) {
        (Some(rest), _) => format!("{base}{rest}"),
        (None, Some(rest)) => format!("{rest}{base}"),
        (None, None) => topic.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn short_words_become_long_and_topics_complete() {
        let short = json!({
            "~": "home/lamp", "stat_t": "~/state", "cmd_t": "set/~", "name": "~",
            "dev": { "ids": ["a"], "mdl": "b" },
            "avty": [{ "t": "~/there", "pl_avail": "yes" }],
            "cmps": { "x": { "p": "sensor", "stat_t": "~/x" } },
            "what": 1,
        });
        let long = json!({
            "state_topic": "home/lamp/state", "command_topic": "set/home/lamp", "name": "~",
            "device": { "identifiers": ["a"], "model": "b" },
            "availability": [{ "topic": "home/lamp/there", "payload_available": "yes" }],
            "components": { "x": { "platform": "sensor", "state_topic": "home/lamp/x" } },
            "what": 1,
        });
        assert_eq!(Json::Object(in_full(short.as_object().unwrap())), long);
    }

    #[test]
    fn no_short_word_stands_twice() {
        for table in [SHORT, SHORT_DEVICE] {
            assert!(table.windows(2).all(|w| w[0].0 < w[1].0));
        }
    }
}
