import { randomBytes } from 'node:crypto';
import type { NewControl } from '../db/posts.ts';
import type { Card, Control, Form } from '../model/card.ts';
import type { Policy, Wish } from '../model/policy.ts';

/** A card below an answer, and what its buttons mean. */
export type Offer = { readonly card?: Card; readonly controls?: readonly NewControl[] };

/** Milliseconds for which a button can be pressed. */
const GOOD_FOR_MS = 24 * 3_600_000;

type Button = { readonly wish: Wish; readonly label: string; readonly form?: Form };

const AGAIN: Button = { wish: 'again', label: 'Try again' };
const WHAT_WAS_WRONG: Form = {
  title: 'What was wrong?',
  submit: 'Send',
  inputs: [{ id: 'comment', label: 'In your words', kind: 'paragraph', optional: true, value: '' }],
};
const OPINIONS: readonly Button[] = [
  { wish: 'good', label: '👍 Helpful' },
  { wish: 'bad', label: '👎 Not helpful', form: WHAT_WAS_WRONG },
];

/** Where an answer was stopped or failed: to have it again. */
export function offerAgain(policy: Policy, text: string, asker: string): Offer {
  return policy.buttons === 'never' ? {} : offer(text, [AGAIN], policy.control === 'asker' ? asker : null);
}

/** Below a good answer: to say whether it was one, where the policy wants that. */
export function offerOpinion(policy: Policy): Offer {
  return policy.buttons === 'always' ? offer('', OPINIONS, null) : {};
}

function offer(text: string, buttons: readonly Button[], person: string | null): Offer {
  const made = buttons.map((button) => ({ ...button, id: newControlId() }));
  const card: Card = {
    title: '',
    text,
    fields: [],
    image: undefined,
    controls: made.map(({ id, label, form }): Control => ({ kind: 'button', id, label, style: 'plain', form })),
  };
  const controls = made.map(({ id, wish, form }) => ({ id, wish, person, form: form ?? null, forMs: GOOD_FOR_MS }));
  return { card, controls };
}

/** 22 characters that nobody guesses: 132 bits. */
export const newControlId = (): string => randomBytes(17).toString('base64url').slice(0, 22);
