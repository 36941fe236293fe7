//! The devices of the demo building, a row each: key, template, room, Chinese names, English names.
//!
//! The first twenty are those of which guides and examples speak. No later name or kind may make a sentence about one of
//! them ambiguous: no second lamp in their rooms, no second valve or lock anywhere.

/// Key, template, room, Chinese names, English names; the first name of a language is the display name.
pub(super) type DeviceRow =
    (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

/// The twenty that a visitor meets first. What they do is left to the visitor: nobody in the building touches them.
#[rustfmt::skip]
pub(super) const FIRST: &[DeviceRow] = &[
    ("lobby_light", "light_dimmable", "lobby", &["大厅灯"], &["Lobby light"]),
    ("lobby_motion", "sensor_motion", "lobby", &["大厅人体传感器"], &["Lobby motion sensor"]),
    ("lobby_speaker", "speaker", "lobby", &["大厅音箱"], &["Lobby speaker"]),
    ("front_door", "contact_door", "lobby", &["大门"], &["Front door"]),
    ("front_lock", "lock", "lobby", &["大门锁"], &["Front door lock"]),
    ("coffee", "outlet", "pantry", &["咖啡机"], &["Coffee machine"]),
    ("water_valve", "valve", "plant", &["总水阀"], &["Main water valve"]),
    ("energy", "meter_energy", "plant", &["总电表"], &["Main energy meter"]),
    ("meeting_light", "light_tunable", "meeting", &["会议室灯"], &["Meeting room light"]),
    ("meeting_blind", "blind", "meeting", &["会议室百叶帘"], &["Meeting room blind"]),
    ("meeting_ac", "air_conditioner", "meeting", &["会议室空调"], &["Meeting room AC"]),
    ("meeting_fan", "ventilation", "meeting", &["会议室新风", "会议室风机"], &["Meeting room fan"]),
    ("meeting_air", "room_sensor", "meeting", &["会议室环境传感器"], &["Meeting room sensor"]),
    ("open_light", "light_dimmable", "open", &["办公区灯"], &["Open office light"]),
    ("open_ac", "air_conditioner", "open", &["办公区空调"], &["Open office AC"]),
    ("open_air", "room_sensor", "open", &["办公区环境传感器"], &["Open office sensor"]),
    ("open_window", "contact_window", "open", &["办公区窗户"], &["Open office window"]),
    ("desk_lamp", "light_colour", "study", &["经理室台灯", "台灯"], &["Desk lamp"]),
    ("server_ac", "air_conditioner", "server", &["机房空调"], &["Server room AC"]),
    ("server_leak", "sensor_leak", "server", &["机房水浸传感器"], &["Server room leak sensor"]),
];

#[rustfmt::skip]
pub(super) const GARAGE: &[DeviceRow] = &[
    ("garage_door", "garage_door", "parking", &["车库门", "车库卷帘门"], &["Garage door"]),
    ("parking_light", "light_switch", "parking", &["停车区灯"], &["Parking area light"]),
    ("parking_motion", "sensor_motion", "parking", &["停车区人体传感器"], &["Parking area motion sensor"]),
    ("parking_co", "sensor_co", "parking", &["停车区一氧化碳传感器"], &["Parking area CO sensor"]),
    ("parking_fan", "ventilation", "parking", &["停车区排风机"], &["Parking area exhaust"]),
    ("charger1", "ev_charger", "charging", &["一号充电桩", "1号充电桩"], &["Charger one", "EV charger 1"]),
    ("charger2", "ev_charger", "charging", &["二号充电桩", "2号充电桩"], &["Charger two", "EV charger 2"]),
    ("charging_meter", "meter_power", "charging", &["充电区电表"], &["Charging bay meter"]),
];

#[rustfmt::skip]
pub(super) const FLOOR1: &[DeviceRow] = &[
    ("lobby_air", "room_sensor", "lobby", &["大厅环境传感器"], &["Lobby sensor"]),
    ("pantry_air", "sensor_temperature", "pantry", &["茶水间温度计"], &["Pantry thermometer"]),
    ("pantry_leak", "sensor_leak", "pantry", &["茶水间水浸传感器"], &["Pantry leak sensor"]),
    ("pantry_smoke", "sensor_smoke", "pantry", &["茶水间烟感"], &["Pantry smoke detector"]),
    ("boiler", "boiler", "plant", &["锅炉"], &["Boiler"]),
    ("heating_pump", "pump_metered", "plant", &["采暖循环泵"], &["Heating pump"]),
    ("supply_pump", "pump_metered", "plant", &["生活水泵"], &["Water supply pump"]),
    ("water_meter", "meter_water", "plant", &["总水表"], &["Main water meter"]),
    ("heat_meter", "meter_heat", "plant", &["总热量表"], &["Main heat meter"]),
    ("plant_leak", "sensor_leak", "plant", &["设备间水浸传感器"], &["Plant room leak sensor"]),
    ("training_light", "light_tunable", "training", &["培训室灯"], &["Training room light"]),
    ("training_coil", "fan_coil", "training", &["培训室风机盘管"], &["Training room fan coil"]),
    ("training_air", "room_sensor", "training", &["培训室环境传感器"], &["Training room sensor"]),
    ("training_blind", "blind", "training", &["培训室百叶帘"], &["Training room blind"]),
    ("training_tv", "television", "training", &["培训室电视"], &["Training room TV"]),
    ("corridor1_light", "light_switch", "corridor1", &["一楼走廊灯"], &["First floor corridor light"]),
    ("corridor1_motion", "sensor_motion", "corridor1", &["一楼走廊人体传感器"], &["First floor corridor motion sensor"]),
    ("stairs1_smoke", "sensor_smoke", "stairs1", &["一楼楼梯间烟感"], &["First floor stairs smoke detector"]),
    ("washroom1_fan", "fan", "washroom1", &["一楼洗手间排风扇"], &["First floor washroom extractor"]),
    ("washroom1_leak", "sensor_leak", "washroom1", &["一楼洗手间水浸传感器"], &["First floor washroom leak sensor"]),
    ("showroom_light", "light_colour", "showroom", &["展厅灯"], &["Showroom light"]),
    ("showroom_coil", "fan_coil", "showroom", &["展厅风机盘管"], &["Showroom fan coil"]),
    ("showroom_air", "room_sensor", "showroom", &["展厅环境传感器"], &["Showroom sensor"]),
    ("gym_light", "light_dimmable", "gym", &["健身房灯"], &["Gym light"]),
    ("gym_air", "room_sensor", "gym", &["健身房环境传感器"], &["Gym sensor"]),
    ("gym_fan", "fan", "gym", &["健身房风扇"], &["Gym fan"]),
];

#[rustfmt::skip]
pub(super) const FLOOR2: &[DeviceRow] = &[
    ("open_lux", "sensor_illuminance", "open", &["办公区照度计"], &["Open office lux meter"]),
    ("meeting_presence", "sensor_occupancy", "meeting", &["会议室人在传感器"], &["Meeting room presence sensor"]),
    ("cedar_light", "light_tunable", "cedar", &["雪松厅灯"], &["Cedar light"]),
    ("cedar_blind", "blind", "cedar", &["雪松厅百叶帘"], &["Cedar blind"]),
    ("cedar_ac", "air_conditioner", "cedar", &["雪松厅空调"], &["Cedar AC"]),
    ("cedar_meter", "meter_power", "cedar", &["雪松厅空调电表"], &["Cedar AC meter"]),
    ("cedar_air", "room_sensor", "cedar", &["雪松厅环境传感器"], &["Cedar sensor"]),
    ("cedar_presence", "sensor_occupancy", "cedar", &["雪松厅人在传感器"], &["Cedar presence sensor"]),
    ("ginkgo_light", "light_dimmable", "ginkgo", &["银杏厅灯"], &["Ginkgo light"]),
    ("ginkgo_coil", "fan_coil", "ginkgo", &["银杏厅风机盘管"], &["Ginkgo fan coil"]),
    ("ginkgo_air", "room_sensor", "ginkgo", &["银杏厅环境传感器"], &["Ginkgo sensor"]),
    ("ginkgo_presence", "sensor_occupancy", "ginkgo", &["银杏厅人在传感器"], &["Ginkgo presence sensor"]),
    ("design_light", "light_tunable", "design", &["设计部灯"], &["Design studio light"]),
    ("design_coil", "fan_coil", "design", &["设计部风机盘管"], &["Design studio fan coil"]),
    ("design_air", "room_sensor", "design", &["设计部环境传感器"], &["Design studio sensor"]),
    ("design_window", "contact_window", "design", &["设计部窗户"], &["Design studio window"]),
    ("sales_light", "light_dimmable", "sales", &["销售部灯"], &["Sales office light"]),
    ("sales_coil", "fan_coil", "sales", &["销售部风机盘管"], &["Sales office fan coil"]),
    ("sales_air", "room_sensor", "sales", &["销售部环境传感器"], &["Sales office sensor"]),
    ("printer", "outlet", "sales", &["打印机"], &["Printer"]),
    ("corridor2_light", "light_switch", "corridor2", &["二楼走廊灯"], &["Second floor corridor light"]),
    ("corridor2_motion", "sensor_motion", "corridor2", &["二楼走廊人体传感器"], &["Second floor corridor motion sensor"]),
    ("stairs2_smoke", "sensor_smoke", "stairs2", &["二楼楼梯间烟感"], &["Second floor stairs smoke detector"]),
    ("washroom2_fan", "fan", "washroom2", &["二楼洗手间排风扇"], &["Second floor washroom extractor"]),
];

#[rustfmt::skip]
pub(super) const FLOOR3: &[DeviceRow] = &[
    ("server_rack", "outlet", "server", &["服务器机柜", "机柜"], &["Server rack"]),
    ("server_smoke", "sensor_smoke", "server", &["机房烟感"], &["Server room smoke detector"]),
    ("study_air", "room_sensor", "study", &["经理室环境传感器"], &["Manager's office sensor"]),
    ("study_curtain", "curtain", "study", &["经理室窗帘"], &["Manager's office curtain"]),
    ("finance_light", "light_dimmable", "finance", &["财务室灯"], &["Finance office light"]),
    ("finance_coil", "fan_coil", "finance", &["财务室风机盘管"], &["Finance office fan coil"]),
    ("finance_air", "room_sensor", "finance", &["财务室环境传感器"], &["Finance office sensor"]),
    ("finance_window", "contact_window", "finance", &["财务室窗户"], &["Finance office window"]),
    ("boardroom_light", "light_tunable", "boardroom", &["香樟厅灯"], &["Boardroom light"]),
    ("boardroom_shade", "shade", "boardroom", &["香樟厅遮阳帘"], &["Boardroom shade"]),
    ("boardroom_ac", "air_conditioner", "boardroom", &["香樟厅空调"], &["Boardroom AC"]),
    ("boardroom_fan", "ventilation", "boardroom", &["香樟厅新风"], &["Boardroom ventilation"]),
    ("boardroom_air", "room_sensor", "boardroom", &["香樟厅环境传感器"], &["Boardroom sensor"]),
    ("boardroom_presence", "sensor_occupancy", "boardroom", &["香樟厅人在传感器"], &["Boardroom presence sensor"]),
    ("engineering_light", "light_dimmable", "engineering", &["工程部灯"], &["Engineering office light"]),
    ("engineering_coil", "fan_coil", "engineering", &["工程部风机盘管"], &["Engineering office fan coil"]),
    ("engineering_air", "room_sensor", "engineering", &["工程部环境传感器"], &["Engineering office sensor"]),
    ("library_light", "light_dimmable", "library", &["图书角灯"], &["Library light"]),
    ("archive_humidity", "sensor_humidity", "archive", &["档案室湿度传感器"], &["Archive humidity sensor"]),
    ("archive_dehumidifier", "dehumidifier", "archive", &["档案室除湿机"], &["Archive dehumidifier"]),
    ("corridor3_light", "light_switch", "corridor3", &["三楼走廊灯"], &["Third floor corridor light"]),
    ("stairs3_smoke", "sensor_smoke", "stairs3", &["三楼楼梯间烟感"], &["Third floor stairs smoke detector"]),
];

#[rustfmt::skip]
pub(super) const ROOF: &[DeviceRow] = &[
    ("weather", "weather_station", "deck", &["气象站", "室外气象站"], &["Weather station"]),
    ("air_handler", "ventilation", "deck", &["新风机组", "屋顶新风机组"], &["Air handler", "Rooftop air handler"]),
    ("solar_meter", "meter_power", "deck", &["光伏电表"], &["Solar meter"]),
    ("garden_soil", "sensor_soil_moisture", "garden", &["花园土壤湿度传感器"], &["Garden soil sensor"]),
];

#[rustfmt::skip]
pub(super) const APARTMENT: &[DeviceRow] = &[
    ("living_light", "light_dimmable", "living", &["客厅灯", "客厅吊灯"], &["Living room light"]),
    ("living_lamp", "light_colour", "living", &["客厅落地灯", "落地灯"], &["Floor lamp"]),
    ("living_curtain", "curtain", "living", &["客厅窗帘"], &["Living room curtain"]),
    ("living_tv", "television", "living", &["客厅电视"], &["Living room TV"]),
    ("living_ac", "air_conditioner", "living", &["客厅空调"], &["Living room AC"]),
    ("living_air", "room_sensor", "living", &["客厅环境传感器"], &["Living room sensor"]),
    ("vacuum", "vacuum", "living", &["扫地机", "扫地机器人"], &["Robot vacuum", "Vacuum"]),
    ("bedroom_light", "light_tunable", "bedroom", &["卧室灯"], &["Bedroom light"]),
    ("bedroom_thermostat", "thermostat", "bedroom", &["卧室温控器", "卧室地暖"], &["Bedroom thermostat"]),
    ("bedroom_air", "room_sensor", "bedroom", &["卧室环境传感器"], &["Bedroom sensor"]),
    ("bedroom_curtain", "curtain", "bedroom", &["卧室窗帘"], &["Bedroom curtain"]),
    ("bedroom_window", "contact_window", "bedroom", &["卧室窗户"], &["Bedroom window"]),
    ("kitchen_light", "light_switch", "kitchen", &["厨房灯"], &["Kitchen light"]),
    ("fridge", "outlet", "kitchen", &["冰箱"], &["Fridge", "Refrigerator"]),
    ("kitchen_gas", "sensor_gas", "kitchen", &["厨房燃气报警器"], &["Kitchen gas detector"]),
    ("kitchen_leak", "sensor_leak", "kitchen", &["厨房水浸传感器"], &["Kitchen leak sensor"]),
    ("washer", "outlet", "bath", &["洗衣机"], &["Washing machine"]),
    ("bath_heater", "heater", "bath", &["浴室取暖器", "浴霸"], &["Bathroom heater"]),
    ("bath_light", "light_switch", "bath", &["浴室灯"], &["Bathroom light"]),
];

/// All devices.
pub(super) fn all() -> impl Iterator<Item = &'static DeviceRow> {
    [FIRST, GARAGE, FLOOR1, FLOOR2, FLOOR3, ROOF, APARTMENT].into_iter().flatten()
}
