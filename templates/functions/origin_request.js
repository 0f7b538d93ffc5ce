'use strict';
// CloudFront signs requests to the origin, but not their bodies. The function behind takes no body without its hash.
const { createHash } = require('node:crypto');

const WITH_BODY = ['POST', 'PUT', 'PATCH', 'DELETE'];
const HASH = 'x-amz-content-sha256';

exports.handler = async (event) => {
  const request = event.Records[0].cf.request;
  if (!WITH_BODY.includes(request.method)) {
    // A visitor's own hash could only be wrong, and the refusal would be cached for all.
    delete request.headers[HASH];
    return request;
  }
  const body = request.body || { data: '' };
  if (body.inputTruncated) {
    return {
      status: '413',
      statusDescription: 'Content Too Large',
      headers: {
        'cache-control': [{ key: 'Cache-Control', value: 'no-store' }],
        'content-type': [{ key: 'Content-Type', value: 'text/plain; charset=utf-8' }],
      },
      body: 'The body of a request may have 1 MB at most.\n',
    };
  }
  const bytes = Buffer.from(body.data, body.encoding === 'text' ? 'utf8' : 'base64');
  request.headers[HASH] = [{ key: HASH, value: createHash('sha256').update(bytes).digest('hex') }];
  return request;
};
