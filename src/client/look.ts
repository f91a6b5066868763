import type { Command } from 'commander';
import { clientOf, worked, type Client } from './ask.ts';
import { readLogin } from './login.ts';
import { print } from './print.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { timeline } from './timeline.ts';

type Filter = { readonly state?: string; readonly text?: string; readonly limit: string; readonly reveal?: boolean };
type Range = { readonly from: string; readonly to: string; readonly by: string; readonly csv?: boolean };

const today = (): string => new Date().toISOString().slice(0, 10);
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** What looks and changes nothing. */
export function addLookCommands(program: Command, terminal: Terminal): void {
  const api = async (): Promise<Client> => clientOf(await readLogin(terminal));
  addConversations(program, terminal, api);
  addInstalls(program, terminal, api);
  program
    .command('usage')
    .description('what answers used and cost')
    .option('--from <day>', 'UTC, as 2027-01-31', daysAgo(30))
    .option('--to <day>', 'UTC', today())
    .option('--by <what>', 'day, app, install, channel, person, model; several parted by commas', 'model')
    .option('--csv', 'as a table for other programs')
    .action(async ({ csv = false, ...query }: Range) => {
      const client = await api();
      if (csv) return terminal.write(await (await worked(client.usage.csv.$get({ query }))).text());
      const answer = await (await worked(client.usage.$get({ query }))).json();
      print(program, terminal, answer, ({ items }) =>
        table(
          ['DAY', 'PLATFORM', 'INSTALL', 'CHANNEL', 'PERSON', 'MODEL', 'ANSWERS', 'TOKENS IN', 'OUT', 'US$'],
          items.map((row) => [
            row.day,
            row.platform,
            row.install,
            row.channel,
            row.personName || row.person,
            row.model,
            row.answers,
            row.tokensIn,
            row.tokensOut,
            row.dollars.toFixed(4),
          ]),
        ),
      );
    });
}

function addInstalls(program: Command, terminal: Terminal, api: () => Promise<Client>): void {
  program
    .command('installs')
    .description('apps and where they are installed, with their health')
    .action(async () => {
      const client = await api();
      const [apps, installs] = await Promise.all([
        worked(client.apps.$get()).then((answer) => answer.json()),
        worked(client.installs.$get({ query: {} })).then((answer) => answer.json()),
      ]);
      print(program, terminal, { apps: apps.items, installs: installs.items }, (all) => {
        const first = table(
          ['APP', 'PLATFORM', 'NAME', 'STATE', 'LAST EVENT', 'LAST REPLY', 'PROBLEM'],
          all.apps.map((app) => [
            app.id,
            app.platform,
            app.name,
            app.state,
            app.lastEventAt,
            app.lastReplyAt,
            app.problem,
          ]),
        );
        const second = table(
          ['INSTALL', 'PLATFORM', 'NAME', 'STATE', 'PROBLEM'],
          all.installs.map((one) => [one.id, one.platform, one.name, one.state, one.problem]),
        );
        return `${first}\n${second}`;
      });
    });
}

function addConversations(program: Command, terminal: Terminal, api: () => Promise<Client>): void {
  program
    .command('conversations')
    .description('conversations, the most active first')
    .option('--state <state>', 'waiting, running, answered, ignored or dead')
    .option('--text <words>', 'what stands in them (this is written down)')
    .option('--limit <count>', 'at most', '25')
    .option('--reveal', 'show the last words (this is written down)')
    .action(async ({ limit, state, text, reveal = false }: Filter) => {
      const query = {
        limit,
        reveal: String(reveal),
        ...(text !== undefined && { text }),
        ...(isState(state) && { state }),
      };
      const answer = await (await worked((await api()).conversations.$get({ query }))).json();
      print(program, terminal, answer, ({ items }) =>
        table(
          ['CONVERSATION', 'PLATFORM', 'CHANNEL', 'ACTIVE', 'STATE', 'WHY', 'LAST'],
          items.map((row) => [
            row.id,
            row.platform,
            row.channel,
            row.activeAt.slice(0, 19),
            row.turn?.state ?? row.last?.state ?? '',
            row.turn?.error ?? row.last?.reason ?? '',
            row.last?.text ?? '',
          ]),
        ),
      );
    });
  program
    .command('conversation <id>')
    .description('what became of each message, step by step')
    .option('--reveal', 'with the words (this is written down)')
    .action(async (id: string, { reveal = false }: { readonly reveal?: boolean }) => {
      const query = { reveal: String(reveal) };
      const answer = await (await worked((await api()).conversations[':id'].$get({ param: { id }, query }))).json();
      print(program, terminal, answer, timeline);
    });
  program
    .command('export <id>')
    .description('a conversation with all its words, as JSON (this is written down)')
    .action(async (id: string) => {
      const answer = await worked((await api()).conversations[':id'].export.$get({ param: { id } }));
      terminal.write(`${JSON.stringify(await answer.json(), undefined, 2)}\n`);
    });
}

const STATES = ['waiting', 'running', 'answered', 'ignored', 'dead'] as const;
const isState = (state: string | undefined): state is (typeof STATES)[number] =>
  STATES.some((known) => known === state);
