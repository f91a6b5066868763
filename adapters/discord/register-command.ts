import type { Bot } from './bot.ts';
import type { Client } from './client.ts';

/** `/ask text: …`, in guilds and in the direct conversation with the bot (docs: Application Commands). */
const ASK = {
  name: 'ask',
  type: 1,
  description: 'Ask the bot',
  contexts: [0, 1],
  options: [
    { type: 3, name: 'text', description: 'What you want to know', required: true, max_length: 6000 },
    { type: 11, name: 'file', description: 'A file to go with it' },
  ],
};

/**
 * Makes `/ask` known. One command by its name, which overwrites itself: the list as a whole may hold others that are not
 * ours to take away. Best effort: mentions work without it.
 */
export async function registerCommand(client: Client, bot: Bot, signal: AbortSignal): Promise<void> {
  const route = `/applications/${bot.application}/commands` as const;
  await client.request({ method: 'POST', route, body: ASK }, signal).catch(() => undefined);
}
