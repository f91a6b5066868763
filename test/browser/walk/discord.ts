import assert from 'node:assert/strict';
import { openDiscordStandIn } from '../../../sandbox/discord/index.ts';
import type { PlatformWalk } from './platform.ts';

/** Discord: a token, and an invitation in another tab. */
export async function discordWalk(): Promise<PlatformWalk> {
  const discord = await openDiscordStandIn({ limits: 'off', identifyEveryMs: 0 });
  const { DISCORD_TOKEN = '', DISCORD_API_URL = '', DISCORD_URL = '' } = discord.environment;
  // A bot that was just made is in no server.
  discord.leave();
  return {
    title: 'Discord',
    secures: 'passkey',
    settings: { DISCORD_API_URL, DISCORD_URL },
    before:
      'an application with a bot, its Message Content Intent switched on: nine clicks and a name in the developer portal',
    async connect(human, _hubUrl, look) {
      const { page } = human;
      await human.click(page.getByRole('button', { name: /^Discord/ }));
      await human.fill(page.getByRole('textbox', { name: 'Bot token' }), DISCORD_TOKEN);
      await human.click(page.getByRole('button', { name: 'Connect', exact: true }));
      const link = page.getByRole('link', { name: 'Put it into a workspace' });
      await link.waitFor();
      await look(page, 'invite');
      const opened = page.context().waitForEvent('page');
      await human.click(link);
      const tab = await opened;
      await human.at(tab).click(tab.getByRole('button', { name: 'Authorize' }));
      await tab.getByText('added to Acme').waitFor();
      await tab.close();
    },
    async hello() {
      assert.ok(discord.commands().length > 0);
      const { thread } = await discord.say({ text: 'hello' });
      return () => discord.visible(thread).find(({ fromBot }) => fromBot)?.text;
    },
    async after(page, hubUrl) {
      await page.goto(`${hubUrl}/installs`);
      await page.getByRole('button', { name: 'Install…' }).click();
      const link = page.getByRole('dialog').getByRole('link', { name: 'Put it into a workspace' });
      await link.waitFor();
      // Nobody is led back from there: the console stays where it is.
      assert.deepEqual([await link.getAttribute('target'), new URL(page.url()).pathname], ['_blank', '/installs']);
    },
    [Symbol.asyncDispose]: () => discord[Symbol.asyncDispose](),
  };
}
