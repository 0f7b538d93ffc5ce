// The records that a stage wants of its zones.
import { type Stage, plural } from "./data";

const PURPOSES = { host: "Leads visitors", validation: "Validates a certificate", caa: "Says who may issue certificates" };
const PROVIDERS: Record<string, string> = { cloudflare: "Cloudflare", route53: "Route 53", none: "set by hand" };

export function Dns({ stage }: { stage: Stage }) {
  if (stage.zones.length === 0) {
    return (
      <div class="sheet">
        <p class="empty">
          No records are planned for <b>{stage.name}</b>. Those of a zone that Route 53 serves are resources of its stacks.
        </p>
      </div>
    );
  }
  return (
    <div class="sheet">
      {stage.zones.map((zone) => (
        <section key={zone.name} aria-label={zone.name}>
          <h2>
            {zone.name}{" "}
            <small>
              {PROVIDERS[zone.provider] ?? zone.provider}, {plural(zone.records.length, "record")}
            </small>
          </h2>
          <div class="scroll" tabIndex={0} role="region" aria-label={`Records of ${zone.name}`}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Type</th>
                  <th scope="col">Purpose</th>
                  <th scope="col">Content</th>
                  <th scope="col">Proxied</th>
                  <th scope="col">TTL</th>
                </tr>
              </thead>
              <tbody>
                {zone.records.map((record) => (
                  <tr key={`${record.id} ${record.type}`}>
                    <th scope="row">{record.name}</th>
                    <td>{record.type}</td>
                    <td>{PURPOSES[record.purpose]}</td>
                    <td class="content">
                      {record.content.split("\n").map((line, index) => (index === 0 ? line : <small key={line}>{line}</small>))}
                    </td>
                    <td>{record.proxied ? "yes" : "no"}</td>
                    <td class="number">{record.ttl ?? "automatic"}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ))}
      <p class="note">What AWS gives, such as the host of a distribution, is known when the stacks are deployed.</p>
    </div>
  );
}
