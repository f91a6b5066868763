import { Failure, toFailure } from '../model/failure.ts';
import { beforeNextTry, paceKey } from './create-post.ts';
import { nonceOf } from './nonce.ts';
import type { Outbox, Target } from './outbox.ts';

/** A post that exists, as far as we know what it shows. */
export type Shown = {
  readonly id: string;
  readonly ordinal: number;
  /** Undefined: not known (a worker before us made it). */
  readonly text: string | undefined;
  /** A native stream is, or may be, open on it. */
  readonly streaming: boolean;
  /** When it was last changed, and when it was made: `performance.now()`. */
  readonly changedAt: number;
  readonly madeAt: number;
};

/**
 * Makes an existing post say `text`: by an append where a stream is open and the text only grew, else by an edit.
 * Every way is idempotent, so what fails in passing is simply done again.
 *
 * @param close the text is final: a stream on it is ended.
 * @throws Failure when it stays wrong. A post that somebody deleted is no failure: nothing is left to say there.
 */
export async function updatePost(
  outbox: Outbox,
  target: Target,
  post: Shown,
  want: { text: string; close: boolean },
): Promise<Shown> {
  for (let tries = 1; ; tries += 1) {
    try {
      await outbox.pace.ready(paceKey(target), target.signal);
      return await bringUpToDate(target, post, want);
    } catch (thrown) {
      const failure = toFailure(thrown, 'unknown-outcome');
      if (failure.code === 'gone') {
        target.log.warn({ ordinal: post.ordinal, reason: failure.message }, 'a post of ours is gone');
        return { ...post, text: want.text, streaming: false, changedAt: performance.now() };
      }
      await beforeNextTry(outbox, target, failure, tries);
      // An append that may have arrived must not be sent again: from here on the whole text is set.
      post = { ...post, text: undefined };
    }
  }
}

async function bringUpToDate(target: Target, post: Shown, want: { text: string; close: boolean }): Promise<Shown> {
  const { adapter, access, place, signal } = target;
  const at = { place, id: post.id };
  const after = (streaming: boolean): Shown => ({ ...post, text: want.text, streaming, changedAt: performance.now() });
  if (signal.aborted) throw new Failure('aborted', 'the lease was lost before the post was changed');

  const stream = post.streaming ? adapter.stream : undefined;
  const grows = post.text !== undefined && want.text.startsWith(post.text);
  if (stream !== undefined && grows) {
    const more = want.text.slice(post.text?.length ?? 0);
    if (more !== '') await stream.append(access, at, more, signal);
    if (want.close) await stream.stop(access, at, signal);
    return after(!want.close);
  }
  if (stream !== undefined) await stream.stop(access, at, signal);
  if (post.text !== want.text)
    await adapter.edit(access, post.id, { place, text: want.text, nonce: nonceOf(target.turn, post.ordinal) }, signal);
  return after(false);
}

/** Takes a post away that the answer no longer needs: it was started anew and became shorter. */
export async function removePost(outbox: Outbox, target: Target, post: Shown): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await outbox.pace.ready(paceKey(target), target.signal);
      if (post.streaming)
        await target.adapter.stream?.stop(target.access, { place: target.place, id: post.id }, target.signal);
      await target.adapter.remove(target.access, post.id, target.place, target.signal);
      return;
    } catch (thrown) {
      const failure = toFailure(thrown, 'unknown-outcome');
      if (failure.code === 'gone') return;
      await beforeNextTry(outbox, target, failure, tries);
    }
  }
}
