import type { Delivery, Event } from '../../src/model/event.ts';
import { translate } from '../../src/intake/translate.ts';
import { DEFAULT_POLICY } from '../../src/model/policy.ts';
import type { Host } from './host.ts';
import { EPOCH } from './host.ts';
import type { Surroundings } from './hub.ts';
import { accept } from './mailboxes.ts';
import type { Tables } from './rows.ts';

/** What people asked, and whether the hub said that it has it. */
export type Question = {
  readonly name: string;
  readonly thread: string;
  readonly sentAt: number;
  /** Copies that its platform still tries to deliver. */
  underWay: number;
  taken: boolean;
  /** The hub has it that the question reads otherwise now. */
  edited: boolean;
  /** The hub has it that it is no more. */
  deleted: boolean;
  /** When its row was first committed as a question; milliseconds of the run. */
  committedAt: number;
};

/** Milliseconds between two tries of a platform to deliver. */
const RETRIES_MS = [0, 1_000, 5_000, 20_000, 60_000];

/** What a question says after it was edited. */
export const editedText = (name: string): string => `${name} v2`;

/** How people behave: so many questions, at any time within `forMs`, of which some are edited or deleted later. */
export type Manners = { readonly count: number; readonly forMs: number; readonly changes: boolean };

type Change = 'edit' | 'delete';

/** People ask in a few threads; some deliveries come twice, or first as overheard. */
export function letPeopleAsk(
  around: Surroundings,
  intake: Host,
  { count, forMs, changes }: Manners,
): readonly Question[] {
  const { world } = around;
  return Array.from({ length: count }, (_, index) => {
    const question = {
      name: `q${index + 1}`,
      thread: `t${world.between(1, Math.max(1, count >> 1))}`,
      sentAt: world.between(0, forMs),
      underWay: 1,
      taken: false,
      edited: false,
      deleted: false,
      committedAt: Infinity,
    };
    // Drawn only where there are any: what the other seeds once showed they go on showing.
    const change = changes && world.chance(0.7) ? world.pick<Change>(['edit', 'edit', 'delete']) : undefined;
    const afterMs = change === undefined ? 0 : world.between(0, world.pick([500, 5_000, 60_000]));
    world.after(question.sentAt, () => {
      question.underWay -= 1;
      // Twins under different ids, in any order, as some platforms send them.
      if (world.chance(0.3)) deliver(around, intake, { question, why: 'overheard', id: `${question.name}-twin` });
      deliver(around, intake, { question, why: 'mention', id: question.name });
      if (world.chance(0.2)) deliver(around, intake, { question, why: 'mention', id: `${question.name}-again` });
      if (change === undefined) return;
      question.underWay += 1;
      world.after(afterMs, () => {
        question.underWay -= 1;
        deliver(around, intake, { question, why: 'mention', id: `${question.name}-${change}`, change });
      });
    });
    return question;
  });
}

type Copy = {
  readonly question: Question;
  readonly why: 'overheard' | 'mention';
  readonly id: string;
  readonly change?: Change;
};

/** Until the hub has it: as a platform that tries again. */
function deliver(around: Surroundings, intake: Host, copy: Copy, tried = 0): void {
  const { world, database, app } = around;
  const pauseMs = RETRIES_MS[tried];
  if (pauseMs === undefined) return;
  copy.question.underWay += 1;
  world.after(pauseMs + world.between(0, 50), () => {
    const arrival = {
      app,
      correlation: app,
      receivedAt: new Date(world.now() + EPOCH),
      policyOf: () => DEFAULT_POLICY,
    };
    const accepted = translate(deliveryOf(copy), arrival);
    const commit = (tables: Tables): void => {
      accept(tables, accepted);
      if (copy.why === 'mention' && copy.change === undefined)
        copy.question.committedAt = Math.min(copy.question.committedAt, tables.moment());
    };
    database
      .transact(intake, 'accept', commit, true)
      .then(
        () => took(copy),
        () => deliver(around, intake, copy, tried + 1),
      )
      .finally(() => void (copy.question.underWay -= 1));
  });
}

/** The hub has said so. */
function took({ question, why, change }: Copy): void {
  if (change === 'edit') question.edited = true;
  else if (change === 'delete') question.deleted = true;
  else question.taken ||= why === 'mention';
}

function deliveryOf({ question, why, id, change }: Copy): Delivery {
  const { name, thread, sentAt } = question;
  const place = { install: 'i', channel: 'c', thread, address: thread };
  const message = {
    id: name,
    version: change === undefined ? '1' : '2',
    author: { id: 'u', name: '', kind: 'human' },
    text: change === 'edit' ? editedText(name) : name,
    attachments: [],
    anchor: undefined,
    sentAt: new Date(sentAt + EPOCH),
  } as const;
  const events: Readonly<Record<Change | 'ask', Event>> = {
    ask: { kind: 'message', place, why, hasPast: false, message },
    edit: { kind: 'edited', place, why, message },
    delete: { kind: 'deleted', place, messageId: name },
  };
  return { id, raw: Buffer.from('{}'), events: [events[change ?? 'ask']] };
}
