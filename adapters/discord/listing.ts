import type { AdapterListing } from '../../src/model/adapter.ts';
import { connect } from './connect.ts';

export const listing: AdapterListing = {
  platform: 'discord',
  title: 'Discord',
  required: ['DISCORD_TOKEN'],
  optional: ['DISCORD_PUBLIC_KEY', 'DISCORD_APPLICATION_ID', 'DISCORD_API_URL'],
  paths: ['/discord/interactions'],
  // An interaction holds one command with at most 6,000 characters of text; Discord states no cap of its own.
  bodyLimit: 1024 * 1024,
  howToConnect: 'Create an application with a bot and switch on its Message Content Intent: README.md#discord',
  connect,
  open: async (credentials, signal) => (await import('./index.ts')).openDiscord(credentials, signal),
};
