// What is looked at stands behind the `#` of the address, so that it can be kept, sent, and gone back to.
import { useEffect, useState } from "preact/hooks";
import { data } from "./data";

export const TABS = ["diagram", "resources", "stages", "dns", "cost", "findings", "changes"] as const;
export type Tab = (typeof TABS)[number];

export interface View {
  /** The stage, by its place in the report. */
  stage: number;
  tab: Tab;
  /** What is open there: a component of the diagram, a resource as `file/LogicalId`. */
  selected: string | null;
  /** The component that resources are listed of. */
  component: string | null;
}

function read(): View {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [stage, tab, ...selected] = path.split("/").map(decoded);
  return {
    stage: Math.max(0, data.stages.findIndex((s) => s.name === stage)),
    tab: TABS.find((known) => known === tab) ?? "diagram",
    selected: selected.length > 0 ? selected.join("/") : null,
    component: new URLSearchParams(query).get("component"),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function address(view: View): string {
  const parts = [data.stages[view.stage]?.name ?? "", view.tab, ...(view.selected?.split("/") ?? [])];
  const query = view.component === null ? "" : `?${new URLSearchParams({ component: view.component })}`;
  return `#/${parts.map(encodeURIComponent).join("/")}${query}`;
}

export type Go = (change: Partial<View>, replace?: boolean) => void;

export function useView(): [View, Go] {
  const [view, set] = useState(read);
  useEffect(() => {
    const listen = () => set(read());
    addEventListener("hashchange", listen);
    return () => removeEventListener("hashchange", listen);
  }, []);
  const go: Go = (change, replace = false) => {
    const next = { ...read(), ...change };
    if (replace) history.replaceState(null, "", address(next));
    else location.hash = address(next);
    set(next);
  };
  return [view, go];
}
