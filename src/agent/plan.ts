import type { Mailbox, RunningTurn, StoredMessage } from '../db/mailbox.ts';
import { deriveId } from '../db/derive-id.ts';
import type { TurnBegin } from '../db/turns.ts';
import type { Card } from '../model/card.ts';
import { commandOf, type CommandCall } from '../model/commands.ts';
import { turnId, type TurnId } from '../model/ids.ts';
import { SCHEDULED } from '../db/scheduled.ts';
import { askedIn } from '../db/step.ts';
import { admit } from './admit.ts';
import type { Agent } from './agent.ts';
import { isOpen, nextSeq, roundsOf, runOf } from './journal.ts';
import { lacksPlace } from './reach.ts';
import { TEMPLATE } from './template.ts';

/** What is to be done with a mailbox. Where there is a `begin` it is written in the transaction that took the lease. */
export type Plan =
  /** Nothing now: some messages are not for the bot, or it is too early. */
  | {
      readonly kind: 'leave';
      readonly ignored: ReturnType<typeof admit>['ignored'];
      readonly againInMs: number;
      /** Its turn waits for its time. */
      readonly waits: boolean;
    }
  /** Its process ended under this turn again and again: it is run in a process of its own. */
  | ({ readonly kind: 'isolate' } & Begun)
  /** Alone it ended its process as well: it is given up. */
  | ({ readonly kind: 'bury'; readonly crashes: number } & Begun)
  /** All its questions were deleted: what was posted is taken away. */
  | ({ readonly kind: 'withdraw' } & Begun)
  /** Somebody had it stopped while nobody worked on it. */
  | ({ readonly kind: 'stop'; readonly by: string } & Begun)
  /** The answer was decided by a worker before us; only delivering it is left. */
  | ({ readonly kind: 'deliver'; readonly text: string; readonly card: Card | undefined } & Begun)
  /** It is said by itself: its place is asked for first. */
  | ({ readonly kind: 'reach' } & Begun)
  /** A command is obeyed. */
  | ({ readonly kind: 'obey'; readonly command: CommandCall } & Begun)
  /** The model is asked. */
  | ({ readonly kind: 'say' } & Begun);

type Begun = { readonly turn: TurnId; readonly asked: readonly StoredMessage[]; readonly begin: TurnBegin };

/** Crashes under a turn after which it is run alone, and after which it is given up. */
export const ISOLATED_AFTER = 3;
export const BURIED_AFTER = 5;

/** Milliseconds before a thread is looked at again whose app this process has no credentials for. */
const NO_ADAPTER_MS = 30_000;

/** Milliseconds before a paused thread is looked at again, in case nobody says when it goes on: who resumes it wakes it. */
const PAUSED_MS = 3_600_000;

const leave = (againInMs = 0, waits = false): Plan => ({ kind: 'leave', ignored: [], againInMs, waits });

/** Decides what is to be done. Pure but for the time of day, by which there are quiet hours. */
export function plan(agent: Agent, mailbox: Mailbox): Plan {
  const { turn, waiting, stopBy } = mailbox;
  if (waiting.length === 0 && turn === undefined) return leave();
  const held = heldForMs(agent, mailbox);
  if (held !== undefined) return leave(held);
  const canWait = stopBy === undefined && waiting.some((message) => message.turn === turn?.id);
  if (turn !== undefined && turn.waitMs > 0 && canWait && !waitsInVain(turn, waiting))
    return aside(agent, mailbox, turn) ?? leave(turn.waitMs, true);
  const { answer, ignored } = admit(mailbox, new Date(agent.clock.wall()));
  // First what is not answered is written down; what is left is looked at again.
  if (ignored.length > 0) return { kind: 'leave', ignored, againInMs: 0, waits: false };
  return turn === undefined ? next(mailbox, answer) : goOn(agent, mailbox, turn, answer);
}

/** Undefined: somebody can speak here, and may. */
function heldForMs(agent: Agent, { paused, app }: Mailbox): number | undefined {
  if (paused === true) return PAUSED_MS;
  return agent.adapterOf(app) === undefined ? NO_ADAPTER_MS : undefined;
}

/** A person is asked something that a question brought up which has been edited since. */
function waitsInVain({ id, journal, runs }: RunningTurn, waiting: readonly StoredMessage[]): boolean {
  const asked = askedIn(journal);
  const own = waiting.filter((message) => message.turn === id);
  return asked !== undefined && asked.run !== runOf(own, runs);
}

/** While a person is asked, commands are obeyed: where there are no buttons, the answer is one. */
function aside(agent: Agent, mailbox: Mailbox, { journal }: RunningTurn): Plan | undefined {
  if (askedIn(journal) === undefined) return undefined;
  const fresh = admit(mailbox, new Date(agent.clock.wall())).answer.filter((message) => message.turn === undefined);
  const command = fresh.find((message) => message.command !== undefined);
  return command && byCommand({ ...mailbox, turn: undefined }, [command]);
}

/** The turn after the last one. A command is a turn of its own. */
function next(mailbox: Mailbox, answer: readonly StoredMessage[]): Plan {
  const [first] = answer;
  if (first === undefined) return leave();
  const scheduled = bySchedule(mailbox, [first]);
  if (scheduled !== undefined) return scheduled;
  const obeyed = byCommand(mailbox, [first]);
  if (obeyed !== undefined) return obeyed;
  const together = mailbox.policy.overlap === 'queue' ? answer.slice(0, 1) : untilCommand(answer);
  return { kind: 'say', ...begin(mailbox, together, { asks: true }) };
}

/** A turn that began before, or is to be answered anew. */
function goOn(agent: Agent, mailbox: Mailbox, turn: RunningTurn, answer: readonly StoredMessage[]): Plan {
  const own = new Set(turn.messages);
  const asked = answer.filter((message) => own.has(message.id));
  const { crashes } = turn;
  const begun = (): Begun => begin(mailbox, asked, {});
  if (asked.length === 0) return { kind: 'withdraw', ...begun() };
  if (crashes >= BURIED_AFTER) return { kind: 'bury', crashes, ...begun() };
  if (crashes >= ISOLATED_AFTER && !agent.alone) return { kind: 'isolate', ...begun() };
  if (turn.answer !== undefined) return { kind: 'deliver', text: turn.answer, card: turn.card, ...begun() };
  const scheduled = bySchedule(mailbox, asked);
  if (scheduled !== undefined) return scheduled;
  const obeyed = byCommand(mailbox, asked);
  if (obeyed !== undefined) return obeyed;
  if (mailbox.stopBy !== undefined) return { kind: 'stop', by: mailbox.stopBy, ...begun() };
  // A turn that is begun again takes in what came since, unless something was done for its question already.
  const takesMore = !turn.anew && mailbox.policy.overlap !== 'queue' && !hasActed(turn, asked);
  const fresh = takesMore ? untilCommand(answer.filter((message) => message.turn === undefined)) : [];
  return { kind: 'say', ...begin(mailbox, [...asked, ...fresh], { asks: true }) };
}

const hasActed = ({ journal, runs }: RunningTurn, asked: readonly StoredMessage[]): boolean =>
  roundsOf(journal, runOf(asked, runs)).length > 0;

/** What is said by itself needs a place first, and no model where its words are there already. */
function bySchedule(mailbox: Mailbox, asked: readonly StoredMessage[]): Plan | undefined {
  const [first] = asked;
  if (first?.why !== SCHEDULED) return undefined;
  const template = first.command === undefined ? TEMPLATE : SCHEDULED;
  const begun = (): Begun => begin(mailbox, asked, { template });
  if (lacksPlace(mailbox, asked)) return { kind: 'reach', ...begun() };
  return first.command === undefined ? undefined : { kind: 'deliver', text: first.text, card: undefined, ...begun() };
}

/** A command is obeyed, alone. */
function byCommand(mailbox: Mailbox, asked: readonly StoredMessage[]): Plan | undefined {
  const command = asked[0]?.command;
  if (command === undefined) return undefined;
  return { kind: 'obey', command, ...begin(mailbox, asked, { template: templateOf(command) }) };
}

function untilCommand(messages: readonly StoredMessage[]): readonly StoredMessage[] {
  const at = messages.findIndex((message) => message.command !== undefined);
  return at < 0 ? messages : messages.slice(0, at);
}

function begin(
  { lease, turn }: Mailbox,
  asked: readonly StoredMessage[],
  { asks = false, template = TEMPLATE }: { asks?: boolean; template?: string },
): Begun {
  const id = turn?.id ?? turnOf(asked);
  const step = asks ? claim(turn, asked) : undefined;
  const messages = asked.map((message) => message.id);
  return {
    turn: id,
    asked,
    begin: {
      thread: lease.thread,
      turn: id,
      messages,
      template,
      resumes: turn !== undefined,
      crashes: turn?.crashes ?? 0,
      step,
    },
  };
}

/** The model's call that comes next; undefined while tools are at work for it. */
function claim(turn: RunningTurn | undefined, asked: readonly StoredMessage[]): TurnBegin['step'] {
  const { journal, runs } = turn ?? { journal: [], runs: 0 };
  const run = runOf(asked, runs);
  const last = roundsOf(journal, run).at(-1);
  return last !== undefined && isOpen(last) ? undefined : { seq: nextSeq(journal), run };
}

const templateOf = ({ name }: CommandCall): string => `command:${commandOf(name)?.name ?? 'unknown'}`;

/** A message begins one turn at most, so the first of them names it: begun twice, it is the same turn with the same posts. */
function turnOf(messages: readonly StoredMessage[]): TurnId {
  return turnId(deriveId('turn', messages[0]?.id ?? ''));
}
