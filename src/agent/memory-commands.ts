import type { Memory, Whose } from '../db/memories.ts';
import type { StoredMessage } from '../db/mailbox.ts';
import type { NewControl } from '../db/posts.ts';
import type { Card } from '../model/card.ts';
import { toFailure } from '../model/failure.ts';
import { placeOf, type Agent, type TurnContext } from './agent.ts';
import { newControlId } from './offer.ts';

/** A command about what is remembered, and who gave it where. */
export type Asked = { readonly agent: Agent; readonly context: TurnContext; readonly message: StoredMessage };

/** Characters of custom instructions. */
const LONGEST = 2_000;

/** Characters of one line in a card, and of all of them: what the smallest platform shows in a field. */
const LINE = 160;
const FIELD = 1_000;

/** Milliseconds that telling a person something may take; for which a button can be pressed. */
const TELL_WITHIN_MS = 10_000;
const GOOD_FOR_MS = 24 * 3_600_000;

const NOBODY_ELSE = 'Ask me again in a direct message: here everybody would read it.';

/** What is to be forgotten: one thing, or all. */
type Which = { readonly isOwn: boolean; readonly number: number | undefined };

function whichOf(what: string): Which | undefined {
  const [, ofChannel, digits] = /^(c?)(\d{1,4})$/i.exec(what) ?? [];
  if (digits !== undefined) return { isOwn: ofChannel === '', number: Number(digits) };
  const [word] = /^(everything|channel)$/i.exec(what) ?? [];
  return word === undefined ? undefined : { isOwn: word.toLowerCase() === 'everything', number: undefined };
}

/** `forget`: what is remembered, and what is not any more. @returns what everybody there may read. */
export async function forget(asked: Asked, what: string): Promise<string> {
  if (what === '') return tellAll(asked);
  const which = whichOf(what);
  if (which === undefined) return HOW;
  const { isOwn, number } = which;
  if (!isOwn && !mayControl(asked)) return ONLY_ADMINS;
  const { organization } = asked.context;
  const { memory } = asked.agent.deeds;
  const whose = isOwn ? person(asked) : channel(asked);
  if (number !== undefined) return (await memory.forget(organization, whose, number)) ? 'Forgotten.' : none(what);
  const count = await memory.forgetAll(organization, whose, actor(asked));
  const of = isOwn ? 'you' : 'this channel';
  return count === 0 ? `I remember nothing of ${of}.` : `Forgotten: all that I remembered of ${of} (${count}).`;
}

const none = (what: string): string => `I remember nothing with the number ${what.slice(0, 10)}. ${HOW}`;

const HOW =
  'Say `forget 3` (its number), `forget everything` (all of you), `forget c3` or `forget channel` (of this channel); `forget` alone lists it.';
const ONLY_ADMINS = 'Here only an admin of this bot decides that for the channel.';

/** `instructions`: sets, shows or takes away what is to be kept in mind. @returns what everybody there may read. */
export async function instructions(asked: Asked, said: string): Promise<string> {
  const { agent, context } = asked;
  const [, ofChannel, text = ''] = /^(channel:)?\s*([\s\S]*)$/i.exec(said) ?? [];
  const whose = ofChannel === undefined ? person(asked) : channel(asked);
  if (text === '') return tellAll(asked);
  if (ofChannel !== undefined && !mayControl(asked)) return ONLY_ADMINS;
  if (text.length > LONGEST) return `That is too long: ${text.length} characters, at most ${LONGEST}.`;
  const wording = /^none[.!]?$/i.test(text) ? '' : text;
  await agent.deeds.memory.instruct(context.organization, whose, { text: wording, by: actor(asked) });
  if (wording === '') return 'These instructions are taken away.';
  return ofChannel === undefined
    ? 'I keep that in mind whenever you ask. `/instructions none` takes it away.'
    : 'I keep that in mind in this channel. `/instructions channel: none` takes it away.';
}

/** What is remembered, for the card that shows how the bot behaves; what is of a person only where nobody else reads it. */
export async function memoryFields(
  asked: Asked,
): Promise<Pick<Card, 'fields' | 'controls'> & { buttons: readonly NewControl[] }> {
  const { agent, context, message } = asked;
  const [mine, here] = await Promise.all([
    agent.deeds.memory.list(context.organization, person(asked)),
    agent.deeds.memory.list(context.organization, channel(asked)),
  ]);
  const own = isPrivate(asked)
    ? fieldOf(mine, '')
    : `${counted(mine.length)} ${mine.length === 0 ? '' : NOBODY_ELSE}`.trim();
  const fields = [
    { label: 'What I remember of you', value: own },
    { label: 'What I remember of this channel', value: fieldOf(here, 'c') },
  ];
  if (mine.length === 0) return { fields, controls: [], buttons: [] };
  const id = newControlId();
  const label = 'Forget everything about me';
  return {
    fields,
    controls: [{ kind: 'button', id, label, style: 'danger', form: undefined }],
    buttons: [{ id, wish: 'forget', person: message.authorId, form: null, forMs: GOOD_FOR_MS }],
  };
}

const counted = (count: number): string => (count === 0 ? 'nothing' : count === 1 ? '1 thing.' : `${count} things.`);

/** As much as a card's field holds. */
function fieldOf(memories: readonly Memory[], prefix: string): string {
  let left = FIELD - LINE;
  const lines = memories.map((one) => lineOf(one, prefix, LINE)).filter((line) => (left -= line.length + 1) > 0);
  const rest = memories.length - lines.length;
  return [...lines, ...(rest > 0 ? [`… and ${rest} more: \`forget\` lists all`] : [])].join('\n') || 'nothing';
}

function lineOf({ number, kind, text, pinned, elsewhere }: Memory, prefix: string, most: number): string {
  const flat = text.replaceAll(/\s+/g, ' ');
  const said = flat.length > most ? `${flat.slice(0, most - 40).toWellFormed()}…` : flat;
  const notes = [kind, ...(pinned ? [] : ['when it is looked for']), ...(elsewhere ? ['on another account'] : [])];
  return `${number === 0 ? 'instructions' : `${prefix}${number}`}: ${said} (${notes.join(', ')})`;
}

/** All that is remembered; what is of a person is told to that person alone. */
async function tellAll(asked: Asked): Promise<string> {
  const { agent, context } = asked;
  const mine = await agent.deeds.memory.list(context.organization, person(asked));
  const here = await agent.deeds.memory.list(context.organization, channel(asked));
  const list = (memories: readonly Memory[], prefix: string): string =>
    memories.map((one) => `- ${lineOf(one, prefix, 2_000)}`).join('\n') || 'nothing';
  const ofPerson = `**What I remember of you**\n\n${list(mine, '')}`;
  const ofChannel = `**What I remember of this channel**\n\n${list(here, 'c')}`;
  if (isPrivate(asked) || mine.length === 0) return [ofPerson, ofChannel, HOW].join('\n\n');
  const told = await whisper(asked, `${ofPerson}\n\n${HOW}`);
  const note = told
    ? 'What I remember of you I have told you alone.'
    : `I remember ${counted(mine.length)} ${NOBODY_ELSE}`;
  return [note, ofChannel, HOW].join('\n\n');
}

async function whisper({ context, message }: Asked, text: string): Promise<boolean> {
  const { adapter, access, mailbox, signal, log } = context;
  if (adapter.whisper === undefined) return false;
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(TELL_WITHIN_MS)]);
    await adapter.whisper(access, placeOf(mailbox, message), { person: message.authorId, text }, within);
    return true;
  } catch (thrown) {
    log.info({ reason: toFailure(thrown, 'unavailable').message }, 'a person could not be told what is remembered');
    return false;
  }
}

/** Whether the answer is for the eyes of who asks alone. A platform that cannot whisper has no private answers either. */
function isPrivate({ context, message }: Asked): boolean {
  return message.why === 'direct' || (message.why === 'command' && context.adapter.whisper !== undefined);
}

/** Who may decide for a channel: whoever may stop answers of others there. */
function mayControl({ context, message }: Asked): boolean {
  return context.mailbox.policy.control === 'anyone' || message.why === 'direct';
}

const actor = ({ context, message }: Asked): string => `${context.mailbox.app}/${message.authorId}`;

function person({ context, message }: Asked): Whose {
  return { scope: 'person', app: context.mailbox.app, person: message.authorId };
}

function channel({ context: { mailbox } }: Asked): Whose {
  const { app, install, channel } = mailbox;
  return { scope: 'channel', app, install, channel };
}
