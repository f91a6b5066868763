import type { Block } from './blocks.ts';
import { readBlocks } from './blocks.ts';
import type { Channel, Held, World } from './world.ts';

/** Arguments of a call, from a form or from JSON; in forms, structures are JSON texts. */
export type Args = Readonly<Record<string, unknown>>;

/** What came of a call: Slack's own name of the error, or the fields beside `ok`. */
export type Outcome =
  | { readonly error: string }
  | { readonly fields: Record<string, unknown>; readonly about?: string };

/** What the platform then tells the app by itself, as it tells everybody. */
export type Tell = (what: 'posted' | 'changed' | 'deleted', held: Held, before?: string) => void;

/** As `Tell`, of a reaction of the bot's. */
export type TellReaction = (held: Held, name: string, added: boolean) => void;

export type Around = {
  readonly world: World;
  readonly tell: Tell;
  readonly tellReaction: TellReaction;
  readonly settings: Settings;
};
export type Settings = {
  readonly streamForMs: number;
  readonly readLagMs: number;
  /** The most messages on one page. */
  readonly mostObjects: number;
  /** A file that was shared is shown so much later. */
  readonly shareLagMs: number;
  /** The workspace lets messages be edited for so long. */
  readonly editForMs: number;
  /** What the app was granted; undefined: all. */
  readonly scopes: readonly string[] | undefined;
};
/** The blocks of a call: undefined when it names none; a text is Slack's name of the error. */
export function blocksArg(args: Args, world: World): readonly Block[] | string | undefined {
  if (args['blocks'] === undefined || args['blocks'] === '') return undefined;
  return readBlocks(structureArg(args, 'blocks'), () => world.nextId('b'));
}

export type Method = (args: Args, around: Around) => Outcome;

export const failed = (error: string): Outcome => ({ error });

export function textArg(args: Args, name: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

export const flagArg = (args: Args, name: string): boolean =>
  args[name] === true || /^(true|1)$/.test(textArg(args, name));

/** A structure: as JSON gave it, or as a JSON text in a form. Undefined when it is absent or unreadable. */
export function structureArg(args: Args, name: string): object | undefined {
  const value = args[name];
  if (typeof value === 'object') return value ?? undefined;
  if (typeof value !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export function openChannel(args: Args, world: World, name = 'channel'): Channel | string {
  const channel = world.channels.get(textArg(args, name));
  if (channel === undefined) return 'channel_not_found';
  return channel.archived ? 'is_archived' : channel;
}

/** A message of the bot's, which alone it may change. */
export function ownMessage(args: Args, world: World): { channel: Channel; held: Held } | string {
  const channel = openChannel(args, world);
  if (typeof channel === 'string') return channel;
  const held = channel.messages.get(textArg(args, 'ts'));
  if (held === undefined) return 'message_not_found';
  return held.fromBot ? { channel, held } : 'cant_update_message';
}
