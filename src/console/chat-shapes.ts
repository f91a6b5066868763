import { z } from 'zod';
import type { ChatPost } from '../db/chat-posts.ts';

const Input = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['line', 'paragraph']),
  optional: z.boolean(),
  value: z.string(),
});

const Control = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('button'),
    id: z.string(),
    label: z.string(),
    style: z.enum(['plain', 'primary', 'danger']),
    form: z.object({ title: z.string(), submit: z.string(), inputs: z.array(Input) }).nullable(),
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
  image: z.object({ url: z.string(), alt: z.string() }).nullable(),
  controls: z.array(Control),
});

export const FileShape = z.object({ id: z.string(), name: z.string(), mediaType: z.string(), size: z.number() });

export const PostShape = z.object({
  id: z.string(),
  /** Its place, and the conversation's number when it was changed last. */
  ordinal: z.number(),
  seq: z.number(),
  /** `past`: taken over from the conversation that goes on here. */
  kind: z.enum(['person', 'bot', 'past']),
  author: z.string(),
  authorName: z.string(),
  authorKind: z.enum(['human', 'bot', 'self']),
  text: z.string(),
  card: Card.nullable(),
  files: z.array(FileShape),
  reactions: z.array(z.object({ emoji: z.string(), by: z.string() })),
  /** Nobody else sees it. */
  private: z.boolean(),
  removed: z.boolean(),
  /** False: the bot has not been given it; send it again with the same nonce. */
  heard: z.boolean(),
  sentAt: z.string(),
  comments: z.number(),
});

export const MemberShape = z.object({
  actor: z.string(),
  name: z.string(),
  /** Looks at it right now. */
  present: z.boolean(),
  typing: z.boolean(),
});

export const ListedShape = z.object({
  id: z.string(),
  title: z.string(),
  createdBy: z.string(),
  /** The conversation of another platform that goes on here. */
  continuedFrom: z.string().nullable(),
  doing: z.enum(['seen', 'working', 'done', 'failed']),
  createdAt: z.string(),
  activeAt: z.string(),
  members: z.number(),
});

/** What whoever asks has said of answers, by the ids of their posts. */
export const OpinionsShape = z.record(z.string(), z.enum(['good', 'bad']));

export const WholeShape = ListedShape.extend({
  /** Who asks, as `author` of posts and `actor` of members. */
  you: z.string(),
  /** Where a socket goes on from. */
  seq: z.number(),
  members: z.array(MemberShape),
  /** The newest, in their order. */
  posts: z.array(PostShape),
  /** There are earlier ones. */
  more: z.boolean(),
  opinions: OpinionsShape,
});

export const CommentShape = z.object({
  id: z.string(),
  author: z.string(),
  authorName: z.string(),
  text: z.string(),
  createdAt: z.string(),
});

/** As JSON: what is absent is null. Pure. */
export const toPost = ({ card, files, reactions, ...post }: ChatPost): z.infer<typeof PostShape> => ({
  ...post,
  files: [...files],
  reactions: [...reactions],
  card: card && {
    title: card.title,
    text: card.text,
    fields: [...card.fields],
    image: card.image ?? null,
    controls: card.controls.map((control) =>
      control.kind === 'button'
        ? { ...control, form: control.form ? { ...control.form, inputs: [...control.form.inputs] } : null }
        : { ...control, options: [...control.options] },
    ),
  },
});
