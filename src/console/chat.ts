import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { actorOf } from '../chat/actor.ts';
import { ensureChatApp } from '../chat/app.ts';
import type { ChatOptions } from '../chat/say.ts';
import type { ChatSockets } from '../chat/sockets.ts';
import {
  beginChat,
  listChats,
  readChat,
  readChatMembers,
  renameChat,
  type ChatConversation,
} from '../db/chat-conversations.ts';
import { inOrganization, type Transaction } from '../db/database.ts';
import { readChatOpinions } from '../db/chat-opinions.ts';
import { readChatPosts } from '../db/read-chat.ts';
import { chatFiles } from './chat-files.ts';
import { chatPeople } from './chat-people.ts';
import { ListedShape, OpinionsShape, PostShape, toPost, WholeShape } from './chat-shapes.ts';
import { chatSocket } from './chat-socket.ts';
import { chatWriting } from './chat-writing.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { page, pageOf, PageQuery, readCursor } from './page.ts';
import { notFound } from './problem.ts';
import { IdParam, Text } from './shapes.ts';

export type ChatDesk = ChatOptions & { readonly sockets: Pick<ChatSockets, 'admit'> };

/** Posts that a page begins with, and that it reads more at a time. */
const PAGE = 50;

const Filter = PageQuery.extend({ text: Text(200).optional() });
const Title = Text(120).pipe(z.string().trim());
const Before = z.object({
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(PAGE),
});

/** Conversations with the bot in the browser: each is seen by its members alone, whatever their roles. */
export const chat = (desk: ChatDesk) =>
  new Hono<ApiEnv>()
    .route('/', chatSocket(desk))
    .route('/', listing(desk))
    .route('/', chatPeople(desk))
    .route('/', chatFiles(desk))
    .route('/', chatWriting(desk))
    .route('/', reading(desk))
    .route('/', renaming(desk));

function listing(desk: ChatDesk) {
  const { db } = desk;
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'chat:read',
        summary: 'Your conversations, the most active first',
        answers: pageOf(ListedShape),
      }),
      takes('query', Filter),
      async (c) => {
        const { cursor, limit, text } = c.req.valid('query');
        const principal = c.get('principal');
        const wanted = { text, after: readCursor(cursor), most: limit + 1 };
        const rows = await inOrganization(db, principal.organization, (tx) =>
          listChats(tx, actorOf(principal).actor, wanted),
        );
        const { items, next } = page(rows, limit, ({ activeAt, id }) => ({ at: activeAt, id }));
        return c.json({ items: items.map(({ members, ...row }) => ({ ...listed(row), members })), next });
      },
    )
    .post(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'chat:write',
        summary: 'Begins a conversation',
        answers: z.object({ id: z.string() }),
      }),
      takes('json', z.strictObject({ title: Title.default('') })),
      async (c) => {
        const principal = c.get('principal');
        await ensureChatApp(desk, principal.organization);
        const { title } = c.req.valid('json');
        const begun = { id: randomUUID(), title, by: actorOf(principal), continuedFrom: null };
        await inOrganization(db, principal.organization, (tx) => beginChat(tx, begun));
        return c.json({ id: begun.id });
      },
    );
}

const listed = ({ seq: _seq, ...row }: ChatConversation): Omit<ChatConversation, 'seq'> => row;

function reading({ db }: ChatDesk) {
  return new Hono<ApiEnv>()
    .get(
      '/:id',
      endpoint({
        role: 'viewer',
        scope: 'chat:read',
        summary: 'One conversation: its members, and its newest posts',
        answers: WholeShape,
      }),
      takes('param', IdParam),
      async (c) => {
        const principal = c.get('principal');
        const { actor } = actorOf(principal);
        const { id } = c.req.valid('param');
        return c.json(
          await inOrganization(db, principal.organization, async (tx) => {
            // The number first: what is changed meanwhile is told again.
            const found = await readChat(tx, id, actor);
            if (found === undefined) throw notFound('conversation');
            const members = await readChatMembers(tx, id);
            const { items, ...rest } = await readPage(tx, id, { actor, before: undefined, limit: PAGE });
            const people = members.map(({ addedAt: _addedAt, ...member }) => member);
            return { ...found, you: actor, members: people, posts: items, ...rest };
          }),
        );
      },
    )
    .get(
      '/:id/posts',
      endpoint({
        role: 'viewer',
        scope: 'chat:read',
        summary: 'Posts of a conversation before a place, in their order',
        answers: z.object({ items: z.array(PostShape), more: z.boolean(), opinions: OpinionsShape }),
      }),
      takes('param', IdParam),
      takes('query', Before),
      async (c) => {
        const principal = c.get('principal');
        const { actor } = actorOf(principal);
        const { id } = c.req.valid('param');
        const { before, limit } = c.req.valid('query');
        return c.json(
          await inOrganization(db, principal.organization, async (tx) => {
            if ((await readChat(tx, id, actor)) === undefined) throw notFound('conversation');
            return readPage(tx, id, { actor, before, limit });
          }),
        );
      },
    );
}

type PageOf = { readonly actor: string; readonly before: number | undefined; readonly limit: number };

/** Some posts as somebody sees them, and what they have said of them. */
async function readPage(tx: Transaction, conversation: string, { actor, before, limit }: PageOf) {
  const posts = await readChatPosts(tx, conversation, { actor, before, most: limit + 1 });
  const more = posts.length > limit;
  const items = posts.slice(more ? 1 : 0).map(toPost);
  return { items, more, opinions: await readChatOpinions(tx, actor, items) };
}

function renaming({ db, tell }: ChatDesk) {
  return new Hono<ApiEnv>().patch(
    '/:id',
    endpoint({ role: 'viewer', scope: 'chat:write', summary: 'Gives a conversation another title' }),
    takes('param', IdParam),
    takes('json', z.strictObject({ title: Title.pipe(z.string().min(1)) })),
    async (c) => {
      const principal = c.get('principal');
      const { id } = c.req.valid('param');
      const { title } = c.req.valid('json');
      await inOrganization(db, principal.organization, async (tx) => {
        if ((await readChat(tx, id, actorOf(principal).actor)) === undefined) throw notFound('conversation');
        await renameChat(tx, id, title);
      });
      tell(principal.organization, id);
      return c.body(null, 204);
    },
  );
}
