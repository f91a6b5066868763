/** What people can tell the bot to do, beside asking. One list for slash commands, menus and words in a comment. */
export type CommandName = 'ask' | 'stop' | 'retry' | 'new' | 'help' | 'usage' | 'settings' | 'pick';

export type Command = {
  readonly name: CommandName;
  /** At most 100 characters: what every platform's menu takes. */
  readonly summary: string;
  /** The text after the command's name. */
  readonly argument: { readonly name: string; readonly summary: string; readonly required: boolean } | undefined;
  /** Answered to the one who gave it alone, where the platform can. */
  readonly private: boolean;
  /** Offered in menus. */
  readonly listed: boolean;
};

export const COMMANDS: readonly Command[] = [
  {
    name: 'ask',
    summary: 'Ask a question',
    argument: { name: 'text', summary: 'What you want to know', required: true },
    private: false,
    listed: true,
  },
  { name: 'stop', summary: 'Stop the answer that is being written', argument: undefined, private: true, listed: true },
  { name: 'retry', summary: 'Answer the last question again', argument: undefined, private: true, listed: true },
  { name: 'new', summary: 'Forget what was said here before', argument: undefined, private: false, listed: true },
  { name: 'help', summary: 'What this bot can do', argument: undefined, private: true, listed: true },
  { name: 'usage', summary: 'What the answers here have cost', argument: undefined, private: true, listed: true },
  { name: 'settings', summary: 'How the bot behaves here', argument: undefined, private: true, listed: true },
  {
    name: 'pick',
    summary: 'Press a button of a card, where there are none to click',
    argument: { name: 'code', summary: 'The code beside the button', required: true },
    private: false,
    listed: false,
  },
];

/** A command as somebody gave it; the name may be none of ours. */
export type CommandCall = { readonly name: string; readonly text: string };

export const commandOf = (name: string): Command | undefined => COMMANDS.find((command) => command.name === name);

const SLASH = /^\/([a-z][a-z-]{1,30})(?:[ \n]+([\s\S]*))?$/i;
const ALONE = /^([a-z]{3,8})[.!]?$/i;
const PICK = /^pick ([\w-]{8,60})$/i;

/**
 * The command that a text addressed to the bot is; undefined: a question. With a slash any word is a command, known or
 * not; without one only the name of a command that needs nothing else, alone: "stop" is one, "stop the server" is none.
 */
export function readCommand(text: string): CommandCall | undefined {
  const trimmed = text.trim();
  const [, slashed, rest = ''] = SLASH.exec(trimmed) ?? [];
  if (slashed !== undefined) return { name: slashed.toLowerCase(), text: rest.trim() };
  const [, picked] = PICK.exec(trimmed) ?? [];
  if (picked !== undefined) return { name: 'pick', text: picked };
  const name = ALONE.exec(trimmed)?.[1]?.toLowerCase() ?? '';
  return commandOf(name)?.argument === undefined && commandOf(name) !== undefined ? { name, text: '' } : undefined;
}
