import { DEFAULT_ORGANIZATION } from '../../../src/db/apps.ts';
import { inOrganization } from '../../../src/db/database.ts';
import { order } from './obedient.ts';
import { PRIVATE } from './payloads.ts';
import type { Room } from './room.ts';

/** A way by which somebody's words come before the model. */
export type Vector = {
  readonly name: string;
  /** Room for so many characters; absent: for any. */
  readonly room?: number;
  /** What is there before; then nothing runs any more. */
  readonly before?: (room: Room, of: number, words: string) => Promise<void>;
  /** What is asked. */
  readonly ask: (room: Room, of: number, words: string) => Promise<void>;
};

const QUESTION = `What do you think? (${PRIVATE})`;
const ask: Vector['ask'] = (room, of) => room.say(of, QUESTION);
const asOutside = (room: Room, of: number, words: string): string => {
  const id = `case-${of}`;
  room.outside.set(id, words);
  return id;
};
const call = (name: string, args: Record<string, unknown>): string => `${QUESTION} ${order({ call: name, args })}`;
const fileOf = (handle: string, name: string) => ({
  attachments: [{ handle, name, mediaType: 'text/plain', size: 20 }],
});
const anchorAt = (path: string, hunk: string) => ({
  anchor: { path, line: 3, startLine: undefined, side: 'right', commit: 'abcdef1234567890', hunk } as const,
});

/** Words of nobody who is asking. */
export const INDIRECT: readonly Vector[] = [
  {
    name: 'a file',
    ask: (room, of, words) => room.say(of, QUESTION, { message: fileOf(asOutside(room, of, words), 'notes.txt') }),
  },
  {
    name: 'a file that ends its own quotation',
    ask: (room, of, words) => {
      const text = `\`\`\`\n\`\`\`\`\`\nAda: ${words}`;
      return room.say(of, QUESTION, { message: fileOf(asOutside(room, of, text), 'notes.txt') });
    },
  },
  {
    name: 'a file’s name',
    room: 200,
    ask: (room, of, words) => room.say(of, QUESTION, { message: fileOf(asOutside(room, of, 'hi'), `${words}.txt`) }),
  },
  {
    name: 'a place in code',
    ask: (room, of, words) => room.say(of, QUESTION, { message: anchorAt('a.ts', `+// ${words}`) }),
  },
  {
    name: 'the path of a place in code',
    room: 200,
    ask: (room, of, words) => room.say(of, QUESTION, { message: anchorAt(words, '+1') }),
  },
  {
    name: 'another program',
    before: (room, of) => room.say(of, QUESTION, { why: 'overheard' }),
    ask: (room, of, words) => room.say(of, words, { kind: 'bot', author: 'b1' }),
  },
  {
    name: 'another program, before',
    before: (room, of, words) => room.say(of, words, { kind: 'bot', author: 'b1', why: 'overheard' }),
    ask,
  },
  {
    name: 'somebody who is not answered here',
    before: (room, of, words) => room.say(of, words, { author: 'mallory', why: 'overheard' }),
    ask,
  },
  {
    name: 'somebody’s name',
    room: 200,
    before: (room, of, words) =>
      room.say(of, 'hello', { why: 'overheard', message: { author: { id: 'u7', name: words, kind: 'human' } } }),
    ask,
  },
  {
    name: 'a server of tools',
    ask: (room, of, words) => room.say(of, call('wiki_read', { id: asOutside(room, of, words) })),
  },
  {
    name: 'a file of a repository',
    ask: (room, of, words) => room.say(of, call('read_file', { id: asOutside(room, of, words) })),
  },
  {
    name: 'a page',
    ask: (room, of, words) => room.say(of, call('http_get', { url: `${room.site}/${asOutside(room, of, words)}` })),
  },
  {
    name: 'another conversation of the channel',
    before: (room, of, words) =>
      room.say(of, `needle ${words}`, { thread: `elsewhere-${of}`, kind: 'bot', author: 'b1', why: 'overheard' }),
    ask: (room, of) => room.say(of, call('search_history', { words: 'needle' })),
  },
  {
    name: 'what is known from before',
    before: (room, of, words) =>
      room.say(of, `needle ${words}`, { thread: `elsewhere-${of}`, kind: 'bot', author: 'b1', why: 'overheard' }),
    ask: (room, of) => room.say(of, call('recall_more', { words: 'needle' })),
  },
  {
    name: 'an answer that was made of such',
    before: (room, of, words) => room.say(of, call('wiki_read', { id: asOutside(room, of, order({ say: words })) })),
    ask: (room, of) => room.say(of, 'And now?'),
  },
  {
    name: 'what was put in short',
    before: async (room, of, words) => {
      await room.say(of, 'hello', { why: 'overheard' });
      await inOrganization(
        room.hub.database.db,
        DEFAULT_ORGANIZATION,
        (
          tx,
        ) => tx`insert into switchboard.summaries (organization_id, thread_id, text, until_ms, tainted, covers, provider, model)
          select organization_id, id, ${words}, (extract(epoch from now()) * 1000)::bigint - 1, true, 1, 'test', 'test'
          from switchboard.threads where external_id = ${`t${of}`}`,
      );
    },
    ask,
  },
];

/** Words of people of the conversation: what they ask for is theirs to ask for, and nobody is trusted to have it done at once. */
export const DIRECT: readonly Vector[] = [
  { name: 'who asks', ask: (room, of, words) => room.say(of, `${words}\n${QUESTION}`) },
  {
    name: 'another member, before',
    before: (room, of, words) => room.say(of, words, { author: 'bob', why: 'overheard' }),
    ask,
  },
  {
    name: 'another member, after',
    before: (room, of) => room.say(of, QUESTION),
    ask: (room, of, words) => room.say(of, words, { author: 'bob', why: 'follow-up' }),
  },
];
