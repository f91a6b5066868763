import { createHash } from 'node:crypto';
import { escapeInline } from '../kit/commonmark.ts';
import { isInstant, tellsOf } from '../kit/shape.ts';
import { clean } from '../kit/text.ts';
import type { Attachment, Author, Message } from '../../src/model/message.ts';
import { FILE_HANDLE, IMAGE_HANDLE, PAGE_HANDLE, SHARED_HANDLE, STUB_HANDLE } from './handles.ts';
import type { Stub } from './handles.ts';
import type { Activity, TeamsAttachment } from './payload.ts';
import { FILE_TYPE, fileContent } from './payload.ts';
import { isGroup } from './place.ts';
import { nameOf, readHtml } from './read-html.ts';
import type { Names } from './read-html.ts';

/** A message of Teams' in the form that all platforms share. */
export function readMessage(activity: Activity, receivedAt: Date): Message {
  const text = textOf(activity);
  const attachments = [...activity.attachments.flatMap(attachmentOf), ...stubsOf(activity)].slice(0, MOST_ATTACHMENTS);
  return {
    id: activity.id,
    version: versionOf(text, attachments),
    author: authorOf(activity),
    text,
    attachments,
    anchor: undefined,
    sentAt: sentAtOf(activity, receivedAt),
  };
}

/** Teams takes ten files with a message; ours, with room for pictures between the words. */
const MOST_ATTACHMENTS = 20;

export const isMentioned = (activity: Activity): boolean => mentionsOf(activity).length > 0;

/** Ids of bots begin with 28, of people with 29 and 8 (docs: Teams activity payloads). */
export function authorOf({ from, recipient, locale, entities }: Activity): Author {
  const name = from.name === '' ? from.id : from.name;
  if (from.id !== '' && from.id === recipient.id) return { id: from.id, name, kind: 'self' };
  if (from.id.startsWith('28:')) return { id: from.id, name, kind: 'bot' };
  const client = entities.find((entity) => entity.type === 'clientInfo');
  return {
    id: from.id,
    name,
    kind: 'human',
    ...tellsOf({ locale: locale ?? client?.locale, timeZone: client?.timezone }),
  };
}

type Mention = Extract<Activity['entities'][number], { readonly type: 'mention' }>;

function mentionsOf({ entities, recipient }: Activity): readonly Mention[] {
  return namedIn(entities).filter(({ mentioned }) => mentioned.id !== '' && mentioned.id === recipient.id);
}

const namedIn = (entities: Activity['entities']): readonly Mention[] =>
  entities.filter((entity) => entity.type === 'mention');

function textOf(activity: Activity): string {
  const mentions = mentionsOf(activity);
  const names: Names = new Set(
    mentions
      .flatMap(({ mentioned, text }) => [mentioned.name, text.replaceAll(/<\/?at[^>]{0,100}>/g, '')])
      .map(nameOf)
      .filter((name) => name !== ''),
  );
  const text = bodyOf(activity, names);
  return mentions.length === 0 ? text : text.replace(/^[,:;]\s+/, '');
}

/** What was written with an editor comes twice, as plain letters and as HTML. */
function bodyOf({ text, textFormat, attachments, entities }: Activity, names: Names): string {
  const html = attachments.find(({ contentType }) => contentType === 'text/html')?.content;
  if (typeof html === 'string' && html.trim() !== '') return readHtml(html, names);
  if (textFormat === 'xml') return readHtml(text, names);
  const named = clean(text)
    .replaceAll(/&nbsp;|\u00A0/g, ' ')
    .replaceAll(/ ?<at[^<>]{0,100}>([^<>]{0,300})<\/at>/g, (whole, name: string) =>
      names.has(nameOf(name))
        ? ''
        : `${whole.startsWith(' ') ? ' ' : ''}@${name === '' ? idOf(whole, entities) : name}`,
    );
  return (textFormat === 'markdown' ? named : escapeInline(named)).trim();
}

/** Who a tag without a name is. */
const idOf = (tag: string, entities: Activity['entities']): string =>
  namedIn(entities).find(({ text }) => text === tag.trim())?.mentioned.id ?? '';

/** The same for every delivery of the same text: retries come with another timestamp. */
export function versionOf(text: string, attachments: readonly Attachment[]): string {
  const names = attachments.map(({ name }) => name);
  return createHash('sha256')
    .update(JSON.stringify([text, names]))
    .digest('base64url')
    .slice(0, 22);
}

/** Ids of messages are the milliseconds at which Teams took them; unlike the timestamp they stay when it tries again. */
function sentAtOf({ id, timestamp }: Activity, receivedAt: Date): Date {
  const time = new Date(/^\d{13}$/.test(id) ? Number(id) : timestamp);
  return isInstant(time) ? time : receivedAt;
}

const UNSAID = { mediaType: undefined, size: undefined } as const;
const SHARED_NAME = 'shared file';

/**
 * Of files in channels and group chats a bot is told an id in the text and nothing else (docs: Send and receive files, "Teams
 * bot APIs work only in the personal context"); Graph tells the rest.
 */
function stubsOf(activity: Activity): readonly Attachment[] {
  const { conversation, id, serviceUrl, attachments, channelData } = activity;
  if (!isGroup(conversation.id)) return [];
  const html = attachments.find(({ contentType }) => contentType === 'text/html')?.content;
  const ids = typeof html === 'string' ? [...html.matchAll(/<attachment id="([\w-]{1,100})"/g)] : [];
  return ids.map(([, file = '']) => {
    const stub: Stub = {
      file,
      message: id,
      serviceUrl,
      conversation: conversation.id,
      team: channelData.team?.id ?? '',
    };
    return { handle: `${STUB_HANDLE}${JSON.stringify(stub)}`, name: SHARED_NAME, ...UNSAID };
  });
}

export function attachmentOf({ contentType, contentUrl, name, content }: TeamsAttachment): readonly Attachment[] {
  if (contentType === FILE_TYPE) {
    const file = fileContent.safeParse(content);
    if (!file.success) return [];
    const shown = name === '' ? `file.${file.data.fileType}` : name;
    const kind = /\.x?html?$/i.test(shown) ? PAGE_HANDLE : FILE_HANDLE;
    return [{ handle: `${kind}${file.data.downloadUrl}`, name: shown, mediaType: undefined, size: undefined }];
  }
  if (contentType === 'reference' && contentUrl !== '') {
    return [{ handle: `${SHARED_HANDLE}${contentUrl}`, name: name === '' ? SHARED_NAME : name, ...UNSAID }];
  }
  if (!contentType.startsWith('image/') || contentUrl === '') return [];
  const mediaType = contentType === 'image/*' ? undefined : contentType;
  return [{ handle: `${IMAGE_HANDLE}${contentUrl}`, name: name === '' ? 'image' : name, mediaType, size: undefined }];
}
