import type { Told } from '../db/leases.ts';
import type { Policy } from '../model/policy.ts';
import { reasonToIgnore } from './admit.ts';
import type { Agent, TurnContext } from './agent.ts';

/** Why the model is not listened to any longer. */
export type Cut = { readonly kind: 'stopped'; readonly by: string } | { readonly kind: 'again' };

/** Looks, while an answer is made, for what ends that. */
export type CutWatch = {
  /** Aborts when it is to end; also when the lease is lost. */
  readonly halted: AbortSignal;
  readonly cut: () => Cut | undefined;
  /** From here on what is done for this question is not begun anew for a newer one. */
  readonly acts: () => void;
  readonly close: () => void;
};

export function watchForCut(agent: Agent, context: TurnContext): CutWatch {
  const { mailbox } = context;
  const round = new AbortController();
  let cut: Cut | undefined;
  let acts = false;
  context.watch((told) => {
    const at = new Date(agent.clock.wall());
    const isAsked = told.newcomers.some((newcomer) => reasonToIgnore(mailbox, newcomer, at) === undefined);
    cut ??= cutBy({ ...told, isAsked, acts }, mailbox.policy);
    if (cut !== undefined) round.abort();
  });
  return {
    halted: AbortSignal.any([context.signal, round.signal]),
    cut: () => cut,
    acts: () => void (acts = true),
    close: () => context.watch(() => {}),
  };
}

function cutBy(
  { stopBy, stirred, isAsked, acts }: Told & { readonly isAsked: boolean; readonly acts: boolean },
  { overlap }: Policy,
): Cut | undefined {
  if (stopBy !== undefined) return { kind: 'stopped', by: stopBy };
  // What was begun for a question is gone through with before a newer message is looked at.
  if (stirred || (isAsked && overlap === 'steer' && !acts)) return { kind: 'again' };
  return isAsked && overlap === 'interrupt' ? { kind: 'stopped', by: '' } : undefined;
}
