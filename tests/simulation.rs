//! The reference under every weather: it may come to nothing, but a conforming system is never accused.

use crate::support::simulated::simulate;
use provestein::carrier::simulated::Weather;

#[test]
fn in_fair_weather_everything_is_met() {
    let run = simulate(&[], Weather::FAIR, 1, &[]);
    let judgement = &run.judged.judgement;
    assert_eq!(run.violated(), Vec::<String>::new());
    assert_eq!(judgement.suite_defects, []);
    assert_eq!(judgement.totals.scenarios_passed, 12, "{:#?}", judgement.scenarios);
    assert_eq!(judgement.exit.code, 0);
}

#[test]
fn delay_and_reordering_change_nothing() {
    for seed in 0..12 {
        let weather = Weather { loss: 0, duplication: 0, delay_min_ms: 1, delay_max_ms: 400 };
        let run = simulate(&[], weather, seed, &[]);
        assert_eq!(run.violated(), Vec::<String>::new(), "seed {seed}");
        assert_eq!(
            run.judged.judgement.totals.scenarios_passed, 12,
            "seed {seed}: {:#?}",
            run.judged.judgement.scenarios
        );
    }
}

#[test]
fn loss_and_duplication_never_accuse_a_conforming_system() {
    for seed in 0..24 {
        let weather = Weather { loss: 120, duplication: 150, delay_min_ms: 1, delay_max_ms: 300 };
        let run = simulate(&[], weather, seed, &[]);
        assert_eq!(run.violated(), Vec::<String>::new(), "seed {seed}");
        assert_ne!(run.judged.judgement.exit.code, 10, "seed {seed}");
    }
}
