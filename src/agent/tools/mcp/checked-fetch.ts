import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import type { FetchLike } from '@modelcontextprotocol/client';
import { Failure, toFailure } from '../../../model/failure.ts';
import { isPublic } from '../../../model/public-address.ts';
import { addressOf, systemResolve, type Resolve } from '../builtin/address-of.ts';

/** Where a server may be that an organization has named. */
export type Reach = {
  /** Also in private networks, and without TLS. */
  readonly allowPrivate: boolean;
  readonly resolve?: Resolve;
};

export type CheckedFetch = { readonly fetch: FetchLike; readonly [Symbol.dispose]: () => void };

/** Connections that are kept for the next request, and no longer than servers usually keep them. */
const MOST_KEPT = 4;
const KEPT_MS = 4_000;

/**
 * `fetch` that looks at each address right before it connects to it, and connects to that one: a name that leads elsewhere by
 * now leads nowhere. Redirections are left to whoever asks. Rejects with a Failure `refused` where it may not go.
 */
export function openCheckedFetch(reach: Reach): CheckedFetch {
  const lookup: LookupFunction = (host, options, found) => {
    const look = async (): Promise<void> => {
      try {
        const address = await checkedAddress(host, reach);
        const family = isIPv6(address) ? 6 : 4;
        // Node asks for all addresses where it would try them one after the other.
        if (options.all === true) found(null, [{ address, family }]);
        else found(null, address, family);
      } catch (thrown) {
        found(toFailure(thrown, 'unavailable'), '', 0);
      }
    };
    void look();
  };
  const settings = { keepAlive: true, maxFreeSockets: MOST_KEPT, timeout: KEPT_MS, lookup };
  const plain = new HttpAgent(settings);
  const secure = new HttpsAgent(settings);
  return {
    async fetch(to, init = {}) {
      const url = new URL(to);
      await checkUrl(url, reach);
      const headers = Object.fromEntries(new Headers(init.headers));
      const options = {
        method: init.method ?? 'GET',
        headers: { ...headers, 'accept-encoding': 'identity' },
        signal: init.signal ?? undefined,
      };
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      const sent =
        url.protocol === 'https:'
          ? requestHttps(url, { ...options, agent: secure }, resolve)
          : requestHttp(url, { ...options, agent: plain }, resolve);
      sent.on('error', reject);
      sent.end(typeof init.body === 'string' || init.body instanceof Uint8Array ? init.body : undefined);
      return responseOf(await promise);
    },
    [Symbol.dispose]() {
      plain.destroy();
      secure.destroy();
    },
  };
}

/** @throws Failure `refused` that says why an address may not be reached, or `unavailable` where there is no such host. */
export async function checkServerUrl(url: URL, reach: Reach): Promise<void> {
  await checkUrl(url, reach);
  await checkedAddress(url.hostname, reach);
}

/** What can be said without asking for its address; a host that is one itself is looked up by nobody. */
async function checkUrl(url: URL, reach: Reach): Promise<void> {
  if (url.protocol !== 'https:' && !(reach.allowPrivate && url.protocol === 'http:'))
    throw new Failure('refused', `${url.origin}: it has to be reached by https`);
  if (url.username !== '' || url.password !== '')
    throw new Failure('refused', `${url.host}: a password in the address; send it in a header`);
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) await checkedAddress(url.hostname, reach);
}

async function checkedAddress(host: string, { allowPrivate, resolve = systemResolve }: Reach): Promise<string> {
  const address = await addressOf(host, resolve, allowPrivate ? () => true : isPublic);
  if (address === undefined)
    throw new Failure(
      'refused',
      `${host} is not in the public internet: who runs this hub allows it by SSO_ALLOW_PRIVATE=true, or adds the server to the configuration`,
    );
  return address;
}

/** Answers of these have no body, and a `Response` takes none. */
const EMPTY = new Set([204, 205, 304]);

function responseOf(answer: IncomingMessage): Response {
  const { statusCode: status = 502, statusMessage: statusText = '', headers: given } = answer;
  const headers = new Headers();
  for (const [name, value] of Object.entries(given))
    for (const one of [value].flat()) if (one !== undefined) headers.append(name, one);
  answer.on('error', () => {});
  if (EMPTY.has(status)) answer.resume();
  const body = EMPTY.has(status) ? null : streamOf(answer);
  return new Response(body, { status, statusText, headers });
}

function streamOf(answer: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = answer[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(Buffer.from(value));
    },
    cancel: () => void answer.destroy(),
  });
}
