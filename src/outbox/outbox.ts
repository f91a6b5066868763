import type { Database } from '../db/database.ts';
import { groupCommit, type GroupCommit } from '../db/group-commit.ts';
import type { Lease } from '../db/mailbox.ts';
import {
  attemptPosts,
  saveAnswers,
  settlePosts,
  type AnswerDecided,
  type PostAttempt,
  type PostOutcome,
} from '../db/posts.ts';
import type { Access, Adapter } from '../model/adapter.ts';
import type { Place } from '../model/event.ts';
import type { OrganizationId, TurnId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { openPace, type Pace } from './pace.ts';

/** What sending needs from the process: the journal of posts, and the budgets that all turns share. */
export type Outbox = {
  readonly attempt: GroupCommit<PostAttempt, boolean>;
  readonly settle: GroupCommit<PostOutcome, true>;
  readonly saveAnswer: GroupCommit<AnswerDecided, boolean>;
  readonly pace: Pace;
  readonly metrics: Metrics;
};

/** Where one turn's posts go, and by what right. */
export type Target = {
  readonly organization: OrganizationId;
  readonly turn: TurnId;
  readonly lease: Lease;
  readonly adapter: Adapter;
  readonly access: Access;
  readonly place: Place;
  /** Aborts when the lease is lost or the process hands over: nothing may be sent any more. */
  readonly signal: AbortSignal;
  readonly log: Log;
};

export function openOutbox(db: Database, metrics: Metrics): Outbox {
  return {
    attempt: groupCommit(db, attemptPosts),
    settle: groupCommit(db, settlePosts),
    saveAnswer: groupCommit(db, saveAnswers),
    pace: openPace(),
    metrics,
  };
}
