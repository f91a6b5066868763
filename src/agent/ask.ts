import { randomUUID } from 'node:crypto';
import type { NewAsk } from '../db/journal.ts';
import type { ToolStep } from '../db/step.ts';
import type { Card, Control } from '../model/card.ts';
import { fenced } from '../model/fenced.ts';
import type { ToolPolicy } from '../model/policy.ts';
import { parse } from './judge.ts';
import { newControlId } from './offer.ts';

/** A question to a person about one call of a tool: what is kept, and what is shown. */
export type Question = { readonly ask: NewAsk; readonly text: string; readonly card: Card };

type Button = {
  readonly wish: 'yes' | 'no' | 'done';
  readonly label: string;
  readonly style: 'primary' | 'plain' | 'danger';
};

const MAY: readonly Button[] = [
  { wish: 'yes', label: 'Allow', style: 'primary' },
  { wish: 'no', label: 'Do not', style: 'danger' },
];
const WAS: readonly Button[] = [
  { wish: 'done', label: 'It was done', style: 'plain' },
  { wish: 'yes', label: 'Do it again', style: 'danger' },
  { wish: 'no', label: 'Leave it', style: 'plain' },
];

/**
 * What a person is asked about a call: whether it may be done, or (`was`) whether it was, where that cannot be told any more.
 * The whole of its arguments is shown: nobody allows what he has not seen.
 */
export function questionAbout(
  { seq, call, digest }: ToolStep,
  kind: NewAsk['kind'],
  { by, people, yes, minutes }: ToolPolicy,
  asker: string,
): Question {
  const buttons = (kind === 'may' ? MAY : WAS).map((button) => ({ ...button, id: newControlId() }));
  const ask: NewAsk = {
    id: randomUUID(),
    seq,
    kind,
    digest,
    people: by === 'anyone' ? null : by === 'asker' ? [asker] : people,
    yes: kind === 'was' ? 1 : yes,
    forMs: minutes * 60_000,
    buttons: buttons.map(({ id, wish }) => ({ id, wish })),
  };
  const many = ask.yes > 1 ? ` ${ask.yes} people have to say yes.` : '';
  const words =
    kind === 'may'
      ? `May I do this? It counts for exactly these arguments, once, for ${minutes} minutes.${many}`
      : 'I was interrupted and cannot tell whether this was done. Please look, and tell me.';
  const card: Card = {
    title: '',
    text: words,
    fields: [],
    image: undefined,
    controls: buttons.map(({ id, label, style }): Control => ({ kind: 'button', id, label, style, form: undefined })),
  };
  return { ask, card, text: `**\`${call.name}\`**\n${fenced(readable(call.arguments), 'json')}` };
}

/** What cannot be seen, or moves what can, is written as JSON writes it: nobody allows what he does not see. */
function readable(given: string): string {
  const text = JSON.stringify(parse(given)?.value ?? given, null, 2);
  return text.replace(UNSEEN, asEscape);
}

const asEscape = (one: string): string =>
  Array.from({ length: one.length }, (_, at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');

/** Controls, spaces other than the usual one, and what is drawn as nothing. */
const UNSEEN = /(?![ \n])[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;
