import { z } from 'zod';

// Only what is read is named; Teams adds fields at any time. Null and absent mean the same in its payloads.
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const nobody = { id: '', name: '' };
const account = z
  .object({ id: text, name: text })
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

const attachment = z.object({
  contentType: z.string(),
  contentUrl: text,
  name: text,
  content: z.unknown().optional(),
});
export type TeamsAttachment = z.infer<typeof attachment>;

/** `content` of an attachment of the type below: a file that a person sent to the bot. */
export const FILE_TYPE = 'application/vnd.microsoft.teams.file.download.info';
export const fileContent = z.object({ downloadUrl: z.string().min(1), fileType: text });

const blankConversation = { id: '', tenantId: '', conversationType: '' };
const blankData = { tenant: undefined, eventType: '', team: undefined, teamsChannelId: '' };

/** An activity of the Bot Framework as Teams sends it. */
export const activity = z.object({
  type: z.string().min(1),
  id: text,
  timestamp: text,
  channelId: z.string().min(1),
  serviceUrl: z.string().min(1),
  from: account,
  recipient: account,
  conversation: z
    .object({ id: text, tenantId: text, conversationType: text })
    .nullish()
    .transform((value) => value ?? blankConversation),
  text,
  textFormat: text,
  replyToId: text,
  /** Name of an invoke or an event. */
  name: text,
  /** What an installationUpdate did. */
  action: text,
  value: z.unknown().optional(),
  entities: list(mention),
  attachments: list(attachment),
  membersAdded: list(z.object({ id: text })),
  membersRemoved: list(z.object({ id: text })),
  reactionsAdded: list(z.object({ type: z.string() })),
  reactionsRemoved: list(z.object({ type: z.string() })),
  // Other channels of the Bot Framework put anything here.
  channelData: z
    .object({
      tenant: z.object({ id: text }).nullish(),
      eventType: text,
      team: z.object({ id: text }).nullish(),
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

/** What the Connector answers to a new activity. */
export const resource = z.object({ id: z.string().min(1) });

/** Undefined when the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
