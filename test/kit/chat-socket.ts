import { WebSocket } from 'ws';
import type { Chatter, TestChat } from './chat.ts';
import { until } from './until.ts';

type Post = { readonly id: string; text: string; seq: number } & Record<string, unknown>;
type Pushed = {
  readonly type: string;
  readonly before: number;
  readonly seq: number;
  readonly posts: readonly Record<string, unknown>[];
} & Record<string, unknown>;

/** A page that reads along as the console does: it keeps posts, adds pieces, and counts what it missed. */
export type TestPage = {
  readonly posts: ReadonlyMap<string, Post>;
  readonly pushed: readonly Pushed[];
  /** Pieces that were added to a text. */
  readonly pieces: () => number;
  readonly missed: () => number;
  readonly seq: () => number;
  readonly say: (message: object) => void;
  /** Takes nothing out of the network any more. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly closed: Promise<number>;
  readonly sees: (fits: (texts: readonly string[]) => boolean) => Promise<void>;
  readonly [Symbol.dispose]: () => void;
};

/** @throws an error with the status where the request is refused. */
export async function openPage(
  chat: Pick<TestChat, 'url' | 'headersOf'>,
  who: Chatter,
  conversation: string,
  from = 0,
): Promise<TestPage> {
  const socket = new WebSocket(`${chat.url.replace('http', 'ws')}/api/v1/chat/socket`, {
    headers: chat.headersOf(who),
  });
  const posts = new Map<string, Post>();
  const pushed: Pushed[] = [];
  let [seq, missed, pieces] = [from, 0, 0];
  const { promise: closed, resolve } = Promise.withResolvers<number>();
  socket.on('close', resolve);
  socket.on('message', (data) => {
    const said = JSON.parse(Buffer.isBuffer(data) ? data.toString('utf8') : '{}') as Pushed;
    pushed.push(said);
    if (said.type !== 'changed') return;
    if (said.before !== seq) missed += 1;
    seq = said.seq;
    for (const post of said.posts) {
      const before = posts.get(String(post['id']));
      if (!('more' in post)) posts.set(String(post['id']), post as Post);
      else if (before === undefined || before.text.length !== post['at']) missed += 1;
      else {
        pieces += 1;
        before.text += String(post['more']);
      }
    }
  });
  await new Promise<void>((opened, refused) => {
    socket.once('open', opened);
    socket.once('error', refused);
  });
  socket.send(JSON.stringify({ type: 'watch', conversation, seq: from }));
  return {
    posts,
    pushed,
    pieces: () => pieces,
    missed: () => missed,
    seq: () => seq,
    say: (message) => socket.send(JSON.stringify(message)),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    closed,
    sees: (fits) => {
      const texts = (): string[] => [...posts.values()].map(({ text }) => text);
      return until('the page shows it', () => fits(texts()), { seen: texts });
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
}
