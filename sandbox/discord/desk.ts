import type { Modal } from './components.ts';
import type { Speech } from './speech.ts';
import type { Channel, Message, User, World } from './world.ts';

export type Interaction = {
  readonly id: string;
  /** Docs, "Interaction Type". */
  readonly type: number;
  readonly token: string;
  readonly channel: Channel;
  readonly user: User;
  /** What was clicked on. */
  readonly message: Message | undefined;
  endsAt: number;
  /** What it was answered with first (a callback type); undefined: nothing yet. */
  answered: number | undefined;
  original: Message | undefined;
};

/** A form that a person has before them, and the message below which it was opened. */
export type OpenForm = { readonly modal: Modal; readonly channel: Channel; readonly message: Message | undefined };

/** What was asked so far, by its token, and the forms that are open, by their person. */
export type Desk = {
  readonly world: World;
  readonly speech: Speech;
  readonly known: Map<string, Interaction>;
  readonly forms: Map<string, OpenForm>;
};
