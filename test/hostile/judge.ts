import type { InboundRequest, Received } from '../../src/model/adapter.ts';
import type { Delivery } from '../../src/model/event.ts';
import { flawOf } from './flaw.ts';
import type { Platform } from './platforms.ts';

/** What an adapter made of a request, once it is sure that it may: see `flawOfAnswer`. */
export async function receive({ adapter }: Pick<Platform, 'adapter'>, request: InboundRequest): Promise<Received> {
  if (adapter.receive === undefined) throw new Error('this adapter takes nothing over HTTP');
  return adapter.receive(request);
}

/** Milliseconds of the thread's own work for one megabyte: longer, and one body keeps everybody else waiting. */
const AT_ONCE_MS = 250;

const workedMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

/**
 * Receives what is signed correctly, whatever it is.
 * @returns what was kept; undefined after a refusal or a handshake.
 * @throws Error when the adapter rejects, takes too long, blames itself (5xx), or keeps what cannot be stored.
 */
export async function judge(platform: Platform, request: InboundRequest): Promise<Delivery | undefined> {
  const before = workedMs();
  const { response, delivery } = await receive(platform, request);
  const tookMs = (workedMs() - before) / Math.max(1, request.body.length / 2 ** 20);
  const told = `${platform.name} answered ${response.status} ${response.body.slice(0, 300)}`;
  if (tookMs > AT_ONCE_MS) throw new Error(`${told} after ${Math.round(tookMs)} ms of work for a megabyte`);
  if (response.status >= 500 || response.status < 200) throw new Error(told);
  if (delivery === undefined) return undefined;
  if (response.status !== 200) throw new Error(`${told} and kept it all the same`);
  return sound(delivery);
}

/** @throws Error when it cannot be stored or read. */
export function sound(delivery: Delivery): Delivery {
  const flaw = flawOf(delivery);
  if (flaw !== undefined) throw new Error(flaw);
  return delivery;
}
