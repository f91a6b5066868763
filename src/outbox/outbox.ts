import type { Lease } from '../db/mailbox.ts';
import type { Store } from '../db/store.ts';
import type { Access, Adapter } from '../model/adapter.ts';
import type { Place } from '../model/event.ts';
import type { AppId, OrganizationId, TurnId } from '../model/ids.ts';
import type { Clock } from '../observe/clock.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Holds } from './holds.ts';

/** What sending needs from the process. */
export type Outbox = {
  readonly store: Store;
  readonly clock: Clock;
  readonly holds: Holds;
  readonly metrics: Metrics;
};

/** Where one turn's posts go, and by what right. */
export type Target = {
  readonly organization: OrganizationId;
  readonly app: AppId;
  readonly turn: TurnId;
  readonly lease: Lease;
  readonly adapter: Adapter;
  readonly access: Access;
  readonly place: Place;
  /** Where nobody can tell whether a post was made: make it again, or leave it and say so. */
  readonly inDoubt: 'repeat' | 'leave';
  /** Aborts when the lease is lost or the process hands over: nothing may be sent any more. */
  readonly signal: AbortSignal;
  /**
   * Milliseconds that the lease surely lasts. Asked right before a call, because a process that was stopped and goes on
   * runs what it was in the middle of before any timer tells it that time has passed.
   */
  readonly leaseLeftMs: () => number;
  /** A longer wait than this is not waited here: the turn is put off and the worker does something else. */
  readonly patienceMs: number;
  readonly log: Log;
  /** The person for whom an answer is streamed has ended it on the platform itself. */
  readonly stoppedByReader?: () => void;
};
