//! The integration tests, one binary.

mod foreign_peer;
mod kill_matrix;
mod layering;
mod recompute;
mod simulation;
mod support;
mod tidy;
