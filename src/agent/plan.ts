import type { Mailbox, RunningTurn, StoredMessage } from '../db/mailbox.ts';
import { deriveId } from '../db/derive-id.ts';
import type { TurnBegin } from '../db/turns.ts';
import { turnId, type TurnId } from '../model/ids.ts';
import { admit } from './admit.ts';
import type { Agent } from './agent.ts';
import { TEMPLATE } from './template.ts';

/** What is to be done with a mailbox. Where there is a `begin` it is written in the transaction that took the lease. */
export type Plan =
  /** Nothing now: some messages are not for the bot, or it is too early. */
  | { readonly kind: 'leave'; readonly ignored: ReturnType<typeof admit>['ignored']; readonly againInMs: number }
  /** Its process ended under this turn again and again: it is run in a process of its own. */
  | ({ readonly kind: 'isolate' } & Begun)
  /** Alone it ended its process as well: it is given up. */
  | ({ readonly kind: 'bury'; readonly crashes: number } & Begun)
  /** The answer was decided by a worker before us; only delivering it is left. */
  | ({ readonly kind: 'deliver'; readonly text: string } & Begun)
  /** The model is asked. */
  | ({ readonly kind: 'say' } & Begun);

type Begun = { readonly turn: TurnId; readonly asked: readonly StoredMessage[]; readonly begin: TurnBegin };

/** Crashes under a turn after which it is run alone, and after which it is given up. */
export const ISOLATED_AFTER = 3;
export const BURIED_AFTER = 5;

/** Milliseconds before a thread is looked at again whose app this process has no credentials for. */
const NO_ADAPTER_MS = 30_000;

const leave = (againInMs = 0): Plan => ({ kind: 'leave', ignored: [], againInMs });

/** Decides what is to be done. Pure. */
export function plan(agent: Agent, mailbox: Mailbox): Plan {
  const { turn, waiting } = mailbox;
  if (waiting.length === 0) return leave();
  if (turn !== undefined && turn.waitMs > 0) return leave(turn.waitMs);
  if (agent.adapterOf(mailbox.app) === undefined) return leave(NO_ADAPTER_MS);
  const { answer, ignored } = admit(mailbox);
  if (answer.length === 0) return { kind: 'leave', ignored, againInMs: 0 };

  if (turn === undefined) return { kind: 'say', ...begin(agent, mailbox, answer) };
  const own = new Set(turn.messages);
  const asked = answer.filter((message) => own.has(message.id));
  if (turn.crashes >= BURIED_AFTER) return { kind: 'bury', crashes: turn.crashes, ...begin(agent, mailbox, asked) };
  if (turn.crashes >= ISOLATED_AFTER && !agent.alone) return { kind: 'isolate', ...begin(agent, mailbox, asked) };
  if (turn.answer !== undefined) return { kind: 'deliver', text: turn.answer, ...begin(agent, mailbox, asked) };
  // A turn that is begun again takes in what came since.
  return { kind: 'say', ...begin(agent, mailbox, answer) };
}

function begin(agent: Agent, { lease, turn }: Mailbox, asked: readonly StoredMessage[]): Begun {
  const id = turn?.id ?? turnOf(asked);
  const { provider, name: model } = agent.model;
  const step = modelIsAsked(agent, turn) ? { seq: turn?.attempts ?? 0, provider, model } : undefined;
  const messages = asked.map((message) => message.id);
  const crashes = turn?.crashes ?? 0;
  return { turn: id, asked, begin: { thread: lease.thread, turn: id, messages, template: TEMPLATE, crashes, step } };
}

function modelIsAsked({ alone }: Agent, turn: RunningTurn | undefined): boolean {
  if (turn === undefined) return true;
  return turn.answer === undefined && turn.crashes < (alone ? BURIED_AFTER : ISOLATED_AFTER);
}

/** A message begins one turn at most, so the first of them names it: begun twice, it is the same turn with the same posts. */
function turnOf(messages: readonly StoredMessage[]): TurnId {
  return turnId(deriveId('turn', messages[0]?.id ?? ''));
}
