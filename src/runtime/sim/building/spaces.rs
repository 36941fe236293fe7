//! The spaces of the demo building, a row each: the office on three floors with its roof and garage, and one apartment.
//! A floor's rooms tile its plate.

use things::SpaceKind::{self, Floor, Room, Site};

/// What a room is used for: who is there and when, and what that brings with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Desks, on working days.
    Office,
    /// Meetings of half an hour and more, on working days.
    Meeting,
    /// People pass through.
    Passage,
    /// People stay for some minutes.
    Break,
    /// Water is used.
    Wash,
    /// Machines, seldom a person.
    Machines,
    /// Evenings and weekends.
    Living,
    /// Nights.
    Sleeping,
    /// Mornings and evenings, with cooking.
    Kitchen,
    /// Cars come and go.
    Parking,
    /// No walls.
    Outdoor,
    /// Nothing is known of it.
    Other,
}

/// West, north, east and south edge in metres.
pub(super) type Rect = (f64, f64, f64, f64);

/// A space of the building.
pub(super) struct SpaceRow {
    pub(super) key: &'static str,
    pub(super) kind: SpaceKind,
    pub(super) parent: &'static str,
    pub(super) zh: &'static [&'static str],
    pub(super) en: &'static [&'static str],
    pub(super) tags: &'static [&'static str],
    pub(super) rect: Rect,
    pub(super) usage: Use,
    /// How many people it holds.
    pub(super) people: u16,
}

type Words = &'static [&'static str];

const fn row(key: &'static str, kind: SpaceKind, parent: &'static str, zh: Words, en: Words, rect: Rect) -> SpaceRow {
    SpaceRow { key, kind, parent, zh, en, tags: &[], rect, usage: Use::Other, people: 0 }
}

/// The plate of the office.
const PLATE: Rect = (0.0, 0.0, 36.0, 20.0);

/// The site and its floors.
pub(super) const FLOORS: &[SpaceRow] = &[
    row("site", Site, "", &["示范办公楼"], &["Demo office"], (0.0, 0.0, 60.0, 32.0)),
    row("garage", Floor, "site", &["地下车库", "车库", "负一楼"], &["Garage", "Basement"], PLATE),
    row("floor1", Floor, "site", &["一楼", "首层"], &["First floor", "Ground floor"], PLATE),
    row("floor2", Floor, "site", &["二楼"], &["Second floor"], PLATE),
    row("floor3", Floor, "site", &["三楼"], &["Third floor"], PLATE),
    row("roof", Floor, "site", &["屋顶", "楼顶", "天台"], &["Roof", "Rooftop"], PLATE),
    row("apartment", Floor, "site", &["公寓", "样板间"], &["Apartment", "Flat"], (0.0, 0.0, 14.0, 10.0)),
];

/// A room: key, floor, Chinese names, English names, tags, outline, use, people.
type RoomRow = (&'static str, &'static str, Words, Words, Words, Rect, Use, u16);

#[rustfmt::skip]
const ROOMS: &[RoomRow] = &[
    ("parking", "garage", &["停车区"], &["Parking area"], &["parking"], (0.0, 0.0, 24.0, 20.0), Use::Parking, 40),
    ("charging", "garage", &["充电区"], &["Charging bay"], &["parking"], (24.0, 0.0, 36.0, 20.0), Use::Parking, 4),

    ("pantry", "floor1", &["茶水间"], &["Pantry", "Kitchenette"], &["pantry"], (0.0, 0.0, 8.0, 8.0), Use::Break, 8),
    ("plant", "floor1", &["设备间"], &["Plant room"], &["plant_room"], (8.0, 0.0, 16.0, 8.0), Use::Machines, 2),
    ("stairs1", "floor1", &["一楼楼梯间"], &["First floor stairs"], &["stairs"], (16.0, 0.0, 20.0, 8.0), Use::Passage, 4),
    ("washroom1", "floor1", &["一楼洗手间"], &["First floor washroom"], &["washroom"], (20.0, 0.0, 26.0, 8.0), Use::Wash, 6),
    ("training", "floor1", &["培训室"], &["Training room"], &["training_room"], (26.0, 0.0, 36.0, 8.0), Use::Meeting, 24),
    ("lobby", "floor1", &["大厅", "前厅"], &["Lobby", "Reception"], &["lobby"], (0.0, 8.0, 14.0, 20.0), Use::Passage, 12),
    ("corridor1", "floor1", &["一楼走廊"], &["First floor corridor"], &["corridor"], (14.0, 8.0, 36.0, 11.0), Use::Passage, 6),
    ("showroom", "floor1", &["展厅"], &["Showroom"], &["showroom"], (14.0, 11.0, 26.0, 20.0), Use::Meeting, 16),
    ("gym", "floor1", &["健身房"], &["Gym"], &["gym"], (26.0, 11.0, 36.0, 20.0), Use::Break, 8),

    ("ginkgo", "floor2", &["银杏厅"], &["Ginkgo"], &["meeting_room"], (0.0, 0.0, 6.0, 8.0), Use::Meeting, 8),
    ("design", "floor2", &["设计部"], &["Design studio", "Design department"], &["office"], (6.0, 0.0, 16.0, 8.0), Use::Office, 12),
    ("stairs2", "floor2", &["二楼楼梯间"], &["Second floor stairs"], &["stairs"], (16.0, 0.0, 20.0, 8.0), Use::Passage, 4),
    ("washroom2", "floor2", &["二楼洗手间"], &["Second floor washroom"], &["washroom"], (20.0, 0.0, 26.0, 8.0), Use::Wash, 6),
    ("sales", "floor2", &["销售部"], &["Sales office", "Sales department"], &["office"], (26.0, 0.0, 36.0, 8.0), Use::Office, 14),
    ("corridor2", "floor2", &["二楼走廊"], &["Second floor corridor"], &["corridor"], (0.0, 8.0, 36.0, 11.0), Use::Passage, 6),
    ("open", "floor2", &["办公区", "开放办公区"], &["Open office"], &["office"], (0.0, 11.0, 22.0, 20.0), Use::Office, 30),
    ("meeting", "floor2", &["会议室"], &["Meeting room"], &["meeting_room"], (22.0, 11.0, 30.0, 20.0), Use::Meeting, 12),
    ("cedar", "floor2", &["雪松厅"], &["Cedar"], &["meeting_room"], (30.0, 11.0, 36.0, 20.0), Use::Meeting, 8),

    ("server", "floor3", &["机房"], &["Server room"], &["server_room"], (0.0, 0.0, 8.0, 8.0), Use::Machines, 2),
    ("archive", "floor3", &["档案室"], &["Archive"], &["archive"], (8.0, 0.0, 16.0, 8.0), Use::Machines, 2),
    ("stairs3", "floor3", &["三楼楼梯间"], &["Third floor stairs"], &["stairs"], (16.0, 0.0, 20.0, 8.0), Use::Passage, 4),
    ("washroom3", "floor3", &["三楼洗手间"], &["Third floor washroom"], &["washroom"], (20.0, 0.0, 26.0, 8.0), Use::Wash, 6),
    ("library", "floor3", &["图书角", "阅览室"], &["Library", "Reading corner"], &["library"], (26.0, 0.0, 36.0, 8.0), Use::Break, 10),
    ("corridor3", "floor3", &["三楼走廊"], &["Third floor corridor"], &["corridor"], (0.0, 8.0, 36.0, 11.0), Use::Passage, 6),
    ("study", "floor3", &["经理室", "经理办公室"], &["Manager's office"], &["office"], (0.0, 11.0, 8.0, 20.0), Use::Office, 3),
    ("finance", "floor3", &["财务室", "财务部"], &["Finance office"], &["office"], (8.0, 11.0, 16.0, 20.0), Use::Office, 8),
    ("boardroom", "floor3", &["香樟厅"], &["Boardroom"], &["meeting_room"], (16.0, 11.0, 26.0, 20.0), Use::Meeting, 16),
    ("engineering", "floor3", &["工程部", "研发部"], &["Engineering office"], &["office"], (26.0, 11.0, 36.0, 20.0), Use::Office, 14),

    ("garden", "roof", &["屋顶花园"], &["Roof garden"], &["garden"], (0.0, 0.0, 24.0, 20.0), Use::Outdoor, 6),
    ("deck", "roof", &["屋面"], &["Roof deck"], &["roof"], (24.0, 0.0, 36.0, 20.0), Use::Outdoor, 1),

    ("living", "apartment", &["客厅", "起居室"], &["Living room", "Lounge"], &["living_room"], (0.0, 0.0, 7.0, 8.0), Use::Living, 4),
    ("balcony", "apartment", &["阳台"], &["Balcony"], &["balcony"], (0.0, 8.0, 7.0, 10.0), Use::Outdoor, 2),
    ("kitchen", "apartment", &["厨房"], &["Kitchen"], &["kitchen"], (7.0, 0.0, 11.0, 4.0), Use::Kitchen, 2),
    ("bath", "apartment", &["浴室", "卫生间"], &["Bathroom"], &["bathroom"], (11.0, 0.0, 14.0, 4.0), Use::Wash, 1),
    ("bedroom", "apartment", &["卧室"], &["Bedroom"], &["bedroom"], (7.0, 4.0, 14.0, 10.0), Use::Sleeping, 2),
];

/// All spaces, a parent before its children.
pub(super) fn all() -> impl Iterator<Item = SpaceRow> {
    let floors = FLOORS.iter().map(|f| SpaceRow { tags: &[], ..row(f.key, f.kind, f.parent, f.zh, f.en, f.rect) });
    let rooms = ROOMS.iter().map(|&(key, floor, zh, en, tags, rect, usage, people)| SpaceRow {
        tags,
        usage,
        people,
        ..row(key, Room, floor, zh, en, rect)
    });
    floors.chain(rooms)
}
