//! Native code: whether it runs on the processor of the function.
//!
//! Packages often bring the same code for many machines, and load what fits. So a file for another machine is no mistake where its
//! counterpart is there: one whose path says the right machine where this one says another.

use std::collections::BTreeSet;

use super::place::Place;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::setting::Setting;

/// `CFN504`: native code for another machine.
pub const CFN504: Code = Code {
    id: "CFN504",
    explanation: "native code was built for another machine than the function has\n\n\
        Functions run on Linux, on the processor that `architecture` says. Modules with native code (`.node`, `.so`) and a `bootstrap` are built for one processor \
        and one system: those of the machine that installed them, unless the package manager is told otherwise. The deploy of a wrong one succeeds, and \
        the function fails when it loads the module. What fits:\n\n    \
        npm ci --os=linux --cpu=arm64\n    \
        pip install --platform manylinux2014_aarch64 --only-binary=:all: --target dist …\n\n\
        or let `architecture` be what was built. Modules that are there for several machines are no mistake, if one of them fits.",
};

/// How many bytes of a file say what machine it is for.
pub const HEAD: usize = 20;

/// What a file of native code runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// ARM, 64 bits.
    Arm64,
    /// Intel and AMD, 64 bits.
    X86_64,
    /// Another processor, by its number in ELF.
    Other(u16),
    /// Another system, whatever the processor.
    System(&'static str),
}

impl Machine {
    /// What the beginning of a file says; nothing of a file that is no native code.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Machine> {
        match head {
            [0x7f, b'E', b'L', b'F', _, order, _, _, _, _, _, _, _, _, _, _, _, _, low, high, ..] => {
                let bytes = [*low, *high];
                let number = if *order == 2 { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) };
                Some(match number {
                    0xB7 => Machine::Arm64,
                    0x3E => Machine::X86_64,
                    other => Machine::Other(other),
                })
            }
            [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..]
            | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..]
            | [0xca, 0xfe, 0xba, 0xbe, ..] => Some(Machine::System("macOS")),
            [b'M', b'Z', ..] => Some(Machine::System("Windows")),
            _ => None,
        }
    }

    fn text(self) -> String {
        match self {
            Machine::Arm64 => "arm64".to_owned(),
            Machine::X86_64 => "x86_64".to_owned(),
            Machine::Other(3) => "x86".to_owned(),
            Machine::Other(40) => "arm".to_owned(),
            Machine::Other(number) => format!("another processor (ELF machine {number})"),
            Machine::System(name) => name.to_owned(),
        }
    }
}

/// Whether a file of that name is native code, if it is what its name says.
#[must_use]
pub fn may_be_native(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    file.ends_with(".node") || file.ends_with(".so") || file.contains(".so.") || name == BOOTSTRAP
}

/// What a runtime of one's own begins with.
const BOOTSTRAP: &str = "bootstrap";

/// The words by which paths tell processors and C libraries apart.
const MACHINES: &[&str] = &[
    "aarch64",
    "amd64",
    "arm",
    "arm64",
    "arm64v8",
    "armhf",
    "armv6",
    "armv6l",
    "armv7",
    "armv7l",
    "armv8",
    "glibc",
    "gnu",
    "gnueabi",
    "gnueabihf",
    "i386",
    "i686",
    "ia32",
    "loong64",
    "loongarch64",
    "mips64el",
    "msvc",
    "musl",
    "musleabihf",
    "ppc64",
    "ppc64le",
    "riscv64",
    "s390x",
    "universal",
    "x32",
    "x64",
    "x86",
];
/// The words by which they tell Linux.
const LINUX: &[&str] = &["linux", "linuxglibc", "linuxmusl", "manylinux", "musllinux"];
/// The words by which they tell other systems.
const OTHER_SYSTEMS: &[&str] =
    &["aix", "android", "darwin", "freebsd", "macos", "netbsd", "openbsd", "osx", "sunos", "win", "win32", "windows"];

/// The words of a path.
fn words(path: &str) -> impl Iterator<Item = &str> {
    path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// Whether a path says another system than Linux.
fn is_other_system(path: &str) -> bool {
    words(path).any(|word| OTHER_SYSTEMS.contains(&word))
}

/// A path without what tells machines apart.
fn common(path: &str) -> String {
    // One word, although it holds what divides others.
    let path = path.replace("x86_64", "x64");
    let is_of_machine = |word: &&str| [MACHINES, LINUX, OTHER_SYSTEMS].iter().any(|words| words.contains(word));
    words(&path).filter(|word| !is_of_machine(word)).collect::<Vec<_>>().join("/")
}

/// Reports native code that does not run where the function does.
pub(super) fn check(
    place: &Place<'_>,
    architecture: &Setting<String>,
    natives: &[(String, Machine)],
    findings: &mut Diagnostics,
) {
    let wanted = if architecture.value == "x86_64" { Machine::X86_64 } else { Machine::Arm64 };
    let fits = |(name, machine): &&(String, Machine)| *machine == wanted && !is_other_system(name);
    let there: BTreeSet<String> = natives.iter().filter(fits).map(|(name, _)| common(name)).collect();
    let wrong = |(name, machine): &&(String, Machine)| *machine != wanted && !there.contains(&common(name));
    let wrong: Vec<&(String, Machine)> = natives.iter().filter(wrong).collect();
    // For another system there may be a module that is never loaded on Linux; one for Linux is there to be loaded.
    let (other_systems, wrong): (Vec<_>, Vec<_>) = wrong.into_iter().partition(|(name, machine)| {
        name != BOOTSTRAP && (matches!(machine, Machine::System(_)) || is_other_system(name))
    });
    let finding = |list: &[&(String, Machine)], new: fn(Code, String) -> Diagnostic| {
        let (name, machine) = list.first()?;
        let more = match list.len() - 1 {
            0 => String::new(),
            1 => " (and another file)".to_owned(),
            n => format!(" (and {n} other files)"),
        };
        let (wanted, component) = (architecture.value.as_str(), place.component);
        let title =
            format!("`{component}` runs on Linux on {wanted}, and `{name}` in its zip is for {}{more}", machine.text());
        let diagnostic = place.at(architecture.origin).label(new(CFN504, title), "the processor of the function");
        let cpu = if wanted == "x86_64" { "x64" } else { "arm64" };
        let diagnostic = diagnostic
            .note("it comes from the machine that installed it; the function would fail when it is loaded")
            .help(format!("install for that machine, such as `npm ci --os=linux --cpu={cpu}`, and build again"));
        Some(match machine {
            Machine::Arm64 => diagnostic.help("or write `architecture: arm64`"),
            Machine::X86_64 => diagnostic.help("or write `architecture: x86_64`"),
            _ => diagnostic,
        })
    };
    findings_of(finding(&wrong, Diagnostic::error), findings);
    findings_of(finding(&other_systems, Diagnostic::warning), findings);
}

fn findings_of(finding: Option<Diagnostic>, findings: &mut Diagnostics) {
    finding.into_iter().for_each(|finding| findings.push(finding));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_say_the_machine() {
        let elf = |order: u8, bytes: [u8; 2]| {
            let mut head = vec![0x7f, b'E', b'L', b'F', 2, order, 1];
            head.resize(18, 0);
            head.extend(bytes);
            head
        };
        assert_eq!(Machine::of(&elf(1, [0xB7, 0])), Some(Machine::Arm64));
        assert_eq!(Machine::of(&elf(1, [0x3E, 0])), Some(Machine::X86_64));
        assert_eq!(Machine::of(&elf(2, [0, 0x16])), Some(Machine::Other(0x16)));
        assert_eq!(Machine::of(&[0xcf, 0xfa, 0xed, 0xfe, 0]), Some(Machine::System("macOS")));
        assert_eq!(Machine::of(b"MZ\x90\0"), Some(Machine::System("Windows")));
        for other in [&b"#!/bin/sh\nexec node"[..], b"", b"\x7fELF", b"INPUT(libc.so.6)"] {
            assert_eq!(Machine::of(other), None, "{other:?}");
        }
    }

    #[test]
    fn counterparts_are_known_by_their_paths() {
        for (one, other) in [
            (
                "node_modules/@img/sharp-linux-x64/lib/sharp-linux-x64.node",
                "node_modules/@img/sharp-linux-arm64/lib/sharp-linux-arm64.node",
            ),
            ("a/prebuilds/darwin-arm64/a.node", "a/prebuilds/linux-x64/a.node"),
            (
                "@next/swc-linux-x64-musl/next-swc.linux-x64-musl.node",
                "@next/swc-linux-arm64-gnu/next-swc.linux-arm64-gnu.node",
            ),
            ("p/linux-x86_64/p.so", "p/linux-aarch64/p.so"),
            ("p/darwin-x64+arm64/p.node", "p/linux-arm64/p.node"),
            ("@img/sharp-linuxmusl-x64/sharp.node", "@img/sharp-linux-arm64/sharp.node"),
            ("u/prebuilds/linux-arm/node.napi.armv7.node", "u/prebuilds/linux-arm64/node.napi.armv8.node"),
            ("p/linux-arm-gnueabihf/p.so", "p/linux-x64-gnu/p.so"),
        ] {
            assert_eq!(common(one), common(other));
        }
        assert_ne!(common("a/linux-x64/a.node"), common("b/linux-arm64/a.node"));
        assert!(is_other_system("a/prebuilds/darwin-arm64/a.node") && !is_other_system("windowed/linux/a.node"));
    }

    #[test]
    fn names_say_what_is_native() {
        for name in ["a.node", "x/libvips.so", "x/libvips-cpp.so.8.17.1", "bootstrap"] {
            assert!(may_be_native(name), "{name}");
        }
        for name in ["index.js", "x/bootstrap", "a.sock", "so"] {
            assert!(!may_be_native(name), "{name}");
        }
    }
}
