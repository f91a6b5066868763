import * as z from 'zod/mini';
import type { Chat, Post } from '../../api/chat.ts';

const Input = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['line', 'paragraph']),
  optional: z.boolean(),
  value: z.string(),
});
const Form = z.object({ title: z.string(), submit: z.string(), inputs: z.array(Input) });
const orNull = <Schema extends z.ZodMiniType>(schema: Schema) =>
  z.pipe(
    z.nullish(schema),
    z.transform((value) => value ?? null),
  );
const Control = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('button'),
    id: z.string(),
    label: z.string(),
    style: z.enum(['plain', 'primary', 'danger']),
    form: orNull(Form),
  }),
  z.object({
    kind: z.literal('select'),
    id: z.string(),
    label: z.string(),
    options: z.array(z.object({ label: z.string(), value: z.string() })),
  }),
]);
const Card = z.object({
  title: z.string(),
  text: z.string(),
  fields: z.array(z.object({ label: z.string(), value: z.string() })),
  image: orNull(z.object({ url: z.string(), alt: z.string() })),
  controls: z.array(Control),
});
const Whole = z.object({
  id: z.string(),
  ordinal: z.number(),
  seq: z.number(),
  kind: z.enum(['person', 'bot', 'past']),
  author: z.string(),
  authorName: z.string(),
  authorKind: z.enum(['human', 'bot', 'self']),
  text: z.string(),
  card: orNull(Card),
  files: z.array(z.object({ id: z.string(), name: z.string(), mediaType: z.string(), size: z.number() })),
  reactions: z.array(z.object({ emoji: z.string(), by: z.string() })),
  private: z.boolean(),
  removed: z.boolean(),
  heard: z.boolean(),
  sentAt: z.string(),
  comments: z.number(),
});
const Piece = z.object({ id: z.string(), seq: z.number(), at: z.number(), more: z.string() });
const Member = z.object({ actor: z.string(), name: z.string(), present: z.boolean(), typing: z.boolean() });

const Pushed = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('changed'),
    conversation: z.string(),
    before: z.number(),
    seq: z.number(),
    title: z.string(),
    doing: z.enum(['seen', 'working', 'done', 'failed']),
    members: z.array(Member),
    posts: z.array(z.union([Piece, Whole])),
  }),
  z.object({ type: z.literal('reread'), conversation: z.string() }),
  z.object({ type: z.literal('gone'), conversation: z.string() }),
]);
export type Pushed = z.infer<typeof Pushed>;

/** What a socket says; undefined: nothing that is known here. */
export function readPushed(text: string): Pushed | undefined {
  return Pushed.safeParse(JSON.parse(text)).data;
}

/** The conversation with what is new in it; undefined: something was missed, it has to be read anew. Pure. */
export function apply(chat: Chat, pushed: Pushed & { readonly type: 'changed' }): Chat | undefined {
  if (pushed.seq < chat.seq) return chat;
  if (pushed.before > chat.seq) return undefined;
  const posts = new Map(chat.posts.map((post) => [post.id, post]));
  for (const change of pushed.posts) {
    const next = 'more' in change ? grown(posts.get(change.id), change) : change;
    if (next === undefined) return undefined;
    posts.set(next.id, next);
  }
  const { title, doing, members, seq } = pushed;
  const inOrder = [...posts.values()].toSorted((one, other) => one.ordinal - other.ordinal);
  return { ...chat, title, doing, members, seq, posts: inOrder };
}

function grown(post: Post | undefined, { seq, at, more }: z.infer<typeof Piece>): Post | undefined {
  if (post === undefined) return undefined;
  if (post.seq >= seq) return post;
  return post.text.length === at ? { ...post, seq, text: post.text + more } : undefined;
}
