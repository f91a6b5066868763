import { z } from 'zod';
import { Failure } from '../../src/model/failure.ts';
import type { Place } from '../../src/model/event.ts';

/**
 * One thing with text on GitHub. Comments, review comments and reviews are numbered apart from each other, so the
 * letter is part of the id: `c` issue comment, `r` review comment, `v` review, `n` the issue or pull request itself.
 */
export type Subject = { readonly kind: 'c' | 'r' | 'v' | 'n'; readonly id: number };

/** Where an answer goes, and what it answers to. */
export type Address = {
  readonly owner: string;
  readonly repo: string;
  /** Number of the issue or pull request. */
  readonly number: number;
  /** First comment of the review thread; undefined in the main conversation. */
  readonly root: number | undefined;
  readonly subject: Subject;
};

const SHAPE = z.object({
  owner: z.string(),
  repo: z.string(),
  number: z.int(),
  root: z.int().optional(),
  subject: z.string(),
});

export function placeOf(install: number, address: Address): Place {
  const { owner, repo, number, root, subject } = address;
  const channel = `${owner}/${repo}`;
  return {
    install: String(install),
    channel,
    thread: root === undefined ? `${channel}#${number}` : `${channel}#${number}/r${root}`,
    address: JSON.stringify({ owner, repo, number, root, subject: subjectId(subject) }),
  };
}

/** @throws Failure `invalid` when the place was not made by `placeOf`. */
export function addressOf(place: Place): Address {
  const read = SHAPE.safeParse(json(place.address));
  if (!read.success) throw new Failure('invalid', `not an address of GitHub: ${place.address.slice(0, 100)}`);
  const { owner, repo, number, root, subject } = read.data;
  return { owner, repo, number, root, subject: subjectOf(subject) };
}

export const subjectId = (subject: Subject): string => `${subject.kind}${subject.id}`;

const KINDS = { c: 'c', r: 'r', v: 'v', n: 'n' } as const;

/** @throws Failure `invalid` */
export function subjectOf(id: string): Subject {
  const [, letter, digits] = /^([crvn])(\d{1,16})$/.exec(id) ?? [];
  const kind = Object.entries(KINDS).find(([key]) => key === letter)?.[1];
  if (kind === undefined) throw new Failure('invalid', `not a message id of GitHub: ${id.slice(0, 40)}`);
  return { kind, id: Number(digits) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
