import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import pino from 'pino';
import { compileTemplate, TEMPLATE } from '../../src/agent/template.ts';
import { openTemplates, type TemplateAt, type Templates } from '../../src/agent/templates.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { threadId } from '../../src/model/ids.ts';
import { systemClock } from '../../src/observe/clock.ts';
import { addTemplateFiles, templates as command } from '../../src/templates.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

// Versions of prompts: written, chosen by rule, tried out beside each other, taken back.

const PERSONA = { name: 'Switchboard', instructions: 'Ship on Fridays.' };
const VALUES = { ...PERSONA, platform: 'web', task: 'chat' };

let database: TestDatabase;
let chosen: Templates;
before(async () => void (database = await openTestDatabase()));
after(async () => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await inOrganization(database.db, DEFAULT_ORGANIZATION, async (tx) => {
    await tx`delete from switchboard.template_rules`;
    await tx`delete from switchboard.templates`;
  });
});

const folder = mkdtempSync(join(tmpdir(), 'templates-'));
const run = (...words: string[]) => command(database.db, PERSONA, words);
async function add(source: string, name = 'answer'): Promise<string> {
  const path = join(folder, `${name}.liquid`);
  writeFileSync(path, source);
  return (await run('add', path)).split(' ')[0] ?? '';
}
const at = (more: Partial<TemplateAt> = {}): TemplateAt => ({
  organization: DEFAULT_ORGANIZATION,
  thread: threadId(randomUUID()),
  platform: 'web',
  install: 'w1',
  channel: 'c1',
  command: '',
  task: 'chat',
  ...more,
});
/** As a process that has heard of everything. */
async function choose(...places: TemplateAt[]): Promise<readonly string[]> {
  chosen = openTemplates({ db: database.db, clock: systemClock, log: pino({ level: 'silent' }) });
  const wordings = await Promise.all(places.map((place) => chosen.choose(place, PERSONA)));
  await chosen[Symbol.asyncDispose]();
  return wordings.map(({ template, system }) => `${template} ${system.slice(0, 12)}`);
}

test('without rules it is the one that is built in', async () => {
  assert.deepEqual(await choose(at()), [`${TEMPLATE} You are Swit`]);
});

test('the narrower rule counts; going back brings what was used there before', async () => {
  const [two, three] = [await add('Two {{ name }}'), await add('Three {{ name }}')];
  assert.deepEqual([two, three], ['answer@2', 'answer@3']);
  await run('use', two);
  await run('use', three, '--platform', 'web', '--install', 'w1', '--channel', 'c1');
  const places = [at(), at({ channel: 'c2' }), at({ platform: 'github' })];
  assert.deepEqual(await choose(...places), [
    'answer@3 Three Switch',
    'answer@2 Two Switchbo',
    'answer@2 Two Switchbo',
  ]);
  await run('use', two, '--platform', 'web', '--install', 'w1', '--channel', 'c1');
  assert.deepEqual(await choose(at()), ['answer@2 Two Switchbo']);
  await run('rollback', '--platform', 'web', '--install', 'w1', '--channel', 'c1');
  assert.deepEqual(await choose(at()), ['answer@3 Three Switch']);
  await run('rollback', '--platform', 'web', '--install', 'w1', '--channel', 'c1');
  await run('rollback');
  assert.deepEqual(await choose(at()), [`${TEMPLATE} You are Swit`]);
  await assert.rejects(run('rollback'), /no rule for this selection/);
});

test('by task and by command; a lower position is looked at first', async () => {
  const [review, ask] = [await add('Review', 'review'), await add('Asked', 'asked')];
  await run('use', review, '--task', 'review');
  await run('use', ask, '--command', 'ask');
  assert.deepEqual(await choose(at({ task: 'review' }), at({ command: 'ask' }), at()), [
    'review@1 Review',
    'asked@1 Asked',
    `${TEMPLATE} You are Swit`,
  ]);
  await run('use', review, '--position', '1');
  await run('use', ask, '--platform', 'web', '--position', '2');
  assert.deepEqual(await choose(at()), ['review@1 Review']);
});

test('an experiment shares conversations out, and each stays with its version', async () => {
  const [two, three] = [await add('Two'), await add('Three')];
  await run('try', `${two}:70`, `${three}:30`);
  const places = Array.from({ length: 1_000 }, () => at());
  const first = await choose(...places);
  assert.deepEqual(await choose(...places), first);
  const share = first.filter((one) => one.startsWith(three)).length;
  assert.ok(share > 240 && share < 360, `${share} of 1,000`);
  assert.match(await run('list'), /answer@2 \(70 %\), answer@3 \(30 %\)/);
});

test('a version is never changed: the same source is the same version, another one the next', async () => {
  assert.equal(await add('Two'), 'answer@2');
  assert.equal(await add('Two'), 'answer@2');
  assert.equal(await add('Three'), 'answer@3');
  assert.equal(await run('show', 'answer@2'), 'Two\n');
  assert.match(await run('show', TEMPLATE), /You are \{\{ name \}\}/);
});

test('a preview shows what the model would be told, and the stages', async () => {
  await add('---\nname: careful\nplan: true\ncheck: true\n---\nI am {{ name }} on {{ platform }}: {{ instructions }}');
  assert.equal(
    await run('preview', 'careful@1', '--platform', 'github'),
    'I am Switchboard on github: Ship on Fridays.\n\n(stages: plan, answer, check)\n',
  );
});

const BAD: readonly (readonly [what: string, source: string, says: RegExp])[] = [
  ['a variable that there is not', 'Hi {{ secret }}', /undefined variable: secret/],
  ['a filter that there is not', '{{ name | shout }}', /undefined filter: shout/],
  ['a tag that is not closed', '{% if name %}', /not closed/],
  ['a file', '{% include "/etc/passwd" %}', /ENOENT|not found/i],
  ['more than memory allows', '{% assign a = (1..10000000) %}{{ a }}', /memory alloc limit/],
  [
    'more time than allowed',
    '{% for a in (1..9000) %}{% for b in (1..9000) %}{{ b }}{% endfor %}{% endfor %}',
    /limit/,
  ],
  ['front matter of another kind', '---\nplan: yes please\n---\nhi', /front matter/],
  ['nothing', '   ', /says nothing/],
  ['too much', 'x'.repeat(20_001), /at most 20000/],
];
for (const [what, source, says] of BAD)
  test(`a template with ${what} is refused with the reason`, async () => {
    await assert.rejects(add(source), says);
    assert.doesNotMatch(await run('list'), /answer@2/);
  });

test('values are text, whatever they say: nothing in them is a template', () => {
  const { render } = compileTemplate('{{ instructions }}');
  assert.equal(render({ ...VALUES, instructions: '{{ name }}{% raw %}' }), '{{ name }}{% raw %}');
});

test('one that is there but cannot be rendered here is replaced by the one that is built in', async () => {
  await add('Two');
  await inOrganization(
    database.db,
    DEFAULT_ORGANIZATION,
    (tx) =>
      tx`update switchboard.templates set source = ${'{% if platform == "github" %}{{ nothing }}{% endif %}fine'}`,
  );
  await run('use', 'answer@2');
  assert.deepEqual(await choose(at(), at({ platform: 'github' })), ['answer@2 fine', `${TEMPLATE} You are Swit`]);
});

test('files of the configuration are added once, under the name that they give themselves or have', async () => {
  const files = [
    { path: '/x/brief.liquid', source: 'Be brief, {{ name }}.' },
    { path: '/x/y.liquid', source: '---\nname: long\n---\nBe long.' },
  ];
  for (let start = 0; start < 2; start += 1)
    await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => addTemplateFiles(tx, files));
  assert.match(await run('list'), /^answer@1 {2}built in\nbrief@1 .*configuration\nlong@1 .*configuration\nused:\n/);
  const broken = { path: '/x/broken.liquid', source: '{{ nope }}' };
  await assert.rejects(
    inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => addTemplateFiles(tx, [broken])),
    /\/x\/broken\.liquid: the template: undefined variable: nope/,
  );
});
