import type { Attachment, Author, Message } from '../../src/model/message.ts';
import type { SlackMessage } from './payload.ts';
import { dateOfTs } from './place.ts';
import { namesIn, readMrkdwn } from './read-mrkdwn.ts';
import { readRichText } from './read-rich-text.ts';

/** This bot, as far as a delivery tells: empty strings where it does not. */
export type Bot = { readonly user: string; readonly app: string };

/** The metadata by which our own posts are known; every app and member of the channel can read it. */
export const PART_EVENT = 'switchboard_part';

/** A message of Slack's in the form that all platforms share. */
export function readMessage(message: SlackMessage, bot: Bot): Message {
  return {
    id: message.ts,
    version: message.edited?.ts ?? message.ts,
    author: authorOf(message, bot),
    text: readRichText(message.blocks, bot.user, namesIn(message.text)) ?? readMrkdwn(message.text, bot.user),
    attachments: (message.files ?? []).flatMap((file) =>
      file === null || file.mode === 'tombstone' ? [] : [attachmentOf(file)],
    ),
    anchor: undefined,
    sentAt: dateOfTs(message.ts),
  };
}

/** By our user id, by our app's id, or by the mark on our posts; never by the bot's id, which deliveries do not tell. */
export function isOurs(message: SlackMessage, bot: Bot): boolean {
  if (bot.user !== '' && message.user === bot.user) return true;
  const app = message.app_id === '' ? (message.bot_profile?.app_id ?? '') : message.app_id;
  return bot.app !== '' && app === bot.app && message.bot_id !== '';
}

function authorOf(message: SlackMessage, bot: Bot): Author {
  const profile = message.user_profile;
  const names = [profile?.display_name, profile?.real_name, profile?.name, message.bot_profile?.name, message.username];
  const id = message.user === '' ? message.bot_id : message.user;
  const name = names.find((one) => one !== undefined && one !== '') ?? id;
  if (isOurs(message, bot)) return { id, name, kind: 'self' };
  return { id, name, kind: message.bot_id === '' && message.subtype !== 'bot_message' ? 'human' : 'bot' };
}

type File = Exclude<NonNullable<SlackMessage['files']>[number], null>;

function attachmentOf(file: File): Attachment {
  const url = file.url_private_download === '' ? file.url_private : file.url_private_download;
  return {
    // Files of another workspace (Slack Connect) come without an address: it has to be asked for by id.
    handle: url === '' ? `id:${file.id}` : url,
    name: file.name === '' ? file.id : file.name,
    mediaType: file.mimetype === '' ? undefined : file.mimetype,
    size: file.size ?? undefined,
  };
}
