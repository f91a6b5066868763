import type { Delivery } from '../../src/model/event.ts';
import { openHear } from './hear.ts';
import { judge, sound } from './judge.ts';
import type { Mutation } from './mutate.ts';
import { mutate } from './mutate.ts';
import type { Platform } from './platforms.ts';

/** Hands a mutated payload to the function that its original is for; what was kept. @throws Error as `judge` does. */
export function openTake(platform: Platform): (mutation: Mutation) => Promise<Delivery | undefined> {
  const hear = platform.dispatches.length === 0 ? undefined : openHear(platform.credentials);
  const { samples, dispatches } = platform;
  return async ({ sample, changes }) => {
    const index = sample % (samples.length + dispatches.length);
    const dispatch = dispatches[index - samples.length];
    if (dispatch !== undefined) {
      const delivery = hear?.(mutate(dispatch, changes));
      return delivery && sound(delivery);
    }
    const { body = '{}', headers = {} } = samples[index] ?? {};
    return judge(platform, await platform.sign(mutate(body, changes), headers));
  };
}
