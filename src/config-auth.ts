import { z } from 'zod';
import { Failure } from './model/failure.ts';

/** What sign-in is told from outside. */
export type AuthConfig = {
  /** Holds a password; undefined: no mail is sent. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  /** Providers of the whole hub, by better-auth's names of them. */
  readonly social: Readonly<Record<string, { readonly clientId: string; readonly clientSecret: string }>>;
  /** Whether organizations may name providers in private networks. */
  readonly allowPrivateIssuers: boolean;
  /** The header in which a proxy of ours tells the client's address, in lower case; undefined: there is no proxy. */
  readonly clientHeader: string | undefined;
};

/** Variables of the environment. */
export const authVariables = {
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^\s]+$/, 'must be an address: smtp://user:password@host:587')
    .optional(),
  MAIL_FROM: z.string().min(3).max(300).optional(),
  SWITCHBOARD_CLIENT_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/, 'must be the name of a header, as Fly-Client-IP')
    .optional(),
  SSO_ALLOW_PRIVATE: z.enum(['true', 'false']).default('false'),
};

const Variables = z.object(authVariables);

const PROVIDER = /^SIGN_IN_([A-Z0-9]{2,30})_CLIENT_(ID|SECRET)$/;

/**
 * Reads it from an environment without blank variables.
 * @throws Failure `invalid` that names the variable that is missing.
 */
export function authOf(environment: Readonly<Record<string, string | undefined>>): {
  readonly auth: AuthConfig;
  readonly secrets: readonly string[];
} {
  const parsed = Variables.safeParse(environment);
  if (!parsed.success)
    throw new Failure(
      'invalid',
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    );
  const { SMTP_URL: smtpUrl, MAIL_FROM: mailFrom, SSO_ALLOW_PRIVATE: allow } = parsed.data;
  const clientHeader = parsed.data.SWITCHBOARD_CLIENT_HEADER?.toLowerCase();
  if (smtpUrl !== undefined && mailFrom === undefined)
    throw new Failure('invalid', 'MAIL_FROM is not set: mails need a sender, as: Switchboard <hub@example.com>');
  const social = socialOf(environment);
  const password = smtpUrl === undefined ? '' : decodeURIComponent(URL.parse(smtpUrl)?.password ?? '');
  const secrets = [password, ...Object.values(social).map(({ clientSecret }) => clientSecret)];
  return {
    auth: { smtpUrl, mailFrom: mailFrom ?? '', social, allowPrivateIssuers: allow === 'true', clientHeader },
    secrets: secrets.filter((secret) => secret !== ''),
  };
}

function socialOf(environment: Readonly<Record<string, string | undefined>>): AuthConfig['social'] {
  const names = Object.keys(environment).flatMap((name) => PROVIDER.exec(name)?.[1] ?? []);
  return Object.fromEntries(
    [...new Set(names)].map((name) => {
      const [id, secret] = [`SIGN_IN_${name}_CLIENT_ID`, `SIGN_IN_${name}_CLIENT_SECRET`];
      const [clientId, clientSecret] = [environment[id], environment[secret]];
      if (clientId === undefined || clientSecret === undefined)
        throw new Failure('invalid', `${clientId === undefined ? id : secret} is not set: a provider needs both`);
      return [name.toLowerCase(), { clientId, clientSecret }];
    }),
  );
}
