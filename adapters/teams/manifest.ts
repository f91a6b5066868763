import { commandList } from './command-list.ts';

/** https://developer.microsoft.com/json-schemas/teams/v1.17/MicrosoftTeams.schema.json */
const VERSION = '1.17';

/** docs: App manifest schema, `name.short`. */
const MOST_NAME = 30;

/**
 * The app as Teams has to know it: `manifest.json` of the package, beside two icons. Pure.
 * @param name as people see it; longer ones are cut to Teams' 30 characters.
 * @param url the hub's public base address, https.
 * @param appId the bot's registration: a GUID.
 */
export function manifest({ name, url, appId }: { name: string; url: string; appId: string }): object {
  const shown = Array.from(name).slice(0, MOST_NAME).join('');
  return {
    $schema: `https://developer.microsoft.com/json-schemas/teams/v${VERSION}/MicrosoftTeams.schema.json`,
    manifestVersion: VERSION,
    version: '1.0.0',
    id: appId,
    developer: { name: shown, websiteUrl: url, privacyUrl: url, termsOfUseUrl: url },
    name: { short: shown, full: name.slice(0, 100) },
    description: {
      short: 'One bot, every conversation',
      full: 'Mention it in a channel or a group chat, or write to it alone; it answers there.',
    },
    icons: { color: 'color.png', outline: 'outline.png' },
    accentColor: '#1A56C4',
    bots: [
      {
        botId: appId,
        scopes: ['personal', 'team', 'groupChat'],
        supportsFiles: true,
        isNotificationOnly: false,
        commandLists: [commandList()],
      },
    ],
    permissions: ['identity', 'messageTeamMembers'],
    // Whoever installs the app in a team or a chat consents to it for that one: what was said there before can be read.
    authorization: {
      permissions: {
        resourceSpecific: [
          { type: 'Application', name: 'ChannelMessage.Read.Group' },
          { type: 'Application', name: 'ChatMessage.Read.Chat' },
        ],
      },
    },
    webApplicationInfo: { id: appId, resource: url },
    validDomains: [],
  };
}
