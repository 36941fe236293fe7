//! Orders as people give them: what stays as it is, what is told beside the order, wishes, robots, media, places that
//! hold for what follows, and refusals part by part.

use super::{check, check_both, check_in};

#[test]
fn what_stays_is_an_exception() {
    check_both(
        "",
        &[
            (
                "all lights in the apartment off, the reading lamp stays on",
                "公寓的灯都关了，阅读灯别动",
                "liv_light.power=false bed_light.power=false kit_light.power=false",
            ),
            (
                "turn off every light in the living room but leave the reading lamp on",
                "客厅的灯全关掉，阅读灯留着",
                "liv_light.power=false",
            ),
            (
                "switch all the lights on the first floor off, only the amber lamp stays",
                "一楼的灯都关掉，琥珀灯不要动",
                "rec_light.power=false can_light.power=false",
            ),
            (
                "lights off in the living room, do not switch off the reading lamp",
                "客厅的灯都关了，阅读灯别关",
                "liv_light.power=false",
            ),
            ("keep the kitchen light on", "让厨房灯开着", "kit_light.power=true"),
        ],
    );
}

#[test]
fn what_is_told_is_no_order() {
    check_both(
        "",
        &[
            ("the kitchen light is still on, turn it off", "厨房灯还亮着，关掉", "kit_light.power=false"),
            ("the bedroom curtain is still open, close it please", "卧室窗帘还开着，拉上", "bed_curtain.position=0"),
            ("the main entrance was left unlocked, lock it", "正门还没锁，锁上", "rec_door.locked=true"),
            (
                "the bedroom speaker is way too loud, turn it down to 20",
                "卧室音箱还开着，调到20",
                "bed_speaker.volume=20",
            ),
        ],
    );
}

#[test]
fn what_shall_not_go_on_is_switched_off() {
    check_both(
        "",
        &[
            ("stop heating the coffee machine", "咖啡机先别烧了", "kit_coffee.power=false"),
            ("the kitchen light is still on, turn it off", "厨房灯别开着了", "kit_light.power=false"),
            ("the kitchen fan, stop spinning", "厨房排风扇不用转了", "kit_fan.power=false"),
        ],
    );
    check(&[("别开厨房灯", "no nothing_to_do"), ("do not turn on the kitchen light", "no nothing_to_do")]);
}

#[test]
fn plants_are_watered_by_what_is_called_so() {
    check_both(
        "",
        &[
            ("water the plants", "浇花", "hot_pump.power=true"),
            ("water the greenhouse", "给花房浇水", "hot_pump.power=true"),
            ("water the kitchen", "给厨房浇水", "no unknown_device"),
        ],
    );
}

#[test]
fn an_order_under_a_condition_that_nobody_understands_is_not_carried_out() {
    check(&[
        ("when it rains, bring in the greenhouse shade", "no not_understood; no no_capability"),
        ("whenever it glorps, open the bedroom curtain", "no not_understood"),
        ("如果咕噜了就把卧室窗帘拉开", "no unknown_device"),
    ]);
}

#[test]
fn nothing_is_changed_without_a_thing_to_change() {
    check_both("kitchen", &[("change", "换一个", "no not_understood"), ("adjust", "调一下", "no not_understood")]);
}

#[test]
fn an_order_behind_another_is_for_its_room() {
    check_both(
        "bedroom",
        &[
            (
                "turn off the living room air conditioner and open the curtain halfway",
                "把客厅空调关掉，窗帘拉开一半",
                "liv_ac.power=false; liv_curtain.position=50",
            ),
            // What that room does not have is the speaker's.
            (
                "turn off the living room air conditioner and turn down the thermostat to 20",
                "把客厅空调关掉，地暖调到20度",
                "liv_ac.power=false; bed_heater.target_temperature=20",
            ),
        ],
    );
}

#[test]
fn a_place_in_front_holds_for_what_follows() {
    check_both(
        "",
        &[
            (
                "in the living room, turn off the lights, close the curtains and switch on the tv",
                "客厅里，灯关掉，窗帘拉上，电视打开",
                "liv_light.power=false liv_lamp.power=false; liv_curtain.position=0; liv_tv.power=true",
            ),
            (
                "the meeting in the pine meeting room has ended, lights off, blinds down",
                "松树会议室散会了，灯关掉，百叶放下",
                "m2_light.power=false; m2_blind.position=0",
            ),
            (
                "turn on the living room pendant and close the curtains",
                "打开客厅吊灯，窗帘拉上",
                "liv_light.power=true; liv_curtain.position=0",
            ),
        ],
    );
    check(&[
        ("柏树会议室太热，空调打到22度", "no unknown_place"),
        ("turn the lights off in the cypress meeting room", "no unknown_place"),
    ]);
}

#[test]
fn wishes_are_met_by_what_helps() {
    check_in(
        "parlour",
        &[
            ("I'm freezing", "liv_ac.target_temperature=+1"),
            ("冷死了", "liv_ac.target_temperature=+1"),
            ("it's boiling in here", "liv_ac.target_temperature=-1"),
            ("好热啊", "liv_ac.target_temperature=-1"),
            ("the sun is in my eyes", "liv_curtain.position=0"),
            ("晒得慌", "liv_curtain.position=0"),
            ("it is way too dark", "liv_light.power=true liv_lamp.power=true"),
            ("光线太暗", "liv_light.power=true liv_lamp.power=true"),
            ("light up the room", "liv_light.power=true liv_lamp.power=true"),
            ("来点光", "liv_light.power=true liv_lamp.power=true"),
            ("it's way too loud", "liv_tv.volume=-10"),
            ("太吵了", "liv_tv.volume=-10"),
            ("I can hardly hear", "liv_tv.volume=+10"),
            ("听不见", "liv_tv.volume=+10"),
        ],
    );
    check_in("kitchen", &[("it's so stuffy in here", "kit_fan.power=true"), ("闷死了", "kit_fan.power=true")]);
    check_in("bedroom", &[("the air is dry in here", "bed_humid.power=true"), ("太干了", "bed_humid.power=true")]);
}

#[test]
fn robots_go_where_they_are_sent() {
    check_both(
        "",
        &[
            ("clean the kitchen", "打扫厨房", "vac.activity=cleaning"),
            ("get dusty to clean the bedroom", "让小灰去打扫卧室", "vac.activity=cleaning"),
            ("vacuum the canteen with dusty", "用小灰打扫餐厅", "vac.activity=cleaning"),
            ("stop vacuuming", "停止清扫", "vac.activity=docked"),
            ("cancel cleaning", "取消打扫", "vac.activity=docked"),
            ("return dusty to base", "叫小灰返回充电座", "vac.activity=docked"),
            ("send dusty back to its base", "让小灰回基站", "vac.activity=docked"),
            ("get dusty to work", "喊小灰出来干活", "vac.activity=cleaning"),
        ],
    );
}

#[test]
fn what_plays() {
    check_in(
        "parlour",
        &[
            ("next item", "liv_tv.next=call"),
            ("skip this song", "liv_tv.next=call"),
            ("跳过这首歌", "liv_tv.next=call"),
            ("下一集", "liv_tv.next=call"),
            ("replay the last track", "liv_tv.previous=call"),
            ("go back to the previous song", "liv_tv.previous=call"),
            ("上一台", "liv_tv.previous=call"),
            ("stop playing", "liv_tv.playback=paused"),
            ("停止播放", "liv_tv.playback=paused"),
            ("pause", "liv_tv.playback=paused"),
            ("暂停一下", "liv_tv.playback=paused"),
            ("unpause", "liv_tv.playback=playing"),
            ("继续放", "liv_tv.playback=playing"),
            ("speak louder", "liv_tv.volume=+10"),
            ("mute please", "liv_tv.mute=true"),
            ("静音", "liv_tv.mute=true"),
            ("别静音了", "liv_tv.mute=false"),
        ],
    );
    check_both(
        "",
        &[
            ("play the next song on the bedroom speaker", "播放卧室音箱的下一首歌", "bed_speaker.next=call"),
            ("bedroom speaker play the previous song again", "卧室音箱上一首", "bed_speaker.previous=call"),
            ("on the bedroom speaker increase the volume to 70", "卧室音箱音量调高到70", "bed_speaker.volume=70"),
            (
                "raise the volume of the bedroom speaker to 60 percent",
                "把卧室音箱的音量提高到60%",
                "bed_speaker.volume=60",
            ),
        ],
    );
}

#[test]
fn what_is_made_stands_for_what_makes_it() {
    check_both(
        "",
        &[
            ("make me a coffee", "来杯咖啡", "kit_coffee.power=true"),
            ("brew some coffee please", "帮我煮点咖啡", "kit_coffee.power=true"),
            ("can i have an espresso", "我想要一杯咖啡", "kit_coffee.power=true"),
            ("turn off the coffee machine", "咖啡机关了", "kit_coffee.power=false"),
        ],
    );
    check(&[("where is the nearest coffee shop", "no out_of_domain")]);
}

#[test]
fn values_and_differences() {
    check_both(
        "",
        &[
            ("make the bedroom light 15 points brighter", "卧室灯调亮15个百分点", "bed_light.brightness=+15"),
            ("bedroom light up another 10 percentage points", "卧室灯再加10个百分点", "bed_light.brightness=+10"),
            (
                "raise the bedroom thermostat by a degree and a half",
                "卧室地暖调高一度半",
                "bed_heater.target_temperature=+1.5",
            ),
            (
                "nudge the bedroom thermostat up by half a degree",
                "卧室地暖升高半度",
                "bed_heater.target_temperature=+0.5",
            ),
            (
                "raise the bedroom thermostat a couple of degrees",
                "卧室地暖调高两度",
                "bed_heater.target_temperature=+2",
            ),
            ("increase the bedroom light to 80", "卧室灯调高到80", "bed_light.brightness=80"),
            ("knock the bedroom speaker down to 15", "卧室音箱压到15", "bed_speaker.volume=15"),
            ("fume hood speed to 40", "通风橱转速调到40", "lab_hood.speed=40"),
            ("set the maple room light to cool white", "枫树会议室灯调成冷白", "m1_light.color_temperature=4000"),
            ("set the maple room light to daylight", "枫树会议室灯调成日光色", "m1_light.color_temperature=6000"),
            ("set the reading lamp to minimum brightness", "阅读灯亮度调到最低", "liv_lamp.brightness=1"),
            ("lower the bedroom curtain halfway", "卧室窗帘放到一半", "bed_curtain.position=50"),
        ],
    );
}

#[test]
fn words_of_hong_kong_and_taiwan() {
    check(&[
        ("熄咗廚房燈佢", "kit_light.power=false"),
        ("唔該開廚房燈", "kit_light.power=true"),
        ("着咗廚房燈", "kit_light.power=true"),
        ("較細睡房音箱", "bed_speaker.volume=-10"),
        ("較細臥室音箱", "bed_speaker.volume=-10"),
        ("臥室燈光啲", "bed_light.brightness=+20"),
        ("臥室燈暗啲", "bed_light.brightness=-20"),
        ("把臥室音箱校到三十", "bed_speaker.volume=30"),
        ("將客廳冷氣較到25度", "liv_ac.target_temperature=25"),
        ("客廳冷氣熄咗佢", "liv_ac.power=false"),
        ("拉埋臥室窗簾", "bed_curtain.position=0"),
        ("打開客廳電視", "liv_tv.power=true"),
    ]);
}

#[test]
fn names_are_not_said_in_full() {
    check_both(
        "",
        &[
            ("turn on the studio outlet", "打开画室的插座", "stu_plug.power=true"),
            ("open the cooling valve", "冷却水阀打开", "lab_valve.open=true"),
            ("pendant on in the living room", "客厅的吊灯打开", "liv_light.power=true"),
        ],
    );
}

#[test]
fn each_part_has_its_own_verdict() {
    check_both(
        "",
        &[
            (
                "turn on the kitchen light and the fan in the bedroom",
                "打开厨房灯和卧室的风扇",
                "kit_light.power=true; no unknown_device",
            ),
            (
                "set the bedroom thermostat to 90 degrees and close the bedroom curtain",
                "卧室地暖调到90度，关上卧室窗帘",
                "no out_of_range; bed_curtain.position=0",
            ),
            (
                "lights off in the kitchen and the attic",
                "把厨房和阁楼的灯关掉",
                "kit_light.power=false; no unknown_place",
            ),
            ("start the humidifier in the studio", "打开画室的加湿器", "no unknown_device"),
            ("open and close the bedroom curtain", "打开又关上卧室窗帘", "no contradiction"),
            (
                "all lights in the living room off except the kitchen light",
                "除了厨房灯客厅的灯都关掉",
                "no unknown_device",
            ),
        ],
    );
}
