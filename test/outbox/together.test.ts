import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, asyncProperty, boolean, assert as check, constantFrom, integer, record } from 'fast-check';
import { Failure } from '../../src/model/failure.ts';
import type { World } from '../simulation/world.ts';
import { openRoom, type Fate, type Seen } from './room.ts';
import { assertFile, bare, closed, grow, held, persist } from './write.ts';

type Around = { readonly world: () => World; trouble: number; readonly shut: Set<string> };

/** Any call may meet anything; an edit may find that its post is closed, for good. */
function fateOf({ world, trouble, shut }: Around, call: string, post: Seen | undefined): Fate {
  const { chance, between, pick } = world();
  const edited = call === 'edit' ? post : undefined;
  if (edited !== undefined && shut.has(edited.id)) return closed();
  if (!chance(trouble)) return undefined;
  const sort = between(0, 5);
  if (sort === 0 && edited !== undefined) shut.add(edited.id);
  const lost = { failure: new Failure('unknown-outcome', 'lost'), performed: chance(0.5) };
  const killed = pick<Fate & string>(['killed before', 'killed after']);
  const away = { failure: new Failure('unavailable', 'not there') };
  const fates: readonly Fate[] = [edited && closed(), held(between(100, 60_000)), away, lost, lost, killed];
  return fates[sort];
}

const piece = constantFrom('word ', 'a longer word, ', '. ', '\n\n', '\n- ', '**bold** ', '`code` ', '# ', '1. ');
const texts = array(piece, { maxLength: 120 }).map((pieces) => `begin ${pieces.join('')} end`);

test('what is visible, put together, is the answer, under closings, pauses, losses and deaths at any moment', async () => {
  const runs = record({
    seed: integer({ min: 1, max: 1e6 }),
    answers: array(texts, { minLength: 1, maxLength: 3 }),
    size: integer({ min: 3, max: 60 }),
    everyMs: constantFrom(20, 300, 900),
    trouble: constantFrom(0.1, 0.3, 0.5),
    streams: boolean(),
    most: constantFrom(undefined, 2, 4),
  });
  await check(
    asyncProperty(runs, async ({ seed, answers, size, everyMs, trouble, streams, most }) => {
      const limits = {
        ...(most !== undefined && { mostPosts: most }),
        ...(streams && { appendEveryMs: 500, streamForMs: 8_000 }),
      };
      const around: Around = { world: () => room.world, trouble, shut: new Set() };
      const room = openRoom({
        seed,
        limits: { part: 120, ...limits },
        fate: (call, post) => fateOf(around, call, post),
      });
      for (const text of answers) {
        grow(room, room.write(room.posts.length > 0), text, [size, everyMs]);
        await room.run(room.world.now() + 60_000);
      }
      around.trouble = 0;
      const text = answers.at(-1) ?? '';
      await persist(room, text);
      const files = room.posts.filter(({ file }) => file !== undefined);
      const shown = bare(room.posts.flatMap((post) => (post.file === undefined ? [post.text] : [])).join(''));
      if (files.length === 0) assert.equal(shown, bare(text));
      else assertFile(room.posts, text);
    }),
    { numRuns: 1_000 },
  );
});
