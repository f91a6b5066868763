import { z } from 'zod';
import { inOrganization, type Database } from '../../../db/database.ts';
import type { PolicyBook } from '../../../db/policies.ts';
import { addSchedule } from '../../../db/schedules.ts';
import { Failure } from '../../../model/failure.ts';
import type { OrganizationId } from '../../../model/ids.ts';
import { storable } from '../../../model/storable.ts';
import type { Tool } from '../../../model/tool.ts';
import type { Clock } from '../../../observe/clock.ts';
import { defineTool } from './define.ts';

export type HandOverPorts = {
  readonly db: Database;
  readonly clock: Clock;
  readonly policies: (organization: OrganizationId) => Promise<PolicyBook>;
};

const args = z.strictObject({
  reason: z.string().min(1).max(1_000).describe('Why a person is wanted, and what is known already.'),
});

/** Tells the people whom an admin has named for this place that one of them is wanted in it. */
export function openHandOver({ db, clock, policies }: HandOverPorts): Tool {
  return defineTool({
    name: 'hand_over',
    description:
      'Asks the people responsible to take this conversation over: when somebody wants a person, or you cannot help.',
    args,
    effect: 'writes',
    origin: 'own',
    run: async ({ reason }, { organization, app, install, channel, person }) => {
      const { handOver } = (await policies(organization))(app, { install, channel });
      if (handOver === null)
        throw new Failure('refused', 'Nobody is named for this place: an admin sets policy.handOver. Nobody was told.');
      const text = [
        `**A person is wanted** in channel ${channel}: ${person.name || person.id} was talking with the bot.`,
        quoted(reason),
      ];
      const at = new Date(clock.wall());
      const schedule = { app, install, to: handOver, kind: 'say', text: text.join('\n\n'), when: { at } } as const;
      await inOrganization(db, organization, (tx) => addSchedule(tx, { ...schedule, createdBy: 'hand_over' }));
      return `They are told in ${'person' in handOver ? 'a direct message' : 'their channel'}. Tell the asker that somebody was told, not when they come.`;
    },
  });
}

const quoted = (text: string): string =>
  storable(text)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
