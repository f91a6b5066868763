import { failed, failedBy, type Failed } from './errors.ts';
import { costOf } from './price.ts';
import type { ModelRequest } from './provider.ts';
import type { RouterEvent } from './route-request.ts';
import type { Target } from './target.ts';

/** What is known of an attempt while it runs and afterwards. */
export type Outcome = {
  /** Something was said that has to be taken back if the attempt fails. */
  spoke: boolean;
  /** Characters of text. */
  said: number;
  /** When the first of it came. */
  firstAt: number | undefined;
  /** US dollars; undefined: not told. */
  dollars: number | undefined;
  /** Both undefined: nobody listened to the end. */
  done: boolean;
  end: Failed | undefined;
};

export const begun = (): Outcome => ({
  spoke: false,
  said: 0,
  firstAt: undefined,
  dollars: undefined,
  done: false,
  end: undefined,
});

/**
 * Asks one target once and hands its events on, all but the failure, which is the router's to judge: it stands in the
 * outcome, and so does one of a provider that throws or just stops.
 */
export async function* attempt(
  target: Target,
  request: ModelRequest,
  signal: AbortSignal,
  { outcome, now }: { readonly outcome: Outcome; readonly now: () => number },
): AsyncGenerator<RouterEvent> {
  try {
    for await (const event of target.provider.stream(request, signal)) {
      if (event.kind === 'failed') {
        outcome.end = event;
        return;
      }
      if (event.kind === 'usage') {
        const cost = target.price && costOf(target.price, event.usage);
        outcome.dollars = cost;
        yield { ...event, target: target.name, cost };
        continue;
      }
      outcome.firstAt ??= now();
      if (event.kind === 'text') outcome.said += event.text.length;
      if (event.kind === 'text' || event.kind === 'call') outcome.spoke = true;
      if (event.kind === 'done') outcome.done = true;
      yield event;
      if (event.kind === 'done') return;
    }
    outcome.end = failed('connection', 'the provider ended without an end');
  } catch (thrown) {
    outcome.end = failedBy(thrown, undefined);
  }
}
