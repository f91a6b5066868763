import { openFaults } from '../kit/faults.ts';
import { openLedger } from '../kit/ledger.ts';
import { openPlanned } from '../kit/planned.ts';
import { openServer } from '../kit/server.ts';
import type { StandIn } from '../kit/stand-in.ts';
import { openGateway } from './gateway.ts';
import type { Gateway, GatewaySettings } from './gateway.ts';
import { openInteractions } from './interactions.ts';
import type { Interactions } from './interactions.ts';
import { openRateLimits } from './limits.ts';
import type { LimitSetting } from './limits.ts';
import { openPeople, visibleIn } from './people.ts';
import type { People } from './people.ts';
import { refusal } from './route.ts';
import type { Answer } from './route.ts';
import { withInvitePage } from './invite-page.ts';
import { appRoutes } from './routes-app.ts';
import { channelRoutes } from './routes-channels.ts';
import { guildRoutes } from './routes-guild.ts';
import { messageRoutes, openNonces } from './routes-messages.ts';
import type { OldEdits } from './routes-messages.ts';
import { answering, BASE } from './server.ts';
import { guildJson, userJson } from './shapes.ts';
import { openSpeech } from './speech.ts';
import type { Speech } from './speech.ts';
import type { File, Reaction, World } from './world.ts';
import { createWorld, makeToken } from './world.ts';

export type DiscordSettings = {
  /** A port to listen at. Default: one of the system's choice. */
  readonly port?: number;
  /** Default as Discord's headers say: 5 messages, 5 edits in 5 seconds per channel, 50 other calls a second. */
  readonly limits?: LimitSetting;
  /** Waited before every answer, for loads that see a distant platform. Default 0. */
  readonly answerDelayMs?: number;
  /** Least time between two IDENTIFYs. Default 5,000, as Discord's. */
  readonly identifyEveryMs?: number;
  /** A session is kept so long after its socket was lost. Default 3 minutes. */
  readonly sessionsKeptMs?: number;
  /** Default 41,250, as Discord's. */
  readonly heartbeatMs?: number;
  /** "The past few minutes" of nonces. Default 5 minutes. */
  readonly noncesKeptMs?: number;
  /** A message that is older takes no more edits than these. Default: an hour; the number is not documented, here 5. */
  readonly oldEdits?: OldEdits;
};

export type DiscordStandIn = StandIn &
  People & {
    readonly guild: string;
    readonly bot: string;
    /** The role that Discord made for the bot. */
    readonly botRole: string;
    readonly gateway: Omit<Gateway, 'tell' | typeof Symbol.asyncDispose>;
    /** Sends any dispatch, as it is. */
    readonly tell: Gateway['tell'];
    /** The bot is invited again, or thrown out of the guild. */
    readonly join: Speech['joined'];
    readonly leave: Speech['left'];
    /** The next call of this name is refused with Discord's own number. */
    readonly refuseWith: (call: string, status: number, code: number, message: string) => void;
    /** The bot may no longer see a channel; a thread is archived, as after a time without a word. */
    readonly hide: (channel: string) => void;
    readonly archive: (thread: string) => void;
    /** Switches the Message Content intent on or off in the developer portal. */
    readonly allowMessageContent: (allowed: boolean) => void;
    /** Names of the registered commands. */
    readonly commands: () => readonly string[];
    readonly reactions: readonly Reaction[];
    /** What a channel or a thread is called, and the threads of a channel. */
    readonly channelName: (channel: string) => string;
    readonly threadsOf: (channel: string) => readonly string[];
    /** Files that hang on a message. */
    readonly filesOf: (message: string) => readonly File[];
    /** Who was called by a message of the bot's. */
    readonly calledBy: (message: string) => readonly string[];
    readonly expireInteractions: () => void;
    readonly sign: Interactions['signed'];
  };

/**
 * Discord on 127.0.0.1: one guild with the bot in it, its gateway and its API. Calls are named in the ledger by method
 * and pattern, e.g. `POST /channels/:c/messages`. Interactions go to the hub once `deliverTo` named it, before that over
 * the gateway, as at Discord where no endpoint is set.
 */
export async function openDiscordStandIn(settings: DiscordSettings = {}): Promise<DiscordStandIn> {
  await using closers = new AsyncDisposableStack();
  const server = closers.use(await openServer(settings.port));
  const world = createWorld(server.url);
  const token = makeToken(world);
  const [ledger, faults] = [openLedger(), openFaults()];
  const portal = { messageContent: true };
  const gateway = closers.use(
    openGateway(server.server, server.url, gatewaySettings(settings, { world, token, portal }), ledger),
  );
  const speech = openSpeech(world, gateway.tell);
  let hub: string | undefined;
  const endpoint = () => (hub === undefined ? undefined : { url: `${hub}/discord/interactions` });
  const interactions = openInteractions(world, speech, { ledger, hub: endpoint });
  const refusals = openPlanned<{ call: string; answer: Answer }>();
  const answer = answering({
    routes: [
      ...appRoutes(
        world,
        () => gateway,
        () => ({ ...portal, publicKey: interactions.publicKey }),
      ),
      ...talkRoutes(world, speech, settings),
      ...interactions.routes,
    ],
    token,
    limits: openRateLimits(settings.limits ?? 'as-discord'),
    faults,
    ledger,
    answerDelayMs: settings.answerDelayMs ?? 0,
    nextRefusal: (call) => refusals.take((one) => one.call === call)?.answer,
  });
  server.serve(withInvitePage({ world, ledger, join: speech.joined }, answer));
  const moved = closers.move();
  return {
    name: 'discord',
    url: server.url,
    environment: {
      DISCORD_TOKEN: token,
      DISCORD_PUBLIC_KEY: interactions.publicKey,
      DISCORD_API_URL: `${server.url}${BASE}`,
      DISCORD_URL: server.url,
    },
    ledger,
    faults,
    deliverTo: (url) => void (hub = url.replace(/\/+$/, '')),
    ...openPeople({ world, speech, gateway, interactions }),
    visible: (thread) => visibleIn(world, thread),
    gateway,
    tell: gateway.tell,
    join: speech.joined,
    leave: speech.left,
    refuseWith: (call, status, code, message) => refusals.plan({ call, answer: refusal(status, code, message) }),
    ...partsOf(world),
    allowMessageContent: (allowed) => void (portal.messageContent = allowed),
    expireInteractions: interactions.expire,
    sign: interactions.signed,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

const talkRoutes = (world: World, speech: Speech, settings: DiscordSettings) => [
  ...guildRoutes(world),
  ...channelRoutes(world, speech),
  ...messageRoutes(world, speech, rulesOf(settings)),
];

const FIVE_MINUTES_MS = 5 * 60_000;

const rulesOf = ({ noncesKeptMs = FIVE_MINUTES_MS, oldEdits = OLD_EDITS }: DiscordSettings) => ({
  nonces: openNonces(noncesKeptMs),
  oldEdits,
});

const OLD_EDITS: OldEdits = { afterMs: 3_600_000, most: 5 };

type Around = { readonly world: World; readonly token: string; readonly portal: { readonly messageContent: boolean } };

function gatewaySettings(settings: DiscordSettings, { world, token, portal }: Around): GatewaySettings {
  return {
    token,
    identifyEveryMs: settings.identifyEveryMs ?? 5_000,
    sessionsKeptMs: settings.sessionsKeptMs ?? 3 * 60_000,
    heartbeatMs: settings.heartbeatMs ?? 41_250,
    messageContent: () => portal.messageContent,
    greet() {
      const { bot, guild, member } = world;
      const guilds = member.here ? [{ id: guild.id, unavailable: true }] : [];
      const ready = { user: userJson(bot), application: { id: bot.id, flags: 0 }, guilds };
      return { ready, after: guilds.map(() => ({ t: 'GUILD_CREATE', d: guildJson(world) })) };
    },
  };
}

type Own =
  | 'guild'
  | 'bot'
  | 'botRole'
  | 'hide'
  | 'archive'
  | 'commands'
  | 'reactions'
  | 'channelName'
  | 'threadsOf'
  | 'filesOf'
  | 'calledBy';

function partsOf({ guild, bot, channels, commands, reactions, messages }: World): Pick<DiscordStandIn, Own> {
  return {
    commands: () => [...commands.keys()],
    reactions,
    channelName: (channel) => channels.get(channel)?.name ?? '',
    threadsOf: (channel) => [...channels.values()].filter(({ parent }) => parent === channel).map(({ id }) => id),
    filesOf: (message) => messages.get(message)?.files ?? [],
    calledBy: (message) => messages.get(message)?.called ?? [],
    guild: guild.id,
    bot: bot.id,
    botRole: guild.roles.find((role) => role.bot === bot.id)?.id ?? '',
    hide: (channel) => void Object.assign(channels.get(channel) ?? {}, { hidden: true }),
    archive: (thread) => void Object.assign(channels.get(thread) ?? {}, { archived: true }),
  };
}
