import type { Adapter } from '../../src/model/adapter.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import { userAnswer } from './payload.ts';

/** Name, language and time zone, as the person's own profile says them. */
export function openPerson(client: Client): NonNullable<Adapter['person']> {
  return async (access, id, signal) => {
    const answer = await client.read(access, 'users.info', { user: id, include_locale: 'true' }, signal);
    const { user } = shaped(userAnswer, 'users.info', answer);
    const names = [user.profile?.display_name, user.profile?.real_name, user.real_name, user.name];
    return {
      id: user.id,
      name: names.find((one) => one !== undefined && one !== '') ?? user.id,
      locale: user.locale === '' ? undefined : user.locale,
      timeZone: user.tz === '' ? undefined : user.tz,
    };
  };
}
