import type { z } from 'zod';
import type { Command } from '../../src/model/commands.ts';
import { COMMANDS } from '../../src/model/commands.ts';
import type { Bot } from './bot.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import { applicationCommands } from './payload.ts';

/** Docs, "Application Command Object". */
const CHAT_INPUT = 1;
const STRING = 3;
const ATTACHMENT = 11;
/** In guilds, and in the direct conversation with the bot. */
const CONTEXTS = [0, 1];
const LONGEST_TEXT = 6_000;

const FILE = { type: ATTACHMENT, name: 'file', description: 'A file to go with it' };

/** The commands that are offered, as Discord takes them. Pure. */
export function commandList(): readonly object[] {
  return COMMANDS.filter(({ listed }) => listed).map(definitionOf);
}

function definitionOf({ name, summary, argument }: Command): object {
  const text = argument && {
    type: STRING,
    name: argument.name,
    description: argument.summary,
    required: argument.required,
    max_length: LONGEST_TEXT,
  };
  const options = [...(text === undefined ? [] : [text]), ...(name === 'ask' ? [FILE] : [])];
  return { name, type: CHAT_INPUT, description: summary, contexts: CONTEXTS, options };
}

type Known = z.output<typeof applicationCommands>;

/**
 * Makes the commands known, if they are not yet: a day has a limit for it. The list is written as a whole, with others that
 * the application has, which are not ours to take away. Best effort: mentions work without it.
 */
export async function registerCommands(client: Client, bot: Bot, signal: AbortSignal): Promise<void> {
  const route = `/applications/${bot.application}/commands` as const;
  try {
    const known = shaped(applicationCommands, await client.request({ method: 'GET', route }, signal), 'unavailable');
    const ours = commandList();
    if (ours.every((one) => isAmong(known, one))) return;
    const names = new Set<string>(COMMANDS.map(({ name }) => name));
    const others = known.filter(({ name }) => !names.has(name));
    await client.request({ method: 'PUT', route, body: [...others, ...ours] }, signal);
  } catch {
    // Tried again when the adapter is opened next.
  }
}

const isAmong = (known: Known, wanted: object): boolean => known.some((one) => isWithin(wanted, one));

/** Whether all that is wanted is there as it is wanted; Discord adds fields of its own, and leaves empty lists out. */
function isWithin(wanted: unknown, there: unknown): boolean {
  if (Array.isArray(wanted)) {
    const items: readonly unknown[] = Array.isArray(there) ? there : [];
    return wanted.length === items.length && wanted.every((item, index) => isWithin(item, items[index]));
  }
  if (typeof wanted !== 'object' || wanted === null)
    return wanted === there || (wanted === false && there === undefined);
  const fields = typeof there === 'object' && there !== null ? new Map(Object.entries(there)) : new Map();
  return Object.entries(wanted).every(([name, value]) => isWithin(value, fields.get(name)));
}
