import type { Access } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Posted } from '../../src/model/reply.ts';
import { subjectId } from './address.ts';
import type { Address, Subject } from './address.ts';
import type { Client } from './client.ts';
import type { Discussions } from './discussions.ts';
import { created } from './payload.ts';

/** Comments of ours, wherever comments can be. */
export type Comments = {
  readonly add: (access: Access, address: Address, body: string, signal: AbortSignal) => Promise<Posted>;
  readonly change: (access: Access, address: Address, text: Text, signal: AbortSignal) => Promise<void>;
  readonly remove: (access: Access, address: Address, subject: Subject, signal: AbortSignal) => Promise<void>;
};

export type Text = { readonly subject: Subject; readonly body: string };

export function openComments(client: Client, discussions: Discussions): Comments {
  const touched = async (
    work: () => Promise<unknown>,
    where: { readonly access: Access; readonly address: Address },
    signal: AbortSignal,
  ): Promise<void> => {
    try {
      await work();
    } catch (thrown) {
      throw await goneOr(thrown, () => look(client, discussions, where, signal));
    }
  };
  return {
    add(access, address, body, signal) {
      if (address.discussion !== undefined) return discussions.add(access, address, body, signal);
      return add(client, access, { address, body }, signal);
    },
    change(access, address, { subject, body }, signal) {
      const { owner, repo } = address;
      const work = (): Promise<unknown> =>
        subject.kind === 'e'
          ? discussions.change(access, subject.node, body, signal)
          : client.call(access, `PATCH ${routeOf(subject)}`, { owner, repo, id: subject.id, body }, signal);
      return touched(work, { access, address }, signal);
    },
    remove(access, address, subject, signal) {
      const { owner, repo } = address;
      const work = (): Promise<unknown> =>
        subject.kind === 'e'
          ? discussions.remove(access, subject.node, signal)
          : client.call(access, `DELETE ${routeOf(subject)}`, { owner, repo, id: subject.id }, signal);
      return touched(work, { access, address }, signal);
    },
  };
}

const ROUTES = {
  c: '/repos/{owner}/{repo}/issues/comments/{id}',
  r: '/repos/{owner}/{repo}/pulls/comments/{id}',
  k: '/repos/{owner}/{repo}/comments/{id}',
  v: undefined,
  n: undefined,
  d: undefined,
  e: undefined,
} as const;

/** @throws Failure `invalid`: the hub never makes such a thing. */
function routeOf(subject: Subject): string {
  const route = ROUTES[subject.kind];
  if (route === undefined) throw new Failure('invalid', `not a post of ours: ${subjectId(subject)}`);
  return route;
}

type Fresh = { readonly address: Address; readonly body: string };

async function add(client: Client, access: Access, { address, body }: Fresh, signal: AbortSignal): Promise<Posted> {
  const { owner, repo, number, root, commit } = address;
  const [kind, route, more] =
    commit !== undefined
      ? (['k', 'POST /repos/{owner}/{repo}/commits/{sha}/comments', commit] as const)
      : root === undefined
        ? (['c', 'POST /repos/{owner}/{repo}/issues/{number}/comments', { number }] as const)
        : (['r', 'POST /repos/{owner}/{repo}/pulls/{number}/comments/{root}/replies', { number, root }] as const);
  const read = created.safeParse(await client.call(access, route, { owner, repo, body, ...more }, signal));
  // It answered 201, so the comment is there; `findPost` tells which one it is.
  if (!read.success) throw new Failure('unknown-outcome', 'GitHub took the comment and did not say its id');
  return { id: subjectId({ kind, id: read.data.id }) };
}

/** GitHub's "no such thing": for a deleted comment and for all that the app may not see. */
const ABSENT: ReadonlySet<unknown> = new Set([404, 410]);

/**
 * Why a comment of ours could not be touched. One that is absent while what it stands under answers was deleted (`gone`);
 * where that does not answer either, what it says goes on.
 */
async function goneOr(thrown: unknown, look: () => Promise<unknown>): Promise<unknown> {
  if (!(thrown instanceof Failure && ABSENT.has(thrown.cause))) return thrown;
  try {
    await look();
  } catch (unreachable) {
    return unreachable;
  }
  return new Failure('gone', thrown.message, { cause: thrown.cause });
}

function look(
  client: Client,
  discussions: Discussions,
  { access, address }: { readonly access: Access; readonly address: Address },
  signal: AbortSignal,
): Promise<unknown> {
  const { owner, repo, number, root, commit } = address;
  if (address.discussion !== undefined) return discussions.look(access, address, signal);
  if (commit !== undefined) {
    return client.call(access, 'GET /repos/{owner}/{repo}/commits/{sha}', { owner, repo, sha: commit.sha }, signal);
  }
  // The one that the permission which a comment there needs lets the app read.
  const folder = root === undefined ? 'issues' : 'pulls';
  return client.call(access, `GET /repos/{owner}/{repo}/${folder}/{number}`, { owner, repo, number }, signal);
}
