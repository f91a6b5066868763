import { z } from 'zod';
import { deriveId } from '../../../db/derive-id.ts';
import { addSchedule, type When } from '../../../db/schedules.ts';
import { inOrganization, type Database } from '../../../db/database.ts';
import { Failure } from '../../../model/failure.ts';
import { momentIn, requireTimeZone } from '../../../model/occurrence.ts';
import { storable } from '../../../model/storable.ts';
import type { Tool } from '../../../model/tool.ts';
import type { Clock } from '../../../observe/clock.ts';
import { defineTool } from './define.ts';

const args = z.strictObject({
  text: z.string().min(1).max(4_000).describe('What is said, or what you are asked then.'),
  kind: z.enum(['say', 'ask']).default('say').describe('say: the text itself. ask: you are asked it and answer then.'),
  at: z.string().max(40).optional().describe('Once: 2027-01-31T09:00, by the clocks of the time zone.'),
  cron: z.string().max(100).optional().describe('Again and again: minute hour day month weekday, as "0 9 * * 1-5".'),
  timeZone: z.string().max(60).default('UTC').describe('As Europe/Vienna.'),
});

/** Has something said in this channel later. */
export function openScheduleMessage(db: Database, clock: Clock): Tool {
  return defineTool({
    name: 'schedule_message',
    description:
      'Has a message said in this channel by itself later, once or again and again. Never in another channel.',
    args,
    effect: 'writes',
    idempotent: true,
    origin: 'own',
    run: async ({ text, kind, at, cron, timeZone }, { key, organization, app, install, channel, person }) => {
      requireTimeZone(timeZone);
      const when = whenOf({ at, cron, timeZone }, clock.wall());
      const createdBy = `${person.name} (${person.id})`.slice(0, 200);
      const id = deriveId('schedule-message', key);
      const schedule = { id, app, install, to: { channel }, kind, text: storable(text), when, createdBy };
      const added = await inOrganization(db, organization, (tx) => addSchedule(tx, schedule));
      return `Scheduled: ${added.nextAt?.toISOString() ?? ''}${cron === undefined ? '' : `, and then by ${cron} in ${timeZone}`}. Its id is ${added.id}.`;
    },
  });
}

type Said = { readonly at: string | undefined; readonly cron: string | undefined; readonly timeZone: string };

function whenOf({ at, cron, timeZone }: Said, now: number): When {
  if ((at === undefined) === (cron === undefined)) throw new Failure('invalid', 'name either `at` or `cron`');
  if (cron !== undefined) return { cron, timeZone };
  const moment = momentIn(timeZone, at ?? '');
  if (moment === undefined) throw new Failure('invalid', '`at` must be a time as 2027-01-31T09:00');
  if (moment.getTime() <= now)
    throw new Failure(
      'invalid',
      `that is over: it was ${moment.toISOString()}, and now it is ${new Date(now).toISOString()}`,
    );
  return { at: moment };
}
