import { z } from 'zod';
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
