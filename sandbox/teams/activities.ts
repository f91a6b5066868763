import type { Held, SharedFile, World } from './world.ts';
import { threadOf } from './world.ts';

/** Who speaks when nobody is named. */
export const SOMEBODY = 'ada';

export type Activity = Record<string, unknown> & { readonly type: string; readonly id: string };

/** What every activity has around it. */
export function around(world: World, where: Pick<Held, 'conversation' | 'root'>, from: string): object {
  const { kind, id } = where.conversation;
  const channelData =
    kind === 'channel'
      ? {
          teamsChannelId: id,
          teamsTeamId: world.team,
          channel: { id },
          team: { id: world.team },
          tenant: { id: world.tenant },
        }
      : { tenant: { id: world.tenant } };
  return {
    channelId: 'msteams',
    serviceUrl: world.serviceUrl,
    from: { id: from, name: world.names.get(from) ?? '', aadObjectId: guidOf(from) },
    conversation: {
      ...(kind !== 'personal' && { isGroup: true }),
      conversationType: kind,
      tenantId: world.tenant,
      id: threadOf(where),
    },
    recipient: { id: world.bot.id, name: world.bot.name },
    channelData,
  };
}

/** Of letters, so that one person keeps one id. */
export const guidOf = (id: string): string =>
  Buffer.from(id.padEnd(16, '-').slice(-16))
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What was written: plain letters with the mention as a tag, and the same as the editor's HTML. */
export function messageActivity(world: World, held: Held): Activity {
  const { name } = world.bot;
  const tag = `<at>${name}</at>`;
  const span = `<span itemtype="http://schema.skype.com/Mention" itemscope="" itemid="0">${name}</span>&nbsp;`;
  const html = escape(held.text).replaceAll('\n', '<br>');
  // Outside of chats with one person a bot is told of files by their ids alone.
  const stubs = held.files.filter(({ picture }) => !picture && held.conversation.kind !== 'personal');
  return {
    ...around(world, held, held.from),
    ...(held.only !== undefined && { recipient: { id: world.bot.id, name, isTargeted: true } }),
    type: 'message',
    id: held.id,
    textFormat: 'plain',
    text: held.named ? `${tag} ${held.text}` : held.text,
    attachments: [
      { contentType: 'text/html', content: `<p>${held.named ? span : ''}${html}</p>${stubs.map(stubOf).join('')}` },
      ...held.files.filter((file) => !stubs.includes(file)).map((file) => attachmentOf(world, file)),
    ],
    entities: [
      ...(held.named ? [{ mentioned: { id: world.bot.id, name }, text: tag, type: 'mention' }] : []),
      { locale: 'en-US', country: 'US', platform: 'Web', timezone: 'Europe/Berlin', type: 'clientInfo' },
    ],
    locale: 'en-US',
  };
}

const stubOf = ({ id }: SharedFile): string => `<attachment id="${id}"></attachment>`;

function attachmentOf(world: World, file: SharedFile): object {
  if (file.picture) {
    return { contentType: 'image/*', contentUrl: `${world.serviceUrl}v3/attachments/${file.id}/views/original` };
  }
  const url = `${world.address}/personal/ada/Documents/${encodeURIComponent(file.name)}`;
  return {
    contentType: 'application/vnd.microsoft.teams.file.download.info',
    contentUrl: url,
    name: file.name,
    content: {
      downloadUrl: `${world.address}/_layouts/15/download.aspx?UniqueId=${file.id}&tempauth=${tempauthOf(file)}`,
      uniqueId: file.id,
      fileType: file.name.split('.').at(-1) ?? '',
    },
  };
}

/** Whoever has the address may read the file; without this it is refused. */
export const tempauthOf = (file: SharedFile): string => `v1.${Buffer.from(file.id).toString('base64url')}`;

export function editActivity(world: World, held: Held): Activity {
  const message = messageActivity(world, held);
  return { ...message, type: 'messageUpdate', channelData: withEvent(message, 'editMessage') };
}

export function deleteActivity(world: World, held: Held): Activity {
  const shape = { ...around(world, held, held.from), type: 'messageDelete', id: held.id };
  return { ...shape, channelData: withEvent(shape, 'softDeleteMessage') };
}

function withEvent(activity: object, eventType: string): object {
  const data = 'channelData' in activity && typeof activity.channelData === 'object' ? activity.channelData : {};
  return { ...data, eventType };
}

export type Reacting = { readonly from: string; readonly type: string; readonly added: boolean };

export function reactionActivity(world: World, held: Held, { from, type, added }: Reacting): Activity {
  return {
    ...around(world, held, from),
    type: 'messageReaction',
    id: held.id,
    replyToId: held.id,
    [added ? 'reactionsAdded' : 'reactionsRemoved']: [{ type }],
  };
}

/** A click on Action.Submit of a card in the message. */
export function submitActivity(world: World, held: Held, from: string, value: object): Activity {
  return {
    ...around(world, held, from),
    type: 'message',
    id: `f:${crypto.randomUUID()}`,
    replyToId: held.id,
    value,
    locale: 'en-US',
  };
}

/** A click on Action.Execute, which waits for an answer. */
export function invokeActivity(world: World, held: Held, from: string, action: object): Activity {
  return {
    ...around(world, held, from),
    type: 'invoke',
    name: 'adaptiveCard/action',
    id: `f:${crypto.randomUUID()}`,
    replyToId: held.id,
    value: { action: { type: 'Action.Execute', ...action }, trigger: 'manual' },
  };
}

export type Asking = { readonly from: string; readonly name: 'task/fetch' | 'task/submit'; readonly data: object };

/** A dialog is asked for, or was filled in. */
export function dialogActivity(world: World, held: Held, { from, name, data }: Asking): Activity {
  return {
    ...around(world, held, from),
    type: 'invoke',
    name,
    id: `f:${crypto.randomUUID()}`,
    replyToId: held.id,
    value: { data, context: { theme: 'default' } },
  };
}

/** The app came to a team, or left it; or it left the whole organization, which has no conversation of its own. */
export function installationActivity(world: World, from: string, action: 'add' | 'remove' | 'removeAll'): Activity {
  const shape = { ...around(world, { conversation: world.channel, root: '' }, from), type: 'installationUpdate' };
  const id = `f:${crypto.randomUUID()}`;
  if (action !== 'removeAll') return { ...shape, id, action };
  const { tenant } = world;
  return {
    ...shape,
    id,
    action: 'remove',
    conversation: { id: tenant, tenantId: tenant },
    channelData: { tenant: { id: tenant } },
  };
}

export function membersActivity(world: World, from: string, added: boolean): Activity {
  const where = { conversation: world.channel, root: '' };
  const members = [{ id: world.bot.id }];
  const id = `f:${crypto.randomUUID()}`;
  return {
    ...around(world, where, from),
    type: 'conversationUpdate',
    id,
    [added ? 'membersAdded' : 'membersRemoved']: members,
    channelData: {
      team: { id: world.team, name: 'Sandbox' },
      eventType: 'teamMemberAdded',
      tenant: { id: world.tenant },
    },
  };
}
