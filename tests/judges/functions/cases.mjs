// What each case of `tests/it/functions.rs` must do: tables of what is sent and what comes of it.
import assert from 'node:assert/strict'
import { header, sent } from './edge.mjs'

/** Judges the codes by the names of their cases. */
export async function each(code, check) {
  const table = async (name, rows, run) => {
    assert.ok(code[name], `there is no case ${name}`)
    for (const [input, expected] of rows) {
      await check(`${name}: ${JSON.stringify(input)}`, async () => assert.deepEqual(await run(input, code[name]), expected))
    }
  }
  const status = async (host, code) => (await sent(code, { host })).statusCode ?? 'served'
  const path = async (uri, code) => (await sent(code, { uri, query: 'a=1' })).uri

  for (const name of ['own hosts', 'redirects', 'more, asynchronous', 'everything']) await table(name, HOSTS, status)
  for (const name of ['redirects', 'everything']) {
    await table(name, REDIRECTS, async (request, code) => {
      const result = await sent(code, request)
      assert.equal(result.statusCode, 301)
      assert.equal(header(result, 'cache-control'), 'max-age=3600')
      return header(result, 'location')
    })
    await table(name, NOT_REDIRECTED.map((host) => [host, 'served']), status)
  }
  for (const name of ['host', 'next', 'everything']) {
    await table(name, [['a.io', 'a.io'], ['A.IO:443', 'a.io']], async (host, code) => {
      const headers = { 'x-forwarded-host': 'evil.example' }
      return header(await sent(code, { host, headers }), 'x-forwarded-host')
    })
  }
  for (const name of ['authorization', 'everything']) {
    await table(name, AUTHORIZATION, async (headers, code) => header(await sent(code, { headers }), 'x-forwarded-authorization'))
  }
  for (const name of ['prefixes', 'more']) {
    await table(name, PREFIXES, async (uri, code) => {
      const result = await sent(code, { uri, headers: { 'x-forwarded-prefix': '/evil' } })
      return [result.uri, header(result, 'x-forwarded-prefix')]
    })
  }
  await table('no prefix', [['/api/a', ['/api/a', undefined]]], async (uri, code) => {
    const result = await sent(code, { uri, headers: { 'x-forwarded-prefix': '/evil' } })
    return [result.uri, header(result, 'x-forwarded-prefix')]
  })
  await table('folders', FOLDERS, path)
  await table('fallback', FALLBACK, path)
  // Prefixes first, then files.
  await table('everything', [['/api/a', '/index.html'], ['/api/a.js', '/a.js'], ['/api/raw/a.js', '/api/raw/a.js']], path)

  // The user's own code sees what ours made of the request, may answer, and may forget to give the request back.
  const seen = async (request, code) => {
    const result = await sent(code, request)
    return result.statusCode ?? header(result, 'x-seen')
  }
  await table('more', MORE, seen)
  await table('more, asynchronous', MORE_ASYNCHRONOUS, seen)
}

const HOSTS = [
  ['a.io', 'served'],
  ['cloudfront.net.a.io', 'served'],
  ['d111111abcdef8.cloudfront.net', 403],
  ['D111111ABCDEF8.CloudFront.Net', 403],
  ['d111111abcdef8.cloudfront.net:443', 403],
]

const REDIRECTS = [
  [{ host: 'www.a.io', uri: '/' }, 'https://a.io/'],
  [{ host: 'WWW.A.io', uri: '/Cars' }, 'https://a.io/Cars'],
  [{ host: 'www.a.io:443', uri: '/a/b%20c/%C3%A9' }, 'https://a.io/a/b%20c/%C3%A9'],
  [{ host: 'old.a.io', uri: '/a', query: 'x=1&x=2&y=%26%3D+%20&z' }, 'https://a.io/a?x=1&x=2&y=%26%3D+%20&z'],
  [{ host: 'old.a.io', uri: '/a', query: 'b=1&a=2&b=3' }, 'https://a.io/a?b=1&a=2&b=3'],
  [{ host: 'www.a.io', uri: '/a', query: '' }, 'https://a.io/a?'],
  [{ host: 'www.a.io', uri: '//evil.example/%2e%2e' }, 'https://a.io//evil.example/%2e%2e'],
  [{ host: 'www.a.io', uri: '/@evil.example', query: 'to=https://evil.example' }, 'https://a.io/@evil.example?to=https://evil.example'],
  [{ host: 'www.a.io', headers: { 'x-forwarded-host': 'evil.example' } }, 'https://a.io/'],
  [{ host: 'www.a.io', method: 'POST', uri: '/form' }, 'https://a.io/form'],
]
const NOT_REDIRECTED = ['a.io', 'x.www.a.io', 'www.a.io.evil.example', 'constructor', '__proto__', 'toString']

const AUTHORIZATION = [
  [{ authorization: 'Bearer a.b.c' }, 'Bearer a.b.c'],
  [{ authorization: 'Basic Og==', 'x-forwarded-authorization': 'Bearer mine' }, 'Basic Og=='],
  [{ 'x-forwarded-authorization': 'Bearer mine' }, undefined],
  [{}, undefined],
]

// `/api` is taken off, `/api/raw` is not, `/api/raw/v2` is.
const PREFIXES = [
  ['/api', ['/', '/api']],
  ['/api/', ['/', '/api']],
  ['/api/users/1', ['/users/1', '/api']],
  ['/api/api/a', ['/api/a', '/api']],
  ['/api/rawest', ['/rawest', '/api']],
  ['/api/raw/v2/a', ['/a', '/api/raw/v2']],
  ['/api/raw', ['/api/raw', undefined]],
  ['/api/raw/a', ['/api/raw/a', undefined]],
  ['/apis', ['/apis', undefined]],
  ['/API/a', ['/API/a', undefined]],
  ['/x/api/y', ['/x/api/y', undefined]],
  ['/', ['/', undefined]],
]

const FOLDERS = [
  ['/', '/index.html'],
  ['/docs/', '/docs/index.html'],
  ['/docs', '/docs/index.html'],
  ['/%C3%A9', '/%C3%A9/index.html'],
  ['/a.b/', '/a.b/index.html'],
  ['/a.b/c', '/a.b/c/index.html'],
  ['/app.js', '/app.js'],
  ['/docs/v1.2', '/docs/v1.2'],
  ['/.well-known/apple-app-site-association', '/.well-known/apple-app-site-association'],
]

const FALLBACK = [
  ['/', '/index.html'],
  ['/users/1', '/index.html'],
  ['/users/', '/index.html'],
  ['/a.b/c', '/index.html'],
  ['/assets/app.4f2a.js', '/assets/app.4f2a.js'],
  ['/.well-known/assetlinks', '/.well-known/assetlinks'],
]

const MORE = [
  [{ uri: '/api/a' }, '/a'],
  [{ uri: '/teapot' }, 418],
  [{ uri: '/api/teapot' }, 418],
  [{ uri: '/forgets' }, '/forgets'],
]
const MORE_ASYNCHRONOUS = [
  [{ uri: '/a' }, '/a'],
  [{ uri: '/teapot' }, 418],
  [{ uri: '/teapot', host: 'd1.cloudfront.net' }, 403],
]
