import { DEFAULT_POLICY } from '../../src/model/policy.ts';
import { deriveId } from '../../src/db/derive-id.ts';
import type { Toll } from '../../src/db/grant.ts';
import type { Busy, Lease } from '../../src/db/mailbox.ts';
import type { PostOutcome } from '../../src/db/posts.ts';
import type { TurnEnd } from '../../src/db/turns.ts';
import { messageKey, translate } from '../../src/intake/translate.ts';
import type { Taken } from '../../src/jobs/take.ts';
import type { Event, Place, Why } from '../../src/model/event.ts';
import { messageId, threadId, turnId, type ThreadId, type TurnId } from '../../src/model/ids.ts';
import { APP, ORGANIZATION, type JobStep, type RealStore, type SimulatedStore } from './both-stores.ts';
import { accept } from './mailboxes.ts';
import { again, attempt, end, giveBack, grant, hold, renew, saveAnswer, settle } from './store.ts';

/** One operation as fast-check draws it: what the numbers mean is the operation's own affair. */
export type Command = {
  readonly call: keyof typeof STEPS;
  readonly thread: number;
  readonly owner: number;
  /** Which of what is known: 0 is the newest. */
  readonly pick: number;
  readonly a: number;
  readonly b: number;
};

/** The same thing done to both stores. */
export type Step = { readonly real: () => Promise<unknown>; readonly simulated: () => unknown };

/** What a run has learned so far, newest first: everything that a worker may still come with, however late. */
export type Known = {
  readonly name: string;
  readonly real: RealStore;
  readonly simulated: SimulatedStore;
  readonly leases: Lease[];
  readonly turns: TurnId[];
};

export async function perform(known: Known, command: Command): Promise<{ real: Result; simulated: Result }> {
  const step = STEPS[command.call](known, command);
  const real = await step.real();
  return { real: toResult(real), simulated: toResult(step.simulated()) };
}

export const threadsOf = ({ name }: Pick<Known, 'name'>): readonly [ThreadId, ThreadId] => [
  threadId(deriveId('thread', APP, name, 't0')),
  threadId(deriveId('thread', APP, name, 't1')),
];

const threadOf = (known: Known, { thread }: Command): ThreadId => threadsOf(known)[thread === 0 ? 0 : 1];
const ownerOf = (number: number): string => deriveId('owner', `${number}`);
const choose = <Item>(items: readonly [Item, ...Item[]], number: number): Item =>
  items[number % items.length] ?? items[0];

function leaseOf(known: Known, command: Command): Lease {
  const { leases } = known;
  return leases[command.pick % Math.max(1, leases.length)] ?? unknownLease(known, command);
}

const unknownLease = (known: Known, command: Command): Lease => ({
  thread: threadOf(known, command),
  owner: ownerOf(command.owner),
  fence: 1,
});

const turnOf = ({ turns, name }: Known, { pick }: Command): TurnId =>
  turns[pick % Math.max(1, turns.length)] ?? turnId(deriveId('turn', name));

const WHYS = ['mention', 'overheard', 'follow-up', 'follow-up', 'mention'] as const satisfies readonly Why[];
const AUTHORS = ['human', 'human', 'human', 'human', 'human', 'self', 'bot'] as const;

function eventOf({ name }: Known, { thread, owner, a, b, pick }: Command): Event {
  const id = `m${pick}`;
  // A message stays in its thread, whichever was drawn.
  const place: Place = { install: name, channel: 'c', thread: `t${pick % 2}`, address: `${thread}${owner}` };
  const message = {
    id,
    version: `${a}`,
    author: { id: 'u', name: 'Ada', kind: choose(AUTHORS, b) },
    text: `${id} ${a}`,
    attachments: [],
    anchor: undefined,
    sentAt: new Date(1_800_000_000_000 + pick),
  };
  if (a === 6) return { kind: 'edited', place, why: choose(WHYS, b), message };
  if (a === 7) return { kind: 'deleted', place, messageId: id };
  return { kind: 'message', place, why: choose(WHYS, a), hasPast: owner === 0, message };
}

const OUTCOMES = ['answered', 'answered', 'deferred', 'dead'] as const satisfies readonly TurnEnd['outcome'][];
const POST_STATES = ['sent', 'unknown', 'rate-limited', 'dead'] as const satisfies readonly PostOutcome['state'][];

const JOB_STEPS = ['fetch', 'fetch', 'complete', 'fail'] as const satisfies readonly JobStep[];

function tollOf({ name }: Known, number: number): Toll {
  const windows = [
    { most: 2, everyMs: 10_000 },
    { most: 5, everyMs: 60_000 },
  ];
  const slots = ['a', 'b'].slice(0, number % 3).map((key) => ({ key: `${name}/${key}`, windows }));
  return { holds: number % 4 === 0 ? [] : [`${name}/hold`], slots, ...choose([FINAL, FINAL, DELTA], number) };
}
const FINAL = { share: 1, patienceMs: 30_000 };
const DELTA = { share: 0.6, patienceMs: 0 };

const STEPS = {
  accept(known: Known, command: Command): Step {
    const delivery = { id: `${known.name}/d${command.b}`, raw: Buffer.from('{}'), events: [eventOf(known, command)] };
    const receivedAt = new Date(1_800_000_000_000);
    const arrival = { app: APP, correlation: deriveId('correlation', 'x'), receivedAt, policyOf: () => DEFAULT_POLICY };
    const accepted = translate(delivery, arrival);
    return {
      real: () => known.real.accept(ORGANIZATION, accepted),
      simulated: () => accept(known.simulated.tables, accepted),
    };
  },
  take(known: Known, command: Command): Step {
    const thread = threadOf(known, command);
    const held = command.a < 3 ? leaseOf(known, command) : undefined;
    const owner = held?.thread === thread ? held.owner : ownerOf(command.owner);
    const request = { thread, owner, fence: held?.thread === thread ? held.fence : 0 };
    return {
      async real() {
        const taken = await known.real.take(ORGANIZATION, request);
        learn(known, taken);
        return taken;
      },
      simulated: () => known.simulated.take(request),
    };
  },
  attempt(known: Known, command: Command): Step {
    const [turn, ordinal] = [turnOf(known, command), command.a % 2];
    const item = {
      lease: leaseOf(known, command),
      turn,
      ordinal,
      nonce: `${turn}/${ordinal}`,
      text: `part ${command.b}`,
      streaming: command.b % 2 === 0,
      answer: command.b < 3 ? { text: `answer ${command.a}`, card: undefined, controls: [] } : null,
      toll: tollOf(known, command.a + command.b),
    };
    return write(known, { item, real: known.real.attempt, simulated: attempt });
  },
  settle(known: Known, command: Command): Step {
    const { a, b } = command;
    const item: PostOutcome = {
      turn: turnOf(known, command),
      ordinal: a % 2,
      attempt: 1 + (b >> 1),
      state: choose(POST_STATES, a),
      externalId: a % 3 === 0 ? null : `p${a}`,
      streaming: b % 2 === 0,
      error: a === 0 ? null : `error ${a}`,
    };
    return write(known, { item, real: known.real.settle, simulated: settle });
  },
  saveAnswer(known: Known, command: Command): Step {
    const item = {
      lease: leaseOf(known, command),
      turn: turnOf(known, command),
      answer: { text: `answer ${command.a}`, card: undefined, controls: [] },
    };
    return write(known, { item, real: known.real.saveAnswer, simulated: saveAnswer });
  },
  end(known: Known, command: Command): Step {
    const { a, b } = command;
    const outcome = choose(OUTCOMES, a);
    const item: TurnEnd = {
      lease: leaseOf(known, command),
      turn: turnOf(known, command),
      outcome,
      failed: b % 2 === 0,
      steps: [],
      answer: b < 2 ? null : `answer ${b}`,
      stoppedBy: null,
      error: outcome === 'answered' ? null : `error ${b}`,
      retryInMs: outcome === 'deferred' ? choose([0, 1_000, 5_000], b) : 0,
      posts:
        outcome === 'answered'
          ? [{ ordinal: 0, state: 'sent', externalId: `p${b}` }]
          : outcome === 'deferred' && b % 2 === 0
            ? [{ ordinal: 0, state: 'sent', externalId: `p${b}`, text: `shown ${b}` }]
            : [],
    };
    return write(known, { item, real: known.real.end, simulated: end });
  },
  giveBack(known: Known, command: Command): Step {
    const lease = leaseOf(known, command);
    const place = { install: known.name, channel: 'c', thread: '', address: '' };
    const ignored = Array.from({ length: command.a % 4 }, (_, index) => {
      const message = messageId(messageKey(APP, place, `m${(command.b + index) % 8}`));
      return { message, why: choose(WHYS, command.a + index), reason: `reason ${command.a}` };
    });
    const item = { lease, ignored, againInMs: choose([0, 0, 3_000], command.b), waits: command.a % 2 === 0 };
    return write(known, { item, real: known.real.giveBack, simulated: giveBack });
  },
  renew(known: Known, { pick, a }: Command): Step {
    return write(known, { item: known.leases.slice(pick, pick + a), real: known.real.renew, simulated: renew });
  },
  again(known: Known, command: Command): Step {
    const item = { thread: threadOf(known, command), inMs: choose([0, 2_000, 12_200], command.a) };
    return write(known, { item, real: known.real.again, simulated: again });
  },
  grant: (known: Known, { a }: Command): Step =>
    write(known, { item: tollOf(known, a), real: known.real.grant, simulated: grant }),
  hold: (known: Known, { a }: Command): Step =>
    write(known, {
      item: { key: `${known.name}/hold`, ms: choose([1_000, 5_000], a) },
      real: known.real.hold,
      simulated: hold,
    }),
  job(known: Known, command: Command): Step {
    const thread = threadOf(known, command);
    const what = choose(JOB_STEPS, command.a);
    return { real: () => known.real.job(what, thread), simulated: () => known.simulated.job(what, thread) };
  },
  pass(known: Known, { a }: Command): Step {
    // No sums of these are one of the stores' own times, at which the two could differ by the time between them.
    const ms = choose([2_100, 4_300, 13_000], a);
    return {
      real: () => known.real.pass(ms, { name: known.name, threads: threadsOf(known) }),
      simulated: () => known.simulated.pass(ms),
    };
  },
};

export const isCall = (name: string): name is Command['call'] => Object.hasOwn(STEPS, name);
export const CALLS = Object.keys(STEPS).filter(isCall);

type Write<Item, Real, Simulated> = {
  readonly item: Item;
  readonly real: (organization: typeof ORGANIZATION, item: Item) => Promise<Real>;
  readonly simulated: (tables: SimulatedStore['tables'], item: Item) => Simulated;
};

function write<Item, Real, Simulated>(known: Known, { item, ...act }: Write<Item, Real, Simulated>): Step {
  return {
    real: () => act.real(ORGANIZATION, item),
    simulated: () => act.simulated(known.simulated.tables, item),
  };
}

function learn({ leases, turns }: Known, taken: Taken | Busy): void {
  if ('busyForMs' in taken) return;
  leases.unshift(taken.mailbox.lease);
  if ('begin' in taken.plan && !turns.includes(taken.plan.turn)) turns.unshift(taken.plan.turn);
}

/** What a call came to; times apart, because the two stores are asked one after the other. */
export type Result = { readonly value: unknown; readonly times: readonly number[] };

function toResult(given: unknown): Result {
  const times: number[] = [];
  const text = JSON.stringify(given, (key, part: unknown) => {
    // The simulation keeps no history.
    if (key === 'history') return undefined;
    if (typeof part !== 'number' || !/ms$|msAgo$/i.test(key)) return part;
    times.push(part);
    return undefined;
  });
  return { value: text === undefined ? undefined : JSON.parse(text), times };
}
