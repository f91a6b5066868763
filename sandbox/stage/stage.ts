import type { Said, StandIn, Visible } from '../kit/stand-in.ts';

/** A button, or a list to choose from. */
export type Control = {
  readonly id: string;
  readonly label: string;
  /** Empty: a button. */
  readonly options: readonly { readonly label: string; readonly value: string }[];
};

/** A message as somebody reads it: mentions by their names, nothing of what only machines see. */
export type Shown = Visible & {
  readonly isOwn: boolean;
  /** Nobody else sees it. */
  readonly isPrivate: boolean;
  readonly controls: readonly Control[];
  /** Emoji, each as often as it was set. */
  readonly reactions: readonly string[];
};

/** What stands beside the conversation, as a check run does. */
export type Notice = {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly controls: readonly Control[];
};

export type Form = {
  readonly title: string;
  readonly submit: string;
  readonly inputs: readonly {
    readonly id: string;
    readonly label: string;
    readonly isLong: boolean;
    readonly isRequired: boolean;
    readonly value: string;
  }[];
};

/** HTTP status of the hub's acknowledgement; undefined over a socket, which has none. */
export type Status = number | undefined;

/** What was done, as it reads after the person's name. */
export type Deed = { readonly how: string; readonly status: Status };

/** One platform with somebody before it: the same deeds everywhere, each done in the platform's own way. */
export type Stage = {
  readonly name: string;
  readonly title: string;
  readonly standIn: StandIn;
  /** What this person sees, oldest first; only one conversation's when named. */
  readonly shown: (thread?: string) => readonly Shown[];
  readonly notices: () => readonly Notice[];
  /** Mentions the bot in a new conversation, or says something in one. A text with a slash is a command where there are any. */
  readonly say: (said: { readonly text: string; readonly thread?: string }) => Promise<Said>;
  /** @throws Error, as all below: there is no such message, or it is not this person's. */
  readonly edit: (message: string, text: string) => Promise<Status>;
  readonly remove: (message: string) => Promise<Status>;
  /** Emoji that can be set here. */
  readonly emoji: readonly string[];
  /** Sets an emoji, or takes it back. */
  readonly react: (message: string, emoji: string) => Promise<Status>;
  /** Presses a button, or chooses a value, below a message or of a notice. */
  readonly press: (on: string, control: string, value?: string) => Promise<Deed>;
  /** Has the answer in a conversation stopped. */
  readonly stop: (thread: string) => Promise<Deed>;
  /** The form that this person has open. */
  readonly form: () => Form | undefined;
  readonly submit: (values: Readonly<Record<string, string>>) => Promise<Status>;
};

/** @throws Error when there is no such message, or somebody else wrote it. */
export function ownMessage(shown: readonly Shown[], id: string): Shown {
  const found = shown.find((message) => message.id === id);
  if (found === undefined) throw new Error(`there is no message ${id}`);
  if (!found.isOwn) throw new Error('only who wrote a message can change it');
  return found;
}

/** @throws Error when there is nothing to press by that id. */
export function controlOf(
  all: readonly { readonly id: string; readonly controls: readonly Control[] }[],
  on: string,
  id: string,
): Control {
  const found = all.find((one) => one.id === on)?.controls.find((control) => control.id === id);
  if (found === undefined) throw new Error('there is no such button any more');
  return found;
}

/** @param value what is chosen; absent: a button. */
export const pressing = ({ label }: Control, value?: string): string =>
  value === undefined ? `presses [${label}]` : `chooses ${value} in [${label}]`;

/** The bot's newest message of a conversation. */
export const lastOfBot = (shown: readonly Shown[]): Shown | undefined => shown.findLast(({ fromBot }) => fromBot);
