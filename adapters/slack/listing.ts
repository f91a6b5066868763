import type { AdapterListing } from '../../src/model/adapter.ts';
import { connect } from './connect.ts';
import { PATH } from './path.ts';

export const listing: AdapterListing = {
  platform: 'slack',
  title: 'Slack',
  required: ['SLACK_SIGNING_SECRET', 'SLACK_BOT_TOKEN'],
  optional: ['SLACK_API_URL'],
  paths: [PATH],
  // Slack states no cap; its largest payloads (a view with 100 blocks) stay far below this.
  bodyLimit: 1024 * 1024,
  howToConnect: 'Create a Slack app with a bot token and event subscriptions: README.md#slack',
  manifest: async (about) => JSON.stringify((await import('./manifest.ts')).manifest(about), undefined, 2),
  connect,
  open: async (credentials, signal) => (await import('./index.ts')).openSlack(credentials, signal),
};
