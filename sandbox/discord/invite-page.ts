import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '../kit/body.ts';
import type { Ledger } from '../kit/ledger.ts';
import { hidden, html, sendPage } from '../kit/page.ts';
import type { Answering } from '../kit/server.ts';
import type { World } from './world.ts';

export type Inviting = {
  readonly world: World;
  readonly ledger: Ledger;
  /** The bot comes into the guild. */
  readonly join: () => void;
};

const PATH = '/oauth2/authorize';
const MOST_BYTES = 10_000;

/** The page on which people invite a bot (docs: OAuth2, "Bot Authorization Flow"), before everything else that is asked. */
export function withInvitePage(inviting: Inviting, rest: Answering): Answering {
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname !== PATH) return rest(request, response);
    const status = await invite(request, response, inviting, url);
    inviting.ledger.write({
      call: `${request.method} ${PATH}`,
      performed: status < 400,
      status,
      about: inviting.world.guild.id,
    });
  };
}

async function invite(
  request: IncomingMessage,
  response: ServerResponse,
  { world, join }: Inviting,
  url: URL,
): Promise<number> {
  const isSent = request.method === 'POST';
  const form = isSent ? new URLSearchParams((await bodyOf(request, MOST_BYTES)) ?? '') : url.searchParams;
  const asked = {
    client_id: form.get('client_id') ?? '',
    scope: form.get('scope') ?? '',
    permissions: form.get('permissions') ?? '',
  };
  const isValid =
    asked.client_id === world.bot.id && asked.scope.split(' ').includes('bot') && /^\d+$/.test(asked.permissions);
  if (!isValid) {
    sendPage(response, 400, 'Unknown Application', '');
    return 400;
  }
  if (isSent) {
    join();
    sendPage(
      response,
      200,
      'Success!',
      `<p>${html(world.bot.name)} has been authorized and added to ${html(world.guild.name)}.</p>`,
    );
    return 200;
  }
  const body = `<form method="post" action="${PATH}">${hidden(asked)}<p>Add to server: ${html(world.guild.name)}</p><button>Authorize</button></form>`;
  sendPage(response, 200, `${world.bot.name} wants to access your account`, body);
  return 200;
}
