import type { Budget } from '../model/budget.ts';
import type { OrganizationId } from '../model/ids.ts';
import type { Wake } from '../queue/enqueue.ts';
import { openBudgets } from './budgets.ts';
import { inOrganization, type Database } from './database.ts';
import { openFiles, type Files } from './files.ts';
import type { Grant, Toll } from './grant.ts';
import { groupCommit, type GroupCommit } from './group-commit.ts';
import { reserve, settleHolds, type HoldEnd, type Reserve, type Reserved } from './holds.ts';
import { writeJournal, type JournalWrite } from './journal.ts';
import { giveBackLeases, lookAgain, readTold, renewLeases, type GiveBack, type Told } from './leases.ts';
import type { Lease } from './mailbox.ts';
import { grantCalls, holdCalls, type Hold } from './pace.ts';
import {
  attemptPosts,
  offerControls,
  saveAnswers,
  settlePosts,
  type AnswerDecided,
  type Attempted,
  type ControlsOffered,
  type PostAttempt,
  type PostOutcome,
} from './posts.ts';
import { takeTokens, type TokenGrant, type TokenWish } from './rates.ts';
import { endTurns, type Ended, type TurnEnd } from './turns.ts';

/** Everything that working through threads writes. The simulation has one of its own, in memory. */
export type Store = {
  /** Asks for a thread to be looked at later. */
  readonly again: GroupCommit<Wake, true>;
  readonly end: GroupCommit<TurnEnd, Ended>;
  readonly giveBack: GroupCommit<GiveBack, true>;
  /** Those of the leases, themselves, that had been lost. */
  readonly renew: (organization: OrganizationId, leases: readonly Lease[]) => Promise<readonly Lease[]>;
  /** What there is to know at once about the threads of these leases. */
  readonly told: (organization: OrganizationId, leases: readonly Lease[]) => Promise<readonly Told[]>;
  /** Steps, before what they are about is done; false: nothing was written, and nothing of it may be done. */
  readonly journal: GroupCommit<JournalWrite, boolean>;
  readonly attempt: GroupCommit<PostAttempt, Attempted>;
  readonly settle: GroupCommit<PostOutcome, true>;
  readonly saveAnswer: GroupCommit<AnswerDecided, boolean>;
  readonly offer: GroupCommit<ControlsOffered, boolean>;
  readonly grant: GroupCommit<Toll, Grant>;
  readonly hold: GroupCommit<Hold, true>;
  /** As they were a few seconds ago. */
  readonly budgets: (organization: OrganizationId) => Promise<readonly Budget[]>;
  /** Holds money before a call; what it has cost is written with the end of its step, or else by `settleHold`. */
  readonly reserve: GroupCommit<Reserve, Reserved>;
  readonly settleHold: GroupCommit<HoldEnd, true>;
  readonly tokens: GroupCommit<TokenWish, TokenGrant>;
  readonly files: Files;
};

/**
 * What a crash of the database takes back of that which is written `soon` is done again: the attempts of posts, which are
 * durable, tell whether anything was said already.
 */
export function openStore(db: Database): Store {
  return {
    again: groupCommit(db, lookAgain, 'soon'),
    end: groupCommit(db, endTurns, 'soon'),
    giveBack: groupCommit(db, giveBackLeases, 'soon'),
    renew: (organization, leases) => inOrganization(db, organization, (tx) => renewLeases(tx, leases)),
    told: (organization, leases) => inOrganization(db, organization, (tx) => readTold(tx, leases)),
    journal: groupCommit(db, writeJournal),
    attempt: groupCommit(db, attemptPosts),
    settle: groupCommit(db, settlePosts),
    saveAnswer: groupCommit(db, saveAnswers),
    offer: groupCommit(db, offerControls),
    grant: groupCommit(db, grantCalls, 'soon'),
    hold: groupCommit(db, holdCalls),
    budgets: openBudgets(db),
    reserve: groupCommit(db, reserve),
    settleHold: groupCommit(db, settleHolds, 'soon'),
    tokens: groupCommit(db, takeTokens, 'soon'),
    files: openFiles(db),
  };
}
