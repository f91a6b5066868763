import { z } from 'zod';
import { name, words } from '../kit/shape.ts';

// Only what is read is named; Slack adds fields at any time. Null and absent mean the same in its payloads.
const text = words.nullish().transform((value) => value ?? '');
const title = name.nullish().transform((value) => value ?? '');
/** Letters, digits and dots, about a dozen; a place joins several of them. */
const someId = z.string().regex(/^[\w.-]{1,200}$/, 'is no Slack id');
const id = z
  .string()
  .regex(/^[\w.-]{0,200}$/, 'is no Slack id')
  .nullish()
  .transform((value) => value ?? '');
/** Ten digits of seconds are enough until 2286, and never more than a date can hold. */
const ts = z.string().regex(/^\d{1,10}\.\d{1,9}$/, 'is no Slack ts');
const optionalTs = ts.or(z.literal('')).nullish();

/** The messages that show a file, by channel. */
const sharesIn = z.record(z.string(), z.array(z.object({ ts })));

export const slackFile = z.object({
  id: someId,
  name: title,
  mimetype: title,
  size: z.number().nonnegative().nullish(),
  url_private: text,
  url_private_download: text,
  /** `tombstone`: it was deleted. */
  mode: text,
  shares: z.object({ public: sharesIn.nullish(), private: sharesIn.nullish() }).nullish().catch(undefined),
});

const nothing = null;

/** A message as events, `conversations.replies` and `conversations.history` give it. */
export const slackMessage = z.object({
  subtype: text,
  ts,
  thread_ts: optionalTs,
  text,
  user: id,
  username: title,
  bot_id: id,
  app_id: id,
  bot_profile: z.object({ name: title, app_id: id }).nullish(),
  user_profile: z.object({ display_name: title, real_name: title, name: title }).nullish(),
  edited: z.object({ ts: someId }).nullish(),
  blocks: z.array(z.unknown()).nullish(),
  files: z.array(slackFile.or(z.unknown().transform(() => nothing))).nullish(),
  metadata: z.object({ event_type: text, event_payload: z.record(z.string(), z.unknown()).nullish() }).nullish(),
  streaming_state: text,
});
export type SlackMessage = z.infer<typeof slackMessage>;

export const messageEvent = slackMessage.extend({ channel: someId, channel_type: text, team: id });

export const changedEvent = z.object({
  channel: someId,
  message: slackMessage,
  previous_message: z.object({ text }).nullish(),
});

export const deletedEvent = z.object({
  channel: someId,
  deleted_ts: ts,
  previous_message: z.object({ thread_ts: optionalTs }).nullish(),
});

export const reactionEvent = z.object({
  user: someId,
  reaction: name,
  item: z.object({ type: z.string(), channel: id, ts: id }),
});

export const revokedEvent = z.object({ tokens: z.object({ bot: z.array(z.string()).nullish() }) });

export const stoppedEvent = z.object({
  channel: someId,
  user: someId,
  thread_ts: ts,
  streaming_message_ts: z.array(someId).nullish(),
});

const authorization = z.object({
  enterprise_id: id,
  team_id: id,
  user_id: id,
  is_bot: z.boolean().nullish(),
  is_enterprise_install: z.boolean().nullish(),
});

/**
 * The outside of every Events API request. It is signed, so what is odd in it is no forgery: it counts as not there, and
 * the request is kept with the reason why nothing is done.
 */
export const envelope = z.object({
  type: z.string(),
  challenge: z.string().max(1000).nullish().catch(undefined),
  event_id: text.catch(''),
  team_id: id.catch(''),
  enterprise_id: id.catch(''),
  api_app_id: id.catch(''),
  authorizations: z.array(authorization).nullish().catch(undefined),
  event: z.looseObject({ type: z.string(), subtype: text }).nullish().catch(undefined),
});
export type Envelope = z.infer<typeof envelope>;

export const slashCommand = z.object({
  command: z.string().startsWith('/'),
  text,
  trigger_id: someId,
  channel_id: someId,
  user_id: someId,
  user_name: title,
  team_id: id,
  enterprise_id: id,
  is_enterprise_install: text,
  api_app_id: id,
  response_url: text,
});

const option = z.object({ value: text }).nullish();
const strings = z.array(words).nullish();

/** What a click or a choice carries: which of these fields is there depends on the element. */
export const blockAction = z.object({
  action_id: words,
  block_id: text,
  value: text,
  selected_option: option,
  selected_options: z.array(z.object({ value: text })).nullish(),
  selected_date: text,
  selected_time: text,
  selected_user: text,
  selected_channel: text,
  selected_conversation: text,
  selected_users: strings,
});

/** The part of a `view_submission` that says what was filled in. */
const submittedView = z.object({
  id,
  callback_id: text,
  private_metadata: text,
  state: z.object({ values: z.record(words, z.record(words, z.object({ value: text }))) }),
});
export type SubmittedView = z.infer<typeof submittedView>;

const blankUser = { id: '', name: '', username: '', team_id: '' };
const blankContainer = { message_ts: '', channel_id: '', thread_ts: '', is_ephemeral: false };

export const interaction = z.object({
  type: words,
  trigger_id: text,
  api_app_id: id,
  user: z
    .object({ id, name: title, username: title, team_id: id })
    .nullish()
    .transform((value) => value ?? blankUser),
  team: z.object({ id }).nullish(),
  enterprise: z.object({ id }).nullish(),
  is_enterprise_install: z.boolean().nullish(),
  channel: z.object({ id }).nullish(),
  container: z
    .object({ message_ts: id, channel_id: id, thread_ts: id, is_ephemeral: z.boolean().nullish() })
    .nullish()
    .transform((value) => value ?? blankContainer),
  actions: z.array(blockAction).nullish(),
  response_url: text,
  view: submittedView.nullish().catch(undefined),
});
export type Interaction = z.infer<typeof interaction>;

/** The outside of every Web API answer. */
export const apiAnswer = z.looseObject({ ok: z.boolean(), error: text });
export const postedAnswer = z.object({ ts });
export const messagesAnswer = z.object({
  messages: z.array(slackMessage.or(z.unknown().transform(() => nothing))),
  has_more: z.boolean().nullish(),
  response_metadata: z.object({ next_cursor: text }).nullish(),
});
/** Messages as they are: `readEvent` looks into them. */
export const rawMessagesAnswer = z.object({
  messages: z.array(
    z.looseObject({ ts, thread_ts: optionalTs, latest_reply: optionalTs }).or(z.unknown().transform(() => nothing)),
  ),
  response_metadata: z.object({ next_cursor: text }).nullish(),
});
export const conversationsAnswer = z.object({
  channels: z.array(
    z.object({
      id: someId,
      is_im: z.boolean().catch(false),
      is_mpim: z.boolean().catch(false),
      updated: z.number().catch(0),
    }),
  ),
  response_metadata: z.object({ next_cursor: text }).nullish(),
});
export const authAnswer = z.object({
  user_id: someId,
  team_id: id,
  enterprise_id: id,
  is_enterprise_install: z.boolean().nullish(),
});
export const fileAnswer = z.object({ file: slackFile });
export const openedAnswer = z.object({ channel: z.object({ id: someId }) });
export const uploadAnswer = z.object({ upload_url: z.string(), file_id: someId });
export const userAnswer = z.object({
  user: z.object({
    id: someId,
    name: title,
    real_name: title,
    locale: title,
    tz: title,
    profile: z.object({ display_name: title, real_name: title }).nullish(),
  }),
});
