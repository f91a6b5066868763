import { z } from 'zod';
import type { AdapterListing } from '../model/adapter.ts';
import type { InstallTokens } from '../model/connect.ts';

const Credentials = z.record(z.string(), z.string());
const Tokens = z.object({ token: z.string(), refresh: z.string().optional(), endsAt: z.number().optional() });

/** What was sealed of an app. @throws SyntaxError or ZodError: it was written by something else; neither holds its text. */
export const readCredentials = (text: string): Readonly<Record<string, string>> => Credentials.parse(parse(text));

/** What was sealed of an install. */
export const readTokens = (text: string): InstallTokens => Tokens.parse(parse(text));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own error quotes the text.
    throw new SyntaxError('what was sealed is no JSON');
  }
}

/** By their names those are secrets that a platform gave and nobody typed. */
const SECRET = /TOKEN|SECRET|PASSWORD|PRIVATE|_KEY$/i;

/** Which of an app's credentials are secrets: what a form says of them, else their names. Pure. */
export function secretsIn(
  { connect }: AdapterListing,
  credentials: Readonly<Record<string, string>>,
): readonly string[] {
  const fields = new Map((connect?.ways ?? []).flatMap((way) => way.fields.map(({ name, secret }) => [name, secret])));
  return Object.entries(credentials).flatMap(([name, value]) =>
    (fields.get(name) ?? SECRET.test(name)) ? [value] : [],
  );
}
