import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PLACES } from '../../console/map.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization, type Database, type Transaction } from '../../src/db/database.ts';
import { openBrowser, openTestSite, type TestSite } from '../kit/browser.ts';

/** What runs wherever it is taken for a page: elements, handlers, addresses that are code, and ends of attributes and of JSON. */
const HOSTILE = `"'><img src=x onerror=alert(1)><svg onload=alert(2)><script>alert(3)</script>[a](javascript:alert(4)) </textarea>{{7*7}}`;
/** By which it is found as a text. */
const SIGN = 'onerror=alert(1)';

let site: TestSite;
let browser: Browser;
before(async () => {
  browser = await openBrowser();
  site = await openTestSite();
  await poison(site);
});
after(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

/** Turns what follows it around, and is not seen. */
const TURNED = '\u202Egnp.exe\u200B';

/** Texts that come from platforms, models and people, by their tables. Each row stays one of its own. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  apps: ['name'],
  installs: ['name'],
  messages: ['author_name', 'text', 'reason'],
  turns: ['answer', 'error'],
  steps: ['model', 'error'],
  posts: ['error', 'text'],
  deliveries: ['reason'],
  people: ['name'],
  organizations: ['name'],
  chat_conversations: ['title'],
  chat_members: ['name'],
  chat_posts: ['author_name'],
};

async function poison({ console: hub, cookies }: TestSite): Promise<void> {
  const { db } = hub.database;
  const json = JSON.stringify({ [HOSTILE]: HOSTILE, name: HOSTILE, arguments: { path: HOSTILE } });
  await inOrganization(db, DEFAULT_ORGANIZATION, async (tx) => {
    for (const [table, columns] of Object.entries(TEXTS))
      for (const column of columns)
        await tx`update ${tx(`switchboard.${table}`)} set ${tx(column)} = ${HOSTILE} where organization_id = ${DEFAULT_ORGANIZATION}`;
    await tx`update switchboard.steps set input = ${json}::jsonb, output = ${json}::jsonb, route = ${json}::jsonb`;
    await tx`update switchboard.deliveries set raw = ${Buffer.from(json)}`;
    await tx`update switchboard.threads set channel = ${HOSTILE}`;
    await waitForAWord(tx);
  });
  await answerInChat(db);
  await db.sql`update auth."user" set name = ${HOSTILE}`;
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const send = async (method: string, path: string, body: unknown): Promise<void> => {
    const headers = { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
    const answer = await hub.api.request(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${await answer.clone().text()}`);
  };
  // The audit names who did it, and what: written by these.
  await send('PUT', '/models/hostile', { protocol: 'openai-chat', model: HOSTILE, baseUrl: 'http://127.0.0.1:9/v1' });
  await send('PUT', '/policies', {
    handOver: { channel: HOSTILE },
    people: { deny: [HOSTILE] },
    signs: { seen: HOSTILE.slice(0, 40) },
  });
  await send('POST', '/keys', { name: HOSTILE.slice(0, 80), role: 'viewer', scopes: ['usage:read'], days: 9 });
  await send('POST', '/templates/versions', { name: 'reply', source: HOSTILE.replace('{{7*7}}', '') });
}

/** A tool of a turn is not done before somebody says yes. */
async function waitForAWord(tx: Transaction): Promise<void> {
  const [row] = await tx<{ turn: string }[]>`
    insert into switchboard.approvals (organization_id, id, turn_id, seq, kind, digest, yes, state, expires_at)
    select s.organization_id, gen_random_uuid(), s.turn_id, s.seq, 'may', 'any', 1, 'asked', now() + interval '1 hour'
    from switchboard.steps s join switchboard.turns r on r.organization_id = s.organization_id and r.id = s.turn_id
    where r.state <> 'dead' order by s.turn_id, s.seq limit 1 returning turn_id as turn`;
  assert.ok(row);
  await tx`update switchboard.turns set state = 'running' where organization_id = ${DEFAULT_ORGANIZATION} and id = ${row.turn}`;
}

/** An answer of a model in somebody's chat, with all that it can have. */
async function answerInChat(db: Database): Promise<void> {
  const code = ['html', 'typescript', 'json', HOSTILE.slice(0, 20)].map(
    (lang) => `\`\`\`${lang}\n${HOSTILE}${TURNED}\n\`\`\``,
  );
  const text = [HOSTILE, ...code, `| ${HOSTILE} |\n|---|\n| ${HOSTILE} |`, TURNED].join('\n\n');
  const card = {
    title: HOSTILE,
    text: HOSTILE,
    fields: [{ label: HOSTILE, value: HOSTILE }],
    image: { url: 'javascript:alert(5)', alt: HOSTILE },
    controls: [{ kind: 'button', id: 'x', label: HOSTILE, style: 'plain', form: null }],
  };
  const file = { id: randomUUID(), name: HOSTILE, mediaType: 'image/png"><script>alert(6)</script>', size: 1 };
  await inOrganization(
    db,
    DEFAULT_ORGANIZATION,
    (tx) => tx`insert into switchboard.chat_posts
      (organization_id, conversation_id, id, ordinal, seq, kind, author, author_name, author_kind, nonce, text, card, files, reactions)
      select organization_id, id, gen_random_uuid(), seq, seq, 'bot', 'bot', ${HOSTILE + TURNED}, 'self', 'hostile', ${text}, ${tx.json(card)},
        ${tx.json([file])}, ${tx.json([{ emoji: HOSTILE, by: HOSTILE }])} from switchboard.chat_conversations`,
  );
}

/** Pages that show some of it: as text. */
const SHOWN: ReadonlySet<string> = new Set([
  '/',
  '/chat',
  '/chat/$chat',
  '/conversations',
  '/conversations/$id',
  '/deliveries',
  '/deliveries/$app/$delivery',
  '/dead-letters',
  '/installs',
  '/agents',
  '/models',
  '/approvals',
  '/policies',
  '/members',
  '/account',
  '/audit',
]);

/** All that went wrong: a dialog is code that was run, and so is a refusal of the policy, which was the last to see it. */
function listen(page: Page): readonly string[] {
  const wrong: string[] = [];
  page.on('dialog', (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  return wrong;
}

test('whatever people, platforms and models call themselves and say is text on every page', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await context.addCookies([...site.cookies]);
  const open = PLACES.map(({ path }) => path);
  const found: string[] = [];
  const work = async (): Promise<void> => {
    for (let path = open.pop(); path !== undefined; path = open.pop()) found.push(...(await look(context, path)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await context.close();
  assert.deepEqual(found, []);
});

/** Pages at once. */
const AT_ONCE = 3;

/** What became of it on one page. */
async function look(context: BrowserContext, path: string): Promise<readonly string[]> {
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const wrong = listen(page);
  await page.goto(site.url + site.addressOf(path));
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
  await reveal(page);
  const found: string[] = [];
  if (SHOWN.has(path)) {
    const isThere = page
      .getByText(SIGN)
      .or(page.locator(`[value*="${SIGN}"]`))
      .first();
    await isThere.waitFor({ state: 'attached' }).catch(() => found.push('shows none of it'));
    if (path === '/chat/$chat') await page.locator('.code:has(.hljs-tag)', { hasText: '⟨U+202E⟩' }).first().waitFor();
  }
  const made = await page
    .locator('img[src="x"], svg[onload], [onerror], a[href^="javascript:" i], script:not([src]), iframe')
    .count();
  if (made > 0) found.push(`${made} elements were made of a text`);
  await page.close();
  return [...found, ...wrong].map((problem) => `${path}: ${problem}`);
}

/** What is hidden at first is shown, and what is folded is opened. */
async function reveal(page: Page): Promise<void> {
  const hidden = page.getByLabel(/^Show what (was said|it would do)$/);
  if ((await hidden.count()) > 0) await hidden.first().check({ force: true });
  await page.evaluate('document.querySelectorAll("details").forEach((one) => (one.open = true))');
}
