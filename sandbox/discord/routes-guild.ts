import type { Answer, Request, Route } from './route.ts';
import { refusal } from './route.ts';
import { channelJson, memberJson, roleJson, ROLE_PERMISSIONS, userJson } from './shapes.ts';
import { CHANNEL_TYPE, userOf } from './world.ts';
import type { Channel, World } from './world.ts';

/** Where the bot is: its guilds, their channels and threads, and what it may there. */
export function guildRoutes(world: World): readonly Route[] {
  const inGuild =
    (use: (request: Request) => Answer): Route['handle'] =>
    (request) => {
      if (request.params['g'] !== world.guild.id || !world.member.here) return refusal(404, 10_004, 'Unknown Guild');
      return use(request);
    };
  const channels = (): Channel[] => [...world.channels.values()].filter(({ guild }) => guild === world.guild.id);
  const threads = (archived: boolean): Channel[] =>
    channels().filter((channel) => channel.type === CHANNEL_TYPE.thread && channel.archived === archived);
  return [
    { method: 'GET', pattern: '/users/@me/guilds', handle: (request) => ownGuilds(world, request) },
    {
      method: 'GET',
      pattern: '/guilds/:g/members/:u',
      handle: inGuild(({ params }) => {
        const user = userOf(world, params['u'] ?? '');
        if (user === undefined) return refusal(404, 10_007, 'Unknown Member');
        return { status: 200, body: { ...memberJson(world, user), user: userJson(user) } };
      }),
    },
    {
      method: 'GET',
      pattern: '/guilds/:g/roles',
      handle: inGuild(() => ({ status: 200, body: world.guild.roles.map(roleJson) })),
    },
    {
      // All of them, also those that the bot cannot see.
      method: 'GET',
      pattern: '/guilds/:g/channels',
      handle: inGuild(() => ({
        status: 200,
        body: channels()
          .filter(({ type }) => type === CHANNEL_TYPE.text || type === CHANNEL_TYPE.forum)
          .map(channelJson),
      })),
    },
    {
      method: 'GET',
      pattern: '/guilds/:g/threads/active',
      handle: inGuild(() => ({ status: 200, body: { threads: threads(false).map(channelJson), members: [] } })),
    },
    {
      method: 'GET',
      pattern: '/channels/:c/threads/archived/public',
      handle: ({ params }) => ({
        status: 200,
        body: {
          threads: threads(true)
            .filter(({ parent }) => parent === params['c'])
            .map(channelJson),
          members: [],
          has_more: false,
        },
      }),
    },
  ];
}

function ownGuilds({ guild, member }: World, { query }: Request): Answer {
  const after = BigInt(query.get('after') ?? 0);
  const shown = member.here && BigInt(guild.id) > after;
  const body = shown ? [{ id: guild.id, name: guild.name, owner: false, permissions: String(ROLE_PERMISSIONS) }] : [];
  return { status: 200, body };
}
