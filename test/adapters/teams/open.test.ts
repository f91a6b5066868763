import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credentials } from '../../../src/model/adapter.ts';
import { openHosts } from '../../../adapters/teams/hosts.ts';
import { listing } from '../../../adapters/teams/listing.ts';
import { never } from './talk.ts';

const good: Credentials = { MicrosoftAppId: crypto.randomUUID(), MicrosoftAppPassword: 'secret' };
const tenant = crypto.randomUUID();

test('it opens without a call, as a multi-tenant and as a single-tenant app', async () => {
  for (const more of [
    {},
    { MicrosoftAppType: 'MultiTenant' },
    { MicrosoftAppType: 'SingleTenant', MicrosoftAppTenantId: tenant },
  ]) {
    const adapter = await listing.open({ ...good, ...more }, never);
    assert.deepEqual([adapter.platform, adapter.limits.findable], ['teams', false]);
  }
});

const wrong: readonly [what: string, more: Credentials, named: RegExp][] = [
  ['no app id', { MicrosoftAppId: '' }, /MicrosoftAppId is not set/],
  ['an app id that is none', { MicrosoftAppId: 'me' }, /MicrosoftAppId must be/],
  ['no password', { MicrosoftAppPassword: ' ' }, /MicrosoftAppPassword is not set/],
  ['a managed identity', { MicrosoftAppType: 'UserAssignedMSI' }, /UserAssignedMSI is not supported/],
  ['another type', { MicrosoftAppType: 'x' }, /MicrosoftAppType must be/],
  ['a single tenant without its id', { MicrosoftAppType: 'SingleTenant' }, /MicrosoftAppTenantId is not set/],
  [
    'a tenant that is no id',
    { MicrosoftAppType: 'SingleTenant', MicrosoftAppTenantId: 'x' },
    /MicrosoftAppTenantId must/,
  ],
  ['a plain token URL', { TEAMS_TOKEN_URL: 'http://example.org/' }, /TEAMS_TOKEN_URL/],
  ['a plain metadata URL', { TEAMS_OPENID_METADATA_URL: 'http://example.org/' }, /TEAMS_OPENID_METADATA_URL/],
  ['an address for a host', { TEAMS_ALLOWED_HOSTS: 'a.org, https://b.org' }, /"https:\/\/b\.org"/],
  ['everything for a host', { TEAMS_ALLOWED_HOSTS: '*' }, /TEAMS_ALLOWED_HOSTS/],
];
for (const [what, more, named] of wrong) {
  test(`${what} is named`, async () => {
    await assert.rejects(listing.open({ ...good, ...more }, never), { code: 'invalid', message: named });
  });
}

const hosts: readonly [allowed: string | undefined, address: string, fits: boolean][] = [
  [undefined, 'https://smba.trafficmanager.net/amer/x/', true],
  [undefined, 'https://smba.infra.gcc.teams.microsoft.com/teams', true],
  [undefined, 'https://webchat.botframework.com/', true],
  [undefined, 'https://botframework.com/', false],
  [undefined, 'https://evilbotframework.com/', false],
  [undefined, 'https://smba.trafficmanager.net.evil.org/', false],
  [undefined, 'https://evil.trafficmanager.net/', false],
  [undefined, 'https://smba.trafficmanager.net:8443/', false],
  [undefined, 'http://smba.trafficmanager.net/', false],
  [undefined, 'http://127.0.0.1:80/', false],
  [undefined, 'http://localhost/', false],
  ['127.0.0.1:9000', 'http://127.0.0.1:9000/', true],
  ['127.0.0.1:9000', 'http://127.0.0.1:9001/', false],
  ['127.0.0.1:9000', 'https://smba.trafficmanager.net/', false],
  ['bot.example.org, *.teams.example.org', 'https://a.teams.example.org/', true],
  ['bot.example.org, *.teams.example.org', 'https://BOT.example.org/', true],
  ['bot.example.org', 'http://bot.example.org/', false],
];
for (const [allowed, address, fits] of hosts) {
  test(`with ${allowed ?? 'the default'}, ${address} is ${fits ? '' : 'not '}allowed`, () => {
    assert.equal(openHosts({ TEAMS_ALLOWED_HOSTS: allowed })(new URL(address)), fits);
  });
}
