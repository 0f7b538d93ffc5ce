// Judge: Mermaid and Graphviz read every picture that `reggie-cfn graph` draws, and every one in committed pages, as what it shows.
//
//     node judge.mjs CASES [PROJECT]
//
// CASES holds the pictures of all goldens and of names that mean harm, with what they show (`cargo test --test it graph` writes it). Mermaid
// must see the same texts, groups and lines; Graphviz, if it is there, as many nodes and lines. The exit code is 1 if anything is found.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { JSDOM } from 'jsdom'

const here = fileURLToPath(new URL('.', import.meta.url))
const cases = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const root = resolve(process.argv[3] ?? join(here, '../../..'))

const { window } = new JSDOM('')
globalThis.window = window
globalThis.document = window.document
const { default: mermaid } = await import('mermaid')

const found = []
// A judge that finds nothing in what is wrong is none.
const broken = await mermaid.parse('graph TB\n    A["a"b"] --> C\n', { suppressErrors: true })
if (broken !== false) found.push('Mermaid takes what is broken')

const same = (path, what, seen, shown) => {
  if (JSON.stringify(seen) !== JSON.stringify(shown)) found.push(`${path}: ${what}: ${JSON.stringify(seen)} is not ${JSON.stringify(shown)}`)
}

const trimmed = (lines) => lines.split('\n').map((line) => line.trim()).join('\n')

// Mermaid keeps entities in a spelling of its own until it draws; then the browser reads them as text.
const text = (label) => {
  const html = label.replaceAll('ﬂ°°', '&#').replaceAll('ﬂ°', '&').replaceAll('¶ß', ';')
  const cell = window.document.createElement('div')
  cell.innerHTML = html.replaceAll(/<br ?\/?>/g, '\n')
  if (cell.children.length > 0) return `MARKUP ${html}`
  return trimmed(cell.textContent)
}
const read = async (path, source) => {
  try {
    return (await mermaid.mermaidAPI.getDiagramFromText(source)).db
  } catch (error) {
    found.push(`${path}: ${error.message}`)
  }
}

for (const { name, mermaid: source, nodes, groups, edges } of cases) {
  const db = await read(name, source)
  if (!db) continue
  same(name, 'nodes', [...db.getVertices().values()].map((vertex) => text(vertex.text)).sort(), nodes.map(trimmed).sort())
  same(name, 'groups', db.getSubGraphs().map((group) => text(group.title)).sort(), groups.map(trimmed).sort())
  same(name, 'lines', db.getEdges().map((edge) => text(edge.text ?? '')).sort(), edges.map(trimmed).sort())
}

// Pages.
let pages = 0
const below = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'target' || entry.name === 'node_modules' || entry.name === '.git') return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? below(path) : entry.isFile() && entry.name.endsWith('.md') ? [path] : []
  })
for (const path of below(root)) {
  for (const [, source] of readFileSync(path, 'utf8').matchAll(/^```mermaid\n(.*?)^```$/gms)) {
    pages += 1
    const db = await read(relative(root, path), source)
    if (db && db.getVertices().size === 0) found.push(`${relative(root, path)}: a picture of nothing`)
  }
}

// Graphviz counts without drawing.
const unpacked = join(root, 'target/judges/graphviz/usr')
const gc = existsSync(join(unpacked, 'bin/gc')) ? join(unpacked, 'bin/gc') : '/usr/bin/gc'
if (!existsSync(gc)) {
  console.error('no gc: on Debian, graphviz has it')
  process.exit(1)
}
const libraries = existsSync(join(unpacked, 'lib')) ? readdirSync(join(unpacked, 'lib')).map((name) => join(unpacked, 'lib', name)) : []
for (const { name, dot, nodes, edges } of cases) {
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(':') }
  const ran = spawnSync(gc, ['-n', '-e'], { input: dot, encoding: 'utf8', env })
  const [seenNodes, seenEdges] = (ran.stdout ?? '').trim().split(/\s+/).map(Number)
  if (ran.status !== 0 || ran.stderr) found.push(`${name}: ${ran.error ?? ran.stderr}`)
  else same(name, 'Graphviz', [seenNodes, seenEdges], [nodes.length, edges.length])
}

found.forEach((line) => console.error(line))
console.log(`${cases.length} pictures and ${pages} in pages: ${found.length === 0 ? 'nothing found' : `${found.length} findings`}`)
process.exit(found.length === 0 ? 0 : 1)
