//! A network in memory: seeded loss, delay, duplication and reordering on a simulated clock.
//!
//! The same seed and the same sendings give the same deliveries, on any machine, in no time.

use std::collections::BTreeMap;

/// How bad the network is. Shares are out of 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weather {
    /// Share of sendings that are lost.
    pub loss: u16,
    /// Share of sendings that arrive twice.
    pub duplication: u16,
    /// Share of answers that are lost: the message was received, and the sender cannot know.
    pub answer_loss: u16,
    /// Shortest time under way, in milliseconds.
    pub delay_min_ms: u64,
    /// Longest time under way; the difference is what reorders.
    pub delay_max_ms: u64,
}

impl Weather {
    /// Nothing lost, nothing late.
    pub const FAIR: Self = Self { loss: 0, duplication: 0, answer_loss: 0, delay_min_ms: 1, delay_max_ms: 1 };
}

/// What the sender of something that was received sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerFate {
    /// The answer.
    Seen,
    /// No answer in time.
    TimedOut,
    /// The connection closed without one.
    ClosedEarly,
}

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery<A> {
    /// Who sent.
    pub from: A,
    /// To whom.
    pub to: A,
    /// The entity.
    pub entity: Vec<u8>,
}

/// The network and its clock.
#[derive(Debug, Clone)]
pub struct Network<A> {
    weather: Weather,
    state: u64,
    now_ms: u64,
    sent: u64,
    under_way: BTreeMap<(u64, u64), Delivery<A>>,
}

impl<A: Clone> Network<A> {
    /// A network at time 0.
    pub fn new(seed: u64, weather: Weather) -> Self {
        Self { weather, state: seed, now_ms: 0, sent: 0, under_way: BTreeMap::new() }
    }

    /// The simulated time, in milliseconds.
    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// Sends an entity; what becomes of it is drawn.
    pub fn send(&mut self, from: &A, to: &A, entity: &[u8]) {
        let lost = self.draw(1000) < u64::from(self.weather.loss);
        let copies = if self.draw(1000) < u64::from(self.weather.duplication) { 2 } else { 1 };
        for _ in 0..copies {
            let range = self.weather.delay_max_ms.saturating_sub(self.weather.delay_min_ms) + 1;
            let at = self.now_ms + self.weather.delay_min_ms + self.draw(range);
            self.sent += 1;
            if !lost {
                let delivery = Delivery { from: from.clone(), to: to.clone(), entity: entity.to_vec() };
                self.under_way.insert((at, self.sent), delivery);
            }
        }
    }

    /// Draws what becomes of the answer on the connection of something that was received.
    pub fn answer_fate(&mut self) -> AnswerFate {
        // Nothing is drawn where nothing can be lost: other weather stays what it was under its seed.
        if self.weather.answer_loss == 0 || self.draw(1000) >= u64::from(self.weather.answer_loss) {
            AnswerFate::Seen
        } else if self.draw(2) == 0 {
            AnswerFate::TimedOut
        } else {
            AnswerFate::ClosedEarly
        }
    }

    /// The next delivery; the clock moves to it. `None` when nothing is under way.
    pub fn deliver(&mut self) -> Option<Delivery<A>> {
        let ((at, _), delivery) = self.under_way.pop_first()?;
        self.now_ms = self.now_ms.max(at);
        Some(delivery)
    }

    /// When the next delivery is due.
    pub fn next_at_ms(&self) -> Option<u64> {
        self.under_way.keys().next().map(|(at, _)| *at)
    }

    /// Lets time pass without a delivery.
    pub fn advance_to(&mut self, at_ms: u64) {
        self.now_ms = self.now_ms.max(at_ms);
    }

    /// SplitMix64: small, seedable, and good enough for weather.
    fn draw(&mut self, below: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(seed: u64, weather: Weather) -> Vec<(u64, Vec<u8>)> {
        let mut network = Network::new(seed, weather);
        for index in 0..100u8 {
            network.send(&"a", &"b", &[index]);
        }
        std::iter::from_fn(|| network.deliver().map(|d| (network.now_ms(), d.entity))).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_weather() {
        let bad = Weather { loss: 200, duplication: 200, answer_loss: 200, delay_min_ms: 1, delay_max_ms: 50 };
        assert_eq!(run(7, bad), run(7, bad));
        assert_ne!(run(7, bad), run(8, bad));
        let delivered = run(7, bad);
        assert!(delivered.len() > 60 && delivered.len() < 140);
        assert!(delivered.windows(2).any(|w| w[0].1 > w[1].1), "something overtook something");
        assert!(delivered.windows(2).all(|w| w[0].0 <= w[1].0), "time never goes back");
    }

    #[test]
    fn answers_are_lost_in_both_ways_and_by_the_seed() {
        let fates = |seed, answer_loss| -> Vec<AnswerFate> {
            let mut network = Network::<&str>::new(seed, Weather { answer_loss, ..Weather::FAIR });
            (0..200).map(|_| network.answer_fate()).collect()
        };
        assert_eq!(fates(3, 300), fates(3, 300));
        let lost = fates(3, 300);
        let count = |fate| lost.iter().filter(|f| **f == fate).count();
        assert!(
            count(AnswerFate::Seen) > 100 && count(AnswerFate::TimedOut) > 10 && count(AnswerFate::ClosedEarly) > 10
        );
        assert!(fates(3, 0).iter().all(|fate| *fate == AnswerFate::Seen));
    }

    #[test]
    fn fair_weather_loses_nothing() {
        let delivered = run(1, Weather::FAIR);
        assert_eq!(delivered.len(), 100);
        assert!(delivered.windows(2).all(|w| w[0].1 < w[1].1));
    }
}
