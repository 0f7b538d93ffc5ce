// For `output.py`: reads paths of YAML files from standard input, writes a line of JSON for each, `{data}` or `{error}`.
// `setup` copies it beside the js-yaml that it installs.
import { readFileSync } from 'node:fs'
import yaml from 'js-yaml'

const long = (name, data) => ({ [name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`]: data })
const short = ['scalar', 'sequence', 'mapping'].map(
  (kind) =>
    new yaml.Type('!', {
      kind,
      multi: true,
      construct: (data, tag) => long(tag.slice(1), tag === '!GetAtt' && kind === 'scalar' ? split(data) : data),
    }),
)
const schema = yaml.DEFAULT_SCHEMA.extend(short)

// At the first dot only, as the other readers do.
function split(text) {
  const dot = text.indexOf('.')
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)]
}

// JSON.stringify would turn a date into text, and NaN into null.
function plain(value, at) {
  if (Array.isArray(value)) value.forEach((item, index) => plain(item, `${at}[${index}]`))
  else if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    for (const key of Object.keys(value)) plain(value[key], `${at}.${key}`)
  else if (!(value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)))
    throw new Error(`${at} is ${String(value)}, which JSON has not`)
  return value
}

for (const path of readFileSync(0, 'utf8').split('\n')) {
  let line
  try {
    line = { data: plain(yaml.load(readFileSync(path, 'utf8'), { schema }), '$') }
  } catch (error) {
    line = { error: error.message.split('\n')[0] }
  }
  console.log(JSON.stringify(line))
}
