import type { AdapterListing } from '../../src/model/adapter.ts';
import { required } from '../kit/base-url.ts';
import { connect } from './connect.ts';

export const listing: AdapterListing = {
  platform: 'teams',
  title: 'Microsoft Teams',
  // The names that every Bot Framework sample and the Azure portal use.
  required: ['MicrosoftAppId', 'MicrosoftAppPassword'],
  optional: [
    'MicrosoftAppType',
    'MicrosoftAppTenantId',
    'TEAMS_OPENID_METADATA_URL',
    'TEAMS_TOKEN_URL',
    'TEAMS_SERVICE_URL',
    'TEAMS_LOGIN_URL',
    'TEAMS_GRAPH_URL',
    'TEAMS_ALLOWED_HOSTS',
  ],
  // The messaging endpoint of every Bot Framework bot.
  paths: ['/api/messages'],
  // An activity is at most 100 KB in UTF-16 (docs: Limits and specifications for Teams); cards' values come on top.
  bodyLimit: 1024 * 1024,
  howToConnect: 'Register an Azure Bot with a client secret and its Teams channel: README.md#microsoft-teams',
  manifest: async (about, credentials) => {
    const appId = required(credentials, 'MicrosoftAppId');
    return JSON.stringify((await import('./manifest.ts')).manifest({ ...about, appId }), undefined, 2);
  },
  connect,
  open: async (credentials, signal) => (await import('./index.ts')).openTeams(credentials, signal),
};
