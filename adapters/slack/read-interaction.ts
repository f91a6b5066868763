import type { z } from 'zod';
import { commandOf } from '../../src/model/commands.ts';
import type { Event, Place } from '../../src/model/event.ts';
import type { Author } from '../../src/model/message.ts';
import { cut } from '../kit/text.ts';
import { readForm } from './form.ts';
import type { Interaction } from './payload.ts';
import type { blockAction } from './payload.ts';
import { slashCommand } from './payload.ts';
import { isDirect, placeOf } from './place.ts';
import { privatePost } from './private-post.ts';
import { readMrkdwn } from './read-mrkdwn.ts';

/** A form's fields as one object; undefined when they are no slash command. */
export function parseCommand(form: URLSearchParams): z.infer<typeof slashCommand> | undefined {
  const parsed = slashCommand.safeParse(Object.fromEntries(form));
  return parsed.success ? parsed.data : undefined;
}

/** A slash command is a message that nobody else sees: its text without the command's name. */
export function readSlashCommand(command: z.infer<typeof slashCommand>, receivedAt: Date): Event {
  const install = command.is_enterprise_install === 'true' ? command.enterprise_id : command.team_id;
  if (install === '') return { kind: 'ignored', reason: 'a command that names no workspace' };
  const { channel_id: channel, trigger_id: id } = command;
  const name = nameOf(command.command);
  const text = readMrkdwn(command.text, '');
  const spot = { install, channel, threadTs: '', ts: '', user: command.user_id, team: command.team_id };
  // What is no command of ours is answered with what there is, which is for its author alone too.
  const respondAt = commandOf(name)?.private === false ? '' : command.response_url;
  return {
    kind: 'message',
    // Each command is a conversation of its own, but in a direct conversation it is part of that one.
    place: placeOf({ ...spot, botUser: '', app: command.api_app_id, respondAt }, isDirect(channel) ? undefined : id),
    why: 'command',
    message: {
      id,
      version: id,
      author: { id: command.user_id, name: firstOf(command.user_name, command.user_id), kind: 'human' },
      text,
      attachments: [],
      anchor: undefined,
      sentAt: receivedAt,
    },
    hasPast: false,
    command: { name, text },
  };
}

/** A workspace has one command of a name, so apps put theirs in front: `/switchboard-ask` is `ask`. */
function nameOf(command: string): string {
  const whole = cut(command.slice(1).toLowerCase(), 100);
  const last = whole.slice(whole.lastIndexOf('-') + 1);
  return commandOf(whole) === undefined && commandOf(last) !== undefined ? last : whole;
}

/** Clicks and choices in our messages, and our forms; shortcuts are nothing that we ever offer. */
export function readInteraction(body: Interaction): readonly Event[] {
  if (body.type === 'view_submission') return [readSubmission(body)];
  if (body.type !== 'block_actions') return [ignored(`an interaction of type ${cut(body.type, 60)}`)];
  const place = placeOfClick(body);
  if (place === undefined) return [ignored('a click outside of any message')];

  const author = authorOf(body);
  const events = (body.actions ?? []).map((action): Event => {
    return {
      kind: 'action',
      place,
      author,
      action: action.action_id,
      value: valueOf(action),
      messageId: messageOf(body, action.block_id),
    };
  });
  return events.length > 0 ? events : [ignored('a click without an action')];
}

/** A private message has a `ts` that no method takes: it is known by the nonce that its controls were sent with. */
function messageOf({ container }: Interaction, blockId: string): string | undefined {
  if (container.is_ephemeral === true) return blockId === '' ? undefined : privatePost(blockId);
  return firstOf(container.message_ts) || undefined;
}

function readSubmission(body: Interaction): Event {
  const form = body.view === null || body.view === undefined ? undefined : readForm(body.view);
  if (form === undefined) return ignored('a form that is not ours');
  const { action, place, values } = form;
  return { kind: 'submitted', place, author: authorOf(body), action, values };
}

const authorOf = ({ user: { id, name, username } }: Interaction): Author => {
  return { id, name: firstOf(name, username, id), kind: 'human' };
};

function placeOfClick({ container, ...body }: Interaction): Place | undefined {
  const enterprise = body.is_enterprise_install === true ? body.enterprise?.id : '';
  const install = firstOf(enterprise, body.team?.id, body.user.team_id);
  const channel = firstOf(container.channel_id, body.channel?.id);
  if (install === '' || channel === '') return undefined;
  const isPrivate = container.is_ephemeral === true;
  // Nobody can answer under a private message.
  const ts = isPrivate ? '' : container.message_ts;
  return placeOf({
    install,
    channel,
    threadTs: firstOf(container.thread_ts, isDirect(channel) ? '' : ts),
    ts,
    user: body.user.id,
    team: firstOf(body.user.team_id, install),
    botUser: '',
    app: body.api_app_id,
    respondAt: isPrivate ? body.response_url : '',
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
