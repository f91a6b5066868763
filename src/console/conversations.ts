import { Hono } from 'hono';
import { z } from 'zod';
import type { Principal } from '../auth/principal.ts';
import { readConversation, type Conversation } from '../db/conversation.ts';
import { listConversations, type ConversationPage, type ListedConversation } from '../db/conversations.ts';
import { inOrganization, type Database, type Transaction } from '../db/database.ts';
import { eraseConversation } from '../db/erase-conversation.ts';
import { Failure } from '../model/failure.ts';
import { change } from './change.ts';
import { Listed, Whole } from './conversation-shapes.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { finding } from './find-message.ts';
import { page, pageOf, PageQuery, readCursor } from './page.ts';
import { notFound } from './problem.ts';
import { reveal } from './reveal.ts';
import { IdParam, Text } from './shapes.ts';
import { sharedRead } from './shared-read.ts';

const Reveal = z.object({ reveal: z.stringbool().default(false) });

const Filter = PageQuery.extend({
  ...Reveal.shape,
  app: z.uuid().optional(),
  install: Text(300).optional(),
  channel: Text(300).optional(),
  state: z.enum(['waiting', 'running', 'answered', 'ignored', 'dead']).optional(),
  person: Text(300).optional(),
  text: Text(200).optional(),
});

/** Conversations, what became of each message, and why. */
export const conversations = (options: { readonly db: Database }) =>
  new Hono<ApiEnv>().route('/', finding(options)).route('/', reading(options)).route('/', takingOut(options));

function reading({ db }: { readonly db: Database }) {
  const together = sharedRead<ConversationPage>();
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'conversations:read',
        summary: 'Conversations, the most active first; a page may have fewer than asked for and still a next one',
        answers: pageOf(Listed),
      }),
      takes('query', Filter),
      async (c) => {
        const { cursor, limit, reveal: shown, ...filter } = c.req.valid('query');
        const principal = c.get('principal');
        const { organization } = principal;
        const { app, install, channel, state, person, text } = filter;
        const wanted = { app, install, channel, state, person, text };
        const range = { after: readCursor(cursor), most: limit + 1 };
        const reveals = shown || text !== undefined;
        const read = () =>
          inOrganization(db, organization, async (tx) => {
            if (reveals) await reveal(tx, principal, 'conversations');
            return listConversations(tx, wanted, range);
          });
        // Who looks at words is written down, each for themselves.
        const found = reveals ? await read() : await together([organization, wanted, range], read);
        const place = ({ activeAt: at, id }: ListedConversation) => ({ at, id });
        const { items, next } = page(found.rows, limit, place, found.lookedTo);
        return c.json({ items: items.map((row) => listed(row, shown)), next });
      },
    )
    .get(
      '/:id',
      endpoint({
        role: 'viewer',
        scope: 'conversations:read',
        summary: 'One conversation: each message, each turn with its calls of models and tools, and its posts',
        answers: Whole,
      }),
      takes('param', IdParam),
      takes('query', Reveal),
      async (c) => {
        const { reveal: shown } = c.req.valid('query');
        return c.json(await whole(db, c.get('principal'), { id: c.req.valid('param').id, shown }));
      },
    );
}

function takingOut({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .get(
      '/:id/export',
      endpoint({
        role: 'analyst',
        scope: 'conversations:read',
        summary: 'One conversation with all its texts, as a file',
        answers: Whole,
      }),
      takes('param', IdParam),
      async (c) => {
        const { id } = c.req.valid('param');
        const found = await whole(db, c.get('principal'), { id, shown: true });
        c.header('content-disposition', `attachment; filename="conversation-${id}.json"`);
        return c.json(found);
      },
    )
    .delete(
      '/:id',
      endpoint({
        role: 'admin',
        scope: 'conversations:write',
        summary: 'Takes away all words of a conversation; that it took place stays',
      }),
      takes('param', IdParam),
      async (c) => {
        const { id } = c.req.valid('param');
        for (let more = true; more;) more = await change(db, c.get('principal'), (tx) => erase(tx, id));
        return c.body(null, 204);
      },
    );
}

async function erase(tx: Transaction, id: string) {
  const erased = await eraseConversation(tx, id);
  if (erased === 'missing') throw notFound('conversation');
  if (erased === 'busy')
    throw new Failure('closed', 'an answer is being written in this conversation: stop it, or wait for its end');
  const changed = { what: 'conversation.erased', subject: `conversation/${id}` };
  return { result: erased === 'more', changed: erased === 'erased' ? changed : undefined };
}

function whole(db: Database, principal: Principal, { id, shown }: { id: string; shown: boolean }) {
  return inOrganization(db, principal.organization, async (tx) => {
    const found = await readConversation(tx, id);
    if (found === undefined) throw notFound('conversation');
    if (shown) await reveal(tx, principal, `conversation/${id}`);
    return seen(found, shown);
  });
}

const listed = (row: ListedConversation, shown: boolean) => ({
  ...row,
  last: row.last === null ? null : { ...row.last, text: shown ? row.last.text : null },
});

/** Without texts, unless they were asked for: how long they are is told. Pure. */
function seen({ messages, turns, ...thread }: Conversation, shown: boolean) {
  return {
    ...thread,
    revealed: shown,
    messages: messages.map(({ text, deliveries, ...message }) => ({
      ...message,
      deliveries: [...deliveries],
      text: shown ? text : null,
      length: text.length,
    })),
    turns: turns.map(({ answer, steps, posts, approvals, feedback, ...turn }) => ({
      ...turn,
      answer: shown ? answer : null,
      length: answer?.length ?? null,
      steps: steps.map((step) => ({ ...step, input: shown ? step.input : null, output: shown ? step.output : null })),
      posts: [...posts],
      approvals: approvals.map((approval) => ({ ...approval, people: approval.people && [...approval.people] })),
      feedback: feedback.map((said) => ({ ...said, comment: shown ? said.comment : null })),
    })),
  };
}
