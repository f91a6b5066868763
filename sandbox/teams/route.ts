import type { IncomingMessage } from 'node:http';
import type { World } from './world.ts';

/** What came of a call: JSON with a status, the Connector's own name of an error, or bytes. */
export type Outcome = {
  readonly status: number;
  readonly json?: object;
  readonly bytes?: { readonly mediaType: string; readonly content: Uint8Array };
  readonly headers?: Readonly<Record<string, string>>;
  /** For the ledger: an id. */
  readonly about?: string;
};

/** Everything that a route may ask of a request. */
export type Asked = {
  readonly world: World;
  readonly request: IncomingMessage;
  readonly body: string;
  readonly query: URLSearchParams;
  /** What the pattern's groups matched, decoded. */
  readonly parts: readonly string[];
};

export type Route = {
  readonly method: string;
  readonly pattern: RegExp;
  /** The call's name in the ledger and in faults. */
  readonly call: string | ((asked: Asked) => string);
  /** Needs the bot's own token. */
  readonly guarded: boolean;
  /** Counts against the limits of its conversation, which is the pattern's first group, or against those of reactions. */
  readonly limited: boolean | 'reactions';
  readonly run: (asked: Asked) => Outcome;
};

export const failed = (status: number, code: string, message = code): Outcome => ({
  status,
  json: { error: { code, message } },
  about: code,
});
