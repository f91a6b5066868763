/**
 * Reads one PDF, given on the standard input, and writes a `PdfResult` as JSON. A program of its own, because what is in a
 * PDF is made by strangers: a thread does the reading, and this one looks at the clock and at how much memory is held.
 *
 * Arguments: pages, characters, milliseconds, bytes of memory, each at most.
 */
import { buffer } from 'node:stream/consumers';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { getDocumentProxy } from 'unpdf';
import { z } from 'zod';
import { PdfResult } from './pdf-result.ts';

const Limits = z.object({ pages: z.number(), characters: z.number(), ms: z.number(), memory: z.number() });
type Limits = z.infer<typeof Limits>;
const Order = z.object({ bytes: z.instanceof(Uint8Array), limits: Limits });

const LOOK_EVERY_MS = 20;

async function watch(limits: Limits): Promise<void> {
  const bytes = new Uint8Array(await buffer(process.stdin));
  const { promise, resolve } = Promise.withResolvers<PdfResult>();
  const heap = Math.floor(limits.memory / 2 ** 20 / 2);
  const reader = new Worker(import.meta.filename, {
    workerData: { bytes, limits },
    resourceLimits: { maxOldGenerationSizeMb: heap },
    stdout: true,
    stderr: true,
  });
  reader.once('message', (result: unknown) => resolve(PdfResult.parse(result)));
  reader.once('error', (thrown: unknown) =>
    resolve({ kind: 'failed', why: isOutOfMemory(thrown) ? 'large' : 'broken' }),
  );
  reader.once('exit', () => resolve({ kind: 'failed', why: 'broken' }));
  const late = setTimeout(() => resolve({ kind: 'failed', why: 'slow' }), limits.ms);
  // Of the memory outside the heap, where unpacked streams are, only the whole process can tell.
  const look = setInterval(() => {
    if (process.memoryUsage.rss() > limits.memory) resolve({ kind: 'failed', why: 'large' });
  }, LOOK_EVERY_MS);
  const result = await promise;
  clearTimeout(late);
  clearInterval(look);
  process.stdout.write(JSON.stringify(result));
  await reader.terminate();
}

const isOutOfMemory = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY';

async function read(): Promise<PdfResult> {
  const { bytes, limits } = Order.parse(workerData);
  try {
    return await readPages(bytes, limits);
  } catch (thrown) {
    const encrypted = thrown instanceof Error && thrown.name === 'PasswordException';
    return { kind: 'failed', why: encrypted ? 'encrypted' : 'broken' };
  }
}

async function readPages(bytes: Uint8Array, limits: Limits): Promise<PdfResult> {
  const document = await getDocumentProxy(bytes, {
    verbosity: 0,
    disableFontFace: true,
    useSystemFonts: false,
    isImageDecoderSupported: false,
    isOffscreenCanvasSupported: false,
  });
  const pages = document.numPages;
  let text = '';
  let read = 0;
  while (read < pages && read < limits.pages && text.length < limits.characters) {
    read += 1;
    const page = await document.getPage(read);
    const { items } = await page.getTextContent();
    const lines = items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('');
    text += `${lines.trim()}\n\n`;
    page.cleanup();
  }
  const cut = read < pages || text.length > limits.characters;
  return { kind: 'text', text: text.slice(0, limits.characters).trim().toWellFormed(), pages, read, cut };
}

if (isMainThread) {
  const [pages, characters, ms, memory] = process.argv.slice(2).map(Number);
  await watch(Limits.parse({ pages, characters, ms, memory }));
} else {
  parentPort?.postMessage(await read(), []);
}
