import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { addressOf, DIRECT, liveInteraction } from './address.ts';
import type { Client } from './client.ts';
import { bodyOf } from './content.ts';
import type { Interactions } from './interactions.ts';
import { render } from './render.ts';

/**
 * Only what answers a command, a click or a form can be seen by one person alone (docs: Message Flags, "EPHEMERAL"), and
 * only by the one who did it. In a direct conversation everything is.
 */
export function openWhisper(client: Client, interactions: Interactions): NonNullable<Adapter['whisper']> {
  return async (_access, place, { person, text }, signal) => {
    const address = addressOf(place);
    const body = bodyOf(render(text) || '…', {});
    const interaction = liveInteraction(address);
    if (interaction !== undefined) {
      if (interaction.by !== person)
        throw new Failure('refused', 'Discord tells it only to the one who asked or clicked');
      return interactions.whisper(interaction, body, signal);
    }
    if (place.install !== DIRECT) {
      throw new Failure('refused', 'Discord shows something to one person only in answer to a command or a click');
    }
    await client.request({ method: 'POST', route: `/channels/${address.channel}/messages`, body }, signal);
  };
}
