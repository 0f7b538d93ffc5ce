//# crypto
const cryptography = require('crypto');

//# end
//# alone
function handler(event) {
//# end
//# with_more
function prepared(event) {
//# end
  const request = event.request;
  const headers = request.headers;
//# host
  // One host is one text: small letters, without a port.
  const host = headers.host.value.toLowerCase().split(':')[0];
//# end
//# own_hosts
  // Own names only: another name must not be a second copy of the site.
  if (host.endsWith('.cloudfront.net')) {
    return { statusCode: 403, statusDescription: 'Forbidden' };
  }
//# end
//# redirects
  const redirects = {/* redirects */};
  if (redirects.hasOwnProperty(host)) {
    const query = request.rawQueryString();
    const location = 'https://' + redirects[host] + request.uri + (query === undefined ? '' : '?' + query);
    return {
      statusCode: 301,
      statusDescription: 'Moved Permanently',
      // An hour, so that browsers forget a redirect that is taken back.
      headers: { location: { value: location }, 'cache-control': { value: 'max-age=3600' } },
    };
  }
//# end
//# next
  // Only we may speak to the server in these.
  Object.keys(headers).forEach((name) => {
    if (name.startsWith('x-open-next-')) delete headers[name];
  });
//# end
//# forwarded_host
  // The server sees a name that AWS gave it as its host.
  headers['x-forwarded-host'] = { value: host };
//# end
//# forwarded_prefix
  // Nothing was taken off, whatever the visitor says.
  delete headers['x-forwarded-prefix'];
//# end
//# keeps_authorization
  // The signature of CloudFront overwrites it.
  if (headers.authorization) headers['x-forwarded-authorization'] = { value: headers.authorization.value };
  else delete headers['x-forwarded-authorization'];
//# end
//# next
  if (request.uri.startsWith(''/* images */)) {
    // An image comes in the best format that is accepted. The server sees no more of `accept` than the key does.
    const accept = headers.accept ? headers.accept.value : '';
    const formats = ['image/avif', 'image/webp'].filter((format) => accept.includes(format)).join(',') || '*/*';
    headers.accept = { value: formats };
    headers['x-open-next-cache-key'] = { value: formats };
  } else {
    // What one page is answered by. Every value stands alone beside its name, so that no two requests make one text.
    const cookies = request.cookies;
    const values = (field) => {
      if (!field) return [];
      return field.multiValue ? field.multiValue.map((one) => one.value) : [field.value];
    };
    const key = JSON.stringify([
      ['rsc', values(headers['rsc'])],
      ['next-router-prefetch', values(headers['next-router-prefetch'])],
      ['next-router-segment-prefetch', values(headers['next-router-segment-prefetch'])],
      ['next-router-state-tree', values(headers['next-router-state-tree'])],
      ['next-url', values(headers['next-url'])],
      ['x-prerender-revalidate', values(headers['x-prerender-revalidate'])],
      ['__prerender_bypass', values(cookies['__prerender_bypass'])],
      ['__next_preview_data', values(cookies['__next_preview_data'])],
    ]);
    const digest = cryptography.createHash('sha256').update(key).digest('hex');
    headers['x-open-next-cache-key'] = { value: digest };
  }
//# end
//# prefixes
  // The longest prefix decides, and is taken off if it says so.
  const prefixes = [/* prefixes */];
  const prefix = prefixes.find((one) => request.uri === one[0] || request.uri.startsWith(one[0] + '/'));
  delete headers['x-forwarded-prefix'];
  if (prefix && prefix[1]) {
    headers['x-forwarded-prefix'] = { value: prefix[0] };
    request.uri = request.uri.slice(prefix[0].length) || '/';
  }
//# end
//# folders
  // A folder is its index. What has no ending is a folder, but for well-known files (RFC 8615).
  if (request.uri.endsWith('/')) {
    request.uri += ''/* index */;
  } else if (!/\.[^/]*$/.test(request.uri) && !request.uri.startsWith('/.well-known/')) {
    request.uri += '/' + ''/* index */;
  }
//# end
//# fallback
  // What has no ending is a page, and the index shows all pages. Well-known files (RFC 8615) are none.
  if (!/\.[^/]*$/.test(request.uri) && !request.uri.startsWith('/.well-known/')) {
    request.uri = ''/* index */;
  }
//# end
  return request;
}
//# more_sync

function handler(event) {
  const result = prepared(event);
  return result.statusCode ? result : viewer_request(event, result) || result;
}
//# end
//# more_async

async function handler(event) {
  const result = prepared(event);
  return result.statusCode ? result : (await viewer_request(event, result)) || result;
}
//# end
