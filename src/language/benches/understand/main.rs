//! How long a sentence takes in buildings of 100, 1,000 and 10,000 devices, by what it is; how long the words of a
//! building take to be collected. Before that, the percentiles of every sentence and the memory of the words are shown.

#![allow(missing_docs, reason = "the macros of the benchmark make what has none")]
#![allow(clippy::print_stdout, reason = "a benchmark shows its figures")]

mod building;

use base::Timestamp;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use language::{Dialogue, Lexicon, Utterance, understand};
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::time::Duration;
use things::{States, World};

const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// How often each sentence is said for the percentiles.
const ROUNDS: usize = 20;
/// Bytes of the longest text that is read.
const LONG: usize = 10_000;

const COMMANDS: &[&str] = &[
    "turn on the floor 1 meeting room light",
    "turn off all lights on floor 1",
    "set the ac in the floor 1 lab to 23 degrees",
    "close every curtain except the one in the floor 1 lounge",
    "dim the ceiling lamp in the floor 1 archive and lock the archive door",
    "switch on the ceiling lamp",
    "turn on the floor 1 meting room light",
    "turn on the observatory light",
    "all lights off",
    "打开1楼会议室的灯",
    "把1楼的灯都关了",
    "1楼实验室空调调到23度",
    "除了1楼休息室的窗帘，都拉上",
    "打开吊灯",
    "打开天文台的灯",
    "全部关灯",
];
const QUESTIONS: &[&str] = &[
    "how warm is it in the floor 1 lab",
    "which windows are open",
    "how many lights are on",
    "is anybody in the floor 1 meeting room",
    "which room is the warmest",
    "what is the average humidity on floor 1",
    "1楼实验室现在多少度",
    "哪些窗户开着",
    "有几盏灯亮着",
    "1楼会议室有人吗",
    "哪个房间最热",
    "1楼平均湿度是多少",
];
const RULES: &[&str] = &[
    "if the floor 1 lab is warmer than 27 degrees for 5 minutes then turn on the floor 1 lab air conditioner",
    "when a window on floor 1 opens, turn off the air conditioners on floor 1",
    "every weekday at 7 am turn on the lights in the floor 1 open office",
    "in every meeting room turn the light off when nobody is there for 10 minutes",
    "如果1楼实验室温度高于27度持续5分钟就打开1楼实验室空调",
    "1楼窗户打开时关掉1楼的空调",
    "每个工作日早上七点打开1楼开放办公区的灯",
    "每间会议室没人超过十分钟就关灯",
];
/// What fills a long text.
const PIECES: &[&str] = &[
    "turn on the light and ",
    "if the door opens and ",
    "the the the ",
    "打开会议室的灯和",
    "如果窗户开了就",
    "灯",
    "的的的",
    "9",
    "aaaaaaaaaa",
];

struct Place {
    world: World,
    lexicon: Lexicon,
    states: States,
}

impl Place {
    fn of(devices: usize) -> Place {
        let world = building::of(devices);
        let lexicon = Lexicon::build(&world);
        Place { world, lexicon, states: States::new() }
    }

    fn hear(&self, text: &str) {
        let now = Timestamp::from_millis(1_790_000_000_000);
        black_box(understand(
            &Utterance::new(text, now),
            &Dialogue::default(),
            &self.world,
            &self.lexicon,
            &self.states,
        ));
    }
}

fn sentences(c: &mut Criterion) {
    for size in SIZES {
        let place = Place::of(size);
        percentiles(size, &place);
        let mut group = c.benchmark_group(format!("{size} devices"));
        for (name, texts) in [("commands", COMMANDS), ("questions", QUESTIONS), ("rules", RULES)] {
            group.bench_function(name, |b| b.iter(|| texts.iter().for_each(|t| place.hear(t))));
        }
        group.finish();
    }
}

fn words(c: &mut Criterion) {
    let mut group = c.benchmark_group("words");
    group.sample_size(10);
    for size in SIZES {
        let world = building::of(size);
        group.bench_with_input(BenchmarkId::from_parameter(size), &world, |b, w| b.iter(|| Lexicon::build(w)));
    }
    group.finish();
}

/// How long this thread has had a core, so that what else the machine does is left out.
fn worked() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

/// Percentiles over all sentences, each at its quickest; the slowest; the longest text; a device more.
fn percentiles(size: usize, place: &Place) {
    let quickest = |text: &str, rounds: usize| {
        let round = |_| {
            let began = worked();
            place.hear(text);
            worked().saturating_sub(began)
        };
        (0..rounds).map(round).min().unwrap_or_default()
    };
    let mut took: Vec<(Duration, &str)> =
        [COMMANDS, QUESTIONS, RULES].concat().into_iter().map(|t| (quickest(t, ROUNDS), t)).collect();
    took.sort();
    let at = |percent: usize| took.get(((took.len() - 1) * percent).div_ceil(100)).copied().unwrap_or_default();
    println!("{size} devices: p50 {:?}, p90 {:?}, p99 {:?} ({})", at(50).0, at(90).0, at(99).0, at(99).1);
    let long = PIECES.iter().map(|p| (quickest(&p.repeat(LONG / p.len()), 3), *p));
    println!("{size} devices: 10 kB at most {:?}", long.max());
    let (fewer, began) = (building::of(size - 1), worked());
    let before = Lexicon::build(&fewer);
    let built = worked().saturating_sub(began);
    let began = worked();
    black_box(before.renewed(&fewer, &place.world));
    println!("{size} devices: words anew {built:?}, for one device more {:?}", worked().saturating_sub(began));
}

criterion_group!(benches, sentences, words);
criterion_main!(benches);
