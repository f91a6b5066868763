import { createHmac } from 'node:crypto';
import { toFailure } from '../model/failure.ts';
import type { TurnId } from '../model/ids.ts';
import type { StoredMessage } from '../db/mailbox.ts';
import type { StepEnd } from '../db/turns.ts';
import type { Agent, TurnContext } from './agent.ts';
import type { Material } from './compose.ts';
import type { Prompt } from './generate.ts';
import type { Spoken } from './record.ts';
import type { Remembered } from './remember.ts';

/** A question whose answer depends on nothing but what is in the key. */
export type Cacheable = {
  readonly key: string;
  readonly seq: number;
  /** The answer that was given before; undefined: none was. */
  readonly found: { readonly text: string; readonly step: StepEnd } | undefined;
};

/** What a model would be asked. */
export type Wanted = {
  readonly material: Material;
  readonly remembered: Remembered;
  readonly prompt: Prompt;
  /** No plugin has changed it. */
  readonly isAsComposed: boolean;
  /** Of the turn's first call of a model. */
  readonly claimed: number | undefined;
};

/** Characters of an answer that is kept. */
const LONGEST = 20_000;

/**
 * Looks for an answer that was given to the very same question: of this organization, in this channel, under this wording, this policy
 * and these models. Undefined where answers are not kept, or where this one would depend on something more: on what was said before, on
 * files, on what is remembered.
 */
export async function lookUpAnswer(agent: Agent, context: TurnContext, wanted: Wanted): Promise<Cacheable | undefined> {
  const { claimed } = wanted;
  if (agent.cacheSecret === undefined || claimed === undefined || !isAlone(context, wanted)) return undefined;
  try {
    const key = keyOf(await agent.cacheSecret(), context, wanted);
    const text = await agent.deeds.memory.cached(context.organization, key);
    agent.metrics.answerCache.inc({ outcome: text === null ? 'miss' : 'hit' });
    return { key, seq: claimed, found: text === null ? undefined : { text, step: stepOf(claimed, key) } };
  } catch (thrown) {
    context.log.warn({ reason: toFailure(thrown, 'unavailable').message }, 'kept answers could not be looked up');
    return undefined;
  }
}

/** Keeps an answer that one call of a model came to, without a tool and without anything from outside. */
export async function keepAnswer(
  agent: Agent,
  { organization, mailbox, log }: TurnContext,
  { cacheable, turn, said, asker }: { cacheable: Cacheable; turn: TurnId; said: Spoken; asker: string },
): Promise<void> {
  const { policy } = mailbox;
  const { text, steps, stoppedBy } = said;
  const [step, ...more] = steps;
  // Called by a name it is an answer to that person.
  const isForAll = !namesOf(asker).some((name) => text.toLowerCase().includes(name));
  const isWhole = step?.state === 'done' && step.error === null && step.seq === cacheable.seq && more.length === 0;
  if (!isWhole || !isForAll || stoppedBy !== undefined || text.length > LONGEST) return;
  const answer = { key: cacheable.key, answer: text, turn, forMs: policy.cache.minutes * 60_000 };
  try {
    await agent.deeds.memory.keepAnswer(organization, answer);
  } catch (thrown) {
    log.warn({ reason: toFailure(thrown, 'unavailable').message }, 'an answer could not be kept');
  }
}

const namesOf = (name: string): readonly string[] =>
  name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part.length > 1);

/** Whether the question stands for itself. */
function isAlone({ mailbox }: TurnContext, { material, remembered, isAsComposed }: Wanted): boolean {
  const { asked, history, files, summary } = material;
  const [question, ...more] = asked;
  if (mailbox.policy.cache.minutes === 0 || question === undefined || !isAsComposed) return false;
  const isAgain = (mailbox.turn?.runs ?? 0) > 0;
  const beside = [...more, ...history, ...files, remembered.ofAsker, remembered.ofPlace].filter((one) => one !== '');
  return isPlain(question) && !isAgain && summary === undefined && beside.length === 0;
}

const isPlain = ({ authorKind, attachments, anchor, hasPast }: StoredMessage): boolean =>
  authorKind === 'human' && attachments.length === 0 && anchor === undefined && !hasPast;

/** Names all that an answer depends on; it tells nothing of it. */
function keyOf(
  secret: Uint8Array,
  { organization, mailbox, route }: TurnContext,
  { material, remembered, prompt }: Wanted,
): string {
  const { app, install, channel, policy } = mailbox;
  const { template, system } = remembered.wording;
  const tools = prompt.tools.map(({ name, description }) => [name, description]);
  const parts = [organization, app, install, channel, template, system, policy, route.identity ?? '', tools];
  return createHmac('sha256', secret)
    .update(JSON.stringify([...parts, normal(material.asked[0]?.text ?? '')]))
    .digest('base64url');
}

/** The same words are the same question; in code every space may count. */
function normal(text: string): string {
  const whole = text.normalize('NFC').trim();
  return whole.includes('`') ? whole : whole.replaceAll(/\s+/g, ' ');
}

/** Costs nothing, and says why. */
function stepOf(seq: number, key: string): StepEnd {
  const considered = [{ target: 'cache', verdict: 'chosen', reason: 'the same question was answered before' }];
  const route = [{ target: 'cache', considered }];
  const inputHash = key.slice(0, 32);
  return { seq, state: 'done', inputHash, provider: 'cache', model: '', route, usage: null, cost: 0, error: null };
}
