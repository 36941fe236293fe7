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
