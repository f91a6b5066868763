import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { describeApi } from '../../src/console/api.ts';
import { openTestConsole, type TestConsole } from '../kit/console.ts';

let hub: TestConsole;
before(async () => void (hub = await openTestConsole()));
after(async () => hub[Symbol.asyncDispose]());

test('who is not known is told how to be, and who lacks the role which one it takes', async () => {
  const nobody = await hub.api.request('/api/v1/me');
  assert.equal(nobody.status, 401);
  assert.equal(nobody.headers.get('content-type'), 'application/problem+json');
  const viewer = await hub.ask('/api/v1/audit', { role: 'viewer' });
  assert.equal(viewer.status, 403);
  assert.match(await viewer.text(), /needs the role admin; yours is viewer/);
});

test('a key does no more than its scopes say, whatever its role is', async () => {
  const key = { kind: 'key', role: 'owner', scopes: ['usage:read'] } as const;
  assert.equal((await hub.ask('/api/v1/audit', key)).status, 403);
  assert.equal((await hub.ask('/api/v1/audit', { ...key, scopes: ['audit:write'] })).status, 200);
});

test('what is asked for wrongly is answered with each field that is', async () => {
  const answer = await hub.ask('/api/v1/audit?limit=many&below=0');
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /below: .*limit: /);
});

test('every route is described, with the role and the scope that it takes', async () => {
  const { openapi, paths } = await describeApi(hub.api, '1.2.3');
  assert.match(openapi, /^3\.1/);
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods))
      assert.ok('x-role' in Object(operation) && 'x-scope' in Object(operation), `${method} ${path}`);
  assert.ok('/api/v1/audit' in paths);
});
