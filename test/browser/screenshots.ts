import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { botCalled } from '../../src/chat/room.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { addChatPost } from '../../src/db/chat-posts.ts';
import { inOrganization, type Database } from '../../src/db/database.ts';
import { openBrowser, openTestSite, type TestSite } from '../kit/browser.ts';

/** Not a test: takes the pictures of the docs. `npm run screenshots`, then look at them. */
const FOLDER = new URL('../../docs/screenshots/', import.meta.url).pathname;

const SHOTS = [
  { name: 'light', width: 1440, scheme: 'light' },
  { name: 'dark', width: 1440, scheme: 'dark' },
  { name: 'phone', width: 375, scheme: 'light' },
] as const;

const PAGES = [
  ['overview', '/'],
  ['chat', '/chat/$chat'],
  ['conversations', '/conversations'],
  ['conversation', '/conversations/$id'],
  ['deliveries', '/deliveries'],
  ['dead-letters', '/dead-letters'],
  ['installs', '/installs'],
  ['models', '/models'],
  ['tools', '/tools'],
  ['policies', '/policies'],
  ['agents', '/agents'],
  ['usage', '/usage'],
  ['members', '/members'],
  ['account', '/account'],
  ['audit', '/audit'],
  ['system', '/system'],
  ['sign-in', '/sign-in'],
] as const;

const QUESTION = 'Why does the nightly export never end? Please show me the change.';
const ANSWER = `The retry is **unbounded**: an export that is refused is sent again for ever.

| Setting | Before | After |
|---|---|---|
| attempts | ∞ | 5 |
| pause | 0 s | 2 s |

\`\`\`diff
@@ -10,3 +10,3 @@ retry
-for (;;) await send();
+for (let tries = 0; tries < 5; tries += 1) await send();
\`\`\`

\`\`\`sql
select name, count(*) from exports where state = 'failed' group by name; -- 3 rows
\`\`\`
`;

/** A question and its answer, instead of what the tests are filled with. */
const talkInChat = (db: Database): Promise<unknown> =>
  inOrganization(db, DEFAULT_ORGANIZATION, async (tx) => {
    const [chat] = await tx<{ id: string }[]>`
      update switchboard.chat_conversations set title = 'Nightly export' returning id`;
    await tx`update switchboard.chat_posts set text = ${QUESTION}, heard_at = now()`;
    await addChatPost(tx, {
      ...botCalled('Switchboard'),
      conversation: chat?.id ?? '',
      id: randomUUID(),
      nonce: 'the-answer',
      kind: 'bot',
      text: ANSWER,
      card: null,
      files: [],
    });
  });

let site: TestSite;
let browser: Browser;
before(async () => {
  browser = await openBrowser();
  site = await openTestSite();
  await talkInChat(site.console.database.db);
});
after(async () => {
  await browser.close();
  await site[Symbol.asyncDispose]();
});

for (const { name, width, scheme } of SHOTS)
  test(`pictures: ${name}`, async () => {
    await mkdir(FOLDER, { recursive: true });
    const context = await browser.newContext({
      viewport: { width, height: width === 375 ? 812 : 900 },
      colorScheme: scheme,
      reducedMotion: 'reduce',
    });
    await context.addCookies([...site.cookies]);
    const page = await context.newPage();
    for (const [title, path] of PAGES) {
      await page.goto(site.url + site.addressOf(path));
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
      const reveal = page.getByLabel('Show what was said');
      if (path.includes('$id')) {
        await reveal.check({ force: true });
        await page.getByText('You asked for it').first().waitFor();
      }
      if (title === 'chat') await page.locator('.hljs-keyword').first().waitFor();
      await page.screenshot({ path: `${FOLDER}${title}-${name}.png` });
    }
    await page.goto(`${site.url}/installs`);
    await page.getByRole('button', { name: 'Connect…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: /Slack/ }).click();
    await page.getByText('Events go to:').waitFor();
    await page.screenshot({ path: `${FOLDER}connect-${name}.png` });
    await context.close();
  });
