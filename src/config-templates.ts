import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from './model/failure.ts';
import { storable } from './model/storable.ts';

/** The wordings that the configuration names, as they are. @throws Failure `invalid` that names the file. */
export function readTemplates(
  paths: readonly string[],
  folder: string,
): readonly { readonly path: string; readonly source: string }[] {
  return paths.map((name) => {
    const path = resolve(folder, name);
    try {
      return { path, source: storable(readFileSync(path, 'utf8')) };
    } catch (thrown) {
      throw new Failure('invalid', `templates: ${path} cannot be read`, { cause: thrown });
    }
  });
}
