import { randomBytes } from 'node:crypto';
import type { Attempt } from '../kit/deliver.ts';
import { openFaults } from '../kit/faults.ts';
import { openLedger } from '../kit/ledger.ts';
import { openPlanned } from '../kit/planned.ts';
import { openServer } from '../kit/server.ts';
import type { StandIn, Visible } from '../kit/stand-in.ts';
import { wordsOf } from './cards.ts';
import type { Patience } from './deliver.ts';
import { openDeliveries, PATIENCE } from './deliver.ts';
import type { LimitSetting } from './limits.ts';
import { openLimits, openReactionLimits } from './limits.ts';
import type { Outcome } from './route.ts';
import { failed } from './route.ts';
import { graphRoutes } from './routes-graph.ts';
import { connectorRoutes } from './routes-connector.ts';
import { reactionRoutes } from './routes-reactions.ts';
import { loginRoutes, openTokens } from './routes-login.ts';
import { answering } from './server.ts';
import type { Signing } from './signing.ts';
import { openSigning } from './signing.ts';
import type { Speech } from './speech.ts';
import { cancelStream, openStreams } from './streams.ts';
import { openSpeech } from './speech.ts';
import type { Held, World } from './world.ts';
import { createWorld, findMessage, personOf, threadOf } from './world.ts';

export type TeamsSettings = {
  /** A port to listen at. Default: one of the system's choice. */
  readonly port?: number;
  /** Waited before every answer, for loads that see a distant platform. Default 0. */
  readonly answerDelayMs?: number;
  /** Default `real`. */
  readonly limits?: LimitSetting;
  /** How long the hub's answer is waited for, and how often it is tried again. Default: as Teams. */
  readonly patience?: Partial<Patience>;
  readonly appType?: 'MultiTenant' | 'SingleTenant';
  /** Seconds for which the bot's tokens are good. Default: as Microsoft Entra, a day. */
  readonly tokensForS?: number;
  /** How long a message may be streamed. Default: as Teams, two minutes. */
  readonly streamForMs?: number;
  /** Milliseconds until Graph shows what was said. Default 0. */
  readonly graphLagMs?: number;
  /** The channels that the signing key is endorsed for. Default: the Bot Framework's, Teams among them. */
  readonly endorsements?: readonly string[];
};

export type TeamsStandIn = StandIn &
  Speech & {
    readonly tenant: string;
    readonly serviceUrl: string;
    readonly channel: string;
    readonly personal: string;
    readonly group: string;
    readonly bot: string;
    /** The card that a message shows now, as it was sent. */
    readonly card: (messageId: string) => Readonly<Record<string, unknown>> | undefined;
    /** What notifications say of a message, the ids of people whom it calls, the message that it has a preview of, its words. */
    readonly told: (messageId: string) => Pick<Held, 'summary' | 'called' | 'preview' | 'text' | 'named'>;
    /** Types of the bot's reactions on a message. */
    readonly reactionsOn: (messageId: string) => readonly string[];
    /** Types of one person's. */
    readonly reactionsBy: (name: string, messageId: string) => readonly string[];
    /** What one person alone is shown, in any conversation. */
    readonly whispered: (name: string) => readonly Visible[];
    /** The Bot Framework's signing: for tokens that are wrong on purpose. */
    readonly signing: Signing;
    /** The next call of this name is refused with the Connector's own name of an error. */
    readonly refuseWith: (call: string, status: number, code: string) => void;
    /** What the app may read by Microsoft Graph is consented to; nothing is at first. Or that is taken back. */
    readonly consent: (to: 'channels' | 'group chat' | 'files', given?: boolean) => void;
    /** The reader presses the button below a message that is streamed. */
    readonly stopStream: (messageId: string) => void;
    /** From now on the addresses of files lead to a page to sign in at. */
    readonly runOutLinks: () => void;
    /** Every token that the bot has is refused from now on. */
    readonly revokeTokens: () => void;
    /** Every request to the hub, with its retries. */
    readonly attempts: readonly Attempt[];
    /** Resolves when every delivery was taken or given up. */
    readonly settled: () => Promise<void>;
  };

const ENDORSEMENTS = ['msteams', 'webchat', 'directline', 'emulator'];
const DAY_S = 86_399;

/** Teams on 127.0.0.1: one tenant, whose bot is in a channel, in a group chat, and with one person alone. */
export async function openTeamsStandIn(settings: TeamsSettings = {}): Promise<TeamsStandIn> {
  await using closers = new AsyncDisposableStack();
  const server = closers.use(await openServer(settings.port));
  const app = { id: crypto.randomUUID(), password: randomBytes(24).toString('base64url') };
  const streams = openStreams(settings);
  const world = createWorld(server.url, app);
  const signing = await openSigning(app.id, settings.endorsements ?? ENDORSEMENTS);
  const deliveries = closers.use(openDeliveries({ ...PATIENCE, ...settings.patience }));
  const speech = openSpeech(world, deliveries, signing);
  const [tokens, graph] = [openTokens(settings.tokensForS ?? DAY_S), openTokens(DAY_S)];
  const tenantPath = settings.appType === 'SingleTenant' ? world.tenant : 'botframework.com';
  const [ledger, faults] = [openLedger(), openFaults()];
  const refusals = openPlanned<{ call: string; outcome: Outcome }>();
  server.serve(
    answering({
      world,
      tokens,
      routes: [
        ...connectorRoutes(streams),
        ...reactionRoutes,
        ...loginRoutes(signing, { tokens, graph }, tenantPath),
        ...graphRoutes({ tokens: graph, lagMs: settings.graphLagMs ?? 0 }),
      ],
      limits: openLimits(settings.limits ?? 'real'),
      reactionLimits: openReactionLimits(settings.limits ?? 'real'),
      faults,
      ledger,
      nextError: (call) => refusals.take((one) => one.call === call)?.outcome,
      answerDelayMs: settings.answerDelayMs ?? 0,
    }),
  );
  const moved = closers.move();
  return {
    name: 'teams',
    url: server.url,
    environment: environmentOf(world, settings.appType ?? 'MultiTenant', tenantPath),
    ledger,
    faults,
    deliverTo: deliveries.deliverTo,
    attempts: deliveries.attempts,
    settled: deliveries.settled,
    ...speech,
    ...openSight(world),
    tenant: world.tenant,
    serviceUrl: world.serviceUrl,
    channel: world.channel.id,
    personal: world.personal.id,
    group: world.group.id,
    bot: world.bot.id,
    signing,
    refuseWith: (call, status, code) => refusals.plan({ call, outcome: failed(status, code) }),
    consent: (to, given = true) => void (given ? world.consents.add(to) : world.consents.delete(to)),
    stopStream: (messageId) => cancelStream(findMessage(world, messageId)),
    runOutLinks: () => void (world.linksRunOut = true),
    revokeTokens: tokens.revoke,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

type Sight = Pick<TeamsStandIn, 'visible' | 'whispered' | 'card' | 'told' | 'reactionsOn' | 'reactionsBy'>;

function openSight(world: World): Sight {
  return {
    visible: (thread) => visibleIn(world, (held) => held.only === undefined && isIn(held, thread)),
    whispered: (name) => visibleIn(world, (held) => held.only !== undefined && held.only === world.people.get(name)),
    card: (messageId) => findMessage(world, messageId).card,
    told: (messageId) => findMessage(world, messageId),
    reactionsOn: (messageId) => [...findMessage(world, messageId).reactions],
    reactionsBy: (name, messageId) => [...(findMessage(world, messageId).reactedBy.get(personOf(world, name)) ?? [])],
  };
}

function environmentOf({ address, app, tenant }: World, type: string, tenantPath: string): Record<string, string> {
  return {
    MicrosoftAppId: app.id,
    MicrosoftAppPassword: app.password,
    MicrosoftAppType: type,
    MicrosoftAppTenantId: tenant,
    TEAMS_OPENID_METADATA_URL: `${address}/v1/.well-known/openidconfiguration`,
    TEAMS_SERVICE_URL: `${address}/teams`,
    TEAMS_LOGIN_URL: address,
    TEAMS_GRAPH_URL: address,
    TEAMS_TOKEN_URL: `${address}/${tenantPath}/oauth2/v2.0/token`,
    TEAMS_ALLOWED_HOSTS: new URL(address).host,
  };
}

const isIn = (held: Held, thread: string | undefined): boolean => thread === undefined || threadOf(held) === thread;

function visibleIn(world: World, shows: (held: Held) => boolean): readonly Visible[] {
  return [...world.conversations.values()]
    .flatMap(({ messages }) => [...messages.values()])
    .filter(shows)
    .toSorted((one, other) => Number(one.id) - Number(other.id))
    .map((held) => ({
      id: held.id,
      thread: threadOf(held),
      author: world.names.get(held.from) ?? held.from,
      fromBot: held.fromBot,
      text:
        held.card === undefined ? held.text : [held.text, wordsOf(held.card)].filter((one) => one !== '').join('\n'),
      edits: held.edits,
      at: held.at,
    }));
}
