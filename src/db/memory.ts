import type { OrganizationId, ThreadId } from '../model/ids.ts';
import { readAnswers, saveCached, type CachedAnswer } from './answer-cache.ts';
import { inOrganization, type Database } from './database.ts';
import { groupCommit, type GroupCommit } from './group-commit.ts';
import {
  forgetAll,
  forgetMemory,
  instruct,
  keepMemory,
  listMemories,
  type Kept,
  type Memory,
  type NewMemory,
  type Whose,
} from './memories.ts';
import { recallMemories, type RecallAsk, type Recalled } from './recall-memories.ts';
import { askForSummary, readUnsummarized, saveSummary, type NewSummary, type ToSummarize } from './summaries.ts';

/** What is remembered beside what was said, each call in a transaction of its own. */
export type MemoryBook = {
  readonly recall: GroupCommit<RecallAsk, Recalled>;
  readonly keep: (organization: OrganizationId, memory: NewMemory) => Promise<Kept>;
  readonly list: (organization: OrganizationId, whose: Whose) => Promise<readonly Memory[]>;
  /** Whether there was any with this number. */
  readonly forget: (organization: OrganizationId, whose: Whose, number: number) => Promise<boolean>;
  /** How many there were. */
  readonly forgetAll: (organization: OrganizationId, whose: Whose, by: string) => Promise<number>;
  readonly instruct: (
    organization: OrganizationId,
    whose: Whose,
    said: { readonly text: string; readonly by: string },
  ) => Promise<void>;
  /** Has a thread put in short by a job, soon. */
  readonly askForSummary: (organization: OrganizationId, thread: ThreadId) => Promise<void>;
  /** The answer that is kept under this key. */
  readonly cached: GroupCommit<string, string | null>;
  readonly keepAnswer: GroupCommit<CachedAnswer, true>;
  readonly unsummarized: (organization: OrganizationId, thread: ThreadId) => Promise<ToSummarize | undefined>;
  readonly saveSummary: (organization: OrganizationId, summary: NewSummary) => Promise<boolean>;
};

export function openMemory(db: Database): MemoryBook {
  return {
    // Every turn asks that asks a model, and many at once.
    recall: groupCommit(db, recallMemories, 'soon'),
    keep: (organization, memory) => inOrganization(db, organization, (tx) => keepMemory(tx, memory)),
    list: (organization, whose) => inOrganization(db, organization, (tx) => listMemories(tx, whose)),
    forget: (organization, whose, number) => inOrganization(db, organization, (tx) => forgetMemory(tx, whose, number)),
    forgetAll: (organization, whose, by) => inOrganization(db, organization, (tx) => forgetAll(tx, whose, by)),
    instruct: (organization, whose, said) => inOrganization(db, organization, (tx) => instruct(tx, whose, said)),
    askForSummary: (organization, thread) => inOrganization(db, organization, (tx) => askForSummary(tx, [thread])),
    cached: groupCommit(db, readAnswers, 'soon'),
    keepAnswer: groupCommit(db, saveCached, 'soon'),
    unsummarized: (organization, thread) => inOrganization(db, organization, (tx) => readUnsummarized(tx, thread)),
    saveSummary: (organization, summary) => inOrganization(db, organization, (tx) => saveSummary(tx, summary)),
  };
}
