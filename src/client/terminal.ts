import type { Readable } from 'node:stream';

/** The world as the client sees it. */
export type Terminal = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly write: (text: string) => void;
  readonly complain: (text: string) => void;
};
