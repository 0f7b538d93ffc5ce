// A tree of properties. Each value opens to say where it comes from.
import { useId, useState } from "preact/hooks";
import { type Leaf, type Tree, text } from "./data";
import { Origin } from "./source";

/** Opens what a reference leads to; undefined where that is not in sight. */
export type Follow = (logicalId: string) => (() => void) | undefined;

const none: Follow = () => undefined;

export function Properties({ of, follow = none }: { of: [key: number, value: Tree][]; follow?: Follow }) {
  return (
    <ul class="tree">
      {of.map(([key, value]) => (
        <Property key={key} name={text(key)} value={value} follow={follow} />
      ))}
    </ul>
  );
}

function Property({ name, value, follow }: { name: string; value: Tree; follow: Follow }) {
  if (Array.isArray(value)) {
    return <Value name={name} leaf={value} follow={follow} />;
  }
  const inner: [string, Tree][] = "m" in value ? value.m.map(([key, v]) => [text(key), v]) : value.l.map((v, i) => [`${i}`, v]);
  return (
    <li>
      <details open>
        <summary>
          <span class="key">{name}</span>
          {"l" in value && <span class="count">{value.l.length}</span>}
        </summary>
        <ul class="tree">
          {inner.map(([key, v]) => (
            <Property key={key} name={key} value={v} follow={follow} />
          ))}
        </ul>
      </details>
    </li>
  );
}

function Value({ name, leaf, follow }: { name: string; leaf: Leaf; follow: Follow }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const to = typeof leaf[2] === "number" ? follow(text(leaf[2])) : undefined;
  return (
    <li class="leaf" data-open={open}>
      <button type="button" class="row" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <span class="key">{name}</span> <code class={`value ${kind(text(leaf[0]))}`}>{text(leaf[0])}</code>
      </button>
      <div id={id} hidden={!open}>
        {open && <Origin of={leaf} />}
        {open && to && typeof leaf[2] === "number" && (
          <button type="button" class="link" onClick={to}>
            Open {text(leaf[2])}
          </button>
        )}
      </div>
    </li>
  );
}

/** What a value is, for its colour. */
export function kind(written: string): string {
  if (/^!|^Fn::/.test(written)) return "reference";
  if (/^(true|false|null|-?\d+(\.\d+)?)$/.test(written)) return "number";
  return "text";
}
