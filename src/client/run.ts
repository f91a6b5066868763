import { Command, CommanderError } from 'commander';
import { Failure } from '../model/failure.ts';
import { addChatCommand } from './chat.ts';
import { addLookCommands } from './look.ts';
import { addManifestCommand } from './manifest.ts';
import { addSteerCommands } from './steer.ts';
import { addLoginCommands } from './sign.ts';
import type { Terminal } from './terminal.ts';

/**
 * The `switchboard` command: a client of the API.
 * @returns the exit code: 0 done, 1 refused or failed, 2 meant otherwise.
 */
export async function runClient(words: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('switchboard')
    .description('Looks after a Switchboard hub, by its API. Every command prints JSON with --json.')
    .option('--json', 'print what the hub answered, as JSON')
    .exitOverride()
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.complain });
  addLoginCommands(program, terminal);
  addLookCommands(program, terminal);
  addSteerCommands(program, terminal);
  addChatCommand(program, terminal);
  addManifestCommand(program, terminal);
  try {
    await program.parseAsync(words, { from: 'user' });
    return 0;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    if (!(thrown instanceof Failure)) throw thrown;
    terminal.complain(`switchboard: ${thrown.message}\n`);
    return 1;
  }
}
