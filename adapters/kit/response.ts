import type { Delivery } from '../../src/model/event.ts';
import type { Received } from '../../src/model/adapter.ts';

/** The request is refused and nothing is kept; `reason` names the fix and is safe to show to anybody. */
export function refuse(status: number, reason: string): Received {
  const body = JSON.stringify({ error: reason });
  return { response: { status, headers: { 'content-type': 'application/json' }, body }, delivery: undefined };
}

/** The request is taken, with this body once its delivery is committed. */
export function accept(delivery: Delivery | undefined, body: object | string = '', status = 200): Received {
  const json = typeof body === 'object';
  return {
    response: {
      status,
      headers: { 'content-type': json ? 'application/json' : 'text/plain; charset=utf-8' },
      body: json ? JSON.stringify(body) : body,
    },
    delivery,
  };
}
