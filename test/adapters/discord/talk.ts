import type { Adapter } from '../../../src/model/adapter.ts';
import type { Form } from '../../../src/model/card.ts';
import type { Event } from '../../../src/model/event.ts';
import { botOf } from '../../../adapters/discord/bot.ts';
import { openClient } from '../../../adapters/discord/client.ts';
import { openIdentifyPace } from '../../../adapters/discord/identify-pace.ts';
import { openDiscord } from '../../../adapters/discord/index.ts';
import type { Heard } from '../../../src/model/adapter.ts';
import { openListen } from '../../../adapters/discord/listen.ts';
import { openDiscordStandIn } from '../../../sandbox/discord/index.ts';
import { openEndpoint } from '../../kit/endpoint.ts';
import type { DiscordSettings, DiscordStandIn } from '../../../sandbox/discord/index.ts';

/** The adapter, a Discord to talk to, and everything that was heard at its gateway. */
export async function openTalk(settings: DiscordSettings = {}) {
  await using closers = new AsyncDisposableStack();
  const discord = closers.use(await openDiscordStandIn({ limits: 'off', identifyEveryMs: 0, ...settings }));
  const adapter = whole(await openDiscord(discord.environment, soon()));
  const ear = openEar(listenAt(discord));
  closers.defer(() => ear.stop());
  const owned = closers.move();
  const access = { install: discord.guild, secret: undefined };
  return { discord, adapter, access, ear, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export type Talk = Awaited<ReturnType<typeof openTalk>>;

/** `listen` as the adapter has it, but with shorter pauses between two IDENTIFYs. */
export function listenAt(discord: DiscordStandIn, changed: Record<string, string> = {}) {
  const environment = { ...discord.environment, ...changed };
  const token = environment['DISCORD_TOKEN'] ?? '';
  const client = openClient({ token, apiUrl: environment['DISCORD_API_URL'] ?? '' });
  return openListen({ client, token, bot: botOf(token, undefined), pace: openIdentifyPace(5) });
}

/** Listens until it is stopped, and keeps what it heard. */
export function openEar(listen: ReturnType<typeof openListen>, session?: string) {
  const stopping = new AbortController();
  const heard: Heard[] = [];
  let wake = Promise.withResolvers<void>();
  const ended = (async () => {
    for await (const item of listen(session, stopping.signal)) {
      heard.push(item);
      wake.resolve();
    }
  })();
  ended.catch(() => wake.resolve());
  const events = (): Event[] => heard.flatMap((item) => item.delivery?.events ?? []);
  return {
    heard,
    events,
    ended,
    /** Resolves with the first event that fits, once it is there. */
    async event<Kind extends Event['kind']>(
      kind: Kind,
      fits: (event: Event & { kind: Kind }) => boolean = () => true,
    ): Promise<Event & { kind: Kind }> {
      const isKind = (event: Event): event is Event & { kind: Kind } => event.kind === kind;
      const deadline = AbortSignal.timeout(5_000);
      for (;;) {
        const found = events().filter(isKind).find(fits);
        if (found !== undefined) return found;
        wake = Promise.withResolvers();
        const late = new Promise<never>((_, reject) => {
          deadline.addEventListener('abort', () => reject(new Error(`no ${kind} was heard`)));
        });
        await Promise.race([wake.promise, late, ended]);
      }
    },
    session: () => heard.at(-1)?.session,
    async stop() {
      stopping.abort();
      await ended.catch(() => undefined);
    },
  };
}

/** The functions that this adapter has and the seam lets others leave out. */
function whole(adapter: Adapter) {
  const { receive, listen, show, history, findPost, remove } = adapter;
  if (!receive || !listen || !show || !history || !findPost || !remove) throw new Error('a part is missing');
  return { ...adapter, ...beside(adapter), receive, listen, show, history, findPost, remove };
}

function beside({ react, whisper, reach, under, share, person }: Adapter) {
  if (!react || !whisper || !reach || !under || !share || !person) throw new Error('a part is missing');
  return { react, whisper, reach, under, share, person };
}

/** Somebody asks at a new place; the event that the adapter made of it. */
export async function asked({ discord, ear }: Talk, text = 'hm') {
  const { id } = await discord.say({ text });
  return ear.event('message', (event) => event.message.id === id);
}

export const soon = () => AbortSignal.timeout(5_000);

/** 22 characters of base64url, as the outbox makes them. */
export const nonce = (name: string) => name.padEnd(22, '0');

/** Waits until `is` holds; looks every few milliseconds. */
export async function until(is: () => boolean, withinMs = 5_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!is()) {
    if (performance.now() > end) throw new Error('it never happened');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A hub's endpoint for interactions that asks for the forms it was given when their buttons are clicked. */
export async function openFormEndpoint({ adapter, discord }: Pick<Talk, 'adapter' | 'discord'>) {
  const forms = new Map<string, Form>();
  const endpoint = await openEndpoint(async (request) => {
    const received = await adapter.receive(request);
    const form = forms.get(received.click?.action ?? '');
    if (received.click === undefined || form === undefined) return received;
    return { ...received, response: await received.click.open(form, soon()) };
  });
  discord.deliverTo(endpoint.url);
  const last = <Kind extends Event['kind']>(kind: Kind): Event & { kind: Kind } => {
    const isKind = (event: Event): event is Event & { kind: Kind } => event.kind === kind;
    const found = endpoint.events.findLast(isKind);
    if (found === undefined) throw new Error(`no ${kind} came`);
    return found;
  };
  return { ...endpoint, forms, last };
}
