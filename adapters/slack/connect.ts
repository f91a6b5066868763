import type { Connect, ConnectField } from '../../src/model/connect.ts';

const configToken: ConnectField = {
  name: 'SLACK_CONFIG_TOKEN',
  label: 'App configuration token',
  help: 'At api.slack.com/apps, under “Your App Configuration Tokens”: Generate Token, then copy the access token (xoxe.xoxp-…). It is used once and not kept.',
  secret: true,
  required: true,
};
const signingSecret: ConnectField = {
  name: 'SLACK_SIGNING_SECRET',
  label: 'Signing secret',
  help: 'Basic Information → App Credentials → Signing Secret.',
  secret: true,
  required: true,
};

/** docs.slack.dev: App manifests, Installing with OAuth, Using token rotation. */
export const connect: Connect = {
  ways: [
    {
      id: 'token',
      title: 'Create the app for me',
      summary: 'Paste one configuration token: the app is made from our manifest, then you press Allow in Slack.',
      fields: [
        configToken,
        {
          name: 'SLACK_TOKEN_ROTATION',
          label: 'Token rotation',
          help: 'Tokens end after twelve hours and are renewed by the hub. An app cannot go back.',
          secret: false,
          required: false,
          options: ['off', 'on'],
        },
      ],
    },
    {
      id: 'link',
      title: 'Create it myself, filled in',
      summary:
        'Open Slack’s page with our manifest in it, create the app, and paste three values from Basic Information.',
      fields: [
        {
          name: 'SLACK_CLIENT_ID',
          label: 'Client ID',
          help: 'Basic Information → App Credentials → Client ID.',
          secret: false,
          required: true,
        },
        {
          name: 'SLACK_CLIENT_SECRET',
          label: 'Client secret',
          help: 'Basic Information → App Credentials → Client Secret.',
          secret: true,
          required: true,
        },
        signingSecret,
      ],
    },
    {
      id: 'paste',
      title: 'An app that is installed already',
      summary: 'Paste its signing secret and its bot token: for one workspace.',
      fields: [
        signingSecret,
        {
          name: 'SLACK_BOT_TOKEN',
          label: 'Bot token',
          help: 'OAuth & Permissions → Bot User OAuth Token (xoxb-…).',
          secret: true,
          required: true,
        },
      ],
    },
  ],
  updateFields: [configToken],
  // `SLACK_URL` is where people allow an app, `SLACK_APPS_URL` where they create one.
  settings: ['SLACK_API_URL', 'SLACK_URL', 'SLACK_APPS_URL'],
  hello: 'In a channel, write: @{name} hello. Slack asks whether to invite it; or write to it directly.',
  load: async () => (await import('./install.ts')).connecting,
};
