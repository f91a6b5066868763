import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';

/** What a place of ours stands for in Slack's words; written into `Place.address`, so that nothing has to be asked. */
export type Spot = {
  readonly install: string;
  readonly channel: string;
  /** The `ts` under which replies go; empty in a direct conversation without threads and for slash commands. */
  readonly threadTs: string;
  /** The message that this place came with; empty for slash commands. */
  readonly ts: string;
  /** Whom a stream is for; Slack asks for both outside of direct conversations. */
  readonly user: string;
  readonly team: string;
  /** This bot, as far as the delivery told: its user id and its app's id. */
  readonly botUser: string;
  readonly app: string;
  /** Where what is said here goes to `user` alone (a `response_url`); empty or absent: everybody sees it. */
  readonly respondAt?: string;
};

const SEPARATOR = '|';

/** Slack’s have about a hundred letters. */
const MOST_ADDRESS = 500;

/**
 * `conversation` names the thread where Slack has none of its own (a slash command). A direct conversation is one
 * thread as long as nobody opens one in it.
 */
export function placeOf(spot: Spot, conversation?: string): Place {
  const { install, channel } = spot;
  const own = conversation ?? spot.threadTs;
  const address = [channel, spot.threadTs, spot.ts, spot.user, spot.team, spot.botUser, spot.app];
  const { respondAt = '' } = spot;
  // An address with the separator in it is none of Slack's: then everybody sees the answer.
  if (respondAt !== '' && respondAt.length <= MOST_ADDRESS && !respondAt.includes(SEPARATOR)) address.push(respondAt);
  return {
    install,
    channel,
    thread: own === '' ? channel : `${channel}:${own}`,
    address: address.join(SEPARATOR),
  };
}

/** @throws Failure `invalid`: the address was not written by this adapter. */
export function spotOf(place: Place): Required<Spot> {
  const fields = place.address.split(SEPARATOR);
  const [channel = '', threadTs = '', ts = '', user = '', team = '', botUser = '', app = '', respondAt = ''] = fields;
  if (fields.length < 7 || fields.length > 8 || channel === '') {
    throw new Failure('invalid', 'this is no place in Slack');
  }
  return { install: place.install, channel, threadTs, ts, user, team, botUser, app, respondAt };
}

/** Slack's ids of direct conversations begin with D. */
export const isDirect = (channel: string): boolean => channel.startsWith('D');

/** Slack's `ts`: seconds with six decimals, which are the message's id within its channel. */
export const dateOfTs = (ts: string): Date => new Date(Math.round(Number(ts) * 1000));

export const tsOfDate = (date: Date): string => (date.getTime() / 1000).toFixed(6);
