import type { Left } from '../db/budgets.ts';
import type { Used, UsedThere } from '../db/usage.ts';
import { inDollars, inWords, nameOf } from '../model/budget.ts';
import type { Card } from '../model/card.ts';

/** What the command `usage` shows. */
export function usedFields({ thread, person, last, left }: UsedThere): Card['fields'] {
  const cost = last?.dollars ?? undefined;
  return [
    ...(cost === undefined ? [] : [{ label: 'The last answer', value: cost === 0 ? 'nothing' : inDollars(cost) }]),
    { label: 'This conversation', value: usedText(thread) },
    { label: 'You, in 30 days', value: usedText(person) },
    ...left.map((budget) => ({ label: nameOf(budget), value: leftText(budget) })),
  ];
}

function usedText({ answers, tokensIn, tokensOut, dollars }: Used): string {
  const cost = dollars > 0 ? `, ${inDollars(dollars)}` : '';
  return `${answers} answers, ${tokensIn} tokens read, ${tokensOut} written${cost}`;
}

function leftText({ left, dollars, anewAt, every, timeZone }: Left): string {
  const text = `${inDollars(left)} of ${inDollars(dollars)} left`;
  return anewAt === undefined ? text : `${text}; it begins anew ${inWords(anewAt, { every, timeZone })}`;
}
