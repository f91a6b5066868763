import { z } from 'zod';
import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { dateOfSnowflake, isSnowflake } from './snowflake.ts';

/** How to answer: in reply to a message, or through an interaction while its token lives. */
export type Address = {
  readonly channel: string;
  /** The message to reply to. */
  readonly message: string | undefined;
  readonly interaction: { readonly id: string; readonly token: string } | undefined;
};

/** Discord's word for where direct messages are, in the place of a guild's id. */
export const DIRECT = '@me';

const snowflake = z.string().refine(isSnowflake);
const SHAPE = z.object({
  channel: snowflake,
  message: snowflake.optional(),
  interaction: z.object({ id: snowflake, token: z.string().regex(/^[\w.~-]{1,400}$/) }).optional(),
});

/** One channel, or one thread of it (which Discord makes a channel too), is one conversation. */
export function placeOf(guild: string | undefined, { channel, message, interaction }: Address): Place {
  const address = JSON.stringify({ channel, message, interaction });
  return { install: guild ?? DIRECT, channel, thread: channel, address };
}

/** @throws Failure `invalid` when the place was not made by `placeOf`. */
export function addressOf(place: Place): Address {
  const read = SHAPE.safeParse(json(place.address));
  // The address may hold an interaction's token: none of it goes into the message.
  if (!read.success) throw new Failure('invalid', 'this is no place in Discord');
  return { message: undefined, interaction: undefined, ...read.data };
}

/** A message id as it stands in a route. @throws Failure `invalid` */
export function messageIdOf(postId: string): string {
  if (!isSnowflake(postId)) throw new Failure('invalid', `not a message id of Discord: ${postId.slice(0, 40)}`);
  return postId;
}

/** An interaction's token lives for 15 minutes (docs: Interactions, "Followup Messages"); half a minute is for the call. */
const TOKEN_LIVES_MS = 15 * 60_000 - 30_000;

/** The interaction that can still be answered as such; after its token's end a message in the channel has to do. */
export function liveInteraction(address: Address, now = Date.now()): Address['interaction'] {
  const madeAt = address.interaction === undefined ? undefined : dateOfSnowflake(address.interaction.id)?.getTime();
  return madeAt !== undefined && now - madeAt < TOKEN_LIVES_MS ? address.interaction : undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
