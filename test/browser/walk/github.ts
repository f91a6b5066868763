import assert from 'node:assert/strict';
import { openGithubStandIn } from '../../../sandbox/github/index.ts';
import type { PlatformWalk } from './platform.ts';

/** GitHub makes the app of a form that this console posts, and a person installs it on GitHub's page. */
export async function githubWalk(): Promise<PlatformWalk> {
  const github = await openGithubStandIn();
  return {
    title: 'GitHub',
    secures: 'totp',
    settings: github.apps.urls,
    before: 'nothing',
    async connect(human) {
      const { page } = human;
      await human.click(page.getByRole('button', { name: /^GitHub/ }));
      await human.click(page.getByRole('button', { name: 'Connect', exact: true }));
      await human.click(page.getByRole('button', { name: /Create GitHub App/ }));
      await human.click(page.getByRole('button', { name: 'Install' }));
    },
    async hello() {
      const app = github.apps.all().at(-1);
      assert.ok(app);
      assert.ok(app.isInstalled());
      const { thread } = await app.comment({ text: 'hello' });
      return () => app.visible(thread).find(({ fromBot }) => fromBot)?.text;
    },
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  };
}
