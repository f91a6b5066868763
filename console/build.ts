import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { checkSizes } from './check-sizes.ts';
import { PLACES } from './map.ts';

const FOLDER = import.meta.dirname;
const DIST = join(FOLDER, 'dist');
/** Written last: a build that was interrupted is made again. */
const DONE = join(DIST, 'paths.json');
const SMALL = 1_000;

const compress = { gz: promisify(gzip), br: promisify(brotliCompress) };

if (process.argv.includes('--if-older') && (await isCurrent())) process.exitCode = 0;
else await build();

/** Whether the built console is as new as its sources. */
async function isCurrent(): Promise<boolean> {
  const built = await stat(DONE).catch(() => undefined);
  if (built === undefined) return false;
  const names = await readdir(FOLDER, { recursive: true });
  const sources = names.filter((name) => !name.startsWith('dist'));
  const times = await Promise.all(sources.map(async (name) => (await stat(join(FOLDER, name))).mtimeMs));
  return times.every((time) => time <= built.mtimeMs);
}

async function build(): Promise<void> {
  const tools = await Promise.all([import('vite'), import('@vitejs/plugin-react')]).catch(() => undefined);
  if (tools === undefined) {
    // An installation without the tools of development: the hub works, and its console says what is missing.
    process.stderr.write('The console is not built: npm install --include=dev, then npm run build:console\n');
    return;
  }
  const [vite, { default: react }] = tools;
  await rm(DIST, { recursive: true, force: true });
  await vite.build({
    root: FOLDER,
    configFile: false,
    logLevel: 'warn',
    plugins: [react()],
    build: {
      outDir: DIST,
      manifest: true,
      // A file that is put into another one is what the content security policy does not let in.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'es2023',
    },
  });
  const sizes = await checkSizes(DIST);
  if (sizes.tooLarge.length > 0) throw new Error(`too large at first load: ${sizes.tooLarge.join(', ')}`);
  await shrink();
  await writeFile(DONE, JSON.stringify(PLACES.map(({ path }) => path)));
  process.stdout.write(`${sizes.report}\n`);
}

/** Compressed once, as well as it gets, and not at every request. */
async function shrink(): Promise<void> {
  const names = await readdir(DIST, { recursive: true });
  const texts = names.filter((name) => /\.(?:js|css|svg)$/.test(name));
  await Promise.all(
    texts.map(async (name) => {
      const path = join(DIST, name);
      const bytes = await readFile(path);
      if (bytes.length < SMALL) return;
      await writeFile(`${path}.gz`, await compress.gz(bytes, { level: 9 }));
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
      await writeFile(`${path}.br`, await compress.br(bytes, { params }));
    }),
  );
}
