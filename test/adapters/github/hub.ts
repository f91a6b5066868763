import type { Adapter } from '../../../src/model/adapter.ts';
import { openGithub } from '../../../adapters/github/index.ts';
import { openGithubStandIn } from '../../../sandbox/github/index.ts';
import { openEndpoint } from '../../kit/endpoint.ts';

/** The adapter, a stand-in to talk to, and an endpoint between them that collects what was received. */
export async function openHub(settings: Parameters<typeof openGithubStandIn>[0] = {}) {
  await using closers = new AsyncDisposableStack();
  const github = closers.use(await openGithubStandIn(settings));
  const adapter = await openGithub(github.environment, AbortSignal.timeout(5000));
  const { receive: take, ...found } = parts(adapter);
  const { url, events } = closers.use(await openEndpoint(take));
  github.deliverTo(url);
  const access = { install: github.installation, secret: undefined };
  const owned = closers.move();
  return { github, adapter, url, access, events, ...found, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The functions that this adapter has and the seam lets others leave out. */
function parts({ receive, show, history, findPost }: Adapter) {
  if (receive === undefined || show === undefined || history === undefined || findPost === undefined)
    throw new Error('a part is missing');
  return { receive, show, history, findPost };
}

export type Hub = Awaited<ReturnType<typeof openHub>>;

/** Somebody asks; the place to answer at. */
export async function asked(hub: Hub, act: () => Promise<unknown>) {
  await act();
  const event = hub.events.findLast((event) => event.kind === 'message' && event.message.author.kind === 'human');
  if (event?.kind !== 'message') throw new Error('nothing was received');
  return event;
}

export const soon = () => AbortSignal.timeout(5000);

/** 22 characters of base64url, as the outbox makes them. */
export const nonce = (name: string) => name.padEnd(22, '0');
