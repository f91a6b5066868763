import { messageShape } from './shapes.ts';
import type { Channel, Held, World } from './world.ts';
import { personOf } from './world.ts';

/** Slack's markup characters in what people type. */
export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Who speaks when nobody is named. */
export const SOMEBODY = 'ada';

/** The outside of an Events API request. */
export function envelope(world: World, id: string, event: object): object {
  return {
    token: 'sandbox-verification-token',
    team_id: world.team.id,
    context_team_id: world.team.id,
    context_enterprise_id: null,
    api_app_id: world.app.id,
    event,
    type: 'event_callback',
    event_id: id,
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: world.team.id,
        user_id: world.bot.user,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  };
}

const kindOf = (channel: Channel): string => (channel.direct ? 'im' : 'channel');

export function changed(world: World, channel: Channel, held: Held, before: object): object {
  const ts = world.nextTs();
  return {
    type: 'message',
    subtype: 'message_changed',
    hidden: true,
    message: messageShape(world, held, true),
    previous_message: before,
    channel: channel.id,
    ts,
    event_ts: ts,
    channel_type: kindOf(channel),
  };
}

export function deleted(world: World, channel: Channel, held: Held): object {
  const ts = world.nextTs();
  return {
    type: 'message',
    subtype: 'message_deleted',
    hidden: true,
    deleted_ts: held.ts,
    previous_message: messageShape(world, held, true),
    channel: channel.id,
    ts,
    event_ts: ts,
    channel_type: kindOf(channel),
  };
}

export function commandFields(
  world: World,
  said: { command: string; text: string; trigger: string; as: string },
): Record<string, string> {
  return {
    token: 'sandbox-verification-token',
    team_id: world.team.id,
    team_domain: world.team.domain,
    channel_id: world.main.id,
    channel_name: world.main.name,
    user_id: personOf(world, said.as),
    user_name: said.as,
    command: said.command,
    text: escape(said.text),
    api_app_id: world.app.id,
    is_enterprise_install: 'false',
    response_url: `${world.address}/commands/${world.team.id}`,
    trigger_id: said.trigger,
  };
}

export function clickShape(world: World, channel: Channel, held: Held, action: object): object {
  const user = { id: personOf(world, SOMEBODY), username: SOMEBODY, name: SOMEBODY, team_id: world.team.id };
  return {
    type: 'block_actions',
    user,
    api_app_id: world.app.id,
    token: 'sandbox-verification-token',
    container: {
      type: 'message',
      message_ts: held.ts,
      channel_id: channel.id,
      is_ephemeral: false,
      ...(held.threadTs !== undefined && { thread_ts: held.threadTs }),
    },
    trigger_id: `${world.nextTs()}.${world.nextId('')}`,
    team: { id: world.team.id, domain: world.team.domain },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel.id, name: channel.name },
    message: messageShape(world, held, true),
    actions: [{ block_id: 'b1', action_ts: world.nextTs(), ...action }],
  };
}
