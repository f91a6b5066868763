import type { Step } from './deadlines.ts';
import type { Failed } from './errors.ts';
import type { Carried, ToolCall } from './provider.ts';

/** What a whole answer holds beside its text; or what is wrong with its calls. */
export type Held = { readonly calls: readonly ToolCall[] | Failed; readonly carried?: Carried | undefined };

/** The end of an answer: first what it holds, then `end`; or the failure. */
export function* wholeOf({ calls, carried }: Held, end: Step): Generator<Step> {
  if ('fault' in calls) {
    yield calls;
    return;
  }
  if (carried !== undefined) yield { kind: 'carried', carried };
  yield* calls.map((call) => ({ kind: 'call', call }) as const);
  yield end;
}
