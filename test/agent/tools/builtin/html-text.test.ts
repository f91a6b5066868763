import assert from 'node:assert/strict';
import { test } from 'node:test';
import { htmlText } from '../../../../src/agent/tools/builtin/html-text.ts';

const signal = AbortSignal.timeout(20_000);

test('a page is read without its markup, with where its links lead', async () => {
  const html = '<h1>Title</h1><p>One <a href="https://a.example/x">link</a>.</p><img src="x"><ul><li>a<li>b</ul>';
  assert.equal(await htmlText(html, signal), 'TITLE\n\nOne link [https://a.example/x].\n\n * a\n * b');
});

test('a page that is made to take long is given up, and nothing else waits for it', async () => {
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 10);
  await assert.rejects(htmlText('<div>'.repeat(200_000), signal, 400), /too deep, or too much/);
  clearInterval(ticking);
  assert.ok(turns > 10);
});
