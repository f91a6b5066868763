import { readView } from './blocks.ts';
import type { Method } from './method.ts';
import { failed, flagArg, structureArg, textArg } from './method.ts';
import { directOf } from './world.ts';

const userInfo: Method = (args, { world }) => {
  const id = textArg(args, 'user');
  const name = world.names.get(id);
  if (name === undefined) return failed('user_not_found');
  const { name: shown = name, locale = 'en-US', timeZone: tz = 'Europe/London' } = world.profiles.get(id) ?? {};
  return {
    fields: {
      user: {
        id,
        team_id: world.team.id,
        name,
        real_name: shown,
        tz,
        is_bot: id === world.bot.user,
        profile: { display_name: shown, real_name: shown },
        ...(flagArg(args, 'include_locale') && { locale }),
      },
    },
  };
};

/** One person only: conversations of several people are not part of this workspace. */
const openConversation: Method = (args, { world }) => {
  const users = textArg(args, 'users');
  if (users === '') return failed('users_list_not_supplied');
  if (users === world.bot.user) return failed('cannot_dm_bot');
  if (!world.names.has(users)) return failed('user_not_found');
  const known = world.directs.has(users);
  const channel = directOf(world, users);
  return { about: users, fields: { channel: { id: channel.id }, ...(known && { no_op: true, already_open: true }) } };
};

/** docs: Modals, "trigger_id": three seconds, one view. */
const TRIGGER_FOR_MS = 3_000;

const openView: Method = (args, { world }) => {
  const trigger = world.triggers.get(textArg(args, 'trigger_id'));
  if (trigger === undefined) return failed('invalid_trigger_id');
  if (trigger.used) return failed('exchanged_trigger_id');
  if (Date.now() - trigger.at > TRIGGER_FOR_MS) return failed('expired_trigger_id');
  const view = readView(structureArg(args, 'view'));
  if (view === undefined) return failed('invalid_arguments');
  trigger.used = true;
  const id = world.nextId('V');
  world.views.set(id, { id, user: trigger.user, view });
  return { about: id, fields: { view: { ...view, id } } };
};

export const peopleMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['users.info', userInfo],
  ['conversations.open', openConversation],
  ['views.open', openView],
]);
