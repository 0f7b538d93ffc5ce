//! The `reggie-cfn` command.
#![forbid(unsafe_code)]

/// A compiler makes and drops small texts most of the time; this one takes a quarter of the instructions that the C library's does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    reggie_cfn::cli::main()
}
