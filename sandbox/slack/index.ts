import { randomBytes } from 'node:crypto';
import type { Attempt } from '../kit/deliver.ts';
import { openFaults } from '../kit/faults.ts';
import { openLedger } from '../kit/ledger.ts';
import { openPlanned } from '../kit/planned.ts';
import { openServer } from '../kit/server.ts';
import type { StandIn, Visible } from '../kit/stand-in.ts';
import type { Deliveries } from './deliver.ts';
import { openDeliveries, RETRIES_MS } from './deliver.ts';
import { openAppStore } from './app-store.ts';
import { answeringAll, expireTokens, openWorkspace, servingOf } from './created.ts';
import { answering } from './server.ts';
import type { SlackSettings } from './settings.ts';
import type { Speech } from './speech.ts';
import { openSpeech } from './speech.ts';
import type { Sight } from './sight.ts';
import { openSight } from './sight.ts';
import { openWorkspaces } from './workspaces.ts';
import type { Workspace } from './workspaces.ts';
import type { Channel, World } from './world.ts';
import { createWorld, threadOf } from './world.ts';

export type { SlackSettings } from './settings.ts';

export type SlackStandIn = StandIn &
  Speech &
  Sight & {
    readonly team: string;
    readonly channel: string;
    /** Ids of all channels, the first one first. */
    readonly channels: readonly string[];
    readonly directChannel: string;
    readonly botUser: string;
    /** The next call of this method is refused with Slack's own name of an error. */
    readonly refuseWith: (method: string, error: string) => void;
    readonly archive: (archived: boolean) => void;
    /** The bot is put out of all channels. */
    readonly leave: () => void;
    /** Every request to the hub, with its retries. */
    readonly attempts: readonly Attempt[];
    /** Resolves when every delivery was taken or given up. */
    readonly settled: () => Promise<void>;
    readonly apps: CreatedApps;
  };

/** Apps that people create and install here, beside the one that is there from the beginning. */
export type CreatedApps = {
  /** Makes apps from manifests, as a person gets it at api.slack.com/apps. */
  readonly configToken: string;
  /** Variables that lead a hub here. */
  readonly urls: Readonly<Record<'SLACK_API_URL' | 'SLACK_URL' | 'SLACK_APPS_URL', string>>;
  /** Where they were installed. */
  readonly workspaces: () => readonly InstalledApp[];
  /** Every token of theirs that ends at all ends in so many milliseconds. */
  readonly expireTokens: (inMs: number) => void;
};

export type InstalledApp = Pick<Speech, 'say' | 'uninstall'> & {
  readonly app: string;
  readonly team: string;
  readonly isInstalled: () => boolean;
  readonly visible: (thread?: string) => readonly Visible[];
};

/** Slack on 127.0.0.1: one workspace with the app, a channel and a direct conversation. Calls are named as methods. */
export async function openSlackStandIn(settings: SlackSettings = {}): Promise<SlackStandIn> {
  const closers = new AsyncDisposableStack();
  const signingSecret = randomBytes(16).toString('hex');
  const token = `xoxb-${randomBytes(18).toString('base64url')}`;
  const server = closers.use(await openServer(settings.port));
  const deliveries = closers.use(openDeliveries(signingSecret, settings.retriesMs ?? RETRIES_MS));
  const world = createWorld({ address: server.url, signingSecret, token, channels: settings.channels ?? 0 });
  const speech = openSpeech(world, deliveries);
  const [ledger, faults] = [openLedger(), openFaults()];
  const refusals = openPlanned<{ method: string; error: string }>();
  const shared = {
    faults,
    ledger,
    nextError: (method: string) => refusals.take((one) => one.method === method)?.error,
  };
  const store = openAppStore();
  const workspaces = openWorkspaces((rotation, first) => {
    const opened = openWorkspace(rotation, first, { address: server.url, settings, shared });
    closers.use(opened.deliveries);
    return opened;
  });
  const own = answering(servingOf(world, speech, settings, shared));
  server.serve(answeringAll({ store, workspaces, own, ...shared }));
  return {
    name: 'slack',
    apps: {
      configToken: store.configToken,
      urls: { SLACK_API_URL: `${server.url}/api/`, SLACK_URL: server.url, SLACK_APPS_URL: server.url },
      expireTokens: (withinMs) => expireTokens(workspaces, withinMs),
      workspaces: () => workspaces.all.map(seenFrom),
    },
    url: server.url,
    environment: {
      SLACK_SIGNING_SECRET: signingSecret,
      SLACK_BOT_TOKEN: token,
      SLACK_API_URL: `${server.url}/api/`,
      SLACK_URL: server.url,
      SLACK_APPS_URL: server.url,
    },
    ledger,
    faults,
    ...deliveryParts(deliveries),
    ...speech,
    ...openSight(world),
    visible: (thread) => visibleIn(world, thread),
    team: world.team.id,
    channel: world.main.id,
    channels: [...world.channels.values()].filter(({ direct }) => !direct).map(({ id }) => id),
    directChannel: world.direct.id,
    botUser: world.bot.user,
    refuseWith: (method, error) => refusals.plan({ method, error }),
    leave() {
      for (const channel of world.channels.values()) if (!channel.direct) channel.member = false;
    },
    archive(archived) {
      for (const channel of world.channels.values()) if (!channel.direct) channel.archived = archived;
    },
    [Symbol.asyncDispose]: () => closers.disposeAsync(),
  };
}

const deliveryParts = ({ deliverTo, attempts, settled }: Deliveries) => ({ deliverTo, attempts, settled });

const seenFrom = ({ app, team, world, speech }: Workspace): InstalledApp => ({
  app,
  team: team.id,
  isInstalled: () => world.installed,
  say: speech.say,
  uninstall: speech.uninstall,
  visible: (thread) => visibleIn(world, thread),
});

function visibleIn(world: World, thread?: string): readonly Visible[] {
  const shown = (channel: Channel): Visible[] =>
    [...channel.messages.values()].map((held) => ({
      id: held.ts,
      thread: threadOf(channel, held),
      author: world.names.get(held.user) ?? held.user,
      fromBot: held.fromBot,
      text: held.text,
      edits: held.edits,
      at: held.at,
    }));
  const all = [...world.channels.values()].flatMap(shown);
  return all
    .filter((one) => thread === undefined || one.thread === thread)
    .toSorted((one, other) => one.at.getTime() - other.at.getTime() || one.id.localeCompare(other.id));
}
