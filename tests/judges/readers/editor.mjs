// Judge: the YAML language server completes and explains our layers with `schema/layer.schema.json`, as an editor asks it.
//
//     node editor.mjs [PROJECT]
//
// What it must offer is read from `schema/manifest.schema.json`, the schema that the compiler validates with. `setup` copies
// this file beside the server that it installs. The exit code is 1 if anything fails.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { LineCounter, isMap, isScalar, parseDocument } from 'yaml'

const require = createRequire(import.meta.url)
const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = require('vscode-jsonrpc/node')
const SECONDS = 120 // for everything
const TAGS = 'Base64 Cidr FindInMap GetAtt GetAZs If ImportValue Join Ref Select Split Sub'.split(' ') // raw CloudFormation

const here = fileURLToPath(new URL('.', import.meta.url))
const root = resolve(process.argv[2] ?? join(here, '../../..'))
const manifest = JSON.parse(readFileSync(join(root, 'schema/manifest.schema.json'), 'utf8'))
const url = (path) => pathToFileURL(join(root, path)).href

// ---- The server -------------------------------------------------------------------------------------------------------

const settings = {
  yaml: {
    schemas: { [url('schema/layer.schema.json')]: ['**/environments/*.yaml'] },
    schemaStore: { enable: false },
    validate: true,
    hover: true,
    completion: true,
    customTags: TAGS.flatMap((tag) => ['scalar', 'sequence', 'mapping'].map((kind) => `!${tag} ${kind}`)),
  },
}
const server = spawn(process.execPath, [join(here, 'node_modules/yaml-language-server/bin/yaml-language-server'), '--stdio'], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
process.on('exit', () => server.kill('SIGKILL'))
const end = (message) => {
  console.error(`editor: ${message}`)
  process.exit(1)
}
setTimeout(() => end(`not done after ${SECONDS} s`), SECONDS * 1000).unref()
server.on('error', (error) => end(`the server does not start: ${error.message}`))
let stopping = false
server.on('exit', (code, signal) => stopping || end(`the server stopped by itself (${signal ?? code})`))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(`stopped by ${signal}`))

const connection = createMessageConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin))
const waiting = new Map() // uri -> resolve
connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => waiting.get(uri)?.(diagnostics))
connection.onRequest('workspace/configuration', ({ items }) => items.map(({ section }) => settings[section] ?? null))
connection.onRequest('client/registerCapability', () => null)
connection.onNotification('window/logMessage', ({ type, message }) => type === 1 && failed.push(`the server says: ${message}`))
connection.listen()

const failed = []
let documents = 0

// Opens a text as an editor does, hands its address to `ask`, and closes it.
async function opened(text, ask, path = `environments/scratch-${++documents}.yaml`) {
  const uri = url(path)
  await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } })
  try {
    return await ask(uri)
  } finally {
    waiting.delete(uri)
    await connection.sendNotification('textDocument/didClose', { textDocument: { uri } })
  }
}

const diagnostics = (text, path) => opened(text, (uri) => new Promise((resolve) => waiting.set(uri, resolve)), path)

const plain = (text) => (text?.value ?? text ?? '').trim()

// What is offered where `|` stands: label -> documentation.
async function offered(text) {
  const offset = text.indexOf('|')
  const before = text.slice(0, offset).split('\n')
  const position = { line: before.length - 1, character: before.at(-1).length }
  const answer = await opened(text.replace('|', ''), (uri) =>
    connection.sendRequest('textDocument/completion', { textDocument: { uri }, position }),
  )
  const all = new Map()
  for (const { label, documentation } of answer?.items ?? answer ?? []) all.set(label, plain(documentation) || all.get(label) || '')
  return all
}

// ---- What the schema knows --------------------------------------------------------------------------------------------

const KINDS = manifest.$defs.component.properties.type.enum

// The forms that a schema allows: itself or its branches, with references followed; any kind where the `type` is unknown.
function forms(schema, type) {
  if (schema === undefined || typeof schema === 'boolean') return []
  if (schema.$ref === '#/$defs/component') return (type ? [type] : KINDS).flatMap(kind)
  if (schema.$ref) return forms(manifest.$defs[schema.$ref.slice('#/$defs/'.length)])
  const branches = schema.anyOf ?? schema.oneOf
  return branches ? branches.flatMap((branch) => forms(branch, type)) : [schema]
}

const kind = (name) => [manifest.$defs[name], manifest.$defs[`${name}_import`]]

// The schemas of a key's value: of a setting, or of a name that the author chose.
function below(schemas, key, type) {
  const settings = schemas.map(({ properties }) => properties?.[key]).filter(Boolean)
  const named = schemas.map(({ additionalProperties }) => additionalProperties).filter((s) => s !== undefined && s !== false)
  const inner = (settings.length ? settings : named).flatMap((schema) => forms(schema, type))
  return { settings, named: settings.length === 0 && named.length > 0, inner }
}

// A layer may also say `zone`, short for an entry of `zones`.
const zone = { ...manifest.$defs.Zone, description: 'Short for the zone labelled `main` under `zones`.' }
const layer = [{ ...manifest, properties: { ...manifest.properties, zone } }]

// Words that may stand as a value.
const words = (schemas) =>
  schemas.flatMap((schema) => schema.enum ?? ('const' in schema ? [schema.const] : schema.type === 'boolean' ? [true, false] : []))

// ---- Committed layers: no diagnostics, every key explained -------------------------------------------------------------

const projects = ['.', ...readdirSync(join(root, 'tests/projects')).sort().map((name) => `tests/projects/${name}`)]
const layers = projects.flatMap((project) => {
  const folder = join(root, project, 'environments')
  return existsSync(folder) ? readdirSync(folder).sort().map((name) => relative(root, join(folder, name))) : []
})

// The keys that the author did not choose, with where they stand and what the schema says about them.
function keys(node, schemas, path, found) {
  if (!isMap(node)) return found
  for (const { key, value } of node.items) {
    const name = String(key.value)
    const type = isMap(value) && isScalar(value.get('type', true)) ? value.get('type') : undefined
    const { settings, inner } = below(schemas, name, type)
    if (settings.length) {
      const described = [...settings, ...settings.flatMap((schema) => forms(schema))].map(({ description }) => description)
      found.push({ at: [...path, name].join('.'), offset: key.range[0], described: described.filter(Boolean) })
    }
    keys(value, inner, [...path, name], found)
  }
  return found
}

// Markdown escapes and line breaks are of no interest.
const letters = (text) => text.replace(/[^A-Za-z0-9]/g, '')

async function explained(path) {
  const text = readFileSync(join(root, path), 'utf8')
  const lines = new LineCounter()
  const all = keys(parseDocument(text, { lineCounter: lines, logLevel: 'silent' }).contents, layer, [], [])
  await opened(
    text,
    async (uri) => {
      for (const { at, offset, described } of all) {
        const { line, col } = lines.linePos(offset)
        const position = { line: line - 1, character: col }
        const hover = await connection.sendRequest('textDocument/hover', { textDocument: { uri }, position })
        const says = plain(hover?.contents)
        if (!described.some((text) => letters(says).includes(letters(text))))
          failed.push(`${path}:${line}:${col}: hover on ${at} says ${JSON.stringify(says)}, not: ${described[0]}`)
        // Where branches look alike, it puts together the titles and descriptions that they do not have.
        else if (says.includes('||')) failed.push(`${path}:${line}:${col}: hover on ${at} is garbled: ${JSON.stringify(says)}`)
      }
    },
    path,
  )
  return all.length
}

// ---- Scratch layers: mistakes are found --------------------------------------------------------------------------------

const MISTAKES = {
  'an unknown key of a component': ['components:\n  Net:\n    type: vpc\n    nat_typ: x\n', 'nat_typ'],
  'an unknown key of a component without type': ['components:\n  Net:\n    nat_typ: x\n', 'nat_typ'],
  'an unknown key deep inside': ['components:\n  Db:\n    type: postgres\n    scaling: {mni: 1}\n', 'mni'],
  'an unknown key deep inside without type': ['components:\n  Db:\n    scaling: {mni: 1}\n', 'mni'],
  'a setting of another kind': ['components:\n  Net:\n    type: vpc\n    backup_days: 7\n', 'backup_days'],
  'a wrong word': ['components:\n  Db:\n    type: postgres\n    engine: aurorra\n', 'aurorra'],
  'a wrong word of the layer': ['removal: destroy\n', 'destroy'],
  'an unknown kind': ['components:\n  Net:\n    type: vpcc\n', 'vpcc'],
  'text instead of a number': ['components:\n  Db:\n    type: postgres\n    backup_days: many\n', 'many'],
  'an unknown key of the layer': ['componnets:\n  Net: {type: vpc}\n', 'componnets'],
}

// What layers may say that a merged manifest may not.
const RIGHT = {
  'short forms': `zone: {name: x.io}
components:
  Api: {type: http_api, host: api.x.io, routes: {$default: Handler, GET /x: {to: Handler}}}
  Handler:
    type: function
    memory: 1 GB
    timeout: "5 minutes"
    links: {Db: connect, Key: {access: read}}
`,
  'short forms without type': `components:
  Api: {host: api.x.io, routes: {$default: Handler, GET /x: {to: Handler}}}
  Edge: {hosts: {main: x.io, www: {name: www.x.io}}, routes: {web: Web, api: {path: /api/*, to: Api}}}
  Handler: {memory: 1 GB, timeout: "5 minutes", links: {Db: connect, Key: {access: read}}}
`,
  'what removes': `zones: {main: null}
tags: null
secrets: {Key: null}
inputs: {Mail: null}
outputs: {url: null}
values: {host: null}
components:
  Gone: null
  Db: {scaling: null, parameters: {log_min_duration_statement: null}}
  Handler: {zip: null, links: {Db: null}, environment: {URL: null}, vpc: null}
  Api: {type: http_api, host: null, routes: {$default: null}, authorizers: {key: null}}
`,
  references: `values: {days: 7, host: x.io}
log_days: \${values.days}
components:
  Db: {type: postgres, backup_days: "\${values.days}", proxy: "\${values.proxy}", scaling: {max: "\${values.most}"}}
  Net: {nat: "\${values.nat}", availability_zones: "\${values.zones}"}
  Api: {host: "\${values.host}", cors: {origins: {web: "https://\${values.host}"}}}
`,
  imports: `components:
  A: {type: vpc, import: {stage: staging}}
  B: {type: vpc, import: {stack: net-prod, region: eu-west-2, outputs: {id: VpcId}}}
  C: {type: vpc, import: {id: vpc-0abc, private_subnets: [subnet-1, subnet-2]}}
  D: {import: {stage: staging, component: E}}
`,
}

async function right(name, text) {
  for (const { range, message } of await diagnostics(text))
    failed.push(`${name}: \`${text.split('\n')[range.start.line].trim()}\` is said to be wrong: ${message.replaceAll('\n', ' ')}`)
}

async function mistaken(name, text, wrong) {
  const found = await diagnostics(text)
  const line = text.split('\n').findIndex((line) => line.includes(wrong))
  if (!found.some(({ range }) => range.start.line <= line && line <= range.end.line))
    failed.push(`${name}: no diagnostic on line ${line + 1} of\n${text}  but ${JSON.stringify(found.map((d) => d.message))}`)
}

// ---- Scratch layers: everything is offered -----------------------------------------------------------------------------

// A place is a list of levels, each a list of lines; what is deeper stands in the last line of the level above.
const text = (levels) => levels.flatMap((lines, depth) => lines.map((line) => '  '.repeat(depth) + line)).join('\n') + '\n'
const shown = (levels) => levels.map((lines) => lines.join(' ').replace(/:$/, '')).join('.') || 'a layer'
const count = { maps: 0, settings: 0, words: 0 }

// The settings of a map are offered where they are not `written` yet, with their words, and so on in every map below it.
async function offers(schemas, levels, written = []) {
  const settings = new Map()
  for (const { properties } of schemas)
    for (const [name, schema] of Object.entries(properties ?? {})) settings.set(name, [...(settings.get(name) ?? []), schema])
  const place = shown([...levels, ...(written.length ? [written] : [])])
  const are = new Set(written.map((line) => line.split(':')[0]))
  const keys = await offered(text([...levels, [...written, '|']]))
  count.maps++
  for (const [name, properties] of settings) {
    if (are.has(name)) {
      if (keys.has(name)) failed.push(`${place}: ${name} stands there, and is offered again`)
      continue
    }
    count.settings++
    if (!keys.has(name)) failed.push(`${place}: ${name} is not offered`)
    else if (!keys.get(name)) failed.push(`${place}: ${name} is offered without documentation`)
    await values(properties.flatMap((schema) => forms(schema)), [...levels, [...written, `${name}:`]])
  }
}

// What may follow the key that `levels` end with.
async function values(schemas, levels) {
  const expected = words(schemas)
  if (expected.length) {
    const all = await offered(text([...levels.slice(0, -1), [...levels.at(-1).slice(0, -1), `${levels.at(-1).at(-1)} |`]]))
    for (const word of expected) {
      count.words++
      const place = shown(levels)
      if (!all.has(String(word))) failed.push(`${place}: the word ${word} is not offered`)
      else if (typeof word === 'string' && !all.get(word)) failed.push(`${place}: the word ${word} is offered without documentation`)
    }
  }
  const maps = schemas.filter(({ properties }) => properties)
  if (maps.length) await offers(maps, levels)
  for (const { additionalProperties, propertyNames } of schemas) {
    if (additionalProperties?.$ref === '#/$defs/component') continue // `everything` asks for each kind
    const name = new RegExp(propertyNames?.pattern ?? '').test('Name') ? 'Name:' : 'name:'
    const entries = forms(additionalProperties)
    if (entries.length) await values(entries, [...levels, [name]])
  }
}

async function everything() {
  await offers(layer, [])
  const component = [['components:'], ['Name:']]
  for (const name of KINDS) {
    const [own, imported] = kind(name)
    await offers([own, imported], component, [`type: ${name}`])
    await offers([own], component, [`type: ${name}`, 'purpose: Why', 'protect: true'])
    await offers([imported], component, [`type: ${name}`, 'import: {stage: production}'])
  }
  await offers(KINDS.flatMap(kind), component) // an overlay
}

// ---- Asking ------------------------------------------------------------------------------------------------------------

await connection.sendRequest('initialize', {
  processId: process.pid,
  rootUri: url('.'),
  workspaceFolders: [{ uri: url('.'), name: 'project' }],
  capabilities: {
    workspace: { configuration: true, workspaceFolders: true },
    textDocument: {
      completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] } },
      hover: { contentFormat: ['markdown', 'plaintext'] },
    },
  },
})
await connection.sendNotification('initialized', {})
await connection.sendNotification('workspace/didChangeConfiguration', { settings })

const each = (items, ask) => Promise.all(items.map((item) => ask(item))) // the server waits before each diagnosis
await each(layers, async (path) => {
  for (const { range, message } of await diagnostics(readFileSync(join(root, path), 'utf8'), path))
    failed.push(`${path}:${range.start.line + 1}:${range.start.character + 1}: ${message.replaceAll('\n', ' ')}`)
})
await each(Object.entries(RIGHT), ([name, text]) => right(name, text))
await each(Object.entries(MISTAKES), ([name, [text, wrong]]) => mistaken(name, text, wrong))
let hovers = 0
for (const path of layers) hovers += await explained(path)
await everything()

stopping = true
await connection.sendRequest('shutdown')
await connection.sendNotification('exit')
const { version } = require('yaml-language-server/package.json')
const texts = `${layers.length} layers and ${Object.keys(RIGHT).length} texts without diagnostics, ${Object.keys(MISTAKES).length} mistakes`
const completed = `${count.settings} settings and ${count.words} words offered in ${count.maps} maps`
if (failed.length) console.log(failed.join('\n'))
console.log(`yaml-language-server ${version}: ${texts}, ${hovers} keys explained, ${completed}: ${failed.length} failures`)
process.exit(failed.length ? 1 : 0)
