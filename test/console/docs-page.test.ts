import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeApi } from '../../src/console/api.ts';
import { docsPage } from '../../src/console/docs-page.ts';
import { openTestConsole } from '../kit/console.ts';

test('the page about the API names every route, and what is in it is text and nothing else', async () => {
  await using console = await openTestConsole();
  const description = await describeApi(console.api, '1.2.3<script>');
  const answer = await docsPage(() => Promise.resolve(description)).request('/docs');
  const page = await answer.text();
  for (const [path, methods] of Object.entries(description.paths))
    for (const method of Object.keys(methods))
      assert.ok(page.includes(`${method.toUpperCase()} ${path}<`), `${method} ${path}`);
  assert.match(page, /1\.2\.3&lt;script&gt;/);
  assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
});
