/** A call as a route's handler sees it. */
export type Request = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON body; undefined without one. */
  readonly body: unknown;
  readonly accept: string;
  /** Path and query, for `Link` headers. */
  readonly url: URL;
};

export type Answer = {
  readonly status: number;
  /** An object is sent as JSON, bytes and text as they are; undefined: nothing. */
  readonly body?: object | string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the ledger, where the status does not tell. */
  readonly performed?: boolean;
  /** What the ledger says it was about. */
  readonly about?: string;
};

/**
 * One call of the API. Its name in the ledger and for faults is method and pattern:
 * `POST /repos/:o/:r/issues/:n/comments`. A `*` takes the rest of the path.
 */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly pattern: string;
  readonly auth: 'app' | 'installation' | 'none';
  /** Counts against the limits of writing content. */
  readonly writes?: boolean;
  /** Another name in the ledger and for faults, by what the body asks for. */
  readonly call?: (body: unknown) => string;
  readonly handle: (request: Request) => Answer | Promise<Answer>;
};

const DOCS = 'https://docs.github.com/rest';

/** GitHub's form of an error. */
export function refusal(status: number, message: string, errors?: readonly object[]): Answer {
  return { status, body: { message, ...(errors && { errors }), documentation_url: DOCS, status: String(status) } };
}

export const notFound = (): Answer => refusal(404, 'Not Found');

/** 422 in the words that GitHub uses for one field. */
export function unprocessable(message: string, field = 'body'): Answer {
  return refusal(422, 'Validation Failed', [{ resource: 'IssueComment', code: 'custom', field, message }]);
}

/** One page of a list, with the `Link` header that leads to the next. */
export function page(items: readonly object[], { query, url }: Request): Answer {
  const perPage = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 30) || 30));
  const number = Math.max(1, Number(query.get('page') ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (to: number, rel: string): string => {
    const target = new URL(url);
    target.searchParams.set('page', String(to));
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = number < last ? [link(number + 1, 'next'), link(last, 'last')] : [];
  return {
    status: 200,
    body: items.slice((number - 1) * perPage, number * perPage),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

export function get(pattern: string, handle: Route['handle']): Route {
  return { method: 'GET', pattern, auth: 'installation', handle };
}

export function post(pattern: string, handle: Route['handle']): Route {
  return { method: 'POST', pattern, auth: 'installation', handle };
}
