use super::*;
use proptest::prelude::*;

fn codec(type_: NumberType, order: Order) -> Codec {
    Codec { order: Some(order), ..Codec::new(type_) }
}

fn bits(type_: NumberType, from: u32, count: u32) -> Codec {
    Codec { bits: Some(Bits { from, count }), ..Codec::new(type_) }
}

fn scaled(type_: NumberType, scale: f64, offset: f64) -> Codec {
    Codec { scale: Some(scale), offset: Some(offset), ..Codec::new(type_) }
}

#[test]
fn known_bytes_are_known_values() {
    use NumberType::*;
    let cases: Vec<(Codec, &[u8], Value)> = vec![
        (codec(Bool, Order::Big), &[0], false.into()),
        (codec(Bool, Order::Little), &[1], true.into()),
        (codec(U8, Order::Little), &[0xfe], 254.0.into()),
        (codec(I8, Order::LittleSwapped), &[0xfe], (-2.0).into()),
        (codec(U16, Order::Big), &[0x12, 0x34], 4660.0.into()),
        (codec(U16, Order::Little), &[0x34, 0x12], 4660.0.into()),
        (codec(U16, Order::BigSwapped), &[0x34, 0x12], 4660.0.into()),
        (codec(U16, Order::LittleSwapped), &[0x12, 0x34], 4660.0.into()),
        (codec(I16, Order::Big), &[0xff, 0x38], (-200.0).into()),
        (codec(U32, Order::Big), &[0x01, 0x02, 0x03, 0x04], 16_909_060.0.into()),
        (codec(U32, Order::Little), &[0x04, 0x03, 0x02, 0x01], 16_909_060.0.into()),
        (codec(U32, Order::BigSwapped), &[0x02, 0x01, 0x04, 0x03], 16_909_060.0.into()),
        (codec(U32, Order::LittleSwapped), &[0x03, 0x04, 0x01, 0x02], 16_909_060.0.into()),
        (codec(I32, Order::Big), &[0xff, 0xff, 0xff, 0xfe], (-2.0).into()),
        (codec(U64, Order::LittleSwapped), &[0, 1, 0, 2, 0, 0, 0, 0], 131_073.0.into()),
        (codec(I64, Order::Little), &[0xff; 8], (-1.0).into()),
        (codec(F32, Order::LittleSwapped), &[0xcc, 0xcd, 0x41, 0xa8], 21.1.into()),
        (codec(F64, Order::Big), &[0x40, 0x35, 0x80, 0, 0, 0, 0, 0], 21.5.into()),
        (codec(Bcd16, Order::Big), &[0x12, 0x34], 1234.0.into()),
        (codec(Bcd32, Order::Little), &[0x78, 0x56, 0x34, 0x12], 12_345_678.0.into()),
        (codec(Text(6), Order::Big), b"ab\0\0\0\0", "ab".into()),
        (codec(Text(4), Order::LittleSwapped), b"abc\0", "abc".into()),
        (codec(Text(4), Order::Little), b"ba\0c", "abc".into()),
        (scaled(I16, 0.1, 0.0), &[0, 3], 0.3.into()),
        (scaled(U16, 0.1, -40.0), &[0, 3], (-39.7).into()),
        (scaled(U8, 0.3, 0.0), &[3], 0.9.into()),
        (scaled(Bcd16, 0.01, 0.0), &[0x21, 0x53], 21.53.into()),
        (scaled(U16, 100.0, 0.0), &[0, 7], 700.0.into()),
        (bits(U16, 4, 3), &[0x00, 0b0101_0000], 5.0.into()),
        (bits(I16, 8, 4), &[0x0f, 0x00], (-1.0).into()),
    ];
    for (codec, bytes, value) in cases {
        assert_eq!(codec.read(bytes), Ok(value.clone()), "{codec:?}");
        assert_eq!(codec.write(&value).as_deref(), Ok(bytes), "{codec:?}");
    }
    assert_eq!(codec(Text(4), Order::Big).read(b"ab  "), Ok("ab".into()), "filled up with spaces");
    assert_eq!(codec(Bool, Order::Big).read(&[255]), Ok(true.into()));
    assert_eq!(codec(U8, Order::Big).read(&[7, 8, 9]), Ok(7.0.into()), "what follows is not its own");
}

#[test]
fn what_does_not_fit_is_refused() {
    use NumberType::*;
    for (codec, value, code) in [
        (Codec::new(U8), Value::Number(256.0), "layout.range"),
        (Codec::new(U8), Value::Number(-1.0), "layout.range"),
        (Codec::new(I8), Value::Number(128.0), "layout.range"),
        (Codec::new(U32), Value::Number(4_294_967_296.0), "layout.range"),
        (Codec::new(U64), Value::Number(1e16), "layout.range"),
        (Codec::new(Bcd16), Value::Number(10_000.0), "layout.range"),
        (Codec::new(F32), Value::Number(1e39), "layout.range"),
        (Codec::new(F64), Value::Number(f64::NAN), "layout.not_finite"),
        (scaled(U16, 0.1, 0.0), Value::Number(6553.6), "layout.range"),
        (bits(U16, 4, 3), Value::Number(8.0), "layout.range"),
        (Codec::new(U8), Value::Bool(true), "layout.kind"),
        (Codec::new(Bool), Value::Number(1.0), "layout.kind"),
        (Codec::new(Text(3)), Value::text("abcd"), "layout.text"),
        (Codec::new(Text(3)), Value::text("四"), ""),
        (Codec::new(Text(3)), Value::text("a "), "layout.text"),
        (bits(U16, 12, 5), Value::Number(1.0), "layout.layout"),
        (scaled(U16, 0.0, 0.0), Value::Number(1.0), "layout.layout"),
    ] {
        let got = codec.write(&value).err().map_or("", |e| e.code());
        assert_eq!(got, code, "{codec:?} {value:?}");
    }
    for (codec, bytes, code) in [
        (Codec::new(U32), &[1, 2, 3][..], "layout.short"),
        (Codec::new(Bcd16), &[0x1a, 0], "layout.digit"),
        (Codec::new(F32), &[0x7f, 0xc0, 0, 0], "layout.not_finite"),
        (Codec::new(U64), &[0xff; 8], "layout.range"),
        (Codec::new(Text(2)), &[0xff, 0xff], "layout.text"),
    ] {
        let fault = codec.read(bytes).unwrap_err();
        assert_eq!(fault.code(), code, "{codec:?}");
        assert!(!fault.text().zh.is_empty() && !fault.text().en.is_empty());
    }
    assert_eq!(
        scaled(I16, -0.1, 5.0).write(&Value::Number(1e6)),
        Err(Unfit::Range { min: -3271.7, max: 3281.8, got: 1e6 }),
        "the range is in the value's own measure"
    );
}

#[test]
fn bits_leave_their_neighbours_alone() {
    let mut bytes = [0xff, 0x00];
    let low = Codec { order: Some(Order::Little), ..bits(NumberType::U16, 4, 8) };
    assert_eq!(low.write_into(&Value::Number(0xa5.into()), &mut bytes), Ok(()));
    assert_eq!((bytes, low.read(&bytes)), ([0x5f, 0x0a], Ok(Value::Number(0xa5.into()))));
    assert!(low.write_into(&Value::Number(256.0), &mut bytes).is_err());
    assert_eq!(bytes, [0x5f, 0x0a], "a refusal changes nothing");
}

#[test]
fn faults_are_said_with_their_place() {
    let codes = |json: serde_json::Value| {
        let mut found = Diagnostics::new();
        serde_json::from_value::<Codec>(json).unwrap().check("/f", &mut found);
        found.into_iter().map(|d| format!("{} {}", d.code, d.path)).collect::<Vec<_>>()
    };
    assert_eq!(codes(serde_json::json!({"type": "u16", "order": "little_swapped", "scale": 0.1})), [""; 0]);
    assert_eq!(
        codes(serde_json::json!({"type": "text(8)", "scale": 0, "bits": {"from": 0, "count": 1}})),
        ["layout.scale /f/type", "layout.scale /f/scale", "layout.bits /f/bits"]
    );
    assert_eq!(codes(serde_json::json!({"type": "u8", "bits": {"from": 4, "count": 0}})), ["layout.bits /f/bits"]);
    for wrong in ["u128", "text", "text()", "text(0)", "text(257)", "text(-1)", ""] {
        assert_eq!(wrong.parse::<NumberType>(), Err(NoSuchType), "{wrong}");
    }
}

fn any_type() -> impl Strategy<Value = NumberType> {
    prop_oneof![proptest::sample::select(NAMES).prop_map(|(t, _)| t), (1usize..20).prop_map(NumberType::Text)]
}

prop_compose! {
    fn any_codec()(
        type_ in any_type(),
        order in proptest::option::of(proptest::sample::select(&Order::ALL[..])),
        scale in proptest::option::of(prop_oneof![proptest::sample::select(&[0.1, 0.01, 0.25, 10.0, -0.5, 0.3, 1e-6][..]), any::<f64>()]),
        offset in proptest::option::of(prop_oneof![-300i32..300].prop_map(f64::from)),
        bits in proptest::option::of((0u32..70, 0u32..70).prop_map(|(from, count)| Bits { from, count })),
    ) -> Codec {
        Codec { type_, order, scale, offset, bits }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_value_or_refused(codec in any_codec(), bytes in proptest::collection::vec(any::<u8>(), 0..24)) {
        if let Ok(value) = codec.read(&bytes) {
            prop_assert!(value.as_number().is_none_or(f64::is_finite));
            let mut found = Diagnostics::new();
            codec.check("", &mut found);
            prop_assert!(found.iter().all(|d| d.code == "layout.scale" || d.code == "layout.bits"));
        }
    }

    #[test]
    fn any_value_is_written_or_refused(codec in any_codec(), number in any::<f64>(), text in ".{0,8}") {
        for value in [Value::Number(number), Value::Text(text), Value::Bool(true), Value::no_arguments()] {
            if let Ok(bytes) = codec.write(&value) {
                prop_assert_eq!(bytes.len(), codec.width());
            }
        }
    }

    #[test]
    fn what_was_read_is_written_back(type_ in any_type(), order in proptest::sample::select(&Order::ALL[..]), scale in proptest::sample::select(&[1.0, 0.1, 0.01, 0.25, 10.0, -0.5, 0.3][..]), offset in -300i32..300, bytes in proptest::collection::vec(any::<u8>(), 20)) {
        let mut codec = codec(type_, order);
        if !matches!(type_, NumberType::Bool | NumberType::Text(_) | NumberType::F32 | NumberType::F64) {
            (codec.scale, codec.offset) = (Some(scale), Some(offset.into()));
        }
        if let Ok(value) = codec.read(&bytes) {
            let written = codec.write(&value);
            prop_assert!(written.is_ok(), "{:?} {:?}", value, written);
            prop_assert_eq!(codec.read(&written.unwrap()), Ok(value));
        }
    }

    #[test]
    fn what_was_written_reads_the_same_to_the_resolution(type_ in any_type(), order in proptest::sample::select(&Order::ALL[..]), scale in proptest::sample::select(&[1.0, 0.1, 0.01, 0.25, 10.0, -0.5][..]), number in -70_000f64..70_000.0) {
        let codec = Codec { scale: Some(scale), ..codec(type_, order) };
        if let Ok(bytes) = codec.write(&Value::Number(number)) {
            let back = codec.read(&bytes).unwrap();
            let tolerance = codec.resolution() / 2.0 + number.abs() * 1e-6;
            prop_assert!(back.close_to(&Value::Number(number), tolerance), "{:?}", back);
        }
    }

    #[test]
    fn texts_come_back(order in proptest::sample::select(&Order::ALL[..]), text in "[a-z四季 ]{0,6}[a-z四]") {
        let codec = codec(NumberType::Text(24), order);
        prop_assert_eq!(codec.read(&codec.write(&Value::text(&text)).unwrap()), Ok(Value::text(text)));
    }
}
