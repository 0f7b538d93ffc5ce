//! Alarms of a network: of its NATs.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Vpc;
use crate::component::{Context, Measure, Metric, Watched};
use crate::part::alarm::{Below, Boundless, Choice, Count, above};

/// Alarms of a network. They are made where the stage has a `monitoring`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alarms {
    /// A NAT instance whose host fails: EC2 starts it anew on other hardware, with its addresses, and somebody is told.
    nat_status: Choice<Boundless>,
    /// A NAT instance whose own system no longer answers: EC2 starts it anew, and somebody is told.
    nat_hangs: Choice<Boundless>,
    /// Credits for its processor that a burstable NAT instance has left: below 10 unless written, for two hours. A new one begins with none.
    nat_credits: Choice<Below>,
    /// Connections that a NAT gateway could not make, for want of ports: more than 0 in three of five minutes unless written.
    nat_ports: Choice<Count>,
}

impl Alarms {
    /// The alarms of `vpc`.
    pub(super) fn watched(&self, vpc: &Vpc, on: &Context<'_>) -> Vec<Watched> {
        let name = on.identity();
        let mut watched = Vec::new();
        let (instances, gateways) = vpc.nats();
        let several = instances + gateways > 1;
        let each = |alarm: &str, number: usize| if several { format!("{alarm}_{number}") } else { alarm.to_owned() };
        for number in 1..=instances {
            let metric = |metric| {
                Metric::sum("AWS/EC2", metric, vec![("InstanceId", on.own(&format!("nat_instance_{number}")))])
            };
            if self.nat_status.is_on() {
                let failed = Measure::Metric(metric("StatusCheckFailed_System").by("Maximum"));
                let bound = on.setting("an alarm rings when the host of a NAT fails", &[vpc.nat.origin], 0.0);
                let says =
                    format!("The host under NAT instance {number} of {name} fails: EC2 starts it anew elsewhere");
                let alarm = above(on, &each("nat_status", number), bound, failed, says).over(60, 2, 2);
                watched.push(Watched { mends: Some("recover"), ..alarm });
            }
            if self.nat_hangs.is_on() {
                let failed = Measure::Metric(metric("StatusCheckFailed_Instance").by("Maximum"));
                let bound = on.setting("an alarm rings when a NAT no longer answers", &[vpc.nat.origin], 0.0);
                let says = format!("NAT instance {number} of {name} no longer answers: EC2 starts it anew");
                let alarm = above(on, &each("nat_hangs", number), bound, failed, says).over(60, 3, 3);
                watched.push(Watched { mends: Some("reboot"), ..alarm });
            }
            let rule = "an alarm rings when a NAT has few credits left";
            if vpc.nat_type.value.starts_with('t')
                && let Some(bound) = self.nat_credits.bound(on, rule, &[vpc.nat_type.origin], 10.0)
            {
                let left = Measure::Metric(metric("CPUCreditBalance").by("Minimum"));
                let says = format!(
                    "NAT instance {number} of {name} has fewer than {} credits left, and slows down",
                    bound.value
                );
                watched.push(above(on, &each("nat_credits", number), bound, left, says).below().over(300, 24, 24));
            }
        }
        for number in 1..=gateways {
            let Some(bound) = self.nat_ports.bound(on, "an alarm rings when a NAT has no ports left", &[], 0.0) else {
                break;
            };
            let dimensions = vec![("NatGatewayId", on.own(&format!("nat_gateway_{number}")))];
            let failed = Measure::Metric(Metric::sum("AWS/NATGateway", "ErrorPortAllocation", dimensions));
            let says = format!("NAT gateway {number} of {name} has no ports left for new connections");
            watched.push(above(on, &each("nat_ports", number), bound, failed, says));
        }
        watched
    }
}
