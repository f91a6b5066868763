import type { Credentials } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { baseUrl, required } from '../kit/base-url.ts';
import { CONNECTOR_SCOPE, type App } from './access-token.ts';

const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * The app's registration, and where its tokens come from.
 * @throws Failure `invalid` that names the variable to mend.
 */
export function registrationOf(credentials: Credentials): App & { readonly tenant: string | undefined } {
  // botbuilder takes an empty app id for "no authentication": here it is refused.
  const appId = required(credentials, 'MicrosoftAppId');
  if (!GUID.test(appId)) throw new Failure('invalid', 'MicrosoftAppId must be the app’s (client) id, a GUID');
  const password = required(credentials, 'MicrosoftAppPassword');
  const tenant = tenantOf(credentials);
  const authority = `https://login.microsoftonline.com/${tenant ?? 'botframework.com'}/oauth2/v2.0/token`;
  return {
    tokenUrl: baseUrl(credentials, 'TEAMS_TOKEN_URL', authority),
    appId,
    password,
    scope: CONNECTOR_SCOPE,
    tenant,
  };
}

/** The one tenant of a SingleTenant app; undefined for a MultiTenant one, which is what no type means. */
function tenantOf(credentials: Credentials): string | undefined {
  const type = (credentials['MicrosoftAppType'] ?? '').trim().toLowerCase();
  if (type === '' || type === 'multitenant') return undefined;
  if (type === 'userassignedmsi') {
    throw new Failure(
      'invalid',
      'MicrosoftAppType UserAssignedMSI is not supported: use SingleTenant with a client secret',
    );
  }
  if (type !== 'singletenant') throw new Failure('invalid', 'MicrosoftAppType must be MultiTenant or SingleTenant');
  const tenant = required(credentials, 'MicrosoftAppTenantId');
  if (GUID.test(tenant)) return tenant;
  throw new Failure('invalid', 'MicrosoftAppTenantId must be the tenant’s id, a GUID');
}
