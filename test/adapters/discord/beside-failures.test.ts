import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FailureCode } from '../../../src/model/failure.ts';
import { Failure } from '../../../src/model/failure.ts';
import { button, cardWith, form } from './cards.ts';
import { asked, nonce, openFormEndpoint, openTalk, soon } from './talk.ts';
import type { Talk } from './talk.ts';

let talk: Talk;
let endpoint: Awaited<ReturnType<typeof openFormEndpoint>>;
before(async () => {
  talk = await openTalk();
  endpoint = await openFormEndpoint(talk);
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  await talk[Symbol.asyncDispose]();
});

const REACT = 'PUT /channels/:c/messages/:m/reactions/:emoji/@me';
const POST = 'POST /channels/:c/messages';
const THREADS = 'POST /channels/:c/threads';
const DIRECT = 'POST /users/@me/channels';
const MEMBER = 'GET /guilds/:g/members/:u';
const FOLLOW_UP = 'POST /webhooks/:app/:token';

/** Every new call, as far as it needs nothing but a question before it; `call` is the one of Discord's that fails. */
const CALLS = {
  [REACT]: async (signal: AbortSignal) => {
    const { place, message } = await asked(talk);
    return () =>
      talk.adapter.react(talk.access, { place, messageId: message.id }, { emoji: '👀', added: true }, signal);
  },
  [THREADS]: async (signal: AbortSignal) => {
    const { place } = await asked(talk);
    return () => talk.adapter.reach(talk.access, { channel: place.channel, title: 'T' }, signal);
  },
  [DIRECT]: async (signal: AbortSignal) => {
    const person = talk.discord.personId('Ada');
    return () => talk.adapter.reach(talk.access, { person }, signal);
  },
  [MEMBER]: async (signal: AbortSignal) => {
    const person = talk.discord.personId('Ada');
    return () => talk.adapter.person(talk.access, person, signal);
  },
  [FOLLOW_UP]: async (signal: AbortSignal) => {
    await talk.discord.ask({ text: 'x' });
    const { place } = endpoint.last('message');
    const person = talk.discord.personId('Ada');
    return () => talk.adapter.whisper(talk.access, place, { person, text: 'x' }, signal);
  },
  [POST]: async (signal: AbortSignal) => {
    const { place } = await asked(talk);
    const file = { name: 'a.txt', mediaType: 'text/plain', bytes: new Uint8Array(10) };
    return () => talk.adapter.share(talk.access, { place, text: 'x', nonce: nonce('share') }, file, signal);
  },
} as const;

async function failing(work: () => Promise<unknown>): Promise<Failure> {
  const thrown: unknown = await work().then(
    () => assert.fail('it was performed'),
    (thrown: unknown) => thrown,
  );
  assert.ok(thrown instanceof Failure, String(thrown));
  return thrown;
}

for (const [call, prepare] of Object.entries(CALLS)) {
  const reads = call.startsWith('GET');
  for (const [what, fault, code] of [
    ['a 502 after the work', { kind: 'perform-then-fail', status: 502 }, reads ? 'unavailable' : 'unknown-outcome'],
    ['a cut connection', { kind: 'reset' }, reads ? 'unavailable' : 'unknown-outcome'],
    ['a 401', { kind: 'refuse', status: 401 }, 'unauthorized'],
    ['a 403', { kind: 'refuse', status: 403 }, 'refused'],
    ['a 429', { kind: 'refuse', status: 429, retryAfterMs: 900 }, 'rate-limited'],
  ] as const) {
    test(`${call}: ${what} is ${code}, and it is not tried again`, async () => {
      const work = await prepare(soon());
      talk.discord.ledger.clear();
      talk.discord.faults.plan({ call, ...fault });
      const failure = await failing(work);
      assert.equal(failure.code, code satisfies FailureCode);
      if (code === 'rate-limited') assert.ok((failure.retryInMs ?? 0) >= 900);
      assert.equal(talk.discord.ledger.entries.filter((entry) => entry.call === call).length, 1);
    });
  }

  test(`${call}: an answer that never comes ends with the signal`, async () => {
    const ending = new AbortController();
    const work = await prepare(ending.signal);
    talk.discord.faults.plan({ call, kind: 'perform-then-hang' });
    setTimeout(() => ending.abort(), 80);
    assert.equal((await failing(work)).code, 'aborted');
  });
}

for (const [call, status, number, words, code] of [
  [REACT, 403, 90_001, 'Reaction was blocked', 'refused'],
  [REACT, 400, 30_010, 'Maximum number of reactions reached (20)', 'refused'],
  [REACT, 400, 10_014, 'Unknown Emoji', 'refused'],
  [REACT, 404, 10_008, 'Unknown Message', 'gone'],
  [THREADS, 400, 160_006, 'Maximum number of active threads reached', 'refused'],
  [THREADS, 400, 40_067, 'A tag is required to create a forum post in this channel', 'refused'],
  [THREADS, 403, 50_013, 'Missing Permissions', 'refused'],
  [DIRECT, 403, 50_007, 'Cannot send messages to this user', 'refused'],
  [MEMBER, 404, 10_004, 'Unknown Guild', 'refused'],
  [FOLLOW_UP, 401, 50_027, 'Invalid Webhook Token', 'refused'],
  [POST, 400, 40_005, 'Request entity too large', 'too-large'],
] as const) {
  test(`${call}: Discord's ${number} (${words}) is ${code}`, async () => {
    const work = await CALLS[call](soon());
    talk.discord.refuseWith(call, status, number, words);
    const failure = await failing(work);
    assert.deepEqual([failure.code, failure.message.includes(String(number))], [code, true]);
  });
}

test('no failure of a whisper or a form names the interaction’s token', async () => {
  await using other = await openTalk();
  const { place } = await asked(other);
  const card = cardWith(button('why', { form }));
  const { id } = await other.adapter.post(other.access, { place, text: 'x', nonce: nonce('f'), card }, soon());
  await other.discord.click(id, 'why');
  const clicked = await other.ear.event('action');
  const token: unknown = JSON.parse(clicked.place.address).interaction.token;
  const click = other.ear.heard.flatMap((one) => one.click ?? [])[0];
  other.discord.refuseWith('POST /interactions/:i/:token/callback', 404, 10_062, 'Unknown interaction');
  const failures = [await failing(async () => click?.open(form, soon()))];
  const whispering = { person: clicked.author.id, text: 'x' };
  failures.push(await failing(() => other.adapter.whisper(other.access, clicked.place, whispering, soon())));
  for (const failure of failures) {
    assert.equal(failure.code, 'refused');
    assert.equal(`${failure.message} ${String(failure.stack)}`.includes(String(token)), false);
  }
});

test('the limit of reactions is told with its wait, and then kept without being run into', async () => {
  await using limited = await openTalk({ limits: 'as-discord' });
  const { place, message } = await asked(limited);
  const react = (emoji: string) =>
    limited.adapter.react(limited.access, { place, messageId: message.id }, { emoji, added: true }, soon());
  await react('👀');
  for (const emoji of ['👍', '👎', '🔁']) {
    const failure = await failing(() => react(emoji));
    assert.equal(failure.code, 'rate-limited');
    assert.ok((failure.retryInMs ?? 0) > 0 && (failure.retryInMs ?? 0) <= 400, String(failure.retryInMs));
  }
  // The library learns of a limit by the first answer that it meets it with.
  assert.ok(limited.discord.ledger.entries.filter(({ call, status }) => call === REACT && status === 429).length <= 1);
});
