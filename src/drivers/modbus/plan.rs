//! Which requests read which registers: neighbours of one table and one period are read together. Pure.
//!
//! What it is *not*: it knows no device and no time; when a block is due, and what is done about an address that a
//! device refuses, is the business of [`super::session`]. Start at [`plan`].

use super::config::Table;
use base::Span;

/// Something to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Where it lies.
    pub table: Table,
    /// First register or bit, from 0.
    pub start: u16,
    /// How many registers or bits.
    pub count: u16,
    /// How often it is read.
    pub period: Span,
}

/// What one request may span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Registers of one request at most.
    pub registers: u16,
    /// Bits of one request at most.
    pub bits: u16,
    /// Registers or bits between two slots that are read along, at most.
    pub gap: u16,
}

/// One request, and the slots that it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Where it lies.
    pub table: Table,
    /// First register or bit.
    pub start: u16,
    /// How many.
    pub count: u16,
    /// How often it is read.
    pub period: Span,
    /// Indexes of the slots, by address.
    pub members: Vec<usize>,
}

impl Slot {
    /// The first address behind it.
    fn end(&self) -> u32 {
        u32::from(self.start) + u32::from(self.count)
    }
}

impl Limits {
    fn of(&self, table: Table) -> u32 {
        u32::from(if table.is_bits() { self.bits } else { self.registers })
    }
}

/// The fewest requests that read every slot once. A slot longer than the limit has a request of its own.
pub fn plan(slots: &[Slot], limits: Limits) -> Vec<Block> {
    let mut order: Vec<usize> = (0..slots.len()).collect();
    order.sort_by_key(|i| slots.get(*i).map(|s| (s.table, s.period, s.start, s.end())));
    let mut blocks: Vec<Block> = Vec::new();
    for index in order {
        let Some(slot) = slots.get(index) else { continue };
        if let Some(block) = blocks.last_mut().filter(|b| b.table == slot.table && b.period == slot.period) {
            let end = u32::from(block.start) + u32::from(block.count);
            let longer = slot.end().max(end) - u32::from(block.start);
            if u32::from(slot.start) <= end + u32::from(limits.gap) && longer <= limits.of(slot.table) {
                block.count = u16::try_from(longer).unwrap_or(u16::MAX);
                block.members.push(index);
                continue;
            }
        }
        let Slot { table, start, count, period } = *slot;
        blocks.push(Block { table, start, count, period, members: vec![index] });
    }
    blocks
}

/// A block that a device refuses, in smaller ones, so that one bad register does not blind its neighbours: first without
/// the gaps that nobody asked for, then in halves. None when there is only one slot, or slots that lie on each other.
pub fn split(block: &Block, slots: &[Slot], limits: Limits) -> Option<Vec<Block>> {
    let members: Vec<Slot> = block.members.iter().filter_map(|i| slots.get(*i).copied()).collect();
    let parts = |from: usize, members: &[Slot], limits: Limits| {
        let mut parts = plan(members, limits);
        for part in &mut parts {
            part.members = part.members.iter().filter_map(|i| block.members.get(from + *i).copied()).collect();
        }
        parts
    };
    let dense = parts(0, &members, Limits { gap: 0, ..limits });
    if dense.len() > 1 {
        return Some(dense);
    }
    // What lies across the cut would be read twice, so it goes with the first half.
    let middle = members.get(members.len() / 2)?.start;
    let at = |start: &dyn Fn(&Slot) -> bool| members.iter().position(start).filter(|at| *at > 0);
    let cut = at(&|s| s.start == middle).or_else(|| at(&|s| s.start > middle))?;
    let (first, second) = members.split_at(cut);
    let mut halves = parts(0, first, limits);
    halves.extend(parts(cut, second, limits));
    Some(halves)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits { registers: 125, bits: 2000, gap: 8 };

    fn slot(start: u16, count: u16) -> Slot {
        Slot { table: Table::Holding, start, count, period: Span::from_secs(5) }
    }

    fn spans(blocks: &[Block]) -> Vec<(u16, u16)> {
        blocks.iter().map(|b| (b.start, b.count)).collect()
    }

    #[test]
    fn neighbours_are_read_together() {
        for (slots, expected) in [
            (vec![], vec![]),
            (vec![slot(4, 2)], vec![(4, 2)]),
            (vec![slot(2, 2), slot(0, 2)], vec![(0, 4)]),
            (vec![slot(0, 2), slot(10, 1)], vec![(0, 11)]),
            (vec![slot(0, 2), slot(11, 1)], vec![(0, 2), (11, 1)]),
            (vec![slot(0, 1), slot(124, 1)], vec![(0, 1), (124, 1)]),
            (vec![slot(65_535, 1)], vec![(65_535, 1)]),
            (vec![slot(0, 200)], vec![(0, 200)]),
        ] {
            assert_eq!(spans(&plan(&slots, LIMITS)), expected, "{slots:?}");
        }
    }

    #[test]
    fn tables_and_periods_are_apart() {
        let slots = [
            slot(0, 1),
            Slot { table: Table::Input, ..slot(1, 1) },
            Slot { period: Span::from_secs(60), ..slot(2, 1) },
            slot(3, 1),
        ];
        let blocks = plan(&slots, LIMITS);
        assert_eq!(blocks.iter().map(|b| b.members.clone()).collect::<Vec<_>>(), [vec![0, 3], vec![2], vec![1]]);
    }

    #[test]
    fn gaps_go_first_then_halves() {
        let slots = [slot(0, 2), slot(5, 1), slot(6, 2), slot(8, 1)];
        let all = plan(&slots, LIMITS);
        assert_eq!(spans(&all), [(0, 9)]);
        let dense = split(&all[0], &slots, LIMITS).unwrap();
        assert_eq!(spans(&dense), [(0, 2), (5, 4)]);
        assert_eq!(split(&dense[0], &slots, LIMITS), None);
        let halves = split(&dense[1], &slots, LIMITS).unwrap();
        assert_eq!(spans(&halves), [(5, 1), (6, 3)]);
        assert_eq!(halves[1].members, [2, 3]);
    }

    #[test]
    fn slots_on_each_other_are_not_split() {
        let slots = [slot(7, 1), slot(7, 1)];
        assert_eq!(split(&plan(&slots, LIMITS)[0], &slots, LIMITS), None);
    }

    fn any_slots() -> impl Strategy<Value = Vec<Slot>> {
        let tables = prop_oneof![Just(Table::Holding), Just(Table::Coil), Just(Table::Input)];
        let one = (tables, 0u16..300, 1u16..5, 1i64..3).prop_map(|(table, start, count, s)| Slot {
            table,
            start,
            count,
            period: Span::from_secs(s),
        });
        proptest::collection::vec(one, 0..60)
    }

    /// The fewest blocks, by trying where each may end.
    fn fewest(slots: &[Slot], limits: Limits) -> usize {
        let mut all: Vec<Slot> = slots.to_vec();
        all.sort_by_key(|s| (s.table, s.period, s.start, s.end()));
        let mut best = vec![0usize; all.len() + 1];
        for from in (0..all.len()).rev() {
            let (first, mut end) = (all[from], all[from].end());
            best[from] = usize::MAX;
            for to in from..all.len() {
                let s = all[to];
                if s.table != first.table || s.period != first.period {
                    break;
                }
                if to > from && u32::from(s.start) > end + u32::from(limits.gap) {
                    break;
                }
                end = end.max(s.end());
                if to > from && end - u32::from(first.start) > limits.of(s.table) {
                    break;
                }
                best[from] = best[from].min(1 + best[to + 1]);
            }
        }
        best[0]
    }

    fn covers(blocks: &[Block], slots: &[Slot]) {
        let mut seen: Vec<usize> = blocks.iter().flat_map(|b| b.members.clone()).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..slots.len()).collect::<Vec<_>>(), "each once");
        for b in blocks {
            for s in b.members.iter().map(|i| slots[*i]) {
                assert!(s.table == b.table && s.period == b.period);
                assert!(b.start <= s.start && s.end() <= u32::from(b.start) + u32::from(b.count));
            }
        }
    }

    proptest! {
        #[test]
        fn every_slot_once_within_limits_and_no_block_too_many(
            slots in any_slots(), registers in 4u16..126, bits in 4u16..2001, gap in 0u16..20,
        ) {
            let limits = Limits { registers, bits, gap };
            let blocks = plan(&slots, limits);
            covers(&blocks, &slots);
            for b in &blocks {
                prop_assert!(u32::from(b.count) <= limits.of(b.table));
            }
            prop_assert_eq!(blocks.len(), fewest(&slots, limits));
        }

        #[test]
        fn splitting_ends_and_loses_nothing(slots in any_slots()) {
            let mut open = plan(&slots, LIMITS);
            let mut done = Vec::new();
            let mut steps = 0;
            while let Some(block) = open.pop() {
                steps += 1;
                prop_assert!(steps <= 4 * slots.len());
                match split(&block, &slots, LIMITS) {
                    Some(parts) => {
                        prop_assert!(parts.len() > 1);
                        open.extend(parts);
                    }
                    None => done.push(block),
                }
            }
            covers(&done, &slots);
        }
    }
}
