//! Where subnets lie in the network's range.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::zones::Zones;
use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;

/// `CFN100`: `cidr` cannot be read.
pub const CFN100: Code = Code {
    id: "CFN100",
    explanation: "`cidr` is not an IPv4 range\n\n\
        A VPC is made with one IPv4 range, written as its first address and the number of bits that all its \
        addresses share: `10.0.0.0/16` is everything from 10.0.0.0 to 10.0.255.255. IPv6 ranges are given out by \
        AWS and cannot be chosen.",
};

/// `CFN101`: `cidr` has bits behind its prefix.
pub const CFN101: Code = Code {
    id: "CFN101",
    explanation: "`cidr` does not begin at the first address of its range\n\n\
        `10.0.1.0/16` names an address inside 10.0.0.0/16, not a range. EC2 quietly makes 10.0.0.0/16 of it \
        (CreateVpc: \"we modify the specified CIDR block to its canonical form\"), so that the template would \
        say one thing and the account another. Write the first address, as the message shows it.",
};

/// `CFN102`: the network is too large, or too small for its zones.
pub const CFN102: Code = Code {
    id: "CFN102",
    explanation: "`cidr` is too large for a VPC, or too small for its zones\n\n\
        A VPC has /16 to /28, and so has each of its subnets (Amazon VPC User Guide, \"VPC CIDR blocks\" and \
        \"Subnet CIDR blocks\"); AWS keeps five addresses of every subnet. The range is cut into equal blocks, \
        64 of a /16, and each zone takes two, a public and a private one, in order. Smaller ranges are cut into \
        fewer blocks. A /25 is the smallest for three zones, a /26 for two, a /27 for one.\n\n\
        Choose with room to grow: the range of a VPC is create-only, and changing it replaces the network with \
        everything in it.",
};

/// `CFN103`: the network uses addresses of the public internet.
pub const CFN103: Code = Code {
    id: "CFN103",
    explanation: "`cidr` uses addresses of the public internet\n\n\
        EC2 takes any range, but then the real owners of those addresses can no longer be reached from inside. \
        Private ranges are 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 (RFC 1918), and 100.64.0.0/10 (RFC \
        6598).",
};

/// Ranges that the public internet does not use.
const PRIVATE: [Ipv4Net; 4] = [
    Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 8),
    Ipv4Net::new_assert(Ipv4Addr::new(172, 16, 0, 0), 12),
    Ipv4Net::new_assert(Ipv4Addr::new(192, 168, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(100, 64, 0, 0), 10),
];

/// The longest prefix of a subnet.
const SMALLEST: u8 = 28;

/// A range that is cut into equal blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Addresses {
    network: Ipv4Net,
    prefix: u8,
}

impl Addresses {
    /// Reads the range and checks that it has room for the zones; reports what is wrong with it.
    pub(super) fn of(on: &Context<'_>, cidr: &Setting<String>, zones: &Setting<Zones>) -> Option<Addresses> {
        let written = read(on, cidr)?;
        let network = written.trunc();
        let mut sound = true;
        let mut report = |diagnostic: Diagnostic| {
            sound = false;
            on.report(diagnostic);
        };
        if written != network {
            let title = format!("`cidr` is `{written}`, but that range begins at `{}`", network.network());
            let diagnostic = on.at(Diagnostic::error(CFN101, title), cidr.origin, "not the first address of its range");
            report(repair(on, diagnostic, cidr, &network));
        }
        if !PRIVATE.iter().any(|range| range.contains(&network)) {
            let title = format!("`cidr` is `{written}`, which lies in the public internet");
            let diagnostic = on.at(Diagnostic::error(CFN103, title), cidr.origin, "addresses that belong to others");
            let ranges = PRIVATE.map(|range| range.to_string()).join(", ");
            report(diagnostic.note(format!("private ranges are {ranges}")).help("choose a range within one of them"));
            return None;
        }
        let (prefix, needed) = (network.prefix_len(), 2 * zones.count());
        if prefix < 16 {
            let title = format!("`cidr` is `{written}`, and a VPC has at most a /16");
            let diagnostic = on.at(Diagnostic::error(CFN102, title), cidr.origin, "too large");
            let largest = Ipv4Net::new(network.network(), 16).unwrap_or(network);
            report(repair(on, diagnostic.note("limit: AWS::EC2::VPC CidrBlock, /16 to /28"), cidr, &largest));
        } else if blocks(prefix) < needed {
            let title = format!("`cidr` is `{written}`, too small for {needed} subnets in {} zones", zones.count());
            let diagnostic = on.at(Diagnostic::error(CFN102, title), cidr.origin, "too small");
            let least = (16..=SMALLEST).rev().find(|p| blocks(*p) >= needed).unwrap_or(16);
            report(
                diagnostic
                    .context_if_known(on.origins, Some(zones.origin), "each zone has two subnets")
                    .note("limit: AWS::EC2::Subnet CidrBlock, /16 to /28")
                    .help(format!("choose a range of at least /{least}; a /16 leaves room for everything")),
            );
        }
        sound.then(|| Addresses { network, prefix: block_prefix(prefix) })
    }

    /// A block of the range, from 0.
    pub(super) fn block(&self, number: usize) -> Ipv4Net {
        let blocks = self.network.subnets(self.prefix).ok();
        blocks.and_then(|mut blocks| blocks.nth(number)).unwrap_or(self.network)
    }
}

/// The prefix of the blocks that a range is cut into: 64 blocks, fewer where they would be smaller than a /26, but
/// eight (four zones) as long as a subnet may be that small.
fn block_prefix(prefix: u8) -> u8 {
    prefix.saturating_add(6).min(26).max(prefix.saturating_add(3)).min(SMALLEST)
}

/// How many blocks a range is cut into.
fn blocks(prefix: u8) -> usize {
    block_prefix(prefix).checked_sub(prefix).map_or(0, |bits| 1 << bits)
}

fn read(on: &Context<'_>, cidr: &Setting<String>) -> Option<Ipv4Net> {
    if let Ok(network) = cidr.value.parse::<Ipv4Net>() {
        return Some(network);
    }
    let title = format!("`cidr` is `{}`, which is no IPv4 range", cidr.value);
    let diagnostic = on.at(Diagnostic::error(CFN100, title), cidr.origin, "an address and a prefix are needed");
    on.report(match cidr.value.parse::<Ipv4Addr>().ok().and_then(|address| Ipv4Net::new(address, 16).ok()) {
        Some(range) => repair(on, diagnostic, cidr, &range.trunc()),
        None => diagnostic.help("write the first address and the prefix, such as `10.0.0.0/16`"),
    });
    None
}

fn repair(on: &Context<'_>, diagnostic: Diagnostic, cidr: &Setting<String>, range: &Ipv4Net) -> Diagnostic {
    let diagnostic = diagnostic.help(format!("write `{range}`"));
    match on.origins.spans(cidr.origin).first() {
        Some(span) => diagnostic.edit(*span, range.to_string()),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(cidr: &str) -> Vec<String> {
        let network: Ipv4Net = cidr.parse().expect("a range");
        let addresses = Addresses { network, prefix: block_prefix(network.prefix_len()) };
        (0..blocks(network.prefix_len()).min(6)).map(|i| addresses.block(i).to_string()).collect()
    }

    #[test]
    fn a_16_is_cut_as_sst_cuts_it() {
        let expected = ["10.0.0.0/22", "10.0.4.0/22", "10.0.8.0/22", "10.0.12.0/22", "10.0.16.0/22", "10.0.20.0/22"];
        assert_eq!(layout("10.0.0.0/16"), expected);
    }

    #[test]
    fn smaller_ranges_are_cut_into_fewer_blocks() {
        for (cidr, last, count) in [
            ("10.1.0.0/17", "10.1.10.0/23", 64),
            ("10.1.0.0/20", "10.1.1.64/26", 64),
            ("10.1.0.0/22", "10.1.1.64/26", 16),
            ("10.1.0.0/24", "10.1.0.160/27", 8),
            ("10.1.0.0/25", "10.1.0.80/28", 8),
            ("10.1.0.0/26", "10.1.0.48/28", 4),
            ("10.1.0.0/27", "10.1.0.16/28", 2),
            ("10.1.0.0/28", "10.1.0.0/28", 1),
        ] {
            let prefix = cidr.parse::<Ipv4Net>().map(|n| n.prefix_len()).unwrap_or_default();
            assert_eq!((layout(cidr).last().map(String::as_str), blocks(prefix)), (Some(last), count), "{cidr}");
        }
        assert_eq!(blocks(29), 0);
        assert_eq!(blocks(32), 0);
    }
}
