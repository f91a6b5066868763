import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import { openedAnswer } from './payload.ts';
import type { Spot } from './place.ts';
import { isDirect, placeOf, spotOf } from './place.ts';

/** Slack's ids of channels and of group conversations. */
const CHANNEL = /^[CDG][A-Z0-9]{2,40}$/;

const nowhere: Pick<Spot, 'threadTs' | 'ts' | 'botUser' | 'app'> = { threadTs: '', ts: '', botUser: '', app: '' };

/** Opening a direct conversation gives the same one every time. Slack’s threads have no titles: a title is left out. */
export function openReach(client: Client): NonNullable<Adapter['reach']> {
  return async (access, to, signal) => {
    const { install } = access;
    if ('channel' in to) {
      if (!CHANNEL.test(to.channel)) {
        throw new Failure('invalid', 'a channel of Slack is named by its id (C…), which its details show at the end');
      }
      return placeOf({ ...nowhere, install, channel: to.channel, user: '', team: '' });
    }
    const answer = await client.write(access, 'conversations.open', { users: to.person }, signal);
    const { channel } = shaped(openedAnswer, 'conversations.open', answer);
    return placeOf({ ...nowhere, install, channel: channel.id, user: to.person, team: install });
  };
}

/** A direct conversation goes on as it is; in a channel people answer in the thread under the post. */
export const under: NonNullable<Adapter['under']> = (place, postId) => {
  const spot = spotOf(place);
  if (spot.threadTs !== '' || isDirect(spot.channel) || spot.respondAt !== '') return place;
  return placeOf({ ...spot, threadTs: postId, ts: '' });
};
