import type { Access } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { subjectId } from './address.ts';
import type { Address, Subject } from './address.ts';
import type { Client } from './client.ts';
import type { Graph } from './graphql.ts';
import { isOwn } from './message.ts';
import type { Bot } from './message.ts';
import { created, reactionsAnswer } from './payload.ts';
import { shaped } from './shaped.ts';

export type Content = '+1' | '-1' | 'laugh' | 'confused' | 'heart' | 'hooray' | 'rocket' | 'eyes';

/** GitHub's eight (docs: REST, Reactions), and for other emoji the one that says the same. */
const CONTENTS: ReadonlyMap<string, Content> = new Map<string, Content>([
  ...['👍', '✅', '✔', '☑', '👌', '🆗', '💯'].map((emoji) => [emoji, '+1'] as const),
  ...['👎', '❌', '✖', '🛑', '⏹', '🚫'].map((emoji) => [emoji, '-1'] as const),
  ...['😄', '😆', '😀', '😃', '😁', '😂', '🤣', '🙂'].map((emoji) => [emoji, 'laugh'] as const),
  ...['😕', '🤔', '😢', '🙁', '⚠', '❓', '😮'].map((emoji) => [emoji, 'confused'] as const),
  ...['❤', '♥', '💙', '💚', '💛', '💜', '🧡'].map((emoji) => [emoji, 'heart'] as const),
  ...['🎉', '🥳', '🙌', '👏'].map((emoji) => [emoji, 'hooray'] as const),
  ...['🚀', '🔥', '⚡'].map((emoji) => [emoji, 'rocket'] as const),
  ...['👀', '👁'].map((emoji) => [emoji, 'eyes'] as const),
]);

/** @throws Failure `invalid` for an emoji that GitHub has nothing near to. */
export function contentOf(emoji: string): Content {
  const content = CONTENTS.get(emoji.replaceAll(/\uFE0F|\p{Emoji_Modifier}/gu, ''));
  if (content === undefined) throw new Failure('invalid', `GitHub has eight reactions, and ${emoji} is near to none`);
  return content;
}

/** GraphQL's names of the eight. */
const NAMES: Readonly<Record<Content, string>> = {
  '+1': 'THUMBS_UP',
  '-1': 'THUMBS_DOWN',
  laugh: 'LAUGH',
  confused: 'CONFUSED',
  heart: 'HEART',
  hooray: 'HOORAY',
  rocket: 'ROCKET',
  eyes: 'EYES',
};

/** A review has no reactions endpoint; a discussion has them in GraphQL only. */
const ROUTES = {
  c: '/repos/{owner}/{repo}/issues/comments/{id}/reactions',
  r: '/repos/{owner}/{repo}/pulls/comments/{id}/reactions',
  n: '/repos/{owner}/{repo}/issues/{id}/reactions',
  k: '/repos/{owner}/{repo}/comments/{id}/reactions',
  v: undefined,
  d: undefined,
  e: undefined,
} as const;

/** The most that GitHub lists at once. */
const MOST = 100;

/** Whether a thing can be reacted to at all. */
export const takesReactions = ({ kind }: Subject): boolean => kind !== 'v';

export type Reacting = { readonly subject: Subject; readonly content: Content; readonly added: boolean };
export type React = (access: Access, address: Address, reacting: Reacting, signal: AbortSignal) => Promise<void>;

export function openReact(client: Client, graph: Graph, bot: Bot): React {
  return async (access, address, { subject, content, added }, signal) => {
    const route = ROUTES[subject.kind];
    const node = subject.kind === 'e' ? subject.node : subject.kind === 'd' ? address.discussion : undefined;
    if (node !== undefined) return reactInGraph(graph, { access, node, content, added }, signal);
    if (route === undefined) throw new Failure('invalid', `${subjectId(subject)} takes no reactions on GitHub`);
    const { owner, repo } = address;
    const on = { owner, repo, id: subject.id };
    // It answers 200 when the same one is there already.
    if (added) return void (await client.call(access, `POST ${route}`, { ...on, content }, signal));
    try {
      const page = { ...on, content, per_page: MOST };
      const listed = shaped(reactionsAnswer, await client.call(access, `GET ${route}`, page, signal));
      const own = listed.find((reaction) => isOwn(reaction, bot));
      if (own === undefined && listed.length < MOST) return;
      // Among hundreds it is not looked for: setting it once more tells its number.
      const { id } = own ?? shaped(created, await client.call(access, `POST ${route}`, { ...on, content }, signal));
      await client.call(access, `DELETE ${route}/{reaction}`, { ...on, reaction: id }, signal);
    } catch (thrown) {
      if (!isAbsent(thrown)) throw thrown;
    }
  };
}

const isAbsent = (thrown: unknown): boolean => thrown instanceof Failure && thrown.cause === 404;

const ADD = `mutation($subjectId: ID!, $content: ReactionContent!) {
  addReaction(input: { subjectId: $subjectId, content: $content }) { reaction { content } }
}`;
const REMOVE = `mutation($subjectId: ID!, $content: ReactionContent!) {
  removeReaction(input: { subjectId: $subjectId, content: $content }) { reaction { content } }
}`;

type InGraph = { readonly access: Access; readonly node: string; readonly content: Content; readonly added: boolean };

async function reactInGraph(graph: Graph, { access, node, content, added }: InGraph, signal: AbortSignal) {
  const variables = { subjectId: node, content: NAMES[content] };
  try {
    await graph.change({ access, text: added ? ADD : REMOVE, variables }, signal);
  } catch (thrown) {
    // Taking away what is not there is refused.
    const none = !added && thrown instanceof Failure && (isAbsent(thrown) || thrown.cause === 422);
    if (!none) throw thrown;
  }
}
