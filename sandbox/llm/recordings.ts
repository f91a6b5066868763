import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A recording that somebody wanted to have written down. */
export type Recording = {
  readonly model: string;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
};

/** OpenAI's limit of one recording: 25 MiB. */
const LARGEST = 25 * 2 ** 20;
const FORMATS = /\.(flac|mp3|mp4|mpeg|mpga|m4a|ogg|wav|webm)$/;

/** The form in a request's body; undefined when there is none. */
export async function formOf(request: IncomingMessage): Promise<FormData | undefined> {
  const body = await buffer(request);
  const type = request.headers['content-type'] ?? '';
  try {
    return await new Response(body, { headers: { 'content-type': type } }).formData();
  } catch {
    return undefined;
  }
}

/** The recording in a form that the real server would take; undefined: it would answer 400. */
export function recordingIn(form: FormData): Recording | undefined {
  const file = form.get('file');
  const model = form.get('model');
  if (!(file instanceof File) || typeof model !== 'string' || model === '') return undefined;
  const fits = FORMATS.test(file.name) && file.size > 0 && file.size <= LARGEST;
  return fits ? { model, name: file.name, mediaType: file.type, size: file.size } : undefined;
}
