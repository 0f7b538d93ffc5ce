'use strict';
// Writes what SNS brings to a chat room, by the address that a secret holds.

async function read() {
  const { SECRET, KEY } = process.env;
  if (KEY) {
    const { SecretsManager } = require('@aws-sdk/client-secrets-manager');
    const { SecretString } = await new SecretsManager().getSecretValue({ SecretId: SECRET });
    try {
      return JSON.parse(SecretString)[KEY];
    } catch {
      // What JSON.parse says of a text quotes it.
      throw new Error('the secret of the webhook is no JSON');
    }
  }
  const { SSM } = require('@aws-sdk/client-ssm');
  const { Parameter } = await new SSM().getParameter({ Name: SECRET, WithDecryption: true });
  return Parameter.Value;
}

// What an alarm says, in three lines; anything else as it is.
function words({ Subject, Message }) {
  try {
    const alarm = JSON.parse(Message);
    if (alarm.NewStateValue) {
      const what = alarm.AlarmDescription || alarm.AlarmName;
      return `${alarm.NewStateValue}: ${what}\n${alarm.NewStateReason}\n${alarm.AlarmName}, ${alarm.Region}`;
    }
  } catch {
    // No JSON: a budget, or someone's own message.
  }
  return [Subject, Message].filter(Boolean).join('\n');
}

let kept;
exports.handler = async ({ Records }) => {
  kept ??= await read();
  // The address itself is told to nobody, also not to the log.
  const address = URL.canParse(kept) ? new URL(kept) : {};
  if (address.protocol !== 'https:' || address.username) throw new Error('the secret of the webhook holds no plain address of https');
  const isDiscord = /(^|\.)discord(app)?\.com$/.test(address.hostname);
  for (const { Sns } of Records) {
    // Discord takes 2,000 characters, and calls them content; all others call them text.
    const text = words(Sns).slice(0, 1900);
    const body = isDiscord ? { content: text, allowed_mentions: { parse: [] } } : { text };
    const answer = await fetch(kept, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(8000),
    });
    if (!answer.ok) {
      kept = undefined;
      throw new Error(`the webhook answered ${answer.status}`);
    }
  }
};
