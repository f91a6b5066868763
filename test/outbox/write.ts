import assert from 'node:assert/strict';
import { Failure } from '../../src/model/failure.ts';
import { FILE_WORDS } from '../../src/outbox/file-out.ts';
import type { Writer } from '../../src/outbox/writer.ts';
import type { Fate, Room, Seen } from './room.ts';

const HOUR = 3_600_000;

export const words = (count: number, name = 'word'): string =>
  Array.from({ length: count }, (_, index) => `${name}${index}`).join(' ');

export const closed = (): Fate => ({ failure: new Failure('closed', 'its time for edits is over') });
export const held = (retryInMs: number): Fate => ({ failure: new Failure('rate-limited', '429', { retryInMs }) });

/** The answer, in pieces of so many characters each so many milliseconds; then its end. */
export function grow({ world }: Room, writer: Writer, text: string, [size, everyMs]: readonly [number, number]): void {
  let at = 0;
  const next = (): void => {
    at += size;
    if (at >= text.length) return writer.finish(text);
    writer.write(text.slice(0, at));
    world.after(everyMs, next);
  };
  world.after(everyMs, next);
}

export async function delivered(room: Room, writer: Writer): Promise<void> {
  let over = false;
  let thrown: unknown;
  writer.delivered.then(
    () => void (over = true),
    (error: unknown) => void ([over, thrown] = [true, error]),
  );
  await room.run(room.world.now() + 10 * HOUR, () => over);
  if (thrown !== undefined) throw thrown;
  assert.ok(over, 'it was never delivered');
}

export const bare = (text: string): string => text.replaceAll(/\s/g, '');
export const together = (posts: readonly Seen[]): string => bare(posts.map(({ text }) => text).join(''));

export async function answerOf(
  room: Room,
  text: string,
  pace: readonly [number, number] = [text.length, 100],
): Promise<void> {
  const writer = room.write();
  grow(room, writer, text, pace);
  await delivered(room, writer);
}

export function assertFile(posts: readonly Seen[], text: string): void {
  const files = posts.filter(({ file }) => file !== undefined);
  assert.deepEqual(
    files.map((post) => [post.file, post.text]),
    [[text, FILE_WORDS]],
  );
  assert.equal(posts.at(-1), files[0], 'the file is below the beginning');
  const shown = together(posts.slice(0, -1));
  assert.ok(shown !== '' && bare(text).startsWith(shown), shown);
}

/** As a turn that is put off until a pause is over. */
export async function persist(room: Room, text: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const writer = room.write();
    writer.finish(text);
    try {
      return await delivered(room, writer);
    } catch (thrown) {
      if (!(thrown instanceof Failure && thrown.code === 'rate-limited') || tries > 5) throw thrown;
      await room.run(room.world.now() + (thrown.retryInMs ?? 0));
    }
  }
}
