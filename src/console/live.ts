import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { Failure } from '../model/failure.ts';
import { endpoint, type ApiEnv } from './endpoint.ts';
import type { Pulse, Topic } from './pulse.ts';

/** Milliseconds between two signs of life: proxies end what is silent for a minute. */
const ALIVE_EVERY_MS = 20_000;
/** Whoever listens is asked anew who they are after so long: a role may be gone. */
const LISTENS_FOR_MS = 10 * 60_000;
/** Of one process: each is a socket. */
const MOST = 1_000;

/** What changes while somebody looks at it: one event `changed` with a topic for each kind of thing. */
export function live({ pulse }: { readonly pulse: Pulse }) {
  let open = 0;
  return new Hono<ApiEnv>().get(
    '/',
    endpoint({
      role: 'viewer',
      scope: 'system:read',
      summary: 'Server-sent events: what has changed, by topic',
      type: 'text/event-stream',
    }),
    (c) => {
      if (open >= MOST) throw new Failure('unavailable', 'too many pages listen: look again', { retryInMs: 5_000 });
      const { organization } = c.get('principal');
      return streamSSE(c, async (stream) => {
        open += 1;
        let wake = Promise.withResolvers<void>();
        const until = AbortSignal.any([pulse.ended, AbortSignal.timeout(LISTENS_FOR_MS)]);
        until.addEventListener('abort', () => wake.resolve());
        const changed = new Set<Topic>();
        const stop = pulse.watch(organization, (topics) => {
          for (const topic of topics) changed.add(topic);
          wake.resolve();
        });
        stream.onAbort(() => wake.resolve());
        const timer = setInterval(() => wake.resolve(), ALIVE_EVERY_MS);
        try {
          await stream.writeSSE({ event: 'listening', data: '{}' });
          while (!stream.aborted && !stream.closed && !until.aborted) {
            await wake.promise;
            wake = Promise.withResolvers<void>();
            if (changed.size === 0) await stream.writeSSE({ event: 'alive', data: '{}' });
            for (const topic of changed) await stream.writeSSE({ event: 'changed', data: JSON.stringify({ topic }) });
            changed.clear();
          }
        } finally {
          open -= 1;
          clearInterval(timer);
          stop();
        }
      });
    },
  );
}
