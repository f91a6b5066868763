import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIPv6 } from 'node:net';
import { Failure } from '../../../model/failure.ts';

/** An answer's beginning. */
export type Page = {
  readonly status: number;
  readonly type: string;
  readonly location: string | undefined;
  readonly bytes: Buffer;
  /** There was more than was read. */
  readonly cut: boolean;
};

/**
 * Asks one address for a page, whatever its name points to by now.
 * @throws Failure `unavailable` or `aborted`.
 */
export async function fetchPinned(url: URL, address: string, mostBytes: number, signal: AbortSignal): Promise<Page> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const family = isIPv6(address) ? 6 : 4;
  const sent = send(
    url,
    {
      method: 'GET',
      signal,
      agent: false,
      headers: {
        accept: 'text/html, text/*, application/json, */*;q=0.1',
        'accept-encoding': 'identity',
        'user-agent': 'switchboard',
      },
      lookup: (_host, options, done) => {
        // Node asks for all addresses where it would try them one after the other.
        if (options.all === true) done(null, [{ address, family }]);
        else done(null, address, family);
      },
    },
    resolve,
  );
  sent.once('error', reject);
  sent.end();
  try {
    return await read(await promise, mostBytes);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const why = signal.aborted ? 'it did not answer in time' : codeOf(thrown);
    throw new Failure(signal.aborted ? 'aborted' : 'unavailable', `${url.origin}: ${why}`);
  } finally {
    sent.destroy();
  }
}

async function read(answer: IncomingMessage, mostBytes: number): Promise<Page> {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new Failure('refused', 'it sends its pages packed, although it was asked not to');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > mostBytes) break;
  }
  const { location, 'content-type': type = '' } = answer.headers;
  const bytes = Buffer.concat(chunks).subarray(0, mostBytes);
  return { status: answer.statusCode ?? 0, type, location, bytes, cut: size > mostBytes };
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'it cannot be reached';
