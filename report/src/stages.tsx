// Stages side by side: what each says of every setting.
import { useId, useState } from "preact/hooks";
import { type Leaf, type Setting, data, plural, text } from "./data";
import { Origin } from "./source";
import { kind } from "./tree";

export function Stages() {
  const [all, setAll] = useState(false);
  const groups = data.settings
    .map(({ component, rows }) => ({ component, rows: all ? rows : rows.filter((row) => row.differs) }))
    .filter(({ rows }) => rows.length > 0);
  const count = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const many = data.stages.length > 1;
  return (
    <div class="sheet">
      <div class="toolbar">
        <p class="count" role="status">
          {all || !many ? plural(count, "setting") : `${plural(count, "setting")} differ${count === 1 ? "s" : ""}`}
        </p>
        {many && (
          <label class="check">
            <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
            Show those that are the same
          </label>
        )}
      </div>
      {!many && !all && count === 0 && (
        <p class="empty">
          One stage is in this report, so there is nothing to compare.{" "}
          <button type="button" class="link" onClick={() => setAll(true)}>
            Show its settings
          </button>
        </p>
      )}
      {count > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Settings of all stages">
          <table class="settings">
            <thead>
              <tr>
                <th scope="col">Setting</th>
                {data.stages.map((stage) => (
                  <th scope="col" key={stage.name}>
                    {stage.name}
                  </th>
                ))}
              </tr>
            </thead>
            {groups.map(({ component, rows }) => (
              <tbody key={component ?? ""}>
                <tr class="group">
                  <th scope="rowgroup" colSpan={data.stages.length + 1}>
                    {component ?? "The stage itself"}
                  </th>
                </tr>
                {rows.map((row) => (
                  <Row key={row.path} row={row} />
                ))}
              </tbody>
            ))}
          </table>
        </div>
      )}
    </div>
  );
}

function Row({ row }: { row: Setting }) {
  const [open, setOpen] = useState<number | null>(null);
  const id = useId();
  const leaf = open === null ? null : (row.values[open] ?? null);
  return (
    <>
      <tr data-differs={row.differs}>
        <th scope="row">{row.path}</th>
        {row.values.map((value, stage) => (
          <td key={data.stages[stage]?.name}>
            {value ? (
              <Cell leaf={value} open={open === stage} controls={id} toggle={() => setOpen(open === stage ? null : stage)} />
            ) : (
              <span class="absent">
                <span aria-hidden="true">–</span>
                <span class="hidden">not there</span>
              </span>
            )}
          </td>
        ))}
      </tr>
      {leaf && (
        <tr class="opened" id={id}>
          <td colSpan={row.values.length + 1}>
            <Origin of={leaf} />
          </td>
        </tr>
      )}
    </>
  );
}

function Cell({ leaf, open, controls, toggle }: { leaf: Leaf; open: boolean; controls: string; toggle: () => void }) {
  const written = text(leaf[0]);
  return (
    <button type="button" class="row" aria-expanded={open} aria-controls={open ? controls : undefined} onClick={toggle}>
      <code class={`value ${kind(written)}`}>{written}</code>
    </button>
  );
}
