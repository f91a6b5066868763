import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { act, type Acted } from '../agent/act.ts';
import type { Agent } from '../agent/agent.ts';
import { placeOfAct, type StoredAct } from '../db/acts.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { withoutToken } from '../model/access-of.ts';
import { toFailure } from '../model/failure.ts';
import { organizationId, type OrganizationId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';

const Payload = z.object({ organization: z.string().transform(organizationId), act: z.uuid() });

/** Milliseconds that telling a person something may take. */
const TELL_WITHIN_MS = 10_000;

/** The job that does what a reaction, a click, a form or a button asks for. */
export function actTask(db: Database, agent: Agent, log: Log): Task {
  return async (payload, { addJob }) => {
    const { organization, act: id } = Payload.parse(payload);
    const acted = await inOrganization(db, organization, (tx) => act(tx, id));
    if (acted === undefined) return;
    if (acted.state === 'waiting') {
      const runAt = new Date(Date.now() + pauseAfter(acted.of));
      await addJob('act', { organization, act: id }, { jobKey: `act:${id}`, priority: -10, runAt });
      return;
    }
    log.info({ act: id, state: acted.state, reason: acted.reason }, 'an act was looked at');
    if (acted.tell !== undefined) await tell(agent, organization, { ...acted, tell: acted.tell }, log);
  };
}

/** Milliseconds before an act that waits is looked at again: the longer it waits the more. */
const pauseAfter = ({ receivedAt }: StoredAct): number =>
  Math.min(Math.max((Date.now() - receivedAt.getTime()) / 2, 250), 30_000);

/** Tells the one person who did it why nothing came of it, where the platform can. That it could not be told is no failure. */
async function tell(
  agent: Agent,
  organization: OrganizationId,
  { of, tell: text }: Acted & { readonly of: StoredAct; readonly tell: string },
  log: Log,
): Promise<void> {
  try {
    const adapter = agent.adapterOf(of.app);
    const access = await (agent.accessOf ?? withoutToken)(organization, of.app, of.install);
    const signal = AbortSignal.timeout(TELL_WITHIN_MS);
    await adapter?.whisper?.(access, placeOfAct(of), { person: of.authorId, text }, signal);
  } catch (thrown) {
    log.info({ reason: toFailure(thrown, 'unavailable').message }, 'a person could not be told');
  }
}
