import { randomUUID } from 'node:crypto';
import type { Store } from '../db/store.ts';
import { budgetsOf, type Spot } from '../model/budget.ts';
import { turnId, type OrganizationId } from '../model/ids.ts';

/** Holds money for a call that belongs to no turn. Undefined: a budget is used up. Without a budget there nothing is held. */
export async function reserve(
  store: Pick<Store, 'budgets' | 'reserve'>,
  organization: OrganizationId,
  { spot, dollars }: { readonly spot: Spot; readonly dollars: number },
): Promise<{ readonly hold: string | undefined } | undefined> {
  const slots = budgetsOf(await store.budgets(organization), spot);
  if (slots.length === 0 || dollars === 0) return { hold: undefined };
  const reserved = await store.reserve(organization, {
    turn: turnId(randomUUID()),
    slots: slots.map(({ budget, subject }) => ({ budget, subject })),
    answer: undefined,
    dollars,
  });
  return reserved.kind === 'granted' ? { hold: reserved.hold } : undefined;
}
