import { createHmac, generateKeyPairSync, randomUUID, sign as signWith } from 'node:crypto';
import type { Adapter, AdapterListing, Credentials, InboundRequest } from '../../src/model/adapter.ts';
import { listings } from '../../adapters/listings.ts';
import type { Subject, Talk } from '../contract/subject.ts';
import { lackOf } from '../contract/subject.ts';
import { subjects } from '../contract/subjects/all.ts';
import { soon, unique } from '../contract/tools.ts';
import type { Sample } from './samples.ts';
import { furtherDispatches, furtherSamples } from './samples.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** A request around any bytes, signed as the platform signs. */
export type Sign = (body: Uint8Array | string, headers?: Headers) => Promise<InboundRequest>;

/** An adapter, opened with a stand-in's credentials, and what the stand-in's people made it receive. */
export type Platform = AsyncDisposable & {
  readonly name: string;
  readonly listing: AdapterListing;
  readonly adapter: Adapter;
  readonly credentials: Credentials;
  readonly sign: Sign;
  /** What comes over HTTP: each kind once. */
  readonly samples: readonly Sample[];
  /** What comes at the gateway, as JSON of `{t, s, d}`. */
  readonly dispatches: readonly string[];
  readonly secrets: readonly string[];
};

/** All four; each speaks with its own stand-in for as long as it is open. */
export async function openPlatforms(): Promise<AsyncDisposable & { readonly all: readonly Platform[] }> {
  await using closers = new AsyncDisposableStack();
  const all = await Promise.all(subjects.map(openPlatform));
  for (const platform of all) closers.use(platform);
  const moved = closers.move();
  return { all, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

async function openPlatform(subject: Subject): Promise<Platform> {
  const talk = await subject.open();
  const { platform } = talk;
  const listing = listings.find((one) => one.platform === platform);
  if (listing === undefined) throw new Error(`no listing of ${platform}`);
  await speak(subject, talk);
  const { credentials, sign } = signerOf(talk);
  const samples = samplesOf(talk);
  const dispatches = dispatchesOf(talk);
  const adapter = await listing.open(credentials, soon());
  // Keys that an adapter reads with its first request are read now: no test of input is one of connections.
  await adapter.receive?.(await sign(samples[0]?.body ?? '{}', samples[0]?.headers));
  return {
    name: platform,
    listing,
    adapter,
    credentials,
    sign,
    samples: [...samples, ...furtherSamples(platform, samples)],
    dispatches: platform === 'discord' ? [...dispatches, ...furtherDispatches(dispatches, samples)] : [],
    secrets: talk.secrets,
    [Symbol.asyncDispose]: () => talk[Symbol.asyncDispose](),
  };
}

/** Everything that people do on a platform, once. */
async function speak(subject: Subject, { people, inbox }: Talk): Promise<void> {
  const can = (needs: 'direct' | 'command' | 'reactions' | 'other bots'): boolean =>
    lackOf(subject, { sentence: '', needs, run: () => Promise.resolve() }) === undefined;
  const said = await people.mention(unique('how do *I* `mount` it?'));
  await people.followUp(said.thread, unique('and then?'));
  if (can('direct')) await people.direct(unique('alone'));
  if (can('command')) await people.command(unique('a command'));
  await people.share(unique('look'), { name: 'a.txt', mediaType: 'text/plain', bytes: Buffer.from('abc') });
  await people.edit(said.id, unique('changed'));
  if (can('reactions')) await people.thumb(said.id, true);
  if (can('other bots')) await people.otherBot(unique('beep'));
  await people.remove(said.id);
  await people.uninstall();
  await inbox.event('uninstalled');
}

/** One request of each kind: of those that look alike, the first. */
function samplesOf({ inbox }: Talk): readonly Sample[] {
  const found = new Map<string, Sample>();
  for (const { request, received } of inbox.requests) {
    const kinds = received.delivery?.events.map((event) => (event.kind === 'message' ? event.why : event.kind));
    const what = (kinds ?? ['handshake']).join('+');
    const { 'content-type': type, 'x-github-event': event } = request.headers;
    const headers = { 'content-type': type, ...(event !== undefined && { 'x-github-event': event }) };
    if (!found.has(what)) found.set(what, { what, body: Buffer.from(request.body).toString(), headers });
  }
  return [...found.values()];
}

const dispatchesOf = ({ inbox }: Talk): readonly string[] =>
  inbox.deliveries.map(({ raw }) => Buffer.from(raw).toString()).filter((text) => text.startsWith('{"t":'));

type Signer = { readonly credentials: Credentials; readonly sign: Sign };

function signerOf(talk: Talk): Signer {
  const credentials = talk.standIn.environment;
  if (talk.platform === 'slack') return { credentials, sign: slackSigner(credentials['SLACK_SIGNING_SECRET'] ?? '') };
  if (talk.platform === 'github') return { credentials, sign: githubSigner(credentials['WEBHOOK_SECRET'] ?? '') };
  if (talk.platform === 'discord') return discordSigner(credentials);
  return {
    credentials,
    sign: async (body, headers) => {
      const request = await talk.signed(Buffer.from(body));
      return { ...request, headers: { 'content-type': 'application/json', ...request.headers, ...headers } };
    },
  };
}

const requestOf = (url: string, body: Uint8Array, headers: Headers): InboundRequest => ({
  method: 'POST',
  url,
  headers,
  body,
  receivedAt: new Date(),
});

function slackSigner(secret: string): Sign {
  return async (text, headers) => {
    const body = Buffer.from(text);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const mac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex');
    const signature = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${mac}` };
    return requestOf('/slack/events', body, { 'content-type': 'application/json', ...signature, ...headers });
  };
}

function githubSigner(secret: string): Sign {
  return async (text, headers) => {
    const body = Buffer.from(text);
    return requestOf('/api/github/webhooks', body, {
      'content-type': 'application/json',
      'x-github-event': 'issue_comment',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      ...headers,
    });
  };
}

/** With a key of our own: the stand-in signs text, and not every sequence of bytes is one. */
function discordSigner(environment: Credentials): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const hex = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  return {
    credentials: { ...environment, DISCORD_PUBLIC_KEY: hex },
    sign: async (text, headers) => {
      const body = Buffer.from(text);
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signature = signWith(null, Buffer.concat([Buffer.from(timestamp), body]), privateKey).toString('hex');
      return requestOf('/discord/interactions', body, {
        'content-type': 'application/json',
        'x-signature-ed25519': signature,
        'x-signature-timestamp': timestamp,
        ...headers,
      });
    },
  };
}
