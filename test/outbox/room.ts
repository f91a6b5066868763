import pino from 'pino';
import type { Adapter, Limits } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { appId, threadId, turnId } from '../../src/model/ids.ts';
import { openHolds } from '../../src/outbox/holds.ts';
import { nonceOf } from '../../src/outbox/nonce.ts';
import type { Outbox, Target } from '../../src/outbox/outbox.ts';
import { openWriter, type Writer } from '../../src/outbox/writer.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { openSimulatedDatabase } from '../simulation/database.ts';
import { openHost } from '../simulation/host.ts';
import { ORGANIZATION } from '../simulation/hub.ts';
import { openSimulatedStore } from '../simulation/store.ts';
import { openWorld, type World } from '../simulation/world.ts';

/** One turn's outbox in made-up time, before a platform whose every call a test decides. */
export type Room = {
  readonly world: World;
  readonly posts: readonly Seen[];
  /** Calls as they were made: `edit 12000`, with the milliseconds of the run. */
  readonly calls: readonly { readonly call: string; readonly at: number }[];
  /** A worker of its own, which finds what those before it left; the one before writes no more. */
  readonly write: (whole?: boolean, known?: ReadonlyMap<number, string>) => Writer;
  /** Kills whoever writes: nothing of it happens any more. */
  readonly kill: () => void;
  readonly run: (untilMs: number, isOver?: () => boolean) => Promise<void>;
};

export type Seen = {
  readonly id: string;
  readonly nonce: string;
  text: string;
  streaming: boolean;
  readonly file: string | undefined;
};

/** What is to become of a call: undefined: it is performed. `performed`: it is performed, and fails nevertheless. */
export type Fate =
  | { readonly failure: Failure; readonly performed?: boolean }
  | 'killed after'
  | 'killed before'
  | undefined;

export type RoomOptions = {
  readonly limits?: Partial<Limits>;
  readonly fate?: (call: string, post: Seen | undefined) => Fate;
  /** A post that is there and cannot be found yet. */
  readonly hidden?: (post: Seen) => boolean;
  readonly seed?: number;
  /** The adapter lacks what is undefined here. */
  readonly without?: readonly ('share' | 'stream')[];
};

const LIMITS: Limits = {
  part: 200,
  measure: (markdown) => markdown.length,
  editEveryMs: 1_000,
  appendEveryMs: undefined,
  streamForMs: undefined,
  findable: true,
  readLagMs: 0,
  lateMs: 0,
  budgets: [],
};

const metrics = openMetrics();
const log = pino({ level: 'silent' });
const THREAD = threadId('00000000-0000-4000-8000-000000000001');
const TURN = turnId('00000000-0000-4000-8000-000000000002');
const FOR_EVER = 1e15;

export const nonceAt = (ordinal: number): string => nonceOf(TURN, ordinal);

export function openRoom({
  limits = {},
  fate = () => undefined,
  hidden = () => false,
  seed = 1,
  without = [],
}: RoomOptions = {}): Room {
  const world = openWorld(seed);
  const database = openSimulatedDatabase(world);
  const tables = database.look();
  const thread = { id: THREAD, install: 'i', channel: 'c', external: 't', engaged: true, stirred: false };
  tables.put('threads', THREAD, { ...thread, owner: 'o', until: FOR_EVER, fence: 1 });
  const posts: Seen[] = [];
  const calls: { call: string; at: number }[] = [];
  let made = 0;
  let kill = (): void => {};

  const perform = async <Result>(call: string, post: Seen | undefined, act: () => Result): Promise<Result> => {
    calls.push({ call, at: world.now() });
    const to = fate(call, post);
    if (to === 'killed before') kill();
    else if (to === undefined || to === 'killed after' || to.performed === true) {
      const result = act();
      if (to === undefined) return result;
      if (to === 'killed after') kill();
    }
    if (typeof to === 'object') throw to.failure;
    return new Promise(() => {});
  };
  const find = (id: string): Seen => {
    const post = posts.find((one) => one.id === id);
    if (post === undefined) throw new Failure('gone', `no post ${id}`);
    return post;
  };
  const peek = (id: string): Seen | undefined => posts.find((one) => one.id === id);
  const create = (nonce: string, text: string, more: { streaming?: boolean; file?: string } = {}): { id: string } => {
    made += 1;
    posts.push({ id: `p${made}`, nonce, text, streaming: more.streaming ?? false, file: more.file });
    return { id: `p${made}` };
  };
  const all = { ...LIMITS, ...limits };
  const adapter: Adapter = {
    platform: 'web',
    limits: all,
    fetchAttachment: () => Promise.reject(new Failure('gone', 'no files')),
    post: (_access, { nonce, text }) => perform('post', undefined, () => create(nonce, text)),
    edit: (_access, id, { text }) => perform('edit', peek(id), () => void (find(id).text = text)),
    remove: (_access, id) => perform('remove', peek(id), () => void posts.splice(posts.indexOf(find(id)), 1)),
    findPost: (_access, { nonce }) =>
      perform('find', undefined, () => posts.find((post) => post.nonce === nonce && !hidden(post))),
    ...(!without.includes('share') && {
      share: (_access, { nonce, text }, { bytes }) =>
        perform('share', undefined, () => create(nonce, text, { file: Buffer.from(bytes).toString() })),
    }),
    ...(all.appendEveryMs !== undefined && {
      stream: {
        start: (_access, { nonce, text }) =>
          perform('start', undefined, () => create(nonce, text, { streaming: true })),
        append: (_access, { id }, { more }) => perform('append', peek(id), () => void (find(id).text += more)),
        stop: (_access, { id }) => perform('stop', peek(id), () => void (find(id).streaming = false)),
      },
    }),
  };
  const target: Omit<Target, 'signal'> = {
    organization: ORGANIZATION,
    app: appId('00000000-0000-4000-8000-000000000003'),
    turn: TURN,
    lease: { thread: THREAD, owner: 'o', fence: 1 },
    adapter,
    access: { install: 'i', secret: undefined },
    place: { install: 'i', channel: 'c', thread: 't', address: 't' },
    inDoubt: 'repeat',
    leaseLeftMs: () => FOR_EVER,
    patienceMs: 30_000,
    log,
  };
  return {
    world,
    posts,
    calls,
    kill: () => kill(),
    async run(untilMs, isOver = () => false) {
      // What a test has just done is taken up before time goes on.
      await new Promise((resolve) => setImmediate(resolve));
      let isTime = false;
      world.after(untilMs - world.now(), () => void (isTime = true));
      await world.run(FOR_EVER, () => isTime || isOver());
    },
    write(whole = false, known = new Map()) {
      kill();
      const host = openHost(world, `w${calls.length}`, { atCall: () => {} });
      kill = host.kill;
      const { clock } = host;
      const outbox: Outbox = { store: openSimulatedStore(database, host), clock, holds: openHolds(clock), metrics };
      const rows = tables.all('posts').toSorted((one, other) => one.ordinal - other.ordinal);
      const earlier = rows.map(({ external, text, attemptedAt, ...row }) => ({
        ...row,
        externalId: external ?? undefined,
        text: known.get(row.ordinal) ?? text ?? undefined,
        attemptedMsAgo: tables.now() - attemptedAt,
      }));
      const given = { posts: earlier, whole, settled: false };
      return openWriter(outbox, { ...target, signal: new AbortController().signal }, given);
    },
  };
}
