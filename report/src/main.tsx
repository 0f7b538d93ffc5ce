// The report: a head that says what is looked at, and a panel for each way of looking at it.
import { render } from "preact";
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import "./report.css";
import { Changes } from "./changes";
import { Cost } from "./cost";
import { type Stage, data, plural } from "./data";
import { Diagram } from "./diagram";
import { Dns } from "./dns";
import { Findings } from "./findings";
import { Resources } from "./resources";
import { Stages } from "./stages";
import { type Go, TABS, type Tab, useView } from "./view";

const NAMES: Record<Tab, string> = {
  diagram: "Diagram",
  resources: "Resources",
  stages: "Stages",
  dns: "DNS",
  cost: "Cost",
  findings: "Findings",
  changes: "Pending changes",
};

function App({ stages }: { stages: [Stage, ...Stage[]] }) {
  const [view, go] = useView();
  const stage = stages[view.stage] ?? stages[0];
  const { tab, component } = view;
  // What another panel has open is none of this one's concern.
  const selected = (of: Tab) => (tab === of ? view.selected : null);
  const panels: Record<Tab, preact.ComponentChild> = {
    diagram: useMemo(() => <Diagram stage={stage} selected={selected("diagram")} go={go} />, [stage, selected("diagram")]),
    resources: useMemo(
      () => <Resources key={stage.name} stage={stage} view={{ ...view, selected: selected("resources") }} go={go} />,
      [stage, selected("resources"), component],
    ),
    stages: useMemo(() => <Stages />, []),
    dns: useMemo(() => <Dns stage={stage} />, [stage]),
    cost: useMemo(() => <Cost stage={stage} />, [stage]),
    findings: useMemo(() => <Findings />, []),
    changes: useMemo(() => <Changes stage={stage} />, [stage]),
  };
  useEffect(() => {
    document.title = `${data.project} ${stage.name}: ${NAMES[tab]}`;
  }, [stage, tab]);
  return (
    <>
      <header class="top">
        <button type="button" class="skip" onClick={() => document.getElementById(`panel-${tab}`)?.focus()}>
          Skip to the content
        </button>
        <div class="title">
          <h1>{data.project}</h1>
          <Facts stage={stage} />
        </div>
        <div class="controls">
          <StageChoice stages={stages} now={view.stage} go={go} />
          <Theme />
        </div>
        <Tabs tab={tab} stage={stage} go={go} />
      </header>
      <main>
        {TABS.map((name) => (
          <section
            key={name}
            class={`panel-of ${name}`}
            role="tabpanel"
            id={`panel-${name}`}
            aria-labelledby={`tab-${name}`}
            tabIndex={-1}
            hidden={name !== tab}
          >
            <h2 class="printed">{NAMES[name]}</h2>
            {panels[name]}
          </section>
        ))}
      </main>
    </>
  );
}

function Facts({ stage }: { stage: Stage }) {
  const resources = stage.stacks.reduce((sum, stack) => sum + stack.resources.length, 0);
  const facts = [
    stage.name,
    stage.region,
    stage.account && `account ${stage.account}`,
    plural(stage.components.length, "component"),
    plural(stage.stacks.length, "stack"),
    plural(resources, "resource"),
    stage.costs.lines.length > 0 && `${stage.costs.total[0]} USD a month`,
  ];
  return <p class="facts-line">{facts.filter(Boolean).join("  ·  ")}</p>;
}

function StageChoice({ stages, now, go }: { stages: Stage[]; now: number; go: Go }) {
  const choose = (stage: number) => go({ stage, selected: null, component: null });
  if (stages.length > 4) {
    return (
      <label class="stage-choice">
        <span class="hidden">Stage</span>
        <select value={now} onChange={(event) => choose(Number(event.currentTarget.value))}>
          {stages.map((stage, index) => (
            <option key={stage.name} value={index}>
              {stage.name}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <fieldset class="segments">
      <legend class="hidden">Stage</legend>
      {stages.map((stage, index) => (
        <label key={stage.name}>
          <input type="radio" name="stage" checked={index === now} onChange={() => choose(index)} />
          <span>{stage.name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Tabs({ tab, stage, go }: { tab: Tab; stage: Stage; go: Go }) {
  const counts: Partial<Record<Tab, number>> = {
    findings: data.findings.length,
    changes: stage.pending?.resources.length ?? 0,
  };
  const choose = (to: Tab) => {
    go({ tab: to, selected: null, component: null });
    document.getElementById(`tab-${to}`)?.focus();
  };
  const press = (event: KeyboardEvent) => {
    const at = TABS.indexOf(tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = TABS[(to + TABS.length) % TABS.length];
    if (next) choose(next);
  };
  return (
    <div class="tabs" role="tablist" aria-label="Views" onKeyDown={press}>
      {TABS.map((name) => (
        <button
          type="button"
          role="tab"
          key={name}
          id={`tab-${name}`}
          aria-selected={name === tab}
          aria-controls={`panel-${name}`}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => choose(name)}
        >
          {NAMES[name]}
          {(counts[name] ?? 0) > 0 && <span class="count"> {counts[name]}</span>}
        </button>
      ))}
    </div>
  );
}

type Scheme = "light" | "dark";

/** Light or dark: as the system says, or as was chosen here. */
function Theme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const [dark, setDark] = useState(system.matches);
  const [chosen, setChosen] = useState<Scheme | null>(remembered);
  useEffect(() => {
    const listen = () => setDark(system.matches);
    system.addEventListener("change", listen);
    return () => system.removeEventListener("change", listen);
  }, []);
  useLayoutEffect(() => {
    if (chosen) document.documentElement.dataset["theme"] = chosen;
  }, [chosen]);
  const now: Scheme = chosen ?? (dark ? "dark" : "light");
  const other: Scheme = now === "dark" ? "light" : "dark";
  const change = () => {
    setChosen(other);
    try {
      localStorage.setItem("theme", other);
    } catch {
      // A file may be shown where nothing can be kept.
    }
  };
  return (
    <button type="button" class="theme" aria-label={`Change to ${other} colours`} title={`Change to ${other} colours`} onClick={change}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6" />
        <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" />
      </svg>
    </button>
  );
}

function remembered(): Scheme | null {
  try {
    const kept = localStorage.getItem("theme");
    return kept === "light" || kept === "dark" ? kept : null;
  } catch {
    return null;
  }
}

const [first, ...rest] = data.stages;
const root = document.getElementById("report");
if (root && first) render(<App stages={[first, ...rest]} />, root);
