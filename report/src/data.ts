// What src/report.rs writes into the page, and how it is read. Texts, files and sources stand once, and are named by number.

/** A value that is shown as a whole: text, source, the logical id that it leads to, the pieces that it was joined of. */
export type Leaf = [text: number, source: number, to?: number | null, parts?: [text: number, source: number][]];
export type Tree = Leaf | { m: [key: number, value: Tree][] } | { l: Tree[] };
export type Place = [file: number, line: number, column: number];
export type Source =
  | { manifest: Place[] }
  | { default: [setting: number, text: number] }
  | { template: Place }
  | { rule: [text: number, from: number[]] };

export interface Resource {
  id: number;
  type: number;
  owner: [component: number, local: number] | null;
  attributes?: [key: number, value: Tree][];
  properties: Tree;
}

export interface Stack {
  name: string;
  file: string;
  region: string;
  resources: Resource[];
}

export interface Component {
  name: string;
  kind: string;
  purpose: string | null;
  imported: boolean;
  group: string;
  service: string;
  facts: [name: string | null, value: string][];
  source: number;
}

/** Two things that work together. */
export interface Tie {
  from: string;
  to: string;
  how: "links" | "contains" | "routes" | "calls" | "delivers" | "uses" | "watches";
  says: string;
}

export interface DnsRecord {
  name: string;
  type: string;
  id: string;
  purpose: "host" | "validation" | "caa";
  content: string;
  proxied: boolean;
  ttl: number | null;
}

export interface Zone {
  name: string;
  provider: string;
  records: DnsRecord[];
}

export interface PropertyChange {
  path: string;
  in: "properties" | "resource";
  old: unknown;
  new: unknown;
  effect: string;
  cause: string;
  with: string | null;
  sure: boolean;
  place: string | null;
}

export interface ResourceChange {
  stack: string;
  id: string;
  type: string;
  component: string | null;
  action: string;
  was: { stack: string; id: string } | null;
  holds_data: boolean;
  old_one: string | null;
  guarded_by: string | null;
  less_protected: { by: string; old: string | null; new: string | null }[];
  refused: string | null;
  properties: PropertyChange[];
  place: string | null;
}

/** As `diff --format json` writes it. */
export interface Pending {
  against: string;
  differs: boolean;
  summary: string;
  stage_changes: { key: string; old: string | null; new: string | null }[];
  asks: { stack: string; parameter: string }[];
  stacks: { stack: string; name: string; effect: string }[];
  resources: ResourceChange[];
  exports: { stack: string; name: string; effect: string; refused: boolean; still_imported_by: string[] }[];
  access: { widens: boolean; stack: string; id: string; text: string; place: string | null }[];
  files: string[];
}

/** An amount as it is shown, and its ends, in USD. */
export type Money = [shown: string, low: number, high: number];

export interface CostLine {
  component: number;
  what: number;
  place: number;
  product: number;
  declared: boolean;
  amount: Money | null;
  usage: number[];
  source: [dated: number, url: number] | null;
  assumed: number | null;
}

export interface Costs {
  region: string;
  read: string;
  total: Money;
  components: [name: string, amount: Money][];
  lines: CostLine[];
  not_estimated: [component: string, type: string, count: number][];
  without: string;
}

export interface Stage {
  name: string;
  lifetime: string;
  region: string;
  account: string | null;
  layers: string[];
  components: Component[];
  ties: Tie[];
  stacks: Stack[];
  zones: Zone[];
  costs: Costs;
  pending: Pending | null;
  pending_cost: string | null;
}

export interface Setting {
  path: string;
  values: (Leaf | null)[];
  differs: boolean;
}

/** As `check --format json` writes it. */
export interface Finding {
  code: string;
  severity: "error" | "warning" | "note";
  title: string;
  labels: { file: string; line: number; column: number; text: string; primary: boolean }[];
  notes: string[];
  helps: string[];
  stages: string[];
}

interface Data {
  project: string;
  texts: string[];
  files: { path: string; lines: Record<string, string> }[];
  sources: Source[];
  stages: Stage[];
  settings: { component: string | null; rows: Setting[] }[];
  findings: Finding[];
  codes: Record<string, string>;
}

export const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}") as Data;

export const text = (id: number): string => data.texts[id] ?? "";

export const source = (id: number): Source => data.sources[id] ?? { rule: [0, []] };

/** `environments/base.yaml:36:18` and the line that stands there. */
export function at([file, line, column]: Place): { place: string; line: string } {
  const of = data.files[file];
  return { place: `${of?.path ?? ""}:${line}:${column}`, line: of?.lines[line] ?? "" };
}

export const plural = (count: number, one: string): string =>
  `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;
