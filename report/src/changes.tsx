// What a deploy of this build does to what the last one made, as `diff` says it.
import { type PropertyChange, type ResourceChange, type Stage } from "./data";
import { Words } from "./findings";

const STACKS: Record<string, string> = {
  leaves: "leaves the build; what is deployed stays until somebody deletes it",
  unprotected: "loses its termination protection",
  protected: "gets termination protection",
  comes: "is new",
};
const FATES: Record<string, string> = {
  deleted: "the old one is deleted",
  snapshot: "the old one is deleted after a last snapshot",
  retained: "the old one stays in the account, outside of every stack",
};

export function Changes({ stage }: { stage: Stage }) {
  const { pending } = stage;
  if (!pending) {
    return (
      <div class="sheet">
        <p class="empty">
          There is no build of <b>{stage.name}</b> to compare with yet: a deploy makes everything anew.
        </p>
      </div>
    );
  }
  if (!pending.differs) {
    return (
      <div class="sheet">
        <p class="empty">
          Nothing is pending: <code>{pending.against}</code> is what the manifests compile to.
        </p>
      </div>
    );
  }
  const others = [
    ...pending.stage_changes.map((c) => `\`${c.key}\` of the stage: ${c.old ?? "not set"} → ${c.new ?? "not set"}`),
    ...pending.stacks.map((s) => `\`${s.stack}\` ${STACKS[s.effect] ?? s.effect}`),
    ...pending.asks.map((a) => `the deploy of \`${a.stack}\` asks for \`${a.parameter}\``),
    ...pending.exports.map(
      (e) =>
        `the export \`${e.name}\` ${e.effect.replace("_", " ")}` +
        (e.refused ? `, which CloudFormation refuses while it is imported by ${e.still_imported_by.join(", ")}` : ""),
    ),
  ];
  return (
    <div class="sheet">
      <p class="summary">
        {pending.summary || "What is pending changes no resource"} <span class="note">against {pending.against}</span>
      </p>
      {stage.pending_cost && <p class="note">Cost: {stage.pending_cost}</p>}
      {others.length > 0 && (
        <ul class="others">
          {others.map((line) => (
            <li key={line}>
              <Words text={line} />
            </li>
          ))}
        </ul>
      )}
      {pending.access.length > 0 && (
        <section aria-label="Access">
          <h2>Access</h2>
          <ul class="others">
            {pending.access.map((a) => (
              <li key={`${a.stack} ${a.id} ${a.text}`} class={a.widens ? "widens" : "narrows"}>
                <span class="badge">{a.widens ? "more" : "less"}</span> <Words text={a.text} />
                {a.place && <span class="place">{a.place}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {pending.resources.map((change) => (
        <Change key={`${change.stack} ${change.id} ${change.action}`} change={change} />
      ))}
      {pending.files.length > 0 && <p class="note">Other files that differ: {pending.files.join(", ")}</p>}
    </div>
  );
}

function Change({ change }: { change: ResourceChange }) {
  const losing = change.holds_data && change.old_one !== null;
  const notes = [
    change.was && `it was \`${change.was.id}\` of \`${change.was.stack}\``,
    change.old_one && FATES[change.old_one],
    change.guarded_by && `\`${change.guarded_by}\` is on: AWS refuses to delete the old one`,
    change.refused && `CloudFormation refuses it (${change.refused})`,
    ...change.less_protected.map((d) => `less protected: \`${d.by}\` ${d.old ?? "not set"} → ${d.new ?? "not set"}`),
  ].filter(Boolean) as string[];
  return (
    <article class={`card change ${change.action}`}>
      <h2>
        <span class="badge">{change.action.replaceAll("_", " ")}</span> {change.id}
        {losing && <span class="badge data">holds data</span>}
      </h2>
      <p class="note">
        {change.type} in {change.stack}
        {change.component && `, of ${change.component}`}
        {change.place && <span class="place">{change.place}</span>}
      </p>
      {notes.map((note) => (
        <p key={note}>
          <Words text={note} />
        </p>
      ))}
      {change.properties.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={`What changes of ${change.id}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Property</th>
                <th scope="col">Was</th>
                <th scope="col">Is</th>
                <th scope="col">Effect</th>
                <th scope="col">Written in</th>
              </tr>
            </thead>
            <tbody>
              {change.properties.map((property) => (
                <tr key={`${property.in} ${property.path}`}>
                  <th scope="row">{property.path}</th>
                  <td class="content">
                    <del>{shown(property.old)}</del>
                  </td>
                  <td class="content">
                    <ins>{shown(property.new)}</ins>
                  </td>
                  <td>{effect(property)}</td>
                  <td class="place">{property.place}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </article>
  );
}

function effect({ effect, sure, with: cause }: PropertyChange): string {
  return effect.replaceAll("_", " ") + (sure ? "" : ", perhaps") + (cause ? `, with ${cause}` : "");
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}
