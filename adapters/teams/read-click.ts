import { z } from 'zod';
import type { Event, Place } from '../../src/model/event.ts';
import { clean } from '../kit/text.ts';
import { writeJson } from '../kit/write-json.ts';
import type { Activity } from './payload.ts';
import { carried, dialog, executed, submitted } from './payload.ts';
import { authorOf } from './read-message.ts';

const ignored = (reason: string): Event => ({ kind: 'ignored', reason });

/** Invokes that are for us, each answered in its own form. */
export type InvokeName = 'adaptiveCard/action' | 'task/fetch' | 'task/submit';

export function invokeOf({ type, name }: Activity): InvokeName | undefined {
  if (type !== 'invoke') return undefined;
  return name === 'adaptiveCard/action' || name === 'task/fetch' || name === 'task/submit' ? name : undefined;
}

/** Action.Submit: the card's own data. `actionId` or `action` names what was clicked. */
export function readSubmitted(activity: Activity, place: Place): Event {
  const data = submitted.catch({ actionId: '', action: '', id: '' }).parse(activity.value);
  const action = [data.actionId, data.action, data.id].find((one) => one !== '') ?? 'submit';
  return clickOf(activity, place, { action, value: chosenIn(activity.value, action) });
}

/** Action.Execute: `verb` names what was clicked. */
export function readExecuted(activity: Activity, place: Place): Event {
  const parsed = executed.safeParse(activity.value);
  if (!parsed.success) return ignored('a click on a card in an unknown shape');
  const { id, verb, data } = parsed.data.action;
  const action = verb === '' ? id : verb;
  const bare = data === null || data === undefined || (typeof data === 'object' && Object.keys(data).length === 0);
  return clickOf(activity, place, { action, value: bare ? '' : chosenIn(data, action) });
}

/** A button that asks for a dialog. */
export function readFetch(activity: Activity, place: Place): Event {
  const action = dialogOf(activity)?.action;
  if (action === undefined) return ignored('a dialog was asked for by no button of ours');
  return clickOf(activity, place, { action, value: '' });
}

/** A dialog that was filled in. */
export function readDialog(activity: Activity, place: Place): Event {
  const found = dialogOf(activity);
  if (found === undefined) return ignored('a dialog that is none of ours was filled in');
  const { switchboard: _, msteams: __, ...filled } = found.data;
  const values = Object.fromEntries(
    Object.entries(filled).flatMap(([id, value]) => (typeof value === 'string' ? [[clean(id), clean(value)]] : [])),
  );
  return { kind: 'submitted', place, author: authorOf(activity), action: found.action, values };
}

/** The button of ours that a dialog belongs to. */
export function dialogOf({ value }: Activity): { action: string; data: Record<string, unknown> } | undefined {
  const parsed = dialog.safeParse(value);
  const ours = carried.safeParse(parsed.data?.data['switchboard']);
  return parsed.success && ours.success ? { action: ours.data.action, data: parsed.data.data } : undefined;
}

const chosen = z.looseObject({ choice: z.literal(true) });
const given = z.looseObject({ value: z.unknown() });

/** What was chosen with a click; undefined: something had to be, and was not. */
function chosenIn(data: unknown, action: string): unknown {
  const choice = chosen.safeParse(data);
  if (choice.success) {
    const value = choice.data[action];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }
  const plain = given.safeParse(data);
  return plain.success && plain.data.value !== undefined ? plain.data.value : data;
}

function clickOf(activity: Activity, place: Place, { action, value }: { action: string; value: unknown }): Event {
  if (value === undefined) return ignored('nothing was chosen');
  const text = typeof value === 'string' ? value : writeJson(value);
  if (text === undefined) return ignored('a click whose value nests too deep');
  const messageId = activity.replyToId === '' ? undefined : activity.replyToId;
  return { kind: 'action', place, author: authorOf(activity), action: clean(action), value: clean(text), messageId };
}
