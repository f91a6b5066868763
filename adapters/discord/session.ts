import type { SessionInfo } from '@discordjs/ws';
import { z } from 'zod';
import { parseJson } from '../../src/model/parse-json.ts';

const SHAPE = z.object({
  shards: z.array(
    z.object({
      shardId: z.int(),
      shardCount: z.int(),
      sessionId: z.string().min(1),
      resumeURL: z.string().regex(/^wss?:\/\//),
      sequence: z.int(),
    }),
  ),
});

/** The sessions of all shards, by shard, as `sessionText` wrote them. What cannot be read is as good as none. */
export function sessionsIn(text: string | undefined): Map<number, SessionInfo> {
  const read = SHAPE.safeParse(parseJson(text ?? ''));
  return new Map((read.data?.shards ?? []).map((shard) => [shard.shardId, shard]));
}

/** Undefined when there is nothing to go on with. */
export function sessionText(sessions: ReadonlyMap<number, SessionInfo>): string | undefined {
  return sessions.size === 0 ? undefined : JSON.stringify({ shards: [...sessions.values()] });
}
