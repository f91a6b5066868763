import type { Said } from '../kit/stand-in.ts';
import { TYPE } from './callbacks.ts';
import type { Button, Choice } from './components.ts';
import { lengthOf, wordsOf } from './components.ts';
import type { OpenForm } from './desk.ts';
import type { Interactions, Sent } from './interactions.ts';
import type { Json } from './shapes.ts';
import { memberJson, userJson } from './shapes.ts';
import type { Channel, File, Message, User, World } from './world.ts';
import { existing, mentionsIn, person, userOf } from './world.ts';

/** What an interaction came to for the one who began it. */
export type Did = Said & {
  /** "This interaction failed": the answer was none that Discord takes. */
  readonly failed: boolean;
};

/** A command as somebody gives it. */
export type Commanding = {
  readonly name: string;
  readonly text?: string;
  readonly as?: string | undefined;
  readonly channel: Channel;
  readonly file?: File;
};

/** What can be clicked, as a person sees it. */
export type Control = Pick<Button, 'style' | 'label'> & { readonly id: string } & {
  readonly options: readonly { readonly label: string; readonly value: string }[];
};

/** What a message shows beside its words. */
export type Card = {
  readonly words: readonly string[];
  readonly image: string | undefined;
  readonly controls: readonly Control[];
};

export type Form = {
  readonly title: string;
  readonly inputs: readonly {
    readonly id: string;
    readonly label: string;
    readonly value: string;
    readonly required: boolean;
    readonly lines: 'one' | 'many';
  }[];
};

export type Clicks = {
  /** Clicks a button below a message. @throws Error when there is none with that id, or the person does not see it. */
  readonly click: (message: string, action: string, as?: string) => Promise<Did>;
  /** Chooses from a list below a message. @throws Error when there is no such list or choice. */
  readonly choose: (message: string, action: string, value: string, as?: string) => Promise<Did>;
  /** The form that somebody has open. */
  readonly form: (as?: string) => Form | undefined;
  /** Fills it in and sends it off. @throws Error for what the client would not let through. */
  readonly submit: (values: Readonly<Record<string, string>>, as?: string) => Promise<Did>;
  /** What is shown of a message beside its words; undefined: nothing. */
  readonly card: (message: string) => Card | undefined;
};

export const DEFAULT_PERSON = 'Ada';
const BUTTON = 2;
const CHOICE = 3;
const SUPPRESS_EMBEDS = 4;

export function openClicks(world: World, interactions: Interactions): Clicks {
  const onMessage = async (id: string, as: string, data: Json): Promise<Did> => {
    const message = existing(world.messages, id);
    const { channel } = message;
    return did(
      channel,
      await interactions.send({ type: TYPE.component, channel, user: person(world, as), message, data }),
    );
  };
  return {
    async click(id, action, as = DEFAULT_PERSON) {
      const found = controlOn(existing(world.messages, id), action, person(world, as));
      if (found.type !== BUTTON) throw new Error(`${action} below ${id} is no button`);
      return onMessage(id, as, { id: found.id ?? 1, component_type: BUTTON, custom_id: action });
    },
    async choose(id, action, value, as = DEFAULT_PERSON) {
      const found = controlOn(existing(world.messages, id), action, person(world, as));
      const there = found.type === CHOICE && found.options.some((option) => option.value === value);
      if (!there) throw new Error(`${value} cannot be chosen below ${id}`);
      return onMessage(id, as, { id: found.id ?? 1, component_type: CHOICE, custom_id: action, values: [value] });
    },
    form(as = DEFAULT_PERSON) {
      const open = interactions.forms.get(person(world, as).id);
      return open && shownForm(open);
    },
    async submit(values, as = DEFAULT_PERSON) {
      const user = person(world, as);
      const open = interactions.forms.get(user.id);
      if (open === undefined) throw new Error(`${as} has no form open`);
      const data = filledIn(open, values);
      interactions.forms.delete(user.id);
      const { channel, message } = open;
      return did(channel, await interactions.send({ type: TYPE.form, channel, user, message, data }));
    },
    card: (id) => cardOf(existing(world.messages, id)),
  };
}

/** Any command, also one that is not registered (any more). Its argument is named as it was registered. */
export async function giveCommand(world: World, interactions: Interactions, given: Commanding): Promise<Did> {
  const { name, text = '', channel, file } = given;
  const registered = world.commands.get(name)?.['options'];
  const known: readonly unknown[] = Array.isArray(registered) ? registered : [];
  const argument = known.find((one) => Object(one).type === 3);
  const word = text === '' ? [] : [{ name: String(Object(argument).name ?? 'text'), type: 3, value: text }];
  const options = [...word, ...(file === undefined ? [] : [{ name: 'file', type: 11, value: file.id }])];
  const data = {
    id: world.commands.get(name)?.['id'] ?? world.nextId(),
    name,
    type: 1,
    options,
    resolved: resolvedIn(world, given),
  };
  const user = person(world, given.as ?? DEFAULT_PERSON);
  return did(channel, await interactions.send({ type: TYPE.command, channel, user, data }));
}

const did = ({ id: thread }: Channel, { id, status, inMs, failed }: Sent): Did => ({
  id,
  thread,
  status,
  acknowledgedInMs: inMs,
  failed,
});

/** Docs, "Resolved Data Structure": who and what is named in the options. */
function resolvedIn(world: World, { text = '', channel, file }: Commanding): Json {
  const users = mentionsIn(text).flatMap((id) => userOf(world, id) ?? []);
  const byId = (of: (user: User) => Json): Json => Object.fromEntries(users.map((user) => [user.id, of(user)]));
  const url = `${world.url}/attachments/${channel.id}/${file?.id}/${encodeURIComponent(file?.name ?? '')}`;
  const shown = file && {
    id: file.id,
    filename: file.name,
    size: file.bytes.byteLength,
    content_type: file.mediaType,
    url,
    proxy_url: url,
  };
  return {
    ...(users.length > 0 && { users: byId(userJson), members: byId((user) => memberJson(world, user)) }),
    ...(file && { attachments: { [file.id]: shown } }),
  };
}

function controlOn(message: Message, action: string, user: User): Button | Choice {
  const seen = message.seenBy === undefined || message.seenBy === user.id;
  const controls = seen ? message.components.flatMap((row) => row.components) : [];
  const found = controls.find(({ custom_id }) => custom_id === action);
  if (found === undefined) throw new Error(`there is no ${action} to click below ${message.id}`);
  return found;
}

function cardOf({ embeds, components, flags }: Message): Card | undefined {
  const shown = (flags & SUPPRESS_EMBEDS) === 0 ? embeds : [];
  if (shown.length === 0 && components.length === 0) return undefined;
  const controls = components.flatMap((row) => row.components);
  return {
    words: shown.flatMap(wordsOf),
    image: shown.find(({ image }) => image !== undefined)?.image?.url,
    controls: controls.map((one) => ({
      id: one.custom_id ?? '',
      label: one.type === BUTTON ? one.label : (one.placeholder ?? ''),
      style: one.type === BUTTON ? one.style : 0,
      options: one.type === BUTTON ? [] : one.options,
    })),
  };
}

const shownForm = ({ modal }: OpenForm): Form => ({
  title: modal.title,
  inputs: modal.components.map(({ custom_id, label, value, required, style }) => ({
    id: custom_id,
    label,
    value: value ?? '',
    required,
    lines: style === 1 ? 'one' : 'many',
  })),
});

/** What was filled in, under labels (docs: "Modal Submit Data"). What is not touched keeps what stood there. */
function filledIn({ modal }: OpenForm, values: Readonly<Record<string, string>>): Json {
  const unknown = Object.keys(values).find((id) => !modal.components.some(({ custom_id }) => custom_id === id));
  if (unknown !== undefined) throw new Error(`the form does not ask for ${unknown}`);
  const components = modal.components.map(({ custom_id, value: before = '', required, max_length }, index) => {
    const value = values[custom_id] ?? before;
    if (required && value === '') throw new Error(`${custom_id} has to be filled in`);
    if (lengthOf(value) > max_length) throw new Error(`${custom_id} is longer than ${max_length}`);
    return { type: 18, id: 2 * index + 1, component: { type: 4, id: 2 * index + 2, custom_id, value } };
  });
  return { custom_id: modal.custom_id, components };
}
