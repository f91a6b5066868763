import type { z } from 'zod';
import type { Event, Place } from '../../src/model/event.ts';
import { cut } from '../kit/text.ts';
import type { Interaction } from './payload.ts';
import type { blockAction } from './payload.ts';
import { slashCommand } from './payload.ts';
import { isDirect, placeOf } from './place.ts';
import { readMrkdwn } from './read-mrkdwn.ts';

/** A form's fields as one object; undefined when they are no slash command. */
export function parseCommand(form: URLSearchParams): z.infer<typeof slashCommand> | undefined {
  const parsed = slashCommand.safeParse(Object.fromEntries(form));
  return parsed.success ? parsed.data : undefined;
}

/** A slash command is a message that nobody else sees: its text without the command's name. */
export function readCommand(command: z.infer<typeof slashCommand>, receivedAt: Date): Event {
  const install = command.is_enterprise_install === 'true' ? command.enterprise_id : command.team_id;
  if (install === '') return { kind: 'ignored', reason: 'a command that names no workspace' };
  const { channel_id: channel, trigger_id: id } = command;
  const spot = { install, channel, threadTs: '', ts: '', user: command.user_id, team: command.team_id };
  return {
    kind: 'message',
    // Each command is a conversation of its own, but in a direct conversation it is part of that one.
    place: placeOf({ ...spot, botUser: '', app: command.api_app_id }, isDirect(channel) ? undefined : id),
    why: 'command',
    message: {
      id,
      version: id,
      author: { id: command.user_id, name: firstOf(command.user_name, command.user_id), kind: 'human' },
      text: readMrkdwn(command.text, ''),
      attachments: [],
      anchor: undefined,
      sentAt: receivedAt,
    },
    hasPast: false,
  };
}

/** Clicks and choices in our messages; modals and shortcuts are nothing that we ever offer. */
export function readInteraction(body: Interaction): readonly Event[] {
  if (body.type !== 'block_actions') return [ignored(`an interaction of type ${cut(body.type, 60)}`)];
  const place = placeOfClick(body);
  if (place === undefined) return [ignored('a click outside of any message')];

  const { id, name, username } = body.user;
  const author = { id, name: firstOf(name, username, id), kind: 'human' as const };
  const messageId = firstOf(body.container.message_ts) || undefined;
  const events = (body.actions ?? []).map((action): Event => {
    return { kind: 'action', place, author, action: action.action_id, value: valueOf(action), messageId };
  });
  return events.length > 0 ? events : [ignored('a click without an action')];
}

function placeOfClick({ container, ...body }: Interaction): Place | undefined {
  const enterprise = body.is_enterprise_install === true ? body.enterprise?.id : '';
  const install = firstOf(enterprise, body.team?.id, body.user.team_id);
  const channel = firstOf(container.channel_id, body.channel?.id);
  if (install === '' || channel === '') return undefined;
  const ts = container.message_ts;
  return placeOf({
    install,
    channel,
    threadTs: firstOf(container.thread_ts, isDirect(channel) ? '' : ts),
    ts,
    user: body.user.id,
    team: firstOf(body.user.team_id, install),
    botUser: '',
    app: body.api_app_id,
  });
}

const firstOf = (...texts: readonly (string | undefined)[]): string =>
  texts.find((one) => one !== undefined && one !== '') ?? '';

const ignored = (reason: string): Event => ({ kind: 'ignored', reason });

function valueOf(action: z.infer<typeof blockAction>): string {
  const many = action.selected_options?.map(({ value }) => value) ?? action.selected_users ?? [];
  const one = firstOf(
    action.value,
    action.selected_option?.value,
    action.selected_date,
    action.selected_time,
    action.selected_user,
    action.selected_channel,
    action.selected_conversation,
  );
  return one === '' ? many.join(',') : one;
}
