import type { AssistantThreadsSetStatusArguments } from '@slack/web-api';
import type { Adapter } from '../../src/model/adapter.ts';
import type { Client } from './client.ts';
import { hasError } from './client.ts';
import { spotOf } from './place.ts';

/**
 * 👀 on the message while it waits, a status line while it is worked on. Slack clears the status line with our next
 * post. Both need scopes that an app may lack: then the promise rejects, and nothing else suffers.
 */
export function openShow(client: Client): NonNullable<Adapter['show']> {
  return async (access, place, status, signal) => {
    const { channel, threadTs, ts } = spotOf(place);
    if (status === 'working') {
      if (threadTs === '') return;
      const args: AssistantThreadsSetStatusArguments = {
        channel_id: channel,
        thread_ts: threadTs,
        status: 'is thinking…',
      };
      await client.write(access, 'assistant.threads.setStatus', args, signal);
      return;
    }
    if (ts === '') return;
    const method = status === 'seen' ? 'reactions.add' : 'reactions.remove';
    try {
      await client.write(access, method, { channel, timestamp: ts, name: 'eyes' }, signal);
    } catch (thrown) {
      if (!hasError(thrown, 'already_reacted', 'no_reaction')) throw thrown;
    }
  };
}
