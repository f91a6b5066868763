import type { Adapter } from '../../src/model/adapter.ts';
import { DIRECT, idOf } from './address.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import { isNumber } from './errors.ts';
import * as payload from './payload.ts';
import { nameOf } from './read-markdown.ts';

/** By the name in that guild, where the person is a member. Discord tells bots no locale and no time zone of anybody. */
export function openPerson(client: Client): NonNullable<Adapter['person']> {
  return async ({ install }, id, signal) => {
    const user = idOf(id, 'user');
    const unknown = { id, locale: undefined, timeZone: undefined };
    if (install !== DIRECT) {
      const route = `/guilds/${idOf(install, 'guild')}/members/${user}` as const;
      const asked = client.request({ method: 'GET', route }, signal);
      const answer = await asked.catch(unlessNoMember);
      if (answer !== undefined) {
        const member = shaped(payload.guildPerson, answer, 'unavailable');
        return { ...unknown, name: nameOf(member.user, member.nick) };
      }
    }
    const answer = await client.request({ method: 'GET', route: `/users/${user}` }, signal);
    return { ...unknown, name: nameOf(shaped(payload.person, answer, 'unavailable')) };
  };
}

/** Unknown member: somebody who has left, or was never there. */
function unlessNoMember(thrown: unknown): undefined {
  if (!isNumber(thrown, 10_007)) throw thrown;
}
