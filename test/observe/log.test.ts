import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const CANARY = 'xoxb-canary-1234567890';
const KEY = '-----BEGIN KEY-----\nabc\ndef\n-----END KEY-----';

function written(statement: string): string {
  const program = `
    import { openLog } from './src/observe/log.ts';
    const log = openLog({ level: 'info', pretty: false, secrets: [${JSON.stringify(CANARY)}, ${JSON.stringify(KEY)}, 'abc'] });
    ${statement}`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: process.cwd(), encoding: 'utf8' })
    .stdout;
}

test('a known secret is never written, whether in a message, a field, an error or a nested one', () => {
  const out = written(`
    const secret = ${JSON.stringify(CANARY)};
    log.info('token ' + secret);
    log.info({ deep: { deeper: ['x' + secret] } }, 'field');
    log.error({ error: new Error('failed with ' + secret, { cause: new Error(secret) }) }, 'error');
    log.info({ key: ${JSON.stringify(KEY)} }, 'a key of several lines');`);
  assert.equal(out.trim().split('\n').length, 4);
  assert.ok(!out.includes('canary'), out);
  assert.ok(!out.includes('def'), out);
});

test('fields whose names say that they hold secrets are blotted out, whatever they hold', () => {
  const out = written(
    `log.info({ token: 'unknown-secret', request: { authorization: 'Bearer unknown-secret' } }, 'x');`,
  );
  assert.ok(out.includes('[secret]') && !out.includes('unknown-secret'), out);
});

test('an error of an SDK is written without the request that it carries', () => {
  const out = written(
    `log.error({ error: Object.assign(new Error('boom'), { config: { headers: { auth: 'hidden-thing' } } }) }, 'x');`,
  );
  assert.ok(out.includes('boom') && !out.includes('hidden-thing'), out);
});

test('a value too short to be a secret does not blot out words', () => {
  assert.ok(written(`log.info('abcdef stays');`).includes('abcdef stays'));
});
