import { z } from 'zod';
import type { Author, Message } from '../../src/model/message.ts';
import { isInstant } from '../kit/shape.ts';
import { readHtml } from './read-html.ts';
import { attachmentOf, versionOf } from './read-message.ts';

const text = z.string().catch('');
const who = z.object({ id: text, displayName: text }).nullish().catch(undefined);

/** docs: chatMessage resource type. Only what is read is named. */
export const chatMessage = z.object({
  id: z.string().regex(/^\d{1,20}$/),
  messageType: text,
  replyToId: z.string().nullish().catch(undefined),
  createdDateTime: text,
  lastModifiedDateTime: text,
  deletedDateTime: z.string().nullish().catch(undefined),
  from: z.object({ application: who, user: who }).nullish().catch(undefined),
  body: z.object({ contentType: text, content: text }).catch({ contentType: '', content: '' }),
  attachments: z.array(z.object({ id: text, contentType: text, contentUrl: text, name: text })).catch([]),
  mentions: z.array(z.object({ mentionText: text, mentioned: z.object({ application: who }) })).catch([]),
});
export type ChatMessage = z.infer<typeof chatMessage>;

const thread = chatMessage.extend({ replies: z.array(chatMessage).catch([]) });

export const page = z.object({
  value: z.array(thread.or(z.unknown().transform(() => undefined))),
  '@odata.nextLink': z.string().optional(),
});

/** Something that somebody said, and that is there still. */
export const isSaid = (one: ChatMessage): boolean =>
  one.messageType === 'message' && (one.deletedDateTime ?? '') === '' && isInstant(sentAtOf(one));

export const isOurs = ({ from }: ChatMessage, appId: string): boolean =>
  (from?.application?.id ?? '').toLowerCase() === appId.toLowerCase();

/**
 * As the activity of it would be read, but for its author: Graph tells people by their id in the organization, which
 * the Connector takes as well.
 */
export function readChatMessage(one: ChatMessage, appId: string): Message {
  const text = wordsOf(one, appId);
  const attachments = one.attachments.flatMap((file) => attachmentOf({ ...file, content: undefined }));
  return {
    id: one.id,
    version: versionOf(text, attachments),
    author: authorOf(one, appId),
    text,
    attachments,
    anchor: undefined,
    sentAt: sentAtOf(one),
  };
}

function authorOf(one: ChatMessage, appId: string): Author {
  const { application, user } = one.from ?? {};
  if (application)
    return { id: `28:${application.id}`, name: application.displayName, kind: isOurs(one, appId) ? 'self' : 'bot' };
  const { id = '', displayName = '' } = user ?? {};
  return { id, name: displayName === '' ? id : displayName, kind: 'human' };
}

export const isMentioning = ({ mentions }: ChatMessage, appId: string): boolean =>
  mentions.some(({ mentioned }) => isApp(mentioned.application, appId));

const isApp = (application: { readonly id: string } | null | undefined, appId: string): boolean =>
  application?.id.toLowerCase() === appId.toLowerCase();

/** What is said in it, as CommonMark, with the bot's own name taken out. */
function wordsOf({ body, mentions }: ChatMessage, appId: string): string {
  const ours = mentions.filter(({ mentioned }) => isApp(mentioned.application, appId));
  const names = new Set(ours.map(({ mentionText }) => mentionText));
  const html = body.contentType === 'html' ? body.content : `<pre>${body.content}</pre>`;
  const said = readHtml(html, names);
  return ours.length === 0 ? said : said.replace(/^[,:;]\s+/, '');
}

/** Ids of messages are the milliseconds at which Teams took them. */
export const sentAtOf = ({ id, createdDateTime }: ChatMessage): Date =>
  new Date(/^\d{13}$/.test(id) ? Number(id) : createdDateTime);
