import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { actorOf } from '../chat/actor.ts';
import { ensureChatApp } from '../chat/app.ts';
import { goOn } from '../chat/go-on.ts';
import type { ChatOptions } from '../chat/say.ts';
import { addChatComment, listChatComments } from '../db/chat-comments.ts';
import { addChatMember, readChat, removeChatMember, touchChat } from '../db/chat-conversations.ts';
import { ownerOfChatPost } from '../db/chat-posts.ts';
import { readConversation } from '../db/conversation.ts';
import { inOrganization } from '../db/database.ts';
import { listMembers } from '../db/members.ts';
import { asSignIn } from '../db/sign-in.ts';
import { change } from './change.ts';
import { CommentShape } from './chat-shapes.ts';
import { inChat, PostParam } from './chat-writing.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { forbidden, notFound } from './problem.ts';
import { reveal } from './reveal.ts';
import { IdParam, Text } from './shapes.ts';

const MemberId = Text(100).pipe(z.string().min(1));

/** Who is in a conversation, and what they say to each other about it. */
export const chatPeople = (options: ChatOptions) =>
  new Hono<ApiEnv>().route('/', goingOn(options)).route('/', sharing(options)).route('/', commenting(options));

function goingOn(options: ChatOptions) {
  const { db } = options;
  return new Hono<ApiEnv>().post(
    '/continue',
    endpoint({
      role: 'analyst',
      scope: 'chat:write',
      summary: 'Begins a conversation that goes on from one of another platform: what was said there is copied',
      answers: z.object({ id: z.string() }),
    }),
    takes('json', z.strictObject({ conversation: z.uuid() })),
    async (c) => {
      const principal = c.get('principal');
      const { conversation } = c.req.valid('json');
      const found = await inOrganization(db, principal.organization, (tx) => readConversation(tx, conversation));
      if (found === undefined) throw notFound('conversation');
      await ensureChatApp(options, principal.organization);
      const id = await change(db, principal, async (tx) => {
        await reveal(tx, principal, `conversation/${conversation}`);
        const begun = await goOn(tx, found, { by: actorOf(principal), botName: options.connections.name });
        const changed = { what: 'chat.continued', subject: `conversation/${conversation}`, details: { chat: begun } };
        return { result: begun, changed };
      });
      return c.json({ id });
    },
  );
}

function sharing(options: ChatOptions) {
  const { db, tell } = options;
  return new Hono<ApiEnv>()
    .post(
      '/:id/members',
      endpoint({
        role: 'viewer',
        scope: 'chat:write',
        summary: 'Lets a colleague in: they see all that was said, and write',
      }),
      takes('param', IdParam),
      takes('json', z.strictObject({ member: MemberId })),
      async (c) => {
        const { id } = c.req.valid('param');
        const { organization, by } = await inChat(options, c, id);
        const { member } = c.req.valid('json');
        await change(db, c.get('principal'), async (tx) => {
          const colleague = (await asSignIn(tx, listMembers)).find((one) => one.id === member);
          if (colleague === undefined) throw notFound('member');
          const added = { actor: `person/${colleague.id}`, name: colleague.name, addedBy: by.actor };
          const isNew = await addChatMember(tx, id, added);
          if (isNew) await touchChat(tx, id);
          const changed = { what: 'chat.shared', subject: `chat/${id}`, details: { with: added.actor } };
          return { result: undefined, changed: isNew ? changed : undefined };
        });
        tell(organization, id);
        return c.body(null, 204);
      },
    )
    .delete(
      '/:id/members/:member',
      endpoint({
        role: 'viewer',
        scope: 'chat:write',
        summary: 'Takes somebody out: yourself, or, where you have begun the conversation, anybody',
      }),
      takes('param', z.object({ id: z.uuid(), member: MemberId })),
      async (c) => {
        const principal = c.get('principal');
        const { id, member } = c.req.valid('param');
        const { organization, by } = await inChat(options, c, id);
        const actor = member === principal.id ? by.actor : `person/${member}`;
        await change(db, principal, async (tx) => {
          const found = await readChat(tx, id, by.actor);
          if (actor !== by.actor && found?.createdBy !== by.actor)
            throw forbidden('only who has begun a conversation takes others out of it');
          if (!(await removeChatMember(tx, id, actor))) throw notFound('member');
          await touchChat(tx, id);
          return { result: undefined, changed: { what: 'chat.left', subject: `chat/${id}`, details: { who: actor } } };
        });
        tell(organization, id);
        return c.body(null, 204);
      },
    );
}

function commenting(options: ChatOptions) {
  const { db, tell } = options;
  return new Hono<ApiEnv>()
    .get(
      '/:id/posts/:post/comments',
      endpoint({
        role: 'viewer',
        scope: 'chat:read',
        summary: 'What people say about a post, the oldest first',
        answers: z.object({ items: z.array(CommentShape) }),
      }),
      takes('param', PostParam),
      async (c) => {
        const { id, post } = c.req.valid('param');
        const { organization, by } = await inChat(options, c, id);
        const items = await inOrganization(db, organization, async (tx) => {
          if ((await ownerOfChatPost(tx, { conversation: id, id: post }, by)) === undefined) throw notFound('post');
          return listChatComments(tx, { conversation: id, post });
        });
        return c.json({ items: [...items] });
      },
    )
    .post(
      '/:id/posts/:post/comments',
      endpoint({
        role: 'viewer',
        scope: 'chat:write',
        summary: 'Says something about a post, to people alone: no model is told',
        answers: z.object({ id: z.string() }),
      }),
      takes('param', PostParam),
      takes('json', z.strictObject({ text: Text(4_000).pipe(z.string().trim().min(1)) })),
      async (c) => {
        const { id, post } = c.req.valid('param');
        const { organization, by } = await inChat(options, c, id);
        const comment = { id: randomUUID(), by, text: c.req.valid('json').text };
        await inOrganization(db, organization, async (tx) => {
          if ((await ownerOfChatPost(tx, { conversation: id, id: post }, by)) === undefined) throw notFound('post');
          await addChatComment(tx, { conversation: id, post }, comment);
        });
        tell(organization, id);
        return c.json({ id: comment.id });
      },
    );
}
