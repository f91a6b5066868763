import type { Event, Place } from '../../src/model/event.ts';
import type { Attachment, Author } from '../../src/model/message.ts';
import { placeOf } from './address.ts';
import type { Bot } from './bot.ts';
import type { DiscordInteraction } from './payload.ts';
import { attachmentOf, personOf } from './read-message.ts';
import { dateOfSnowflake } from './snowflake.ts';

/** What an interaction is answered with at once, and what it means. A ping means nothing. */
export type ReadInteraction = { readonly response: object; readonly event: Event | undefined };

/** Numbers from the docs, "Interaction Type" and "Interaction Callback Type". */
const TYPE = { ping: 1, command: 2, component: 3, autocomplete: 4, form: 5 } as const;
const PONG = { type: 1 };
const THINKING = { type: 5 };
const TAKEN = { type: 6 };
const NO_CHOICES = { type: 8, data: { choices: [] } };
const CHAT_COMMAND = 1;
const ATTACHMENT_OPTION = 11;

/** Shown to that person alone. */
const notice = (content: string): object => ({
  type: 4,
  data: { content, flags: 64, allowed_mentions: { parse: [] } },
});

/** One interaction, however it came. The text of a command is its option `text`, else all its options. Pure. */
export function readInteraction(interaction: DiscordInteraction, bot: Bot): ReadInteraction {
  const { type } = interaction;
  if (type === TYPE.ping) return { response: PONG, event: undefined };
  if (type === TYPE.autocomplete) return { response: NO_CHOICES, event: ignored('the bot offers no completions') };
  if (type === TYPE.form) {
    return { response: notice('This form is not in use any more.'), event: ignored('the bot has no forms') };
  }
  const user = interaction.member?.user ?? interaction.user;
  const channel = interaction.channel_id;
  if (!user || !channel) {
    return { response: notice('This does not work here.'), event: ignored('it names no person or no channel') };
  }
  const author = personOf(user, interaction.member, bot);
  const { id, token } = interaction;
  const at = { channel, message: undefined, interaction: { id, token } };
  const place = placeOf(interaction.guild_id ?? undefined, at);
  if (type === TYPE.component) return { response: TAKEN, event: clicked(interaction, place, author) };
  return type === TYPE.command
    ? commanded(interaction, place, author)
    : { response: notice('This is not known.'), event: ignored(`interactions of type ${type} are not known`) };
}

const ignored = (reason: string): Event => ({ kind: 'ignored', reason });

function clicked({ data, message }: DiscordInteraction, place: Place, author: Author): Event {
  const value = data?.values.join(',') ?? '';
  return { kind: 'action', place, author, action: data?.custom_id ?? '', value, messageId: message?.id };
}

function commanded(interaction: DiscordInteraction, place: Place, author: Author): ReadInteraction {
  const { data } = interaction;
  const { text, attachments } = argumentsOf(data);
  if ((data?.type ?? CHAT_COMMAND) !== CHAT_COMMAND || (text === '' && attachments.length === 0)) {
    const reason = `the command ${data?.name ?? ''} holds no text`;
    return { response: notice('Give the command a text: `/ask text: …`'), event: ignored(reason) };
  }
  const { id } = interaction;
  const sentAt = dateOfSnowflake(id) ?? new Date();
  const message = { id, version: id, author, text, attachments, anchor: undefined, sentAt };
  return { response: THINKING, event: { kind: 'message', place, why: 'command', message, hasPast: true } };
}

function argumentsOf(data: DiscordInteraction['data']): { text: string; attachments: readonly Attachment[] } {
  const options = data?.options ?? [];
  const files = data?.resolved?.attachments ?? {};
  const words = options.filter((option) => option.type !== ATTACHMENT_OPTION);
  const named = words.find((option) => option.name === 'text');
  const text = (named === undefined ? words : [named]).map((option) => String(option.value)).join(' ');
  return { text: text.trim(), attachments: Object.values(files).map(attachmentOf) };
}
