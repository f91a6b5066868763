import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Failure } from '../../../model/failure.ts';

const PROGRAM = join(import.meta.dirname, 'html-program.ts');

/** Milliseconds; an ordinary page takes less than one hundred, and the thread as long to start. */
const WITHIN_MS = 3_000;
/** MiB. */
const MOST_MEMORY = 256;

/**
 * What can be read in a page, without its markup.
 * @throws Failure `refused` for one that is made so that it cannot be read.
 */
export async function htmlText(html: string, signal: AbortSignal, withinMs = WITHIN_MS): Promise<string> {
  const limits = { maxOldGenerationSizeMb: MOST_MEMORY };
  const worker = new Worker(PROGRAM, { workerData: html, resourceLimits: limits, stdout: true, stderr: true });
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
    const [text]: unknown[] = await once(worker, 'message', { signal: deadline });
    return String(text);
  } catch {
    throw new Failure('refused', 'this page cannot be read: its markup is too deep, or too much');
  } finally {
    await worker.terminate();
  }
}
