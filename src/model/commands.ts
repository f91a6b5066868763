/** What people can tell the bot to do, beside asking. One list for slash commands, menus and words in a comment. */
export type CommandName =
  | 'ask'
  | 'stop'
  | 'retry'
  | 'new'
  | 'help'
  | 'usage'
  | 'settings'
  | 'forget'
  | 'instructions'
  | 'link'
  | 'unlink'
  | 'pick';

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
    name: 'forget',
    summary: 'What I remember of you and of this channel, and how it is forgotten',
    argument: { name: 'what', summary: 'Its number, or everything', required: false },
    private: true,
    listed: true,
  },
  {
    // Menus have ten places; `settings` and `help` tell of it.
    name: 'instructions',
    summary: 'What I am to keep in mind whenever you ask',
    argument: { name: 'text', summary: 'In your words; none takes them away', required: false },
    private: true,
    listed: false,
  },
  {
    name: 'link',
    summary: 'Make your accounts on two platforms one: without a code it gives you one',
    argument: { name: 'code', summary: 'The code that your other account was given', required: false },
    private: true,
    listed: true,
  },
  {
    name: 'unlink',
    summary: 'Take this account out of your linked ones',
    argument: undefined,
    private: true,
    listed: true,
  },
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
/** What a code goes with, in words. */
const WITH_CODE =
  /^(pick (?=[\w-]{8,60}$)|link (?=[0-9a-z]{4}(?:-[0-9a-z]{4}){2}$)|forget (?=(?:c?\d{1,4}|everything|channel)$))(\S+)$/i;
const INSTRUCTIONS = /^(channel )?instructions:[ \n]*(\S[\s\S]*)$/i;

/**
 * The command that a text addressed to the bot is; undefined: a question. With a slash any word is a command, known or
 * not; without one only the name of a command that needs nothing else, alone: "stop" is one, "stop the server" is none.
 */
export function readCommand(text: string): CommandCall | undefined {
  const trimmed = text.trim();
  const [, slashed, rest = ''] = SLASH.exec(trimmed) ?? [];
  if (slashed !== undefined) return { name: slashed.toLowerCase(), text: rest.trim() };
  return inWords(trimmed);
}

function inWords(text: string): CommandCall | undefined {
  const [, word, code = ''] = WITH_CODE.exec(text) ?? [];
  if (word !== undefined) return { name: word.trim().toLowerCase(), text: code };
  return inSentence(text) ?? alone(text);
}

function inSentence(text: string): CommandCall | undefined {
  const [, place, wording] = INSTRUCTIONS.exec(text) ?? [];
  if (wording === undefined) return undefined;
  return { name: 'instructions', text: place === undefined ? wording : `channel: ${wording}` };
}

function alone(text: string): CommandCall | undefined {
  const name = ALONE.exec(text)?.[1]?.toLowerCase() ?? '';
  const known = commandOf(name);
  return known === undefined || known.argument?.required === true ? undefined : { name, text: '' };
}
