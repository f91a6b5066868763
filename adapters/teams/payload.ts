import { z } from 'zod';
import { locale, name, timeZone, words } from '../kit/shape.ts';

// Only what is read is named; Teams adds fields at any time. Null and absent mean the same in its payloads.
const text = words.nullish().transform((value) => value ?? '');
const title = name.nullish().transform((value) => value ?? '');
/** Teams' longest, of a conversation, has about two hundred characters; ours, generous. */
const id = z
  .string()
  .regex(/^[^\s\p{C}]{0,500}$/u, 'is no id')
  .nullish()
  .transform((value) => value ?? '');
/** A GUID, which is also the only name that a tenant is told by. */
const tenant = z
  .string()
  .regex(/^[\w.-]{0,100}$/, 'is no tenant')
  .nullish()
  .transform((value) => value ?? '');

const nobody = { id: '', name: '', isTargeted: false };
const account = z
  .object({ id, name: title, isTargeted: z.boolean().catch(false) })
  .nullish()
  .transform((value) => value ?? nobody);

/** A list whose elements of another shape count as not there. */
function list<Shape extends z.ZodType>(shape: Shape) {
  const nothing = z.unknown().transform(() => undefined);
  return z
    .array(shape.or(nothing))
    .nullish()
    .transform((value) => (value ?? []).filter((one) => one !== undefined));
}

const mention = z.object({ type: z.literal('mention'), text, mentioned: account });

/** Of the sender's client (docs: Teams activity payloads). */
const clientInfo = z.object({ type: z.literal('clientInfo'), locale, timezone: timeZone });

const attachment = z.object({
  contentType: name,
  contentUrl: text,
  name: title,
  content: z.unknown().optional(),
});
export type TeamsAttachment = z.infer<typeof attachment>;

/** `content` of an attachment of the type below: a file that a person sent to the bot. */
export const FILE_TYPE = 'application/vnd.microsoft.teams.file.download.info';
export const fileContent = z.object({ downloadUrl: words.min(1), fileType: title });

const blankConversation = { id: '', tenantId: '', conversationType: '' };
const blankData = { tenant: undefined, eventType: '', team: undefined, teamsChannelId: '' };

/** An activity of the Bot Framework as Teams sends it. */
export const activity = z.object({
  type: z.string().min(1),
  id,
  timestamp: text,
  channelId: z.string().min(1),
  serviceUrl: z.string().min(1).max(2048),
  from: account,
  recipient: account,
  /** Of the sender. */
  locale,
  conversation: z
    .object({ id, tenantId: tenant, conversationType: text })
    .nullish()
    .transform((value) => value ?? blankConversation),
  text,
  textFormat: text,
  replyToId: id,
  /** Name of an invoke or an event. */
  name: text,
  /** What an installationUpdate did. */
  action: text,
  value: z.unknown().optional(),
  entities: list(mention.or(clientInfo)),
  attachments: list(attachment),
  membersAdded: list(z.object({ id })),
  membersRemoved: list(z.object({ id })),
  reactionsAdded: list(z.object({ type: name })),
  reactionsRemoved: list(z.object({ type: name })),
  // Other channels of the Bot Framework put anything here.
  channelData: z
    .object({
      tenant: z.object({ id: tenant }).nullish(),
      eventType: text,
      team: z.object({ id }).nullish(),
      teamsChannelId: text,
    })
    .nullish()
    .catch(undefined)
    .transform((value) => value ?? blankData),
});
export type Activity = z.infer<typeof activity>;

/** `value` of a click on Action.Submit, as whoever made the card wrote it. */
export const submitted = z.looseObject({ actionId: text, action: text, id: text, value: z.unknown().optional() });

/** `value` of the invoke `adaptiveCard/action`: a click on Action.Execute. */
export const executed = z.object({ action: z.object({ id: text, verb: text, data: z.unknown().optional() }) });

/** `value` of the invokes `task/fetch` and `task/submit`: what the button's data was, and what was filled in. */
export const dialog = z.object({ data: z.record(z.string().max(200), z.unknown()) });

/** Ours in a button's data, beside what a person fills in. */
export const carried = z.object({ action: words.min(1).max(200) });

/** What the Connector answers to a new activity. */
export const resource = z.object({ id: z.string().min(1) });

/** What the Connector answers to a new conversation; with a first activity in it, that one's id. */
export const conversationAnswer = z.object({ id: z.string().min(1), activityId: z.string().min(1).optional() });

export const memberAnswer = z.object({ id: z.string().min(1), name: title });
