import type { AdapterListing } from '../../src/model/adapter.ts';
import { connect } from './connect.ts';
import { PATH } from './path.ts';

export const listing: AdapterListing = {
  platform: 'github',
  title: 'GitHub',
  required: ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET'],
  optional: ['GITHUB_API_URL', 'GITHUB_APP_SLUG'],
  paths: [PATH],
  // GitHub's own cap: larger payloads are not delivered (docs: Webhook events and payloads, "25 MB").
  bodyLimit: 25 * 1024 * 1024,
  howToConnect: 'Create a GitHub App with a webhook secret and a private key: README.md#github',
  manifest: async (about) =>
    JSON.stringify((await import('./manifest.ts')).manifest({ ...about, path: PATH }), undefined, 2),
  connect,
  open: async (credentials, signal) => (await import('./index.ts')).openGithub(credentials, signal),
};
