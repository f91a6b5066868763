import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openKeyRing } from '../../src/vault/keys.ts';
import { isOldSeal, seal, unseal } from '../../src/vault/seal.ts';

const newKey = (): string => randomBytes(32).toString('base64');

test('what is sealed for one thing opens for it, and for nothing else', async () => {
  const ring = await openKeyRing(newKey(), '/nowhere');
  const sealed = await seal(ring, 'sk-secret', 'org/model');
  assert.doesNotMatch(sealed, /secret/);
  assert.equal(await unseal(ring, sealed, 'org/model'), 'sk-secret');
  await assert.rejects(unseal(ring, sealed, 'other/model'), /sealed for something else/);
});

test('what was changed, or sealed with a key that is gone, does not open, and the error says what to do', async () => {
  const ring = await openKeyRing(newKey(), '/nowhere');
  const sealed = await seal(ring, 'sk-secret', 'a');
  const parts = sealed.split('.');
  const changed = [
    ...parts.slice(0, 3),
    `${parts[3]?.startsWith('A') ? 'B' : 'A'}${parts[3]?.slice(1)}`,
    parts[4],
  ].join('.');
  await assert.rejects(unseal(ring, changed, 'a'), /cannot be opened/);
  await assert.rejects(
    unseal(await openKeyRing(newKey(), '/nowhere'), sealed, 'a'),
    /add the old key behind the new one/,
  );
});

test('keys rotate: the old one still opens, the new one seals, and what is old is known', async () => {
  const old = newKey();
  const sealed = await seal(await openKeyRing(old, '/nowhere'), 'sk', 'a');
  const ring = await openKeyRing(`${newKey()},${old}`, '/nowhere');
  assert.equal(await unseal(ring, sealed, 'a'), 'sk');
  assert.equal(isOldSeal(ring, sealed), true);
  assert.equal(isOldSeal(ring, await seal(ring, 'sk', 'a')), false);
});

test('without a key one is made in the data folder, for this user alone, and is the same the next time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vault-'));
  try {
    const [one, two] = await Promise.all([openKeyRing(undefined, folder), openKeyRing('', folder)]);
    assert.deepEqual(one, two);
    assert.equal((await stat(join(folder, 'vault.key'))).mode & 0o777, 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a key that is none is refused without showing it', async () => {
  await assert.rejects(openKeyRing('c2hvcnQ=', '/nowhere'), (error: Error) => {
    assert.match(error.message, /openssl rand -base64 32/);
    assert.doesNotMatch(error.message, /c2hvcnQ/);
    return true;
  });
});
