import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSandbox } from '../../sandbox/open-all.ts';
import { servePage } from '../../sandbox/page/serve.ts';
import { controlsIn } from '../../sandbox/stage/github.ts';
import { slackStage } from '../../sandbox/stage/slack.ts';
import type { Shown, Stage } from '../../sandbox/stage/stage.ts';
import { openListener } from '../kit/listen.ts';
import { openPaperStage } from './demo/paper-stage.ts';
import { actions, button, call, menu, opened } from './slack-call.ts';

type Answer = { readonly status: number; readonly body: { readonly how?: string; readonly error?: string } };

async function post(url: string, path: string, body: object | string, type = 'application/json'): Promise<Answer> {
  const sent = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': type }, body: sent });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

test('the page and its parts are served with a policy that lets nothing else in, and the state as it is seen', async () => {
  const stage = openPaperStage();
  await using page = await servePage([stage], 0);
  for (const [path, type] of [
    ['/', 'text/html'],
    ['/page.css', 'text/css'],
    ['/page.js', 'text/javascript'],
    ['/message.js', 'text/javascript'],
    ['/dom.js', 'text/javascript'],
  ] as const) {
    const response = await fetch(`${page.url}${path}`);
    assert.equal(response.status, 200);
    assert.ok(response.headers.get('content-type')?.startsWith(type));
    assert.equal(response.headers.get('content-security-policy'), "default-src 'self'");
    const text = await response.text();
    assert.doesNotMatch(text, /innerHTML|<script>|\bon\w+="|style="/);
  }
  await stage.say({ text: 'count everything in the warehouse' });
  await stage.stop('t');
  const state = (await (await fetch(`${page.url}/state`)).json()) as { name: string; messages: Shown[] }[];
  assert.deepEqual(
    state.map(({ name, messages }) => [name, messages.at(-1)?.controls.map(({ label }) => label)]),
    [['slack', ['Try again']]],
  );
  assert.equal((await fetch(`${page.url}/nothing`)).status, 404);
});

test('each thing that a person does on the page is done on the platform that it names', async () => {
  const stage = openPaperStage();
  await using page = await servePage([stage], 0);
  const platform = 'slack';
  const deeds: readonly [path: string, body: object, deed: string][] = [
    ['/say', { text: ' hello ' }, 'say hello'],
    ['/say', { text: 'more', thread: 't' }, 'say more in t'],
    ['/edit', { id: '1', text: 'new' }, 'edit 1 new'],
    ['/remove', { id: '1' }, 'remove 1'],
    ['/react', { id: '1', emoji: '👍' }, 'react 1 👍'],
    ['/press', { id: '1', control: 'c' }, 'press 1 c'],
    ['/press', { id: '1', control: 'c', value: 'v' }, 'press 1 c v'],
    ['/stop', { thread: 't' }, 'stop t'],
    ['/submit', { values: { a: 'b' } }, 'submit {"a":"b"}'],
  ];
  for (const [path, body, deed] of deeds) {
    const { status, body: answer } = await post(page.url, path, { platform, ...body });
    assert.equal(status, 200, `${path}: ${answer.error}`);
    assert.notEqual(answer.how ?? '', '');
    assert.equal(stage.deeds.at(-1), deed);
  }
});

test('what is not from the page, or cannot be done, is refused with the reason', async () => {
  const stage = openPaperStage();
  await using page = await servePage([stage], 0);
  const said = { platform: 'slack', text: 'hello' };
  assert.equal((await post(page.url, '/say', said, 'text/plain')).status, 415);
  assert.equal((await post(page.url, '/say', JSON.stringify({ ...said, text: 'x'.repeat(100_000) }))).status, 413);
  const wrong: readonly [path: string, body: object | string, error: RegExp][] = [
    ['/say', '{', /JSON/],
    ['/say', '[]', /name a platform: slack/],
    ['/say', { text: 'hello' }, /name a platform: slack/],
    ['/say', { ...said, platform: 'irc' }, /name a platform: slack/],
    ['/say', { platform: 'slack', text: '  ' }, /name a platform/],
    ['/edit', said, /name the id/],
    ['/stop', said, /name the thread/],
    ['/press', { ...said, id: '1' }, /name the control/],
  ];
  for (const [path, body, error] of wrong) {
    const answer = await post(page.url, path, body);
    assert.equal(answer.status, 400);
    assert.match(answer.body.error ?? '', error);
  }
  assert.deepEqual(stage.deeds, []);
});

test('on each platform an own message is edited, reacted to and deleted, and another’s is not', async () => {
  await using sandbox = await openSandbox();
  await using hub = await openListener((_, response) => void response.end('{}'));
  sandbox.deliverTo(hub.url);
  await using page = await servePage(sandbox.stages, 0);
  // People on Discord wait for a bot that connects, and here none does.
  const stages = sandbox.stages.filter(({ name }) => name !== 'discord');
  for (const { name: platform, shown, emoji, standIn } of stages) {
    const done = async (path: string, body: object): Promise<void> => {
      const answer = await post(page.url, path, { platform, ...body });
      assert.equal(answer.status, 200, `${platform} ${path}: ${answer.body.error}`);
    };
    const seen = (id: string): Shown | undefined => shown().find((message) => message.id === id);
    await done('/say', { text: 'a < b' });
    const { id, text } = shown().at(-1) as Shown;
    assert.match(text, /^@switchboard\S* a < b$/i);
    await done('/edit', { id, text: 'b > a' });
    assert.match(seen(id)?.text ?? '', /^@switchboard\S* b > a$/i, `${platform}: the mention stays`);
    await done('/react', { id, emoji: emoji[0] ?? '' });
    assert.deepEqual(seen(id)?.reactions, [emoji[0]]);
    await done('/remove', { id });
    assert.equal(seen(id), undefined);

    const others = await standIn.say({ text: 'mine', as: 'grace' });
    for (const path of ['/edit', '/remove']) {
      const refused = await post(page.url, path, { platform, id: others.id, text: 'yours' });
      assert.deepEqual([refused.status, refused.body.error], [400, 'only who wrote a message can change it']);
    }
    const gone = await post(page.url, '/press', { platform, id: others.id, control: 'x' });
    assert.match(gone.body.error ?? '', /no such button/);
  }
});

test('Slack’s own Stop is there as long as something is streamed, and tells the hub where', async () => {
  await using slack = await opened();
  const got: string[] = [];
  await using hub = await openListener((request, response) => {
    request.on('data', (chunk: Buffer) => got.push(chunk.toString('utf8')));
    request.on('end', () => response.end('{}'));
  });
  slack.deliverTo(hub.url);
  const { thread } = await slack.say({ text: 'tell me' });
  const stage = slackStage(slack);
  const [channel = '', thread_ts = ''] = thread.split(':');
  const recipient = { recipient_user_id: slack.personId('ada'), recipient_team_id: slack.team };
  const { ts } = await call(slack, 'chat.startStream', { channel, thread_ts, markdown_text: 'so', ...recipient });
  assert.match((await stage.stop(thread)).how, /own Stop/);
  const stopped = got.find((body) => body.includes('agent_session_stopped')) ?? '';
  for (const part of [`"thread_ts":"${thread_ts}"`, `"streaming_message_ts":["${String(ts)}"]`, slack.personId('ada')])
    assert.ok(stopped.includes(part), `${part} is in ${stopped}`);
  await call(slack, 'chat.stopStream', { channel, ts });
  assert.match((await stage.stop(thread)).how, /writes “@switchboard stop”/);
  assert.equal(stage.shown(thread).at(-1)?.text, '@switchboard stop');
});

test('buttons and lists of a card are pressed and chosen from as they are shown, and no others', async () => {
  await using slack = await opened();
  await using hub = await openListener((_, response) => void response.end());
  slack.deliverTo(hub.url);
  const stage: Stage = slackStage(slack);
  const { ts } = await call(slack, 'chat.postMessage', {
    channel: slack.channel,
    text: 'card',
    blocks: actions(button('b'), menu),
  });
  const id = String(ts);
  const { controls } = stage.shown().at(-1) as Shown;
  assert.deepEqual(controls, [
    { id: 'b', label: 'Go', options: [] },
    { id: 'm', label: 'Which?', options: [{ label: 'Large', value: 'l' }] },
  ]);
  assert.deepEqual(await stage.press(id, 'b'), { how: 'presses [Go]', status: 200 });
  assert.deepEqual(await stage.press(id, 'm', 'l'), { how: 'chooses l in [Which?]', status: 200 });
  await assert.rejects(stage.press(id, 'm', 'small'), /no choice small/);
  await assert.rejects(stage.press(id, 'x'), /no such button/);
});

test('what is to be commented on GitHub instead of a click is offered as a button or a list', () => {
  const text = [
    'Which one?',
    '- **Try again**: comment `@bot pick abcdefgh`\n- **Size**: comment one of these\n  - Very large: `@bot /pick ijklmnop l x`\n  - Small: `@bot /pick ijklmnop s`',
  ].join('\n\n');
  assert.deepEqual(controlsIn(text), [
    { id: 'abcdefgh', label: 'Try again', options: [] },
    {
      id: 'ijklmnop',
      label: 'Size',
      options: [
        { label: 'Very large', value: 'l x' },
        { label: 'Small', value: 's' },
      ],
    },
  ]);
  assert.deepEqual(controlsIn('- **Note**: comment `now`'), []);
});
