import type { ConnectAbout, ConnectValues, Connecting, Finding } from '../../src/model/connect.ts';
import { toFailure } from '../../src/model/failure.ts';
import { baseUrl } from '../kit/base-url.ts';
import { checkClock } from '../kit/clock-skew.ts';
import { call } from '../kit/http.ts';
import { openAccessToken } from './access-token.ts';
import { registrationOf } from './credentials.ts';

const METADATA = 'https://login.botframework.com/v1/.well-known/openidconfiguration';

/** Looks at the registration's secret, at the keys that deliveries are signed with, and at the clock. */
export const check: Connecting['check'] = async (credentials, installs, about) => {
  const [token, keys] = await Promise.all([checkToken(credentials, about), checkKeys(about)]);
  const where: Finding =
    installs.length > 0
      ? { check: 'installations', state: 'ok', says: `messages have come from ${installs.length} tenants` }
      : {
          check: 'installations',
          state: 'failed',
          says: 'no message has come from Teams yet',
          fix: `Set the messaging endpoint of the registration to ${about.hookUrl}, upload the app package in Teams, and mention the bot.`,
        };
  return [token, ...keys, where];
};

async function checkToken(credentials: ConnectValues, about: ConnectAbout): Promise<Finding> {
  try {
    const { tenant: _tenant, ...app } = registrationOf({ ...credentials, ...about.settings });
    await openAccessToken(app).get(about.signal);
    return { check: 'token', state: 'ok', says: 'Microsoft Entra takes the app’s id and secret' };
  } catch (thrown) {
    const { code, message } = toFailure(thrown, 'unavailable');
    const isOurs = code === 'unauthorized' || code === 'invalid';
    const fix = isOurs
      ? 'Make a new client secret under Certificates & secrets and rotate it here: its Value, not its ID.'
      : 'Microsoft Entra was not reached: try again, and look at this machine’s network.';
    return { check: 'token', state: isOurs ? 'failed' : 'unknown', says: message, fix };
  }
}

async function checkKeys(about: ConnectAbout): Promise<readonly Finding[]> {
  try {
    const url = baseUrl(about.settings, 'TEAMS_OPENID_METADATA_URL', METADATA);
    const { status, headers } = await call({ method: 'GET', url }, about.signal);
    const fix = 'Let this machine reach login.botframework.com.';
    const keys: Finding =
      status === 200
        ? { check: 'signature', state: 'ok', says: 'the keys of the Bot Framework can be read' }
        : { check: 'signature', state: 'failed', says: `the Bot Framework’s keys: status ${status}`, fix };
    return [keys, checkClock(headers)];
  } catch (thrown) {
    const fix = 'Let this machine reach login.botframework.com.';
    return [{ check: 'signature', state: 'failed', says: toFailure(thrown, 'unavailable').message, fix }];
  }
}
