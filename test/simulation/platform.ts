import { createHash } from 'node:crypto';
import type { Adapter } from '../../src/model/adapter.ts';
import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Draft, OutFile } from '../../src/model/reply.ts';
import type { SimulatedDatabase } from './database.ts';
import { EPOCH, type Host } from './host.ts';
import { SHARE_LATER_MS, type Manner } from './manners.ts';
import { openPauses } from './pauses.ts';
import type { World } from './world.ts';

/** What people see. */
export type VisiblePost = {
  readonly id: string;
  readonly thread: string;
  readonly nonce: string;
  readonly madeAt: number;
  text: string;
  streaming: boolean;
  /** A file that goes along with it. */
  readonly file: string | undefined;
  changes: number;
};

export type SimulatedPlatform = {
  /** As one process calls it. */
  readonly adapterOf: (host: Host) => Adapter;
  readonly posts: readonly VisiblePost[];
  /** Calls made although a pause was asked for. */
  readonly early: () => number;
  /** Calls that named no place. */
  readonly placeless: () => number;
  /** From now on calls go wrong with this probability; 0: no more. */
  readonly setTrouble: (probability: number) => void;
};

/** A call ends after so long, and one that ended so was performed before that or never. */
const CALL_WITHIN_MS = 10_000;

type Request = {
  readonly act: () => unknown;
  readonly signal: AbortSignal;
  readonly safe: boolean;
  readonly place: Place;
};

export function openSimulatedPlatform(world: World, manner: Manner, database: SimulatedDatabase): SimulatedPlatform {
  const posts: VisiblePost[] = [];
  let trouble = 0;
  let made = 0;
  let placeless = 0;
  const pauses = openPauses(world, database);

  /** One call over the network: it may be lost on its way, refused, performed without an answer, or take long. */
  const request = (host: Host, call: string, { act, signal, safe, place }: Request): Promise<unknown> => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (place.address !== place.thread) {
      placeless += 1;
      return Promise.reject(new Failure('refused', 'this is no place here'));
    }
    host.onCall(call);
    if (!host.isAlive()) return promise;
    const sentAt = world.now();
    const fail = (code: Failure['code'], message: string, retryInMs?: number): void =>
      host.deliver(() =>
        reject(new Failure(code, `${call}: ${message}`, retryInMs === undefined ? {} : { retryInMs })),
      );
    const abort = (): void => fail('aborted', 'ended while under way');
    signal.addEventListener('abort', abort);
    world.after(CALL_WITHIN_MS, () => {
      signal.removeEventListener('abort', abort);
      fail(safe ? 'unavailable' : 'unknown-outcome', 'no answer in time');
    });
    const goesWrong = world.chance(trouble);
    const sort = goesWrong ? world.between(0, 6) : -1;
    if (sort === 0) return (fail('unavailable', 'connection refused'), promise);
    const arrival = sort === 1 ? world.between(1_000, CALL_WITHIN_MS - 1) : world.between(5, 250);
    world.after(arrival, () => {
      // What its caller has given up for long does not arrive any more.
      if (world.now() > sentAt + CALL_WITHIN_MS) return;
      if (sort === 2) return fail(safe ? 'unavailable' : 'unknown-outcome', '502 before the work');
      if (sort === 3 || pauses.isHeld(call))
        return fail('rate-limited', '429', pauses.refuse(host, { call, sentAt }, !signal.aborted));
      let result: unknown;
      try {
        result = act();
      } catch (thrown) {
        return host.deliver(() => reject(thrown));
      }
      if (sort === 4) return fail(safe ? 'unavailable' : 'unknown-outcome', '500 after the work');
      if (sort === 5) return;
      if (sort === 6) return fail(safe ? 'unavailable' : 'unknown-outcome', 'connection reset');
      world.after(world.between(5, 250), () => host.deliver(() => resolve(result)));
    });
    return promise;
  };

  const find = (id: string): VisiblePost => {
    const post = posts.find((candidate) => candidate.id === id);
    if (post === undefined) throw new Failure('gone', 'no such post');
    return post;
  };
  const create = (draft: Draft, streaming: boolean, file?: OutFile): { id: string } => {
    const known = posts.find(
      (post) => post.nonce === draft.nonce && world.now() - post.madeAt < manner.knowsNonceForMs,
    );
    if (known !== undefined) return { id: known.id };
    made += 1;
    const id = `p${made}`;
    posts.push({
      id,
      thread: draft.place.thread,
      nonce: draft.nonce,
      madeAt: world.now(),
      text: draft.text,
      streaming,
      file: file && Buffer.from(file.bytes).toString(),
      changes: 0,
    });
    return { id };
  };
  /** What a list shows: posts become visible in it some time after they were made. */
  const visible = (nonce: string, since: Date): VisiblePost | undefined =>
    posts.find((post) => {
      const laterMs = post.file === undefined ? 0 : SHARE_LATER_MS;
      const lagMs = Math.max(0, manner.limits.readLagMs - CALL_WITHIN_MS) + laterMs;
      return post.nonce === nonce && post.madeAt + lagMs <= world.now() && post.madeAt + EPOCH >= since.getTime();
    });

  return {
    posts,
    early: pauses.early,
    placeless: () => placeless,
    setTrouble: (probability) => void (trouble = probability),
    adapterOf: (host) => ({
      platform: 'web',
      limits: manner.limits,
      fetchAttachment: () => Promise.reject(new Failure('gone', 'no files here')),
      post: (_access, draft, signal) =>
        asPosted(request(host, 'post', { act: () => create(draft, false), signal, safe: false, place: draft.place })),
      async edit(_access, id, draft, signal) {
        const act = (): void => change(manner, find(id), draft.text);
        await request(host, 'edit', { act, signal, safe: false, place: draft.place });
      },
      async remove(_access, id, place, signal) {
        await request(host, 'edit', { act: () => removeFrom(posts, id), signal, safe: false, place });
      },
      ...(manner.limits.mostPosts !== undefined && {
        share: (_access, draft, file, signal) =>
          asPosted(
            request(host, 'share', { act: () => create(draft, false, file), signal, safe: false, place: draft.place }),
          ),
      }),
      ...(manner.limits.findable && {
        async findPost(_access, draft, since, signal) {
          const act = (): string | undefined => visible(draft.nonce, since)?.id;
          const found = await request(host, 'find', { act, signal, safe: true, place: draft.place });
          return typeof found === 'string' ? { id: found } : undefined;
        },
      }),
      ...(manner.limits.appendEveryMs !== undefined && {
        stream: {
          start: (_access, draft, signal) =>
            asPosted(
              request(host, 'start', { act: () => create(draft, true), signal, safe: false, place: draft.place }),
            ),
          async append(_access, { id, place }, { more }, signal) {
            await request(host, 'append', { act: () => append(find(id), more), signal, safe: false, place });
          },
          async stop(_access, { id, place }, _text, signal) {
            const act = (): void => void (find(id).streaming = false);
            await request(host, 'stop', { act, signal, safe: false, place });
          },
        },
      }),
    }),
  };
}

async function asPosted(answer: Promise<unknown>): Promise<{ id: string }> {
  const posted = await answer;
  if (typeof posted === 'object' && posted !== null && 'id' in posted && typeof posted.id === 'string')
    return { id: posted.id };
  throw new Failure('unknown-outcome', 'an answer of no shape');
}

/** Which post is closed depends on its name alone, so that the same seed is the same run with and without. */
function change({ closesAfter = Infinity }: Manner, post: VisiblePost, text: string): void {
  const isOne = createHash('sha256').update(`${post.thread}${post.nonce}`).digest().readUInt8(0) % 4 === 0;
  if (isOne && post.changes >= closesAfter) throw new Failure('closed', 'its time for changes is over');
  post.changes += 1;
  post.text = text;
}

function append(post: VisiblePost, text: string): void {
  if (!post.streaming) throw new Failure('refused', 'not in streaming state');
  post.text += text;
}

function removeFrom(posts: VisiblePost[], id: string): void {
  const index = posts.findIndex((post) => post.id === id);
  if (index >= 0) posts.splice(index, 1);
}
