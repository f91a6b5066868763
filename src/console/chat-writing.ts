import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { FILE_POLICY } from '../agent/files/policy.ts';
import { actorOf } from '../chat/actor.ts';
import { doInChat, reactInChat, say, unsay, type ChatOptions, type InChat } from '../chat/say.ts';
import { readChat } from '../db/chat-conversations.ts';
import { turnOfChatPost } from '../db/chat-posts.ts';
import { inOrganization } from '../db/database.ts';
import { giveFeedback } from '../db/wishes.ts';
import { turnId } from '../model/ids.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { notFound } from './problem.ts';
import { IdParam, Text } from './shapes.ts';

/** Characters of one message: what a model is given of a long text is in files. */
const MOST_TEXT = 40_000;

const Message = z.strictObject({
  /** Names what is written: sent again it is the same message. */
  nonce: z.string().regex(/^[\w-]{8,64}$/),
  text: Text(MOST_TEXT),
  /** Ids of files that were uploaded to this conversation. */
  files: z.array(z.uuid()).max(FILE_POLICY.mostFiles).default([]),
});

const Click = z.strictObject({
  control: Text(60),
  /** What was chosen. */
  value: Text(100).default(''),
  /** What was filled in, where the control asks for it. */
  values: z.record(Text(45), Text(3_000)).optional(),
});

const Feedback = z.strictObject({ verdict: z.enum(['good', 'bad']).nullable(), comment: Text(3_000).optional() });
export const PostParam = z.object({ id: z.uuid(), post: z.uuid() });
/** One that keyboards offer: words are said in messages and comments, which can be taken back. */
const isEmoji = (text: string): boolean => /^\p{RGI_Emoji}$/v.test(text);
const Reaction = z.strictObject({ emoji: Text(32).refine(isEmoji, 'one emoji'), added: z.boolean() });

/** Where somebody does something. @throws Failure `gone`: they are not in that conversation. */
export async function inChat(options: ChatOptions, c: Context<ApiEnv>, conversation: string): Promise<InChat> {
  const principal = c.get('principal');
  const { organization } = principal;
  const by = actorOf(principal);
  const found = await inOrganization(options.db, organization, (tx) => readChat(tx, conversation, by.actor));
  if (found === undefined) throw notFound('conversation');
  return { organization, conversation, by };
}

/** What people say and do in a conversation. */
export const chatWriting = (options: ChatOptions) =>
  new Hono<ApiEnv>().route('/', saying(options)).route('/', pressing(options)).route('/', judging(options));

function saying(options: ChatOptions) {
  return new Hono<ApiEnv>()
    .post(
      '/:id/messages',
      endpoint({
        role: 'viewer',
        scope: 'chat:write',
        summary: 'Writes to the bot',
        answers: z.object({ id: z.string() }),
      }),
      takes('param', IdParam),
      takes('json', Message),
      async (c) => {
        const at = await inChat(options, c, c.req.valid('param').id);
        return c.json({ id: await say(options, at, c.req.valid('json')) });
      },
    )
    .delete(
      '/:id/posts/:post',
      endpoint({ role: 'viewer', scope: 'chat:write', summary: 'Takes back what you wrote' }),
      takes('param', PostParam),
      async (c) => {
        const { id, post } = c.req.valid('param');
        await unsay(options, await inChat(options, c, id), post);
        return c.body(null, 204);
      },
    );
}

function pressing(options: ChatOptions) {
  return new Hono<ApiEnv>()
    .post(
      '/:id/press',
      endpoint({ role: 'viewer', scope: 'chat:write', summary: 'Stops the answer, or asks for the last one again' }),
      takes('param', IdParam),
      takes('json', z.strictObject({ button: z.enum(['stop', 'again']) })),
      async (c) => {
        const at = await inChat(options, c, c.req.valid('param').id);
        await doInChat(options, at, { kind: 'pressed', button: c.req.valid('json').button });
        return c.body(null, 204);
      },
    )
    .post(
      '/:id/posts/:post/clicks',
      endpoint({ role: 'viewer', scope: 'chat:write', summary: 'Clicks on a control of a card' }),
      takes('param', PostParam),
      takes('json', Click),
      async (c) => {
        const { id, post } = c.req.valid('param');
        const { control: action, value, values } = c.req.valid('json');
        const at = await inChat(options, c, id);
        const doing =
          values === undefined
            ? ({ kind: 'action', post, action, value } as const)
            : ({ kind: 'submitted', post, action, values } as const);
        await doInChat(options, at, doing);
        return c.body(null, 204);
      },
    );
}

function judging(options: ChatOptions) {
  return new Hono<ApiEnv>()
    .put(
      '/:id/posts/:post/reaction',
      endpoint({ role: 'viewer', scope: 'chat:write', summary: 'Sets a reaction of yours, or takes it away' }),
      takes('param', PostParam),
      takes('json', Reaction),
      async (c) => {
        const { id, post } = c.req.valid('param');
        await reactInChat(options, await inChat(options, c, id), { post, ...c.req.valid('json') });
        return c.body(null, 204);
      },
    )
    .put(
      '/:id/posts/:post/feedback',
      endpoint({ role: 'viewer', scope: 'chat:write', summary: 'Says whether an answer was good; null takes it back' }),
      takes('param', PostParam),
      takes('json', Feedback),
      async (c) => {
        const { id, post } = c.req.valid('param');
        const { verdict, comment = null } = c.req.valid('json');
        const { organization, by } = await inChat(options, c, id);
        await inOrganization(options.db, organization, async (tx) => {
          const turn = await turnOfChatPost(tx, { conversation: id, id: post });
          if (turn === undefined) throw notFound('answer');
          const opinion = { turn: turnId(turn), person: by.actor, verdict: verdict ?? undefined, comment };
          await giveFeedback(tx, opinion);
        });
        return c.body(null, 204);
      },
    );
}
