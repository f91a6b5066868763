import type { Task } from 'graphile-worker';
import { z } from 'zod';
import type { Agent } from '../agent/agent.ts';
import { summarize } from '../agent/summarize.ts';
import { organizationId, threadId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';

const Payload = z.object({
  organization: z.string().transform(organizationId),
  thread: z.string().transform(threadId),
});

/** The job that puts a thread in short, behind everything that somebody waits for. */
export function summarizeTask(agent: Agent, stopping: AbortSignal, log: Log): Task {
  return async (payload) => {
    if (!stopping.aborted) await summarize(agent, { ...Payload.parse(payload), signal: stopping, log });
  };
}
