import type { CommandCall } from '../../src/model/commands.ts';
import { commandOf } from '../../src/model/commands.ts';
import type { Event, Place } from '../../src/model/event.ts';
import type { Attachment, Author } from '../../src/model/message.ts';
import { placeOf } from './address.ts';
import type { Bot } from './bot.ts';
import type { DiscordInteraction } from './payload.ts';
import { nameOf, readMarkdown } from './read-markdown.ts';
import { tellsOf } from '../kit/shape.ts';
import { attachmentOf, personOf } from './read-message.ts';
import { asksForForm } from './render-card.ts';
import { dateOfSnowflake } from './snowflake.ts';

/** What an interaction is answered with at once, and what it means. A ping means nothing. */
export type ReadInteraction = {
  readonly response: object;
  readonly event: Event | undefined;
  /** A button that may be answered with a form instead, and surely is one if it was made so. */
  readonly click?: { readonly action: string; readonly asksForForm: boolean };
};

/** Numbers from the docs, "Interaction Type" and "Interaction Callback Type". */
const TYPE = { ping: 1, command: 2, component: 3, autocomplete: 4, form: 5 } as const;
const PONG = { type: 1 };
const THINKING = { type: 5 };
/** Docs, "Message Flags": 64 is for the eyes of that person alone. */
const THINKING_IN_PRIVATE = { type: 5, data: { flags: 64 } };
/** The message that was clicked on may be changed later. */
export const TAKEN = { type: 6 };
const NO_CHOICES = { type: 8, data: { choices: [] } };
const CHAT_COMMAND = 1;
const ATTACHMENT_OPTION = 11;
const BUTTON = 2;

/** Shown to that person alone. */
const notice = (content: string): object => ({
  type: 4,
  data: { content, flags: 64, allowed_mentions: { parse: [] } },
});

type Around = { readonly author: Author; readonly placeFor: (isPrivate: boolean) => Place; readonly bot: Bot };

/** One interaction, however it came. The text of a command is its option `text`, else all its options. Pure. */
export function readInteraction(interaction: DiscordInteraction, bot: Bot): ReadInteraction {
  const { type, member, message } = interaction;
  if (type === TYPE.ping) return { response: PONG, event: undefined };
  if (type === TYPE.autocomplete) return { response: NO_CHOICES, event: ignored('the bot offers no completions') };
  const user = member?.user ?? interaction.user;
  const channel = interaction.channel_id;
  if (!user || !channel) {
    return { response: notice('This does not work here.'), event: ignored('it names no person or no channel') };
  }
  const { id, token } = interaction;
  const placeFor = (isPrivate: boolean): Place => {
    const answered = { id, token, by: user.id, ...(isPrivate && { private: true }) };
    return placeOf(interaction.guild_id ?? undefined, { channel, message: message?.id, interaction: answered });
  };
  const around = {
    author: { ...personOf(user, member, bot), ...tellsOf({ locale: interaction.locale, timeZone: undefined }) },
    placeFor,
    bot,
  };
  if (type === TYPE.component) return clicked(interaction, around);
  if (type === TYPE.form) return submitted(interaction, around);
  return type === TYPE.command
    ? commanded(interaction, around)
    : { response: notice('This is not known.'), event: ignored(`interactions of type ${type} are not known`) };
}

const ignored = (reason: string): Event => ({ kind: 'ignored', reason });

function clicked({ data, message }: DiscordInteraction, { author, placeFor }: Around): ReadInteraction {
  const [action, value] = [data?.custom_id ?? '', data?.values.join(',') ?? ''];
  const place = placeFor(false);
  const event: Event = { kind: 'action', place, author, action, value, messageId: message?.id };
  if (data?.component_type !== BUTTON) return { response: TAKEN, event };
  const number = typeof data.id === 'number' ? data.id : undefined;
  return { response: TAKEN, event, click: { action, asksForForm: asksForForm(number) } };
}

function submitted({ data, message }: DiscordInteraction, { author, placeFor }: Around): ReadInteraction {
  const inputs = (data?.components ?? []).flatMap(({ component, components }) => [
    ...(component ? [component] : []),
    ...components,
  ]);
  const values = Object.fromEntries(inputs.map(({ custom_id, value }) => [custom_id, value]));
  const event: Event = { kind: 'submitted', place: placeFor(false), author, action: data?.custom_id ?? '', values };
  // Without a message below which it was opened there is none to change later.
  return { response: message ? TAKEN : THINKING, event };
}

function commanded(interaction: DiscordInteraction, { author, placeFor, bot }: Around): ReadInteraction {
  const { id, data } = interaction;
  const name = data?.name ?? '';
  const known = commandOf(name);
  const { text, attachments } = argumentsOf(data, bot);
  const needed = known?.argument;
  if (needed?.required === true && isEmpty(text, attachments)) return refused(name, `/${name} ${needed.name}: …`);
  if (isOfMenu(data)) return refused(name, '/ask text: …');
  // A command that is not known is answered with help, which is for that person.
  const isPrivate = known?.private ?? true;
  const command: CommandCall = { name, text };
  const sentAt = dateOfSnowflake(id) ?? new Date();
  const message = { id, version: id, author, text, attachments, anchor: undefined, sentAt };
  return {
    response: isPrivate ? THINKING_IN_PRIVATE : THINKING,
    event: { kind: 'message', place: placeFor(isPrivate), why: 'command', message, hasPast: true, command },
  };
}

const isEmpty = (text: string, files: readonly Attachment[]): boolean => text === '' && files.length === 0;

/** Of the menu of a person or a message: we offer none. */
const isOfMenu = (data: DiscordInteraction['data']): boolean => (data?.type ?? CHAT_COMMAND) !== CHAT_COMMAND;

const refused = (name: string, usage: string): ReadInteraction => ({
  response: notice(`Give the command a text: \`${usage}\``),
  event: ignored(`the command ${name} holds no text`),
});

type Arguments = { readonly text: string; readonly attachments: readonly Attachment[] };

function argumentsOf(data: DiscordInteraction['data'], bot: Bot): Arguments {
  const options = data?.options ?? [];
  const { attachments, users, members, roles, channels } = data?.resolved ?? {};
  const words = options.filter((option) => option.type !== ATTACHMENT_OPTION);
  const named = words.find((option) => option.name === 'text');
  const text = (named === undefined ? words : [named]).map((option) => String(option.value)).join(' ');
  const mentions = Object.values(users ?? {}).map((user) => ({
    id: user.id,
    name: nameOf(user, members?.[user.id]?.nick),
  }));
  const others = (id: string): string | undefined => roles?.[id]?.name ?? channels?.[id]?.name;
  return {
    text: readMarkdown(text, { mentions, own: [bot.user], nameOf: others }),
    attachments: Object.values(attachments ?? {}).map(attachmentOf),
  };
}
