import { z } from 'zod';

// Only what is read is named; Slack adds fields at any time. Null and absent mean the same in its payloads.
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const ts = z.string().regex(/^\d{1,12}\.\d{1,9}$/, 'is no Slack ts');
const optionalTs = ts.or(z.literal('')).nullish();

export const slackFile = z.object({
  id: z.string(),
  name: text,
  mimetype: text,
  size: z.number().nonnegative().nullish(),
  url_private: text,
  url_private_download: text,
});

const nothing = null;

/** A message as events, `conversations.replies` and `conversations.history` give it. */
export const slackMessage = z.object({
  subtype: text,
  ts,
  thread_ts: optionalTs,
  text,
  user: text,
  username: text,
  bot_id: text,
  app_id: text,
  bot_profile: z.object({ name: text, app_id: text }).nullish(),
  user_profile: z.object({ display_name: text, real_name: text, name: text }).nullish(),
  edited: z.object({ ts: z.string() }).nullish(),
  blocks: z.array(z.unknown()).nullish(),
  files: z.array(slackFile.or(z.unknown().transform(() => nothing))).nullish(),
  metadata: z.object({ event_type: text, event_payload: z.record(z.string(), z.unknown()).nullish() }).nullish(),
  streaming_state: text,
});
export type SlackMessage = z.infer<typeof slackMessage>;

export const messageEvent = slackMessage.extend({ channel: z.string().min(1), channel_type: text, team: text });

export const changedEvent = z.object({
  channel: z.string().min(1),
  message: slackMessage,
  previous_message: z.object({ text }).nullish(),
});

export const deletedEvent = z.object({
  channel: z.string().min(1),
  deleted_ts: ts,
  previous_message: z.object({ thread_ts: optionalTs }).nullish(),
});

export const reactionEvent = z.object({
  user: z.string(),
  reaction: z.string(),
  item: z.object({ type: z.string(), channel: text, ts: text }),
});

export const revokedEvent = z.object({ tokens: z.object({ bot: z.array(z.string()).nullish() }) });

export const stoppedEvent = z.object({
  channel: z.string().min(1),
  user: z.string(),
  thread_ts: ts,
  streaming_message_ts: z.array(z.string()).nullish(),
});

const authorization = z.object({
  enterprise_id: text,
  team_id: text,
  user_id: text,
  is_bot: z.boolean().nullish(),
  is_enterprise_install: z.boolean().nullish(),
});

/** The outside of every Events API request. */
export const envelope = z.object({
  type: z.string(),
  challenge: z.string().max(1000).nullish(),
  event_id: text,
  team_id: text,
  enterprise_id: text,
  api_app_id: text,
  authorizations: z.array(authorization).nullish(),
  event: z.looseObject({ type: z.string(), subtype: text }).nullish(),
});
export type Envelope = z.infer<typeof envelope>;

export const slashCommand = z.object({
  command: z.string().startsWith('/'),
  text,
  trigger_id: z.string().min(1),
  channel_id: z.string().min(1),
  user_id: z.string().min(1),
  user_name: text,
  team_id: text,
  enterprise_id: text,
  is_enterprise_install: text,
  api_app_id: text,
});

const option = z.object({ value: text }).nullish();
const strings = z.array(z.string()).nullish();

/** What a click or a choice carries: which of these fields is there depends on the element. */
export const blockAction = z.object({
  action_id: z.string(),
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

const blankUser = { id: '', name: '', username: '', team_id: '' };
const blankContainer = { message_ts: '', channel_id: '', thread_ts: '' };

export const interaction = z.object({
  type: z.string(),
  trigger_id: text,
  api_app_id: text,
  user: z
    .object({ id: text, name: text, username: text, team_id: text })
    .nullish()
    .transform((value) => value ?? blankUser),
  team: z.object({ id: text }).nullish(),
  enterprise: z.object({ id: text }).nullish(),
  is_enterprise_install: z.boolean().nullish(),
  channel: z.object({ id: text }).nullish(),
  container: z
    .object({ message_ts: text, channel_id: text, thread_ts: text })
    .nullish()
    .transform((value) => value ?? blankContainer),
  actions: z.array(blockAction).nullish(),
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
export const fileAnswer = z.object({ file: slackFile });
