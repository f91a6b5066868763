import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Failure } from '../../src/model/failure.ts';
import type { Place } from '../../src/model/event.ts';
import { parseJson } from '../../src/model/parse-json.ts';

/**
 * One thing with text on GitHub. Each kind is numbered apart from the others, so the letter is part of the id: `c` issue
 * comment, `r` review comment, `v` review, `n` the issue or pull request itself, `k` commit comment, `d` the discussion
 * itself, `e` discussion comment, which is known to GraphQL by its node alone.
 */
export type Subject =
  | { readonly kind: 'c' | 'r' | 'v' | 'n' | 'k' | 'd'; readonly id: number }
  | { readonly kind: 'e'; readonly id: number; readonly node: string };

/** Where an answer goes, and what it answers to. */
export type Address = {
  readonly owner: string;
  readonly repo: string;
  /** Number of the issue, pull request or discussion; 0 for a commit. */
  readonly number: number;
  /** First comment of the review thread, or of the thread in a discussion; undefined in the main conversation. */
  readonly root?: number | undefined;
  readonly subject: Subject;
  /** Whether the number is a pull request's. */
  readonly pull?: boolean | undefined;
  /** The discussion's node. */
  readonly discussion?: string | undefined;
  readonly commit?: Commit | undefined;
};

/** A commit, and the place in its diff that is spoken of. */
export type Commit = {
  readonly sha: string;
  readonly path?: string | undefined;
  /** Lines below the diff's first `@@` line, as GitHub counts them. */
  readonly position?: number | undefined;
};

const SHAPE = z.object({
  owner: z.string(),
  repo: z.string(),
  number: z.int(),
  root: z.int().optional(),
  subject: z.string(),
  pull: z.boolean().optional(),
  discussion: z.string().optional(),
  commit: z.object({ sha: z.string(), path: z.string().optional(), position: z.int().optional() }).optional(),
});

export function placeOf(install: number | string, address: Address): Place {
  const { owner, repo, subject } = address;
  return {
    install: String(install),
    channel: `${owner}/${repo}`,
    thread: threadOf(address),
    address: JSON.stringify({ ...address, subject: subjectId(subject) }),
  };
}

function threadOf({ owner, repo, number, root, discussion, commit }: Address): string {
  const channel = `${owner}/${repo}`;
  if (commit !== undefined) return `${channel}@${commit.sha}${spotOf(commit)}`;
  if (discussion !== undefined) return `${channel}/discussions/${number}${root === undefined ? '' : `/c${root}`}`;
  return root === undefined ? `${channel}#${number}` : `${channel}#${number}/r${root}`;
}

/** Comments on one line of a commit are a conversation of their own. A path may be longer than a name should be. */
function spotOf({ path, position }: Commit): string {
  if (path === undefined) return '';
  return `/${createHash('sha256').update(path).digest('base64url').slice(0, 10)}:${position ?? ''}`;
}

/** @throws Failure `invalid` when the place was not made by `placeOf`. */
export function addressOf(place: Place): Address {
  const read = SHAPE.safeParse(parseJson(place.address));
  if (!read.success) throw new Failure('invalid', `not an address of GitHub: ${place.address.slice(0, 100)}`);
  return { ...read.data, subject: subjectOf(read.data.subject) };
}

export const subjectId = (subject: Subject): string =>
  subject.kind === 'e' ? `e${subject.id}.${subject.node}` : `${subject.kind}${subject.id}`;

const KINDS = { c: 'c', r: 'r', v: 'v', n: 'n', k: 'k', d: 'd' } as const;

/** @throws Failure `invalid` */
export function subjectOf(id: string): Subject {
  const [, letter, digits, node] = /^([crvnkde])(\d{1,16})(?:\.([\w=-]{1,150}))?$/.exec(id) ?? [];
  if (letter === 'e' && node !== undefined) return { kind: letter, id: Number(digits), node };
  const kind = Object.entries(KINDS).find(([key]) => key === letter)?.[1];
  if (kind === undefined || node !== undefined)
    throw new Failure('invalid', `not a message id of GitHub: ${id.slice(0, 40)}`);
  return { kind, id: Number(digits) };
}
