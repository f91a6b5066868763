import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ORGANIZATION, environmentApp } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { addSchedule, listSchedules, MOST_SCHEDULES, type NewSchedule } from '../../src/db/schedules.ts';
import { post, schedules } from '../../src/schedules.ts';
import { openTestHub, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';

const run = (hub: TestHub, ...words: readonly string[]) => schedules(hub.database.db, ['web'], words);
const list = (hub: TestHub) => inOrganization(hub.database.db, DEFAULT_ORGANIZATION, listSchedules);

const WHERE = ['--platform', 'web', '--install', 'w1', '--channel', 'c1'] as const;
const WHAT = [...WHERE, '--text', 'Stand up!'] as const;

test('a schedule is added, listed, paused, resumed and removed by its id', async () => {
  await using hub = await openTestHub(openPaperPlatform(), () => 'yes');
  assert.equal(await run(hub), 'there are no schedules\n');
  const added = await run(hub, 'add', ...WHAT, '--cron', '0 9 * * 1-5', '--zone', 'Europe/Vienna');
  const [id = ''] = added.split('\n')[1]?.split(' ') ?? [];
  assert.match(added, /T0[78]:00:00.000Z \(0 9 \* \* 1-5, Europe\/Vienna\) web w1 channel c1\n {2}says: Stand up!\n$/);
  assert.ok((await run(hub, 'list')).startsWith(`${id} 2`));
  assert.equal(await run(hub, 'pause', id), 'paused\n');
  assert.match(await run(hub), / paused \(0 9/);
  assert.match(await run(hub, 'resume', id), /T0[78]:00:00.000Z \(0 9/);
  assert.equal(await run(hub, 'remove', id), 'removed\n');
  assert.equal(await run(hub), 'there are no schedules\n');
  await assert.rejects(run(hub, 'resume', id), new RegExp(`there is no schedule ${id}`));
});

test('a time is read as the zone’s clocks show it, or with an offset', async () => {
  await using hub = await openTestHub(openPaperPlatform(), () => 'yes');
  const at = ['2099-01-05T09:00', '2099-01-05T09:00:00+05:00', '2099-01-05T09:00Z'];
  for (const time of at) await run(hub, 'add', ...WHAT, '--ask', '--at', time, '--zone', 'Europe/Vienna');
  assert.deepEqual(
    (await list(hub)).map(({ nextAt, kind }) => [nextAt?.toISOString(), kind]),
    [
      ['2099-01-05T04:00:00.000Z', 'ask'],
      ['2099-01-05T08:00:00.000Z', 'ask'],
      ['2099-01-05T09:00:00.000Z', 'ask'],
    ],
  );
});

const bad: readonly (readonly [words: readonly string[], why: RegExp])[] = [
  [['frobnicate'], /^usage: node src\/main.ts schedules/],
  [['pause'], /^usage/],
  [['list', 'all'], /^usage/],
  [['remove', 'seven'], /seven is no schedule: take the first word of a line of the list/],
  [['add'], /--platform must be one that is connected: web/],
  [['add', '--platform', 'slack'], /--platform must be one that is connected: web/],
  [['add', '--frobnicate'], /Unknown option '--frobnicate'[^]*usage/],
  [['add', 'hello'], /Unexpected argument 'hello'/],
  [['add', ...WHAT], /either --at or --cron/],
  [['add', '--platform', 'web'], /--install is missing/],
  [['add', '--platform', 'web', '--install', 'w1'], /--text is missing/],
  [['add', '--platform', 'web', '--install', 'w1', '--text', 'x'], /either --channel or --person/],
  [['add', ...WHERE, '--text', ' ', '--at', '2099-01-01T00:00'], /--text is missing/],
  [['add', ...WHAT, '--person', 'u1', '--at', '2099-01-01T00:00'], /either --channel or --person/],
  [['add', ...WHAT, '--at', '2099-01-01T00:00', '--cron', '* * * * *'], /either --at or --cron/],
  [['add', ...WHAT, '--at', 'tomorrow'], /--at must be a time as/],
  [['add', ...WHAT, '--at', '2099-02-30T09:00'], /--at must be a time as/],
  [['add', ...WHAT, '--at', '2020-01-01T09:00'], /--at is over: it was 2020-01-01T09:00:00.000Z/],
  [['add', ...WHAT, '--cron', '* * * * * *'], /five fields/],
  [['add', ...WHAT, '--cron', '0 0 30 2 *'], /never due/],
  [['add', ...WHAT, '--cron', '0 9 * * *', '--zone', 'Vienna'], /Vienna is no time zone/],
  [['add', ...WHERE, '--text', 'x'.repeat(40_001), '--at', '2099-01-01T00:00'], /more than 40000 characters/],
];
test('what makes no sense is refused with what to mend, and leaves nothing behind', async () => {
  await using hub = await openTestHub(openPaperPlatform(), () => 'yes');
  for (const [words, message] of bad)
    await assert.rejects(run(hub, ...words), { code: 'invalid', message }, words.join(' ').slice(0, 80));
  assert.deepEqual(await list(hub), []);
});

test('a mistyped install is told from those that were heard of', async () => {
  await using hub = await openTestHub(openPaperPlatform(), () => 'yes');
  await hub.accept(paperDelivery(paperMessage('hello')));
  await run(hub, 'add', ...WHAT, '--at', '2099-01-01T00:00');
  const mistyped = [
    '--platform',
    'web',
    '--install',
    'w2',
    '--channel',
    'c1',
    '--text',
    'x',
    '--at',
    '2099-01-01T00:00',
  ];
  await assert.rejects(run(hub, 'add', ...mistyped), /--install w2 is not known; known are: w1/);
});

test('post has something said now, once', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  await post(hub.database.db, ['web'], WHAT);
  await hub.settled();
  assert.deepEqual(
    paper.posts.map(({ text }) => text),
    ['Stand up!'],
  );
  await assert.rejects(post(hub.database.db, ['web'], [...WHAT, '--at', '2099-01-01T00:00']), /post says it now/);
});

test(`an organization has ${MOST_SCHEDULES} schedules at most, also when two are added at once`, async () => {
  await using hub = await openTestHub(openPaperPlatform(), () => 'yes');
  const { db } = hub.database;
  const one: NewSchedule = {
    app: environmentApp('web'),
    install: 'w1',
    to: { channel: 'c1' },
    kind: 'say',
    text: 'x',
    when: { at: new Date('2099-01-01') },
    createdBy: 'a test',
  };
  const add = () => inOrganization(db, DEFAULT_ORGANIZATION, (tx) => addSchedule(tx, one));
  await add();
  await db.sql`insert into switchboard.schedules (organization_id, id, app_id, install, channel, kind, text, time_zone, next_at, created_by)
    select organization_id, gen_random_uuid(), app_id, install, channel, kind, text, time_zone, next_at, created_by
    from switchboard.schedules, generate_series(1, ${MOST_SCHEDULES - 2})`;
  const outcomes = await Promise.allSettled([add(), add(), add()]);
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal((await list(hub)).length, MOST_SCHEDULES);
  await assert.rejects(add(), /there are 200 schedules already/);
});
