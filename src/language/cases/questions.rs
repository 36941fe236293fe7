//! Questions about present states.

use super::check_both;

#[test]
fn states_and_values() {
    check_both(
        "",
        &[
            ("what's the temperature in the living room", "客厅温度是多少", "value of liv_env.temperature"),
            ("how warm is it in the lab", "实验室多少度", "value of lab_temp.temperature"),
            ("what is the humidity in the greenhouse", "花房湿度多少", "value of hot_humid.humidity"),
            ("how bright is the bedroom light", "卧室灯的亮度是多少", "value of bed_light.brightness"),
            ("is the kitchen light on", "厨房灯开着吗", "all:op:=,value:true of kit_light.power"),
            ("is the main entrance locked", "正门锁了吗", "all:op:=,value:true of rec_door.locked"),
            ("is any window open", "有没有窗户开着", "any:op:=,value:true of lab_window.open stu_window.open"),
            ("which windows are open", "哪些窗户开着", "which:op:=,value:true of lab_window.open stu_window.open"),
            (
                "how many windows are closed",
                "有几扇窗户关着",
                "count:op:=,value:false of lab_window.open stu_window.open",
            ),
            (
                "are the kitchen and bedroom lights off",
                "厨房和卧室的灯都关了吗",
                "all:op:=,value:false of bed_light.power kit_light.power",
            ),
            (
                "is it above 25 degrees in the lab",
                "实验室温度超过25度了吗",
                "all:op:>,value:25.0 of lab_temp.temperature",
            ),
            ("is anyone in the maple meeting room", "枫树会议室有人吗", "all:op:=,value:true of m1_occ.occupancy"),
            ("is anybody in the kitchen", "厨房有没有人", "all:op:=,value:true of kit_motion.motion"),
            ("greenhouse humidity", "花房的湿度", "value of hot_humid.humidity"),
            ("is the bedroom light off", "卧室灯关没关", "all:op:=,value:false of bed_light.power"),
            // Who tells a state wants no act.
            ("the bedroom light is still on", "卧室灯还亮着", "all:op:=,value:true of bed_light.power"),
            ("tell me if the tv is on", "看看电视开着没", "all:op:=,value:true of liv_tv.power"),
            ("is there a leak in the kitchen", "厨房漏水了吗", "all:op:=,value:true of kit_leak.leak"),
            (
                "where is it warmest",
                "哪里最热",
                "highest of hot_temp.temperature lab_temp.temperature liv_env.temperature",
            ),
            (
                "which room is the coldest",
                "哪个房间最冷",
                "lowest of hot_temp.temperature lab_temp.temperature liv_env.temperature",
            ),
            (
                "what is the average temperature",
                "平均温度是多少",
                "mean of hot_temp.temperature lab_temp.temperature liv_env.temperature",
            ),
            ("how many people are in the reception", "接待厅有多少人", "value of rec_count.count"),
            ("what is the battery level of dusty", "小灰的电量还有多少", "value of vac.battery"),
            ("what is the temperature in the attic", "阁楼多少度", "no unknown_place"),
        ],
    );
}

#[test]
fn in_the_speakers_room() {
    check_both(
        "parlour",
        &[
            ("what's the temperature", "现在多少度", "value of liv_env.temperature"),
            ("are the lights on", "灯开着吗", "all:op:=,value:true of liv_lamp.power liv_light.power"),
        ],
    );
}

#[test]
fn why_and_the_conversation_itself() {
    check_both(
        "",
        &[
            ("undo that", "撤销", "undo"),
            ("thanks", "谢谢", "smalltalk"),
            ("hello", "你好", "smalltalk"),
            ("yes please", "好的", "confirm"),
            ("never mind", "算了", "cancel"),
        ],
    );
    for text in ["why is the kitchen light on", "为什么厨房灯开着"] {
        assert!(super::shown(&super::hear(text, "", &Default::default())).starts_with("why(pt_"), "{text}");
    }
}

#[test]
fn two_things_are_compared() {
    check_both(
        "",
        &[
            (
                "how much warmer is the lab than the living room",
                "实验室比客厅热多少",
                "difference:liv_env.temperature of lab_temp.temperature",
            ),
            (
                "how many degrees colder is the greenhouse than the lab",
                "花房比实验室冷几度",
                "difference:lab_temp.temperature of hot_temp.temperature",
            ),
            (
                "what is the difference in temperature between the lab and the greenhouse",
                "实验室和花房的温度相差多少",
                "difference:hot_temp.temperature of lab_temp.temperature",
            ),
            (
                "is the greenhouse warmer than the lab",
                "花房比实验室热吗",
                "than:gt:lab_temp.temperature of hot_temp.temperature",
            ),
            (
                "is the lab colder than the living room",
                "实验室是不是比客厅冷",
                "than:lt:liv_env.temperature of lab_temp.temperature",
            ),
            (
                "is the co2 in the canteen higher than in the maple meeting room",
                "餐厅的二氧化碳比枫树会议室高吗",
                "than:gt:m1_co2.co2 of can_co2.co2",
            ),
            (
                "is it more humid in the greenhouse than in the living room",
                "花房比客厅更潮吗",
                "than:gt:liv_env.humidity of hot_humid.humidity",
            ),
            (
                "how far is the bedroom from its set point",
                "卧室离设定温度还差几度",
                "difference:bed_heater.target_temperature of bed_heater.current_temperature",
            ),
            (
                "which is warmer, the lab or the greenhouse",
                "实验室和花房哪个更热",
                "highest of hot_temp.temperature lab_temp.temperature",
            ),
            (
                "which of the lab and the greenhouse is colder",
                "实验室跟花房，谁更冷",
                "lowest of hot_temp.temperature lab_temp.temperature",
            ),
            ("where is the co2 highest", "哪里二氧化碳最高", "highest of can_co2.co2 liv_env.co2 m1_co2.co2"),
            ("which room is the stuffiest", "哪个房间最闷", "highest of can_co2.co2 liv_env.co2 m1_co2.co2"),
        ],
    );
}

#[test]
fn what_is_set_and_what_is_measured() {
    check_both(
        "",
        &[
            ("what is the bedroom thermostat set to", "卧室地暖设的几度", "value of bed_heater.target_temperature"),
            (
                "what temperature is the maple air conditioner set to",
                "枫树空调设定在多少度",
                "value of m1_ac.target_temperature",
            ),
            ("what did we set the pine air conditioner to", "松树空调调到了几度", "value of m2_ac.target_temperature"),
            ("what is the humidifier set at", "加湿器设的多少", "value of bed_humid.target_humidity"),
            ("how far open is the bedroom curtain", "卧室窗帘开到多少了", "value of bed_curtain.position"),
            ("how warm is it in the bedroom", "卧室现在多少度", "value of bed_heater.current_temperature"),
            ("how much power does the studio outlet draw", "画室插座现在耗多少瓦", "value of stu_plug.active_power"),
            ("what is the volume of the bedroom speaker", "卧室音箱音量多大", "value of bed_speaker.volume"),
            ("how much battery does dusty have", "小灰还剩多少电", "value of vac.battery"),
            ("is dusty low on battery", "小灰快没电了吗", "all:op:<,value:20.0 of vac.battery"),
            ("any batteries running low", "有没有快没电的设备", "any:op:<,value:20.0 of vac.battery"),
            ("which batteries are running low", "哪些设备没电了", "which:op:<,value:20.0 of vac.battery"),
        ],
    );
}

#[test]
fn states_of_sets() {
    check_both(
        "",
        &[
            ("how many windows are open", "开着几扇窗户", "count:op:=,value:true of lab_window.open stu_window.open"),
            (
                "how many lights are on in the living room",
                "客厅一共亮着几盏灯",
                "count:op:=,value:true of liv_lamp.power liv_light.power",
            ),
            ("any windows open", "有没有开着的窗户", "any:op:=,value:true of lab_window.open stu_window.open"),
            (
                "any windows open on the third floor",
                "三楼有没有窗户开着",
                "any:op:=,value:true of lab_window.open stu_window.open",
            ),
            (
                "are there any open windows",
                "窗户有没有开着的",
                "any:op:=,value:true of lab_window.open stu_window.open",
            ),
            (
                "are all the windows closed",
                "窗户是不是都关着",
                "all:op:=,value:false of lab_window.open stu_window.open",
            ),
            ("are all the doors locked", "所有的门都锁着吗", "all:op:=,value:true of rec_door.locked"),
            ("which doors are unlocked", "哪扇门没锁", "which:op:=,value:false of rec_door.locked"),
            ("is the lab window open or closed", "实验室窗户是开着还是关着", "value of lab_window.open"),
            ("is the bedroom curtain closed", "卧室窗帘是拉上的吗", "all:op:<=,value:0.0 of bed_curtain.position"),
            ("did somebody leave the lab window open", "实验室窗户忘关了吗", "all:op:=,value:true of lab_window.open"),
            ("which meeting rooms are free", "哪个会议室空着", "which:op:=,value:false of m1_occ.occupancy"),
            ("is the maple meeting room empty", "枫树会议室没人吗", "all:op:=,value:false of m1_occ.occupancy"),
            ("anybody in the maple meeting room", "枫树会议室里有人没", "all:op:=,value:true of m1_occ.occupancy"),
            ("where is dusty", "小灰在哪里", "place of vac.activity"),
            ("where is the irrigation pump", "灌溉泵在哪儿", "place of hot_pump.power"),
            // What is not there is not there; nothing else in the room is meant.
            ("are any curtains open in the lab", "实验室有没有窗帘开着", "any:op:=,value:true of "),
        ],
    );
}

#[test]
fn people_at_home() {
    use base::id::{DeviceId, ProductId};
    use things::{Device, Names, World};
    let mut doc = super::FIXTURE.world.doc().clone();
    for (key, zh, en) in [("ann", "安娜", "Ann"), ("ben", "阿本", "Ben")] {
        doc.devices.push(Device {
            id: DeviceId::of_name(key),
            product: ProductId::of_name("sensor_occupancy"),
            key: key.into(),
            names: Names::new(zh, en),
            placements: Vec::new(),
            route: things::Route::Simulated,
            tags: Default::default(),
            disabled: false,
        });
    }
    let (world, _) = World::build(doc);
    let lexicon = crate::Lexicon::build(&world);
    let ask = |text: &str| {
        let u = crate::Utterance::new(text, super::now());
        let heard = crate::understand(&u, &Default::default(), &world, &lexicon, &Default::default());
        match heard.parts.first().map(|p| &p.verdict) {
            Some(documents::Verdict::Draft(documents::Draft::Query(q))) => {
                let ask = serde_json::to_string(&q.ask).unwrap().replace(['"', '{', '}'], "");
                format!("{} {ask}", q.select.points(&world, super::now()).len())
            }
            other => format!("{other:?}"),
        }
    };
    for (en, zh, expected) in [
        ("is Ann at home", "安娜在家吗", "1 all:op:=,value:true"),
        ("who is home", "谁在家", "2 which:op:=,value:true"),
        ("is anybody at home", "有人在家吗", "2 any:op:=,value:true"),
        ("is everyone home", "所有人都在家吗", "2 all:op:=,value:true"),
        ("how many people are home", "有多少人在家", "2 count:op:=,value:true"),
    ] {
        assert_eq!((ask(en).as_str(), ask(zh).as_str()), (expected, expected), "{en}");
    }
}

#[test]
fn the_weather_is_what_is_measured_outside() {
    use base::id::{DeviceId, ProductId};
    use things::{Device, Names, World};
    // Nothing is measured outside.
    check_both("", &[("what's the weather like", "天气怎么样", "no out_of_domain")]);
    let mut doc = super::FIXTURE.world.doc().clone();
    doc.devices.push(Device {
        id: DeviceId::of_name("station"),
        product: ProductId::of_name("weather_station"),
        key: "station".into(),
        names: Names::new("气象站", "Weather station"),
        placements: Vec::new(),
        route: things::Route::Simulated,
        tags: Default::default(),
        disabled: false,
    });
    let (world, _) = World::build(doc);
    let lexicon = crate::Lexicon::build(&world);
    for text in
        ["what's the weather like", "how is the weather outside", "天气怎么样", "外面天气如何", "现在天气怎么样"]
    {
        let u = crate::Utterance::new(text, super::now());
        let heard = crate::understand(&u, &Default::default(), &world, &lexicon, &Default::default());
        let Some(documents::Verdict::Draft(documents::Draft::Query(q))) = heard.parts.first().map(|p| &p.verdict)
        else {
            panic!("{text}: {heard:?}")
        };
        let points = q.select.points(&world, super::now());
        assert!(points.iter().all(|p| world.point(*p).unwrap().device == DeviceId::of_name("station")), "{text}");
        assert!(!points.is_empty(), "{text}");
    }
}
