import type { Told } from '../db/leases.ts';
import type { Mailbox } from '../db/mailbox.ts';
import type { Deeds } from '../db/deeds.ts';
import type { Store } from '../db/store.ts';
import type { Route } from '../llm/route.ts';
import type { AccessOf } from '../model/access-of.ts';
import type { Access, Adapter } from '../model/adapter.ts';
import type { Place } from '../model/event.ts';
import type { AppId, OrganizationId } from '../model/ids.ts';
import type { Toolbox } from '../model/tool.ts';
import type { Clock } from '../observe/clock.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { FILE_POLICY } from './files/policy.ts';
import { openJudge, type Judge } from './judge.ts';
import { openReadPdf, type ReadPdf } from './files/read-pdf.ts';
import { openRoom, type Room } from './files/room.ts';
import type { Stages } from './stages.ts';
import { openHolds } from '../outbox/holds.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { onlyBuiltIn, type Templates } from './templates.ts';

/** What an admin has said about the assistant, for all conversations. */
export type Persona = {
  /** What it calls itself. */
  readonly name: string;
  /** Said to the model in every turn; may be empty. */
  readonly instructions: string;
};

/** What a turn needs from the process. */
export type Agent = {
  readonly store: Store;
  /** What commands do. */
  readonly deeds: Deeds;
  readonly clock: Clock;
  readonly outbox: Outbox;
  /** An organization's models. */
  readonly routeOf: (organization: OrganizationId) => Promise<Route>;
  readonly readPdf: ReadPdf;
  /** For what turns hold of files. */
  readonly room: Room;
  readonly persona: Persona;
  /** Wordings of prompts. */
  readonly templates: Pick<Templates, 'choose'>;
  /** Seals the names of answers that are kept; absent: none is. */
  readonly cacheSecret?: () => Promise<Uint8Array>;
  readonly judge: Judge;
  /** What may be used, of all that there is, in the order in which it was opened. */
  readonly toolboxes: readonly Toolbox[];
  /** What plugins do with questions and answers; absent: nothing. */
  readonly stages?: Stages;
  /** The adapter of an app, loaded; undefined when this process has no credentials for it. */
  readonly adapterOf: (app: AppId) => Adapter | undefined;
  /** Default: no install has a token of its own. */
  readonly accessOf?: AccessOf;
  readonly metrics: Metrics;
  /** Every value that must not be written where somebody of an organization reads it. */
  readonly secretsOf: (organization: string) => readonly string[];
  /** This process runs one suspicious turn, apart from all others. */
  readonly alone: boolean;
};

/** One turn: a thread in our hands, and the signal that takes it away again. */
export type TurnContext = {
  readonly organization: OrganizationId;
  readonly mailbox: Mailbox;
  readonly adapter: Adapter;
  readonly access: Access;
  readonly route: Route;
  /** Aborts when the lease is lost or the process hands its threads over. */
  readonly signal: AbortSignal;
  /** Milliseconds that the lease surely lasts. */
  readonly leaseLeftMs: () => number;
  /** Calls again and again with what becomes known about the thread while the turn runs. */
  readonly watch: (listener: (told: Told) => void) => void;
  readonly log: Log;
};

/** Where a message of this thread is answered, by the address that came with it. */
export function placeOf(mailbox: Mailbox, message: { readonly address: string | undefined } | undefined): Place {
  return {
    install: mailbox.install,
    channel: mailbox.channel,
    thread: mailbox.external,
    address: message?.address ?? '',
  };
}

export type AgentOptions = Omit<Agent, 'outbox' | 'readPdf' | 'room' | 'judge' | 'templates'> & {
  /** Absent: the wording that is built in, everywhere. */
  readonly templates?: Agent['templates'];
};

export function openAgent(options: AgentOptions): Agent {
  const { store, clock, metrics } = options;
  return {
    ...options,
    templates: options.templates ?? onlyBuiltIn(),
    judge: openJudge(),
    readPdf: openReadPdf(),
    room: openRoom(FILE_POLICY.mostHeld),
    outbox: { store, clock, metrics, holds: openHolds(clock) },
  };
}
