import type { AdapterListing } from '../../src/model/adapter.ts';
import { openWeb } from './index.ts';
import type { RoomOf } from './room.ts';

/** The platform that is the hub's own. It is not connected: an organization has it as soon as somebody writes there. */
export const webListing = (roomOf: RoomOf): AdapterListing => ({
  platform: 'web',
  title: 'Chat',
  required: ['CHAT_ORGANIZATION'],
  optional: [],
  paths: [],
  bodyLimit: 0,
  howToConnect: 'Open Chat in the console',
  open: (credentials) => Promise.resolve(openWeb(credentials, roomOf)),
});
