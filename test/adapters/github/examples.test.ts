import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { z } from 'zod';
import { receive } from '../../../adapters/github/receive.ts';
import { BOT, SECRET, signed } from './signed.ts';

// GitHub's own examples of every webhook, as the community collected them.
const examples = z
  .array(z.object({ name: z.string(), examples: z.array(z.looseObject({})) }))
  .parse(createRequire(import.meta.url)('@octokit/webhooks-examples'));

/** As an app would get it: many examples were recorded at repository webhooks. */
const installed = (payload: object) => ({ installation: { id: 42 }, ...payload });

function events(change: (payload: object) => object): readonly { name: string; kind: string; reason?: string }[] {
  return examples.flatMap(({ name, examples }) =>
    examples.flatMap((example) => {
      const { response, delivery } = receive(signed(name, change(example)), SECRET, BOT);
      assert.equal(response.status, 200, `${name}: ${response.body}`);
      assert.ok(delivery !== undefined && delivery.events.length > 0, name);
      return delivery.events.map((event) => ({ name, ...event }));
    }),
  );
}

test('every example payload of GitHub is taken, and means something or is ignored for a stated reason', () => {
  const all = events((payload) => payload);
  assert.equal(all.length, 329);
  for (const event of all) if (event.kind === 'ignored') assert.match(event.reason ?? '', new RegExp(`^${event.name}`));
});

test('no example of an event that the adapter reads is in a shape it does not know', () => {
  const all = events(installed);
  const unread = all.filter((event) => event.reason?.includes('documented shape'));
  assert.deepEqual(unread, []);
  const count = (kind: string) => all.filter((event) => event.kind === kind).length;
  assert.deepEqual(
    { message: count('message'), edited: count('edited'), deleted: count('deleted') },
    { message: 25, edited: 6, deleted: 5 },
  );
  assert.deepEqual(
    { installed: count('installed'), uninstalled: count('uninstalled') },
    { installed: 2, uninstalled: 2 },
  );
});
