import type { Connect } from '../../src/model/connect.ts';

/** docs: Application resource; OAuth2, "Bot Authorization Flow". */
export const connect: Connect = {
  ways: [
    {
      id: 'token',
      title: 'Paste the bot’s token',
      summary: 'One token is all: the application, its key and its commands are found by it.',
      fields: [
        {
          name: 'DISCORD_TOKEN',
          label: 'Bot token',
          help: 'discord.com/developers/applications → your application → Bot → Reset Token. Switch on Message Content Intent on the same page.',
          secret: true,
          required: true,
        },
      ],
    },
  ],
  // `DISCORD_URL` is where people invite the bot.
  settings: ['DISCORD_API_URL', 'DISCORD_URL'],
  hello: 'In a channel of that server, write: @{name} hello',
  load: async () => (await import('./install.ts')).connecting,
};
