import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** What tools did out there, whoever called them and whatever became of the caller. */
export type OrderLedger = {
  readonly url: string;
  /** How often something was done for an order: what carries an idempotency key that is known counts once. */
  readonly done: (tool: string, order: string) => number;
  readonly calls: () => number;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const Entry = z.object({ tool: z.enum(['put', 'send']), order: z.string(), key: z.string() });

/** Milliseconds before and after something is done: a caller that ends in between does not know which it was. */
const MOST_LAG_MS = 250;

export async function openOrderLedger(): Promise<OrderLedger> {
  const done = new Map<string, number>();
  const known = new Set<string>();
  let calls = 0;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { tool, order, key } = Entry.parse(JSON.parse(await text(request)));
    calls += 1;
    await sleep(Math.random() * MOST_LAG_MS);
    if (tool === 'send' || !known.has(key)) done.set(`${tool} ${order}`, (done.get(`${tool} ${order}`) ?? 0) + 1);
    known.add(key);
    await sleep(Math.random() * MOST_LAG_MS);
    response.end(`${tool} ${order}: done`);
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    done: (tool, order) => done.get(`${tool} ${order}`) ?? 0,
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
