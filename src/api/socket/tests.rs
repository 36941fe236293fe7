//! What is written by hand is what the types say.

use super::*;
use crate::socket::ring::{Item, Next, READERS, Ring, written};

#[test]
fn a_delta_reads_as_the_message_it_is() {
    let point = PointId::from_bits(3);
    let sample = Sample::good(base::Value::Number(21.5), Timestamp::from_millis(1_000));
    let reported = ReportedPoint { point, sample, words: Some(Bilingual::new("21.5°C", "21.5°C")) };
    let link = LinkView { online: true, since: Timestamp::from_millis(1), reason: "hello".into() };
    let event = SocketEvent::Link(LinkEvent { device: DeviceId::from_bits(4), link });
    let mut ring = Ring::default();
    let all = [true; READERS.len()];
    let value = Item { json: written(&reported).unwrap(), seen: all, point: true };
    ring.push(1, vec![Item::event(&event, all).unwrap(), value]);
    let Next::Frames(frames) = ring.after(0) else { panic!("it can go on") };
    let message: SocketMessage = serde_json::from_str(&frames[0].text(0).unwrap()).unwrap();
    assert_eq!(message, SocketMessage::Delta { seq: 1, events: vec![event, SocketEvent::Report(vec![reported])] });
}
