use super::*;
use base::id::{CommandId, ProductId};
use documents::{Actor, Cause, Priority};
use things::{Device, Names, Product, WorldDoc, templates};

fn world(template: &str) -> (Arc<World>, DeviceId) {
    let product = ProductId::of_name(template);
    let device = DeviceId::of_name("d");
    let doc = WorldDoc {
        products: vec![Product {
            id: product,
            key: template.into(),
            names: Names::new("产品", "product"),
            model: templates::by_name(template).unwrap().clone(),
        }],
        devices: vec![Device {
            id: device,
            product,
            key: "d".into(),
            names: Names::new("设备", "device"),
            placements: vec![],
            route: Route::Simulated,
            tags: BTreeSet::new(),
            disabled: false,
        }],
        ..WorldDoc::default()
    };
    (Arc::new(World::build(doc).0), device)
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn command(world: &World, device: DeviceId, trait_id: &str, value: Value) -> Command {
    let point = world.point_with(device, trait_id).unwrap().id;
    Command {
        id: CommandId::of_name(trait_id),
        device,
        point,
        value,
        actor: Actor::system(),
        cause: Cause::Direct,
        priority: Priority::Normal,
        at: at(0),
        deadline: at(10_000),
        expect: None,
    }
}

/// Runs a session to a time and gives everything that was reported, by trait.
fn run(session: &mut Simulated, until: Timestamp) -> Vec<(String, Value)> {
    let mut seen = Vec::new();
    while let Some(next) = session.deadline().filter(|t| *t <= until) {
        for output in session.handle(Input::Tick, next) {
            if let Signal::Report { values, .. } = output {
                for (p, s) in values {
                    seen.push((session.world.point(p).unwrap().trait_.clone().unwrap(), s.value));
                }
            }
        }
    }
    seen
}

#[test]
fn a_lamp_reports_after_its_latency_and_switches_what_belongs_together() {
    let (world, device) = world("light_dimmable");
    let mut s = Simulated::new(Config::default(), world.clone(), BTreeMap::new());
    let taken = s.handle(Input::Command(command(&world, device, "on_off", true.into())), at(0));
    assert!(matches!(taken[..], [Signal::Delivered { refused: None, .. }]));
    assert_eq!(run(&mut s, at(149)), vec![]);
    assert_eq!(
        run(&mut s, at(150)),
        vec![("on_off".into(), Value::Bool(true)), ("brightness".into(), Value::Number(100.0))]
    );
    s.handle(Input::Command(command(&world, device, "brightness", 0.0.into())), at(200));
    assert_eq!(
        run(&mut s, at(400)),
        vec![("brightness".into(), Value::Number(0.0)), ("on_off".into(), Value::Bool(false))]
    );
}

#[test]
fn a_blind_moves_at_its_speed_and_stops_on_demand() {
    let (world, device) = world("blind");
    let mut s = Simulated::new(Config::default(), world.clone(), BTreeMap::new());
    s.handle(Input::Command(command(&world, device, "position", 100.0.into())), at(0));
    assert_eq!(
        run(&mut s, at(2_500)),
        vec![("position".into(), Value::Number(25.0)), ("position".into(), Value::Number(50.0))]
    );
    s.handle(Input::Command(command(&world, device, "stop", Value::no_arguments())), at(2_500));
    assert_eq!(run(&mut s, at(9_000)), vec![("position".into(), Value::Number(50.0))]);
}

#[test]
fn faults() {
    let (world, device) = world("light_switch");
    let on = || Input::Command(command(&world, device, "on_off", true.into()));
    let mut s = Simulated::new(Config::default(), world.clone(), BTreeMap::new());
    assert!(matches!(s.handle(Input::Fault(device, Fault::Refusing), at(0))[..], []));
    assert!(matches!(s.handle(on(), at(0))[..], [Signal::Delivered { refused: Some(_), .. }]));
    s.handle(Input::Fault(device, Fault::Silent), at(0));
    s.handle(on(), at(0));
    assert_eq!(run(&mut s, at(1_000)), vec![]);
    assert!(matches!(
        s.handle(Input::Fault(device, Fault::Offline), at(1_000))[..],
        [Signal::Link { online: false, .. }]
    ));
    assert_eq!(s.handle(on(), at(1_000)), vec![]);
    let back = s.handle(Input::Fault(device, Fault::None), at(2_000));
    assert!(matches!(back[..], [Signal::Link { online: true, .. }, Signal::Report { .. }]));
}
