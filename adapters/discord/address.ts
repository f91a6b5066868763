import { z } from 'zod';
import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { parseJson } from '../../src/model/parse-json.ts';
import { dateOfSnowflake, isSnowflake } from './snowflake.ts';

/** How to answer: in reply to a message, or through an interaction while its token lives. */
export type Address = {
  readonly channel: string;
  /** The message to reply to; with an interaction the one that was clicked on. */
  readonly message: string | undefined;
  readonly interaction: Interaction | undefined;
};

/** What somebody did by a command, a click or a form, as far as it is needed for answering. */
export type Interaction = {
  readonly id: string;
  readonly token: string;
  /** Who did it: whatever is shown to one person alone is shown to this one. */
  readonly by?: string | undefined;
  /** Its answers are for that person alone. */
  readonly private?: boolean | undefined;
};

/** Discord's word for where direct messages are, in the place of a guild's id. */
export const DIRECT = '@me';

const snowflake = z.string().refine(isSnowflake);
const SHAPE = z.object({
  channel: snowflake,
  message: snowflake.optional(),
  interaction: z
    .object({
      id: snowflake,
      token: z.string().regex(/^[\w.~-]{1,400}$/),
      by: z.string().max(40).optional().catch(undefined),
      private: z.boolean().optional(),
    })
    .optional(),
});

/** One channel, or one thread of it (which Discord makes a channel too), is one conversation. */
export function placeOf(guild: string | undefined, { channel, message, interaction }: Address): Place {
  const address = JSON.stringify({ channel, message, interaction });
  return { install: guild ?? DIRECT, channel, thread: channel, address };
}

/** @throws Failure `invalid` when the place was not made by `placeOf`. */
export function addressOf(place: Place): Address {
  const read = SHAPE.safeParse(parseJson(place.address));
  // The address may hold an interaction's token: none of it goes into the message.
  if (!read.success) throw new Failure('invalid', 'this is no place in Discord');
  return { message: undefined, interaction: undefined, ...read.data };
}

/** A message id as it stands in a route. @throws Failure `invalid` */
export const messageIdOf = (postId: string): string => idOf(postId, 'message');

/** An id as it stands in a route. @throws Failure `invalid` */
export function idOf(id: string, of: 'message' | 'channel' | 'guild' | 'user'): string {
  if (!isSnowflake(id)) throw new Failure('invalid', `not a ${of} id of Discord: ${id.slice(0, 40)}`);
  return id;
}

/** An interaction's token lives for 15 minutes (docs: Interactions, "Followup Messages"); half a minute is for the call. */
const TOKEN_LIVES_MS = 15 * 60_000 - 30_000;

/**
 * The interaction that can still be answered as such; after its token's end a message in the channel has to do.
 * @throws Failure `refused` where that message would show to everybody what is for one person alone.
 */
export function liveInteraction({ interaction }: Address, now = Date.now()): Interaction | undefined {
  const madeAt = interaction === undefined ? undefined : dateOfSnowflake(interaction.id)?.getTime();
  if (madeAt !== undefined && now - madeAt < TOKEN_LIVES_MS) return interaction;
  if (interaction?.private === true)
    throw new Failure('refused', 'it could be answered in private for 15 minutes only');
  return undefined;
}
