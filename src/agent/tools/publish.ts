import { DEFAULT_ORGANIZATION } from '../../db/apps.ts';
import { inSystem, type Database } from '../../db/database.ts';
import type { Found } from '../../db/mcp-servers.ts';
import { keepBoxes, noteBox, type BoxName } from '../../db/toolboxes.ts';
import { toFailure } from '../../model/failure.ts';
import type { McpServer } from '../../model/mcp-server.ts';
import type { Toolbox } from '../../model/tool.ts';
import type { Log } from '../../observe/log.ts';
import type { Seen } from './mcp/open.ts';
import { seenTools } from './mcp/stored-server.ts';

/** Writes down what this process has, for the console, which may be another process. */
export type Publisher = {
  /** What is there from the beginning; what is not among these and the servers is forgotten. */
  readonly begin: (boxes: readonly (readonly [BoxName['kind'], Toolbox])[], servers: readonly McpServer[]) => void;
  /** What a server of the configuration has, or why it has nothing. */
  readonly seen: (server: McpServer, found: Seen) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Nothing waits for it: where it cannot be written, tools work all the same. */
export function openPublisher(db: Database, log: Log): Publisher {
  const writing = new Set<Promise<void>>();
  const write = (work: () => Promise<void>): void => {
    const written = work()
      .catch((thrown: unknown) =>
        log.debug({ reason: toFailure(thrown, 'unavailable').message }, 'which tools there are could not be kept'),
      )
      .finally(() => writing.delete(written));
    writing.add(written);
  };
  const note = (box: BoxName, found: Found): Promise<void> => inSystem(db, (tx) => noteBox(tx, box, found));
  return {
    begin(boxes, servers) {
      const named = boxes.map(([kind, box]) => ({ kind, name: box.name, box }));
      write(async () => {
        const kept: readonly BoxName[] = [...named, ...servers.map(({ name }) => ({ kind: 'server', name }) as const)];
        await inSystem(db, (tx) => keepBoxes(tx, kept));
        for (const { kind, name, box } of named)
          // The same for every organization.
          await note({ kind, name }, { tools: seenTools(await box.tools(DEFAULT_ORGANIZATION)) });
      });
    },
    seen(server, found) {
      write(async () => note({ kind: 'server', name: server.name }, await foundAt(server, found)));
    },
    [Symbol.asyncDispose]: async () => void (await Promise.all(writing)),
  };
}

async function foundAt(server: McpServer, found: Seen): Promise<Found> {
  if ('tools' in found) return { tools: seenTools(found.tools) };
  const { explain } = await import('./mcp/explain.ts');
  return { problem: explain(found.thrown, server).message };
}
