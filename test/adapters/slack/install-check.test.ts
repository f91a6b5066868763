import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connecting } from '../../../adapters/slack/install.ts';
import { SCOPES } from '../../../adapters/slack/manifest.ts';
import { openSlackStandIn } from '../../../sandbox/slack/index.ts';

const about = (settings: Readonly<Record<string, string>>) => ({
  name: 'Switchboard',
  url: 'https://hub.example',
  hookUrl: 'https://hub.example/hooks/slack/1',
  callbackUrl: 'https://hub.example/connect/slack/callback',
  settings,
  signal: AbortSignal.timeout(5_000),
});

const installed = (token: string | undefined) => [{ install: 'T1', name: 'Acme', token, details: {} }];

test('scopes that a workspace has not granted are named, with the button that mends it', async () => {
  await using slack = await openSlackStandIn({ scopes: SCOPES.filter((scope) => scope !== 'reactions:write') });
  const found = await connecting.check({}, installed(slack.environment['SLACK_BOT_TOKEN']), about(slack.apps.urls));
  const scopes = found.find(({ check }) => check === 'scopes');
  assert.equal(scopes?.state, 'failed');
  assert.match(scopes?.says ?? '', /Acme has not granted reactions:write/);
  assert.match(scopes?.fix ?? '', /Install again/);
  assert.equal(found.find(({ check }) => check === 'clock')?.state, 'ok');
});

test('a token that is not taken, and none at all, fail with a fix; a platform that does not answer is no fault of ours', async () => {
  await using slack = await openSlackStandIn();
  for (const token of ['xoxb-wrong', undefined]) {
    const [first] = await connecting.check({}, installed(token), about(slack.apps.urls));
    assert.deepEqual([first?.check, first?.state], ['token', 'failed']);
    assert.match(first?.fix ?? '', /Install again/);
  }
  const nowhere = { SLACK_API_URL: 'http://127.0.0.1:1' };
  const [unreached] = await connecting.check({}, installed('xoxb-1'), about(nowhere));
  assert.equal(unreached?.state, 'unknown');
});

test('the link to the page that makes the app carries the whole manifest, with this hub’s addresses in it', () => {
  const url = new URL(connecting.prefilled?.(about({})) ?? '');
  assert.equal(`${url.origin}${url.pathname}`, 'https://api.slack.com/apps');
  const manifest = JSON.parse(url.searchParams.get('manifest_json') ?? '') as {
    oauth_config: { redirect_urls: string[] };
    settings: { event_subscriptions: { request_url: string } };
  };
  assert.deepEqual(manifest.oauth_config.redirect_urls, ['https://hub.example/connect/slack/callback']);
  assert.equal(manifest.settings.event_subscriptions.request_url, 'https://hub.example/hooks/slack/1');
});

test('no base address is taken from anywhere but the settings, and none that is not https', async () => {
  const settings = { SLACK_API_URL: 'http://evil.example' };
  const values = { SLACK_CONFIG_TOKEN: 'xoxe.xoxp-1' };
  await assert.rejects(connecting.begin('token', values, about(settings), 'state'), { code: 'invalid' });
});
