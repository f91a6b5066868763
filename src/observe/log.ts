import pino from 'pino';

export type Log = pino.Logger;

export type LogOptions = {
  readonly level: string;
  /** Values that must never be written, wherever they turn up. */
  readonly secrets: readonly string[];
  /** For people at a terminal, instead of JSON lines. */
  readonly pretty: boolean;
};

/** Shorter values would blot out ordinary words. */
const SHORTEST_SECRET = 6;

/** Keys whose values are secrets whatever they hold, at the top and one level down. */
const SECRET_KEYS = ['authorization', 'token', 'secret', 'password', 'apiKey', 'cookie', 'privateKey'];

/** The one root logger; everything else uses children of it. Known secrets are replaced in the finished line. */
export function openLog(options: LogOptions): Log {
  const secrets = options.secrets.filter((value) => value.length >= SHORTEST_SECRET).flatMap(asWritten);
  return pino({
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[secret]' },
    serializers: { error: safeError, err: safeError },
    hooks: { streamWrite: (line) => secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line) },
    ...(options.pretty ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } } : {}),
  });
}

/** A multi-line key stands in a JSON line with its line ends escaped. */
function asWritten(secret: string): string[] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  return escaped === secret ? [secret] : [secret, escaped];
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
