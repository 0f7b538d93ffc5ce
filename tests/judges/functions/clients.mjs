// Requests as clients of a Next.js site send them (Next.js 15 and 16: `client/components/app-router-headers`, the segment
// cache and the router of pages).

const DOCUMENT = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-GB,en;q=0.9',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'upgrade-insecure-requests': '1',
}
const FETCH = { accept: '*/*', 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'cors', referer: 'https://a.io/' }
export const TREE = encodeURIComponent(
  JSON.stringify(['', { children: ['cars', { children: ['__PAGE__', {}, '/cars', 'refresh'] }] }, null, null, true]),
)
const OTHER_TREE = encodeURIComponent(JSON.stringify(['', { children: ['__PAGE__', {}] }, null, null, true]))
const RSC = { ...FETCH, rsc: '1', 'next-router-state-tree': TREE }
const PREFETCH = { ...RSC, 'next-router-prefetch': '1' }
const SEGMENT = (path) => ({ ...PREFETCH, 'next-router-segment-prefetch': path })
const DRAFT = { __prerender_bypass: '5f2c9a31b8' }

/** All that must be told apart on one path, by name; each against each. */
export const DISTINCT = {
  document: { headers: DOCUMENT },
  navigation: { headers: RSC },
  'navigation from elsewhere': { headers: { ...RSC, 'next-router-state-tree': OTHER_TREE } },
  'navigation without a tree': { headers: { ...FETCH, rsc: '1' } },
  'navigation to an intercepted route': { headers: { ...RSC, 'next-url': '/feed' } },
  'navigation to another intercepted route': { headers: { ...RSC, 'next-url': '/feed/latest' } },
  prefetch: { headers: PREFETCH },
  'full prefetch': { headers: { ...PREFETCH, 'next-router-prefetch': '2' } },
  'prefetch of an intercepted route': { headers: { ...PREFETCH, 'next-url': '/feed' } },
  'segment /_tree': { headers: SEGMENT('/_tree') },
  'segment /_index': { headers: SEGMENT('/_index') },
  'segment /cars/__PAGE__': { headers: SEGMENT('/cars/__PAGE__') },
  'document of a draft': { headers: DOCUMENT, cookies: DRAFT },
  'document of another draft': { headers: DOCUMENT, cookies: { __prerender_bypass: 'other' } },
  'document of a preview': { headers: DOCUMENT, cookies: { ...DRAFT, __next_preview_data: 'eyJhbGciOi' } },
  'navigation of a draft': { headers: RSC, cookies: DRAFT },
  revalidation: { headers: { ...FETCH, 'x-prerender-revalidate': '5f2c9a31b8' } },
  'two values of a header': { headers: { ...RSC, 'next-url': ['/a', '/b'] } },
  'the same two in one': { headers: { ...RSC, 'next-url': '/a,/b' } },
  'the first of the two': { headers: { ...RSC, 'next-url': '/a' } },
  'an empty value': { headers: { ...RSC, 'next-url': '' } },
}

/** Pairs that get the same answer, and must not fill the cache twice. */
export const SAME = [
  [{ headers: DOCUMENT }, { headers: { ...DOCUMENT, 'user-agent': 'curl/8', 'accept-language': 'de', accept: '*/*' } }],
  [{ headers: DOCUMENT }, { headers: DOCUMENT, cookies: { session: 'abc', theme: 'dark' } }],
  [{ headers: RSC }, { headers: { ...RSC, referer: 'https://a.io/other', 'x-forwarded-for': '192.0.2.7' } }],
  [{ headers: DOCUMENT }, { headers: { ...DOCUMENT, 'x-open-next-cache-key': 'mine', 'x-open-next-city': 'x' } }],
]

/** What browsers accept for images, and what the server may see of it. */
export const IMAGES = [
  ['image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', 'image/avif,image/webp'],
  ['image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5', 'image/avif,image/webp'],
  ['image/webp,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5', 'image/webp'],
  ['image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5', '*/*'],
  ['*/*', '*/*'],
  [undefined, '*/*'],
]
