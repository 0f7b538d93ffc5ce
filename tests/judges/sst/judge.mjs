// Judge: SST's SDK reads what a stage with `sst_variables` sets.
//
//     node judge.mjs TEMPLATE…
//
// For each function of each template its environment is made as CloudFormation makes it, with texts in the place of what only AWS
// knows, and a process with that environment asks the SDK, by the import that code written for SST has, for all that is linked. The
// exit code is 1 if anything fails.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import yaml from 'js-yaml'

const PREFIX = 'SST_RESOURCE_'
// Source: SST's components, what `getSSTLink` gives of each; what is sensitive (`password`) is not ours to give.
const PROPERTIES = {
  'sst.aws.ApiGatewayV2': ['url'],
  'sst.aws.Bucket': ['name'],
  'sst.aws.Dynamo': ['name'],
  'sst.aws.Function': ['name', 'url'],
  'sst.aws.Nextjs': ['url'],
  'sst.aws.Postgres': ['clusterArn', 'secretArn', 'database', 'username', 'port', 'host', 'reader'],
  'sst.aws.Queue': ['url'],
  'sst.aws.Router': ['url'],
  'sst.aws.SnsTopic': ['arn'],
  'sst.aws.StaticSite': ['url'],
}

// --- CloudFormation's functions, with a text for whatever is made elsewhere

const tag = (name) => (kind) => new yaml.Type(`!${name}`, { kind, construct: (data) => ({ [`Fn::${name}`]: data }) })
const names = ['Ref', 'GetAtt', 'Sub', 'ImportValue', 'Select', 'Split', 'Join']
const types = names.flatMap((name) => ['scalar', 'sequence', 'mapping'].map(tag(name)))
const schema = yaml.DEFAULT_SCHEMA.extend(types)

function text(value) {
  if (typeof value !== 'object' || value === null) return value
  const [[name, of]] = Object.entries(value)
  switch (name) {
    case 'Fn::Ref':
      return `ref-${of}`
    case 'Fn::GetAtt':
      return /Url\.FunctionUrl$/.test(of) ? 'https://abc.lambda-url.eu-west-2.on.aws/' : `att-${of}`
    case 'Fn::ImportValue':
      return /Port$/.test(text(of)) ? '5432' : `import-${text(of)}`
    case 'Fn::Select':
      return text(of[1])[of[0]]
    case 'Fn::Split':
      return text(of[1]).split(of[0])
    case 'Fn::Join':
      return of[1].map(text).join(of[0])
    case 'Fn::Sub': {
      const [pattern, given] = Array.isArray(of) ? of : [of, {}]
      return pattern.replace(/\$\{([^}]+)\}/g, (_, key) => (key in given ? text(given[key]) : `sub-${key}`))
    }
    default:
      throw new Error(`${name} is not known`)
  }
}

// --- what the SDK says in a process with that environment

const ASKING = `import { Resource } from 'sst'
const all = {}
for (const name of JSON.parse(process.argv[1])) all[name] = Resource[name]
let unlinked
try { Resource.NotLinked } catch (error) { unlinked = error.message }
process.stdout.write(JSON.stringify({ all, unlinked }))`

function ask(environment, linked) {
  const here = dirname(fileURLToPath(import.meta.url))
  const options = { cwd: here, env: { PATH: process.env.PATH, ...environment }, encoding: 'utf8' }
  const ran = spawnSync(process.execPath, ['--input-type=module', '--eval', ASKING, JSON.stringify(linked)], options)
  assert.equal(ran.status, 0, ran.stderr)
  return JSON.parse(ran.stdout)
}

let functions = 0
const kinds = new Set()
for (const path of process.argv.slice(2)) {
  const template = yaml.load(readFileSync(path, 'utf8'), { schema })
  for (const [id, resource] of Object.entries(template.Resources)) {
    const variables = resource.Properties?.Environment?.Variables
    if (resource.Type !== 'AWS::Lambda::Function' || !Object.keys(variables ?? {}).some((name) => name.startsWith(PREFIX))) continue
    functions += 1
    const environment = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(text(value))]))
    const linked = Object.keys(environment).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length))
    const { all, unlinked } = ask(environment, linked)
    assert.deepEqual(Object.keys(all.App).sort(), ['name', 'stage'], `${path}: ${id}`)
    assert.match(unlinked, /"NotLinked" is not linked/, `${path}: ${id}: the SDK takes links to be active`)
    for (const [name, { type, ...properties }] of Object.entries(all).filter(([name]) => name !== 'App')) {
      const where = `${path}: ${id}: Resource.${name}`
      assert.ok(type in PROPERTIES, `${where} is a ${type}`)
      kinds.add(type)
      for (const [property, value] of Object.entries(properties)) {
        assert.ok(PROPERTIES[type].includes(property), `${where}.${property} is none of SST's`)
        assert.equal(typeof value, property === 'port' ? 'number' : 'string', `${where}.${property}`)
        assert.ok(value !== '', `${where}.${property}`)
      }
      const [main] = PROPERTIES[type]
      assert.ok(main in properties, `${where}.${main} is missing`)
    }
  }
}
assert.ok(functions > 1 && kinds.size > 5, `only ${functions} functions and ${kinds.size} kinds`)
console.log(`sst: ${functions} functions, ${kinds.size} kinds of resources read by SST's SDK as it reads its own`)
