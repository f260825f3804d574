//! Atiende, a service desk that carries out a written procedure.

mod load;
mod sample;

fn main() {}
