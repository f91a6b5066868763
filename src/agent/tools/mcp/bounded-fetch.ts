import type { FetchLike } from '@modelcontextprotocol/client';
import { z } from 'zod';

/** In `_meta` of a call: names the call for ever, for servers that keep what they have done already. */
export const KEY = 'switchboard/key';

/** An answer was longer than may be read. */
export class TooLong extends Error {
  override readonly name = 'TooLong';
}

const Call = z.object({
  method: z.literal('tools/call'),
  params: z.object({ _meta: z.object({ [KEY]: z.string() }) }),
});

/**
 * A `fetch` that reads no message of more than `mostBytes`, and tells of calls whose answer broke off: the protocol's client
 * would wait for those until their time is over.
 * @param broken of the call with this key, after which nothing comes any more.
 * @param send what does it.
 */
export function boundedFetch(
  mostBytes: number,
  broken: (key: string, why: Error) => void,
  send: FetchLike = fetch,
): FetchLike {
  return async (url, init) => {
    const key = keyIn(init?.body);
    const response = await send(url, init);
    const { body, status, statusText, headers } = response;
    if (body === null || !response.ok) return response;
    const bounded = counted(body, mostBytes, (why) => {
      if (key !== undefined) broken(key, why);
    });
    return new Response(bounded, { status, statusText, headers });
  };
}

function keyIn(body: unknown): string | undefined {
  if (typeof body !== 'string' || !body.includes(KEY)) return undefined;
  return Call.safeParse(JSON.parse(body)).data?.params._meta[KEY];
}

const LINE_END = 10;

/** Counts anew with each event of a stream: two line ends in a row, which one JSON body has not. */
function counted(
  body: ReadableStream<Uint8Array>,
  mostBytes: number,
  broken: (why: Error) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let count = 0;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        if (done) {
          controller.close();
          return;
        }
        const lineEnd = value.lastIndexOf(LINE_END);
        const isEventEnd = lineEnd > 0 && (value[lineEnd - 1] === LINE_END || value[lineEnd - 1] === 13);
        count = isEventEnd ? value.length - lineEnd : count + value.length;
        if (count > mostBytes || value.length > mostBytes) throw new TooLong('the answer is too long');
        controller.enqueue(value);
      } catch (thrown) {
        const why = thrown instanceof Error ? thrown : new Error('the answer broke off');
        void reader.cancel().catch(() => {});
        broken(why);
        controller.error(why);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
