import { messageShape } from './shapes.ts';
import type { Channel, Held, OpenView, World } from './world.ts';
import { personOf } from './world.ts';

/** Slack's markup characters in what people type. */
export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The outside of an Events API request. */
export function envelope(world: World, id: string, event: object): object {
  return {
    token: 'sandbox-verification-token',
    team_id: world.team.id,
    context_team_id: world.team.id,
    context_enterprise_id: world.enterprise ?? null,
    api_app_id: world.app.id,
    event,
    type: 'event_callback',
    event_id: id,
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [
      {
        enterprise_id: world.enterprise ?? null,
        team_id: world.team.id,
        user_id: world.bot.user,
        is_bot: true,
        is_enterprise_install: world.enterprise !== undefined,
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

export function tombstone(world: World, channel: Channel, held: Held): object {
  const ts = world.nextTs();
  const stone = {
    type: 'message',
    subtype: 'tombstone',
    text: 'This message was deleted.',
    user: 'USLACKBOT',
    hidden: true,
    ts: held.ts,
    thread_ts: held.ts,
  };
  const previous_message = messageShape(world, held, true);
  const told = { type: 'message', subtype: 'message_changed', hidden: true, message: stone, previous_message };
  return { ...told, channel: channel.id, ts, event_ts: ts, channel_type: kindOf(channel) };
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

export function reacted(
  world: World,
  held: Held,
  reaction: { readonly user: string; readonly name: string; readonly added: boolean },
): object {
  return {
    type: reaction.added ? 'reaction_added' : 'reaction_removed',
    user: reaction.user,
    reaction: reaction.name,
    item: { type: 'message', channel: held.channel, ts: held.ts },
    item_user: held.user,
    event_ts: world.nextTs(),
  };
}

/** Somebody pressed Slack's own Stop below what is streamed in a thread. */
export function stopped(
  world: World,
  streams: readonly Held[],
  by: { readonly user: string; readonly first: Held },
): object {
  return {
    type: 'agent_session_stopped',
    channel: by.first.channel,
    user: by.user,
    thread_ts: by.first.threadTs ?? by.first.ts,
    streaming_message_ts: streams.map(({ ts }) => ts),
    event_ts: world.nextTs(),
  };
}

export function commandFields(
  world: World,
  said: { command: string; text: string; trigger: string; as: string; channel: Channel; respondAt: string },
): Record<string, string> {
  return {
    token: 'sandbox-verification-token',
    team_id: world.team.id,
    team_domain: world.team.domain,
    channel_id: said.channel.id,
    channel_name: said.channel.name,
    user_id: personOf(world, said.as),
    user_name: said.as,
    command: said.command,
    text: escape(said.text),
    api_app_id: world.app.id,
    is_enterprise_install: 'false',
    response_url: said.respondAt,
    trigger_id: said.trigger,
  };
}

const userShape = (world: World, id: string): object => {
  const name = world.names.get(id) ?? id;
  return { id, username: name, name, team_id: world.team.id };
};

/** A click, by whom, on which message, with the rights that Slack gives along. */
export type Click = {
  readonly held: Held;
  readonly channel: Channel;
  readonly user: string;
  readonly isPrivate: boolean;
  readonly trigger: string;
  readonly respondAt: string;
  readonly action: object;
};

export function clickShape(world: World, click: Click): object {
  const { held, channel, user, isPrivate, trigger, respondAt, action } = click;
  return {
    type: 'block_actions',
    user: userShape(world, user),
    api_app_id: world.app.id,
    token: 'sandbox-verification-token',
    container: {
      type: 'message',
      message_ts: held.ts,
      channel_id: channel.id,
      is_ephemeral: isPrivate,
      ...(held.threadTs !== undefined && { thread_ts: held.threadTs }),
    },
    trigger_id: trigger,
    team: { id: world.team.id, domain: world.team.domain },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel.id, name: channel.name },
    // A private message is not told again.
    ...(!isPrivate && { message: messageShape(world, held, true) }),
    state: { values: {} },
    response_url: respondAt,
    actions: [{ action_ts: world.nextTs(), ...action }],
  };
}

export function submissionShape(world: World, open: OpenView, values: object): object {
  return {
    type: 'view_submission',
    team: { id: world.team.id, domain: world.team.domain },
    user: userShape(world, open.user),
    api_app_id: world.app.id,
    token: 'sandbox-verification-token',
    trigger_id: `${world.nextTs()}.${world.nextId('')}`,
    view: {
      ...open.view,
      id: open.id,
      team_id: world.team.id,
      state: { values },
      hash: `${Math.floor(Date.now() / 1000)}.${open.id}`,
      previous_view_id: null,
      root_view_id: open.id,
      app_id: world.app.id,
      external_id: '',
      app_installed_team_id: world.team.id,
      bot_id: world.bot.id,
    },
    response_urls: [],
    is_enterprise_install: false,
    enterprise: null,
  };
}
