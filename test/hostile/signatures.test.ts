import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { InboundRequest } from '../../src/model/adapter.ts';
import { listings } from '../../adapters/listings.ts';
import { soon } from '../contract/tools.ts';
import { receive } from './judge.ts';
import type { Platform } from './platforms.ts';
import { openPlatforms } from './platforms.ts';

const platforms = await openPlatforms();
// Genuine in every way, but of another app: other secrets, other keys.
const others = await openPlatforms();
after(async () => {
  await platforms[Symbol.asyncDispose]();
  await others[Symbol.asyncDispose]();
});

/** Where each platform puts its signature. */
const HEADER: Readonly<Record<string, string>> = {
  slack: 'x-slack-signature',
  discord: 'x-signature-ed25519',
  teams: 'authorization',
  github: 'x-hub-signature-256',
};

type Change = (right: string) => string | undefined;

const WRONG: readonly (readonly [what: string, change: Change])[] = [
  ['missing', () => undefined],
  ['empty', () => ''],
  ['blank', () => ' '],
  ['there twice, joined as HTTP joins headers', (right) => `${right}, ${right}`],
  ['there twice, the second one forged', (right) => `${right}, ${'0'.repeat(right.length)}`],
  ['short by one letter', (right) => right.slice(0, -1)],
  ['short by two letters', (right) => right.slice(0, -2)],
  ['only its first half', (right) => right.slice(0, right.length / 2)],
  ['long by one letter', (right) => `${right}0`],
  ['in upper case', (right) => right.toUpperCase()],
  ['of zeros', (right) => right.replace(/[\w-]{20,}/, (letters) => '0'.repeat(letters.length))],
  ['of no hexadecimal', (right) => right.replace(/[\w-]{20,}/, (letters) => 'z'.repeat(letters.length))],
  ['without the name of its scheme, or with another', (right) => `v9=${right.replace(/^(?:v0|sha256)=|^Bearer /, '')}`],
  ['with a NUL behind it', (right) => `${right}\u0000`],
  ['of letters beyond ASCII', (right) => right.replace(/.$/, 'é')],
  ['an object’s property', () => '__proto__'],
];

const bodyOf = ({ samples }: Platform): { body: string; headers: Record<string, string | undefined> } =>
  samples.find(({ body }) => body.startsWith('{')) ?? { body: '{}', headers: {} };

async function genuine(platform: Platform, changes: Record<string, string | undefined> = {}): Promise<InboundRequest> {
  const { body, headers } = bodyOf(platform);
  const request = await platform.sign(body, headers);
  return { ...request, headers: { ...request.headers, ...changes } };
}

async function refused(platform: Platform, request: InboundRequest, status = 401): Promise<void> {
  const { response, delivery } = await receive(platform, request);
  assert.deepEqual([response.status, delivery], [status, undefined]);
  assert.match(response.body, /"error":".{10,}"/);
}

for (const platform of platforms.all) {
  const { name } = platform;
  const header = HEADER[name] ?? '';
  const other = others.all.find((one) => one.name === name);
  if (other === undefined) throw new Error(`no other ${name}`);

  describe(`who may speak for ${name}`, () => {
    test(`${name}: the genuine request is taken, so that each change below is what is refused`, async () => {
      const { response, delivery } = await receive(platform, await genuine(platform));
      assert.equal(response.status, 200);
      assert.ok(delivery !== undefined);
    });

    for (const [what, change] of WRONG) {
      test(`${name}: a signature that is ${what} is refused with 401`, async () => {
        const request = await genuine(platform);
        const right = request.headers[header] ?? '';
        await refused(platform, { ...request, headers: { ...request.headers, [header]: change(right) } });
      });
    }

    test(`${name}: another app’s signature is refused with 401`, async () => {
      const { body, headers } = bodyOf(platform);
      await refused(platform, await other.sign(body, headers));
    });

    test(`${name}: without a signature everything is refused alike, whatever the body says`, async () => {
      const request = await genuine(platform, { [header]: undefined });
      for (const body of ['', '{', '\u0000', 'x'.repeat(1_000_000), 'ssl_check=1&token=x', 'payload={"type":"x"}'])
        await refused(platform, { ...request, body: Buffer.from(body) });
    });
  });
}

const of = (name: string): Platform => {
  const found = platforms.all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

for (const name of ['slack', 'discord', 'github']) {
  test(`${name}: the right signature over another body is refused with 401`, async () => {
    const request = await genuine(of(name));
    for (const body of [`${bodyOf(of(name)).body} `, '{}', ''])
      await refused(of(name), { ...request, body: Buffer.from(body) });
  });
}

for (const [name, windowS] of [
  ['slack', 5 * 60],
  ['discord', 15 * 60],
] as const) {
  test(`${name}: a signature is good for ${windowS / 60} minutes before and after, and not a second longer`, async () => {
    const platform = of(name);
    const request = await genuine(platform);
    for (const [awayS, status] of [
      [-windowS - 2, 401],
      [-windowS + 2, 200],
      [windowS - 2, 200],
      [windowS + 2, 401],
      [10 * 365 * 86_400, 401],
    ] as const) {
      const receivedAt = new Date(Date.now() + awayS * 1_000);
      const { response } = await receive(platform, { ...request, receivedAt });
      assert.deepEqual([awayS, response.status], [awayS, status]);
    }
  });

  test(`${name}: a time that is no number of seconds is refused with 401`, async () => {
    const header = name === 'slack' ? 'x-slack-request-timestamp' : 'x-signature-timestamp';
    for (const at of ['', '-1', '1e9', 'now', '1767574193.5', ' 1767574193', '99999999999999', 'NaN', undefined])
      await refused(of(name), await genuine(of(name), { [header]: at }));
  });
}

test('Teams: a token that is not valid yet, or not any more, is refused with 401', async () => {
  const platform = of('teams');
  const request = await genuine(platform);
  for (const awayS of [-10 * 60, 2 * 3_600])
    await refused(platform, { ...request, receivedAt: new Date(Date.now() + awayS * 1_000) });
});

test('GitHub signs no time: the same delivery again, however late, has the same id', async () => {
  const request = await genuine(of('github'));
  const first = await receive(of('github'), request);
  const later = await receive(of('github'), { ...request, receivedAt: new Date(Date.now() + 3 * 86_400_000) });
  assert.ok(first.delivery !== undefined);
  assert.deepEqual([later.response.status, later.delivery?.id], [200, first.delivery.id]);
});

test('Slack: ssl_check opens nothing that a signature does not', async () => {
  const slack = of('slack');
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const click = slack.samples.find(({ what }) => what === 'click')?.body ?? '';
  for (const body of ['ssl_check=1', 'ssl_check=1&token=x', `ssl_check=1&${click}`])
    await refused(slack, { ...(await genuine(slack, form)), body: Buffer.from(body) });
  const check = await receive(slack, await slack.sign('ssl_check=1&token=x', form));
  assert.deepEqual([check.response.status, check.delivery], [200, undefined]);
  // What is genuine and holds more than the check is what it holds.
  const { delivery } = await receive(slack, await slack.sign(`ssl_check=1&${click}`, form));
  assert.deepEqual(
    delivery?.events.map((event) => event.kind),
    ['action'],
  );
});

const FORM = 'application/x-www-form-urlencoded';
const CONFUSED: readonly (readonly [
  name: string,
  what: string,
  body: string,
  type: string | undefined,
  status: number,
])[] = [
  ['slack', 'JSON that is called a form', '{"type":"event_callback"}', FORM, 400],
  ['slack', 'a form that is called JSON', 'payload=%7B%7D', 'application/json', 400],
  ['slack', 'a form without a type', 'payload=%7B%7D', undefined, 400],
  [
    'slack',
    'a form of parts',
    '--x\r\ncontent-disposition: form-data; name="payload"\r\n\r\n{}',
    'multipart/form-data; boundary=x',
    400,
  ],
  ['discord', 'a form', 'payload=%7B%7D', FORM, 400],
  ['teams', 'a form', 'payload=%7B%7D', FORM, 400],
  ['github', 'a form, as GitHub sends it when it is set so', 'payload=%7B%22action%22%3A%22created%22%7D', FORM, 415],
  ['github', 'JSON that is called a form', '{"action":"created"}', FORM, 415],
  ['github', 'JSON without a type', '{"action":"created"}', undefined, 415],
  ['github', 'JSON of a type that only begins alike', '{"action":"created"}', 'application/json-patch+json', 415],
  ['github', 'a form that is called JSON', 'payload=%7B%7D', 'application/json', 400],
];
for (const [name, what, body, type, status] of CONFUSED) {
  test(`${name}: ${what}, signed, is refused with ${status}, and the mend is named`, async () => {
    await refused(of(name), await of(name).sign(body, { 'content-type': type }), status);
  });
}

test('types of content are compared without their parameters and case', async () => {
  for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json ;charset=UTF-8'])
    for (const platform of platforms.all) {
      const { response } = await receive(platform, await genuine(platform, { 'content-type': type }));
      assert.equal(response.status, 200);
    }
});

for (const listing of listings) {
  for (const variable of listing.required) {
    test(`${listing.platform}: ${variable} that is empty or blank opens nothing, and is named`, async () => {
      const { credentials } = of(listing.platform);
      for (const value of ['', '   ', '\n', undefined]) {
        await assert.rejects(listing.open({ ...credentials, [variable]: value }, soon()), (thrown) => {
          assert.ok(thrown instanceof Error && 'code' in thrown && thrown.code === 'invalid');
          assert.match(thrown.message, new RegExp(variable));
          for (const secret of of(listing.platform).secrets) assert.ok(!thrown.message.includes(secret));
          return true;
        });
      }
    });
  }
}

test('Discord: without its public key everything is refused, and an empty one is none', async () => {
  const discord = of('discord');
  for (const DISCORD_PUBLIC_KEY of ['', '  ', undefined]) {
    const adapter = await discord.listing.open({ ...discord.credentials, DISCORD_PUBLIC_KEY }, soon());
    const { response } = await receive({ adapter }, await genuine(discord));
    assert.equal(response.status, 401);
    assert.match(response.body, /DISCORD_PUBLIC_KEY/);
  }
});
