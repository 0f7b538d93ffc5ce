// All resources of a stage: searched, filtered, and each with its properties. All stand in the page, so that a browser's own search
// finds them and they print; what is out of sight is not laid out (`content-visibility`).
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Component, type Resource, type Stack, type Stage, type Tree, plural, text } from "./data";
import { From } from "./source";
import { type Follow, Properties } from "./tree";
import type { Go, View } from "./view";

interface Entry {
  /** `file/LogicalId`. */
  key: string;
  id: string;
  type: string;
  component: string | null;
  stack: Stack;
  resource: Resource;
  /** All that a search looks into. */
  words: string;
}

export function Resources({ stage, view, go }: { stage: Stage; view: View; go: Go }) {
  const [query, setQuery] = useState("");
  const [stack, setStack] = useState("");
  const [type, setType] = useState("");
  const all = useMemo(() => entries(stage), [stage]);
  const component = view.component ?? "";
  const shown = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return all.filter(
      (entry) =>
        (!stack || entry.stack.file === stack) &&
        (!type || entry.type === type) &&
        (!component || entry.component === component) &&
        words.every((word) => entry.words.includes(word)),
    );
  }, [all, query, stack, type, component]);
  const selected = all.find((entry) => entry.key === view.selected);
  const owners = unique(all.flatMap((entry) => entry.component ?? []));
  const isFiltered = Boolean(query || stack || type || component);
  return (
    <div class="split">
      <div class="master">
        <form class="filters" role="search" aria-label="Resources" onSubmit={(event) => event.preventDefault()}>
          <label class="wide">
            <span>Search</span>
            <input
              type="search"
              value={query}
              placeholder="Name, type or value"
              onInput={(event) => setQuery(event.currentTarget.value)}
            />
          </label>
          <Choice label="Stack" value={stack} of={stage.stacks.map((s) => s.file)} onChange={setStack} />
          <Choice label="Type" value={type} of={unique(all.map((entry) => entry.type))} onChange={setType} />
          <Choice
            label="Component"
            value={component}
            of={owners}
            onChange={(value) => go({ component: value || null }, true)}
          />
        </form>
        <p class="count" role="status">
          {isFiltered ? `${shown.length} of ${plural(all.length, "resource")}` : plural(all.length, "resource")}
        </p>
        <List entries={shown} selected={selected} choose={(entry) => go({ selected: entry.key }, true)} />
      </div>
      <div class="detail">
        {selected ? (
          <Detail
            key={selected.key}
            entry={selected}
            component={stage.components.find((c) => c.name === selected.component)}
            follow={(id) => {
              const found = all.find((entry) => entry.stack === selected.stack && entry.id === id);
              return found && (() => go({ selected: found.key }));
            }}
            go={go}
          />
        ) : (
          <p class="empty">Choose a resource to see its properties, and where each of them comes from.</p>
        )}
      </div>
    </div>
  );
}

function Choice({ label, value, of, onChange }: { label: string; value: string; of: string[]; onChange: (value: string) => void }) {
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">All</option>
        {of.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function List({ entries, selected, choose }: { entries: Entry[]; selected: Entry | undefined; choose: (entry: Entry) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const active = selected && entries.includes(selected) ? selected : undefined;
  useEffect(() => {
    box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const move = (event: KeyboardEvent) => {
    const now = active ? entries.indexOf(active) : -1;
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: entries.length - 1, PageDown: now + 10, PageUp: now - 10 }[event.key];
    if (to === undefined || entries.length === 0) return;
    event.preventDefault();
    const entry = entries[Math.min(Math.max(to, 0), entries.length - 1)];
    if (entry) choose(entry);
  };
  return (
    <div
      class="list"
      ref={box}
      role="listbox"
      aria-label="Resources"
      tabIndex={0}
      aria-activedescendant={active && `option-${active.key}`}
      onKeyDown={move}
    >
      {groups(entries).map(([stack, own]) => (
        <div class="group" role="group" aria-label={stack.file} key={stack.file}>
          <div class="heading" role="presentation">
            <span>{stack.file}</span>
            <span>{own.length}</span>
          </div>
          {own.map((entry) => (
            <div
              class="option"
              role="option"
              id={`option-${entry.key}`}
              key={entry.key}
              aria-selected={entry === active}
              onClick={() => choose(entry)}
            >
              <span class="id">{entry.id}</span>
              <span class="type">{entry.type}</span>
            </div>
          ))}
        </div>
      ))}
      {entries.length === 0 && (
        <div class="none" role="option" aria-selected={false} aria-disabled>
          Nothing fits
        </div>
      )}
    </div>
  );
}

function Detail({ entry, component, follow, go }: { entry: Entry; component: Component | undefined; follow: Follow; go: Go }) {
  const { resource, stack } = entry;
  return (
    <article aria-label={entry.id}>
      <header>
        <h2>{entry.id}</h2>
        <dl class="facts">
          <dt>Type</dt>
          <dd>{entry.type}</dd>
          <dt>Stack</dt>
          <dd>{stack.name}</dd>
          <dt>Region</dt>
          <dd>{stack.region}</dd>
          {component && (
            <>
              <dt>Component</dt>
              <dd>
                <button type="button" class="link" onClick={() => go({ tab: "diagram", selected: component.name })}>
                  {component.name}
                </button>
              </dd>
            </>
          )}
        </dl>
        {component && (
          <div class="origin">
            <From id={component.source} />
          </div>
        )}
      </header>
      {resource.attributes && <Properties of={resource.attributes} follow={follow} />}
      <h3>Properties</h3>
      {properties(resource).length > 0 ? (
        <Properties of={properties(resource)} follow={follow} />
      ) : (
        <p class="empty">None.</p>
      )}
    </article>
  );
}

const properties = ({ properties }: Resource) => ("m" in properties ? properties.m : []);

function entries(stage: Stage): Entry[] {
  return stage.stacks.flatMap((stack) =>
    stack.resources.map((resource) => {
      const [id, type] = [text(resource.id), text(resource.type)];
      const component = resource.owner && text(resource.owner[0]);
      const words = [id, type, component ?? "", stack.file];
      leaves({ m: [...(resource.attributes ?? []), ...properties(resource)] }, words);
      return { key: `${stack.file}/${id}`, id, type, component, stack, resource, words: words.join("\n").toLowerCase() };
    }),
  );
}

/** The texts of all values below a tree, and their keys. */
function leaves(tree: Tree, into: string[]): void {
  if (Array.isArray(tree)) {
    into.push(text(tree[0]));
  } else if ("m" in tree) {
    for (const [key, value] of tree.m) {
      into.push(text(key));
      leaves(value, into);
    }
  } else {
    for (const value of tree.l) leaves(value, into);
  }
}

function groups(entries: Entry[]): [Stack, Entry[]][] {
  const found = new Map<Stack, Entry[]>();
  for (const entry of entries) {
    const own = found.get(entry.stack);
    if (own) own.push(entry);
    else found.set(entry.stack, [entry]);
  }
  return [...found];
}

const unique = (names: string[]): string[] => [...new Set(names)].sort();
