// Judge: AWS CDK's comparison of templates (@aws-cdk/cloudformation-diff), on every property of every type that holds data,
// and on edits of Reggie's templates.
//
// `diff.mjs FOLDER ACCEPTED`: the tests wrote `cases.json` into FOLDER, `[type, path, what we say]` each, and `pairs.json`, both
// sides of each stack and what we say of its resources. Every disagreement must stand in ACCEPTED with who is right and why,
// and every line there must still be one; `docs/diff.md` tells them. What only follows from other resources, and is nothing
// to the other tool, is counted.
import fs from 'node:fs';
import { fullDiff } from '@aws-cdk/cloudformation-diff';

const [folder, accepted] = process.argv.slice(2);
const WORDS = { WILL_REPLACE: 'replace', MAY_REPLACE: 'may replace', WILL_UPDATE: 'update', NO_CHANGE: 'nothing' };

const value = (path, leaf) => path.reduceRight((inner, step) => (step === '*' ? [inner] : { [step]: inner }), leaf);
const template = (Type, Properties) => ({ Resources: { It: { Type, Properties } } });

function theirs(type, path) {
  const diff = fullDiff(template(type, value(path, 'one')), template(type, value(path, 'other')));
  const impact = diff.resources.get('It').changeImpact;
  return WORDS[impact] ?? impact;
}

// `TYPE PATH ours/theirs RIGHT: reason`
const known = new Map();
for (const line of fs.readFileSync(accepted, 'utf8').split('\n')) {
  if (line.trim() === '' || line.startsWith('#')) continue;
  const found = /^(\S+ \S+) (.+?) \/ (.+?) +(ours|theirs|both): (.+)$/.exec(line);
  if (!found) throw new Error(`${accepted}: cannot read: ${line}`);
  known.set(found[1], { ours: found[2], theirs: found[3] });
}

const read = (name) => JSON.parse(fs.readFileSync(`${folder}/${name}`, 'utf8'));
const all = read('cases.json');
const wrong = [];
let [agreed, silent, compared] = [0, 0, 0];

function compare(key, ours, said) {
  compared += 1;
  const listed = known.get(key);
  known.delete(key);
  if (said === ours) {
    agreed += 1;
    if (listed) wrong.push(`${key}: both say ${ours} now; take it out of the list`);
  } else if (listed?.ours !== ours || listed?.theirs !== said) {
    wrong.push(`${key} ${ours} / ${said}`);
  }
}

for (const [type, path, ours] of all) compare(`${type} ${path.join('.')}`, ours, theirs(type, path));

const ACTIONS = {
  Replace: 'replace', MayReplace: 'may replace', Update: 'update', Interrupt: 'update', Template: 'update',
  Create: 'create', Delete: 'delete', Retain: 'orphan',
};
Object.assign(WORDS, { WILL_CREATE: 'create', WILL_DESTROY: 'delete', WILL_ORPHAN: 'orphan' });
for (const { edit, stack, ours, old, new: is } of read('pairs.json')) {
  const diff = fullDiff(old ?? { Resources: {} }, is);
  const said = {};
  diff.resources.forEachDifference((id, change) => { said[id] = WORDS[change.changeImpact] ?? change.changeImpact; });
  for (const id of new Set([...Object.keys(ours), ...Object.keys(said)])) {
    const [action, follows] = ours[id] ?? ['nothing', false];
    const they = said[id] ?? 'nothing';
    if (follows && they === 'nothing') silent += 1;
    else compare(`${edit}:${stack} ${id}`, ACTIONS[action] ?? action, they);
  }
}
for (const key of known.keys()) wrong.push(`${key}: is no case any more; take it out of the list`);
console.log(`cloudformation-diff: ${compared} changes, ${agreed} alike, ${compared - agreed} not, ${wrong.length} of them unknown; silent on ${silent} that follow from others`);
if (all.length < 1000) wrong.push(`only ${all.length} properties`);
wrong.forEach((line) => console.error(line));
process.exit(wrong.length === 0 ? 0 : 1);
