import { z } from 'zod';
import type { Search } from '../../../db/search.ts';
import type { Tool } from '../../../model/tool.ts';
import { defineTool } from './define.ts';

const args = z.strictObject({
  words: z.string().min(2).max(300).describe('Words that were said; a few that tell most.'),
  most: z.int().min(1).max(20).default(8),
});

/** Characters of one message that is found. */
const LONGEST = 1_500;

/** Finds what was said in the channel of the conversation, and nowhere else. */
export function openSearchHistory(search: Search): Tool {
  return defineTool({
    name: 'search_history',
    description: 'Finds what was said earlier in this channel, in all of its conversations: who, when, and the words.',
    args,
    effect: 'reads',
    idempotent: true,
    // People of the channel said it, in other conversations than this one: nobody here vouches for it.
    origin: 'external',
    withinMs: 10_000,
    run: async ({ words, most }, { organization, app, install, channel }) => {
      const found = await search(organization, { app, install, channel }, { words, most });
      if (found.length === 0) return 'Nothing was found in this channel.';
      return found
        .map(({ who, isBot, at, text }) => {
          const said = text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text;
          return `${at.toISOString()} ${isBot && who === '' ? '(you)' : who || 'somebody'}: ${said}`;
        })
        .join('\n\n');
    },
  });
}
