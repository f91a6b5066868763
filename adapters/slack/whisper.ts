import type { Adapter } from '../../src/model/adapter.ts';
import type { Client } from './client.ts';
import { spotOf } from './place.ts';
import { render } from './render.ts';
import { respond } from './respond.ts';

/** Where a command or a click gave an address for answering its author, that is used: it needs no membership. */
export function openWhisper(client: Client): NonNullable<Adapter['whisper']> {
  return async (access, place, { person, text }, signal) => {
    const { channel, threadTs, ts, user, respondAt } = spotOf(place);
    const said = render(text) || '…';
    if (respondAt !== '' && user === person) {
      await respond(client, respondAt, { text: said, replace_original: false }, signal);
      return;
    }
    // In a thread without a reply nobody would see it (docs: chat.postEphemeral): then it stands in the channel.
    const isActive = threadTs !== '' && ts !== '' && ts !== threadTs;
    const args = { channel, user: person, text: said, ...(isActive && { thread_ts: threadTs }) };
    await client.write(access, 'chat.postEphemeral', args, signal);
  };
}
