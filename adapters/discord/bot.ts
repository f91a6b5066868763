import { Failure } from '../../src/model/failure.ts';
import { isSnowflake } from './snowflake.ts';

/** What the adapter has to know about itself to read what others wrote. */
export type Bot = { readonly user: string; readonly application: string };

/**
 * A bot's token begins with its user id in base64. Applications since 2016 have the same id as their bot.
 * @throws Failure `invalid` that names the variable to mend.
 */
export function botOf(token: string, application: string | undefined): Bot {
  const [first = '', ...rest] = token.split('.');
  const user = Buffer.from(first, 'base64url').toString('latin1');
  if (rest.length !== 2 || !isSnowflake(user)) {
    throw new Failure('invalid', 'DISCORD_TOKEN must be the token under Bot in the developer portal, without "Bot "');
  }
  if (application !== undefined && !isSnowflake(application)) {
    throw new Failure('invalid', 'DISCORD_APPLICATION_ID must be the number under General Information');
  }
  return { user, application: application ?? user };
}
