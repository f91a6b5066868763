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
  /** When its row was first committed as a question; milliseconds of the run. */
  committedAt: number;
};

/** Milliseconds between two tries of a platform to deliver. */
const RETRIES_MS = [0, 1_000, 5_000, 20_000, 60_000];

/** People ask in a few threads, at any time within `forMs`; some deliveries come twice, or first as overheard. */
export function letPeopleAsk(around: Surroundings, intake: Host, count: number, forMs: number): readonly Question[] {
  const { world } = around;
  return Array.from({ length: count }, (_, index) => {
    const question = {
      name: `q${index + 1}`,
      thread: `t${world.between(1, Math.max(1, count >> 1))}`,
      sentAt: world.between(0, forMs),
      underWay: 1,
      taken: false,
      committedAt: Infinity,
    };
    world.after(question.sentAt, () => {
      question.underWay -= 1;
      // Twins under different ids, in any order, as some platforms send them.
      if (world.chance(0.3)) deliver(around, intake, { question, why: 'overheard', id: `${question.name}-twin` });
      deliver(around, intake, { question, why: 'mention', id: question.name });
      if (world.chance(0.2)) deliver(around, intake, { question, why: 'mention', id: `${question.name}-again` });
    });
    return question;
  });
}

type Copy = { readonly question: Question; readonly why: 'overheard' | 'mention'; readonly id: string };

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
      if (copy.why === 'mention') copy.question.committedAt = Math.min(copy.question.committedAt, tables.moment());
    };
    database
      .transact(intake, 'accept', commit, true)
      .then(
        () => void (copy.question.taken ||= copy.why === 'mention'),
        () => deliver(around, intake, copy, tried + 1),
      )
      .finally(() => void (copy.question.underWay -= 1));
  });
}

function deliveryOf({ question, why, id }: Copy): Delivery {
  const { name, thread, sentAt } = question;
  const event: Event = {
    kind: 'message',
    place: { install: 'i', channel: 'c', thread, address: thread },
    why,
    hasPast: false,
    message: {
      id: name,
      version: '1',
      author: { id: 'u', name: '', kind: 'human' },
      text: name,
      attachments: [],
      anchor: undefined,
      sentAt: new Date(sentAt + EPOCH),
    },
  };
  return { id, raw: Buffer.from('{}'), events: [event] };
}
