import type { Access, Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Place } from '../../src/model/event.ts';
import type { Draft, Posted, Status } from '../../src/model/reply.ts';
import { addressOf, subjectId, subjectOf } from './address.ts';
import type { Client } from './client.ts';
import type { Marker } from './marker.ts';
import { created } from './payload.ts';
import { renderBody } from './render.ts';

type Sending = Required<Pick<Adapter, 'post' | 'edit' | 'remove' | 'show'>>;

/** Writes comments and reactions. */
export function openSending(client: Client, marker: Marker): Sending {
  return {
    post: (access, draft, signal) => post(client, access, bodyOf(draft, marker), signal),
    async edit(access, postId, draft, signal) {
      const { owner, repo } = addressOf(draft.place);
      const { kind, id } = subjectOf(postId);
      const route = COMMENT[kind];
      if (route === undefined) throw new Failure('invalid', `not a post of ours: ${postId}`);
      const { body } = bodyOf(draft, marker);
      try {
        await client.call(access, `PATCH ${route}`, { owner, repo, id, body }, signal);
      } catch (thrown) {
        throw await goneOr(thrown, client, access, { place: draft.place, signal });
      }
    },
    async remove(access, postId, place, signal) {
      const { owner, repo } = addressOf(place);
      const { kind, id } = subjectOf(postId);
      const route = COMMENT[kind];
      if (route === undefined) throw new Failure('invalid', `not a post of ours: ${postId}`);
      try {
        await client.call(access, `DELETE ${route}`, { owner, repo, id }, signal);
      } catch (thrown) {
        const why = await goneOr(thrown, client, access, { place, signal });
        if (!(why instanceof Failure && why.code === 'gone')) throw why;
      }
    },
    show: (access, place, status, signal) => show(client, access, { place, status }, signal),
  };
}

const COMMENT = {
  c: '/repos/{owner}/{repo}/issues/comments/{id}',
  r: '/repos/{owner}/{repo}/pulls/comments/{id}',
  v: undefined,
  n: undefined,
} as const;

/** GitHub's "no such thing": for a deleted comment and for all that the app may not see. */
const ABSENT: ReadonlySet<unknown> = new Set([404, 410]);

/**
 * Why a comment of ours could not be touched. One that is absent while its issue or pull request answers was deleted
 * (`gone`); where that does not answer either, what it says goes on.
 */
async function goneOr(
  thrown: unknown,
  client: Client,
  access: Access,
  { place, signal }: { readonly place: Place; readonly signal: AbortSignal },
): Promise<unknown> {
  if (!(thrown instanceof Failure && ABSENT.has(thrown.cause))) return thrown;
  const { owner, repo, number, root } = addressOf(place);
  // The one that the permission which a comment there needs lets the app read.
  const folder = root === undefined ? 'issues' : 'pulls';
  try {
    await client.call(access, `GET /repos/{owner}/{repo}/${folder}/{number}`, { owner, repo, number }, signal);
  } catch (unreachable) {
    return unreachable;
  }
  return new Failure('gone', thrown.message, { cause: thrown.cause });
}

type Body = { readonly place: Place; readonly body: string };

const bodyOf = (draft: Draft, marker: Marker): Body => ({
  place: draft.place,
  body: renderBody(draft.text, marker.of(draft.nonce)),
});

async function post(client: Client, access: Access, { place, body }: Body, signal: AbortSignal): Promise<Posted> {
  const { owner, repo, number, root } = addressOf(place);
  const answer =
    root === undefined
      ? await client.call(
          access,
          'POST /repos/{owner}/{repo}/issues/{number}/comments',
          { owner, repo, number, body },
          signal,
        )
      : await client.call(
          access,
          'POST /repos/{owner}/{repo}/pulls/{number}/comments/{root}/replies',
          { owner, repo, number, root, body },
          signal,
        );
  const read = created.safeParse(answer);
  // It answered 201, so the comment is there; `findPost` tells which one it is.
  if (!read.success) throw new Failure('unknown-outcome', 'GitHub took the comment and did not say its id');
  return { id: subjectId({ kind: root === undefined ? 'c' : 'r', id: read.data.id }) };
}

/** Reactions: GitHub answers 200 when the same one is there already, so showing twice shows once. */
const REACTIONS = { seen: 'eyes', working: undefined, done: undefined, failed: 'confused' } as const;

/** A review has no reactions endpoint. */
const REACTED = {
  c: 'POST /repos/{owner}/{repo}/issues/comments/{id}/reactions',
  r: 'POST /repos/{owner}/{repo}/pulls/comments/{id}/reactions',
  n: 'POST /repos/{owner}/{repo}/issues/{id}/reactions',
  v: undefined,
} as const;

async function show(
  client: Client,
  access: Access,
  what: { readonly place: Place; readonly status: Status },
  signal: AbortSignal,
): Promise<void> {
  const { owner, repo, subject } = addressOf(what.place);
  const content = REACTIONS[what.status];
  const route = REACTED[subject.kind];
  if (content === undefined || route === undefined) return;
  await client.call(access, route, { owner, repo, id: subject.id, content }, signal);
}
