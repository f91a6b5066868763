import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { PdfResult } from './pdf-result.ts';
import { FILE_POLICY } from './policy.ts';

/** The text of a PDF, or why there is none. Never throws. */
export type ReadPdf = (bytes: Uint8Array, signal: AbortSignal) => Promise<PdfResult>;

/** What one PDF may take. */
export type PdfLimits = {
  readonly mostPages: number;
  readonly mostCharacters: number;
  /** Milliseconds. */
  readonly withinMs: number;
  /** Bytes. */
  readonly mostMemory: number;
  /** PDFs that are read at once; others wait. */
  readonly atOnce: number;
};

const PROGRAM = join(import.meta.dirname, 'pdf-program.ts');

/** Milliseconds that a process may take beyond its own limit to start and to end; then it is ended. */
const LEEWAY_MS = 5_000;

const BROKEN: PdfResult = { kind: 'failed', why: 'broken' };
const SLOW: PdfResult = { kind: 'failed', why: 'slow' };

/** A reader of PDFs. Each is read by a process of its own that knows no secret, and may read libraries and nothing else. */
export function openReadPdf(limits: PdfLimits = FILE_POLICY.document): ReadPdf {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (bytes, signal) => {
    if (running < limits.atOnce) running += 1;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      return signal.aborted ? SLOW : await readApart(bytes, limits, signal);
    } finally {
      // The place is handed on, so that nobody who comes just now takes it as well.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

async function readApart(bytes: Uint8Array, limits: PdfLimits, signal: AbortSignal): Promise<PdfResult> {
  const { mostPages, mostCharacters, withinMs, mostMemory } = limits;
  const order = [mostPages, mostCharacters, withinMs, mostMemory].map(String);
  const child = spawn(process.execPath, [...permissions(), PROGRAM, ...order], {
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const end = (): void => void child.kill('SIGKILL');
  const late = setTimeout(end, withinMs + LEEWAY_MS);
  signal.addEventListener('abort', end);
  try {
    give(child, bytes);
    const [said] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    return said === '' ? SLOW : PdfResult.parse(JSON.parse(said));
  } catch {
    return BROKEN;
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', end);
    end();
  }
}

/** The other side may have ended before it read all: what came of it is told by its answer. */
function give({ stdin }: ChildProcess, bytes: Uint8Array): void {
  stdin?.on('error', () => {});
  stdin?.end(bytes);
}

/** No network, no writing, no other programs; of files only the program's own and its libraries'. */
export function permissions(): readonly string[] {
  const libraries = dirname(dirname(dirname(fileURLToPath(import.meta.resolve('unpdf')))));
  const readable = [join(import.meta.dirname, '*'), join(libraries, '*')];
  return ['--permission', '--allow-worker', ...readable.map((path) => `--allow-fs-read=${path}`)];
}
