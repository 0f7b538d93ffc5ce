//! The `reggie-cfn` command.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    reggie_cfn::cli::main()
}
