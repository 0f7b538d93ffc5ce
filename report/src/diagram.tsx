// The drawing of a stage: it moves and grows by mouse, touch and keys; what stands for a component opens it.
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { type Component, type Stage, type Tie, data, plural, text } from "./data";
import { From, Origin } from "./source";
import { kind } from "./tree";
import type { Go } from "./view";

const STEP = 80;
const ZOOM = 1.25;
const [LEAST, MOST] = [0.05, 8];

interface Position {
  x: number;
  y: number;
  scale: number;
}

export function Diagram({ stage, selected, go }: { stage: Stage; selected: string | null; go: Go }) {
  const canvas = useRef<HTMLDivElement>(null);
  const drawing = useRef<SVGSVGElement | null>(null);
  const position = useRef<Position>({ x: 0, y: 0, scale: 1 });
  const moved = useRef(false);
  const opened = useRef<Element | null>(null);

  const show = (next: Position) => {
    position.current = next;
    if (drawing.current) drawing.current.style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
  };
  const fit = () => {
    const [box, svg] = [canvas.current, drawing.current];
    if (!box || !svg || box.clientWidth === 0) return;
    const { width, height } = svg.viewBox.baseVal;
    const scale = Math.min(box.clientWidth / width, box.clientHeight / height, 1.5) * 0.96;
    show({ x: (box.clientWidth - width * scale) / 2, y: (box.clientHeight - height * scale) / 2, scale });
    moved.current = false;
  };
  const move = (x: number, y: number) => {
    moved.current = true;
    show({ ...position.current, x: position.current.x + x, y: position.current.y + y });
  };
  /** Grows it around a point of the canvas, its middle unless said. */
  const zoom = (by: number, at?: { x: number; y: number }) => {
    const box = canvas.current;
    if (!box) return;
    const { x, y, scale } = position.current;
    const next = Math.min(Math.max(scale * by, LEAST), MOST);
    const [cx, cy] = at ? [at.x, at.y] : [box.clientWidth / 2, box.clientHeight / 2];
    moved.current = true;
    show({ x: cx - ((cx - x) * next) / scale, y: cy - ((cy - y) * next) / scale, scale: next });
  };

  useLayoutEffect(() => {
    const template = [...document.querySelectorAll<HTMLTemplateElement>("template[data-drawing]")].find(
      (t) => t.dataset["drawing"] === stage.name,
    );
    const svg = template?.content.querySelector("svg")?.cloneNode(true) as SVGSVGElement | undefined;
    const box = canvas.current;
    if (!svg || !box) return;
    const { width, height } = svg.viewBox.baseVal;
    // It is no longer a picture alone: what is in it can be reached.
    svg.setAttribute("role", "group");
    svg.setAttribute("aria-label", `Diagram of ${stage.name}`);
    svg.removeAttribute("aria-labelledby");
    svg.setAttribute("width", `${width}`);
    svg.setAttribute("height", `${height}`);
    for (const node of svg.querySelectorAll<SVGElement>("[data-component]")) {
      const name = node.dataset["component"] ?? "";
      if (!stage.components.some((c) => c.name === name)) continue;
      node.setAttribute("tabindex", "0");
      node.setAttribute("role", "button");
    }
    drawing.current = svg;
    box.querySelector("svg.graph")?.remove();
    svg.classList.add("graph");
    box.prepend(svg);
    fit();
    const watch = new ResizeObserver(() => {
      if (!moved.current) fit();
    });
    watch.observe(box);
    return () => {
      watch.disconnect();
      svg.remove();
    };
  }, [stage]);

  useEffect(() => {
    const is = (element: SVGElement, ...names: string[]) => names.some((name) => element.dataset[name] === selected);
    drawing.current?.classList.toggle("one", selected !== null);
    for (const node of drawing.current?.querySelectorAll<SVGElement>("[data-component]") ?? []) {
      node.classList.toggle("selected", is(node, "component"));
    }
    for (const edge of drawing.current?.querySelectorAll<SVGElement>("[data-from]") ?? []) {
      edge.classList.toggle("near", is(edge, "from", "to"));
    }
  }, [selected, stage]);

  const open = (target: EventTarget | null): boolean => {
    const node = (target as Element | null)?.closest?.("[role=button][data-component]");
    const name = node?.getAttribute("data-component");
    if (!node || !name) return false;
    opened.current = node;
    go({ selected: name });
    return true;
  };
  const close = () => {
    go({ selected: null });
    (opened.current ?? canvas.current)?.dispatchEvent(new Event("blur"));
    ((opened.current as SVGElement | null) ?? canvas.current)?.focus();
  };

  useGestures(canvas, { move, zoom, open });

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const acts: Record<string, () => void> = {
      "+": () => zoom(ZOOM),
      "=": () => zoom(ZOOM),
      "-": () => zoom(1 / ZOOM),
      "0": fit,
      ArrowLeft: () => move(STEP, 0),
      ArrowRight: () => move(-STEP, 0),
      ArrowUp: () => move(0, STEP),
      ArrowDown: () => move(0, -STEP),
      Enter: () => void open(event.target),
      " ": () => void open(event.target),
    };
    const act = acts[event.key];
    if (!act || (event.target as Element).closest("button")) return;
    event.preventDefault();
    act();
  };

  const component = stage.components.find((c) => c.name === selected);
  return (
    <div class="split diagram" data-open={Boolean(component)}>
      <div class="canvas" ref={canvas} tabIndex={0} role="group" aria-label="Diagram" aria-describedby="keys" onKeyDown={press}>
        <div class="tools">
          <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoom(ZOOM)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoom(1 / ZOOM)}>
            −
          </button>
          <button type="button" aria-label="Fit" title="Fit (0)" onClick={fit}>
            <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
              <path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" fill="none" stroke="currentColor" stroke-width="1.6" />
            </svg>
          </button>
        </div>
        <p id="keys" class="keys">
          Drag or <kbd>arrow keys</kbd> to move, wheel or <kbd>+</kbd> <kbd>−</kbd> to zoom, <kbd>0</kbd> to fit, <kbd>Enter</kbd> to
          open a component
        </p>
      </div>
      {component && <Panel key={component.name} stage={stage} component={component} go={go} close={close} />}
    </div>
  );
}

interface Gestures {
  move: (x: number, y: number) => void;
  zoom: (by: number, at?: { x: number; y: number }) => void;
  open: (target: EventTarget | null) => boolean;
}

/** Mouse and touch: one pointer moves, two grow, a wheel grows, a click opens. */
function useGestures(canvas: { current: HTMLDivElement | null }, gestures: Gestures) {
  const now = useRef(gestures);
  now.current = gestures;
  useEffect(() => {
    const box = canvas.current;
    if (!box) return;
    const pointers = new Map<number, { x: number; y: number }>();
    let travelled = 0;
    const within = (event: { clientX: number; clientY: number }) => {
      const { left, top } = box.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    const spread = () => {
      const [a, b] = [...pointers.values()];
      return a && b ? { far: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : null;
    };
    const down = (event: PointerEvent) => {
      if ((event.target as Element).closest("button")) return;
      if (pointers.size === 0) travelled = 0;
      pointers.set(event.pointerId, within(event));
    };
    const moved = (event: PointerEvent) => {
      const last = pointers.get(event.pointerId);
      if (!last) return;
      const before = spread();
      const next = within(event);
      pointers.set(event.pointerId, next);
      const after = spread();
      travelled += Math.hypot(next.x - last.x, next.y - last.y);
      if (travelled < 4) return;
      // Only now, so that a click still is one.
      if (!box.hasPointerCapture(event.pointerId)) box.setPointerCapture(event.pointerId);
      box.classList.add("moving");
      if (before && after) {
        now.current.move(after.x - before.x, after.y - before.y);
        if (before.far > 0) now.current.zoom(after.far / before.far, after);
      } else {
        now.current.move(next.x - last.x, next.y - last.y);
      }
    };
    const up = (event: PointerEvent) => {
      pointers.delete(event.pointerId);
      if (pointers.size === 0) box.classList.remove("moving");
    };
    const click = (event: MouseEvent) => {
      if (travelled < 4) now.current.open(event.target);
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 16;
      now.current.zoom(Math.exp(-lines * (event.ctrlKey ? 0.01 : 0.0015)), within(event));
    };
    const listeners: [string, (event: never) => void][] = [
      ["pointerdown", down],
      ["pointermove", moved],
      ["pointerup", up],
      ["pointercancel", up],
      ["click", click],
      ["wheel", wheel],
    ];
    for (const [name, listener] of listeners) box.addEventListener(name, listener as EventListener, { passive: false });
    return () => {
      for (const [name, listener] of listeners) box.removeEventListener(name, listener as EventListener);
    };
  }, []);
}

const WORDS: Record<Tie["how"], [of: string, by: string]> = {
  links: ["Links to", "Linked by"],
  contains: ["Contains", "Runs in"],
  routes: ["Routes to", "Behind"],
  calls: ["Calls", "Called by"],
  delivers: ["Delivers to", "Takes from"],
  uses: ["Uses", "Used by"],
  watches: ["Watches", "Watched by"],
};

/** What a component works together with, by how. */
function groups(ties: Tie[], name: string): [words: string, names: [name: string, says: string][]][] {
  const found = new Map<string, [string, string][]>();
  for (const { from, to, how, says } of ties) {
    const words = from === name ? WORDS[how][0] : to === name ? WORDS[how][1] : null;
    if (words) found.set(words, [...(found.get(words) ?? []), [from === name ? to : from, says]]);
  }
  return [...found];
}

/** What is known of a component. */
function Panel({ stage, component, go, close }: { stage: Stage; component: Component; go: Go; close: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const resources = stage.stacks.flatMap((stack) =>
    stack.resources.filter((r) => r.owner && text(r.owner[0]) === component.name).map((r) => ({ stack, r })),
  );
  const at = data.stages.indexOf(stage);
  const cost = stage.costs.components.find(([name]) => name === component.name)?.[1];
  const settings = data.settings.find((group) => group.component === component.name)?.rows ?? [];
  return (
    <aside
      class="panel"
      aria-label={component.name}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {component.name}
        </h2>
        <button type="button" class="close" aria-label="Close" onClick={close}>
          ×
        </button>
      </header>
      {component.purpose && <p>{component.purpose}</p>}
      <dl class="facts">
        <dt>{component.group}</dt>
        <dd>
          {component.service}
          {component.imported && ", imported"}
        </dd>
        {component.facts.map(([name, value]) => (
          <Fragment key={`${name} ${value}`}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
        {cost && (
          <>
            <dt>Cost</dt>
            <dd>{cost[0]} USD a month</dd>
          </>
        )}
        {groups(stage.ties, component.name).map(([words, names]) => (
          <Fragment key={words}>
            <dt>{words}</dt>
            <dd>
              {names.map(([name, says]) => (
                <span class="tie" key={`${name} ${says}`}>
                  {stage.components.some((c) => c.name === name) ? (
                    <button type="button" class="link" onClick={() => go({ selected: name })}>
                      {name}
                    </button>
                  ) : (
                    name
                  )}{" "}
                  {says && <small>{says}</small>}
                </span>
              ))}
            </dd>
          </Fragment>
        ))}
      </dl>
      <div class="origin">
        <From id={component.source} />
      </div>
      {resources.length > 0 && (
        <>
          <h3>{plural(resources.length, "resource")}</h3>
          <ul class="plain">
            {resources.map(({ stack, r }) => (
              <li key={`${stack.file}/${r.id}`}>
                <button
                  type="button"
                  class="link"
                  onClick={() => go({ tab: "resources", component: component.name, selected: `${stack.file}/${text(r.id)}` })}
                >
                  {text(r.id)}
                </button>
                <span class="type">{text(r.type)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>Settings</h3>
      <ul class="tree">
        {settings.map((row) => {
          const leaf = row.values[at];
          return leaf && (
            <li key={row.path}>
              <details class="setting">
                <summary>
                  <span class="key">{row.path}</span> <code class={`value ${kind(text(leaf[0]))}`}>{text(leaf[0])}</code>
                </summary>
                <Origin of={leaf} />
              </details>
            </li>
          );
        })}
      </ul>
    </aside>
  );
}
