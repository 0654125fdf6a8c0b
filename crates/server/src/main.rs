//! The binary `diwan`: parse, wire, exit.

use std::process::ExitCode;

use clap::Parser as _;
use diwan_server::cli::{Arguments, run};

/// Gives memory back to the system sooner than the system's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    run(Arguments::parse())
}
