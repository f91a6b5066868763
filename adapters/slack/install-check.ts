import type { CheckedInstall, ConnectAbout, Connecting, Finding } from '../../src/model/connect.ts';
import { toFailure } from '../../src/model/failure.ts';
import { checkClock } from '../kit/clock-skew.ts';
import { whoIs } from './install-calls.ts';
import { SCOPES } from './manifest.ts';

/** Looks at the token and the scopes of each workspace, and at the clock. */
export const check: Connecting['check'] = async (credentials, installs, about) => {
  if (installs.length === 0) {
    const fix = 'Press “Add a workspace” and allow the app in Slack.';
    return [{ check: 'token', state: 'failed', says: 'the app is in no workspace', fix }];
  }
  // An app of the environment has one token for all.
  const given = credentials['SLACK_BOT_TOKEN'];
  const found = await Promise.all(
    installs.map((install) => checkInstall({ ...install, token: install.token ?? given }, about)),
  );
  return found.flat();
};

async function checkInstall({ name, token }: CheckedInstall, about: ConnectAbout): Promise<readonly Finding[]> {
  const fix = `Press “Install again” for ${name}.`;
  if (token === undefined) return [{ check: 'token', state: 'failed', says: `${name} has no token`, fix }];
  try {
    const { scopes, headers } = await whoIs(about, token);
    const missing = SCOPES.filter((scope) => !scopes.includes(scope));
    const granted: Finding =
      scopes.length === 0
        ? { check: 'scopes', state: 'unknown', says: `Slack does not tell what ${name} has granted` }
        : missing.length === 0
          ? { check: 'scopes', state: 'ok', says: `${name} has granted all ${SCOPES.length} scopes` }
          : {
              check: 'scopes',
              state: 'failed',
              says: `${name} has not granted ${missing.join(', ')}`,
              fix: `Press “Update app”, then “Install again” for ${name}.`,
            };
    return [{ check: 'token', state: 'ok', says: `the token of ${name} is taken` }, granted, checkClock(headers)];
  } catch (thrown) {
    const { code, message } = toFailure(thrown, 'unavailable');
    if (code === 'unauthorized' || code === 'refused') return [{ check: 'token', state: 'failed', says: message, fix }];
    return [
      {
        check: 'token',
        state: 'unknown',
        says: message,
        fix: 'Slack was not reached: try again, and look at this machine’s network.',
      },
    ];
  }
}
