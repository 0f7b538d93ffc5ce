// The two engines at the edge, as far as our code may use them, in a plain context of `vm`.
import { createHash, createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import vm from 'node:vm'

const require = createRequire(import.meta.url)

// Headers that a viewer function may not touch, and that it may not make: Amazon CloudFront Developer Guide,
// "Restrictions on edge functions".
const READ_ONLY = ['cdn-loop', 'content-length', 'host', 'transfer-encoding', 'via']
const REFUSED = new RegExp(
  '^(connection|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache|x-edge-.*' +
    '|x-forwarded-proto|x-real-ip)$',
)

// "JavaScript runtime 2.0 features for CloudFront Functions", built-in modules.
const MODULES = {
  crypto: {
    createHash: (name) => only(name, ['md5', 'sha1', 'sha256']) && createHash(name),
    createHmac: (name, key) => only(name, ['md5', 'sha1', 'sha256']) && createHmac(name, key),
  },
  querystring: require('node:querystring'),
}

function only(name, known) {
  if (!known.includes(name)) throw new Error(`the runtime knows no ${name}`)
  return true
}

/** The `handler` of a CloudFront function: takes a request as `viewerRequest` makes it, gives what CloudFront would take. */
export function viewerFunction(code) {
  const context = vm.createContext(
    {
      console: { log: () => {}, error: () => {} },
      require: (name) => MODULES[name] ?? fail(`the runtime has no module ${name}`),
    },
    { codeGeneration: { strings: false, wasm: false } },
  )
  const handler = vm.runInContext(`'use strict';\n${code}\nhandler`, context, { timeout: 1000 })
  return async (request) => {
    const before = structuredClone({ ...request, rawQueryString: undefined })
    const result = await handler({ version: '1.0', context: CONTEXT, viewer: { ip: '192.0.2.1' }, request })
    return structuredClone(taken(result, before))
  }
}

const CONTEXT = {
  distributionDomainName: 'd111111abcdef8.cloudfront.net',
  distributionId: 'EDFDVBD6EXAMPLE',
  eventType: 'viewer-request',
  requestId: 'EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu3EqEXAMPLE==',
}

/** What a function makes of a request that is sent. */
export const sent = async (code, request) => viewerFunction(code)(viewerRequest(request))

/** The value of a header. */
export const header = (result, name) => result.headers[name]?.value

/** What CloudFront makes of a request: names in small letters, values as they were sent, repeated ones as `multiValue`. */
export function viewerRequest({ method = 'GET', host = 'a.io', uri = '/', query, headers = {}, cookies = {} }) {
  const request = {
    method,
    uri,
    querystring: fields((query ?? '').split('&').filter(Boolean).map((pair) => pair.split(/=(.*)/s, 2)).map(([k, v]) => [k, v ?? ''])),
    headers: fields(entries({ host, 'user-agent': 'Mozilla/5.0', ...headers })),
    cookies: fields(entries(cookies)),
  }
  // As documented under "General helper methods": without the `?`, undefined where there is none.
  Object.defineProperty(request, 'rawQueryString', { value: () => query })
  return request
}

const entries = (map) => Object.entries(map).flatMap(([name, value]) => [value].flat().map((one) => [name, one]))

function fields(pairs) {
  const values = new Map()
  for (const [name, value] of pairs) values.set(name.toLowerCase(), [...(values.get(name.toLowerCase()) ?? []), { value }])
  const field = (all) => (all.length > 1 ? { ...all[0], multiValue: all } : all[0])
  return Object.fromEntries([...values].map(([name, all]) => [name, field(all)]))
}

/** Throws where CloudFront would answer 502 or 503 in the place of the result. */
function taken(result, before) {
  const value = (name, field) => {
    for (const one of field.multiValue ?? [field]) {
      if (typeof one.value !== 'string' || /[^\t\x20-\x7e]/.test(one.value)) fail(`${name}: ${JSON.stringify(one.value)}`)
    }
  }
  if (result === null || typeof result !== 'object') fail(`the handler gave ${result}`)
  for (const [name, field] of Object.entries(result.headers ?? {})) {
    if (name !== name.toLowerCase() || !/^[a-z0-9_-]+$/.test(name)) fail(`the header ${name}`)
    value(name, field)
  }
  if ('statusCode' in result) {
    const status = result.statusCode
    if (!Number.isInteger(status) || status < 200 || status > 599) fail(`status ${status}`)
    return result
  }
  if (result.method !== before.method) fail('the method is changed')
  if (typeof result.uri !== 'string' || !result.uri.startsWith('/')) fail(`the path ${result.uri}`)
  for (const name of READ_ONLY) {
    if (JSON.stringify(result.headers[name]) !== JSON.stringify(before.headers[name])) fail(`${name} is changed`)
  }
  for (const name of Object.keys(result.headers)) {
    if (REFUSED.test(name) && !(name in before.headers)) fail(`${name} is made`)
  }
  return result
}

function fail(what) {
  throw new Error(`CloudFront refuses it: ${what}`)
}

/** The `handler` of a Lambda@Edge function: takes what `originRequest` makes. */
export function originFunction(code) {
  const module = { exports: {} }
  const context = vm.createContext({ Buffer, console, exports: module.exports, module, require })
  vm.runInContext(code, context, { timeout: 1000 })
  return async (request) => {
    const event = { Records: [{ cf: { config: { eventType: 'origin-request' }, request } }] }
    return structuredClone(await module.exports.handler(event))
  }
}

/** What Lambda@Edge gets with `IncludeBody`: the body in base64, at most 1 MB of it. */
export function originRequest({ method = 'GET', headers = {}, body }) {
  const bytes = body === undefined ? undefined : Buffer.from(body)
  const listed = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [{ key: name, value }]])
  const most = 1024 * 1024
  return {
    method,
    uri: '/api',
    querystring: '',
    clientIp: '192.0.2.1',
    headers: Object.fromEntries(listed),
    ...(bytes && {
      body: {
        inputTruncated: bytes.length > most,
        action: 'read-only',
        encoding: 'base64',
        data: bytes.subarray(0, most).toString('base64'),
      },
    }),
  }
}
