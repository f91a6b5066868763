import { withDeadlines } from './deadlines.ts';
import type { Step } from './deadlines.ts';
import type { Deadlines, Embed, Hear, ModelRequest, Provider } from './provider.ts';

/** What is the same for every model server. */
export type Server = {
  readonly name: string;
  /** Kept out of every message. */
  readonly secret: string | undefined;
  readonly deadlines: Deadlines;
  readonly sees: boolean;
  readonly hear?: Hear | undefined;
  readonly embed?: Embed | undefined;
};

/** The provider behind a protocol: `read` makes one request, and ends when its signal aborts (see `Attempt.open`). */
export function providerOf(
  { name, secret, deadlines, sees, hear, embed }: Server,
  read: (request: ModelRequest, signal: AbortSignal) => AsyncIterable<Step>,
): Provider {
  return {
    name,
    sees,
    ...(hear && { hear }),
    ...(embed && { embed }),
    stream: (request, signal) =>
      withDeadlines(
        {
          deadlines,
          secret,
          maxOutputTokens: request.maxOutputTokens,
          open: (signal) => read(request, signal),
        },
        signal,
      ),
  };
}
