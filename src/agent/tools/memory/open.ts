import { z } from 'zod';
import type { Database } from '../../../db/database.ts';
import { openMemory, type MemoryBook } from '../../../db/memory.ts';
import type { Whose } from '../../../db/memories.ts';
import { openRecallMore, type MeaningOf, type Note, type RecallMore } from '../../../db/recall-more.ts';
import { openSearch } from '../../../db/search.ts';
import { turnId } from '../../../model/ids.ts';
import type { Tool, Toolbox, ToolUse } from '../../../model/tool.ts';
import { visible } from '../../screen.ts';
import { defineTool } from '../builtin/define.ts';

const about = z
  .enum(['person', 'channel'])
  .describe('person: of who asks, used whenever that person asks. channel: of this channel, used for everybody in it.');

/** Characters of one thing that is remembered, and of one note. */
const LONGEST = 500;
const LONGEST_NOTE = 1_200;

/**
 * What the model can keep of who asks and of the channel, and look up there.
 * @param meaningOf absent: only words are looked for.
 */
export function openMemoryTools(db: Database, meaningOf?: MeaningOf): Toolbox {
  const book = openMemory(db);
  const tools = [keeper(book), forgetter(book), finder(openRecallMore(db, openSearch(db), meaningOf))];
  return { name: 'memory', tools: () => Promise.resolve(tools), [Symbol.asyncDispose]: async () => {} };
}

const toKeep = z.strictObject({
  about,
  kind: z
    .enum(['fact', 'preference', 'instruction'])
    .describe('instruction: how you are to answer; preference: what they like; fact: everything else.'),
  text: z.string().trim().min(3).max(LONGEST).describe('One short sentence that is understood by itself, later.'),
  always: z
    .boolean()
    .default(true)
    .describe('false: it is not told each time, only found by recall_more. For what seldom matters.'),
});

function keeper(book: MemoryBook): Tool {
  return defineTool({
    name: 'remember',
    description:
      'Remembers something for later conversations: only what people ask you to remember, or what surely helps next time. Never secrets, passwords or what others said in confidence. Whoever it is about sees it, and can have it forgotten.',
    args: toKeep,
    effect: 'keeps',
    idempotent: true,
    origin: 'own',
    withinMs: 10_000,
    async run({ about, kind, text, always }, use) {
      if (about === 'channel' && kind === 'instruction') return { text: BY_PEOPLE, failed: true };
      const memory = { whose: whoseOf(about, use), kind, text: visible(text), pinned: always, key: use.key };
      const kept = await book.keep(use.organization, {
        ...memory,
        turn: turnOf(use),
        by: `${use.app}/${use.person.id}`,
      });
      if (kept.kind === 'full')
        return { text: 'As much is remembered as may be. Ask what can be forgotten.', failed: true };
      return `Remembered, with the number ${numbered(about, kept.number)}.`;
    },
  });
}

const BY_PEOPLE = 'How you answer everybody here is set by people: they say `channel instructions: …` to you.';

const toForget = z.strictObject({
  about,
  number: z.int().min(1).max(9_999).describe('As it was told, without the c.'),
});

function forgetter(book: MemoryBook): Tool {
  return defineTool({
    name: 'forget_memory',
    description: 'Forgets something that is remembered of who asks or of the channel, when they ask for that.',
    args: toForget,
    effect: 'keeps',
    idempotent: true,
    origin: 'own',
    withinMs: 10_000,
    async run({ about, number }, use) {
      const was = await book.forget(use.organization, whoseOf(about, use), number);
      return was ? 'Forgotten.' : `Nothing has the number ${numbered(about, number)} (any more).`;
    },
  });
}

const toFind = z.strictObject({
  words: z.string().min(2).max(300).describe('Words that tell most of what is looked for.'),
  most: z.int().min(1).max(20).default(8),
});

function finder(recallMore: RecallMore): Tool {
  return defineTool({
    name: 'recall_more',
    description:
      'Finds what is known from before: what was said in this channel, what was read in its documents, what is remembered. It returns numbered notes; where you use one, put its number into the answer, as [2], and name who and when below.',
    args: toFind,
    effect: 'reads',
    idempotent: true,
    // Documents, and conversations that nobody here vouches for.
    origin: 'external',
    withinMs: 10_000,
    async run({ words, most }, { organization, app, install, channel, person }) {
      const place = { app, install, channel };
      const notes = await recallMore(organization, { place, person: person.id, words, most });
      return notes.length === 0 ? 'Nothing is known of that here.' : notes.map(asText).join('\n\n');
    },
  });
}

function asText({ what, who, at, text, name }: Note, index: number): string {
  const day = at.toISOString().slice(0, 10);
  const cut = text.length > LONGEST_NOTE ? `${text.slice(0, LONGEST_NOTE).toWellFormed()}…` : text;
  const from = {
    said: who || 'you',
    document: `document ${JSON.stringify(name)} from ${who}`,
    remembered: `remembered of the ${name === 'person' ? 'person who asks' : 'channel'}`,
  }[what];
  return `[${index + 1}] ${from}, ${day}: ${cut}`;
}

const numbered = (about: 'person' | 'channel', number: number): string => `${about === 'channel' ? 'c' : ''}${number}`;

/** A call's key names its turn first. */
const turnOf = ({ key }: ToolUse) => turnId(key.split(':')[0] ?? '');

function whoseOf(about: 'person' | 'channel', { app, install, channel, person }: ToolUse): Whose {
  return about === 'person' ? { scope: 'person', app, person: person.id } : { scope: 'channel', app, install, channel };
}
