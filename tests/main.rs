//! The integration tests, one binary.

mod foreign_peer;
mod interruption;
mod kill_matrix;
mod layering;
mod recompute;
mod simulation;
mod support;
mod tidy;
