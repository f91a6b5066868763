import { randomBytes } from 'node:crypto';
import type { Attempt } from '../kit/deliver.ts';
import { openFaults } from '../kit/faults.ts';
import { openLedger } from '../kit/ledger.ts';
import { openPlanned } from '../kit/planned.ts';
import { openServer } from '../kit/server.ts';
import type { StandIn, Visible } from '../kit/stand-in.ts';
import type { Deliveries } from './deliver.ts';
import { openDeliveries, RETRIES_MS } from './deliver.ts';
import { changed, deleted, reacted } from './event-shapes.ts';
import type { LimitSetting } from './limits.ts';
import { openLimits } from './limits.ts';
import type { Around, Method } from './method.ts';
import { chatMethods } from './methods-chat.ts';
import { fileMethods } from './methods-files.ts';
import { otherMethods } from './methods-other.ts';
import { peopleMethods } from './methods-people.ts';
import { answering } from './server.ts';
import { messageShape } from './shapes.ts';
import type { Speech } from './speech.ts';
import { openSpeech } from './speech.ts';
import type { Sight } from './sight.ts';
import { openSight } from './sight.ts';
import type { Channel, World } from './world.ts';
import { createWorld, threadOf } from './world.ts';

export type SlackSettings = {
  /** A port to listen at. Default: one of the system's choice. */
  readonly port?: number;
  /** Waited before every answer, for loads that see a distant platform. Default 0. */
  readonly answerDelayMs?: number;
  /** Default off. */
  readonly limits?: LimitSetting;
  /**
   * The app is sold outside of Slack's Marketplace: its histories come with 15 messages at most, one page in this many
   * milliseconds (at Slack 60,000). Default: it is not.
   */
  readonly onePageEveryMs?: number;
  /** Milliseconds before each retry of a delivery that was not taken. Default: as Slack. */
  readonly retriesMs?: readonly number[];
  /** A stream ends by itself after so long. Default 5 minutes. */
  readonly streamForMs?: number;
  /** A message is read back so much later. Default 0. */
  readonly readLagMs?: number;
  /** The file of `files.completeUploadExternal` is shown so much later. Default 0. */
  readonly shareLagMs?: number;
  /** The workspace lets messages be edited for so long. Default: for ever. */
  readonly editForMs?: number;
  /** What the app was granted. Default: all. */
  readonly scopes?: readonly string[];
  /** Channels beside the first, for loads that come from many. Default 0. */
  readonly channels?: number;
  /** The bot's own messages come to the app as events too. Default true, as at Slack. */
  readonly echoes?: boolean;
};

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
  };

/** Slack on 127.0.0.1: one workspace with the app, a channel and a direct conversation. Calls are named as methods. */
export async function openSlackStandIn(settings: SlackSettings = {}): Promise<SlackStandIn> {
  await using closers = new AsyncDisposableStack();
  const signingSecret = randomBytes(16).toString('hex');
  const token = `xoxb-${randomBytes(18).toString('base64url')}`;
  const server = closers.use(await openServer(settings.port));
  const deliveries = closers.use(openDeliveries(signingSecret, settings.retriesMs ?? RETRIES_MS));
  const world = createWorld({ address: server.url, signingSecret, token, channels: settings.channels ?? 0 });
  const speech = openSpeech(world, deliveries);
  const [ledger, faults] = [openLedger(), openFaults()];
  const refusals = openPlanned<{ method: string; error: string }>();
  server.serve(
    answering({
      methods: new Map<string, Method>([...chatMethods, ...peopleMethods, ...fileMethods, ...otherMethods]),
      around: {
        world,
        ...(settings.echoes === false ? SILENT : openEchoes(world, speech)),
        settings: {
          streamForMs: settings.streamForMs ?? 300_000,
          readLagMs: settings.readLagMs ?? 0,
          mostObjects: settings.onePageEveryMs === undefined ? 999 : 15,
          shareLagMs: settings.shareLagMs ?? 0,
          editForMs: settings.editForMs ?? Infinity,
          scopes: settings.scopes,
        },
      },
      limits: openLimits(settings.limits ?? 'off', settings.onePageEveryMs),
      faults,
      ledger,
      nextError: (method) => refusals.take((one) => one.method === method)?.error,
      answerDelayMs: settings.answerDelayMs ?? 0,
    }),
  );
  const moved = closers.move();
  return {
    name: 'slack',
    url: server.url,
    environment: { SLACK_SIGNING_SECRET: signingSecret, SLACK_BOT_TOKEN: token, SLACK_API_URL: `${server.url}/api/` },
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
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

const deliveryParts = ({ deliverTo, attempts, settled }: Deliveries) => ({ deliverTo, attempts, settled });

type Echoes = Pick<Around, 'tell' | 'tellReaction'>;

const SILENT: Echoes = { tell: () => undefined, tellReaction: () => undefined };

/** What the bot does is told to the app like everything else in its channels. */
function openEchoes(world: World, speech: Speech): Echoes {
  return {
    tell(what, held, before) {
      const channel = world.channels.get(held.channel);
      if (channel === undefined) return;
      const shape = messageShape(world, held, true);
      const type = channel.direct ? 'im' : 'channel';
      const posted = { ...shape, channel: channel.id, event_ts: held.ts, channel_type: type };
      const event =
        what === 'posted'
          ? posted
          : what === 'deleted'
            ? deleted(world, channel, held)
            : changed(world, channel, held, { ...shape, text: before ?? '' });
      void speech.event(event);
    },
    tellReaction: (held, name, added) => void speech.event(reacted(world, held, { user: world.bot.user, name, added })),
  };
}

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
