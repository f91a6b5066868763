import { z } from 'zod';
import type { Access } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { clean, cut } from '../kit/text.ts';
import type { Client, Parameters } from './client.ts';
import { shaped } from './shaped.ts';

/** One repository, and who asks for it. */
export type Looking = {
  readonly client: Client;
  readonly access: Access;
  readonly owner: string;
  readonly repo: string;
  readonly signal: AbortSignal;
};

/** Text for a model. Rejects with a Failure whose cause is 404 where there is nothing. */
export type Read<Args> = (looking: Looking, args: Args) => Promise<string>;

/** Characters that are told at once. */
const MOST = 40_000;
/** Files of a pull request, and comments of an issue: one page each. */
const PAGE = 100;

const repositoryFile = z.object({
  type: z.literal('file'),
  encoding: z.string(),
  content: z.string(),
  size: z.int().nonnegative(),
});
const folder = z.array(z.object({ type: z.string(), name: z.string() }));
const contents = z.union([repositoryFile, folder, z.object({ type: z.string() })]);

type FileArgs = { readonly path: string; readonly ref?: string | undefined; readonly fromLine: number };

/** A file from a line on, with its lines numbered by their beginning; of a folder its names. */
export const readRepositoryFile: Read<FileArgs> = async (looking, { path, ref, fromLine }) => {
  const at = path.replace(/^\/+|\/+$/g, '');
  const answer = await get(looking, at === '' ? 'contents' : 'contents/{path}', {
    ...(at !== '' && { path: at }),
    ...(ref !== undefined && { ref }),
  });
  const found = shaped(contents, answer);
  if (Array.isArray(found))
    return limited(found.map(({ type, name }) => (type === 'dir' ? `${name}/` : name)).join('\n'));
  if (!('content' in found)) return `${at} is a ${found.type}: it has no text.`;
  // GitHub tells the contents of files up to 1 MB here, and of larger ones nothing.
  if (found.encoding !== 'base64') return `${at} has ${found.size} bytes: more than can be read.`;
  const bytes = Buffer.from(found.content, 'base64');
  if (bytes.includes(0)) return `${at} has ${found.size} bytes and is no text.`;
  const lines = bytes.toString('utf8').split('\n');
  return limited(`${at}, line ${fromLine} to ${lines.length}:\n${lines.slice(fromLine - 1).join('\n')}`);
};

const changedFiles = z.array(
  z.object({ filename: z.string(), status: z.string(), patch: z.string().optional(), changes: z.int().optional() }),
);

type DiffArgs = { readonly number: number; readonly path?: string | undefined };

/** What a pull request changes. */
export const readDiff: Read<DiffArgs> = async (looking, { number, path }) => {
  const answer = await get(looking, 'pulls/{number}/files', { number, per_page: PAGE });
  const files = shaped(changedFiles, answer);
  const wanted = files.filter(
    ({ filename }) => path === undefined || filename === path || filename.startsWith(`${path}/`),
  );
  if (wanted.length === 0) return `It changes ${files.map(({ filename }) => filename).join(', ') || 'nothing'}.`;
  const parts = wanted.map(
    ({ filename, status, patch }) => `--- ${filename} (${status})\n${patch ?? '(too large, or no text)'}`,
  );
  const more = files.length === PAGE ? `\n(only its first ${PAGE} files)` : '';
  return `${limited(parts.join('\n'))}${more}`;
};

const author = z.object({ login: z.string() }).nullish();
const issueWithText = z.object({
  title: z.string(),
  state: z.string(),
  user: author,
  created_at: z.string(),
  body: z.string().nullish(),
  pull_request: z.unknown().optional(),
});
const commentsWithText = z.array(z.object({ user: author, created_at: z.string(), body: z.string().nullish() }));

/** An issue or a pull request, and what was said in it: its first comments. */
export const readIssue: Read<{ readonly number: number }> = async (looking, { number }) => {
  const issue = shaped(issueWithText, await get(looking, 'issues/{number}', { number }));
  const comments = shaped(commentsWithText, await get(looking, 'issues/{number}/comments', { number, per_page: PAGE }));
  const kind = issue.pull_request === undefined ? 'Issue' : 'Pull request';
  const said = comments.map(
    ({ user, created_at, body }) => `${user?.login ?? 'somebody'}, ${created_at}:\n${body ?? ''}`,
  );
  const head = `${kind} ${number}, ${issue.state}: ${issue.title}\n${issue.user?.login ?? 'somebody'}, ${issue.created_at}:\n${issue.body ?? ''}`;
  const more = comments.length === PAGE ? [`(only its first ${PAGE} comments)`] : [];
  return limited([head, ...said, ...more].join('\n\n'));
};

async function get({ client, access, owner, repo, signal }: Looking, what: string, more: Parameters): Promise<unknown> {
  try {
    return await client.call(access, `GET /repos/{owner}/{repo}/${what}`, { owner, repo, ...more }, signal);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'unauthorized')
      throw new Failure(
        'unauthorized',
        'The app may not read this: an admin has to give it read access to contents, issues and pull requests.',
        { cause: thrown },
      );
    throw thrown;
  }
}

function limited(text: string): string {
  const whole = clean(text);
  if (whole.length <= MOST) return whole;
  const part = cut(whole, MOST);
  return `${part}\n(${whole.length - part.length} more characters are left out: ask for less.)`;
}
