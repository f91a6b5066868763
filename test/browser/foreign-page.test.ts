import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { DEFAULT_ORGANIZATION, environmentApp } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openBrowser, openTestSite, type TestSite } from '../kit/browser.ts';
import { openListener } from '../kit/listen.ts';
import { until } from '../kit/until.ts';

let site: TestSite;
let browser: Browser;
before(async () => {
  browser = await openBrowser();
  site = await openTestSite();
});
after(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

const PATHS = [
  // Without a body there is no preflight that could stop it.
  ['POST', `/api/v1/apps/${environmentApp('slack')}/pause`, {}],
  ['POST', '/api/v1/models/demo/state', { state: 'paused' }],
  ['POST', '/api/v1/dead-letters/redrive', { all: true }],
  ['POST', '/api/v1/organizations', { name: 'taken' }],
  ['POST', '/api/v1/invitations', { email: 'eve@example.com', role: 'owner' }],
  ['POST', '/api/v1/keys', { name: 'eve', role: 'owner', scopes: ['usage:read'], days: 9 }],
  ['PUT', '/api/v1/policies', { answer: 'all' }],
  ['DELETE', '/api/v1/models/demo', {}],
  ['POST', '/api/auth/update-user', { name: 'Eve' }],
  ['POST', '/api/auth/sign-out', {}],
  ['POST', '/api/auth/two-factor/enable', { password: 'x' }],
] as const;

/** What a page of somebody else can do to us: every request that a browser sends for it, with whatever it lets pass. */
function pageOfEve(url: string): string {
  const sends = PATHS.map(([method, path, body]) => {
    const target = JSON.stringify(url + path);
    const text = JSON.stringify(JSON.stringify(body));
    return [
      `fetch(${target}, { method: ${JSON.stringify(method)}, credentials: 'include', headers: { 'content-type': 'application/json' }, body: ${text} })`,
      ...(method === 'POST'
        ? [`fetch(${target}, { method: 'POST', mode: 'no-cors', credentials: 'include', body: ${text} })`]
        : []),
    ].join(',\n');
  });
  const forms = PATHS.filter(([method]) => method === 'POST').map(
    ([, path, body], index) =>
      `<iframe name="f${index}"></iframe><form target="f${index}" method="post" enctype="text/plain" action="${url}${path}">
<input name='${JSON.stringify(body).slice(0, -1)},"x":"' value='"}'></form>`,
  );
  return `<!doctype html><title>Eve</title>${forms.join('\n')}
<img src="${url}/connect/slack/callback?code=1&state=installs.guessed">
<iframe name="framed" src="${url}/members"></iframe>
<script>
for (const form of document.forms) form.submit();
const reads = ['/api/v1/members', '/api/v1/me', '/api/auth/get-session'].map((path) =>
  fetch(${JSON.stringify(url)} + path, { credentials: 'include' }).then((answer) => answer.text()));
window.done = Promise.allSettled([
${sends.join(',\n')}, ...reads]).then((all) => all.map((one) => one.status === 'fulfilled' && typeof one.value === 'string' ? one.value : ''));
</script>`;
}

/** All of the organization that somebody could have changed, and who is in. */
async function state(): Promise<string> {
  const { db } = site.console.database;
  const rows = await inOrganization(db, DEFAULT_ORGANIZATION, async (tx) => [
    await tx`select id, state from switchboard.apps order by id`,
    await tx`select name, paused, protocol from switchboard.targets order by name`,
    await tx`select * from switchboard.policies order by 1, 2, 3`,
    await tx`select console_policy from switchboard.organizations`,
    await tx`select count(*) from switchboard.audit`,
    await tx`select id, state from switchboard.turns order by id`,
    await tx`select id, state from switchboard.messages order by id`,
  ]);
  const auth = await Promise.all([
    db.sql`select name, email, "twoFactorEnabled" from auth."user" order by email`,
    db.sql`select name from auth.api_keys order by name`,
    db.sql`select email from auth.invitations order by email`,
    db.sql`select count(*) from auth.session`,
    db.sql`select count(*) from switchboard.organizations`,
  ]);
  return JSON.stringify([rows, auth]);
}

// Another site, and another port of the same one: to the second a browser sends the cookies of the first.
for (const [whose, host] of [
  ['of another site', 'localhost'],
  ['of another port of this host', '127.0.0.1'],
] as const)
  test(`a page ${whose} changes and reads nothing with the session that the browser has here`, async () => {
    await using eve = await openListener((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(pageOfEve(site.url));
    });
    const context = await browser.newContext();
    await context.addCookies([...site.cookies]);
    // What the site was filled with may still be being answered.
    await until('nothing is under way', async () => !/"(waiting|running)"/.test(await state()));
    const before = await state();
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().startsWith(site.url)) asked.push(request.url());
    });
    await page.goto(`http://${host}:${eve.port}/`, { waitUntil: 'load' });
    const read = await page.evaluate('window.done');
    assert.ok(Array.isArray(read));
    assert.deepEqual(
      read.filter((text) => text !== ''),
      [],
      'it read something',
    );
    assert.ok(asked.length >= PATHS.length, `${asked.length} requests were tried`);
    // The console is shown in nobody's frame.
    assert.equal(await page.frame('framed')?.getByRole('heading', { level: 1 }).count(), 0);
    assert.equal(await state(), before);
    // And whoever was signed in still is.
    await page.goto(`${site.url}/models`);
    await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor();
    await context.close();
  });
