import { readFile, stat } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { Failure } from '../../model/failure.ts';
import { parseJson } from '../../model/parse-json.ts';
import { isPath } from '../../model/plugin-entry.ts';
import type { Plugin } from '../../plugin.ts';

const optional = () =>
  z
    .unknown()
    .refine((value) => typeof value === 'function', 'must be a function, or left out')
    .optional();

const Shape = z.looseObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and -'),
  version: z.string().min(1).max(64),
  tools: optional(),
  providers: optional(),
  stages: optional(),
  close: optional(),
});

/**
 * Loads a plugin's module and looks whether it is one.
 * @param folder where the configuration's file is.
 * @throws Failure `invalid` that says what to mend.
 */
export async function loadPlugin(use: string, folder: string): Promise<Plugin> {
  const path = await entryOf(use, folder);
  let loaded: unknown;
  try {
    loaded = await import(pathToFileURL(path).href);
  } catch (thrown) {
    throw broken(use, `its module cannot be loaded: ${wordsOf(thrown)}`, thrown);
  }
  const given = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined;
  if (given === undefined) throw broken(use, 'its module has no default export: export default { name, version, … }');
  const { error } = Shape.safeParse(given);
  if (error !== undefined) throw broken(use, z.prettifyError(error).replaceAll('\n', ' '));
  if (!isPlugin(given)) throw broken(use, 'its default export is no plugin');
  return given;
}

/** What the shape above has looked at. */
function isPlugin(given: unknown): given is Plugin {
  return Shape.safeParse(given).success;
}

export const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** @throws nothing: makes the failure that names the plugin. */
export const broken = (use: string, what: string, cause?: unknown): Failure =>
  new Failure('invalid', `plugins: ${use}: ${what}`, { cause });

async function entryOf(use: string, folder: string): Promise<string> {
  if (!isPath(use)) return installed(use, folder);
  const path = resolve(folder, use);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw broken(use, `there is nothing at ${path}`);
  return found.isDirectory() ? mainOf(use, join(path, 'package.json')) : path;
}

/** A package beside the configuration's file, or beside this program. */
async function installed(use: string, folder: string): Promise<string> {
  for (const base of [pathToFileURL(join(folder, 'x.js')).href, import.meta.url]) {
    const found = findPackage(use, base);
    if (found !== undefined) return mainOf(use, found);
  }
  throw broken(use, `it is not installed: npm install ${use}`);
}

function findPackage(use: string, base: string): string | undefined {
  try {
    return findPackageJSON(use, base);
  } catch {
    return undefined;
  }
}

const Target = z.union([z.string(), z.looseObject({ import: z.string().optional(), default: z.string().optional() })]);
const Manifest = z.looseObject({
  main: z.string().optional(),
  exports: z.union([z.string(), z.looseObject({ '.': Target.optional() })]).optional(),
});

async function mainOf(use: string, manifest: string): Promise<string> {
  const text = await readFile(manifest, 'utf8').catch(() => undefined);
  if (text === undefined) throw broken(use, `there is no package.json in ${dirname(manifest)}`);
  const { data } = Manifest.safeParse(parseJson(text));
  if (data === undefined) throw broken(use, `${manifest} cannot be read`);
  const root = typeof data.exports === 'string' ? data.exports : data.exports?.['.'];
  const entry = typeof root === 'string' ? root : (root?.import ?? root?.default ?? data.main ?? 'index.js');
  return resolve(dirname(manifest), entry);
}
