//! What scripts give, what is refused, and that nothing breaks them.

use super::{Script, Type};
use base::Value;
use proptest::prelude::*;

const INPUTS: [(&str, Type); 4] =
    [("t", Type::Number), ("on", Type::Bool), ("mode", Type::Text), ("gone", Type::Number)];

fn inputs() -> [Option<Value>; 4] {
    [Some(Value::Number(21.5)), Some(Value::Bool(true)), Some(Value::text("cool")), None]
}

/// Only the inputs that it uses, so that none is left over.
fn read(text: &str) -> Result<(Script, Type), Vec<String>> {
    let uses = |name: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
    let inputs: Vec<(&str, Type)> = INPUTS.into_iter().filter(|(name, _)| uses(name)).collect();
    Script::read(text, &inputs)
        .map_err(|faults| faults.iter().map(|f| format!("{}:{} {}", f.at.0, f.at.1, f.message.en)).collect())
}

fn result(text: &str) -> String {
    let (script, _) = read(text).unwrap();
    let uses = |name: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
    let values: Vec<Option<Value>> =
        INPUTS.iter().zip(inputs()).filter(|((name, _), _)| uses(name)).map(|(_, value)| value).collect();
    match script.run(&|place| values.get(place)?.as_ref()) {
        Ok(value) => value.map_or("?".into(), |v| v.to_string()),
        Err(failure) => failure.words().en,
    }
}

#[test]
fn results() {
    let cases = [
        ("t + 1", "22.5"),
        ("-(t ** 2)", "-462.25"),
        ("7 // 2 + 7 % 3 - -7 % 3", "2"),
        ("(t - 32) * 5 / 9 | round(1)", "-5.833"),
        ("((t - 32) * 5 / 9) | round(1)", "-5.8"),
        ("20 < t < 22 and on", "true"),
        ("not on or mode == 'cool'", "true"),
        ("'oo' in mode and 'x' not in mode", "true"),
        ("t if on else 0", "21.5"),
        ("t if not on", "?"),
        ("mode ~ ' ' ~ t ~ ' ' ~ on", "cool 21.5 true"),
        ("mode | upper | replace('O', '0') | length", "4"),
        ("'12.7' | int + '0.3' | float", "12.3"),
        ("mode | float(-1)", "-1"),
        ("mode | float", "?"),
        ("max(1, t, 3) - min(2, 4)", "19.5"),
        ("log(8, 2) | round", "3"),
        ("gone + 1", "?"),
        ("gone > 1 and on", "?"),
        ("gone > 1 and not on", "false"),
        ("gone > 1 or on", "true"),
        ("gone | default(t)", "21.5"),
        ("5 if gone is defined else 6", "6"),
        ("gone is none", "true"),
        ("1 / 0", "there is no number, as of a division by zero"),
        ("sqrt(-1)", "there is no number, as of a division by zero"),
        ("1e308 * 10", "there is no number, as of a division by zero"),
    ];
    let wrong: Vec<_> = cases.into_iter().filter(|(text, expected)| result(text) != *expected).collect();
    assert!(wrong.is_empty(), "{:?}", wrong.iter().map(|(text, _)| (text, result(text))).collect::<Vec<_>>());
}

#[test]
fn faults_are_found_at_once_with_their_place() {
    let cases = [
        ("t +", vec!["1:3 it cannot be read: unexpected end of input, expected expression"]),
        ("1 +\n  temp", vec!["2:3 there is no input `temp`"]),
        (
            "mode * 3 + on",
            vec!["1:1 a number is needed here, not a text", "1:12 a number is needed here, not true or false"],
        ),
        ("'a' * 100000000", vec!["1:1 a number is needed here, not a text"]),
        ("[1] * 100000000", vec!["1:1 a script has no lists, maps, attributes or subscripts"]),
        ("t.real", vec!["1:1 a script has no lists, maps, attributes or subscripts"]),
        ("roundd(t)", vec!["1:1 there is no function `roundd`; known: round"]),
        ("round(t, 1, 2)", vec!["1:1 `round` takes 1–2 arguments"]),
        (
            "t if t else on",
            vec!["1:6 true or false is needed here, not a number", "1:13 a number is needed here, not true or false"],
        ),
        ("t is even", vec!["1:1 what can be asked is `is defined`, `is undefined` and `is none`"]),
        (
            "now()",
            vec![
                "1:1 there is no function `now`; known: abs, ceil, cos, default, exp, float, floor, int, length, log, lower, max, min, replace, round, sin, sqrt, string, trim, upper",
            ],
        ),
    ];
    let wrong: Vec<_> = cases.into_iter().filter(|(text, expected)| read(text).unwrap_err() != *expected).collect();
    assert!(wrong.is_empty(), "{:#?}", wrong.iter().map(|(text, _)| (text, read(text))).collect::<Vec<_>>());
}

#[test]
fn texts_do_not_grow_without_end() {
    let mut text = "'aaaaaaaaaa'".to_owned();
    for _ in 0..20 {
        text.push_str("|replace('a','aaaaaaaaaa')");
    }
    assert_eq!(result(&text), "a text becomes too long");
}

#[test]
fn what_is_too_deep_is_refused() {
    for text in
        ["(".repeat(400), "-".repeat(400) + "1", "not ".repeat(200) + "true", "1".to_owned() + &"+1".repeat(450)]
    {
        assert!(read(&text).is_err(), "{text}");
    }
}

/// Texts that could be expressions.
fn texts() -> impl Strategy<Value = String> {
    const WORDS: [&str; 34] = [
        "t",
        "on",
        "mode",
        "gone",
        "1",
        "0",
        "2.5",
        "1e300",
        "'a'",
        "''",
        "true",
        "none",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "**",
        "~",
        "(",
        ")",
        "and",
        "or",
        "not",
        "<",
        "==",
        "if",
        "else",
        "|round",
        "|abs",
        "|replace('a','b')",
        "max(1,",
        "in",
    ];
    let words = prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..12).prop_map(|words| words.join(" "));
    prop_oneof![4 => words, 1 => ".{0,40}"]
}

fn value() -> impl Strategy<Value = Option<Value>> {
    let number = prop_oneof![any::<f64>().prop_filter("finite", |n| n.is_finite()), -3.0..3.0];
    prop_oneof![
        Just(None),
        any::<bool>().prop_map(|b| Some(Value::Bool(b))),
        number.prop_map(|n| Some(Value::Number(n))),
        ".{0,20}".prop_map(|t| Some(Value::Text(t))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_breaks_a_script(text in texts(), values in prop::collection::vec(value(), 4)) {
        let Ok((script, type_)) = read(&text) else { return Ok(()) };
        // Inputs of other types than was said are no more than unknown results.
        if let Ok(Some(result)) = script.run(&|place| values.get(place)?.as_ref()) {
            let sound = match &result {
                Value::Number(n) => n.is_finite(),
                Value::Text(text) => text.chars().count() <= base::limits::TEXT_CHARS_MAX,
                _ => true,
            };
            prop_assert!(sound, "{text} gives {result:?}");
        }
        let all = inputs();
        let uses: Vec<Option<Value>> = INPUTS.iter().zip(all).filter(|((name, _), _)| {
            text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == *name)
        }).map(|(_, value)| value).collect();
        if let Ok(Some(result)) = script.run(&|place| uses.get(place)?.as_ref()) {
            let fits = matches!((type_, &result), (Type::Bool, Value::Bool(_)) | (Type::Number, Value::Number(_)) | (Type::Text, Value::Text(_)));
            prop_assert!(fits, "{text} is {type_:?} and gives {result:?}");
        }
        let stored = serde_json::to_string(&script).unwrap();
        prop_assert_eq!(serde_json::from_str::<Script>(&stored).unwrap(), script);
    }
}
