import type { Database } from '../db/database.ts';
import { groupCommit, type GroupCommit } from '../db/group-commit.ts';
import { giveBackLeases, type GiveBack } from '../db/leases.ts';
import type { Mailbox, StoredMessage } from '../db/mailbox.ts';
import { endTurns, type Ended, type TurnEnd } from '../db/turns.ts';
import type { Route } from '../llm/route.ts';
import type { Access, Adapter } from '../model/adapter.ts';
import type { Place } from '../model/event.ts';
import type { AppId, OrganizationId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { openOutbox, type Outbox } from '../outbox/outbox.ts';

/** What an admin has said about the assistant, for all conversations. */
export type Persona = {
  /** What it calls itself. */
  readonly name: string;
  /** Said to the model in every turn; may be empty. */
  readonly instructions: string;
};

/** What a turn needs from the process. */
export type Agent = {
  readonly end: GroupCommit<TurnEnd, Ended>;
  readonly giveBack: GroupCommit<GiveBack, true>;
  readonly outbox: Outbox;
  readonly route: Route;
  /** Whom the route asks, for the journal and the price. */
  readonly model: { readonly provider: string; readonly name: string };
  readonly persona: Persona;
  /** The adapter of an app, loaded; undefined when this process has no credentials for it. */
  readonly adapterOf: (app: AppId) => Adapter | undefined;
  readonly metrics: Metrics;
};

/** One turn: a thread in our hands, and the signal that takes it away again. */
export type TurnContext = {
  readonly organization: OrganizationId;
  readonly mailbox: Mailbox;
  readonly adapter: Adapter;
  readonly access: Access;
  /** Aborts when the lease is lost or the process hands its threads over. */
  readonly signal: AbortSignal;
  readonly log: Log;
};

/** Where a message of this thread is answered, by the address that came with it. */
export function placeOf(mailbox: Mailbox, message: StoredMessage | undefined): Place {
  return {
    install: mailbox.install,
    channel: mailbox.channel,
    thread: mailbox.external,
    address: message?.address ?? '',
  };
}

export type AgentOptions = Pick<Agent, 'route' | 'model' | 'persona' | 'adapterOf' | 'metrics'>;

export function openAgent(db: Database, options: AgentOptions): Agent {
  return {
    ...options,
    // What a crash of the database takes back here is done again: the attempts of posts, which are durable, tell whether
    // anything was said already.
    end: groupCommit(db, endTurns, 'soon'),
    giveBack: groupCommit(db, giveBackLeases, 'soon'),
    outbox: openOutbox(db, options.metrics),
  };
}
