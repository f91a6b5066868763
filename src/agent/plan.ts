import { randomUUID } from 'node:crypto';
import type { Mailbox, StoredMessage } from '../db/mailbox.ts';
import type { TurnBegin } from '../db/turns.ts';
import { turnId, type TurnId } from '../model/ids.ts';
import { admit } from './admit.ts';
import type { Agent } from './agent.ts';
import { TEMPLATE } from './template.ts';

/** What is to be done with a mailbox. */
export type Plan =
  /** Nothing now: some messages are not for the bot, or it is too early. */
  | { readonly kind: 'leave'; readonly ignored: ReturnType<typeof admit>['ignored']; readonly againInMs: number }
  /** The answer was decided by a worker before us; only delivering it is left. */
  | { readonly kind: 'deliver'; readonly turn: TurnId; readonly asked: readonly StoredMessage[]; readonly text: string }
  /** The model is asked. `begin` is written in the transaction that took the lease. */
  | {
      readonly kind: 'say';
      readonly turn: TurnId;
      readonly asked: readonly StoredMessage[];
      readonly begin: TurnBegin;
    };

/** Milliseconds before a thread is looked at again whose app this process has no credentials for. */
const NO_ADAPTER_MS = 30_000;

const leave = (againInMs = 0): Plan => ({ kind: 'leave', ignored: [], againInMs });

/** Decides what is to be done. Pure but for the new turn's id. */
export function plan(agent: Agent, mailbox: Mailbox): Plan {
  const { turn, waiting } = mailbox;
  if (waiting.length === 0) return leave();
  if (turn !== undefined && turn.waitMs > 0) return leave(turn.waitMs);
  if (agent.adapterOf(mailbox.app) === undefined) return leave(NO_ADAPTER_MS);
  const { answer, ignored } = admit(mailbox);
  if (answer.length === 0) return { kind: 'leave', ignored, againInMs: 0 };

  if (turn?.answer !== undefined) {
    const own = new Set(turn.messages);
    const asked = answer.filter((message) => own.has(message.id));
    return { kind: 'deliver', turn: turn.id, asked, text: turn.answer };
  }
  // A turn that is begun again takes in what came since.
  const id = turn?.id ?? turnId(randomUUID());
  const begin: TurnBegin = {
    thread: mailbox.lease.thread,
    turn: id,
    messages: answer.map((message) => message.id),
    template: TEMPLATE,
    step: { seq: turn?.attempts ?? 0, provider: agent.model.provider, model: agent.model.name },
  };
  return { kind: 'say', turn: id, asked: answer, begin };
}
