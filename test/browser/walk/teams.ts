import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { strFromU8, unzipSync } from 'fflate';
import { z } from 'zod';
import { openTeamsStandIn } from '../../../sandbox/teams/index.ts';
import { without, type PlatformWalk } from './platform.ts';

const Manifest = z.object({
  id: z.string(),
  bots: z.array(z.object({ botId: z.string() })).length(1),
  validDomains: z.array(z.string()),
});

/** Teams: what the registration says, and a package that is uploaded. */
export async function teamsWalk(): Promise<PlatformWalk> {
  const teams = await openTeamsStandIn({ appType: 'SingleTenant' });
  const { MicrosoftAppId = '', MicrosoftAppPassword = '', MicrosoftAppTenantId = '' } = teams.environment;
  return {
    title: 'Microsoft Teams',
    secures: 'passkey',
    settings: without(
      teams.environment,
      'MicrosoftAppId',
      'MicrosoftAppPassword',
      'MicrosoftAppType',
      'MicrosoftAppTenantId',
    ),
    before: 'an Azure Bot with a client secret and its Teams channel: some five minutes in the Azure portal',
    async connect(human) {
      const { page } = human;
      await human.click(page.getByRole('button', { name: /^Microsoft Teams/ }));
      await human.fill(page.getByLabel(/Microsoft App ID/), MicrosoftAppId);
      await human.fill(page.getByRole('textbox', { name: /Client secret/ }), MicrosoftAppPassword);
      // What new registrations are is chosen already.
      assert.equal(await page.getByLabel(/^Type/).inputValue(), 'SingleTenant');
      await human.fill(page.getByLabel(/Tenant ID/), MicrosoftAppTenantId);
      await human.click(page.getByRole('button', { name: 'Connect', exact: true }));
    },
    async finish(human, hubUrl, look) {
      const { page } = human;
      const link = page.getByRole('link', { name: 'Download the package' });
      await link.waitFor();
      await look(page, 'package');
      const endpoint = await page.getByText(`${hubUrl}/hooks/teams/`).innerText();
      const coming = page.waitForEvent('download');
      await human.click(link);
      const download = await coming;
      assert.equal(download.suggestedFilename(), 'switchboard-teams.zip');
      checkPackage(await readFile(await download.path()), MicrosoftAppId);
      // The endpoint is copied, pasted and saved in the portal; the package is chosen in Teams, and added.
      await human.click(page.getByRole('button', { name: 'Copy the endpoint' }));
      human.elsewhere({ clicks: 5, fields: 1 });
      teams.deliverTo(endpoint.replace(/\/hooks\/.*/, ''));
    },
    async hello() {
      const { thread } = await teams.say({ text: 'hello' });
      return () => teams.visible(thread).find(({ fromBot }) => fromBot)?.text;
    },
    [Symbol.asyncDispose]: () => teams[Symbol.asyncDispose](),
  };
}

function checkPackage(bytes: Uint8Array, appId: string): void {
  const files = unzipSync(new Uint8Array(bytes));
  assert.deepEqual(Object.keys(files).toSorted(), ['color.png', 'manifest.json', 'outline.png']);
  const manifest = Manifest.parse(JSON.parse(strFromU8(files['manifest.json'] ?? new Uint8Array())));
  assert.equal(manifest.bots[0]?.botId, appId);
}
