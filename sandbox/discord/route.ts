import type { Message } from './world.ts';

/** A call as a route's handler sees it. */
export type Request = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON body; undefined without one. */
  readonly body: unknown;
  /** Files of a multipart body, by the number behind `files`. */
  readonly files: ReadonlyMap<number, Upload>;
};

export type Upload = { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array };

export type Answer = {
  readonly status: number;
  /** An object is sent as JSON, bytes as they are; undefined: nothing. */
  readonly body?: object | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the ledger says it was about. */
  readonly about?: string;
};

/** How often a route may be called for one channel (or one interaction's token), as the headers say. */
export type Bucket = { readonly name: string; readonly calls: number; readonly perMs: number };

/**
 * One call of the API. Its name in the ledger and for faults is method and pattern: `POST /channels/:c/messages`.
 */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly pattern: string;
  readonly bucket?: Bucket;
  /** Taken without the bot's token. */
  readonly open?: boolean;
  readonly handle: (request: Request) => Answer;
};

/** Discord's form of an error: an HTTP status, its own number, and words. */
export function refusal(status: number, code: number, message: string, errors?: object): Answer {
  return { status, body: { message, code, ...(errors && { errors }) } };
}

export const notFound = (): Answer => refusal(404, 0, '404: Not Found');
export const unknownChannel = (): Answer => refusal(404, 10_003, 'Unknown Channel');
export const unknownEmoji = (): Answer => refusal(400, 10_014, 'Unknown Emoji');
export const unknownMessage = (): Answer => refusal(404, 10_008, 'Unknown Message');

/** 50035 in the form that names the field. */
export function invalidForm(field: string, code: string, message: string): Answer {
  const errors = field
    .split('.')
    .reduceRight<object>((inner, part) => ({ [part]: inner }), { _errors: [{ code, message }] });
  return refusal(400, 50_035, 'Invalid Form Body', errors);
}

export const done = (message: Message, body: object, status = 200): Answer => ({ status, body, about: message.id });
