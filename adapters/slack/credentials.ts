import type { ConnectValues } from '../../src/model/connect.ts';
import { Failure } from '../../src/model/failure.ts';

/** Stands among the credentials of an app whose every workspace has a token of its own. */
export const OWN_TOKENS = { SLACK_INSTALLS: 'own-tokens' } as const;

export const hasOwnTokens = (credentials: ConnectValues): boolean =>
  credentials['SLACK_INSTALLS'] === OWN_TOKENS.SLACK_INSTALLS;

/** @throws Failure `invalid`: it is none. */
export function botTokenOf(text: string): string {
  if (/^xox[be]|^xoxe\./.test(text)) return text;
  throw new Failure('invalid', 'SLACK_BOT_TOKEN must be the bot token of the app: it begins with xoxb-');
}
