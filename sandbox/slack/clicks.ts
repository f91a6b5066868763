import { randomBytes } from 'node:crypto';
import type { Delivered } from '../kit/deliver.ts';
import type { Said } from '../kit/stand-in.ts';
import type { Element } from './blocks.ts';
import { elementsOf } from './blocks.ts';
import type { Deliveries } from './deliver.ts';
import { clickShape, commandFields, submissionShape } from './event-shapes.ts';
import type { Channel, Held, OpenView, Response, World } from './world.ts';
import { directOf, personOf, SOMEBODY } from './world.ts';

/** A form as whoever looks at it sees it. */
export type SeenForm = {
  readonly id: string;
  readonly title: string;
  readonly submit: string;
  readonly inputs: readonly {
    readonly id: string;
    readonly label: string;
    readonly kind: 'line' | 'paragraph';
    readonly optional: boolean;
    readonly value: string;
  }[];
};

export type Clicks = {
  /** A slash command; `direct`: given in the conversation with the bot alone. */
  readonly command: (command: string, text: string, as?: string, direct?: boolean) => Promise<Said>;
  /** Throws when there is no such button on the message, or when `as` does not see it. */
  readonly click: (messageId: string, action: string, as?: string) => Promise<Delivered>;
  /** As `click`, on a menu: by the value or the words of a choice. */
  readonly choose: (messageId: string, action: string, choice: string, as?: string) => Promise<Delivered>;
  /** The form that somebody has in front of them. */
  readonly form: (as?: string) => SeenForm | undefined;
  /** Sends it off, with what stands there where no value is given. Throws where the client would not let it go. */
  readonly submit: (values: Readonly<Record<string, string>>, as?: string) => Promise<Delivered>;
};

export function openClicks(world: World, deliveries: Deliveries): Clicks {
  const send = (payload: object, id: string): Promise<Delivered> => {
    const type = 'type' in payload ? String(payload.type) : '';
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    return deliveries.deliver({ id, type, body, form: true });
  };
  const act = async (
    messageId: string,
    as: string,
    actionOf: (elements: readonly Element[]) => object,
  ): Promise<Delivered> => {
    const user = personOf(world, as);
    const { channel, held, isPrivate } = findSeen(world, messageId, user);
    const action = actionOf(elementsOf(held.blocks));
    const right = { user, channel: channel.id, threadTs: held.threadTs, original: isPrivate ? held.ts : undefined };
    const click = { held, channel, user, isPrivate, action };
    const given = { trigger: triggerFor(world, user), respondAt: respondAt(world, 'actions', right) };
    return await send(clickShape(world, { ...click, ...given }), held.ts);
  };
  return {
    command: (command, text, as = SOMEBODY, direct = false) =>
      giveCommand(world, deliveries, { command, text, as, direct }),
    click: (messageId, action, as = SOMEBODY) => act(messageId, as, (elements) => press(elements, action)),
    choose: (messageId, action, choice, as = SOMEBODY) =>
      act(messageId, as, (elements) => pick(elements, action, choice)),
    form(as = SOMEBODY) {
      const open = viewOf(world, as);
      return open && seenForm(open);
    },
    async submit(values, as = SOMEBODY) {
      const open = viewOf(world, as);
      if (open === undefined) throw new Error(`${as} has no form open`);
      const delivered = await send(submissionShape(world, open, filledIn(open, values)), open.id);
      if (delivered.status === 200) world.views.delete(open.id);
      return delivered;
    },
  };
}

async function giveCommand(
  world: World,
  deliveries: Deliveries,
  { as, direct, ...said }: { command: string; text: string; as: string; direct: boolean },
): Promise<Said> {
  const user = personOf(world, as);
  const channel = direct ? directOf(world, user) : world.main;
  const trigger = triggerFor(world, user);
  const right = { user, channel: channel.id, threadTs: undefined, original: undefined };
  const fields = commandFields(world, {
    ...said,
    as,
    trigger,
    channel,
    respondAt: respondAt(world, 'commands', right),
  });
  const body = new URLSearchParams(fields).toString();
  const sent = await deliveries.deliver({ id: trigger, type: 'command', body, form: true });
  return { id: trigger, thread: direct ? channel.id : `${channel.id}:${trigger}`, ...sent };
}

function press(elements: readonly Element[], action: string): object {
  const element = elements.find(({ action_id, type }) => action_id === action && type === 'button');
  if (element?.type !== 'button') throw new Error(`there is no button ${action} on this message`);
  return { ...element };
}

function pick(elements: readonly Element[], action: string, choice: string): object {
  const element = elements.find(({ action_id, type }) => action_id === action && type === 'static_select');
  if (element?.type !== 'static_select') throw new Error(`there is no menu ${action} on this message`);
  const { options, ...shown } = element;
  const selected_option = options.find(({ text, value }) => value === choice || text.text === choice);
  if (selected_option === undefined) throw new Error(`there is no choice ${choice} in the menu ${action}`);
  return { ...shown, selected_option };
}

function triggerFor(world: World, user: string): string {
  const id = `${world.nextTs()}.${randomBytes(8).toString('hex')}`;
  world.triggers.set(id, { user, at: Date.now(), used: false });
  return id;
}

function respondAt(world: World, kind: string, right: Omit<Response, 'at' | 'uses'>): string {
  const path = `/${kind}/${world.team.id}/${randomBytes(18).toString('base64url')}`;
  world.responses.set(path, { ...right, at: Date.now(), uses: 0 });
  return `${world.address}${path}`;
}

/** The last form that was shown to somebody and is still open. */
function viewOf(world: World, as: string): OpenView | undefined {
  const user = personOf(world, as);
  return [...world.views.values()].findLast((open) => open.user === user);
}

const inputsOf = ({ view }: OpenView) =>
  view.blocks.flatMap((one) => (one.type === 'input' ? [{ ...one, block_id: one.block_id ?? '' }] : []));

function seenForm(open: OpenView): SeenForm {
  return {
    id: open.id,
    title: open.view.title.text,
    submit: open.view.submit?.text ?? '',
    inputs: inputsOf(open).map(({ block_id, label, optional, element }) => ({
      id: block_id,
      label: label.text,
      kind: element.multiline === true ? 'paragraph' : 'line',
      optional: optional === true,
      value: element.initial_value ?? '',
    })),
  };
}

function filledIn(open: OpenView, values: Readonly<Record<string, string>>): object {
  const inputs = inputsOf(open);
  const unknown = Object.keys(values).find((id) => !inputs.some(({ block_id }) => block_id === id));
  if (unknown !== undefined) throw new Error(`there is no input ${unknown} in the form`);
  const filled = inputs.map(({ block_id, element, optional }) => {
    const value = values[block_id] ?? element.initial_value ?? '';
    if (value === '' && optional !== true) throw new Error(`the input ${block_id} has to be filled in`);
    return [block_id, { [element.action_id]: { type: element.type, value: value === '' ? null : value } }] as const;
  });
  return Object.fromEntries(filled);
}

/** @throws Error: a test named a message that is not there, or that this person does not see. */
function findSeen(world: World, messageId: string, user: string): { channel: Channel; held: Held; isPrivate: boolean } {
  const whisper = world.whispers.get(messageId);
  const channel = [...world.channels.values()].find(
    ({ id, messages }) => messages.has(messageId) || id === whisper?.channel,
  );
  const held = whisper ?? channel?.messages.get(messageId);
  if (channel === undefined || held === undefined) throw new Error(`there is no message ${messageId}`);
  if (whisper !== undefined && whisper.to !== user) throw new Error(`${messageId} is not for this person`);
  return { channel, held, isPrivate: whisper !== undefined };
}
