import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Event, Place } from '../../src/model/event.ts';
import type { FailureCode } from '../../src/model/failure.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Draft } from '../../src/model/reply.ts';
import type { Said, Visible } from '../../sandbox/kit/stand-in.ts';
import type { Talk } from './subject.ts';

export const soon = (): AbortSignal => AbortSignal.timeout(5_000);

/** A draft under a new nonce: 22 characters of base64url, as the outbox makes them. */
export const draftOf = (place: Place, text: string): Draft => ({
  place,
  text,
  nonce: randomBytes(17).toString('base64url').slice(0, 22),
});

let count = 0;

/** A text that is said once only. */
export const unique = (text: string): string => `${text} number ${(count += 1)}`;

export type Asked = { readonly said: Said; readonly event: Event & { kind: 'message' }; readonly place: Place };

/** Somebody mentions the bot in a new conversation. */
export async function ask({ people, inbox, why }: Talk, text = unique('question')): Promise<Asked> {
  const said = await people.mention(text);
  const event = await inbox.event('message', (event) => event.message.text === text && event.why === why);
  return { said, event, place: event.place };
}

/** What the bot's messages in a conversation say, oldest first. */
export function shown({ standIn }: Talk, { said }: Asked): readonly Visible[] {
  return standIn
    .visible(said.thread)
    .filter((one) => one.fromBot)
    .map((one) => ({ ...one, text: one.text.replace(/\s*<!-- [^]*? -->\s*$/, '') }));
}

/** The letters that a reader sees: platforms that read angle brackets hold them as entities. */
export const seen = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/**
 * The call fails with a Failure of one of these codes whose words, and those of its causes, hold none of the secrets.
 * @returns the Failure.
 */
export async function fails(
  { secrets }: Talk,
  call: Promise<unknown>,
  ...codes: readonly FailureCode[]
): Promise<Failure> {
  const thrown = await call.then(
    (result) => assert.fail(`it did not fail: ${JSON.stringify(result)}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(thrown instanceof Failure, `no Failure but ${String(thrown)}`);
  assert.ok(codes.includes(thrown.code), `${thrown.code}: ${thrown.message}`);
  const told = wordsOf(thrown);
  for (const secret of secrets) assert.ok(!told.includes(secret), 'a secret is told');
  return thrown;
}

function wordsOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return `${thrown.message}\n${thrown.stack ?? ''}\n${wordsOf(thrown.cause)}`;
}
