// Alarms on their way to a chat room: the function runs as Lambda runs it, with records as SNS brings them. AWS's SDK and the room are
// stood in for.
import assert from 'node:assert/strict'

const SLACK = 'https://hooks.slack.com/services/T0/B0/secret'
const DISCORD = 'https://discord.com/api/webhooks/1/secret'

const RANG = JSON.stringify({
  AlarmName: 'shop-production-monitoring-WatchApiErrors-1ABC',
  AlarmDescription: 'shop production: More than 1 % of the calls of Api fail',
  AWSAccountId: '123456789012',
  NewStateValue: 'ALARM',
  NewStateReason: 'Threshold Crossed: 3 out of the last 5 datapoints were greater than the threshold (1.0).',
  StateChangeTime: '2026-11-22T10:00:00.000+0000',
  Region: 'EU (Ireland)',
  OldStateValue: 'OK',
  Trigger: { MetricName: 'Errors', Namespace: 'AWS/Lambda', Period: 60 },
})
const BUDGET = 'AWS Budget Notification\nBudget Name: shop\nAlert Type: FORECASTED\nBudgeted Amount: $50.00\nForecasted Amount: $61.20'

const records = (...messages) => ({
  Records: messages.map(([Subject, Message]) => ({ EventSource: 'aws:sns', Sns: { Type: 'Notification', Subject, Message } })),
})

/** The function with a secret in one of the stores; `answers` are the statuses of the room, the last one for ever. */
function lambda(code, { env, stored, answers = [204] }) {
  const asked = []
  const sent = []
  const logged = []
  const clients = {
    '@aws-sdk/client-ssm': { SSM: class { async getParameter(input) { asked.push(input); return { Parameter: { Value: stored } } } } },
    '@aws-sdk/client-secrets-manager': {
      SecretsManager: class { async getSecretValue(input) { asked.push(input); return { SecretString: stored } } },
    },
  }
  const require = (name) => clients[name] ?? assert.fail(`no ${name} in the runtime`)
  const fetch = async (url, { method, headers, body }) => {
    sent.push({ url, method, headers, body: JSON.parse(body) })
    const status = answers.length > 1 ? answers.shift() : answers[0]
    return { ok: status < 300, status }
  }
  const log = (...words) => logged.push(words.join(' '))
  const console = { log, info: log, warn: log, error: log, debug: log }
  const exports = {}
  new Function('require', 'exports', 'process', 'fetch', 'console', code)(require, exports, { env }, fetch, console)
  return { call: exports.handler, asked, sent, logged }
}

/** In Parameter Store. */
const kept = (stored, more) => ({ env: { SECRET: '/shop/production/ChatWebhook' }, stored, ...more })

export const isWebhook = (code) => code.includes('the webhook answered')

export async function webhook(name, code, check) {
  const is = (what, run) => check(`${name}: ${what}`, run)
  await is('an alarm is three lines', async () => {
    const { call, sent, asked } = lambda(code, kept(SLACK))
    await call(records(['ALARM: "shop"', RANG]))
    assert.deepEqual(asked, [{ Name: '/shop/production/ChatWebhook', WithDecryption: true }])
    const [{ url, method, headers, body }] = sent
    assert.deepEqual([url, method, headers['content-type']], [SLACK, 'POST', 'application/json'])
    assert.deepEqual(Object.keys(body), ['text'])
    const lines = body.text.split('\n')
    assert.equal(lines[0], 'ALARM: shop production: More than 1 % of the calls of Api fail')
    assert.match(lines[1], /^Threshold Crossed: 3 out of the last 5/)
    assert.equal(lines[2], 'shop-production-monitoring-WatchApiErrors-1ABC, EU (Ireland)')
    assert.equal(lines.length, 3)
  })
  await is('good again', async () => {
    const { call, sent } = lambda(code, kept(SLACK))
    await call(records(['OK: "shop"', RANG.replace('"ALARM"', '"OK"')]))
    assert.match(sent[0].body.text, /^OK: shop production: More than 1 %/)
  })
  await is('a budget as it is', async () => {
    const { call, sent } = lambda(code, kept(SLACK))
    await call(records(['AWS Budgets: shop has exceeded your alert threshold', BUDGET], [undefined, '{"NewStateValue":']))
    assert.equal(sent[0].body.text, `AWS Budgets: shop has exceeded your alert threshold\n${BUDGET}`)
    assert.equal(sent[1].body.text, '{"NewStateValue":')
  })
  for (const host of ['discord.com', 'canary.discord.com', 'discordapp.com']) {
    await is(`${host} has its own words, and nobody is mentioned`, async () => {
      const { call, sent } = lambda(code, kept(DISCORD.replace('discord.com', host)))
      await call(records(['@everyone', BUDGET]))
      assert.equal(sent[0].body.content, `@everyone\n${BUDGET}`)
      assert.deepEqual(sent[0].body.allowed_mentions, { parse: [] })
      assert.equal(sent[0].body.text, undefined)
    })
  }
  await is('a host that ends like Discord is another', async () => {
    const { call, sent } = lambda(code, kept('https://notdiscord.com/hook'))
    await call(records(['a', 'b']))
    assert.deepEqual(sent[0].body, { text: 'a\nb' })
  })
  await is('a long message is cut', async () => {
    const { call, sent } = lambda(code, kept(DISCORD))
    await call(records(['a', 'x'.repeat(5000)]))
    assert.equal(sent[0].body.content.length, 1900)
  })
  await is('a key of a secret', async () => {
    const env = { SECRET: 'shop/production', KEY: 'ChatWebhook' }
    const { call, sent, asked } = lambda(code, { env, stored: JSON.stringify({ ChatWebhook: SLACK, StripeKey: 'other' }) })
    await call(records(['a', 'b']))
    assert.deepEqual(asked, [{ SecretId: 'shop/production' }])
    assert.equal(sent[0].url, SLACK)
  })
  await is('the secret is read once, and again when the room refuses', async () => {
    const { call, asked, sent } = lambda(code, kept(SLACK, { answers: [204, 204, 404, 204] }))
    await call(records(['a', 'b'], ['c', 'd']))
    assert.equal(asked.length, 1)
    await assert.rejects(call(records(['e', 'f'])), { message: 'the webhook answered 404' })
    await call(records(['e', 'f']))
    assert.equal(asked.length, 2)
    assert.equal(sent.length, 4)
  })
  for (const [what, stored, answers] of [['no address', 'not-an-address-but-secret', [204]], ['a room that is gone', SLACK, [410]]]) {
    await is(`${what}: the secret is told to nobody`, async () => {
      const { call, logged } = lambda(code, kept(stored, { answers }))
      const error = await call(records(['a', 'b'])).then(() => assert.fail('it went well'), (error) => error)
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)} ${error.cause ?? ''}`, /secret\b(?! of)/)
      assert.deepEqual(logged, [])
    })
  }
}
