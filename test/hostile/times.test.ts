import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Event } from '../../src/model/event.ts';
import { openHear } from './hear.ts';
import { judge } from './judge.ts';
import { nodesOf, put } from './mutate.ts';
import { openPlatforms } from './platforms.ts';
import type { Platform } from './platforms.ts';

const platforms = await openPlatforms();
after(() => platforms[Symbol.asyncDispose]());

const of = (name: string): Platform => {
  const found = platforms.all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

/** JSON with these fields changed, wherever they are. */
function withFields(body: string, fields: Readonly<Record<string, unknown>>): string {
  const root: { value: unknown } = { value: JSON.parse(body) };
  for (const node of nodesOf(root)) if (Object.hasOwn(fields, node.key)) put(node, fields[node.key]);
  return JSON.stringify(root.value);
}

/** The one event of a platform's own message in a channel, with these fields changed. */
async function eventOf(platform: Platform, fields: Readonly<Record<string, unknown>>): Promise<Event | undefined> {
  const whys = ['mention', 'direct', 'review'];
  const sample = platform.samples.find(({ what }) => whys.includes(what));
  if (sample === undefined) throw new Error('no message among the samples');
  const delivery = await judge(platform, await platform.sign(withFields(sample.body, fields), sample.headers));
  return delivery?.events[0];
}

const ODD_TS = ['-1767574193.000100', '0', '1e9', '99999999999.000100', '999999999999.999999', '1767574193', 'NaN', ''];
for (const ts of ODD_TS) {
  test(`Slack: a message whose ts is ${JSON.stringify(ts)} is ignored, and the reason is its shape`, async () => {
    const event = await eventOf(of('slack'), { ts });
    assert.ok(event?.kind === 'ignored' && /shape/.test(event.reason));
  });
}

test('Slack: the first and the last second that a ts can say are times', async () => {
  for (const ts of ['0000000000.000000', '9999999999.999999']) {
    const event = await eventOf(of('slack'), { ts });
    assert.ok(event?.kind === 'message' && event.message.id === ts);
  }
});

const ODD_TIMES = [
  '0001-01-01T00:00:00Z',
  '+099999-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '9'.repeat(30),
  'soon',
  null,
  7,
];
for (const time of ODD_TIMES) {
  test(`GitHub: a comment that was made at ${JSON.stringify(time)} is ignored, and the reason names the field`, async () => {
    const event = await eventOf(of('github'), { created_at: time });
    assert.ok(event?.kind === 'ignored' && /created_at/.test(event.reason), JSON.stringify(event));
  });

  test(`Teams: a message of ${JSON.stringify(time)} was sent when it came`, async () => {
    const before = Date.now() - 1;
    const event = await eventOf(of('teams'), {
      id: 'an-id',
      timestamp: typeof time === 'number' ? String(time) : time,
    });
    assert.ok(event?.kind === 'message');
    // A year of one digit is a time of JavaScript's own reading, but one of our days.
    const at = event.message.sentAt.getTime();
    assert.ok((at >= before && at <= Date.now()) || time === 7, event.message.sentAt.toISOString());
  });

  test(`Discord: a message of ${JSON.stringify(time)} is ignored, and the reason names the field`, () => {
    const discord = of('discord');
    const dispatch = discord.dispatches.find((one) => one.startsWith('{"t":"MESSAGE_CREATE"')) ?? '';
    const event = openHear(discord.credentials)(withFields(dispatch, { timestamp: time }))?.events[0];
    assert.ok(event?.kind === 'ignored' && /timestamp/.test(event.reason), JSON.stringify(event));
  });
}

const SNOWFLAKES: readonly (readonly [id: string, taken: boolean])[] = [
  ['18446744073709551615', true],
  ['18446744073709551616', false],
  ['99999999999999999999', false],
  ['9'.repeat(21), false],
  ['-1457536583141163186', false],
  ['1457536583141163186.5', false],
  ['0x1457536583141163', false],
  ['', false],
];
for (const [id, taken] of SNOWFLAKES) {
  test(`Discord: the id ${JSON.stringify(id)} is ${taken ? 'one' : 'none: 64 bits in decimal are'}`, async () => {
    const discord = of('discord');
    const dispatch = discord.dispatches.find((one) => one.startsWith('{"t":"MESSAGE_CREATE"')) ?? '';
    const payload = JSON.parse(dispatch);
    const [event] =
      openHear(discord.credentials)(JSON.stringify({ ...payload, d: { ...payload.d, id } }))?.events ?? [];
    assert.equal(event?.kind, taken ? 'message' : 'ignored');
    const command = discord.samples.find(({ what }) => what === 'command')?.body ?? '{}';
    const delivery = await judge(discord, await discord.sign(JSON.stringify({ ...JSON.parse(command), id })));
    assert.equal(delivery?.id, taken ? `i:${id}` : undefined);
  });
}
