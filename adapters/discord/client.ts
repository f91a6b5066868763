import { REST, RequestMethod } from '@discordjs/rest';
import type { z } from 'zod';
import { Failure } from '../../src/model/failure.ts';
import type { OutFile } from '../../src/model/reply.ts';
import { clean } from '../kit/text.ts';
import { failureOf } from './errors.ts';
import { openFetch, withoutToken } from './fetch.ts';
import { openGlobalPace } from './global-pace.ts';
import { openInvalidCalls } from './invalid-calls.ts';

/** One call of Discord's API, sent once. */
export type Request = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly route: `/${string}`;
  readonly body?: object;
  /** They go with the body, which names them in `attachments`. */
  readonly files?: readonly OutFile[];
  readonly query?: Readonly<Record<string, string>>;
  /** The address itself says who calls (an interaction's token): the bot's token is not sent. */
  readonly anonymous?: boolean;
  /** Not worth waiting for: it is left out while other calls wait. */
  readonly optional?: boolean;
};

export type Client = {
  /** With the version: `https://discord.com/api/v10`. */
  readonly apiUrl: string;
  /** Rejects with a Failure. */
  readonly request: (request: Request, signal: AbortSignal) => Promise<unknown>;
  /** The library's own client, for the gateway; it is given the token anew each time. */
  readonly rest: () => REST;
};

/**
 * discord.js's REST client, which knows the limits from the headers of earlier answers: a call that would run into one
 * is refused here, not sent. The limit of all calls together is waited for in turn. Its own repetitions are off.
 * @throws Failure `invalid` when the address does not end in the API's version.
 */
export function openClient({ apiUrl, token }: { readonly apiUrl: string; readonly token: string }): Client {
  const [, api, version] = /^(.+)\/v(\d{1,3})$/.exec(apiUrl) ?? [];
  if (api === undefined || version === undefined) {
    throw new Failure('invalid', 'DISCORD_API_URL must end in the version, as in https://discord.com/api/v10');
  }
  const rest = new REST({
    api,
    version,
    retries: 0,
    // A backstop only: `openFetch` ends each call before.
    timeout: 45_000,
    rejectOnRateLimit: () => true,
    globalRequestsPerSecond: Infinity,
    invalidRequestWarningInterval: 0,
    makeRequest: openFetch(openInvalidCalls()),
  }).setToken(token);
  // A 401 makes the library forget the token for ever.
  const withToken = (): REST => rest.setToken(token);

  const pace = openGlobalPace();
  return {
    apiUrl,
    rest: withToken,
    async request({ method, route, body, files = [], query, anonymous, optional }, signal) {
      const what = `${method} ${withoutToken(route)}`;
      if (anonymous !== true) await pace.ready(what, signal, optional === true ? 0 : undefined);
      try {
        return await withToken().request({
          method: METHODS[method],
          fullRoute: route,
          ...(body && { body }),
          ...(files.length > 0 && { files: files.map(rawFile) }),
          ...(query && { query: new URLSearchParams(query) }),
          auth: anonymous !== true,
          // One of its own for each call: the library never takes its listener away.
          signal: AbortSignal.any([signal]),
        });
      } catch (thrown) {
        const failure = failureOf(thrown, what);
        throw method === 'GET' ? whenReading(failure) : failure;
      }
    },
  };
}

const METHODS = {
  GET: RequestMethod.Get,
  POST: RequestMethod.Post,
  PUT: RequestMethod.Put,
  PATCH: RequestMethod.Patch,
  DELETE: RequestMethod.Delete,
} as const;

const rawFile = ({ name, mediaType, bytes }: OutFile) => ({
  name: clean(name),
  contentType: mediaType,
  data: Buffer.from(bytes),
});

/** What only reads may as well be asked again. */
function whenReading(failure: Failure): Failure {
  return failure.code === 'unknown-outcome'
    ? new Failure('unavailable', failure.message, { cause: failure.cause })
    : failure;
}

/**
 * An answer in the shape that its route promises.
 * @throws Failure with `code`: after a write `unknown-outcome`, because it was performed.
 */
export function shaped<Shape extends z.ZodType>(
  shape: Shape,
  answer: unknown,
  code: 'unknown-outcome' | 'unavailable',
): z.output<Shape> {
  const parsed = shape.safeParse(answer);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new Failure(code, `Discord's answer is not in the documented shape at ${path}`);
}
