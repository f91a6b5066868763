import { setTimeout as sleep } from 'node:timers/promises';
import type { Access, Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { OutFile } from '../../src/model/reply.ts';
import { call, retryAfterMs } from '../kit/http.ts';
import { clean } from '../kit/text.ts';
import { textBlocks } from './blocks.ts';
import type { Client } from './client.ts';
import { failureOf, shaped } from './client.ts';
import { addressAt, fileHosts } from './hosts.ts';
import { fileAnswer, uploadAnswer } from './payload.ts';
import { spotOf } from './place.ts';

/**
 * Ours; ten megabytes over a slow line. Whoever comes after us takes a file for not shared once it could have been seen for
 * long, so the call that shows it is not made later than that, whatever held this process up.
 */
export const SHARE_BEGINS_WITHIN_MS = 30_000;
const UPLOAD_WITHIN_MS = 20_000;

/** Milliseconds between looks at a file that was shared: its message comes later than the answer (python-slack-sdk#1277). */
const LOOKS_MS = [0, 100, 300, 600, 1_000, 2_000, 3_000] as const;

/**
 * Reserves a file, sends its bytes, and lets Slack post it with the text beside it. Until the last step nobody sees
 * anything. The text's first block is named after the draft's nonce: messages of files carry no metadata, and that is how
 * `findPost` knows one.
 */
export function openShare(client: Client): NonNullable<Adapter['share']> {
  return async (access, draft, file, signal) => {
    const { channel, threadTs, respondAt } = spotOf(draft.place);
    if (respondAt !== '') throw new Failure('refused', 'a file cannot be shown to one person alone');
    const name = clean(file.name).trim() || 'file';
    const begunAt = performance.now();
    const id = await upload(client, access, { ...file, name }, signal);
    const [first, ...others] = textBlocks(draft.text.trim() === '' ? name : draft.text, draft.calls);
    const args = {
      files: [{ id, title: name }],
      channel_id: channel,
      ...(threadTs !== '' && { thread_ts: threadTs }),
      blocks: [...(first === undefined ? [] : [{ ...first, block_id: draft.nonce }]), ...others],
    };
    if (performance.now() - begunAt > SHARE_BEGINS_WITHIN_MS)
      throw new Failure('unavailable', 'upload: it took too long, and nothing was shared');
    await client.write(access, 'files.completeUploadExternal', args, signal);
    return { id: await messageOf(client, access, { id, channel }, signal) };
  };
}

/** Nobody sees an upload that is not completed, so it may always be done again. */
async function upload(client: Client, access: Access, file: OutFile, signal: AbortSignal): Promise<string> {
  const { bytes, mediaType, name } = file;
  if (bytes.byteLength === 0) throw new Failure('invalid', 'Slack takes no empty file');
  const args = { filename: name, length: String(bytes.byteLength) };
  const answer = await client.read(access, 'files.getUploadURLExternal', args, signal);
  const { upload_url, file_id } = shaped(uploadAnswer, 'files.getUploadURLExternal', answer);
  // The address alone gives the right to write there: the token is not sent along.
  const url = addressAt(fileHosts(client.apiUrl), upload_url, 'the address to upload to');
  const headers = { 'content-type': mediaType === '' ? 'application/octet-stream' : mediaType };
  const { status, headers: told } = await call(
    { method: 'POST', url, headers, body: bytes, withinMs: UPLOAD_WITHIN_MS },
    signal,
  ).catch(unseen);
  if (status === 200) return file_id;
  if (status === 413) throw failureOf('too-large', 'upload', 'http_413');
  const retryInMs = retryAfterMs(told);
  const wait = retryInMs === undefined ? {} : { retryInMs };
  if (status === 429) throw failureOf('rate-limited', 'upload', 'http_429', wait);
  throw failureOf(status >= 500 ? 'unavailable' : 'refused', 'upload', `http_${status}`, wait);
}

/** The error may name the address to upload to, which nobody else should know. */
function unseen(thrown: unknown): never {
  if (thrown instanceof Failure && thrown.code === 'aborted') throw new Failure('aborted', 'upload: ended under way');
  throw new Failure('unavailable', 'upload: the connection failed');
}

/** @throws Failure `unknown-outcome`: the file is shared or will be, and its message is not known yet. */
async function messageOf(
  client: Client,
  access: Access,
  file: { readonly id: string; readonly channel: string },
  signal: AbortSignal,
): Promise<string> {
  for (const waitMs of LOOKS_MS) {
    await sleep(waitMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw new Failure('aborted', 'files.info: ended while a file was shared');
    const ts = await look(client, access, file, signal);
    if (ts !== undefined) return ts;
  }
  throw new Failure('unknown-outcome', 'files.info: the message of a shared file did not come in time');
}

/** What cannot be read now may be read by the next look: the file is shared in any case. */
async function look(
  client: Client,
  access: Access,
  { id, channel }: { readonly id: string; readonly channel: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const answer = await client.read(access, 'files.info', { file: id }, signal);
    const { shares } = shaped(fileAnswer, 'files.info', answer).file;
    return [shares?.public?.[channel], shares?.private?.[channel]].flatMap((one) => one ?? []).at(-1)?.ts;
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code !== 'unauthorized') return undefined;
    throw new Failure('unknown-outcome', 'files.info: a file was shared, and may not be looked at', { cause: thrown });
  }
}
