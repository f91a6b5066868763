import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod/mini';

/** Script that a page loads before it is shown, gzipped. Bytes. */
const MOST = 200_000;

const Chunk = z.object({
  file: z.string(),
  isEntry: z.optional(z.boolean()),
  imports: z.optional(z.array(z.string())),
  dynamicImports: z.optional(z.array(z.string())),
});
const Manifest = z.record(z.string(), Chunk);
type Manifest = z.infer<typeof Manifest>;

/** What each page loads at first: the entry, the page, and all that they import. */
export async function checkSizes(dist: string): Promise<{ readonly report: string; readonly tooLarge: string[] }> {
  const text = await readFile(join(dist, '.vite/manifest.json'), 'utf8');
  const manifest = Manifest.parse(JSON.parse(text));
  const sizes = new Map<string, number>();
  for (const { file } of Object.values(manifest))
    if (file.endsWith('.js')) sizes.set(file, gzipSync(await readFile(join(dist, file)), { level: 9 }).length);
  const sum = (files: ReadonlySet<string>): number => [...files].reduce((all, file) => all + (sizes.get(file) ?? 0), 0);
  const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry === true) ?? 'index.html';
  const first = closure(manifest, [entry]);
  const pages = Object.keys(manifest).filter((name) => name.startsWith('pages/'));
  const rows = pages
    .map((page) => ({ page, bytes: sum(closure(manifest, [entry, page])) }))
    .toSorted((a, b) => b.bytes - a.bytes);
  const lines = rows.map(({ page, bytes }) => `${kilobytes(bytes).padStart(9)}  ${page}`);
  return {
    report: [`${kilobytes(sum(first)).padStart(9)}  the frame`, ...lines].join('\n'),
    tooLarge: rows.filter(({ bytes }) => bytes > MOST).map(({ page, bytes }) => `${page} (${kilobytes(bytes)})`),
  };
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

/** The files of some chunks and of all that they import. Pure. */
function closure(manifest: Manifest, names: readonly string[]): Set<string> {
  const files = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const chunk = manifest[name];
    if (chunk === undefined || files.has(chunk.file)) continue;
    files.add(chunk.file);
    open.push(...(chunk.imports ?? []));
  }
  return files;
}
