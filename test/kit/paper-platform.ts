import type { Access, Adapter, AdapterListing, Grown, Limits } from '../../src/model/adapter.ts';
import type { Card } from '../../src/model/card.ts';
import type { Delivery, Event, Place, Why } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Draft } from '../../src/model/reply.ts';

export type PaperPost = {
  readonly id: string;
  readonly nonce: string;
  readonly thread: string;
  text: string;
  streaming: boolean;
  card: Card | undefined;
  calls: Draft['calls'];
};

/** A platform of paper: an adapter over an array, with the failures that a test plans. */
export type PaperPlatform = {
  readonly adapter: Adapter;
  readonly listing: AdapterListing;
  readonly posts: readonly PaperPost[];
  /** Every text that ever stood in a post, in the order of coming. */
  readonly states: readonly { readonly thread: string; readonly text: string }[];
  /** Calls in order: `post`, `edit`, `find`, … */
  readonly calls: readonly string[];
  /** What single people were told: `person: text`. */
  readonly whispers: readonly string[];
  /** Reactions of ours, set and taken away: `+👀 message`. */
  readonly reactions: readonly string[];
  /** The next call of this name fails: before it is performed, or after. */
  readonly failNext: (call: string, failure: Failure, performed?: boolean) => void;
  /** A person deletes every post. */
  readonly removeAll: () => void;
};

type PostedAt = { readonly id: string; readonly place: Place };

const DEFAULTS: Limits = {
  part: 1_000,
  measure: (markdown) => markdown.length,
  editEveryMs: 20,
  appendEveryMs: undefined,
  streamForMs: undefined,
  findable: true,
  readLagMs: 0,
  lateMs: 0,
  budgets: [],
};

export function openPaperPlatform(limits: Partial<Limits> = {}, more: Partial<Adapter> = {}): PaperPlatform {
  const posts: PaperPost[] = [];
  const states: { thread: string; text: string }[] = [];
  const calls: string[] = [];
  const whispers: string[] = [];
  const reactions: string[] = [];
  const planned: { call: string; failure: Failure; performed: boolean }[] = [];

  const perform = async <Result>(call: string, place: Place | undefined, act: () => Result): Promise<Result> => {
    calls.push(call);
    if (place?.address === '') throw new Failure('refused', 'this is no place here');
    const index = planned.findIndex((plan) => plan.call === call);
    const [plan] = index < 0 ? [] : planned.splice(index, 1);
    if (plan !== undefined && !plan.performed) throw plan.failure;
    const result = act();
    if (plan !== undefined) throw plan.failure;
    return result;
  };
  const find = (id: string): PaperPost => {
    const post = posts.find((candidate) => candidate.id === id);
    if (post === undefined) throw new Failure('gone', `no post ${id}`);
    return post;
  };
  const create = (draft: Draft, streaming: boolean): { id: string } => {
    const id = `p${posts.length + 1}`;
    const { nonce, text, card, calls, place } = draft;
    states.push({ thread: place.thread, text });
    posts.push({ id, nonce, thread: place.thread, text, streaming, card, calls });
    return { id };
  };

  const all = { ...DEFAULTS, ...limits };
  const adapter: Adapter = {
    platform: 'web',
    limits: all,
    receive: async (request) => {
      const event: Event = JSON.parse(Buffer.from(request.body).toString('utf8'), (key, value: unknown) =>
        key === 'sentAt' ? new Date(String(value)) : value,
      ) as Event;
      const delivery: Delivery = { id: request.headers['x-delivery'] ?? 'd', raw: request.body, events: [event] };
      return { response: { status: 200, headers: {}, body: 'ok' }, delivery };
    },
    post: (_access: Access, draft) => perform('post', draft.place, () => create(draft, false)),
    edit: (_access, id, draft) =>
      perform('edit', draft.place, () => {
        const { thread } = Object.assign(find(id), { text: draft.text, card: draft.card });
        states.push({ thread, text: draft.text });
      }),
    remove: (_access, id, place) => perform('remove', place, () => void posts.splice(posts.indexOf(find(id)), 1)),
    ...(all.findable && {
      findPost: (_access: Access, draft: Draft) =>
        perform('find', draft.place, () => posts.find((post) => post.nonce === draft.nonce)),
    }),
    reach: ({ install }, to) =>
      perform('reach', undefined, () => {
        const channel = 'person' in to ? `dm-${to.person}` : to.channel;
        return { install, channel, thread: channel, address: `${channel}/${'title' in to ? to.title : ''}` };
      }),
    under: (place, postId) =>
      place.thread.startsWith('dm-') || place.thread.includes(':')
        ? place
        : { ...place, thread: `${place.channel}:${postId}`, address: `${place.channel}:${postId}` },
    react: (_access, { place, messageId }, { emoji, added }) =>
      perform('react', place, () => void reactions.push(`${added ? '+' : '-'}${emoji} ${messageId}`)),
    whisper: (_access, _place, { person, text }) =>
      perform('whisper', undefined, () => void whispers.push(`${person}: ${text}`)),
    fetchAttachment: async () => ({
      bytes: Buffer.from('the file says hello'),
      mediaType: 'text/plain',
      truncated: false,
    }),
    ...(all.appendEveryMs === undefined
      ? {}
      : {
          stream: {
            start: (_access: Access, draft: Draft) => perform('start', draft.place, () => create(draft, true)),
            append: (_access: Access, post: PostedAt, { more }: Grown) =>
              perform('append', post.place, () => void (find(post.id).text += more)),
            stop: (_access: Access, post: PostedAt) =>
              perform('stop', post.place, () => void (find(post.id).streaming = false)),
          },
        }),
    ...more,
  };
  const listing: AdapterListing = {
    platform: 'web',
    title: 'Paper',
    required: [],
    optional: [],
    paths: ['/paper'],
    bodyLimit: 1_000_000,
    howToConnect: '',
    open: async () => adapter,
  };
  return {
    adapter,
    listing,
    posts,
    states,
    calls,
    whispers,
    reactions,
    failNext: (call, failure, performed = false) => void planned.push({ call, failure, performed }),
    removeAll: () => void posts.splice(0),
  };
}

let count = 0;

/** A message as an adapter would give it. */
export function paperMessage(
  text: string,
  options: {
    id?: string;
    thread?: string;
    why?: Why;
    kind?: 'human' | 'bot' | 'self';
    author?: string;
    sentAt?: Date;
  } = {},
): Event & { kind: 'message' } {
  count += 1;
  const thread = options.thread ?? 't1';
  return {
    kind: 'message',
    place: { install: 'w1', channel: 'c1', thread, address: thread },
    why: options.why ?? 'mention',
    hasPast: false,
    message: {
      id: options.id ?? `m${count}`,
      version: '1',
      author: { id: options.author ?? 'u1', name: options.author ?? 'Ada', kind: options.kind ?? 'human' },
      text,
      attachments: [],
      anchor: undefined,
      sentAt: options.sentAt ?? new Date(),
    },
  };
}

/** A delivery of one event. */
export function paperDelivery(event: Event, id = `d${Math.random()}`): Delivery {
  return { id, raw: Buffer.from('{}'), events: [event] };
}
