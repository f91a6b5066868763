import assert from 'node:assert/strict';
import type { Access, Adapter } from '../../../src/model/adapter.ts';
import type { Place } from '../../../src/model/event.ts';
import type { Draft } from '../../../src/model/reply.ts';
import { openSlack } from '../../../adapters/slack/index.ts';
import { placeOf } from '../../../adapters/slack/place.ts';
import type { SlackStandIn } from '../../../sandbox/slack/index.ts';
import { openSlackStandIn } from '../../../sandbox/slack/index.ts';
import { never } from './signed.ts';

export type Talk = AsyncDisposable & {
  readonly slack: SlackStandIn;
  readonly adapter: Adapter;
  readonly access: Access;
  readonly draft: (place: Place, text: string) => Draft;
  /** A new thread in the channel, with a question in it. */
  readonly newPlace: () => Promise<Place>;
  readonly placeIn: (channel: string, threadTs: string) => Place;
  /** What the bot's messages there say. */
  readonly shownIn: (place: Place) => string[];
};

/** The adapter, talking to a stand-in. */
export async function openTalk(): Promise<Talk> {
  const slack = await openSlackStandIn({ echoes: false });
  const adapter = await openSlack(slack.environment, never);
  let nonces = 0;
  const placeIn = (channel: string, threadTs: string): Place => {
    const bot = { botUser: slack.botUser, app: 'A0SANDBOX01' };
    return placeOf({ install: slack.team, channel, threadTs, ts: threadTs, user: 'U1', team: slack.team, ...bot });
  };
  return {
    slack,
    adapter,
    access: { install: slack.team, secret: undefined },
    draft: (place, text) => ({ place, text, nonce: `nonce-${(nonces += 1)}`.padEnd(22, 'x') }),
    newPlace: async () => placeIn(slack.channel, (await slack.say({ text: 'question' })).id),
    placeIn,
    shownIn: (place) =>
      slack
        .visible(place.thread)
        .filter((one) => one.fromBot)
        .map((one) => one.text),
    [Symbol.asyncDispose]: () => slack[Symbol.asyncDispose](),
  };
}

type Parts = Required<Pick<Adapter, 'stream' | 'history' | 'findPost' | 'show' | 'remove'>>;

/** The functions that an adapter may lack, and this one has. */
export function partsOf({ stream, history, findPost, show, remove }: Adapter): Parts {
  assert.ok(stream && history && findPost && show && remove);
  return { stream, history, findPost, show, remove };
}
