// What was found of all stages.
import { type Finding, data, plural } from "./data";

export function Findings() {
  if (data.findings.length === 0) {
    return (
      <div class="sheet">
        <p class="empty">
          Nothing was found: {data.stages.length === 1 ? "the stage compiles" : "all stages compile"} without a warning.
        </p>
      </div>
    );
  }
  return (
    <div class="sheet">
      <p class="count">{plural(data.findings.length, "finding")}</p>
      {data.findings.map((finding, index) => (
        <Card key={index} finding={finding} />
      ))}
    </div>
  );
}

function Card({ finding }: { finding: Finding }) {
  return (
    <article class={`card ${finding.severity}`}>
      <h2>
        <span class="badge">
          {finding.severity} {finding.code}
        </span>{" "}
        <Words text={finding.title} />
      </h2>
      <ul class="places">
        {finding.labels.map((label) => (
          <li key={`${label.file}:${label.line}:${label.column}`}>
            <span class="place">
              {label.file}:{label.line}:{label.column}
            </span>{" "}
            {label.text}
          </li>
        ))}
      </ul>
      {finding.notes.map((note) => (
        <p key={note}>
          <Words text={note} />
        </p>
      ))}
      {finding.helps.map((help) => (
        <p class="help" key={help}>
          <Words text={help} />
        </p>
      ))}
      {finding.stages.length > 0 && <p class="note">In {finding.stages.join(", ")}</p>}
      {data.codes[finding.code] && (
        <details>
          <summary>What {finding.code} means</summary>
          <p>
            <Words text={data.codes[finding.code] ?? ""} />
          </p>
        </details>
      )}
    </article>
  );
}

/** Words with code between back-quotes. */
export function Words({ text }: { text: string }) {
  return <>{text.split("`").map((piece, index) => (index % 2 === 1 ? <code key={index}>{piece}</code> : piece))}</>;
}
