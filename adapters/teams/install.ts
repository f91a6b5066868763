import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import type { ConnectAbout, Connecting, ConnectStep, ConnectValues } from '../../src/model/connect.ts';
import { Failure } from '../../src/model/failure.ts';
import { required } from '../kit/base-url.ts';
import { openAccessToken } from './access-token.ts';
import { registrationOf } from './credentials.ts';
import { check } from './install-check.ts';
import { manifest } from './manifest.ts';

/** Connecting an Azure Bot: its registration is checked by asking for a token, and the app package is made for upload. */
export const connecting: Connecting = {
  begin: (way, values, about) =>
    way === 'registration'
      ? register(values, about)
      : Promise.reject(new Failure('invalid', `Teams has no way “${way}”`)),
  pack,
  check,
};

const NAMES = ['MicrosoftAppId', 'MicrosoftAppPassword', 'MicrosoftAppType', 'MicrosoftAppTenantId'] as const;

async function register(values: ConnectValues, about: ConnectAbout): Promise<ConnectStep> {
  const given = NAMES.map((name) => [name, values[name]?.trim() ?? ''] as const).filter(([, value]) => value !== '');
  const credentials = Object.fromEntries(given);
  const { appId, tenant, ...app } = registrationOf({ ...credentials, ...about.settings });
  await openAccessToken({ ...app, appId }).get(about.signal);
  return { credentials, details: { external: appId, tenant: tenant ?? null }, installs: [] };
}

/** docs: Teams app package: manifest.json and two icons at the top of a zip. */
async function pack(credentials: ConnectValues, about: ConnectAbout) {
  const appId = required(credentials, 'MicrosoftAppId');
  const icon = async (name: string) => new Uint8Array(await readFile(join(import.meta.dirname, 'icons', name)));
  const bytes = zipSync({
    'manifest.json': strToU8(JSON.stringify(manifest({ ...about, appId }), undefined, 2)),
    'color.png': await icon('color.png'),
    'outline.png': await icon('outline.png'),
  });
  return { name: 'switchboard-teams.zip', mediaType: 'application/zip', bytes };
}
