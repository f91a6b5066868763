import { decide } from './approvals.ts';
import { useControl, type Click } from './controls.ts';
import type { Transaction } from './database.ts';
import { forgetAll } from './memories.ts';
import { grantWish } from './wishes.ts';

/** Who presses: the name, and what was filled in. */
export type Presser = { readonly by: string; readonly comment: string | null };

/** What came of it: of what is refused the reason is for that person's eyes as well. */
export type Pressed = { readonly kind: 'done' | 'refused'; readonly reason: string };

/** Uses a button below a post of ours, and does what it means. */
export async function press(tx: Transaction, click: Click, { by, comment }: Presser): Promise<Pressed> {
  const clicked = await useControl(tx, click);
  const { person } = click;
  if (clicked.kind === 'refused') return clicked;
  if (clicked.kind === 'forget') {
    const count = await forgetAll(tx, { scope: 'person', app: click.app, person }, `${click.app}/${person}`);
    return { kind: 'done', reason: `${count} things that were remembered are forgotten` };
  }
  if (clicked.kind === 'wish')
    return { kind: 'done', reason: await grantWish(tx, { ...clicked, person, by, comment }) };
  const { kind, reason } = await decide(tx, { ...clicked, person, by });
  return kind === 'refused' ? { kind, reason } : { kind: 'done', reason };
}
