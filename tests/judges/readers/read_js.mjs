// Reads what our printer wrote with js-yaml 4.
//
//     node read_js.mjs cases.yaml expected.json
//
// `tests/judges/setup` copies this file beside the installed package. The exit code is 1 if anything was read that is not
// expected.

import { readFileSync } from "node:fs";
import yaml from "js-yaml";

const [casesPath, expectedPath] = process.argv.slice(2);
if (!expectedPath) {
  console.error("usage: node read_js.mjs cases.yaml expected.json");
  process.exit(2);
}

// What CloudFormation makes of `!Name value`. js-yaml must be told each tag for each kind of value.
const names = ["Ref", "Condition", "Sub", "Join", "Select", "GetAZs", "GetAtt", "If", "Transform", "Base64"];
const longForm = (name) => (name === "Ref" || name === "Condition" ? name : `Fn::${name}`);
const types = names.flatMap((name) =>
  ["scalar", "sequence", "mapping"].map(
    (kind) => new yaml.Type(`!${name}`, { kind, construct: (value) => ({ [longForm(name)]: value ?? "" }) }),
  ),
);
const schema = yaml.DEFAULT_SCHEMA.extend(types);

function* differences(read, expected, path) {
  if (Array.isArray(expected) && Array.isArray(read) && read.length === expected.length) {
    for (const [i, value] of expected.entries()) yield* differences(read[i], value, `${path}[${i}]`);
  } else if (isMap(expected) && isMap(read) && sameKeys(read, expected)) {
    for (const key of Object.keys(expected)) {
      yield* differences(read[key], expected[key], `${path}.${JSON.stringify(key).slice(0, 40)}`);
    }
  } else if (!Object.is(read, expected)) {
    yield [path, read, expected];
  }
}

const isMap = (value) => value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
const sameKeys = (a, b) => JSON.stringify(Object.keys(a)) === JSON.stringify(Object.keys(b));
const short = (value) => (JSON.stringify(value) ?? String(value)).slice(0, 200);

const expected = JSON.parse(readFileSync(expectedPath, "utf8"));
let document;
try {
  document = yaml.load(readFileSync(casesPath, "utf8"), { schema });
} catch (error) {
  console.log(`js-yaml: cannot read the file: ${error.message}`);
  process.exit(1);
}
let mismatches = 0;
for (const [path, read, wanted] of differences(document, expected, "")) {
  mismatches += 1;
  console.log(`js-yaml: ${path}: read ${short(read)}, expected ${short(wanted)}`);
}
const places = expected.Cases.reduce((sum, one) => sum + Object.keys(one).length, 0);
console.log(`js-yaml: ${expected.Cases.length} texts in ${places} places, ${mismatches} mismatches`);
process.exit(mismatches === 0 ? 0 : 1);
