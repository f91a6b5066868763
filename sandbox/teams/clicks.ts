import type { Delivered } from '../kit/deliver.ts';
import { objectIn } from '../kit/json.ts';
import { dialogActivity, invokeActivity, SOMEBODY, submitActivity } from './activities.ts';
import type { Activity } from './activities.ts';
import { buttonsOf, cardProblem, choicesOf, isObject, questionsOf } from './cards.ts';
import type { Action, Json, Question } from './cards.ts';
import type { Held, World } from './world.ts';
import { findMessage, personOf } from './world.ts';

type By = { readonly as?: string };

/** What people do with cards. What is not on the card cannot be clicked: that is an error of the test's. */
export type Clicks = {
  /** Presses the button with this title. One that asks for a dialog opens it, if the hub answers with one. */
  readonly click: (messageId: string, title: string, by?: By) => Promise<Delivered>;
  /** Chooses a value in the choice with this id or label, and sends it. */
  readonly choose: (messageId: string, choice: string, value: string, by?: By) => Promise<Delivered>;
  /** The dialog that this person sees. */
  readonly dialog: (as?: string) => Dialog | undefined;
  /** Fills in the dialog by the ids of its questions, and sends it. */
  readonly fillIn: (values: Readonly<Record<string, string>>, by?: By) => Promise<Delivered>;
  /** Any Action.Submit on this message, with this data. */
  readonly submit: (messageId: string, value: object) => Promise<Delivered>;
  /** Any Action.Execute on this message; the answer's body is what is shown. */
  readonly invoke: (messageId: string, verb: string, data: unknown) => Promise<Delivered>;
};

export type Dialog = {
  readonly title: string;
  readonly questions: readonly Question[];
  /** What was said instead of it. */
  readonly said: string;
};

type Open = Dialog & { readonly held: Held; readonly action: Action | undefined };
type Send = (activity: Activity) => Promise<Delivered>;

export function openClicks(world: World, send: Send): Clicks {
  const dialogs = new Map<string, Open>();
  const who = ({ as }: By = {}): string => personOf(world, as ?? SOMEBODY);

  const press = async (held: Held, action: Action, from: string, inputs: Json): Promise<Delivered> => {
    if (action.type === 'Action.Execute') {
      return send(invokeActivity(world, held, from, { verb: action.verb, data: { ...action.data, ...inputs } }));
    }
    const { msteams } = action.data;
    if (!isObject(msteams) || msteams['type'] !== 'task/fetch') {
      return send(submitActivity(world, held, from, { ...action.data, ...inputs }));
    }
    const answered = await send(dialogActivity(world, held, { from, name: 'task/fetch', data: action.data }));
    dialogs.set(from, dialogIn(answered.body, held));
    return answered;
  };

  return {
    click(messageId, title, by) {
      const held = seenBy(findMessage(world, messageId), who(by));
      const action = buttonsOf(held.card ?? {}).find((one) => one.title === title);
      if (action === undefined) throw new Error(`there is no button ${title} on ${messageId}`);
      return press(held, action, who(by), {});
    },
    choose(messageId, name, value, by) {
      const held = seenBy(findMessage(world, messageId), who(by));
      const choices = choicesOf(held.card ?? {});
      const choice = choices.find(({ id, label }) => id === name || label === name);
      if (choice?.action === undefined || !choice.values.includes(value))
        throw new Error(`there is no ${value} to choose in ${name} on ${messageId}`);
      // Every input of the card is sent along, as far as it is filled in.
      return press(held, choice.action, who(by), { [choice.id]: value });
    },
    dialog: (as) => dialogs.get(personOf(world, as ?? SOMEBODY)),
    fillIn(values, by) {
      const from = who(by);
      const open = dialogs.get(from);
      if (open?.action === undefined) throw new Error('there is no dialog to fill in');
      const filled = Object.fromEntries(open.questions.map(({ id, value }) => [id, values[id] ?? value]));
      const missing = open.questions.find(({ id, required }) => required && filled[id] === '');
      if (missing !== undefined) throw new Error(`${missing.label} has to be filled in`);
      const unknown = Object.keys(values).find((id) => filled[id] === undefined);
      if (unknown !== undefined) throw new Error(`the dialog does not ask for ${unknown}`);
      dialogs.delete(from);
      const data = { ...open.action.data, ...filled };
      return send(dialogActivity(world, open.held, { from, name: 'task/submit', data }));
    },
    submit: (messageId, value) => send(submitActivity(world, findMessage(world, messageId), who(), value)),
    invoke: (messageId, verb, data) =>
      send(invokeActivity(world, findMessage(world, messageId), who(), { verb, data })),
  };
}

function seenBy(held: Held, person: string): Held {
  if (held.only === undefined || held.only === person) return held;
  throw new Error(`${held.id} is for somebody else's eyes`);
}

/** docs: Use dialogs with bots, "The task/fetch response". @throws Error when it is none. */
function dialogIn(body: string, held: Held): Open {
  const task: unknown = objectIn(body)?.['task'];
  const { type, value } = isObject(task) ? task : {};
  if (type === 'message' && typeof value === 'string') {
    return { title: '', questions: [], said: value, held, action: undefined };
  }
  const { title, card } = isObject(value) ? value : {};
  const content: unknown = isObject(card) ? card['content'] : undefined;
  if (type !== 'continue' || typeof title !== 'string' || !isObject(content))
    throw new Error(`this opens no dialog: ${body.slice(0, 200)}`);
  const problem = cardProblem(content);
  if (problem !== undefined) throw new Error(`the dialog's card is not valid: ${problem}`);
  return { title, questions: questionsOf(content), said: '', held, action: buttonsOf(content)[0] };
}
