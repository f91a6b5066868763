import { decide } from './approvals.ts';
import { readControl, useUp, type Click } from './controls.ts';
import type { Transaction } from './database.ts';
import { forgetAll } from './memories.ts';
import { grantWish } from './wishes.ts';

/** Who presses: the name, and what was filled in. */
export type Presser = { readonly by: string; readonly comment: string | null };

/** What came of it: of what is refused the reason is for that person's eyes as well. */
export type Pressed = { readonly kind: 'done' | 'refused'; readonly reason: string };

/** Uses a button below a post of ours, and does what it means. Undefined: not yet, ask again; it is not used up. */
export async function press(tx: Transaction, click: Click, { by, comment }: Presser): Promise<Pressed | undefined> {
  const clicked = await readControl(tx, click);
  const { person } = click;
  if (clicked.kind === 'refused') return clicked;
  if (clicked.kind === 'verdict') {
    const { kind, reason } = await decide(tx, { ...clicked, person, by });
    return kind === 'refused' ? { kind, reason } : { kind: 'done', reason };
  }
  const reason =
    clicked.kind === 'forget' ? await forget(tx, click) : await grantWish(tx, { ...clicked, person, by, comment });
  if (reason === undefined) return undefined;
  await useUp(tx, click);
  return { kind: 'done', reason };
}

async function forget(tx: Transaction, { app, person }: Click): Promise<string> {
  const count = await forgetAll(tx, { scope: 'person', app, person }, `${app}/${person}`);
  return `${count} things that were remembered are forgotten`;
}
