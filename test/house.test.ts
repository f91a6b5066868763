import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..');

test('nothing under src names a platform but the one type', () => {
  const files = globSync('src/**/*.ts', { cwd: ROOT }).filter((file) => !file.endsWith(join('model', 'platform.ts')));
  assert.ok(files.length > 50);
  const naming = files.filter((file) => /slack|discord|\bteams\b|github/i.test(readFileSync(join(ROOT, file), 'utf8')));
  assert.deepEqual(naming, []);
});

test('the sandbox imports nothing of the hub, and the hub nothing of the sandbox', () => {
  const importing = (folder: string, pattern: RegExp) =>
    globSync(`${folder}/**/*.ts`, { cwd: ROOT }).filter((file) => pattern.test(readFileSync(join(ROOT, file), 'utf8')));
  assert.deepEqual(importing('sandbox', /^import[^;]*from '(\.\.\/)+(src|adapters)\//m), []);
  assert.deepEqual(
    [...importing('src', /^import[^;]*from '.*sandbox\//m), ...importing('adapters', /^import[^;]*from '.*sandbox\//m)],
    [],
  );
});
