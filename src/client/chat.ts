import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { Failure } from '../model/failure.ts';
import { answerTo, beginChat } from './answer.ts';
import { clientOf, type Client } from './ask.ts';
import { readLogin } from './login.ts';
import { safe } from './table.ts';
import type { Terminal } from './terminal.ts';

type Options = { readonly batch?: string; readonly atOnce: string };

/** Talks to the agent: by hand, or over the questions of a file. */
export function addChatCommand(program: Command, terminal: Terminal): void {
  program
    .command('chat [question]')
    .description('talk to the agent; with a question, ask it alone')
    .option(
      '--batch <file>',
      'ask each line of a file in a conversation of its own, and print the answers as JSON lines',
    )
    .option('--at-once <count>', 'questions of a file that are asked at the same time', '4')
    .action(async (question: string | undefined, { batch, atOnce }: Options) => {
      const client = clientOf(await readLogin(terminal));
      if (batch !== undefined) return askAll(client, terminal, { file: batch, atOnce: countOf(atOnce) });
      const conversation = await beginChat(client, question?.slice(0, 80) ?? 'Terminal');
      if (question !== undefined) return askOne(client, terminal, { conversation, text: question });
      return talk(client, terminal, conversation);
    });
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 32) throw new Failure('invalid', '--at-once: 1 to 32');
  return count;
}

async function askOne(
  client: Client,
  { write }: Terminal,
  asked: { readonly conversation: string; readonly text: string },
): Promise<void> {
  let printed = '';
  const { text, asks } = await answerTo(client, asked, (grown) => {
    // What was said already may be said otherwise: then it is said again at the end.
    if (!grown.startsWith(printed)) return;
    write(safe(grown.slice(printed.length)));
    printed = grown;
  });
  if (text !== printed) write(`\n${safe(text)}`);
  write('\n');
  for (const title of asks) write(`(${safe(title)}: answer in the console, or with switchboard approvals)\n`);
}

async function talk(client: Client, terminal: Terminal, conversation: string): Promise<void> {
  const lines = createInterface({ input: terminal.stdin, terminal: false });
  terminal.write('Ask. An empty line ends.\n> ');
  for await (const line of lines) {
    const text = line.trim();
    if (text === '') break;
    await askOne(client, terminal, { conversation, text });
    terminal.write('> ');
  }
  lines.close();
}

async function askAll(
  client: Client,
  { write }: Terminal,
  { file, atOnce }: { readonly file: string; readonly atOnce: number },
): Promise<void> {
  const source = await readFile(file, 'utf8').catch(() => {
    throw new Failure('invalid', `${file} cannot be read`);
  });
  const questions = source
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [{ line: index + 1, text: line.trim() }]));
  let failed = 0;
  const work = async (): Promise<void> => {
    for (let next = questions.shift(); next !== undefined; next = questions.shift()) {
      const { line, text } = next;
      const startedAt = Date.now();
      try {
        const answer = await answerTo(client, { conversation: await beginChat(client, text.slice(0, 80)), text });
        failed += answer.failed ? 1 : 0;
        write(
          `${JSON.stringify({ line, question: text, answer: answer.text, failed: answer.failed, ms: Date.now() - startedAt })}\n`,
        );
      } catch (thrown) {
        if (!(thrown instanceof Failure)) throw thrown;
        failed += 1;
        write(`${JSON.stringify({ line, question: text, failed: true, reason: thrown.message })}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (failed > 0) throw new Failure('refused', `${failed} questions have no answer`);
}
