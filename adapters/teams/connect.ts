import type { Connect } from '../../src/model/connect.ts';

/** docs: Register a bot with Azure; Upload your custom app. */
export const connect: Connect = {
  ways: [
    {
      id: 'registration',
      title: 'An Azure Bot registration',
      summary: 'Paste the registration’s id and secret, set its messaging endpoint, upload the app package.',
      fields: [
        {
          name: 'MicrosoftAppId',
          label: 'Microsoft App ID',
          help: 'Azure portal → your Azure Bot → Configuration → Microsoft App ID.',
          secret: false,
          required: true,
        },
        {
          name: 'MicrosoftAppPassword',
          label: 'Client secret',
          help: 'Manage Password → Certificates & secrets → New client secret: its Value, not its ID.',
          secret: true,
          required: true,
        },
        {
          name: 'MicrosoftAppType',
          label: 'Type',
          help: 'As the registration says. New ones are of a single tenant.',
          secret: false,
          required: true,
          options: ['SingleTenant', 'MultiTenant'],
        },
        {
          name: 'MicrosoftAppTenantId',
          label: 'Tenant ID',
          help: 'Configuration → App Tenant ID; only for a single tenant.',
          secret: false,
          required: false,
        },
      ],
    },
  ],
  settings: [
    'TEAMS_OPENID_METADATA_URL',
    'TEAMS_TOKEN_URL',
    'TEAMS_SERVICE_URL',
    'TEAMS_LOGIN_URL',
    'TEAMS_GRAPH_URL',
    'TEAMS_ALLOWED_HOSTS',
  ],
  left: 'Set the messaging endpoint of your Azure Bot (Configuration), switch on its Teams channel, then upload the package in Teams: Apps → Manage your apps → Upload an app.',
  hello: 'In a channel of the team that it was added to, write: @{name} hello',
  load: async () => (await import('./install.ts')).connecting,
};
