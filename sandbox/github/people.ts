import type { Said, Utterance, Visible } from '../kit/stand-in.ts';
import { firstAdded, hunkOf } from './anchor.ts';
import { openTalk, saidOf, SOMEBODY, talkIn } from './people-talk.ts';
import type { Talk, Text } from './people-talk.ts';
import type { Speech } from './speech.ts';
import { commitSuggestion } from './suggestion.ts';
import {
  PULL_NUMBER,
  addComment,
  addIssue,
  editComment,
  person,
  removeComment,
  threadOf,
  wholeSecond,
} from './world.ts';
import type { Comment, Review, ReviewSpot, World } from './world.ts';

/** What people do in the stand-in beside saying something in a thread. */
export type People = Pick<Talk, 'openDiscussion' | 'discuss' | 'commentCommit' | 'pressCheck'> & {
  /** A comment in the conversation of an issue or pull request; the pull request when no number is given. */
  readonly comment: (said: Text & { readonly number?: number }) => Promise<Said>;
  readonly openIssue: (said: Text & { readonly title: string }) => Promise<Said>;
  /** Submits a review of the pull request with this text. */
  readonly review: (said: Text) => Promise<Said>;
  readonly edit: (id: string, text: string) => Promise<Said>;
  readonly remove: (id: string) => Promise<Said>;
  /** Presses "Commit suggestion" at a review comment; the file as it is then. Refused where there is no such button. */
  readonly commitSuggestion: (id: string) => Promise<string>;
};

export function openPeople(world: World, speech: Speech): People & { say: (utterance: Utterance) => Promise<Said> } {
  const talk = openTalk(world, speech);
  const written = ({ text, plain }: Text): string => (plain === true ? text : `@${world.app.slug} ${text}`);
  const author = ({ as }: Text) => person(world, as ?? SOMEBODY);

  const comment = async (said: Text, number: number, spot?: ReviewSpot): Promise<Said> => {
    const made = addComment(world, { number, author: author(said), body: written(said), spot });
    return saidOf(String(made.id), threadOfComment(world, made), await speech.comment('created', made));
  };
  const existing = (id: string): Comment => {
    const found = world.comments.get(Number(id));
    if (found === undefined) throw new Error(`no comment ${id} in the stand-in`);
    return found;
  };

  return {
    ...talk,
    async say(utterance) {
      if (utterance.thread?.includes('/discussions/') === true)
        return talk.discuss({ ...utterance, thread: utterance.thread });
      const { number, root } = numbersOf(world, utterance.thread);
      if (utterance.thread !== undefined && root === undefined) return comment(utterance, number);
      return comment(
        utterance,
        number,
        root === undefined ? newSpot(world) : { ...spotOf(existing(root)), root: Number(root) },
      );
    },
    comment: (said) => comment(said, said.number ?? PULL_NUMBER),
    async openIssue(said) {
      const shared = { author: author(said), isPull: false, title: said.title };
      const issue = addIssue(world, { ...shared, body: written(said) });
      return saidOf(String(issue.number), threadOf(world, issue.number), await speech.issue('opened', issue));
    },
    async review(said) {
      const shared = { number: PULL_NUMBER, author: author(said), state: 'COMMENTED' } as const;
      const review: Review = { ...shared, id: world.nextId(), body: written(said), submittedAt: wholeSecond() };
      world.reviews.set(review.id, review);
      return saidOf(String(review.id), threadOf(world, PULL_NUMBER), await speech.review(review));
    },
    async edit(id, text) {
      const changed = await talk.change(id, text);
      if (changed !== undefined) return changed;
      const comment = existing(id);
      const before = comment.body;
      editComment(comment, text);
      return saidOf(id, threadOfComment(world, comment), await speech.comment('edited', comment, before));
    },
    commitSuggestion: async (id) => commitSuggestion(world, existing(id)),
    async remove(id) {
      const removed = await talk.take(id);
      if (removed !== undefined) return removed;
      const comment = existing(id);
      removeComment(world, comment);
      return saidOf(id, threadOfComment(world, comment), await speech.comment('deleted', comment));
    },
  };
}

/** Comments and reviews as they are stored, hidden marks and all, oldest first. */
export function visibleIn(world: World, thread?: string): readonly Visible[] {
  const comments = [...world.comments.values()].map((comment) => ({
    order: comment.id,
    seen: {
      id: String(comment.id),
      thread: threadOfComment(world, comment),
      author: comment.author.login,
      fromBot: comment.author.type === 'Bot',
      text: comment.body,
      edits: comment.edits,
      at: comment.createdAt,
    },
  }));
  const reviews = [...world.reviews.values()].map((review) => ({
    order: review.id,
    seen: {
      id: String(review.id),
      thread: threadOf(world, review.number),
      author: review.author.login,
      fromBot: review.author.type === 'Bot',
      text: review.body,
      edits: 0,
      at: review.submittedAt,
    },
  }));
  return [...comments, ...reviews, ...talkIn(world)]
    .toSorted((one, other) => one.order - other.order)
    .map(({ seen }) => seen)
    .filter((seen) => seen.text !== '' && (thread === undefined || seen.thread === thread));
}

function newSpot(world: World): ReviewSpot {
  const { path, line } = firstAdded(world.git.files);
  const anchor = { path, line, startLine: undefined, side: 'RIGHT' } as const;
  const hunk = hunkOf(world.git.files, anchor);
  return { ...anchor, hunk, commit: world.git.head.sha, root: undefined, review: world.nextId() };
}

function spotOf({ id, spot }: Comment): ReviewSpot {
  if (spot === undefined) throw new Error(`${id} is no review comment`);
  return spot;
}

function threadOfComment(world: World, { id, number, spot }: Comment): string {
  return threadOf(world, number, spot === undefined ? undefined : (spot.root ?? id));
}

function numbersOf(world: World, thread: string | undefined): { number: number; root: string | undefined } {
  if (thread === undefined) return { number: PULL_NUMBER, root: undefined };
  const [, number, root] = /#(\d+)(?:\/r(\d+))?$/.exec(thread) ?? [];
  if (!world.issues.has(Number(number))) throw new Error(`no thread ${thread} in the stand-in`);
  return { number: Number(number), root };
}
