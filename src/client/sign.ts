import type { Command } from 'commander';
import { Failure } from '../model/failure.ts';
import { clientOf, worked } from './ask.ts';
import { dropLogin, keepLogin, readKey, readLogin } from './login.ts';
import { print } from './print.ts';
import type { Terminal } from './terminal.ts';

/** Who asks: `login`, `logout`, `whoami`. */
export function addLoginCommands(program: Command, terminal: Terminal): void {
  program
    .command('login <url>')
    .description('keep an API key for a hub; it is typed, or comes by standard input')
    .action(async (url: string) => {
      const address = URL.parse(url);
      if (address === null || !/^https?:$/.test(address.protocol))
        throw new Failure('invalid', `${url} is no address: https://HUB`);
      const login = { url: address.origin, key: await readKey(terminal) };
      const me = await (await worked(clientOf(login).me.$get())).json();
      const path = await keepLogin(terminal, login);
      terminal.write(`You are ${me.name}, ${me.role}. The key is kept in ${path}.\n`);
    });
  program
    .command('logout')
    .description('forget the key')
    .action(async () => {
      await dropLogin(terminal);
      terminal.write('The key is forgotten here; to end it, revoke it in the console.\n');
    });
  program
    .command('whoami')
    .description('who you are, and what you may')
    .action(async () => {
      const login = await readLogin(terminal);
      const me = await (await worked(clientOf(login).me.$get())).json();
      print(
        program,
        terminal,
        me,
        ({ name, role, scopes }) =>
          `${name}, ${role}, at ${login.url}${scopes === null ? '' : `, for ${scopes.join(', ')}`}\n`,
      );
    });
}
