import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** One file of a pull request, as `GET /pulls/{n}/files` tells it. */
export type ChangedFile = {
  readonly filename: string;
  readonly status: 'added' | 'removed' | 'modified';
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** The hunks, without git's header lines. */
  readonly patch: string;
};

export type FolderEntry = { readonly type: 'file' | 'dir'; readonly name: string };

/** A real bare git repository with a main branch and a branch that a pull request is about. */
export type Repository = {
  readonly gitDir: string;
  readonly base: { readonly ref: string; readonly sha: string };
  readonly head: { readonly ref: string; readonly sha: string };
  /** From the merge base to the head, as GitHub shows it. */
  readonly diff: string;
  readonly files: readonly ChangedFile[];
  /** A file's text at a branch or commit; undefined when there is none. */
  readonly show: (ref: string, path: string) => Promise<string | undefined>;
  /** What a folder holds at a branch or commit; undefined when it is none. */
  readonly list: (ref: string, path: string) => Promise<readonly FolderEntry[] | undefined>;
  /** A commit on the pull request's branch that makes a file say this; the file as it is then. */
  readonly commit: (path: string, text: string) => Promise<string>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const README = '# greeter\n\nSays hello to people.\n';
const GREET = `/** A greeting for one person. */
export function greet(name) {
  if (name === '') return 'Hello!';
  return 'Hello, ' + name + '!';
}
`;
const GREET_CHANGED = `/** A greeting for one person, or for several. */
export function greet(name, others = []) {
  if (name = '') return 'Hello!';
  const names = [name, ...others];
  return 'Hello, ' + names.join(' and ') + '!';
}
`;
const TEST = `import { greet } from '../src/greet.js';

console.assert(greet('Ada') === 'Hello, Ada!');
console.assert(greet('Ada', ['Grace']) === 'Hello, Ada and Grace!');
`;

type Commit = { readonly branch: string; readonly from?: string; readonly message: string; readonly files: object };

/** Makes the repository in a folder of its own under the system's temporary folder; the closer removes it. */
export async function openRepository(): Promise<Repository> {
  const gitDir = await mkdtemp(join(tmpdir(), 'switchboard-github-'));
  await git(gitDir, ['init', '--quiet', '--bare', '--initial-branch=main']);
  await importCommits(gitDir, [
    { branch: 'main', message: 'Greet people', files: { 'README.md': README, 'src/greet.js': GREET } },
    {
      branch: 'greet-several',
      from: 'refs/heads/main',
      message: 'Greet several people',
      files: { 'src/greet.js': GREET_CHANGED, 'test/greet.test.js': TEST },
    },
  ]);
  const sha = async (ref: string): Promise<string> => (await git(gitDir, ['rev-parse', ref])).trim();
  const diff = await git(gitDir, ['diff', '--full-index', '--no-color', '--no-ext-diff', 'main...greet-several']);
  return {
    gitDir,
    base: { ref: 'main', sha: await sha('main') },
    head: { ref: 'greet-several', sha: await sha('greet-several') },
    diff,
    files: filesOf(diff),
    show: (ref, path) => git(gitDir, ['show', '--end-of-options', `${ref}:${path}`]).catch(() => undefined),
    async commit(path, text) {
      const branch = 'greet-several';
      await importCommits(gitDir, [
        { branch, from: `refs/heads/${branch}^0`, message: 'Apply a suggestion', files: { [path]: text } },
      ]);
      return git(gitDir, ['show', `${branch}:${path}`]);
    },
    list: (ref, path) => list(gitDir, `${ref}:${path}`).catch(() => undefined),
    [Symbol.asyncDispose]: () => rm(gitDir, { recursive: true, force: true }),
  };
}

async function list(gitDir: string, tree: string): Promise<readonly FolderEntry[] | undefined> {
  if ((await git(gitDir, ['cat-file', '-t', tree])).trim() !== 'tree') return undefined;
  const lines = (await git(gitDir, ['ls-tree', tree])).trim().split('\n');
  return lines.map((line) => {
    const [mode = '', name = ''] = line.split('\t');
    return { type: mode.includes(' tree ') ? 'dir' : 'file', name };
  });
}

/** No environment but this: a caller's GIT_DIR or hooks must not lead git elsewhere. */
const ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

async function git(gitDir: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['--git-dir', gitDir, ...args], { env: ENVIRONMENT });
  return stdout;
}

/** Writes commits straight into a bare repository, without a working folder. */
async function importCommits(gitDir: string, commits: readonly Commit[]): Promise<void> {
  const child = spawn('git', ['--git-dir', gitDir, 'fast-import', '--quiet'], {
    env: ENVIRONMENT,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  child.stdin.end(commits.map((commit, index) => streamOf(commit, 1_760_000_000 + index * 3600)).join(''));
  const code = await ended;
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
}

function streamOf(commit: Commit, seconds: number): string {
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const files = Object.entries(commit.files).map(([path, text]) => `M 100644 inline ${path}\n${data(String(text))}`);
  return [
    `commit refs/heads/${commit.branch}\n`,
    `committer Ada <ada@example.com> ${seconds} +0000\n`,
    data(commit.message),
    commit.from === undefined ? '' : `from ${commit.from}\n`,
    ...files,
    '\n',
  ].join('');
}

function filesOf(diff: string): readonly ChangedFile[] {
  return diff
    .split(/^(?=diff --git )/m)
    .filter((part) => part !== '')
    .map((part) => {
      const patch = part.slice(part.search(/^@@/m)).trimEnd();
      const count = (sign: string): number => patch.split('\n').filter((line) => line.startsWith(sign)).length;
      return {
        filename: /^diff --git a\/.+ b\/(.+)$/m.exec(part)?.[1] ?? '',
        status: /^new file/m.test(part) ? 'added' : /^deleted file/m.test(part) ? 'removed' : 'modified',
        sha: /^index [0-9a-f]+\.\.([0-9a-f]+)/m.exec(part)?.[1] ?? '',
        additions: count('+'),
        deletions: count('-'),
        patch,
      };
    });
}
