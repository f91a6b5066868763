import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIPv6 } from 'node:net';
import { Failure } from '../../model/failure.ts';
import { parseJson } from '../../model/parse-json.ts';
import { reach, type Reach } from './reach.ts';

/** What is asked of a provider: GET, or POST where there is a form. */
export type Question = {
  readonly url: URL;
  readonly form?: URLSearchParams;
  readonly authorization?: string;
};

/** Bytes of an answer: keys of the largest providers have a tenth of it. */
const MOST_BYTES = 512 * 1024;

/** Milliseconds for one answer. */
const WITHIN_MS = 10_000;

/**
 * Asks a provider, at the address that was looked at; redirections are not followed.
 * @returns status and JSON; undefined where it is none.
 * @throws Failure `refused`, `unavailable`, `too-large`, or `aborted`.
 */
export async function ask(
  { url, form, authorization }: Question,
  where: Reach,
): Promise<{ readonly status: number; readonly json: unknown }> {
  const address = await reach(url, where);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const signal = AbortSignal.timeout(WITHIN_MS);
  const sent = send(
    url,
    {
      method: form === undefined ? 'GET' : 'POST',
      signal,
      agent: false,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(authorization !== undefined && { authorization }),
      },
      lookup: (_host, options, done) => {
        const family = isIPv6(address) ? 6 : 4;
        if (options.all === true) done(null, [{ address, family }]);
        else done(null, address, family);
      },
    },
    resolve,
  );
  sent.once('error', reject);
  sent.end(form?.toString());
  try {
    const answer = await promise;
    return { status: answer.statusCode ?? 0, json: parseJson(await read(answer)) };
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const why = signal.aborted ? 'it did not answer in time' : 'it cannot be reached';
    throw new Failure(signal.aborted ? 'aborted' : 'unavailable', `${url.origin}: ${why}`);
  } finally {
    sent.destroy();
  }
}

async function read(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > MOST_BYTES) throw new Failure('too-large', 'the provider answers with more than 512 KiB');
  }
  return Buffer.concat(chunks).toString('utf8');
}
