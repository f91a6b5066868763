import type { Fetched } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { FailureCode } from '../../src/model/failure.ts';
import { retryAfterMs } from './http.ts';

/** A file to read from a platform's host. */
export type Download = {
  readonly url: string;
  /** Asked for the first address and for every redirect: anything else would let a message name our own network. */
  readonly allowed: (url: URL) => boolean;
  /** Headers for this address; a token must go to the platform's own host only. */
  readonly headersFor: (url: URL) => Readonly<Record<string, string>>;
  readonly mostBytes: number;
  /** Milliseconds from here to the last byte. Default 30,000. */
  readonly withinMs?: number;
};

const DEFAULT_WITHIN_MS = 30_000;
const MOST_REDIRECTS = 4;

/**
 * Reads at most `mostBytes`, and stops the sender there. Sent once; redirects are followed by hand.
 * @throws Failure `refused` for an address that is not allowed, `gone`, `unauthorized`, `rate-limited`, `aborted`, else
 * `unavailable`: reading changes nothing, so it may always be tried again.
 */
export async function download(wanted: Download, signal: AbortSignal): Promise<Fetched> {
  const deadline = AbortSignal.timeout(wanted.withinMs ?? DEFAULT_WITHIN_MS);
  try {
    const response = await follow(wanted, AbortSignal.any([signal, deadline]));
    if (response.status !== 200) throw await unsuccessful(response);
    return await readMost(response, wanted.mostBytes);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    if (signal.aborted) throw new Failure('aborted', 'download: ended while under way');
    const why = deadline.aborted ? 'not whole in time' : 'connection failed';
    throw new Failure('unavailable', `download: ${why}`, { cause: thrown });
  }
}

async function follow(wanted: Download, signal: AbortSignal): Promise<Response> {
  let url = parse(wanted.url);
  for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
    if (!wanted.allowed(url)) throw new Failure('refused', `download: ${url.host} is not one of the platform's hosts`);
    const response = await fetch(url, { headers: wanted.headersFor(url), redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (location === null || response.status < 300 || response.status > 399) return response;
    await response.body?.cancel();
    url = parse(location, url);
  }
  throw new Failure('refused', `download: more than ${MOST_REDIRECTS} redirects`);
}

function parse(address: string, base?: URL): URL {
  const url = URL.parse(address, base);
  if (url === null) throw new Failure('invalid', 'download: not an address');
  return url;
}

async function unsuccessful(response: Response): Promise<Failure> {
  await response.body?.cancel();
  const { status } = response;
  const wait = status === 429 ? retryAfterMs(response.headers) : undefined;
  return new Failure(codeOf(status), `download: ${status}`, wait === undefined ? {} : { retryInMs: wait });
}

function codeOf(status: number): FailureCode {
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'unavailable';
  if (status === 404 || status === 410) return 'gone';
  return status === 401 || status === 403 ? 'unauthorized' : 'refused';
}

async function readMost(response: Response, mostBytes: number): Promise<Fetched> {
  const mediaType = response.headers.get('content-type') ?? undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    // Leaving the loop cancels the body, so no more is sent.
    if (size > mostBytes) break;
  }
  const bytes = new Uint8Array(Buffer.concat(chunks).subarray(0, mostBytes));
  return { bytes, mediaType, truncated: size > mostBytes };
}
