import { commandOf, readCommand } from '../../src/model/commands.ts';

/** A command that is answered to its author alone: in Teams it is a message like any other. One that nobody knows is, too. */
export function isPrivate(text: string): boolean {
  const call = readCommand(text);
  return call !== undefined && commandOf(call.name)?.private !== false;
}
