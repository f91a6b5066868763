import { setTimeout } from 'node:timers';
import { readChatState, type ChatMember, type ChatState } from '../db/chat-conversations.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { readChangedPosts, type ChangedPost } from '../db/read-chat.ts';
import type { OrganizationId } from '../model/ids.ts';
import { pieceOf, seenBy, type Piece, type SeenPost } from './piece.ts';

/** What is new in a conversation, for whoever has seen it up to `before`. */
export type Pushed = Pick<ChatState, 'title' | 'doing'> & {
  readonly type: 'changed';
  readonly conversation: string;
  /** The conversation's number before and after. */
  readonly before: number;
  readonly seq: number;
  readonly members: readonly Pick<ChatMember, 'actor' | 'name' | 'present' | 'typing'>[];
  readonly posts: readonly (SeenPost | Piece)[];
};

/** Somebody who watches a conversation. */
export type Watcher = {
  readonly actor: string;
  /** Undefined: too much is new, read it all anew. */
  readonly push: (pushed: Pushed | undefined) => void;
  /** They are not in it any more, or it is gone. */
  readonly drop: () => void;
};

export type Halls = {
  /** From what they have seen on. @returns what ends it. Rejects while the database is away. */
  readonly watch: (at: At, watcher: Watcher, seen: number) => Promise<() => void>;
  /** Something changed there. */
  readonly wake: (name: string) => void;
  /** Something may have changed anywhere. */
  readonly wakeAll: () => void;
};

type At = { readonly organization: OrganizationId; readonly conversation: string };

/** Posts that are pushed at once; who has missed more reads anew. */
const MOST = 200;
/** Milliseconds after which a conversation in which the bot is at work is looked at again: nobody tells that a turn has ended. */
const BUSY_LOOK_MS = 700;
/** Posts whose texts are known, so that only what is added to them is sent: those that grow right now. */
const GROWING = 8;

type Hall = At & {
  /** Who is in it, or about to be: it is there as long as there is one. */
  readonly guests: Set<Watcher>;
  /** Those of them who have been told all up to `state`. */
  readonly watchers: Set<Watcher>;
  readonly known: Map<string, ChangedPost>;
  /** What the last look found; undefined: there was none. */
  state: ChatState | undefined;
  /** One look after the other. */
  line: Promise<void>;
  waits: boolean;
  /** The next look at what the bot does. */
  again: NodeJS.Timeout | undefined;
};

/** Reads what changes in the conversations that somebody watches in this process, once for all of them. */
export function openHalls(db: Database): Halls {
  const halls = new Map<string, Hall>();
  const leave = (hall: Hall, watcher: Watcher): void => {
    hall.guests.delete(watcher);
    hall.watchers.delete(watcher);
    if (hall.guests.size > 0) return;
    clearTimeout(hall.again);
    if (halls.get(nameOf(hall)) === hall) halls.delete(nameOf(hall));
  };
  const look = async (hall: Hall): Promise<void> => {
    const before = hall.state;
    const found = await readNew(db, hall, before);
    hall.state = found.state;
    dropOthers(hall, leave);
    lookAgain(hall, wake);
    if (found.state === undefined || before === undefined) return;
    if (JSON.stringify(found.state) === JSON.stringify(before)) return;
    tellAll(hall, { ...found, state: found.state, before: before.seq });
  };
  const wake = (name: string): void => {
    const hall = halls.get(name);
    if (hall === undefined || hall.waits) return;
    hall.waits = true;
    // A database that is away is looked at again.
    hall.line = hall.line.then(() => {
      hall.waits = false;
      return look(hall).catch(() => {});
    });
  };
  return {
    wake,
    wakeAll: () => [...halls.keys()].forEach(wake),
    async watch(at, watcher, seen) {
      const hall = halls.get(nameOf(at)) ?? openHall(at);
      halls.set(nameOf(at), hall);
      hall.guests.add(watcher);
      const enter = async (): Promise<void> => {
        await look(hall);
        if (await catchUp(db, hall, { watcher, seen })) return void hall.watchers.add(watcher);
        leave(hall, watcher);
        watcher.drop();
      };
      const entering = hall.line.then(enter);
      hall.line = entering.catch(() => {});
      await entering.catch((thrown: unknown) => {
        leave(hall, watcher);
        throw thrown;
      });
      return () => leave(hall, watcher);
    },
  };
}

/** What is there, and the posts that are new since `before`. */
const readNew = (db: Database, { organization, conversation }: At, before: ChatState | undefined) =>
  inOrganization(db, organization, async (tx) => {
    const state = await readChatState(tx, conversation);
    if (state === undefined || before === undefined || state.seq === before.seq) return { state, posts: [] };
    const posts = await readChangedPosts(tx, conversation, { after: before.seq, most: MOST + 1 });
    // What was committed between the two reads comes with the next look.
    return { state, posts: posts.filter((post) => post.seq <= state.seq) };
  });

const nameOf = ({ organization, conversation }: At): string => `${organization}/${conversation}`;

const openHall = (at: At): Hall => ({
  ...at,
  guests: new Set(),
  watchers: new Set(),
  known: new Map(),
  state: undefined,
  line: Promise.resolve(),
  waits: false,
  again: undefined,
});

function lookAgain(hall: Hall, wake: (name: string) => void): void {
  clearTimeout(hall.again);
  const isBusy = hall.state?.doing === 'seen' || hall.state?.doing === 'working';
  hall.again = isBusy && hall.guests.size > 0 ? setTimeout(() => wake(nameOf(hall)), BUSY_LOOK_MS).unref() : undefined;
}

const isIn = ({ state }: Hall, { actor }: Watcher): boolean =>
  state?.members.some((member) => member.actor === actor) === true;

function dropOthers(hall: Hall, leave: (hall: Hall, watcher: Watcher) => void): void {
  for (const watcher of hall.watchers) {
    if (isIn(hall, watcher)) continue;
    leave(hall, watcher);
    watcher.drop();
  }
}

type Found = { readonly state: ChatState; readonly posts: readonly ChangedPost[]; readonly before: number };

function tellAll(hall: Hall, { state, posts, before }: Found): void {
  const isMuch = posts.length > MOST;
  const pieces = posts.map((post) => ({ post, piece: pieceOf(hall.known.get(post.id), post) }));
  for (const { post } of pieces) {
    hall.known.delete(post.id);
    hall.known.set(post.id, post);
  }
  for (const id of [...hall.known.keys()].slice(0, -GROWING)) hall.known.delete(id);
  for (const watcher of hall.watchers) {
    const own = pieces.filter(({ post }) => seenBy(post, watcher.actor)).map(({ piece }) => piece);
    watcher.push(isMuch ? undefined : pushedOf(hall, state, { before, posts: own }));
  }
}

const pushedOf = (
  { conversation }: Hall,
  { seq, title, doing, members }: ChatState,
  { before, posts }: Pick<Pushed, 'before' | 'posts'>,
): Pushed => ({ type: 'changed', conversation, before, seq, title, doing, members, posts });

/** Sends what somebody has missed, up to where the hall is. @returns false: they are not in it. */
async function catchUp(
  db: Database,
  hall: Hall,
  { watcher, seen }: { readonly watcher: Watcher; readonly seen: number },
): Promise<boolean> {
  const { state, organization, conversation } = hall;
  if (state === undefined || !isIn(hall, watcher)) return false;
  const posts =
    seen >= state.seq
      ? []
      : await inOrganization(db, organization, (tx) =>
          readChangedPosts(tx, conversation, { after: seen, most: MOST + 1 }),
        );
  // Later changes come with the hall's next look.
  const own = posts.filter((post) => post.seq <= state.seq && seenBy(post, watcher.actor));
  const whole = own.map((post) => pieceOf(undefined, post));
  watcher.push(posts.length > MOST ? undefined : pushedOf(hall, state, { before: seen, posts: whole }));
  return true;
}
