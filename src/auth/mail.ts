import type { Log } from '../observe/log.ts';

/** A mail with one link, and why it came. */
export type Mail = { readonly to: string; readonly subject: string; readonly text: string; readonly link: string };

/**
 * `sent`: the mail server took it. `shown`: the link is in the log. `none`: there is nothing to send it by, or it failed; the
 * log says so.
 */
export type SendMail = (mail: Mail) => Promise<'sent' | 'shown' | 'none'>;

export type MailOptions = {
  /** As `smtp://user:password@host:587`; undefined: there is no mail server. */
  readonly smtpUrl: string | undefined;
  readonly from: string;
  readonly log: Log;
  /** Whether the console is on this machine alone: then whoever reads the log is whoever tries it. */
  readonly isLocal: () => boolean;
};

/** Milliseconds for each step of talking to the mail server. */
const STEP_MS = 10_000;

/** Loads the mailer when the first mail is sent: it takes 27 MB. */
export function openMail({ smtpUrl, from, log, isLocal }: MailOptions): SendMail {
  if (smtpUrl === undefined)
    return ({ subject, link }) => {
      if (isLocal()) log.info({ link }, `no mail server is set (SMTP_URL), so here is what would be sent: ${subject}`);
      else log.warn(`no mail server is set (SMTP_URL), so this was not sent: ${subject}`);
      return Promise.resolve(isLocal() ? 'shown' : 'none');
    };
  return async ({ to, subject, text, link }) => {
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      url: smtpUrl,
      connectionTimeout: STEP_MS,
      greetingTimeout: STEP_MS,
      socketTimeout: STEP_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({ from, to, subject, text: `${text}\n\n${link}\n` });
      return 'sent';
    } catch (error) {
      // Without its message, which may quote what was sent.
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      log.error({ code }, `the mail server did not take a mail: ${subject}`);
      return 'none';
    } finally {
      transport.close();
    }
  };
}
