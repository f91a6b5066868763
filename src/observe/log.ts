import pino from 'pino';
import { openSecrets, type Secrets } from './secrets.ts';

export type Log = pino.Logger;

export type LogOptions = {
  readonly level: string;
  /** Values that must never be written, wherever they turn up: those of now, or all that become known. */
  readonly secrets: readonly string[] | Pick<Secrets, 'hide'>;
  /** For people at a terminal, instead of JSON lines. */
  readonly pretty: boolean;
};

/** Keys whose values are secrets whatever they hold, at the top and one level down. */
const SECRET_KEYS = ['authorization', 'token', 'secret', 'password', 'apiKey', 'cookie', 'privateKey'];

/** The one root logger; everything else uses children of it. Known secrets are replaced in the finished line. */
export function openLog(options: LogOptions): Log {
  const { hide } = 'hide' in options.secrets ? options.secrets : openSecrets(options.secrets);
  return pino({
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[secret]' },
    serializers: { error: safeError, err: safeError },
    hooks: { streamWrite: (line) => hide(line) },
    ...(options.pretty ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } } : {}),
  });
}

/** Name, message and stack; never the other fields of an SDK's error, which hold requests with their headers. */
function safeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: safeError(error.cause) }),
  };
}
