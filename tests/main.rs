//! The integration tests, one binary.

mod kill_matrix;
mod layering;
mod recompute;
mod simulation;
mod support;
mod tidy;
