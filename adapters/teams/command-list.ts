import { COMMANDS } from '../../src/model/commands.ts';

export type CommandList = {
  readonly scopes: readonly ('personal' | 'team' | 'groupChat')[];
  readonly commands: readonly { readonly title: string; readonly description: string }[];
};

/**
 * The menu of commands for `bots[].commandLists` of an app's manifest; what is chosen there is sent as a message that says
 * the title. At most ten commands, titles of 32 letters, descriptions of 128 (docs: App manifest schema, `commandLists`).
 */
export function commandList(): CommandList {
  const commands = COMMANDS.filter(({ listed }) => listed).map(({ name, summary }) => ({
    title: name,
    description: summary,
  }));
  return { scopes: ['personal', 'team', 'groupChat'], commands };
}
