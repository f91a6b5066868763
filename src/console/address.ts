import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { z } from 'zod';
import { isPublic } from '../model/public-address.ts';

/** What was found at the address under which platforms and browsers are to reach this hub. */
export type Reached = {
  readonly url: string;
  /** `local`: it is this hub, and nobody outside can reach it. */
  readonly state: 'ok' | 'local' | 'failed';
  /** What is in the way; null: nothing. */
  readonly problem: 'dns' | 'tls' | 'connection' | 'proxy' | 'another-server' | 'address' | null;
  /** What was found, in one sentence. */
  readonly says: string;
  readonly fix: string | null;
};

/** Shows that it is this hub that answers, and looks whether it does. */
export type Address = {
  /** What `/healthz?nonce=` answers: any process of this hub says the same, and nobody else can. */
  readonly prove: (nonce: string) => Promise<string>;
  readonly look: () => Promise<Reached>;
};

export type AddressOptions = {
  readonly url: () => string;
  /** A key for this one purpose. */
  readonly secret: () => Promise<Uint8Array>;
};

const WITHIN_MS = 8_000;
const Healthy = z.object({ proof: z.string() });

export function openAddress({ url, secret }: AddressOptions): Address {
  const prove = async (nonce: string): Promise<string> =>
    createHmac('sha256', await secret())
      .update(nonce)
      .digest('base64url');
  return { prove, look: () => look(url(), prove) };
}

async function look(url: string, prove: Address['prove']): Promise<Reached> {
  const parsed = URL.parse(url);
  if (parsed === null)
    return failed(url, 'address', 'It is no address.', 'Set SWITCHBOARD_URL, as https://hub.example.com.');
  const nonce = randomBytes(24).toString('base64url');
  const path = `${url.replace(/\/+$/, '')}/healthz?nonce=${nonce}`;
  let response: Response;
  try {
    response = await fetch(path, { redirect: 'manual', signal: AbortSignal.timeout(WITHIN_MS) });
  } catch (thrown) {
    return failed(url, ...reasonOf(thrown, parsed.host));
  }
  const { status } = response;
  const body = Healthy.safeParse(await response.json().catch(() => undefined));
  if (body.success && same(body.data.proof, await prove(nonce))) return reached(url, parsed);
  return failed(url, ...answerOf(status, response.headers.get('location'), parsed.host));
}

const same = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/** It is this hub: whether others can come as well is a matter of where the address leads. */
async function reached(url: string, { protocol, hostname }: URL): Promise<Reached> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const addresses =
    isIP(host) === 0 ? (await lookup(host, { all: true }).catch(() => [])).map(({ address }) => address) : [host];
  const base = { url, problem: null };
  if (!addresses.some(isPublic))
    return {
      ...base,
      state: 'local',
      says: 'It is this hub, at an address that only this network knows.',
      fix: 'A platform that is called from here needs no more. One that calls this hub needs a public address by https: set SWITCHBOARD_URL to it.',
    };
  if (protocol !== 'https:')
    return {
      ...base,
      state: 'failed',
      problem: 'tls',
      says: 'It is this hub, without TLS: platforms deliver to https only.',
      fix: 'Put a proxy with a certificate before it, and set SWITCHBOARD_URL to its https address.',
    };
  return { ...base, state: 'ok', says: 'It is this hub, and everybody can reach it.', fix: null };
}

type Reason = readonly [problem: NonNullable<Reached['problem']>, says: string, fix: string];

const failed = (url: string, ...[problem, says, fix]: Reason): Reached => ({
  url,
  state: 'failed',
  problem,
  says,
  fix,
});

const Coded = z.object({ code: z.string() });

/** Why nothing answered. Pure. */
export function reasonOf(thrown: unknown, host: string): Reason {
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : undefined;
  const code = Coded.safeParse(cause).data?.code ?? '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return [
      'dns',
      `There is no name ${host} in the DNS.`,
      `Add a record for ${host} that leads to this hub, or mend SWITCHBOARD_URL.`,
    ];
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code))
    return [
      'tls',
      `The certificate of ${host} is not taken (${code}).`,
      'Use a certificate for this name of an authority that browsers know, with its whole chain.',
    ];
  if (code === 'ECONNREFUSED')
    return [
      'connection',
      `Nothing listens at ${host}.`,
      'Start the proxy, or let SWITCHBOARD_URL name the port at which this hub is reached.',
    ];
  return [
    'connection',
    `${host} does not answer${code === '' ? '' : ` (${code})`}.`,
    'Let the firewall pass it from outside and from this machine, and check where the name leads.',
  ];
}

/** What it is that answered, when it is not this hub. Pure. */
export function answerOf(status: number, location: string | null, host: string): Reason {
  if (status >= 300 && status < 400)
    return [
      'proxy',
      `${host} sends people on to ${URL.parse(location ?? '')?.origin ?? 'somewhere else'}.`,
      'Let SWITCHBOARD_URL be the address that it sends to: platforms do not follow.',
    ];
  if (status === 502 || status === 503 || status === 504)
    return [
      'proxy',
      `The proxy at ${host} answers ${status}: it does not reach this hub.`,
      'Let the proxy lead to the address and the port at which this hub listens.',
    ];
  if (status === 401 || status === 403)
    return [
      'proxy',
      `Something before ${host} asks who is there (${status}).`,
      'Let it pass /hooks, /connect and /healthz without a sign-in: platforms sign what they send.',
    ];
  return [
    'another-server',
    `Another server answers at ${host} (${status}).`,
    'Let the name lead to this hub, or mend SWITCHBOARD_URL.',
  ];
}
