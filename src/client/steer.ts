import type { Command } from 'commander';
import { Failure } from '../model/failure.ts';
import { clientOf, worked, type Client } from './ask.ts';
import { readLogin } from './login.ts';
import { print } from './print.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** What changes something. */
export function addSteerCommands(program: Command, terminal: Terminal): void {
  const api = async (): Promise<Client> => clientOf(await readLogin(terminal));
  program
    .command('doctor [app]')
    .description('look at everything an app needs to answer; without one, at all apps')
    .action(async (app: string | undefined) => {
      const client = await api();
      const { items } = await (await worked(client.apps.$get())).json();
      const wanted = items.filter(({ id, state }) => (app === undefined ? state === 'active' : id === app));
      if (wanted.length === 0)
        throw new Failure('invalid', app === undefined ? 'no app is connected' : `there is no app ${app}`);
      const reports = await Promise.all(
        wanted.map(async ({ id, name, platform }) => {
          const report = await (await worked(client.apps[':id'].doctor.$post({ param: { id } }))).json();
          return { id, name, platform, ...report };
        }),
      );
      print(program, terminal, reports, (all) =>
        table(
          ['PLATFORM', 'APP', 'CHECK', 'STATE', 'SAYS', 'FIX'],
          all.flatMap(({ platform, name, findings }) =>
            findings.map((found) => [platform, name, found.check, found.state, found.says, found.fix]),
          ),
        ),
      );
      if (reports.some(({ ok }) => !ok)) throw new Failure('refused', 'something is wrong: see FIX');
    });
  program
    .command('dead-letters')
    .description('what was given up, and why')
    .action(async () => {
      const answer = await (await worked((await api())['dead-letters'].$get({ query: {} }))).json();
      print(program, terminal, answer, ({ items }) =>
        table(
          ['TURN', 'PLATFORM', 'CHANNEL', 'ENDED', 'REASON', 'IN DOUBT'],
          items.map((row) => [
            row.turn,
            row.platform,
            row.channel,
            row.endedAt.slice(0, 19),
            row.reason,
            row.inDoubt.length,
          ]),
        ),
      );
    });
  program
    .command('replay <turns...>')
    .description('take dead letters up again: their turns, or all')
    .action(async (turns: string[]) => {
      const json = { turns: turns.includes('all') ? ('all' as const) : turns };
      const answer = await (await worked((await api())['dead-letters'].redrive.$post({ json }))).json();
      print(program, terminal, answer, ({ count }) => `${count} taken up again\n`);
    });
  addApprovals(program, terminal, api);
}

function addApprovals(program: Command, terminal: Terminal, api: () => Promise<Client>): void {
  program
    .command('approvals')
    .description('what tools are about to do, and wait for a person’s word')
    .option('--reveal', 'with their arguments (this is written down)')
    .action(async ({ reveal = false }: { readonly reveal?: boolean }) => {
      const query = { reveal: String(reveal) };
      const answer = await (await worked((await api()).approvals.$get({ query }))).json();
      print(program, terminal, answer, ({ items }) =>
        table(
          ['APPROVAL', 'ASKED', 'TOOL', 'PLATFORM', 'CHANNEL', 'ARGUMENTS'],
          items.map((row) => [
            row.id,
            row.kind === 'may' ? 'may it' : 'was it done',
            row.tool,
            row.platform,
            row.channel,
            reveal ? JSON.stringify(row.arguments) : '',
          ]),
        ),
      );
    });
  program
    .command('decide <approval> <verdict>')
    .description('say yes, no, or (of what nobody can tell) done')
    .action(async (id: string, verdict: string) => {
      const said = (['yes', 'no', 'done'] as const).find((known) => known === verdict);
      if (said === undefined) throw new Failure('invalid', 'the verdict is yes, no or done');
      const answer = await worked((await api()).approvals[':id'].$post({ param: { id }, json: { verdict: said } }));
      print(program, terminal, await answer.json(), ({ reason }) => `${reason}\n`);
    });
}
