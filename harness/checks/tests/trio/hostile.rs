//! Whatever a subject sends, no check fails in itself.

use crate::play::{On, Play};
use crate::text;
use proptest::prelude::*;
use std::sync::LazyLock;

/// An acknowledgment and a receipt as they come over the wire.
static WRITTEN: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut play = Play::new(&[]);
    let sent = play.stimulus("first", &[]);
    play.acknowledge(&sent);
    play.receipt(&sent, text::ACCEPTED);
    play.arrived()
});

#[derive(Debug, Clone)]
enum Damage {
    Cut(usize),
    Flip(usize, u8),
    Take(usize, usize),
    Twice(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<usize>().prop_map(Damage::Cut),
        (any::<usize>(), any::<u8>()).prop_map(|(at, with)| Damage::Flip(at, with)),
        (any::<usize>(), 1usize..400).prop_map(|(at, length)| Damage::Take(at, length)),
        (any::<usize>(), 1usize..400).prop_map(|(at, length)| Damage::Twice(at, length)),
    ]
}

fn damaged(bytes: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for damage in damages {
        let length = out.len().max(1);
        match damage {
            Damage::Cut(at) => out.truncate(at % length),
            Damage::Flip(at, with) => out.iter_mut().skip(at % length).take(1).for_each(|b| *b ^= with),
            Damage::Take(at, many) => {
                let start = (at % length).min(out.len());
                let end = (start + many).min(out.len());
                out.drain(start..end);
            }
            Damage::Twice(at, many) => {
                let start = (at % length).min(out.len());
                let end = (start + many).min(out.len());
                let again = out[start..end].to_vec();
                out.splice(end..end, again);
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_check_fails_in_itself(which in 0usize..2, damages in prop::collection::vec(damage(), 1..4), file in any::<bool>()) {
        let entity = damaged(&WRITTEN[which], &damages);
        let mut play = Play::new(&[]);
        play.stimulus("first", &[]);
        if file {
            play.arrive_by("file", entity);
        } else {
            play.arrive(On::Ack, entity);
        }
        let judgement = play.judge();
        prop_assert!(!judgement.has_harness_bug(), "{:?}", judgement.observations);
    }
}
