import type { Connect } from '../../src/model/connect.ts';

/** docs: Registering a GitHub App from a manifest. */
export const connect: Connect = {
  ways: [
    {
      id: 'manifest',
      title: 'Create the app for me',
      summary: 'Press Create on GitHub’s page, which is filled in, then choose the repositories.',
      fields: [
        {
          name: 'organization',
          label: 'Organization on GitHub',
          help: 'Whose app it is to be, as in github.com/NAME; empty: yours.',
          secret: false,
          required: false,
        },
      ],
    },
    {
      id: 'paste',
      title: 'An app that is there already',
      summary: 'Paste its id, its private key and its webhook secret.',
      fields: [
        {
          name: 'APP_ID',
          label: 'App ID',
          help: 'The number on the app’s General page.',
          secret: false,
          required: true,
        },
        {
          name: 'PRIVATE_KEY',
          label: 'Private key',
          help: 'General → Private keys → Generate a private key: the .pem file whole.',
          secret: true,
          required: true,
        },
        {
          name: 'WEBHOOK_SECRET',
          label: 'Webhook secret',
          help: 'General → Webhook → Secret: as you set it there.',
          secret: true,
          required: true,
        },
      ],
    },
  ],
  // `GITHUB_URL` is where people are sent to; `GITHUB_API_URL` is asked.
  settings: ['GITHUB_API_URL', 'GITHUB_URL'],
  hello: 'Comment on a pull request or an issue of that repository: @{name} hello',
  postsTo: { setting: 'GITHUB_URL', usual: 'https://github.com' },
  load: async () => (await import('./install.ts')).connecting,
};
