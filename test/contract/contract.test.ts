import { after, describe, test } from 'node:test';
import { behaviours } from './behaviours/all.ts';
import type { Talk } from './subject.ts';
import { lackOf, nameOf } from './subject.ts';
import { subjects } from './subjects/all.ts';

// One suite over every adapter: what a platform cannot do, its subject says, and the test is skipped with that reason.
for (const subject of subjects) {
  describe(`the contract of adapters, on ${subject.platform}`, () => {
    let shared: Promise<Talk> | undefined;
    after(async () => {
      await (await shared)?.[Symbol.asyncDispose]();
    });

    for (const behaviour of behaviours) {
      const lack = lackOf(subject, behaviour);
      const skip = lack === undefined ? false : Object.values(lack).join(': ');
      test(nameOf(subject, behaviour), { skip }, async () => {
        if (behaviour.alone === true) {
          await using talk = await subject.open();
          await behaviour.run(talk);
          return;
        }
        shared ??= subject.open();
        const talk = await shared;
        talk.standIn.faults.clear();
        await behaviour.run(talk);
      });
    }
  });
}
