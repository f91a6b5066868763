import { botOf } from '../../adapters/discord/bot.ts';
import { learn } from '../../adapters/discord/learn.ts';
import { callbackOf, rawOf } from '../../adapters/discord/listen.ts';
import { openMemory } from '../../adapters/discord/memory.ts';
import { interaction } from '../../adapters/discord/payload.ts';
import { readInteraction } from '../../adapters/discord/read-interaction.ts';
import { read } from '../../adapters/discord/read.ts';
import type { Credentials } from '../../src/model/adapter.ts';
import type { Delivery } from '../../src/model/event.ts';

/** What a dispatch of the gateway becomes, as `listen` makes it, without a socket. */
export type Hear = (dispatch: string) => Delivery | undefined;

export function openHear(credentials: Credentials): Hear {
  const bot = botOf(credentials['DISCORD_TOKEN'] ?? '', undefined);
  const memory = openMemory(bot.user);
  return (text) => {
    const { t, s, d }: { t: unknown; s: unknown; d: unknown } = JSON.parse(text);
    const dispatch = { t: typeof t === 'string' ? t : '', s: typeof s === 'number' ? s : 0, d };
    const raw = rawOf(dispatch);
    learn(dispatch, memory);
    if (dispatch.t === 'INTERACTION_CREATE') {
      const given = interaction.safeParse(d).data;
      if (given === undefined) return undefined;
      callbackOf(given);
      const { event } = readInteraction(given, bot);
      return event && { id: `i:${given.id}`, raw, events: [event] };
    }
    const means = read(dispatch, { bot, memory, session: 'a-session' });
    return means && { ...means, raw };
  };
}
