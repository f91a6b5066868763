import assert from 'node:assert/strict';
import { openSlackStandIn } from '../../../sandbox/slack/index.ts';
import type { PlatformWalk } from './platform.ts';

/** Slack makes the app by a configuration token; a person allows it on Slack's page. */
export async function slackWalk(): Promise<PlatformWalk> {
  const slack = await openSlackStandIn({ echoes: false });
  return {
    title: 'Slack',
    secures: 'totp',
    settings: slack.apps.urls,
    before: 'a configuration token: two clicks at api.slack.com/apps',
    async connect(human, _hubUrl, look) {
      const { page } = human;
      await human.click(page.getByRole('button', { name: /^Slack/ }));
      await look(page, 'connect');
      await human.fill(page.getByRole('textbox', { name: 'App configuration token' }), slack.apps.configToken);
      await human.click(page.getByRole('button', { name: 'Connect', exact: true }));
      await page.getByRole('heading', { name: /requesting permission/ }).waitFor();
      await human.click(page.getByRole('button', { name: 'Allow' }));
    },
    async hello() {
      const place = slack.apps.workspaces().at(-1);
      assert.ok(place);
      assert.ok(place.isInstalled());
      const { thread } = await place.say({ text: 'hello' });
      return () => place.visible(thread).find(({ fromBot }) => fromBot)?.text;
    },
    [Symbol.asyncDispose]: () => slack[Symbol.asyncDispose](),
  };
}
