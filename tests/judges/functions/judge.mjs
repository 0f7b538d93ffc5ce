// Judge: the code at the edge of CloudFront, run as CloudFront runs it, with the requests of real clients.
//
//     node judge.mjs CASES [PROJECT]
//
// CASES is `target/functions/cases.json`, which `cargo test functions` writes: the code of every kind of function. Besides, the
// code of every committed template of PROJECT is judged: what its runtime documents, its size, and what must hold wherever the
// code does such a thing. `tests/judges/setup` copies this folder beside the packages. The exit code is 1 if anything fails.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import yaml from 'js-yaml'
import { each } from './cases.mjs'
import { DISTINCT, IMAGES, SAME, TREE } from './clients.mjs'
import { header, originFunction, originRequest, sent, viewerFunction, viewerRequest } from './edge.mjs'
import { undocumented, unparsable } from './syntax.mjs'
import { isWebhook, webhook } from './webhook.mjs'

const MOST_BYTES = 10_240 // "Quotas on CloudFront Functions"
const MOST_INLINE = 4096 // AWS::Lambda::Function Code, ZipFile
const KEY = 'x-open-next-cache-key'

const [casesPath, project] = process.argv.slice(2)
const root = resolve(project ?? '.')
const cases = JSON.parse(readFileSync(casesPath, 'utf8'))
let checks = 0
const failures = []

async function check(name, run) {
  checks += 1
  try {
    await run()
  } catch (error) {
    failures.push(`${name}: ${error.message.split('\n').slice(0, 12).join('\n    ')}`)
  }
}


// --- what holds for all code

async function viewer(name, code) {
  const bytes = Buffer.byteLength(code)
  await check(`${name}: size`, () => assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`))
  await check(`${name}: documented`, () => assert.deepEqual(undocumented(code), []))
  if (/^\s*import\s/m.test(code)) return
  const request = (one) => ({ ...one, host: 'own.example.org' })
  for (const [client, one] of Object.entries(DISTINCT)) await check(`${name}: ${client}`, () => sent(code, request(one)))
  const base = /startsWith\("([^"]*)\/_next\/image"\)/.exec(code)
  if (base) await next(name, code, base[1], request)
}

async function signer(name, code) {
  await check(`${name}: size`, () => assert.ok(code.length <= MOST_INLINE, `${code.length} characters`))
  await check(`${name}: parses`, () => assert.deepEqual(unparsable(code), []))
  if (code.includes('x-amz-content-sha256')) await signs(name, code)
  if (isWebhook(code)) await webhook(name, code, check)
}

// --- Next.js: what one URL is answered by

async function next(name, code, base, request) {
  const key = async (one) => {
    const found = header(await sent(code, request({ uri: `${base}/cars`, query: '_rsc=1r3q', ...one })), KEY)
    assert.match(found, /^[0-9a-f]{64}$/)
    return found
  }
  const keys = new Map()
  for (const [client, one] of Object.entries(DISTINCT)) {
    await check(`${name}: key of ${client}`, async () => {
      const found = await key(one)
      assert.equal(keys.get(found), undefined, 'the same key')
      keys.set(found, client)
    })
  }
  for (const [index, [one, other]] of SAME.entries()) {
    await check(`${name}: same key ${index}`, async () => assert.equal(await key(one), await key(other)))
  }
  // No text that stands in one header reads as two, or as that of another.
  const texts = [undefined, '', 'a', '|', 'a|b', ',', 'a,b', '"', '","', '"],["', '\\', '1', TREE]
  const names = ['rsc', 'next-router-prefetch', 'next-router-segment-prefetch', 'next-url']
  await check(`${name}: no two sets of headers share a key`, async () => {
    const handler = viewerFunction(code)
    const seen = new Map()
    for (const first of names) {
      for (const second of names.slice(names.indexOf(first) + 1)) {
        for (const one of texts) {
          for (const other of texts) {
            const set = Object.entries({ [first]: one, [second]: other }).filter(([, text]) => text !== undefined)
            const said = JSON.stringify(set)
            const found = header(await handler(viewerRequest(request({ headers: Object.fromEntries(set) }))), KEY)
            assert.equal(seen.get(found) ?? said, said)
            seen.set(found, said)
          }
        }
      }
    }
    assert.ok(seen.size > 500, `only ${seen.size}`)
  })
  for (const [accept, expected] of IMAGES) {
    await check(`${name}: image for ${accept}`, async () => {
      const image = { uri: `${base}/_next/image`, query: 'url=%2Fa.png&w=640&q=75', headers: accept ? { accept } : {} }
      const result = await sent(code, request(image))
      assert.equal(header(result, KEY), expected)
      assert.equal(header(result, 'accept'), expected)
    })
  }
  await check(`${name}: only what is below its path is an image`, async () => {
    const other = await sent(code, request({ uri: `${base}/other/_next/image`, headers: { accept: 'image/webp' } }))
    assert.match(header(other, KEY), /^[0-9a-f]{64}$/)
    assert.equal(header(other, 'accept'), 'image/webp')
  })
  await check(`${name}: nobody else speaks as OpenNext`, async () => {
    const theirs = { 'x-open-next-cache-key': 'mine', 'X-Open-Next-City': 'Ulm', 'x-forwarded-host': 'evil.example' }
    const result = await sent(code, request({ headers: { ...theirs, 'x-own': '1' } }))
    assert.deepEqual(Object.keys(result.headers).filter((one) => one.startsWith('x-open-next-')), [KEY])
    assert.notEqual(header(result, KEY), 'mine')
    assert.equal(header(result, 'x-forwarded-host'), 'own.example.org')
    assert.equal(header(result, 'x-own'), '1')
  })
}

// --- the signer

async function signs(name, code) {
  const handler = originFunction(code)
  const hash = (body) => createHash('sha256').update(body).digest('hex')
  const signed = (result) => result.headers['x-amz-content-sha256']?.map((one) => [one.key.toLowerCase(), one.value])
  const bodies = { empty: '', text: '{"a":1}', 'a form': 'a=1&b=%C3%A9', bytes: Buffer.from([0, 255, 128, 10, 13]) }
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    for (const [what, body] of Object.entries(bodies)) {
      await check(`${name}: ${method} of ${what}`, async () => {
        const headers = { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' }
        const result = await handler(originRequest({ method, body, headers }))
        assert.deepEqual(signed(result), [['x-amz-content-sha256', hash(body)]])
      })
    }
    await check(`${name}: ${method} without a body`, async () => {
      assert.deepEqual(signed(await handler(originRequest({ method }))), [['x-amz-content-sha256', hash('')]])
    })
  }
  await check(`${name}: a body of 1 MB`, async () => {
    const body = Buffer.alloc(1024 * 1024, 'x')
    assert.deepEqual(signed(await handler(originRequest({ method: 'POST', body }))), [['x-amz-content-sha256', hash(body)]])
  })
  await check(`${name}: a body of more`, async () => {
    const result = await handler(originRequest({ method: 'POST', body: Buffer.alloc(1024 * 1024 + 1, 'x') }))
    assert.equal(result.status, '413')
    assert.equal(result.headers['cache-control'][0].value, 'no-store')
  })
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    await check(`${name}: ${method} stays as it is`, async () => {
      const headers = { Accept: '*/*', 'If-None-Match': '"a"' }
      assert.deepEqual(await handler(originRequest({ method, headers })), originRequest({ method, headers }))
      const result = await handler(originRequest({ method, headers: { ...headers, 'X-Amz-Content-Sha256': 'wrong' } }))
      assert.deepEqual(result, originRequest({ method, headers }))
    })
  }
}

// --- committed templates

/** Every function at the edge that a committed template holds: `{name, kind, code}`. */
function committed() {
  const names = (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)).sort() : [])
  const below = (folder) => names(folder).map((name) => join(folder, name, 'out'))
  const all = ['out', ...below('examples'), ...below('tests/projects')]
  const folders = all.map((folder) => join(root, folder)).filter(existsSync)
  const tag = (kind) => new yaml.Type('!', { kind, multi: true, construct: (data) => data })
  const schema = yaml.DEFAULT_SCHEMA.extend(['scalar', 'sequence', 'mapping'].map(tag))
  const found = []
  for (const folder of folders) {
    for (const file of readdirSync(folder, { recursive: true }).filter((one) => one.endsWith('.yaml')).sort()) {
      const path = join(folder, file)
      const template = yaml.load(readFileSync(path, 'utf8'), { schema })
      for (const [id, { Type, Properties }] of Object.entries(template?.Resources ?? {})) {
        const name = `${relative(root, path)} ${id}`
        if (Type === 'AWS::CloudFront::Function') found.push({ name, kind: 'viewer', code: Properties.FunctionCode })
        const inline = Type === 'AWS::Lambda::Function' && Properties.Code?.ZipFile
        if (inline) found.push({ name, kind: 'signer', code: inline })
      }
    }
  }
  return found
}

for (const [name, code] of Object.entries(cases.viewer)) await viewer(name, code)
await each(cases.viewer, check)
await signer('signer', cases.signer)
const judged = committed()
for (const { name, kind, code } of judged) await (kind === 'viewer' ? viewer : signer)(name, code)

for (const failure of failures) console.log(`FAILED ${failure}`)
const count = Object.keys(cases.viewer).length + 1
const all = `${count} cases, ${judged.length} functions of templates`
console.log(`Node.js ${process.version}: ${all}, ${checks} checks, ${failures.length} failures`)
process.exit(failures.length ? 1 : 0)
