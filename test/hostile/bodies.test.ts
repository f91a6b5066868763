import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { BROKEN, HOSTILE, RAW, raw, write } from './bodies.ts';
import { openHear } from './hear.ts';
import { judge, receive, sound } from './judge.ts';
import { nodesOf, put, remove, withEveryText } from './mutate.ts';
import { openPlatforms } from './platforms.ts';

const platforms = await openPlatforms();
after(() => platforms[Symbol.asyncDispose]());

/** A text of one node's payload after another, with `change` made at each. */
function* atEveryNode(body: string, change: (node: ReturnType<typeof nodesOf>[number]) => void): Generator<string> {
  const count = nodesOf({ value: JSON.parse(body) }).length;
  for (let index = 0; index < count; index += 1) {
    const root: { value: unknown } = { value: JSON.parse(body) };
    const node = nodesOf(root)[index];
    if (node !== undefined) change(node);
    yield write(root.value);
  }
}

for (const platform of platforms.all) {
  const { name } = platform;
  const json = platform.samples.filter(({ body }) => body.startsWith('{'));
  // GitHub's many examples are alike: one of each event does.
  const each = [...new Map(json.map((sample) => [sample.what.replace(/ \d+$/, ''), sample])).values()];

  describe(`bad input, signed by ${name}`, () => {
    for (const [what, body] of BROKEN) {
      test(`${name}: ${what} as a body is refused with 400, in words that help, or kept as ignored`, async () => {
        for (const { headers } of each.slice(0, 1)) {
          const { response, delivery } = await receive(platform, await platform.sign(body, headers));
          assert.ok(response.status === 400 || (response.status === 200 && delivery !== undefined), response.body);
          if (response.status === 400) assert.match(response.body, /"error":".{10,}"/);
          else assert.deepEqual([...new Set(delivery?.events.map((event) => event.kind))], ['ignored']);
        }
      });
    }

    test(`${name}: a payload that lacks any one of its fields is taken, refused or ignored`, async () => {
      for (const { body, headers } of each)
        for (const text of atEveryNode(body, remove)) await judge(platform, await platform.sign(text, headers));
    });

    test(`${name}: a payload with null, a number, a list or ten thousand letters in any place is no error`, async () => {
      for (const { body, headers } of each)
        for (const value of [null, 7, [], 'x'.repeat(10_000)])
          for (const text of atEveryNode(body, (node) => put(node, value)))
            await judge(platform, await platform.sign(text, headers));
    });

    test(`${name}: NUL and halves of characters in any place come through as nothing of the kind`, async () => {
      for (const { body, headers } of each)
        for (const text of atEveryNode(body, (node) => put(node, 'a\u0000\ud800b')))
          await judge(platform, await platform.sign(text, headers));
    });

    test(`${name}: every odd value in all fields at once is no error`, async () => {
      // A list ten thousand deep in each of hundreds of fields would only be long.
      for (const { body, headers } of each.filter((one) => one.body.length < 8_000))
        for (const value of HOSTILE) await judge(platform, await platform.sign(withEveryText(body, value), headers));
    });

    test(`${name}: a field that is there twice counts once, and further fields of any name are let pass`, async () => {
      for (const { body, headers } of each) {
        const inside = body.slice(1);
        const more = [
          `{"type":"nothing","id":7,${inside}`,
          `{"__proto__":{"type":1,"admin":true},"constructor":{"prototype":{}},${inside}`,
          `{"deep":${RAW.deep},"endless":${RAW.endless},"huge":${RAW.huge},${inside}`,
        ];
        for (const text of more) {
          const before = await receive(platform, await platform.sign(body, headers));
          const { response, delivery } = await receive(platform, await platform.sign(text, headers));
          assert.equal(response.status, before.response.status);
          assert.deepEqual(
            delivery?.events.map((event) => event.kind),
            before.delivery?.events.map((event) => event.kind),
          );
        }
      }
      assert.equal(Object.hasOwn(Object.prototype, 'admin'), false);
    });

    test(`${name}: forty thousand letters of a text are kept whole, whatever marks they are made of, and at once`, async () => {
      const sample = json.find(({ body }) => body.includes('number 1') || body.includes('how do'));
      // Only a text that names the bot is read closely on GitHub.
      const named = `@${platform.credentials['GITHUB_APP_SLUG'] ?? 'hubby'} `;
      const text = JSON.stringify(JSON.parse(sample?.body ?? json[0]?.body ?? '{}'));
      for (const unit of [
        'x',
        '*a ',
        '*a _b ~c ',
        '\\\\',
        '`',
        '```a ',
        '> ',
        '[',
        '<',
        '&',
        '\\n',
        '@hubby \\\\\\\\',
        '😀',
      ])
        for (const field of ['text', 'content', 'body', 'value']) {
          const long = `${named}${unit.repeat(40_000 / unit.length)}`;
          const changed = text.replaceAll(
            new RegExp(`"${field}":"(?:[^"\\\\]|\\\\.)*"`, 'g'),
            () => `"${field}":"${long}"`,
          );
          await judge(platform, await platform.sign(changed, sample?.headers ?? {}));
        }
    });
  });
}

const discord = platforms.all.find(({ name }) => name === 'discord');
if (discord === undefined) throw new Error('no Discord');

test('Discord’s gateway: a dispatch that lacks any one of its fields, or has odd ones, stops nothing', () => {
  const hear = openHear(discord.credentials);
  assert.ok(discord.dispatches.length > 8);
  for (const dispatch of discord.dispatches) {
    const d = JSON.stringify(JSON.parse(dispatch).d);
    const head = dispatch.slice(0, dispatch.indexOf('"d":'));
    const told = (text: string): void => {
      const delivery = hear(`${head}"d":${text}}`);
      if (delivery !== undefined) sound(delivery);
    };
    for (const text of atEveryNode(d, remove)) told(text);
    for (const value of [null, 7, [], 'a\u0000\ud800b', 'x'.repeat(10_000), raw('deep')])
      for (const text of atEveryNode(d, (node) => put(node, value))) told(text);
    for (const value of HOSTILE) told(write(value));
  }
});
