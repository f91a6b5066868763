import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../model/failure.ts';
import { worked, type Client } from './ask.ts';

/** Milliseconds between two looks at an answer that is being written. */
const EVERY_MS = 250;
/** Until then an answer is waited for. Milliseconds. */
const WITHIN_MS = 10 * 60_000;

/** Begins a conversation. @returns its id. */
export async function beginChat(client: Client, title: string): Promise<string> {
  const { id } = await (await worked(client.chat.$post({ json: { title } }))).json();
  return id;
}

/** What the bot says to a question, and what is asked below it. */
export type Answer = { readonly text: string; readonly asks: readonly string[]; readonly failed: boolean };

/**
 * Asks in a conversation, and waits for the whole answer.
 * @param shown is told the text each time that it has changed.
 * @throws Failure `aborted`: it took too long.
 */
export async function answerTo(
  client: Client,
  { conversation: id, text }: { readonly conversation: string; readonly text: string },
  shown: (text: string) => void = () => {},
): Promise<Answer> {
  const json = { nonce: randomUUID(), text };
  const asked = await (await worked(client.chat[':id'].messages.$post({ param: { id }, json }))).json();
  const until = Date.now() + WITHIN_MS;
  for (let before = ''; Date.now() < until; await sleep(EVERY_MS)) {
    const { posts, doing } = await (await worked(client.chat[':id'].$get({ param: { id } }))).json();
    const mine = posts.findIndex((post) => post.id === asked.id);
    const answers = posts.slice(mine + 1).filter(({ kind, removed }) => kind === 'bot' && !removed);
    const said = answers.map((post) => post.text).join('\n\n');
    if (said !== before) shown(said);
    before = said;
    const asks = answers.flatMap(({ card }) => (card === null ? [] : [card.title]));
    const ended = doing === 'done' || doing === 'failed' || asks.length > 0;
    if (mine >= 0 && answers.length > 0 && ended) return { text: said, asks, failed: doing === 'failed' };
  }
  throw new Failure('aborted', 'no answer came within ten minutes; it will be in the console');
}
