import { z } from 'zod';
import type { Access, Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { AppId } from '../../src/model/ids.ts';
import type { Tool, ToolUse } from '../../src/model/tool.ts';
import type { Client } from './client.ts';
import { readDiff, readIssue, readRepositoryFile, type Read } from './read-repository.ts';

const NAME = /^([\w.-]{1,100})\/([\w.-]{1,100})$/;

const repository = z
  .string()
  .regex(NAME)
  .optional()
  .describe('owner/name. In a conversation of a repository it is always that one, and can be left out.');
const number = z.int().positive();

const FILE = z.strictObject({
  repository,
  path: z.string().min(0).max(1_000).describe('From the root, without a slash before it. Of a folder, what it holds.'),
  ref: z.string().min(1).max(255).optional().describe('Branch, tag or commit. Default: the main branch.'),
  fromLine: z.int().positive().default(1),
});
const DIFF = z.strictObject({
  repository,
  number: number.describe('Of the pull request.'),
  path: z.string().max(1_000).optional().describe('Of this file or folder alone.'),
});
const ISSUE = z.strictObject({ repository, number: number.describe('Of the issue or pull request.') });

/** Installations that are asked for a repository. */
const MOST_INSTALLS = 10;
const WITHIN_MS = 30_000;

/** Reading files, changes and issues of the repositories in which the app is installed. */
export function openReadingTools(client: Client): Required<Adapter>['tools'] {
  return (app, installs) => {
    const tool = toolOf(client, app, installs);
    return [
      tool('read_file', 'Reads a file of a code repository, or lists a folder.', FILE, readRepositoryFile),
      tool('read_diff', 'Reads what a pull request changes, as a unified diff.', DIFF, readDiff),
      tool('read_issue', 'Reads an issue or a pull request with its comments.', ISSUE, readIssue),
    ];
  };
}

type Args = { readonly repository?: string | undefined };

function toolOf(client: Client, app: AppId, installs: readonly Access[]) {
  return <Shape extends z.ZodType<Args>>(
    name: string,
    description: string,
    shape: Shape,
    read: Read<z.output<Shape>>,
  ): Tool => {
    const { $schema: _dialect, ...parameters } = z.toJSONSchema(shape, { io: 'input' });
    return {
      name,
      description,
      parameters,
      effect: 'reads',
      idempotent: true,
      origin: 'external',
      withinMs: WITHIN_MS,
      async run(given, use, signal) {
        const args = shape.parse(given);
        const { asked, owner, repo } = aim(args, use, app, installs);
        return {
          text: await first(asked, (access) => read({ client, access, owner, repo, signal }, args), owner, repo),
        };
      },
    };
  };
}

/** Which repository is meant, and who may be asked for it. @throws Failure `refused` for one that may not be read from here. */
function aim({ repository }: Args, use: ToolUse, app: AppId, installs: readonly Access[]) {
  const isOwn = use.app === app;
  const wanted = repository ?? (isOwn ? use.channel : undefined);
  const [, owner, repo] = NAME.exec(wanted ?? '') ?? [];
  if (owner === undefined || repo === undefined)
    throw new Failure('invalid', 'Name the repository as owner/name. Nothing was read.');
  if (!isOwn) return { asked: installs.slice(0, MOST_INSTALLS), owner, repo };
  if (wanted?.toLowerCase() !== use.channel.toLowerCase())
    throw new Failure('refused', `From here only ${use.channel} can be read.`);
  return { asked: installs.filter(({ install }) => install === use.install), owner, repo };
}

/** From the first installation that may see it. */
async function first(
  asked: readonly Access[],
  read: (access: Access) => Promise<string>,
  owner: string,
  repo: string,
): Promise<string> {
  for (const access of asked) {
    try {
      return await read(access);
    } catch (thrown) {
      // A repository that an installation may not see does not exist for it.
      if (!(thrown instanceof Failure) || thrown.cause !== 404) throw thrown;
    }
  }
  throw new Failure(
    'gone',
    `There is no such thing in ${owner}/${repo}, or the app is not installed there: look at the names again.`,
  );
}
